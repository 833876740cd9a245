#include "vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/limits.h"
#include "commands.h"
#include "input.h"
#include "options.h"
#include "say.h"

#define MANIFEST_MAX (16u << 20)

static const char help[] =
    "usage: nachweis-verifier vectors run [--filter ID] [--report FILE] [--vectors DIR]\n"
    "\n"
    "Runs the conformance vectors and compares what comes out with what the manifest expects: "
    "exit\n"
    "status, verdict, the rules that failed, the reason that decides, and all reasons.\n"
    "\n"
    "  --vectors DIR    the folder with manifest.json (default: vectors)\n"
    "  --filter ID      only vectors whose id or rule begins with ID, e.g. SDJ-06 or V\n"
    "  --report FILE    the results as JSON\n"
    "\n"
    "exit status: 0 all passed; 1 some failed or could not be run; 64 and up: the command failed\n";

struct run {
    const char *dir, *filter, *report;
    size_t passed, failed, not_run;
    struct nw_buf json;
};

static bool list_has(const struct nw_json *list, const char *id)
{
    for (const struct nw_json *x = nw_json_first(list); x != NULL; x = nw_json_next(x)) {
        if (nw_json_is_text(x, id)) {
            return true;
        }
    }
    return false;
}

static bool ids_have(const char ids[][8], size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(ids[i], id) == 0) {
            return true;
        }
    }
    return false;
}

/* Both ways: nothing expected is missing, and (exact) nothing came that was not expected. */
static bool ids_agree(const struct nw_json *want, const char ids[][8], size_t n, bool exact)
{
    for (const struct nw_json *x = nw_json_first(want); x != NULL; x = nw_json_next(x)) {
        const char *id = nw_json_text(x);
        if (id == NULL || !ids_have(ids, n, id)) {
            return false;
        }
    }
    for (size_t i = 0; i < n && exact; i++) {
        if (!list_has(want, ids[i])) {
            return false;
        }
    }
    return true;
}

/* What an entry may say about a list besides: why it is refused and where, what counts on it. */
static bool list_agrees(const struct nw_json *expect, const struct nw_outcome *got)
{
    const struct nw_json *code = nw_json_get(expect, "code");
    const struct nw_json *place = nw_json_get(expect, "place");
    const struct nw_json *granted = nw_json_get(expect, "granted");
    int64_t n = -1;
    return (code == NULL || nw_json_is_text(code, got->code)) &&
           (place == NULL || nw_json_is_text(place, got->place)) &&
           (granted == NULL || (nw_json_int(granted, &n) && n == got->granted));
}

static bool outcome_agrees(const struct nw_json *expect, const struct nw_outcome *got)
{
    const struct nw_json *verdict = nw_json_get(expect, "verdict");
    const struct nw_json *decisive = nw_json_get(expect, "decisive");
    const struct nw_json *reasons = nw_json_get(expect, "reasons");
    int64_t status = -1;
    if (!nw_json_int(nw_json_get(expect, "exit"), &status) || status != got->exit ||
        !ids_agree(nw_json_get(expect, "failed"), got->failed, got->failed_n, got->exact) ||
        !list_agrees(expect, got)) {
        return false;
    }
    if (!got->has_reasons) { /* judged by a program, or the evidence was refused */
        return verdict == NULL && decisive == NULL && nw_json_count(reasons) == 0;
    }
    return (verdict == NULL || nw_json_is_text(verdict, got->verdict)) &&
           (decisive == NULL || nw_json_is_text(decisive, got->decisive)) &&
           (reasons == NULL || ids_agree(reasons, got->reasons, got->reason_n, true));
}

static void put_ids(struct nw_buf *b, const char *name, const char ids[][8], size_t n)
{
    nw_buf_printf(b, ",\"%s\":[", name);
    for (size_t i = 0; i < n; i++) {
        nw_buf_printf(b, "%s\"%s\"", i > 0 ? "," : "", ids[i]);
    }
    nw_buf_putc(b, ']');
}

static void run_record(struct run *r, const char *id, const char *result,
                       const struct nw_outcome *got)
{
    struct nw_buf *b = &r->json;
    nw_buf_puts(b, b->n > 0 && b->p[b->n - 1] != '[' ? ",\n{\"id\":" : "\n{\"id\":");
    nw_json_write_text(nw_str(id), b);
    nw_buf_printf(b, ",\"result\":\"%s\"", result);
    if (got->run) {
        nw_buf_printf(b, ",\"exit\":%d", got->exit);
        if (got->verdict != NULL) {
            nw_buf_printf(b, ",\"verdict\":\"%s\"", got->verdict);
        }
        if (got->has_reasons) {
            nw_buf_printf(b, ",\"decisive\":\"%s\"", got->decisive);
        }
        put_ids(b, "failed", got->failed, got->failed_n);
        put_ids(b, "reasons", got->reasons, got->reason_n);
    }
    nw_buf_putc(b, '}');
}

static void print_ids(const char *name, const char ids[][8], size_t n)
{
    (void)printf(" %s", name);
    for (size_t i = 0; i < n; i++) {
        (void)printf("%s%s", i > 0 ? "," : "=", ids[i]);
    }
    if (n == 0) {
        (void)printf("=none");
    }
}

static void run_complain(const struct nw_json *v, const char *id, const struct nw_outcome *got)
{
    struct nw_buf want = NW_BUF(16384);
    nw_json_write(nw_json_get(v, "expect"), &want);
    const char *broken = nw_json_text(nw_json_get(v, "broken"));
    (void)printf("FAILED   %s%s%s\n         expected %s\n         got exit=%d", id,
                 broken != NULL ? ": " : "", broken != NULL ? broken : "", nw_buf_cstr(&want),
                 got->exit);
    if (got->has_reasons) {
        (void)printf(" verdict=%s", got->verdict);
        print_ids("reasons", got->reasons, got->reason_n);
    }
    print_ids("failed", got->failed, got->failed_n);
    if (got->code[0] != '\0' || got->place[0] != '\0') {
        (void)printf(" code=%s place=%s", got->code, got->place);
    }
    if (got->granted >= 0) {
        (void)printf(" granted=%lld", (long long)got->granted);
    }
    (void)printf("\n");
    nw_buf_free(&want);
}

static enum nw_err run_one(struct run *r, const struct nw_json *v)
{
    static struct nw_outcome got;
    const char *id = nw_json_text(nw_json_get(v, "id"));
    const char *rule = nw_json_text(nw_json_get(v, "rule"));
    if (id == NULL || rule == NULL) {
        return NW_ERR_CONFIG;
    }
    if (r->filter != NULL && !nw_slice_starts(nw_str(id), r->filter) &&
        !nw_slice_starts(nw_str(rule), r->filter)) {
        return NW_OK;
    }
    memset(&got, 0, sizeof got);
    got.granted = -1;
    bool own = nw_json_is_text(nw_json_get(v, "judge"), "verifier");
    enum nw_err e = own ? nw_judge_verifier(r->dir, v, &got) : nw_judge_program(r->dir, v, &got);
    if (e != NW_OK) {
        got.run = false;
        (void)snprintf(got.why, sizeof got.why, "%s", nw_err_text(e));
    }
    if (!got.run) {
        r->not_run++;
        (void)printf("NOT RUN  %s: %s\n", id, got.why);
    } else if (outcome_agrees(nw_json_get(v, "expect"), &got)) {
        r->passed++;
    } else {
        r->failed++;
        run_complain(v, id, &got);
    }
    run_record(r, id,
               !got.run                                         ? "not-run"
               : outcome_agrees(nw_json_get(v, "expect"), &got) ? "passed"
                                                                : "failed",
               &got);
    return NW_OK;
}

static int run_report(struct run *r)
{
    FILE *f = fopen(r->report, "wb");
    struct nw_buf head = NW_BUF(256);
    nw_buf_printf(&head,
                  "{\"version\":1,\"passed\":%zu,\"failed\":%zu,\"not_run\":%zu,\"results\":",
                  r->passed, r->failed, r->not_run);
    nw_buf_puts(&r->json, "\n]}\n");
    bool ok = f != NULL && nw_buf_err(&head) == NW_OK && nw_buf_err(&r->json) == NW_OK &&
              fwrite(head.p, 1, head.n, f) == head.n &&
              fwrite(r->json.p, 1, r->json.n, f) == r->json.n;
    if (f != NULL && fclose(f) != 0) {
        ok = false;
    }
    nw_buf_free(&head);
    if (!ok) {
        nw_say("%s: the report could not be written", r->report);
    }
    return ok ? 0 : EX_IOERR;
}

static int run_all(struct run *r)
{
    char path[4096];
    struct nw_buf text = NW_BUF(MANIFEST_MAX);
    struct nw_json *root = NULL;
    struct nw_diag d = {0};
    nw_diag_clear(&d);
    (void)snprintf(path, sizeof path, "%s/manifest.json", r->dir);
    enum nw_err e = nw_input_read(path, &text, &d);
    if (e == NW_OK) {
        e = nw_json_parse_max(nw_buf_slice(&text), MANIFEST_MAX, &root, &d);
    }
    const struct nw_json *list = nw_json_get(root, "vectors");
    for (const struct nw_json *v = nw_json_first(list); v != NULL && e == NW_OK;
         v = nw_json_next(v)) {
        e = run_one(r, v);
    }
    nw_json_free(&root);
    nw_buf_free(&text);
    if (e != NW_OK) {
        (void)nw_fail(&d, e, NW_NO_OFFSET, "an entry has no id or rule");
        return nw_say_diag(path, &d);
    }
    (void)printf("%zu passed, %zu failed, %zu not run\n", r->passed, r->failed, r->not_run);
    int status = r->report != NULL ? run_report(r) : 0;
    if (r->passed + r->failed + r->not_run == 0) {
        nw_say("no vector fits the filter");
        return EX_DATAERR;
    }
    return status != 0 ? status : r->failed + r->not_run > 0 ? 1 : 0;
}

int nw_command_vectors(int argc, char **argv)
{
    struct run r = {.dir = "vectors", .json = NW_BUF(MANIFEST_MAX)};
    const struct nw_argv_option table[] = {
        {"filter", .text = &r.filter},
        {"report", .text = &r.report},
        {"vectors", .text = &r.dir},
    };
    struct nw_argv_words words;
    int status;
    if (nw_options_words(argc, argv, NW_ARGV(table), help, &words, &status) != 0) {
        return status;
    }
    if (words.operand_n != 1 || strcmp(argv[1], "run") != 0) {
        nw_say("vectors knows one word: run; --help shows how");
        return EX_USAGE;
    }
    nw_buf_putc(&r.json, '[');
    status = run_all(&r);
    nw_buf_free(&r.json);
    return status;
}
