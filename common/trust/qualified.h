/*
 * Path Q: from a public body's certificate to the QTSP on its national list
 * (TS 119 615 4.3 and 4.4; Reg. (EU) 910/2014 45f(1)(b)).
 *
 * A public body seals its attestations with a qualified certificate, which says
 * of which state's law the body is (QcPSB). So a chain is followed: leaf -> CA
 * -> the service of that key and name on the national list of the state that
 * the certificate's issuer names -> the list of lists -> the Official Journal.
 * The last two links were followed when the bundle was made; the bundle says
 * which lists broke there.
 *
 * The answer is given twice, for the time of signing and for the beginning of
 * the certificate, and both have to be the same (PRO-4.4.4-34 to -36). It
 * always comes with the link that is broken, and each link has its rule:
 *
 *   QC-01  a national list of the state that the issuer names, not lapsed
 *   QC-02  the chain leads to a CA for qualified certificates on it
 *   QC-03  the provider on the list is the issuer in the certificate
 *   QC-04  that CA was granted for seals then
 *   QC-05  the certificate is qualified: Tables 1 and 2
 *   QC-06  it names a public body of the state it says it is from
 *
 * Stricter than TS 119 615: paths are validated at the time of the check, the
 * listed CA has to be valid then, too; a certificate from before eIDAS (1 July
 * 2016) is qualified for nothing here (Table 5 is not used); a service that is
 * listed above the one found counts as well.
 *
 * What this does not check: revocation of the certificate (X5-04), whether its
 * key is in a qualified device, and that the body may issue what it signed.
 */
#ifndef NW_TRUST_QUALIFIED_H
#define NW_TRUST_QUALIFIED_H

#include "trust/bundle.h"

enum nw_seal_answer {
    NW_SEAL_NOT_ASKED = 0,
    NW_SEAL_NO,        /* no qualified certificate */
    NW_SEAL_OPEN,      /* the list cannot be used to tell */
    NW_SEAL_SEAL,      /* qualified for seals */
    NW_SEAL_SIGNATURE, /* qualified for signatures */
};

enum nw_seal_link {
    NW_LINK_WHOLE = 0,       /* nothing is broken */
    NW_LINK_NO_LIST,         /* the bundle has no list of that state */
    NW_LINK_LIST_REFUSED,    /* it was refused, or the list of lists was */
    NW_LINK_LIST_LAPSED,     /* longer ago than the grace of the policy */
    NW_LINK_NOT_LISTED,      /* no CA of that name and key on it */
    NW_LINK_NEVER_FOR_SEALS, /* one of that name, which never was for seals */
    NW_LINK_OTHER_STATE,     /* a CA of that name stands on another state's list only */
    NW_LINK_PATH,            /* signature, usage or length of the path */
    NW_LINK_EXPIRED,         /* a certificate of the path, the CA's included, is not valid now */
    NW_LINK_NAME,            /* the issuer in the certificate is not the provider on the list */
    NW_LINK_NOT_FOR_SEALS,   /* listed, but not for seals at that time */
    NW_LINK_WITHDRAWN,       /* withdrawn at that time */
    NW_LINK_NOT_YET,         /* granted later only */
    NW_LINK_STATUS_OPEN,     /* the list contradicts itself, or has a status nobody knows */
    NW_LINK_NOT_QUALIFIED,   /* by Tables 1 and 2 */
    NW_LINK_UNCLEAR,         /* by Tables 1 and 2 nobody can tell */
    NW_LINK_CHANGED,         /* another answer when it was issued than when it signed */
    NW_LINK_NO_BODY,         /* QcPSB is missing or of another shape */
    NW_LINK_OTHER_BODY,      /* QcPSB names another state than the certificate's subject */
    NW_LINKS,
};

struct nw_seal_policy {
    const char *public_body; /* OID of QcPSB, NULL: 0.4.0.194126.1.3 */
    int64_t grace;           /* seconds that a national list may have lapsed */
};

struct nw_seal_path {
    enum nw_seal_answer answer;
    enum nw_seal_link link;
    bool stale;        /* the list has passed its next update, within the grace */
    bool at_issue;     /* the link was broken when the certificate was issued, not when it signed */
    bool ended;        /* whole, but the lists have said something else since it signed... */
    int64_t ended_at;  /* ...from here on */
    char territory[3]; /* state of the list wanted, ISO 3166-1; "" if the certificate names none */
    char why[NW_DIAG_DETAIL]; /* what is said of the link beside its name, "" if nothing */

    char list[80];   /* the list's name in the bundle, "" if there is none */
    uint64_t number; /* of the list */

    /* The provider, as far as the chain could be followed: name "" otherwise. since and until are
     * those of the period when it signed. */
    struct nw_trust_entity qtsp;

    /* The public body, of the certificate. */
    char body_id[64], body_name[NW_CERT_NAME], body_country[3];
};

/* Follows a chain (leaf first, without anchor). Adds QC-01 to QC-06 and X5-01 to X5-04 to the
 * checks. NW_OK only with a qualified answer and no broken link; QUAL_… says which rule was broken.
 * *out is always set. */
NW_MUST_USE enum nw_err nw_seal_path(struct nw_crypto *c, const struct nw_bundle *b,
                                     enum nw_cert_profile profile, const struct nw_slice *chain,
                                     size_t n, int64_t signed_at, int64_t at,
                                     const struct nw_seal_policy *policy, struct nw_seal_path *out,
                                     struct nw_checks *checks, struct nw_diag *d);

/* "seal", "signature", "no", "open". */
const char *nw_seal_answer_name(enum nw_seal_answer a);
/* "ca-not-listed": for scripts. */
const char *nw_seal_link_name(enum nw_seal_link l);

#endif
