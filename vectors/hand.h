/*
 * SD-JWT VCs made by hand: a good credential is issued, taken apart, one part
 * is spoilt, and what is left is put together and signed again. So a refuse
 * vector differs from its twin in the one thing that its row names, and no
 * issuing function has to be talked into making it.
 *
 * A group is a table of rows; hand_cases() turns each row into a file and a
 * manifest entry.
 */
#ifndef NW_VECTORS_HAND_H
#define NW_VECTORS_HAND_H

#include "groups.h"

#define HAND_DISCLOSURES 96
#define HAND_DIGEST 90

struct hand {
    struct gen *g;
    const struct world *w;
    struct nw_signer *own;      /* a signer of this row, freed with it */
    struct nw_signer *issuer;   /* signs the issuer JWT */
    struct nw_json *header;     /* alg, typ, x5c: objects, so that a row changes one member */
    struct nw_json *payload;    /* as signed, with _sd */
    struct nw_buf header_text;  /* instead of the object where it has content */
    struct nw_buf payload_text; /* likewise */
    struct nw_buf disclosure[HAND_DISCLOSURES]; /* base64url, in the order presented */
    size_t disclosure_n;
    enum nw_hash_alg hash;                  /* of sd_hash, and of digests made by hand_digest() */
    struct nw_signer *holder;               /* signs the KB-JWT; NULL: none */
    struct nw_json *kb_header, *kb_payload; /* kb_payload without sd_hash gets the right one */
    struct nw_buf kb_header_text;
    bool kb_without_hash;              /* sd_hash is left out */
    bool kb_hmac, issuer_hmac;         /* HS256 with the public key as the secret */
    bool issuer_unsigned, kb_unsigned; /* an empty signature */
};

/* The credential of PL, bound to the world's holder or not, with all its disclosures. */
void hand_make(struct hand *h, struct gen *g, const struct world *w, bool bound);
/* The same from an envelope (handed over) and a plan, signed by a party's issuer. */
void hand_issue(struct hand *h, struct gen *g, const struct world *w, struct nw_json *envelope,
                const struct nw_sd_plan *plan, struct nw_signer *issuer);
/* The credential of hand_make() again, with another plan of disclosures. */
void hand_replan(struct hand *h, const struct nw_sd_plan *plan);
/* Adds the world's holder and a KB-JWT to this check's request. */
void hand_bind(struct hand *h);
void hand_write(struct hand *h, struct nw_buf *out);
void hand_free(struct hand *h);

/* Faults. Names with slashes lead through objects: "status/status_list/idx"; members that are not
 * there yet are added. */
void hand_put(struct nw_json *object, const char *path, const char *json);
void hand_drop(struct nw_json *object, const char *path);
struct nw_json *hand_at(struct nw_json *object, const char *path); /* dies when it is not there */
/* The number of the disclosure with this claim name; dies when there is none. */
size_t hand_find(const struct hand *h, const char *name);
/* Text of a disclosure, decoded into a buffer that the caller frees. */
void hand_decode(const struct hand *h, size_t i, struct nw_buf *json);
/* The digest, as it stands in the payload. */
void hand_digest(const struct hand *h, struct nw_slice disclosure, char out[HAND_DIGEST]);
/* Appends a disclosure made of this JSON text and returns its number. */
size_t hand_add(struct hand *h, const char *json);
void hand_remove(struct hand *h, size_t i);
/* Puts another text in the place of disclosure i and its digest in the place of the old one,
 * wherever that stands in the payload. */
void hand_replace(struct hand *h, size_t i, const char *json);
void hand_replace_text(struct hand *h, size_t i, struct nw_slice base64url);
/* All digests, _sd_alg, and sd_hash later, by another algorithm. */
void hand_sd_alg(struct hand *h, enum nw_hash_alg alg);
/* Adds a digest to an _sd array ("" for the top level). */
void hand_put_digest(struct hand *h, const char *object, const char *digest);
/* Makes a member of an object ("" for the top level) a disclosure. */
void hand_hide(struct hand *h, const char *object, const char *name);
/* x5c from these certificates. */
void hand_chain(struct hand *h, const struct nw_slice *der, size_t n);

struct hand_case {
    const char *id; /* the rule is what stands before -a or -r */
    const char *clause;
    const char *broken, *twin;          /* both NULL: accept */
    void (*change)(struct hand *h);     /* before signing */
    void (*after)(struct nw_buf *text); /* to the finished text */
    bool unbound;                       /* no cnf, no KB-JWT, no request */
    bool no_person;                     /* nobody's ID document is typed in */
    int exit;                           /* 1 for amber; green and red follow from broken */
    const char *failed[4];
    const char *decisive;
    const char *reasons[6];      /* none: the decisive one alone, or I01 alone when there is none */
    const char *bundle, *policy; /* the usual ones when NULL */
};
void hand_cases(struct gen *g, const struct world *w, const char *group,
                const struct hand_case *rows, size_t n);
void sdjwt_digest_rows(struct gen *g, const struct world *w); /* SDJ-04 to SDJ-07 */

#endif
