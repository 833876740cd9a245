#include "status/status.h"

#include <string.h>

#include "status/claims.h"

#define USUAL_LIST ((1u << 17) + 64) /* 2^20 entries of one bit, and the end of the stream */

/* An error of ours must not look like a finding about the list. */
enum nw_err nw_status_failed(struct nw_checks *checks, const char *rule, enum nw_err e,
                             const struct nw_diag *d)
{
    if (checks == NULL || nw_err_is_ours(e)) {
        return e;
    }
    if (d->code == NW_OK) {
        nw_check_fail(checks, rule, e, "%s", nw_err_text(e));
    } else {
        (void)nw_check_fail_diag(checks, rule, d);
    }
    return e;
}

enum nw_err nw_status_verify(struct nw_crypto *c, const struct nw_status_token *t,
                             const struct nw_pubkey *key, struct nw_diag *d)
{
    enum nw_err e = t->form == NW_TOKEN_JWT
                        ? nw_jws_verify(c, &t->jws, key)
                        : nw_cose_verify(c, &t->cose, NW_SLICE_EMPTY, NW_SLICE_EMPTY, key);
    return e == NW_OK ? e : nw_fail_at(d, e, "", "the status list token's own signature");
}

static enum nw_err check_times(const struct nw_status_claims *k, int64_t now, int64_t skew,
                               struct nw_diag *d)
{
    if (k->iat > now + skew) {
        return nw_fail_at(d, NW_ERR_STATUS_FUTURE, "iat", "it is made after the time of the check");
    }
    if (k->nbf != 0 && k->nbf > now + skew) {
        return nw_fail_at(d, NW_ERR_STATUS_FUTURE, "nbf", "it begins after the time of the check");
    }
    if (k->has_exp && now - skew >= k->exp) {
        char when[NW_TIME_TEXT];
        nw_time_format(k->exp, when);
        return nw_fail_at(d, NW_ERR_STATUS_EXPIRED, "exp", "since %s", when);
    }
    return NW_OK;
}

static enum nw_err check_subject(const struct nw_status_claims *k, const char *uri,
                                 struct nw_diag *d)
{
    if (!nw_slice_is(k->sub, uri)) {
        return nw_fail_at(d, NW_ERR_STATUS_SUBJECT, "sub", "it differs from the uri looked for");
    }
    return NW_OK;
}

enum nw_err nw_status_claims_check(const struct nw_status_claims *k, const char *uri, int64_t now,
                                   int64_t skew, struct nw_checks *checks, bool *late,
                                   struct nw_diag *d)
{
    enum nw_err e = check_subject(k, uri, d);
    if (e == NW_OK) {
        e = check_times(k, now, skew, d);
    }
    if (e != NW_OK) {
        return nw_status_failed(checks, "STS-03", e, d);
    }
    *late = k->ttl != 0 && now - skew - k->iat > k->ttl;
    if (checks != NULL && *late) {
        char made[NW_TIME_TEXT];
        nw_time_format(k->iat, made);
        nw_check_not_done(checks, "STS-03", "the list of %s is past its time to live", made);
    } else if (checks != NULL) {
        nw_check_pass(checks, "STS-03");
    }
    return NW_OK;
}

static enum nw_err inflate_list(struct nw_slice zlib, struct nw_buf *packed, struct nw_diag *d)
{
    struct nw_inflater *z = NULL;
    enum nw_err e = nw_inflater_new(&z);
    /* Room for the usual list, so that it inflates in one call, which needs no window. */
    if (e == NW_OK && nw_buf_reserve(packed, USUAL_LIST) == NULL) {
        e = nw_buf_err(packed);
    }
    if (e == NW_OK) {
        e = nw_inflate(z, zlib, NW_MAX_STATUS_LIST, packed, d);
    }
    nw_inflater_free(&z);
    if (e == NW_OK && nw_buf_slice(packed).n == 0) {
        e = nw_fail_at(d, NW_ERR_STATUS_FORM, "status_list.lst", "the list has no entries");
    }
    return e;
}

enum nw_err nw_status_list_open(struct nw_crypto *c, const struct nw_status_token *t,
                                const struct nw_pubkey *key, const char *uri, int64_t now,
                                int64_t skew, struct nw_status_list *out, struct nw_checks *checks,
                                struct nw_diag *d)
{
    struct nw_diag own;
    if (d == NULL) {
        nw_diag_clear(&own);
        d = &own;
    }
    struct nw_status_claims k = NW_STATUS_CLAIMS_INIT;
    struct nw_status_list list = {.packed = NW_BUF(NW_MAX_STATUS_LIST)};
    const char *rule = "STS-02";
    enum nw_err e = nw_status_verify(c, t, key, d);
    if (e != NW_OK) {
        goto out;
    }
    if (checks != NULL) {
        nw_check_pass(checks, "STS-02");
    }
    if (t->identifiers) {
        e = nw_fail_at(d, NW_ERR_TYP, "protected.16", "it is an identifier list");
        goto out;
    }
    if ((e = nw_status_claims_read(t, &k, &rule, d)) != NW_OK) {
        goto out;
    }
    rule = NULL; /* nw_status_claims_check() records its own failure */
    if ((e = nw_status_claims_check(&k, uri, now, skew, checks, &list.ttl_passed, d)) != NW_OK) {
        goto out;
    }
    rule = "STS-04";
    if ((e = inflate_list(k.zlib, &list.packed, d)) != NW_OK) {
        goto out;
    }
    (void)nw_slice_cstr(k.sub, list.uri, sizeof list.uri);
    list.bits = k.bits;
    list.entries = (uint64_t)list.packed.n * 8 / k.bits;
    list.iat = k.iat;
    list.exp = k.exp;
    list.ttl = k.ttl;
    if (checks != NULL) {
        nw_check_pass(checks, "STS-04");
    }
    *out = list;
    list = (struct nw_status_list){.packed = NW_BUF(0)}; /* transferred */
out:
    if (e != NW_OK && rule != NULL) {
        (void)nw_status_failed(checks, rule, e, d);
    }
    nw_status_list_free(&list);
    nw_status_claims_free(&k);
    return e;
}

enum nw_err nw_status_list_get(const struct nw_status_list *l, uint64_t idx, unsigned *value)
{
    if (idx >= l->entries) {
        return NW_ERR_STATUS_INDEX;
    }
    /* TSL 4.1: from the least significant bit on */
    uint64_t bit = idx * l->bits;
    uint8_t byte = l->packed.p[bit / 8];
    *value = ((unsigned)byte >> (bit % 8)) & ((1u << l->bits) - 1u);
    return NW_OK;
}

enum nw_err nw_status_list_check(const struct nw_status_list *l, uint64_t idx,
                                 struct nw_checks *checks, struct nw_diag *d)
{
    unsigned value = 0;
    struct nw_diag own;
    if (d == NULL) {
        nw_diag_clear(&own);
        d = &own;
    }
    enum nw_err e = nw_status_list_get(l, idx, &value);
    if (e != NW_OK) {
        (void)nw_fail_at(d, e, "status.status_list.idx", "the list has %llu entries",
                         (unsigned long long)l->entries);
        return nw_status_failed(checks, "STS-04", e, d);
    }
    if (value != 0) {
        (void)nw_fail_at(d, NW_ERR_STATUS_INVALID, "status", "the list says %u", value);
        return nw_status_failed(checks, "STS-05", NW_ERR_STATUS_INVALID, d);
    }
    if (checks != NULL) {
        nw_check_pass(checks, "STS-05");
    }
    return NW_OK;
}

void nw_status_list_free(struct nw_status_list *l)
{
    nw_buf_free(&l->packed);
    l->entries = 0;
}
