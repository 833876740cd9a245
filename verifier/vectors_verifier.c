#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "say.h"
#include "session.h"
#include "vectors.h"

const char *nw_vector_path(const char *dir, const struct nw_json *name, char out[4096])
{
    const char *text = nw_json_text(name);
    if (text == NULL) {
        return NULL;
    }
    (void)snprintf(out, 4096, "%s/%s", dir, text);
    return out;
}

static void outcome_take(struct nw_outcome *out, const struct nw_report *r)
{
    static const char *const verdicts[] = {"invalid", "attention", "valid"};
    static const int status[] = {2, 1, 0};
    const struct nw_checks *checks = nw_report_checks(r);
    out->run = true;
    out->exact = true;
    out->has_reasons = true;
    out->verdict = verdicts[nw_report_verdict(r)];
    out->exit = status[nw_report_verdict(r)];
    (void)snprintf(out->decisive, sizeof out->decisive, "%s", nw_report_decisive(r));
    for (size_t i = 0; i < checks->n; i++) {
        if (checks->v[i].result == NW_FAIL && out->failed_n < NW_OUTCOME_IDS) {
            memcpy(out->failed[out->failed_n++], checks->v[i].id, sizeof out->failed[0]);
        }
    }
    for (size_t i = 0; nw_report_reason(r, i) != NULL; i++) {
        (void)snprintf(out->reasons[out->reason_n++], sizeof out->reasons[0], "%s",
                       nw_report_reason(r, i));
    }
}

static enum nw_err judge_session(struct nw_session *s, const char *input, struct nw_outcome *out)
{
    struct nw_buf bytes = NW_BUF(NW_MAX_INPUT);
    struct nw_report *r = NULL;
    enum nw_err e = nw_input_read(input, &bytes, NULL);
    if (e == NW_OK) {
        s->job.input = nw_buf_slice(&bytes); /* as it travels: no line end is taken off */
        e = nw_verify_presentation(s->crypto, &s->job, &r, NULL);
    }
    if (e == NW_OK) {
        outcome_take(out, r);
    }
    nw_report_free(&r);
    nw_buf_free(&bytes);
    return e;
}

/* Evidence that is refused is an outcome here, which the entry expects or not. */
static int open_quietly(const struct nw_options *o, struct nw_session *s)
{
    nw_say_hush(true);
    int status = nw_session_open(o, s);
    nw_say_hush(false);
    return status;
}

/* The bundle that was used before: its number is remembered in a file that ends with the vector. */
static enum nw_err use_before(const struct nw_options *o, const char *bundle, char path[4096])
{
    static struct nw_session s;
    struct nw_options before = *o;
    const char *folder = getenv("TMPDIR");
    (void)snprintf(path, 4096, "%s/nachweis-state-XXXXXX", folder != NULL ? folder : "/tmp");
    int fd = mkstemp(path);
    if (fd < 0 || close(fd) != 0 || unlink(path) != 0) {
        return NW_ERR_IO;
    }
    before.bundle = bundle;
    before.state = path;
    int status = open_quietly(&before, &s);
    nw_session_close(&s);
    return status == 0 ? NW_OK : NW_ERR_CONFIG;
}

static void forget(const char *state)
{
    char lock[4200];
    (void)snprintf(lock, sizeof lock, "%s.lock", state);
    (void)unlink(lock);
    (void)unlink(state);
}

enum nw_err nw_judge_verifier(const char *dir, const struct nw_json *v, struct nw_outcome *out)
{
    static struct nw_session s;
    static char input[4096], bundle[4096], policy[4096], pid[4096], transcript[4096], key[4096];
    static char state_bundle[4096], state[4096];
    const char *file = nw_vector_path(dir, nw_json_get(v, "input"), input);
    const char *policy_file = nw_vector_path(dir, nw_json_get(v, "policy"), policy);
    const char *seen = nw_json_text(nw_json_get(v, "seen"));
    struct nw_options o = {
        .bundle = nw_vector_path(dir, nw_json_get(v, "bundle"), bundle),
        .policy = policy_file != NULL ? policy_file : "",
        .pid = nw_vector_path(dir, nw_json_get(v, "pid"), pid),
        .transcript = nw_vector_path(dir, nw_json_get(v, "transcript"), transcript),
        .reader_key = nw_vector_path(dir, nw_json_get(v, "reader_key"), key),
        .at = nw_json_text(nw_json_get(v, "at")),
        .country = nw_json_text(nw_json_get(v, "country")),
        .nonce = nw_json_text(nw_json_get(v, "nonce")),
        .audience = nw_json_text(nw_json_get(v, "audience")),
        .person = nw_json_text(nw_json_get(v, "person")),
        .employer = nw_json_text(nw_json_get(v, "employer")),
        .site = nw_json_text(nw_json_get(v, "site")),
    };
    const char *before = nw_vector_path(dir, nw_json_get(v, "state"), state_bundle);
    enum nw_err e = before != NULL ? use_before(&o, before, state) : NW_OK;
    if (e != NW_OK) {
        return e;
    }
    o.state = before != NULL ? state : NULL;
    int status = open_quietly(&o, &s);
    if (before != NULL) {
        forget(state);
    }
    if (status != 0) { /* the evidence itself is refused */
        out->run = true;
        out->exit = status;
    } else if (seen != NULL) {
        struct nw_report *r = NULL;
        s.job.seen = strcmp(seen, "application") == 0 ? NW_SEEN_APPLICATION : NW_SEEN_PAPER;
        e = nw_verify_presentation(s.crypto, &s.job, &r, NULL);
        if (e == NW_OK) {
            outcome_take(out, r);
        }
        nw_report_free(&r);
    } else if (file == NULL) {
        (void)snprintf(out->why, sizeof out->why, "the vector names no input");
    } else {
        e = judge_session(&s, file, out);
    }
    nw_session_close(&s);
    return e;
}
