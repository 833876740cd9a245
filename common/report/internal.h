/*
 * Private to common/report: the report as a struct, and the case that is led
 * through the rooms.
 *
 * A form adapter (form_sdjwt.c, form_mdoc.c, form_a11.c, form_other.c) reads its form,
 * authenticates it and fills the common part of struct nw_case; the shared
 * rooms (trust, status, rules, identity, verdict) know no form.
 */
#ifndef NW_REPORT_INTERNAL_H
#define NW_REPORT_INTERNAL_H

#include "base/unicode.h"
#include "base/zone.h"
#include "mdoc/mdoc.h"
#include "report/reason.h"
#include "report/report.h"
#include "report/rule.h"
#include "sdjwt/sdjwt.h"
#include "trust/qualified.h"
#include "seal/seal.h"

enum nw_id_source { NW_ID_NONE = 0, NW_ID_DOCUMENT, NW_ID_PID };

struct nw_report {
    int64_t at;
    struct nw_days days;                          /* that it is at the place of the check */
    int64_t bundle_time, trust_time, status_time; /* 0: none */
    int64_t iat, nbf, exp;                        /* technical layer, 0: absent */
    const struct nw_types *types;
    const struct nw_type *type; /* NULL: unknown */
    struct nw_json *claims, *undisclosed;
    struct nw_checks checks;
    struct nw_reasons reasons;
    struct nw_findings findings;
    struct nw_trust_entity issuer;
    enum nw_trust_state listed;        /* what the list of public bodies says */
    struct nw_seal_path seal;          /* and what the way over the QTSP came to */
    bool by_seal;                      /* that way established the issuer */
    bool by_root;                      /* an IACA root did */
    struct nw_institution institution; /* of the registry, id "" if unknown */
    enum nw_verdict verdict;
    enum nw_form form;
    enum nw_profile profile;
    enum nw_binding binding;
    enum nw_id_source id_source;
    enum nw_match match;
    bool proven;
    bool authentic; /* signature good and issuer trusted: the content may be shown */
    bool has_issuer;
    bool test;
    bool status_wanted; /* the credential has a status reference */
    bool pid_accepted;
    char host[3];
    char home[3], start[11], end[11];        /* legislation */
    char issued_on[11], document_expiry[11]; /* document layer, "" if absent */
    char wanted[32]; /* "A1": what the policy asks for */
    char pid_refusal[NW_DIAG_PATH + NW_DIAG_DETAIL];
};

struct nw_case {
    struct nw_crypto *c;
    const struct nw_verify_job *job;
    struct nw_report *r;
    struct nw_checks *checks; /* those of the report */
    struct nw_checks
        *aside; /* scratch for a second chain or token, whose checks are not the credential's */
    enum nw_role issue_role, status_role;
    bool by_list, by_qualified; /* the ways to the issuer that are decisive */

    struct nw_sdjwt sdjwt;
    struct nw_seal seal;
    struct nw_device_response device_response;
    struct nw_mdoc mdoc;
    struct nw_buf signer_der; /* A11: the certificate that verified */

    /* filled by the form adapter */
    struct nw_slice chain[NW_MAX_CHAIN];
    size_t chain_n;
    int64_t cert_end; /* of the signer certificate, 0: unknown */
    struct nw_status_ref status;
    bool status_foreign; /* there is a status, of a mechanism that is not known */
    bool bound, kb_given;
    const char *form_issuer;       /* A11 iss, else NULL */
    const char *category;          /* attestation_legal_category or NULL */
    struct nw_register_fields reg; /* mdoc: what the register wrote into it */
    bool places_hidden;            /* places of work may exist that were not disclosed */
    struct nw_person pid_person;
};

/* form_*.c: parse, authenticate, and the common part. NW_OK also when the input is refused: then a
 * check failed, and nw_case_stopped() is true. Errors are our own (9xx). */
NW_MUST_USE enum nw_err nw_form_sdjwt(struct nw_case *k);
NW_MUST_USE enum nw_err nw_form_mdoc(struct nw_case *k);
NW_MUST_USE enum nw_err nw_form_a11(struct nw_case *k);
/* Everything that is recognised but not read, and everything unknown. */
void nw_form_other(struct nw_case *k);
enum nw_form nw_form_detect(struct nw_slice input);

NW_MUST_USE enum nw_err nw_room_trust(struct nw_case *k); /* room_trust.c */
/* The way over the QTSP: fills r->seal; the QC and X5 rules go into checks, which may be NULL.
 * room_seal.c */
NW_MUST_USE enum nw_err nw_case_seal(struct nw_case *k, int64_t signed_at, struct nw_seal_path *out,
                                     struct nw_checks *checks);
void nw_case_seal_adopt(struct nw_case *k);  /* the issuer is the public body of that way */
void nw_case_seal_broken(struct nw_case *k); /* R02 with the link's name */
void nw_case_seal_words(const struct nw_seal_path *s, char de[160], char en[160]);
NW_MUST_USE enum nw_err nw_room_status(struct nw_case *k);   /* room_status.c */
NW_MUST_USE enum nw_err nw_room_rules(struct nw_case *k);    /* room_rules.c */
/* Types other than the A1: schema, period, what is needed. */
NW_MUST_USE enum nw_err nw_room_content(struct nw_case *k); /* room_period.c */
void nw_room_document(struct nw_case *k);                   /* room_period.c */
/* A1-01 and the V rules of the type. */
NW_MUST_USE enum nw_err nw_room_form(struct nw_case *k);     /* room_rules.c */
void nw_room_needed(struct nw_case *k);                      /* room_rules.c: A11 */
void nw_room_groups(struct nw_case *k);                      /* room_groups.c */
void nw_room_place(struct nw_case *k);                       /* room_place.c */
NW_MUST_USE enum nw_err nw_room_identity(struct nw_case *k); /* room_identity.c */
void nw_room_other_identity(struct nw_case *k); /* what is no A1 */
void nw_room_verdict(struct nw_case *k);     /* verdict.c */

/* First three rooms; used for the credential and for a PID beside it. */
NW_MUST_USE enum nw_err nw_case_authenticate(struct nw_case *k);
NW_MUST_USE enum nw_err nw_case_new(struct nw_crypto *c, const struct nw_verify_job *job,
                                    struct nw_case **out);
void nw_case_free(struct nw_case **k); /* also its report, if it still has one */

/* Reasons from failed checks (table in verdict.c). */
void nw_reasons_from_checks(struct nw_case *k);
/* True when a red reason is certain already. */
bool nw_case_stopped(const struct nw_case *k);
/* Adds a reason; the texts may be NULL. */
void nw_case_reason(struct nw_case *k, const char *code, const char *de, const char *en);
/* The policy's allow-list, on top of what the form admits; a failed check under `rule` otherwise.
 */
bool nw_case_alg_allowed(struct nw_case *k, enum nw_sig_alg alg, const char *rule);
/* 9xx stays an error, everything else has become a failed check. */
NW_MUST_USE enum nw_err nw_case_ours(enum nw_err e);

/* A state's name by the code list of the types; the code itself if unknown. lang 0 de, 1 en. */
const char *nw_country_name(const struct nw_types *types, const char *code, int lang);
/* EL and UK of EESSI to GR and GB of ISO 3166. */
void nw_country_iso(const char *code, char out[3]);
/* A row for each claim of the document, for people; lang 0 de, 1 en. */
void nw_report_claims(const struct nw_report *r, int lang, struct nw_buf *out);
/* Host, home and period of a report, for filling texts. */
void nw_report_fields(const struct nw_report *r, struct nw_reason_fields *f);

/* "YYYY-MM-DD" of a text member, "" if it is none. */
void nw_json_date(const struct nw_json *n, char out[11]);

#endif
