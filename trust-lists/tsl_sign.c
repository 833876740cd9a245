/*
 * Who signed, and what the signature covers. Canonical octets go straight into
 * the hash, piece by piece; only those of SignedInfo, which are small, are kept
 * for the verification. A canonicalisation that fails or yields next to nothing
 * is an error of its own: otherwise an empty text would be compared.
 */
#include <string.h>

#include <libxml/c14n.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>

#include "base/date.h"
#include "crypto/cert.h"
#include "tsl_gate.h"

#define MAX_SIGNED_INFO (64u << 10)
#define MIN_OCTETS 64 /* the shortest thing that is signed here has some hundred */
#define SHA1_URI "http://www.w3.org/2000/09/xmldsig#sha1"

static enum nw_err pin_of(struct tsl_sig *s, const struct tsl_gate *g, struct nw_slice der)
{
    for (size_t i = 0; i < g->pin_n; i++) {
        if (nw_slice_eq(g->pins[i], der)) {
            s->signer_der = g->pins[i];
            return NW_OK;
        }
    }
    return NW_ERR_TSL_SIGNER;
}

enum nw_err tsl_signer(struct nw_crypto *c, struct tsl_sig *s, const struct tsl_gate *g,
                       struct nw_diag *d)
{
    struct nw_buf der = NW_BUF(NW_MAX_CERT);
    enum nw_err e = tsl_base64(s->certificate, &der);
    if (e == NW_OK) {
        e = pin_of(s, g, nw_buf_slice(&der));
    }
    if (e == NW_OK) {
        e = nw_sha256(c, s->signer_der, s->signer);
    }
    if (e == NW_ERR_TSL_SIGNER) {
        e = nw_fail_at(d, e, "ds:X509Certificate", "none of the %zu that were named", g->pin_n);
    } else if (e == NW_ERR_BASE64) {
        e = nw_fail_at(d, NW_ERR_TSL_SIGNER, "ds:X509Certificate", "is not base64");
    }
    nw_buf_free(&der);
    return e;
}

/* SigningCertificateV2, or the old SigningCertificate in lists of version 5; one Cert in it. */
static const xmlNode *signing_certificate(struct tsl_sig *s)
{
    const xmlNode *p = tsl_only(s->properties, TSL_NS_XADES, "SignedSignatureProperties");
    const xmlNode *v2 = tsl_only(p, TSL_NS_XADES, "SigningCertificateV2");
    const xmlNode *v1 = tsl_only(p, TSL_NS_XADES, "SigningCertificate");
    s->sigcert_v1 = v1 != NULL;
    if ((v1 == NULL) == (v2 == NULL)) {
        return NULL;
    }
    const xmlNode *list = v1 != NULL ? v1 : v2;
    const xmlNode *cert = tsl_only(list, TSL_NS_XADES, "Cert");
    return tsl_count(list) == 1 ? tsl_only(cert, TSL_NS_XADES, "CertDigest") : NULL;
}

static enum nw_err bad_sigcert(struct nw_diag *d, const char *what)
{
    return nw_fail_at(d, NW_ERR_TSL_SIGCERT, "xades:SigningCertificate", "%s", what);
}

static enum nw_err compare_sigcert(struct nw_crypto *c, struct tsl_sig *s, const xmlNode *digest,
                                   enum nw_hash_alg hash, struct nw_diag *d)
{
    struct nw_buf value = NW_BUF(NW_HASH_MAX);
    uint8_t computed[NW_HASH_MAX];
    enum nw_err e = tsl_base64(tsl_only(digest, TSL_NS_DS, "DigestValue"), &value);
    if (e == NW_OK) {
        e = nw_hash_parts(c, hash, &s->signer_der, 1, computed);
    }
    bool same =
        e == NW_OK && nw_slice_eq(nw_buf_slice(&value), nw_slice(computed, nw_hash_size(hash)));
    nw_buf_free(&value);
    return (e == NW_OK && !same) || e == NW_ERR_BASE64
               ? bad_sigcert(d, "is another certificate than the one in KeyInfo")
               : e;
}

enum nw_err tsl_signing_certificate(struct nw_crypto *c, struct tsl_sig *s,
                                    const struct tsl_gate *g, struct nw_diag *d)
{
    const xmlNode *digest = signing_certificate(s);
    const xmlNode *method = tsl_only(digest, TSL_NS_DS, "DigestMethod");
    enum nw_hash_alg hash = tsl_digest_method(method);
    if (digest == NULL) {
        return bad_sigcert(d, "must be there once, with one Cert");
    }
    if (hash != (enum nw_hash_alg)0) {
        return compare_sigcert(c, s, digest, hash, d);
    }
    s->sigcert_sha1 = g->historic && s->sigcert_v1 && tsl_attr_is(method, "Algorithm", SHA1_URI);
    return s->sigcert_sha1 ? NW_OK
                           : bad_sigcert(d, "its digest is of an algorithm that is not allowed");
}

/* --- TL-07 --- */

struct sink { /* where canonical octets go */
    struct nw_hash_run *hash;
    struct nw_buf *keep;
    size_t n;
    enum nw_err e;
};

static int on_octets(void *ctx, const char *p, int n)
{
    struct sink *s = ctx;
    struct nw_slice piece = nw_slice(p, (size_t)n);
    s->n += piece.n;
    if (s->hash != NULL && s->e == NW_OK) {
        s->e = nw_hash_add(s->hash, piece);
    }
    if (s->keep != NULL && s->e == NW_OK) {
        nw_buf_put(s->keep, piece);
        s->e = nw_buf_err(s->keep);
    }
    return s->e == NW_OK ? n : -1;
}

struct part { /* of the document: the tree below `only`, or all but the tree below `without` */
    const xmlNode *only, *without;
};

static bool is_below(const xmlNode *n, const xmlNode *top)
{
    while (n != NULL && n != top) {
        n = n->parent;
    }
    return n == top;
}

/* Attributes and namespaces go with the element they stand at. */
static int is_visible(void *ctx, xmlNode *n, xmlNode *parent)
{
    const struct part *p = ctx;
    const xmlNode *at = n->type == XML_NAMESPACE_DECL || n->type == XML_ATTRIBUTE_NODE ? parent : n;
    return p->only != NULL ? is_below(at, p->only) : !is_below(at, p->without);
}

static void quiet(void *ctx, xmlErrorPtr error)
{
    (void)ctx;
    (void)error;
}

static enum nw_err canonical(const struct tsl_sig *s, struct part part, enum tsl_c14n form,
                             struct sink *sink, struct nw_diag *d)
{
    xmlOutputBuffer *out = xmlOutputBufferCreateIO(on_octets, NULL, sink, NULL);
    if (out == NULL) {
        return NW_ERR_NOMEM;
    }
    xmlSetStructuredErrorFunc(NULL, quiet); /* it has its own idea of where to complain */
    int r = xmlC14NExecute(s->doc, is_visible, &part,
                           form == TSL_C14N_EXCLUSIVE ? XML_C14N_EXCLUSIVE_1_0 : XML_C14N_1_0, NULL,
                           0, out);
    int closed = xmlOutputBufferClose(out);
    xmlSetStructuredErrorFunc(NULL, NULL);
    if (sink->e != NW_OK) {
        return nw_err_is_ours(sink->e)
                   ? sink->e
                   : nw_fail_at(d, NW_ERR_TSL_C14N, "ds:SignedInfo", "too long");
    }
    return r >= 0 && closed >= 0 && sink->n >= MIN_OCTETS
               ? NW_OK
               : nw_fail_at(d, NW_ERR_TSL_C14N, part.only != NULL ? "ds:Signature" : "/",
                            "it yields %zu octets", sink->n);
}

static enum nw_err check_digest(struct nw_crypto *c, const struct tsl_sig *s, struct part part,
                                const struct tsl_reference *r, const char *place, struct nw_diag *d)
{
    struct sink sink = {0};
    uint8_t computed[NW_HASH_MAX];
    size_t n = nw_hash_size(r->hash);
    enum nw_err e = nw_hash_begin(c, r->hash, &sink.hash);
    if (e == NW_OK) {
        e = canonical(s, part, r->c14n, &sink, d);
    }
    if (e == NW_OK) {
        e = nw_hash_end(sink.hash, computed);
    }
    if (e == NW_OK && memcmp(computed, r->digest, n) != 0) {
        e = nw_fail_at(d, NW_ERR_TSL_DIGEST, place, "the digest is another one");
    }
    nw_hash_drop(&sink.hash);
    return e;
}

static enum nw_err check_value(struct nw_crypto *c, const struct tsl_sig *s, struct nw_diag *d)
{
    struct nw_buf octets = NW_BUF(MAX_SIGNED_INFO);
    struct nw_buf value = NW_BUF(NW_SIG_MAX);
    struct sink sink = {.keep = &octets};
    struct nw_cert_outline cert;
    enum nw_err e = nw_cert_outline(s->signer_der, &cert);
    if (e == NW_OK) {
        e = canonical(s, (struct part){.only = s->signed_info}, s->c14n, &sink, d);
    }
    if (e == NW_OK) {
        e = tsl_base64(s->value, &value);
    }
    if (e == NW_OK) {
        e = nw_verify_xml(c, s->alg, cert.spki, nw_buf_slice(&octets), nw_buf_slice(&value));
    }
    nw_buf_free(&octets);
    nw_buf_free(&value);
    if (e == NW_OK || nw_err_is_ours(e) || e == NW_ERR_TSL_C14N) {
        return e;
    }
    if (e == NW_ERR_KEY || e == NW_ERR_ALG_KEY_MISMATCH || e == NW_ERR_ALG_UNSUPPORTED) {
        return nw_fail_at(d, NW_ERR_TSL_ALG, "ds:SignatureMethod",
                          "%s with the key of the signer (RSA of 2048 to 4096 bits, P-256, P-384 "
                          "or P-521)",
                          nw_alg_jose(s->alg));
    }
    return nw_fail_at(d, NW_ERR_TSL_SIGNATURE, "ds:SignatureValue", "%s",
                      e == NW_ERR_SIGNATURE ? nw_alg_jose(s->alg) : nw_err_text(e));
}

/* SigningTime is xs:dateTime: fractions and zones do occur. */
static enum nw_err read_signing_time(struct tsl_sig *s, struct nw_diag *d)
{
    const xmlNode *p = tsl_only(s->properties, TSL_NS_XADES, "SignedSignatureProperties");
    char text[64];
    return tsl_text_short(tsl_only(p, TSL_NS_XADES, "SigningTime"), text, sizeof text) &&
                   tsl_date_time(nw_str(text), &s->signed_at) == NW_OK
               ? NW_OK
               : nw_fail_at(d, NW_ERR_TSL_STRUCT, "xades:SigningTime", "is missing or no time");
}

enum nw_err tsl_verify(struct nw_crypto *c, struct tsl_sig *s, struct nw_diag *d)
{
    enum nw_err e = check_digest(c, s, (struct part){.without = s->signature}, &s->list,
                                 "Reference to the list", d);
    if (e == NW_OK) {
        e = check_digest(c, s, (struct part){.only = s->properties}, &s->props,
                         "Reference to SignedProperties", d);
    }
    if (e == NW_OK) {
        e = check_value(c, s, d);
    }
    if (e == NW_OK) {
        e = read_signing_time(s, d);
    }
    if (e == NW_OK) {
        xmlUnlinkNode(s->signature);
        xmlFreeNode(s->signature);
        memset(&s->parts, 0, sizeof s->parts);
    }
    return e;
}
