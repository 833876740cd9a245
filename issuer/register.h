/*
 * The register: what becomes of a record before anything is signed.
 *
 * A record is parsed strictly, checked against the rules of its type with the
 * register's own knowledge (who the institution is, what it issued before), and
 * entered under its document number. The same record again is the same document;
 * another record under the same number is refused (V18), of whatever type.
 */
#ifndef NW_ISSUER_REGISTER_H
#define NW_ISSUER_REGISTER_H

#include "attestation/rules.h"
#include "home.h"

#define NW_DEFAULT_TYPE "pda1"

struct nw_record {
    struct nw_json *json; /* owned */
    const struct nw_type *type;
    const char *document_id, *pin; /* pin "": the record names no number of the person */
    bool has_end;
    int64_t end_day; /* of what it certifies, days since 1970 */
    uint8_t content[NW_SHA256_BYTES];
};

/* What a record is read as: `type`, or where that is NULL the type that its content tells, and the
 * A1 when it tells none. */
struct nw_reader_as {
    struct nw_crypto *crypto;
    const struct nw_types *types;
    const struct nw_type *type;
};
/* Parses one record. What is wrong with it is one V01 or V18 finding; an error is only our own
 * trouble. *good: the record can be used further. */
NW_MUST_USE enum nw_err nw_record_parse(const struct nw_reader_as *as, struct nw_slice text,
                                        struct nw_record *out, bool *good, struct nw_findings *f);
/* The same from a tree (CSV); takes *json over. */
NW_MUST_USE enum nw_err nw_record_take(const struct nw_reader_as *as, struct nw_json **json,
                                       struct nw_record *out, bool *good, struct nw_findings *f);
void nw_record_free(struct nw_record *r);

/* SHA-256 of the record with members in order of their names: the same content, the same hash. */
NW_MUST_USE enum nw_err nw_record_hash(struct nw_crypto *c, const struct nw_json *json,
                                       uint8_t out[NW_SHA256_BYTES]);

/* The rules for a record without a home (check). held: records that stand for what the register
 * holds, in any order (V05, V18, V28; none: not done). holder: the person of the PID shown (V25),
 * or NULL. */
NW_MUST_USE enum nw_err nw_register_check(const struct nw_record *r, const struct nw_record *held,
                                          size_t held_n, const struct nw_person *holder,
                                          int64_t now, struct nw_findings *f);

/* The rules on the issuing side. home == NULL: the record alone. */
NW_MUST_USE enum nw_err nw_register_rules(const struct nw_home *home, const struct nw_record *r,
                                          int64_t now, struct nw_findings *f);

/* Enters the record, or finds that it is there. Inside begin/commit. *known: it was there.
 * f gets V18 when the number belongs to another record, or the A1 is withdrawn. */
NW_MUST_USE enum nw_err nw_register_enter(const struct nw_home *home, const struct nw_record *r,
                                          int64_t now, struct nw_a1 *a1, bool *known,
                                          struct nw_findings *f);

#endif
