/* Path Q link by link: what each broken one is called, and under which rule. */
#include "trust/qualified.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "crypto/cert_qc.h"
#include "trust/qualified_internal.h"

static const struct {
    const char *name, *rule;
    enum nw_err err;
    const char *text;
} links[NW_LINKS] = {
    [NW_LINK_WHOLE] = {"none", "", NW_OK, ""},
    [NW_LINK_NO_LIST] = {"no-list", "QC-01", NW_ERR_QUAL_LIST, "no list of that state is at hand"},
    [NW_LINK_LIST_REFUSED] = {"list-refused", "QC-01", NW_ERR_QUAL_LIST, "a list was refused"},
    [NW_LINK_LIST_LAPSED] = {"list-lapsed", "QC-01", NW_ERR_QUAL_LIST,
                             "the list lapsed longer ago than the policy allows"},
    [NW_LINK_NOT_LISTED] = {"ca-not-listed", "QC-02", NW_ERR_QUAL_CA,
                            "the CA is not on the list of its state"},
    [NW_LINK_NEVER_FOR_SEALS] = {"ca-never-for-seals", "QC-02", NW_ERR_QUAL_CA,
                                 "a CA of that name is listed, but was never granted for seals"},
    [NW_LINK_OTHER_STATE] = {"ca-of-other-state", "QC-02", NW_ERR_QUAL_CA,
                             "the CA is not on the list of the state it names"},
    [NW_LINK_PATH] = {"path", "QC-02", NW_ERR_QUAL_CA, "the path to the listed CA is broken"},
    [NW_LINK_EXPIRED] = {"expired", "QC-02", NW_ERR_QUAL_CA,
                         "a certificate on the path to the listed CA is not valid now"},
    [NW_LINK_NOT_FOR_SEALS] = {"ca-not-for-seals", "QC-04", NW_ERR_QUAL_STATUS,
                               "the CA is listed, but not for seals"},
    [NW_LINK_WITHDRAWN] = {"withdrawn", "QC-04", NW_ERR_QUAL_STATUS, "the CA was withdrawn"},
    [NW_LINK_NOT_YET] = {"not-yet", "QC-04", NW_ERR_QUAL_STATUS, "the CA was granted later only"},
    [NW_LINK_STATUS_OPEN] = {"status-open", "QC-04", NW_ERR_QUAL_OPEN,
                             "the list says nothing clear of the CA"},
    [NW_LINK_NAME] = {"name", "QC-03", NW_ERR_QUAL_NAME, "the names differ"},
    [NW_LINK_NOT_QUALIFIED] = {"not-qualified", "QC-05", NW_ERR_QUAL_NOT, "it is not qualified"},
    [NW_LINK_UNCLEAR] = {"unclear", "QC-05", NW_ERR_QUAL_OPEN, "nobody can tell"},
    [NW_LINK_CHANGED] = {"changed", "QC-05", NW_ERR_QUAL_NOT,
                         "it was something else when it was issued"},
    [NW_LINK_NO_BODY] = {"no-public-body", "QC-06", NW_ERR_QUAL_BODY,
                         "it has no statement of a public body"},
    [NW_LINK_OTHER_BODY] = {"other-state", "QC-06", NW_ERR_QUAL_BODY,
                            "its statement names another state"},
};

const char *nw_seal_answer_name(enum nw_seal_answer a)
{
    static const char *const names[] = {"not-asked", "no", "open", "seal", "signature"};
    return names[a];
}

const char *nw_seal_link_name(enum nw_seal_link l)
{
    return links[l].name;
}

void nw_seal_break(struct nw_seal_work *w, enum nw_seal_link link, const char *fmt, ...)
{
    va_list args;
    if (w->out->link != NW_LINK_WHOLE) {
        return;
    }
    w->out->link = link;
    va_start(args, fmt);
    (void)vsnprintf(w->out->why, sizeof w->out->why, fmt, args);
    va_end(args);
}

/* TS 119 412-6 8.3, and the state of the certificate's subject beside it. */
static void check_body(struct nw_seal_work *w)
{
    struct nw_public_body body;
    const char *oid = w->policy->public_body != NULL ? w->policy->public_body : NW_OID_QC_PSB;
    if (!nw_qualification_public_body(&w->leaf, oid, &body)) {
        nw_seal_break(w, NW_LINK_NO_BODY, "%s", oid);
    } else if (strcmp(body.country, w->leaf.country) != 0) {
        nw_seal_break(w, NW_LINK_OTHER_BODY, "%s, the subject is of %s", body.country,
                      w->leaf.country[0] != '\0' ? w->leaf.country : "no state");
    }
}

static void read_body(struct nw_seal_work *w)
{
    struct nw_seal_path *out = w->out;
    (void)nw_slice_cstr(nw_str(w->leaf.organisation_id), out->body_id, sizeof out->body_id);
    (void)snprintf(out->body_name, sizeof out->body_name, "%s", w->leaf.organisation);
    (void)snprintf(out->body_country, sizeof out->body_country, "%s", w->leaf.country);
}

/* A step is done, and the chain is whole up to it: so many rules have passed. */
static void passed(struct nw_seal_work *w, enum nw_err e, size_t n)
{
    if (e == NW_OK && w->out->link == NW_LINK_WHOLE) {
        w->passed = n;
    }
}

static enum nw_err follow(struct nw_seal_work *w, struct nw_diag *d)
{
    enum nw_err e = nw_cert_read(w->c, w->chain[0], &w->leaf, d);
    if (e != NW_OK) {
        if (!nw_err_is_ours(e)) {
            nw_seal_break(w, NW_LINK_PATH, "%s", nw_err_text(e));
            e = NW_OK;
        }
        return e;
    }
    read_body(w);
    e = nw_seal_find_list(w);
    passed(w, e, 1);
    if (e == NW_OK && w->passed == 1) {
        e = nw_seal_find_ca(w);
        passed(w, e, 2);
    }
    if (e == NW_OK && w->passed == 2) {
        e = nw_seal_match_name(w);
        passed(w, e, 3);
    }
    if (e == NW_OK && w->passed == 3) {
        nw_seal_judge(w);
        w->passed += strcmp(links[w->out->link].rule, "QC-05") == 0;
        passed(w, e, 5);
    }
    if (e == NW_OK && w->passed == 5) {
        check_body(w);
        passed(w, e, 6);
    }
    return e;
}

/* "the CA was withdrawn when it issued the certificate (PL): ..." */
static void write_detail(const struct nw_seal_path *out, char *dst, size_t cap)
{
    const char *rule = links[out->link].rule;
    bool timed = strcmp(rule, "QC-04") == 0 || strcmp(rule, "QC-05") == 0;
    bool named = out->territory[0] != '\0';
    (void)snprintf(dst, cap, "%s%s%s%s%s%s%s", links[out->link].text,
                   !timed          ? ""
                   : out->at_issue ? " when the certificate was issued"
                                   : " when this was signed",
                   named ? " (" : "", out->territory, named ? ")" : "",
                   out->why[0] != '\0' ? ": " : "", out->why);
}

/* What was followed has passed, what was broken fails, the rest was not done. */
static void note_rules(const struct nw_seal_work *w, const char *detail)
{
    static const char *const rules[] = {"QC-01", "QC-02", "QC-03", "QC-04", "QC-05", "QC-06"};
    static const char *const path[] = {"X5-01", "X5-02", "X5-03", "X5-04"};
    const char *broken = links[w->out->link].rule;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (i < w->passed) {
            nw_check_pass(w->checks, rules[i]);
        } else if (strcmp(rules[i], broken) == 0) {
            nw_check_fail(w->checks, rules[i], links[w->out->link].err, "%s", detail);
        } else {
            nw_check_not_done(w->checks, rules[i], "the chain is broken before: %s", broken);
        }
    }
    for (size_t i = 0; i < sizeof path / sizeof path[0]; i++) {
        if (nw_check_find(w->checks, path[i]) == NULL) {
            nw_check_not_done(w->checks, path[i], "no list leads to this signer");
        }
    }
}

static enum nw_err conclude(const struct nw_seal_work *w, struct nw_diag *d)
{
    char detail[NW_DIAG_PATH + NW_DIAG_DETAIL];
    write_detail(w->out, detail, sizeof detail);
    if (w->checks != NULL) {
        note_rules(w, detail);
    }
    return w->out->link == NW_LINK_WHOLE
               ? NW_OK
               : nw_fail(d, links[w->out->link].err, NW_NO_OFFSET, "%s", detail);
}

enum nw_err nw_seal_path(struct nw_crypto *c, const struct nw_bundle *b,
                         enum nw_cert_profile profile, const struct nw_slice *chain, size_t n,
                         int64_t signed_at, int64_t at, const struct nw_seal_policy *policy,
                         struct nw_seal_path *out, struct nw_checks *checks, struct nw_diag *d)
{
    struct nw_seal_work *w = nw_calloc(1, sizeof *w);
    *out = (struct nw_seal_path){.answer = NW_SEAL_NO};
    if (w == NULL) {
        return NW_ERR_NOMEM;
    }
    *w = (struct nw_seal_work){.c = c,
                               .b = b,
                               .policy = policy,
                               .chain = chain,
                               .chain_n = n,
                               .signed_at = signed_at,
                               .at = at,
                               .profile = profile,
                               .out = out,
                               .checks = checks};
    enum nw_err e = NW_OK;
    if (n == 0 || n > NW_MAX_CHAIN) {
        nw_seal_break(w, NW_LINK_PATH, "%zu certificates", n);
    } else {
        e = follow(w, d);
    }
    if (e == NW_OK) {
        e = conclude(w, d);
    }
    nw_free(w);
    return e;
}
