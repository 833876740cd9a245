/*
 * The report: one honest verdict, its reasons, and the age of what it rests on.
 *
 * nw_verify_presentation() leads a credential of any form through the six
 * rooms: parse, authenticate, trust, status, rules, report. The report knows
 * everything and computes nothing: verdict and reasons follow from the checks
 * and findings by the decision table (a1-domain.md 8.2; first red wins, then
 * amber, otherwise green). A verdict of "valid" needs every mandatory check to
 * have passed: not done is amber at best.
 *
 * The function returns an error only for our own trouble (9xx) and for inputs
 * over the size limit; everything else is a report.
 */
#ifndef NW_REPORT_REPORT_H
#define NW_REPORT_REPORT_H

#include "attestation/rules.h"
#include "attestation/type.h"
#include "base/check.h"
#include "trust/bundle.h"

enum nw_verdict { NW_VERDICT_INVALID = 0, NW_VERDICT_ATTENTION, NW_VERDICT_VALID };
enum nw_form { NW_FORM_UNKNOWN = 0, NW_FORM_SDJWT, NW_FORM_MDOC, NW_FORM_A11, NW_FORM_EEHIC, NW_FORM_HC1 };
enum nw_binding { NW_BINDING_NONE = 0, NW_BINDING_DEVICE, NW_BINDING_PID };

/* What the authority decides; read from the policy file by the verifier. */
struct nw_policy {
    const enum nw_sig_alg *algs;
    size_t alg_n;
    int64_t skew;            /* 300 s */
    int64_t status_fresh;    /* 24 h: older is A01 */
    int64_t trust_fresh;     /* bundle max_age decides when 0 */
    int64_t kb_max_age;      /* 300 s */
    bool require_binding;
    bool accept_test;        /* test lists give A14 instead of R02 */
    bool legacy_typ;
};
void nw_policy_default(struct nw_policy *p);

struct nw_verify_job {
    struct nw_slice input;
    const struct nw_types *types;
    const struct nw_bundle *bundle; /* NULL: nothing is trusted */
    const struct nw_policy *policy;
    int64_t at;          /* clock of every check */
    const char *country; /* host state, ISO code; NULL: R08, A07, A10 not done */
    const char *nonce, *audience;
    const struct nw_person *person; /* typed from an ID document, or NULL */
    struct nw_slice pid;            /* a PID presentation, verified first, or empty */
    const char *employer;           /* name of the employer met on site, or NULL (A06) */
};

struct nw_report; /* opaque; owns everything in it */
NW_MUST_USE enum nw_err nw_verify_presentation(struct nw_crypto *c,
                                               const struct nw_verify_job *job,
                                               struct nw_report **out, struct nw_diag *d);
enum nw_verdict nw_report_verdict(const struct nw_report *r);
/* True if the reason code ("R03") is among the reasons. */
bool nw_report_has(const struct nw_report *r, const char *code);
/* The reason that decided (first red, else first amber); "" when green. */
const char *nw_report_decisive(const struct nw_report *r);
const struct nw_checks *nw_report_checks(const struct nw_report *r);
/* design.md section 5, version 1. */
void nw_report_json(const struct nw_report *r, struct nw_buf *out);
/* For people: "de" or "en", with ANSI colour or without. */
void nw_report_text(const struct nw_report *r, const char *lang, bool colour, struct nw_buf *out);
void nw_report_free(struct nw_report **r);

#endif
