/* Entries of a VICAL (CertificateInfo, ISO/IEC 18013-5 C.1.7.1) into IACA roots. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cbor/cbor.h"
#include "files.h"
#include "vical.h"

#define OID_IACA "1.0.18013.5.1.7" /* id-mdl-kp-mdlIACA */
#define OID_IACA_23220 "1.0.23220.4.1.7"

struct entry {
    struct nw_slice certificate, serial, ski, issuer, subject, country;
    struct nw_slice types;    /* docType, the array as it stands there */
    struct nw_slice profiles; /* certificateProfile, likewise; empty: not said */
    uint8_t small[8];
};

/* --- roots --- */

static struct nw_slice keep(struct nw_buf *store, const char *text)
{
    size_t before = store->n;
    nw_buf_puts(store, text);
    return nw_slice_from(nw_buf_slice(store), before);
}

const char *iaca_root_from(struct nw_slice der, struct nw_slice doc_types, struct nw_buf *store,
                           struct iaca_root *out)
{
    struct nw_cert cert;
    if (nw_cert_listed(der, &cert, NULL) != NW_OK) {
        return "not a certificate";
    }
    if (!cert.ca || (cert.has_key_usage && (cert.key_usage & NW_KU_KEY_CERT_SIGN) == 0)) {
        return "the certificate is not that of a CA";
    }
    if (strlen(cert.country) != 2) { /* Table B.1: the roots it signs under must say the same */
        return "the certificate names no country";
    }
    *out = (struct iaca_root){0};
    out->entity.name =
        keep(store, cert.organisation[0] != '\0' ? cert.organisation : cert.common_name);
    out->entity.country = nw_list_country(keep(store, cert.country));
    out->service.role = NW_ROLE_IACA;
    out->service.certs[0] = der;
    out->service.cert_n = 1;
    out->service.periods[0].status = NW_TRUST_GRANTED;
    out->service.period_n = 1;
    out->service.doc_types = doc_types;
    return NULL;
}

/* --- reading --- */

/* biguint: an unsigned integer, or tag 2 over its bytes; without leading zeros. */
static void take_biguint(struct nw_cbor *r, struct entry *out)
{
    if (nw_cbor_peek(r) == NW_CBOR_UINT) {
        uint64_t n = nw_cbor_uint(r);
        for (size_t i = sizeof out->small; i > 0; i--, n >>= 8) {
            out->small[i - 1] = (uint8_t)n;
        }
        out->serial = nw_slice(out->small, sizeof out->small);
    } else if (nw_cbor_tag(r) == 2) {
        out->serial = nw_cbor_bytes(r);
    } else {
        nw_cbor_fail(r, NW_ERR_CBOR_TYPE);
    }
}

static void read_member(struct nw_slice key, struct nw_cbor *r, struct entry *out)
{
    static const struct {
        const char *name;
        size_t at;
    } bytes[] = {
        {"certificate", offsetof(struct entry, certificate)},
        {"ski", offsetof(struct entry, ski)},
        {"issuer", offsetof(struct entry, issuer)},
        {"subject", offsetof(struct entry, subject)},
    };
    for (size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++) {
        if (nw_slice_is(key, bytes[i].name)) {
            *(struct nw_slice *)(void *)((char *)out + bytes[i].at) = nw_cbor_bytes(r);
            return;
        }
    }
    if (nw_slice_is(key, "serialNumber")) {
        take_biguint(r, out);
    } else if (nw_slice_is(key, "docType")) {
        out->types = nw_cbor_raw(r);
    } else if (nw_slice_is(key, "certificateProfile")) {
        out->profiles = nw_cbor_raw(r);
    } else if (nw_slice_is(key, "issuingCountry")) {
        out->country = nw_cbor_text(r);
    } else {
        (void)nw_cbor_raw(r);
    }
}

/* "certificate", "serialNumber", "ski" and "docType" must be there; the order is nobody's. */
static enum nw_err read_entry(struct nw_cbor *r, struct entry *out)
{
    *out = (struct entry){0};
    for (size_t n = nw_cbor_map(r); n > 0 && nw_cbor_err(r) == NW_OK; n--) {
        struct nw_slice key = nw_cbor_text(r);
        read_member(key, r, out);
    }
    if (nw_cbor_err(r) != NW_OK) {
        return nw_cbor_err(r);
    }
    return out->certificate.n > 0 && out->serial.n > 0 && out->types.n > 0 ? NW_OK
                                                                           : NW_ERR_CBOR_MISSING;
}

/* --- meaning --- */

static struct nw_slice without_zeros(struct nw_slice n)
{
    while (n.n > 1 && n.p[0] == 0) {
        n = nw_slice_from(n, 1);
    }
    return n;
}

/* The key identifier, or as providers have it, what the extension or even its wrapping holds. */
static bool is_key_id(struct nw_slice said, struct nw_slice ski)
{
    if (said.n == 0 || ski.n == 0 || nw_slice_eq(said, ski)) {
        return true; /* a root without one has nothing to be compared with */
    }
    size_t wrapped = said.n - ski.n;
    return (wrapped == 2 || wrapped == 4) && said.p[wrapped - 2] == 0x04 &&
           said.p[wrapped - 1] == ski.n &&
           (wrapped == 2 || (said.p[0] == 0x04 && said.p[1] == ski.n + 2)) &&
           nw_slice_eq(nw_slice_from(said, wrapped), ski);
}

/* What an entry says beside its certificate is a copy; NULL, or what was copied wrong. */
static const char *contradiction(const struct entry *e)
{
    struct nw_cert cert;
    if (nw_cert_listed(e->certificate, &cert, NULL) != NW_OK) {
        return "not a certificate";
    }
    if (!cert.opaque && !nw_slice_eq(without_zeros(e->serial), without_zeros(cert.serial))) {
        return "serialNumber is not that of the certificate";
    }
    if (!is_key_id(e->ski, cert.ski)) {
        return "ski is not that of the certificate";
    }
    if ((e->issuer.n > 0 && !nw_slice_eq(e->issuer, cert.issuer)) ||
        (e->subject.n > 0 && !nw_slice_eq(e->subject, cert.subject))) {
        return "issuer or subject is not that of the certificate";
    }
    /* ISO 3166-1, or -2 with the state behind it */
    if (e->country.n > 0 && !nw_slice_eq(nw_slice_sub(e->country, 0, 2), nw_str(cert.country))) {
        return "issuingCountry is not that of the certificate";
    }
    return NULL;
}

static bool names_iaca(struct nw_slice profiles)
{
    static const char *const oids[] = {OID_IACA, OID_IACA_23220};
    struct nw_cbor r = nw_cbor_open(profiles);
    bool found = profiles.n == 0;
    for (size_t n = profiles.n > 0 ? nw_cbor_array(&r) : 0; n > 0; n--) {
        struct nw_slice urn = nw_cbor_text(&r);
        if (nw_slice_starts(urn, "urn:oid:")) {
            urn = nw_slice_from(urn, sizeof "urn:oid:" - 1);
        }
        for (size_t i = 0; i < sizeof oids / sizeof oids[0]; i++) {
            found = found || nw_slice_is(urn, oids[i]);
        }
    }
    return found && nw_cbor_err(&r) == NW_OK;
}

/* Those of ours, as an array of their own in the store; false if docType is no array of texts. */
static bool known_types(struct nw_slice list, const struct nw_types *types, struct nw_buf *store,
                        struct nw_slice *out)
{
    struct nw_slice found[NW_MAX_VICAL_TYPES];
    size_t n = 0;
    struct nw_cbor r = nw_cbor_open(list);
    size_t left = nw_cbor_array(&r);
    if (left == 0 || left > NW_MAX_VICAL_TYPES) {
        return false;
    }
    for (; left > 0; left--) {
        enum nw_profile profile;
        struct nw_slice type = nw_cbor_text(&r);
        if (nw_type_by_doctype(types, type, &profile) != NULL) {
            found[n++] = type;
        }
    }
    size_t before = store->n;
    nw_cbor_put_array(store, n);
    for (size_t i = 0; i < n; i++) {
        nw_cbor_put_text(store, found[i]);
    }
    *out = n > 0 ? nw_slice_from(nw_buf_slice(store), before) : NW_SLICE_EMPTY;
    return nw_cbor_err(&r) == NW_OK;
}

static enum nw_err add(struct vical *v, const struct iaca_root *root)
{
    void *entities = v->entities;
    void *services = v->services;
    enum nw_err e = tl_grow(&entities, v->service_n, sizeof *v->entities);
    v->entities = entities;
    if (e == NW_OK) {
        e = tl_grow(&services, v->service_n, sizeof *v->services);
        v->services = services;
    }
    if (e == NW_OK) {
        v->entities[v->service_n] = root->entity;
        v->services[v->service_n] = root->service;
        v->services[v->service_n].entity = v->service_n;
        v->service_n++;
    }
    return e;
}

static void drop(struct vical *v, size_t i, const char *why)
{
    char path[NW_DIAG_PATH];
    (void)snprintf(path, sizeof path, "certificateInfos[%zu]", i);
    v->dropped++;
    vical_note(v, path, "entry dropped: %s", why);
}

static enum nw_err take(struct vical *v, size_t i, const struct entry *entry,
                        const struct nw_types *types)
{
    struct nw_slice known;
    struct iaca_root root;
    if (!known_types(entry->types, types, &v->store, &known)) {
        drop(v, i, "docType is no list of document types");
        return NW_OK;
    }
    if (known.n == 0 || !names_iaca(entry->profiles)) {
        v->ignored++;
        return NW_OK;
    }
    const char *why = contradiction(entry);
    if (why == NULL) {
        why = iaca_root_from(entry->certificate, known, &v->store, &root);
    }
    if (why != NULL) {
        drop(v, i, why);
        return NW_OK;
    }
    return add(v, &root);
}

enum nw_err vical_entries(struct vical *v, struct nw_slice list, const struct nw_types *types,
                          struct nw_diag *d)
{
    struct nw_cbor r = nw_cbor_open(list);
    v->entry_n = nw_cbor_array(&r);
    if (nw_cbor_err(&r) != NW_OK || v->entry_n > NW_MAX_VICAL_ENTRIES) {
        return nw_fail_at(d, NW_ERR_VICAL_FORM, "certificateInfos",
                          "is no array, or one of too many entries");
    }
    enum nw_err e = NW_OK;
    for (size_t i = 0; e == NW_OK && i < v->entry_n; i++) {
        struct entry entry;
        struct nw_slice raw = nw_cbor_raw(&r);
        struct nw_cbor one = nw_cbor_open(raw);
        if (read_entry(&one, &entry) != NW_OK) {
            drop(v, i, "a member is missing or of another type");
            continue;
        }
        e = take(v, i, &entry, types);
    }
    return e == NW_OK ? nw_buf_err(&v->store) : e;
}
