/* nachweis-trust bundle: verified lists and status lists into one signed file. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/argv.h"
#include "base/date.h"
#include "cache.h"
#include "command.h"

static const char *const usage =
    "Usage: nachweis-trust bundle --config FILE --out FILE [--at TIME]\n"
    "\n"
    "Checks the lists and status lists that the configuration names and writes the evidence\n"
    "bundle: the one signed file an inspector's verifier needs. What is refused is left out and\n"
    "said. Lists that have not changed since the last run are not parsed and verified again.\n"
    "The number of the bundle rises with each run, also when writing then fails.\n"
    "\n"
    "  --config FILE   JSON; its members are described in nachweis-trust(1), CONFIGURATION\n"
    "  --out FILE      the bundle; replaced as a whole or not at all\n"
    "  --at TIME       the clock, as 2026-08-21T12:00:00Z; now by default\n"
    "\n"
    "Exit status: 0 written, 1 written and something was refused, 2 no list could be relied on\n"
    "and nothing was written, 64 and up the command itself failed.\n";

struct options {
    const char *config, *out;
    int64_t now;
    bool help;
};

static enum nw_err read_options(struct options *o, int argc, char **argv, struct nw_diag *d)
{
    const char *at = NULL;
    struct nw_argv_words words;
    const struct nw_argv_option options[] = {{.name = "config", .text = &o->config},
                                             {.name = "out", .text = &o->out},
                                             {.name = "at", .text = &at}};
    enum nw_err e = nw_argv_read(argc, argv, NW_ARGV(options), &words, d);
    o->help = e == NW_OK && words.help;
    if (e != NW_OK || o->help) {
        return e;
    }
    if (o->config == NULL || o->out == NULL || words.operand_n != 0) {
        return nw_fail_at(d, NW_ERR_USAGE, "bundle", "--config and --out are wanted, nothing else");
    }
    return tl_clock(at, &o->now, d);
}

static enum nw_err load_signer(struct tl_job *j, struct nw_signer **out, struct nw_diag *d)
{
    static const char *const members[] = {"key", "chain"};
    const struct nw_json *signer = nw_json_get(j->config->json, "signer");
    struct nw_buf file[2] = {NW_BUF_SECRET(4 * NW_MAX_KEY_FILE), NW_BUF(4 * NW_MAX_KEY_FILE)};
    enum nw_err e = NW_OK;
    for (size_t i = 0; e == NW_OK && i < 2; i++) {
        char path[TL_PATH];
        e = tl_config_path(j->config, nw_json_get(signer, members[i]), path, d);
        if (e == NW_OK) {
            e = tl_read(path, NW_MAX_KEY_FILE, &file[i], d);
        }
    }
    if (e == NW_OK) {
        e = nw_signer_from_pem(j->c, nw_buf_slice(&file[0]), nw_buf_slice(&file[1]), out, d);
        if (e != NW_OK && !nw_err_is_ours(e)) {
            (void)nw_fail_at(d, e, "signer", "key and certificate of the bundle");
        }
    }
    nw_buf_free(&file[0]);
    nw_buf_free(&file[1]);
    return e;
}

/* A list that ends earlier ends what can be said of it: the bundle is stale with it (6.3.15). Not
 * so a national list in XML or a VICAL: only its own entries are stale then, one state must not
 * stop all. */
static int64_t life(const struct tl_job *j)
{
    int64_t age = j->config->max_age;
    for (size_t i = 0; i < j->source_n; i++) {
        int64_t left = j->sources[i].next_update - j->now;
        struct nw_slice type = j->sources[i].list_type;
        bool alone = nw_slice_is(type, TSL_TYPE_NATIONAL) || nw_slice_is(type, NW_LIST_VICAL);
        if (j->sources[i].next_update != 0 && left < age && !alone) {
            age = left > 0 ? left : 1;
        }
    }
    return age;
}

static struct nw_bundle_content content_of(const struct tl_job *j, uint64_t sequence)
{
    return (struct nw_bundle_content){
        .sequence = sequence,
        .created = j->now,
        .max_age = life(j),
        .test = j->test,
        .sources = j->sources,
        .source_n = j->source_n,
        .entities = j->entities,
        .entity_n = j->entity_n,
        .services = j->services,
        .service_n = j->service_n,
        .signers = j->signers,
        .signer_n = j->signer_n,
        .tokens = j->tokens,
        .token_n = j->token_n,
        .bodies = j->bodies,
        .body_n = j->body_n,
        .vctm = j->vctm,
        .vctm_n = j->vctm_n,
        .sets = j->sets,
        .set_n = j->set_n,
        .others = j->others,
        .other_n = j->other_n,
        .notes = j->notes,
        .note_n = j->note_n,
    };
}

static enum nw_err write_and_open(struct tl_job *j, struct nw_signer *s, uint64_t sequence,
                                  struct nw_buf *bytes, struct nw_bundle **opened,
                                  struct nw_diag *d)
{
    char hex[65];
    const char *pins[] = {hex, NULL};
    const struct nw_bundle_content content = content_of(j, sequence);
    const struct nw_bundle_policy policy = {.signers = pins, .now = j->now};
    enum nw_err e = j->note_err;
    if (e == NW_OK) {
        e = nw_bundle_write(j->c, s, &content, bytes, d);
    }
    if (e == NW_OK) {
        e = nw_bundle_claimed_signer(j->c, nw_buf_slice(bytes), hex, d);
    }
    return e == NW_OK ? nw_bundle_open(j->c, nw_buf_slice(bytes), &policy, opened, d) : e;
}

static enum nw_err collect(struct tl_job *j, struct nw_signer *s, uint64_t sequence,
                           struct nw_diag *d)
{
    struct nw_buf *lists_only = tl_keep(&j->kept, NW_MAX_BUNDLE);
    enum nw_err e = lists_only != NULL ? write_and_open(j, s, sequence, lists_only, &j->trust, d)
                                       : NW_ERR_NOMEM;
    if (e == NW_OK) {
        e = tl_job_signers(j, d);
    }
    if (e == NW_OK) {
        e = tl_job_tokens(j, d);
    }
    if (e == NW_OK) {
        e = tl_job_bodies(j, d);
    }
    return e == NW_OK ? tl_job_vctm(j, d) : e;
}

/* The number is on the disk before the bundle is: a crash may skip a number, never repeat one. */
static enum nw_err publish(struct tl_job *j, struct nw_signer *s, uint64_t sequence,
                           const char *state, const char *out, struct nw_diag *d)
{
    char until[24];
    char hex[65];
    struct nw_bundle *check = NULL;
    struct nw_buf bytes = NW_BUF(NW_MAX_BUNDLE);
    enum nw_err e = write_and_open(j, s, sequence, &bytes, &check, d);
    if (e == NW_OK) {
        e = tl_state_set_bundle(j->state, sequence);
    }
    if (e == NW_OK) {
        e = tl_state_save(j->state, state, d);
    }
    if (e == NW_OK) {
        e = tl_write_atomic(out, nw_buf_slice(&bytes), d);
    }
    if (e == NW_OK) {
        (void)snprintf(hex, sizeof hex, "%s", nw_bundle_info(check)->signer);
        (void)printf("written  %s: bundle %llu%s, %zu bytes, fresh until %s\n"
                     "         verifiers pin %s\n",
                     out, (unsigned long long)sequence, j->test ? " (test)" : "", bytes.n,
                     tl_time(j->now + life(j), until), hex);
    }
    nw_bundle_free(&check);
    nw_buf_free(&bytes);
    return e;
}

static enum nw_err run(struct tl_job *j, const char *out, struct nw_diag *d)
{
    char state_path[TL_PATH];
    struct nw_signer *signer = NULL;
    int lock = -1;
    enum nw_err e = tl_config_path(j->config, nw_json_get(j->config->json, "state"), state_path, d);
    if (e == NW_OK) {
        e = tl_lock(state_path, &lock, d);
    }
    if (e == NW_OK) {
        e = tl_state_load(state_path, j->state, d);
    }
    if (e == NW_OK) {
        e = load_signer(j, &signer, d);
    }
    if (e == NW_OK) {
        e = tl_cache_open(j, signer, state_path);
    }
    if (e == NW_OK) {
        e = tl_job_sources(j, d);
    }
    if (e == NW_OK && j->source_n > 0) {
        e = tl_cache_write(j, signer);
    }
    if (e == NW_OK && j->source_n > 0) {
        uint64_t sequence = tl_state_bundle(j->state) + 1;
        e = collect(j, signer, sequence, d);
        if (e == NW_OK) {
            e = publish(j, signer, sequence, state_path, out, d);
        }
    }
    nw_signer_free(&signer);
    if (lock >= 0) {
        (void)close(lock);
    }
    return e;
}

int tl_command_bundle(int argc, char **argv)
{
    struct nw_diag d = {0};
    struct options o = {0};
    struct tl_config config = {0};
    struct tl_state state = {0};
    struct tl_job job = {.config = &config, .state = &state};
    enum nw_err e = read_options(&o, argc, argv, &d);
    if (e == NW_OK && o.help) {
        (void)fputs(usage, stdout);
        return 0;
    }
    job.now = o.now;
    if (e == NW_OK) {
        e = tl_config_load(o.config, &config, &d);
    }
    if (e == NW_OK) {
        e = nw_crypto_new(NW_PROVIDER_DEFAULT, &job.c);
    }
    if (e == NW_OK) {
        e = run(&job, o.out, &d);
    }
    int status = TL_ACCEPTED;
    if (e != NW_OK) {
        status = tl_failed(e, &d);
    } else if (job.source_n == 0) {
        (void)printf("nothing written: no list could be relied on\n");
        status = TL_REFUSED;
    } else if (job.refused > 0) {
        status = TL_WARNINGS;
    }
    tl_job_free(&job);
    nw_crypto_free(&job.c);
    tl_state_free(&state);
    tl_config_free(&config);
    return status;
}
