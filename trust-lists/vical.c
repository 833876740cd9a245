/* A VICAL from bytes to its entries: envelope, signer, number and times. */
#include "vical.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/date.h"
#include "cose/cose.h"
#include "files.h"
#include "tsl_gate.h"

#define OID_VICAL "1.0.18013.5.1.8"
#define OID_VICAL_23220 "1.0.23220.4.1.8"
#define NUMBER_MAX ((UINT64_C(1) << 53) - 1) /* what is remembered of it is JSON */
#define RENEWAL (90 * NW_DAY)                /* C.1.2.2: updates at least every 90 days */

struct opening {
    struct nw_crypto *c;
    const struct vical_policy *policy;
    struct vical *v;
    struct nw_cose_sign1 cose;
    struct nw_cert signer;
    bool pinned; /* the signer itself, not its CA */
    struct nw_slice version, entries;
    int64_t not_after; /* 0: not said */
    bool has_issued, has_next;
};

void vical_note(struct vical *v, const char *path, const char *fmt, ...)
{
    if (v->note_n < LOTE_MAX_NOTES) {
        va_list args;
        va_start(args, fmt);
        struct lote_note *n = &v->notes[v->note_n];
        (void)snprintf(n->path, sizeof n->path, "%s", path);
        (void)vsnprintf(n->text, sizeof n->text, fmt, args);
        va_end(args);
    }
    v->note_n++;
}

bool vical_looks_like(struct nw_slice file)
{
    return file.n > 1 && (file.p[0] == 0x84 || (file.p[0] == 0xd2 && file.p[1] == 0x84));
}

/* --- VIC-01 --- */

static enum nw_err read_envelope(struct opening *o, struct nw_slice file, struct nw_diag *d)
{
    static const enum nw_sig_alg algs[] = {NW_ES256, NW_ES384, NW_ES512, NW_EDDSA};
    const struct nw_cose_policy policy = {.algs = algs,
                                          .alg_n = sizeof algs / sizeof algs[0],
                                          .tag = NW_COSE_TAG_FORBIDDEN,
                                          .cbor_flags = NW_CBOR_STRICT,
                                          .max = NW_MAX_VICAL};
    enum nw_err e = nw_cose_parse(file, &policy, &o->cose, d);
    if (e == NW_OK) {
        e = nw_cbor_check(o->cose.payload, NW_CBOR_STRICT, NW_MAX_CBOR_DEPTH, d);
    }
    return e;
}

/* --- VIC-02 --- */

static bool is_pin(const struct vical_policy *p, struct nw_slice der)
{
    for (size_t i = 0; i < p->pin_n; i++) {
        if (nw_slice_eq(p->pins[i], der)) {
            return true;
        }
    }
    return false;
}

/* Providers send their root along. What a pin vouches for is no part of the chain. */
static size_t chain_below_pins(const struct opening *o)
{
    size_t n = 1;
    for (; n < o->cose.chain_n; n++) {
        struct nw_cert_outline outline;
        if (is_pin(o->policy, o->cose.chain[n]) ||
            (nw_cert_outline(o->cose.chain[n], &outline) == NW_OK &&
             nw_slice_eq(outline.subject, outline.issuer))) {
            break;
        }
    }
    return n;
}

static enum nw_err check_signer_path(struct opening *o, int64_t at, struct nw_diag *d)
{
    size_t used;
    struct nw_diag why = {0};
    const struct nw_path path = {.chain = o->cose.chain,
                                 .chain_n = chain_below_pins(o),
                                 .anchors = o->policy->pins,
                                 .anchor_n = o->policy->pin_n,
                                 .at = at,
                                 .profile = NW_CERT_LIST};
    enum nw_err e = nw_path_check(o->c, &path, NULL, &used, &why);
    if (e != NW_OK) {
        return nw_err_is_ours(e) ? e
                                 : nw_fail_at(d, NW_ERR_VICAL_SIGNER, "x5chain", "%s: %s",
                                              nw_err_text(e), why.detail);
    }
    if (!nw_cert_has_eku(&o->signer, OID_VICAL) && !nw_cert_has_eku(&o->signer, OID_VICAL_23220)) {
        return nw_fail_at(d, NW_ERR_VICAL_SIGNER, "x5chain",
                          "the certificate is not one for VICAL signers (extKeyUsage)");
    }
    return NW_OK;
}

/* The signer's own facts are warnings where the signer itself is pinned. */
static void note_signer(struct opening *o, int64_t now)
{
    if (!nw_cert_has_eku(&o->signer, OID_VICAL) && !nw_cert_has_eku(&o->signer, OID_VICAL_23220)) {
        vical_note(o->v, "x5chain", "the certificate is not one for VICAL signers (extKeyUsage)");
    }
    if (now > o->signer.not_after) {
        vical_note(o->v, "x5chain", "the signer's certificate has ended since");
    }
}

static enum nw_err check_signature(struct opening *o, struct nw_diag *d)
{
    struct nw_pubkey *key = NULL;
    if (o->cose.chain_n == 0) {
        return nw_fail_at(d, NW_ERR_VICAL_SIGNER, "x5chain", "is missing");
    }
    o->pinned = is_pin(o->policy, o->cose.chain[0]);
    enum nw_err e = o->pinned ? nw_cert_listed(o->cose.chain[0], &o->signer, d)
                              : nw_cert_read(o->c, o->cose.chain[0], &o->signer, d);
    if (e == NW_OK && !o->pinned && !o->policy->at_signing) {
        e = check_signer_path(o, o->policy->now, d);
    }
    if (e == NW_OK) {
        e = nw_pubkey_from_spki(o->c, o->signer.spki, &key);
    }
    if (e == NW_OK) {
        e = nw_cose_verify(o->c, &o->cose, NW_SLICE_EMPTY, NW_SLICE_EMPTY, key);
    }
    nw_pubkey_free(&key);
    return e == NW_OK ? nw_sha256(o->c, o->cose.chain[0], o->v->signer) : e;
}

/* --- VIC-03 --- */

enum nw_err vical_take_date(struct nw_cbor *r, int64_t *out)
{
    uint64_t tag = nw_cbor_tag(r);
    struct nw_slice text = nw_cbor_text(r);
    if (nw_cbor_err(r) != NW_OK) {
        return nw_cbor_err(r);
    }
    return tag == 0 ? nw_time_parse(text, out) : NW_ERR_CBOR_TYPE;
}

static enum nw_err read_member(struct opening *o, struct nw_slice key, struct nw_cbor *r)
{
    if (nw_slice_is(key, "version")) {
        o->version = nw_cbor_text(r);
    } else if (nw_slice_is(key, "vicalProvider")) {
        o->v->provider = nw_cbor_text(r);
    } else if (nw_slice_is(key, "vicalIssueID")) {
        o->v->number = nw_cbor_uint(r);
        if (o->v->number > NUMBER_MAX) {
            nw_cbor_fail(r, NW_ERR_CBOR_RANGE);
        }
    } else if (nw_slice_is(key, "date")) {
        o->has_issued = true;
        return vical_take_date(r, &o->v->issued);
    } else if (nw_slice_is(key, "nextUpdate")) {
        o->has_next = true;
        return vical_take_date(r, &o->v->next_update);
    } else if (nw_slice_is(key, "notAfter")) {
        return vical_take_date(r, &o->not_after);
    } else if (nw_slice_is(key, "certificateInfos")) {
        o->entries = nw_cbor_raw(r);
    } else {
        (void)nw_cbor_raw(r); /* extensions, vicalURL, and what is yet to come */
    }
    return nw_cbor_err(r);
}

static enum nw_err read_content(struct opening *o, struct nw_diag *d)
{
    struct nw_cbor r = nw_cbor_open(o->cose.payload);
    for (size_t n = nw_cbor_map(&r); n > 0; n--) {
        struct nw_slice key = nw_cbor_text(&r);
        enum nw_err e = nw_cbor_err(&r) == NW_OK ? read_member(o, key, &r) : nw_cbor_err(&r);
        if (e != NW_OK) {
            return nw_fail_at(d, NW_ERR_VICAL_FORM, "VICAL", "%.*s: %s", (int)(key.n & 63u),
                              (const char *)key.p, nw_err_text(e));
        }
    }
    if (nw_cbor_err(&r) != NW_OK || o->entries.n == 0 || o->v->provider.n == 0 || !o->has_issued) {
        return nw_fail_at(d, NW_ERR_VICAL_FORM, "VICAL",
                          "vicalProvider, date or certificateInfos is missing");
    }
    if (!nw_slice_is(o->version, "1.0")) {
        return nw_fail_at(d, NW_ERR_VICAL_VERSION, "version", "1.0 is known");
    }
    return NW_OK;
}

/* --- VIC-04 --- */

static enum nw_err check_number(const struct vical *v, const struct lote_seen *seen,
                                struct nw_diag *d)
{
    if (seen == NULL || memcmp(seen->sha256, v->sha256, sizeof v->sha256) == 0) {
        return NW_OK;
    }
    if (v->number < seen->sequence) {
        return nw_fail_at(d, NW_ERR_VICAL_SEQUENCE, "vicalIssueID", "%llu after %llu",
                          (unsigned long long)v->number, (unsigned long long)seen->sequence);
    }
    if (v->number == seen->sequence && v->number != 0) {
        return nw_fail_at(d, NW_ERR_VICAL_SEQUENCE, "vicalIssueID",
                          "%llu again, with other content", (unsigned long long)v->number);
    }
    if (v->issued < seen->signed_at) {
        return nw_fail_at(d, NW_ERR_VICAL_SEQUENCE, "date", "is before that of the last one");
    }
    return NW_OK;
}

static enum nw_err check_times(struct opening *o, struct nw_diag *d)
{
    struct vical *v = o->v;
    int64_t now = o->policy->at_signing ? v->issued : o->policy->now;
    if (v->issued > now + LOTE_CLOCK_SKEW) {
        return nw_fail_at(d, NW_ERR_VICAL_TIME, "date", "lies in the future");
    }
    if (v->issued < o->signer.not_before || v->issued > o->signer.not_after) {
        return nw_fail_at(d, NW_ERR_VICAL_TIME, "date",
                          "the signer's certificate was not valid then");
    }
    if (o->not_after != 0 && now > o->not_after) {
        return nw_fail_at(d, NW_ERR_VICAL_TIME, "notAfter", "has passed");
    }
    if (!o->has_next) {
        vical_note(v, "nextUpdate", "is missing: 90 days are allowed");
        v->next_update = v->issued + RENEWAL;
    }
    if (v->next_update <= v->issued) {
        return nw_fail_at(d, NW_ERR_VICAL_TIME, "nextUpdate", "is not after the date");
    }
    if (now > v->next_update) {
        return nw_fail_at(d, NW_ERR_VICAL_TIME, "nextUpdate", "has passed");
    }
    return NW_OK;
}

static enum nw_err open_all(struct opening *o, struct nw_slice file, struct nw_checks *checks,
                            struct nw_diag *d)
{
    enum nw_err e = tsl_record(checks, "VIC-01", read_envelope(o, file, d), d);
    if (e == NW_OK) {
        e = tsl_record(checks, "VIC-02", check_signature(o, d), d);
    }
    if (e == NW_OK) {
        e = tsl_record(checks, "VIC-03", read_content(o, d), d);
    }
    if (e == NW_OK && !o->pinned && o->policy->at_signing) { /* its date is known now */
        e = tsl_record(checks, "VIC-02", check_signer_path(o, o->v->issued, d), d);
    }
    if (e == NW_OK) {
        e = check_number(o->v, o->policy->seen, d);
        e = tsl_record(checks, "VIC-04", e == NW_OK ? check_times(o, d) : e, d);
    }
    if (e == NW_OK && o->pinned) {
        note_signer(o, o->policy->now);
    }
    if (e == NW_OK) {
        (void)nw_slice_cstr(nw_str(o->signer.country), o->v->territory, sizeof o->v->territory);
        e = vical_entries(o->v, o->entries, o->policy->types, d);
    }
    if (e == NW_OK && o->v->dropped > 0) {
        nw_check_fail(checks, "VIC-05", NW_ERR_VICAL_ENTRY, "%zu entries dropped", o->v->dropped);
    } else if (e == NW_OK || !nw_err_is_ours(e)) {
        e = o->entries.n > 0 && e == NW_OK ? tsl_record(checks, "VIC-05", e, d) : e;
    }
    return e;
}

enum nw_err vical_open(struct nw_crypto *c, struct nw_slice file, const struct vical_policy *policy,
                       struct vical **out, struct nw_checks *checks, struct nw_diag *d)
{
    struct nw_diag local = {0};
    struct opening *o = nw_calloc(1, sizeof *o);
    struct vical *v = nw_calloc(1, sizeof *v);
    enum nw_err e = o != NULL && v != NULL ? nw_sha256(c, file, v->sha256) : NW_ERR_NOMEM;
    if (e == NW_OK) {
        /* Texts of names and types are shorter than their sources, or twice as long at most: the
         * store never moves. */
        v->store = NW_BUF(2 * file.n + 1);
        e = nw_buf_reserve(&v->store, 2 * file.n + 1) != NULL ? NW_OK : NW_ERR_NOMEM;
    }
    if (e == NW_OK) {
        *o = (struct opening){.c = c, .policy = policy, .v = v};
        e = open_all(o, file, checks, &local);
    }
    if (e == NW_OK) {
        *out = v;
        v = NULL;
    } else if (d != NULL && d->code == NW_OK) {
        *d = local;
        d->code = e;
    }
    vical_free(&v);
    nw_free(o);
    return e;
}

void vical_free(struct vical **v)
{
    if (*v != NULL) {
        nw_free((*v)->entities);
        nw_free((*v)->services);
        nw_buf_free(&(*v)->store);
    }
    nw_free(*v);
    *v = NULL;
}
