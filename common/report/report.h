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
enum nw_form {
    NW_FORM_UNKNOWN = 0,
    NW_FORM_SDJWT,
    NW_FORM_MDOC,
    NW_FORM_A11,
    NW_FORM_EEHIC, /* told by shape: another document of the same sector */
    NW_FORM_HC1,   /* told by prefix: a health certificate */
    NW_FORM_SEEN,  /* no credential: paper or a confirmation of application (enum nw_seen) */
};
enum nw_binding { NW_BINDING_NONE = 0, NW_BINDING_DEVICE, NW_BINDING_PID };

/* Lists made by test operators (`nachweis-issuer setup`). */
enum nw_test_lists {
    NW_TEST_REFUSE = 0, /* R02: a working verifier knows no test institutions */
    NW_TEST_MARK,       /* A14 */
    NW_TEST_ACCEPT,     /* as if they were real, for demonstrations; the report says "test": true */
};

/* Which way to the issuer is decisive (ARF: the list of public bodies; Reg. (EU) 910/2014 45f: the
 * qualified certificate). The other one is followed as well and stands in the report. */
enum nw_trust_way {
    NW_WAY_LIST = 0,  /* a list of public bodies names the signer */
    NW_WAY_QUALIFIED, /* its certificate is a public body's qualified one */
    NW_WAY_BOTH,
};
#define NW_POLICY_STATES 32

/* What the authority decides; read from the policy file by the verifier. */
struct nw_policy {
    const enum nw_sig_alg *algs;
    size_t alg_n;
    int64_t skew;         /* 300 s */
    int64_t status_fresh; /* 24 h: older is A01 */
    int64_t trust_fresh;  /* bundle max_age decides when 0 */
    int64_t kb_max_age;   /* 300 s */
    bool require_binding;
    bool refuse_mac; /* device signatures only (TS 119 472-2) */
    bool iaca;       /* mdocs below an IACA root count where no list names their signer: A14 */
    enum nw_test_lists test_lists;
    bool legacy_typ;
    enum nw_trust_way way;
    /* States that have not notified their public bodies yet: one of theirs that is on no list, but
     * has a qualified certificate, is amber (A15). */
    char transition[NW_POLICY_STATES][3];
    size_t transition_n;
    int64_t list_grace;      /* 30 days that a national list may have lapsed: A01 */
    const char *public_body; /* OID of QcPSB, NULL: that of TS 119 412-6 */
    const char *types[4];    /* credential types wanted, NULL-terminated early; others are R09 */
};
void nw_policy_default(struct nw_policy *p);

/* What the inspector holds when there is no credential to check. */
enum nw_seen {
    NW_SEEN_CREDENTIAL = 0,
    NW_SEEN_APPLICATION, /* a confirmation of application: A16 */
    NW_SEEN_PAPER,       /* paper or PDF whose number the register knows: A17 */
};

struct nw_verify_job {
    struct nw_slice input; /* ignored unless seen is NW_SEEN_CREDENTIAL */
    enum nw_seen seen;
    const struct nw_types *types;
    const struct nw_bundle *bundle; /* NULL: nothing is trusted */
    const struct nw_policy *policy;
    int64_t at;          /* clock of every check */
    const char *country; /* host state (nw_report_place()); NULL: not checked, A11 says so */
    const char *nonce, *audience;
    struct nw_slice transcript;     /* mdoc: SessionTranscript that we hold (CBOR), or empty */
    struct nw_signer *reader_key;   /* mdoc: ephemeral key of the session, for a MAC; or NULL */
    const struct nw_person *person; /* typed from an ID document, or NULL */
    struct nw_slice pid;            /* a PID presentation, verified first, or empty */
    const char *employer;           /* name of the employer met on site, or NULL (A06) */
    const char *site;               /* town of the site, or NULL (A07) */
};

/* An mdoc's device key proves something over `transcript` only. An IssuerSigned alone is what an
 * issuer hands out, not a presentation: its holder has proven nothing (A03).
 * The day of a check is that of its place (base/zone.h). Without a place the period of an A1 is not
 * said to be over, or not begun, while it is not so in one of the 32 states. A holder key without a
 * nonce from us proves nothing (A03). An unbound credential whose person was compared with an ID
 * document needs no proof of possession: an A1 is no bearer right, it speaks about a named person.
 */
/* The ISO code of a state in which an A1 may be checked; EL and UK are GR and GB. False: none. */
bool nw_report_place(const char *code, char iso[3]);
struct nw_report; /* opaque; owns everything in it except job->types, which must live as long */
NW_MUST_USE enum nw_err nw_verify_presentation(struct nw_crypto *c, const struct nw_verify_job *job,
                                               struct nw_report **out, struct nw_diag *d);
enum nw_verdict nw_report_verdict(const struct nw_report *r);
/* True if the reason code ("R03") is among the reasons. */
bool nw_report_has(const struct nw_report *r, const char *code);
/* The reason that decided (first red, else first amber); "" when green. */
const char *nw_report_decisive(const struct nw_report *r);
const struct nw_checks *nw_report_checks(const struct nw_report *r);
/* All reason codes in the order of the table; NULL past the last. */
const char *nw_report_reason(const struct nw_report *r, size_t i);
/* design.md section 5, version 1. */
void nw_report_json(const struct nw_report *r, struct nw_buf *out);
/* For people: "de" or "en", with ANSI colour or without. */
void nw_report_text(const struct nw_report *r, const char *lang, bool colour, struct nw_buf *out);
void nw_report_free(struct nw_report **r);

#endif
