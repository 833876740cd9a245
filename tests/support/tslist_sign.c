/* The signature of a list: enveloped XAdES with exactly the two references of TS 119 612 annex B.1.
 */
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "tslist.h"

#define PART_MAX (1u << 20)
#define C14N "<ds:Transform Algorithm=\"" TSLIST_EXC_C14N "\"></ds:Transform>"

static enum nw_err sign_p256(void *ctx, struct nw_slice octets, struct nw_buf *sig)
{
    uint8_t raw[NW_SIG_MAX];
    size_t n = 0;
    enum nw_err e = nw_sign(ctx, &octets, 1, raw, &n);
    if (e == NW_OK) {
        nw_buf_put(sig, nw_slice(raw, n));
        e = nw_buf_err(sig);
    }
    return e;
}

struct tslist_signer tslist_signer_of(struct nw_signer *s)
{
    return (struct tslist_signer){
        .cert = nw_signer_chain_cert(s, 0), .method = TSLIST_ES256, .sign = sign_p256, .ctx = s};
}

enum nw_err tslist_swap(struct nw_buf *b, const char *from, const char *to)
{
    size_t n = strlen(from);
    size_t at = 0;
    while (at + n <= b->n && memcmp(b->p + at, from, n) != 0) {
        at++;
    }
    if (at + n > b->n) {
        return NW_ERR_NOT_FOUND;
    }
    struct nw_buf copy = NW_BUF(b->n + strlen(to) + 1);
    nw_buf_put(&copy, nw_slice(b->p, at));
    nw_buf_puts(&copy, to);
    nw_buf_put(&copy, nw_slice_from(nw_buf_slice(b), at + n));
    nw_buf_cut(b, 0);
    nw_buf_put(b, nw_buf_slice(&copy));
    enum nw_err e = nw_buf_err(&copy);
    nw_buf_free(&copy);
    return e == NW_OK ? nw_buf_err(b) : e;
}

enum nw_err tslist_put_digest(struct tslist_job *j, struct nw_slice of, bool ns, struct nw_buf *out)
{
    const char *where = ns ? " xmlns:ds=\"" TSLIST_NS_DS "\"" : "";
    uint8_t sha256[NW_SHA256_BYTES];
    struct nw_buf other = NW_BUF(NW_HASH_MAX);
    enum nw_err e =
        j->digest != NULL ? j->digest(j->digest_ctx, of, &other) : nw_sha256(j->c, of, sha256);
    nw_buf_printf(out, "<ds:DigestMethod%s Algorithm=\"%s\"></ds:DigestMethod><ds:DigestValue%s>",
                  where, j->digest_method != NULL ? j->digest_method : TSLIST_SHA256, where);
    nw_base64_encode(j->digest != NULL ? nw_buf_slice(&other) : nw_slice(sha256, sizeof sha256),
                     out);
    nw_buf_puts(out, "</ds:DigestValue>");
    nw_buf_free(&other);
    return e == NW_OK ? nw_buf_err(out) : e;
}

/* The changes and the hook of a stage. */
static enum nw_err spoil(struct tslist_job *j, enum tslist_stage stage, struct nw_buf *made)
{
    enum nw_err e = nw_buf_err(made);
    for (size_t i = 0; e == NW_OK && i < j->change_n; i++) {
        if (j->changes[i].stage == stage) {
            e = tslist_swap(made, j->changes[i].from, j->changes[i].to);
        }
    }
    if (e == NW_OK && j->stage == stage && j->spoil != NULL) {
        j->spoil(j);
        e = nw_buf_err(made);
    }
    return e;
}

static enum nw_err make_properties(struct tslist_job *j)
{
    struct nw_buf *b = &j->properties;
    const char *at = j->list->signed_at != NULL ? j->list->signed_at
                     : j->list->issued != NULL  ? j->list->issued
                                                : TSLIST_ISSUED;
    nw_buf_printf(b,
                  "<xades:SignedProperties xmlns:xades=\"" TSLIST_NS_XADES
                  "\" Id=\"" TSLIST_PROPERTIES_ID "\"><xades:SignedSignatureProperties>"
                  "<xades:SigningTime>%s</xades:SigningTime><xades:SigningCertificateV2>"
                  "<xades:Cert><xades:CertDigest>",
                  at);
    enum nw_err e = tslist_put_digest(j, j->signer.cert, true, b);
    nw_buf_puts(b, "</xades:CertDigest></xades:Cert></xades:SigningCertificateV2>"
                   "</xades:SignedSignatureProperties></xades:SignedProperties>");
    return e == NW_OK ? spoil(j, TSLIST_PROPERTIES, b) : e;
}

static enum nw_err make_signed_info(struct tslist_job *j)
{
    struct nw_buf *b = &j->signed_info;
    nw_buf_printf(b,
                  "<ds:SignedInfo xmlns:ds=\"" TSLIST_NS_DS "\"><ds:CanonicalizationMethod "
                  "Algorithm=\"" TSLIST_EXC_C14N "\"></ds:CanonicalizationMethod>"
                  "<ds:SignatureMethod Algorithm=\"%s\"></ds:SignatureMethod>"
                  "<ds:Reference URI=\"\"><ds:Transforms><ds:Transform Algorithm=\"" TSLIST_NS_DS
                  "enveloped-signature\"></ds:Transform>" C14N "</ds:Transforms>",
                  j->signer.method);
    enum nw_err e = tslist_put_digest(j, nw_buf_slice(&j->covered), false, b);
    nw_buf_puts(b, "</ds:Reference><ds:Reference Type=\"http://uri.etsi.org/01903#SignedProperties"
                   "\" URI=\"#" TSLIST_PROPERTIES_ID "\"><ds:Transforms>" C14N "</ds:Transforms>");
    if (e == NW_OK) {
        e = tslist_put_digest(j, nw_buf_slice(&j->properties), false, b);
    }
    nw_buf_puts(b, "</ds:Reference></ds:SignedInfo>");
    return e == NW_OK ? spoil(j, TSLIST_SIGNED_INFO, b) : e;
}

static void put_signature(const struct tslist_job *j, struct nw_buf *b)
{
    nw_buf_puts(b, "<ds:Signature xmlns:ds=\"" TSLIST_NS_DS "\" Id=\"" TSLIST_SIGNATURE_ID "\">");
    nw_buf_put(b, nw_buf_slice(&j->signed_info));
    nw_buf_puts(b, "<ds:SignatureValue>");
    nw_base64_encode(nw_buf_slice(&j->value), b);
    nw_buf_puts(b, "</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>");
    nw_base64_encode(j->signer.cert, b);
    nw_buf_puts(b, "</ds:X509Certificate></ds:X509Data></ds:KeyInfo><ds:Object>"
                   "<xades:QualifyingProperties xmlns:xades=\"" TSLIST_NS_XADES
                   "\" Target=\"#" TSLIST_SIGNATURE_ID "\">");
    nw_buf_put(b, nw_buf_slice(&j->properties));
    nw_buf_puts(b, "</xades:QualifyingProperties></ds:Object></ds:Signature>");
}

/* The signature becomes the last child of the root. */
static enum nw_err put_together(struct tslist_job *j)
{
    struct nw_slice text = nw_buf_slice(&j->text);
    size_t end = text.n;
    while (end > 0 && text.p[end - 1] != '<') {
        end--;
    }
    if (end == 0) {
        return NW_ERR_NOT_FOUND;
    }
    nw_buf_puts(&j->document, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    nw_buf_put(&j->document, nw_slice_sub(text, 0, end - 1));
    put_signature(j, &j->document);
    nw_buf_put(&j->document, nw_slice_from(text, end - 1));
    nw_buf_putc(&j->document, '\n');
    return spoil(j, TSLIST_DOCUMENT, &j->document);
}

static enum nw_err make_text(struct tslist_job *j)
{
    tslist_write(j->list, &j->text);
    enum nw_err e = spoil(j, TSLIST_TEXT, &j->text);
    if (e == NW_OK) {
        nw_buf_put(&j->covered, nw_buf_slice(&j->text));
        e = spoil(j, TSLIST_COVERED, &j->covered);
    }
    return e;
}

enum nw_err tslist_make(struct tslist_job *j, struct nw_buf *out)
{
    struct nw_buf *const parts[] = {&j->text,        &j->covered, &j->properties,
                                    &j->signed_info, &j->value,   &j->document};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        *parts[i] = NW_BUF(PART_MAX);
    }
    enum nw_err e = make_text(j);
    if (e == NW_OK) {
        e = make_properties(j);
    }
    if (e == NW_OK) {
        e = make_signed_info(j);
    }
    if (e == NW_OK) {
        e = j->signer.sign(j->signer.ctx, nw_buf_slice(&j->signed_info), &j->value);
    }
    if (e == NW_OK) {
        e = spoil(j, TSLIST_VALUE, &j->value);
    }
    if (e == NW_OK) {
        e = put_together(j);
    }
    if (e == NW_OK) {
        nw_buf_put(out, nw_buf_slice(&j->document));
        e = nw_buf_err(out);
    }
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        nw_buf_free(parts[i]);
    }
    return e;
}
