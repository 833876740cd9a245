#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "say.h"
#include "state.h"

static int session_clock(const struct nw_options *o, struct nw_session *s)
{
    struct nw_diag d = {0};
    nw_diag_clear(&d);
    if (o->at == NULL) {
        s->job.at = (int64_t)time(NULL);
        return 0;
    }
    if (nw_time_parse(nw_str(o->at), &s->job.at) != NW_OK) {
        nw_say("--at: %s, e.g. 2026-06-15T10:00:00Z", nw_err_text(NW_ERR_TIME));
        return EX_USAGE;
    }
    return 0;
}

/* Only pinned signers make a bundle count. */
static int session_bundle(const struct nw_options *o, struct nw_session *s)
{
    const char *path = o->bundle != NULL             ? o->bundle
                       : s->policy.bundle[0] != '\0' ? s->policy.bundle
                                                     : NULL;
    struct nw_diag d = {0};
    nw_diag_clear(&d);
    if (path == NULL) {
        return 0;
    }
    if (s->policy.signers[0] == NULL) {
        nw_say("%s: nobody is named who may sign the evidence bundle; put bundle_signers into a "
               "policy file (--policy, or ~/.config/nachweis/policy.json)",
               path);
        return EX_CONFIG;
    }
    if (nw_input_map(path, NW_MAX_BUNDLE, &s->bundle_file, &d) != NW_OK) {
        return nw_say_diag(path, &d);
    }
    struct nw_bundle_policy pins = {.signers = s->policy.signers, .now = s->job.at};
    enum nw_err e = nw_bundle_open(s->crypto, s->bundle_file.bytes, &pins, &s->bundle, &d);
    const char *state = o->state != NULL ? o->state : s->policy.state;
    if (e == NW_OK && state[0] != '\0') {
        const struct nw_bundle_info *info = nw_bundle_info(s->bundle);
        e = nw_state_advance(state, info->signer, info->sequence, &d);
    }
    if (e != NW_OK) {
        (void)nw_fail(&d, e, NW_NO_OFFSET, "%s", "");
        return nw_say_diag(path, &d);
    }
    s->job.bundle = s->bundle;
    return 0;
}

static int session_person(const struct nw_options *o, struct nw_session *s)
{
    struct nw_diag d = {0};
    nw_diag_clear(&d);
    if (o->person != NULL) {
        if (nw_person_parse(nw_str(o->person), &s->person, &d) != NW_OK) {
            (void)nw_say_diag("--person \"SURNAME, FORENAME, YYYY-MM-DD\"", &d);
            return EX_USAGE;
        }
        s->job.person = &s->person;
    }
    if (o->pid != NULL) {
        if (nw_input_read(o->pid, &s->pid, &d) != NW_OK) {
            return nw_say_diag(o->pid, &d);
        }
        s->job.pid = nw_input_line(nw_buf_slice(&s->pid));
    }
    return 0;
}

static int session_core(struct nw_session *s)
{
    struct nw_diag d = {0};
    nw_diag_clear(&d);
    enum nw_err e = nw_crypto_new(NW_PROVIDER_DEFAULT, &s->crypto);
    if (e == NW_OK) {
        e = nw_types_load(&s->types, &d);
    }
    if (e != NW_OK) {
        (void)nw_fail(&d, e, NW_NO_OFFSET, "%s", "");
        (void)nw_say_diag("start", &d);
        return nw_err_is_ours(e) ? nw_exit_of(e) : EX_SOFTWARE;
    }
    return 0;
}

int nw_session_open(const struct nw_options *o, struct nw_session *s)
{
    struct nw_diag d = {0};
    nw_diag_clear(&d);
    memset(s, 0, sizeof *s);
    s->pid = NW_BUF(NW_MAX_INPUT);
    s->transcript = NW_BUF(NW_MAX_CBOR);
    int status = session_core(s);
    if (status == 0 && nw_policy_load(o->policy, &s->policy, &d) != NW_OK) {
        (void)nw_say_diag(s->policy.path, &d);
        status = d.code == NW_ERR_NOMEM ? EX_OSERR : EX_CONFIG;
    }
    if (status == 0 && s->policy.name_space[0] != '\0' &&
        nw_types_name_second(s->types, "pda1", s->policy.name_space) != NW_OK) {
        nw_say("%s: mdoc_namespace: this is no name for a second name space", s->policy.path);
        status = EX_CONFIG;
    }
    if (status == 0) {
        status = session_clock(o, s);
    }
    if (status == 0) {
        status = session_bundle(o, s);
    }
    if (status == 0) {
        status = session_person(o, s);
    }
    if (status == 0) {
        status = nw_session_transcript(o, s);
    }
    if (status == 0) {
        s->job.types = s->types;
        s->job.policy = &s->policy.policy;
        s->job.country = o->country != NULL             ? o->country
                         : s->policy.country[0] != '\0' ? s->policy.country
                                                        : NULL;
        s->job.nonce = o->nonce;
        s->job.audience = o->audience != NULL      ? o->audience
                          : s->audience[0] != '\0' ? s->audience
                                                   : NULL;
        s->job.employer = o->employer;
        s->job.site = o->site;
    }
    return status;
}

void nw_session_close(struct nw_session *s)
{
    nw_bundle_free(&s->bundle);
    nw_input_unmap(&s->bundle_file);
    nw_types_free(&s->types);
    nw_signer_free(&s->reader_key);
    nw_crypto_free(&s->crypto);
    nw_buf_free(&s->transcript);
    nw_buf_free(&s->pid);
}

static bool session_colour(void)
{
    const char *no = getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) == 1 && (no == NULL || no[0] == '\0');
}

int nw_session_check(struct nw_session *s, const struct nw_options *o, const char *name,
                     struct nw_slice input)
{
    static const int status[] = {
        [NW_VERDICT_INVALID] = 2, [NW_VERDICT_ATTENTION] = 1, [NW_VERDICT_VALID] = 0};
    struct nw_report *r = NULL;
    struct nw_diag d = {0};
    struct nw_buf out = NW_BUF(8u << 20);
    nw_diag_clear(&d);
    s->job.input = input;
    enum nw_err e = nw_verify_presentation(s->crypto, &s->job, &r, &d);
    if (e != NW_OK) {
        return nw_say_diag(name, &d);
    }
    if (o->json) {
        nw_report_json(r, &out);
        nw_buf_putc(&out, '\n');
    } else {
        nw_report_text(r, nw_options_lang(o), session_colour(), &out);
    }
    int result = status[nw_report_verdict(r)];
    e = nw_buf_err(&out);
    if (e == NW_OK && (fwrite(out.p, 1, out.n, stdout) != out.n || fflush(stdout) != 0)) {
        e = NW_ERR_IO;
    }
    if (e != NW_OK) {
        nw_say("the report could not be written: %s", nw_err_text(e));
        result = e == NW_ERR_NOMEM ? EX_OSERR : EX_IOERR;
    }
    nw_buf_free(&out);
    nw_report_free(&r);
    return result;
}
