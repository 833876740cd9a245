/* TL-05 to TL-07: the signer is one that was named, the signed properties say the same, and the
 * signature is good. */
#include <string.h>

#include "base/codec.h"
#include "tl.h"

#define NAMED "TS 119 615 4.2.4"
#define WAY "TS 119 615 4.1.4"
#define SIGCERT "TS 119 612 5.7.1"
#define SIGNER(where) .exit = 2, .failed = {"TL-05"}, .code = "TSL_SIGNER", .place = where
#define NOT_NAMED SIGNER("ds:X509Certificate")
#define POINTER .exit = 2, .failed = {"TL-05"}, .code = "TSL_POINTER", .place = "PointersToOtherTSL"
#define BROKEN_WAY                                                                                 \
    .exit = 2, .failed = {"TL-05"}, .code = "TSL_PIVOT", .place = "SchemeInformationURI"
#define CERT                                                                                       \
    .exit = 2, .failed = {"TL-06"}, .code = "TSL_SIGCERT", .place = "xades:SigningCertificate"
#define BAD(code_, where) .exit = 2, .failed = {"TL-07"}, .code = code_, .place = where
#define VALUE BAD("TSL_SIGNATURE", "ds:SignatureValue")
#define BY_LOTL(id) .lotl = id, .journal = TL_JOURNAL
#define PIVOT_20 "https://vectors.example/eu-lotl-pivot-20.xml"
#define PIVOT_19 "https://vectors.example/eu-lotl-pivot-19.xml"

/* --- TL-05 --- */

static void stranger(struct tl_model *m)
{
    m->signer = tslist_signer_of(m->t->stranger);
}
static void operator_of_de(struct tl_model *m)
{
    m->signer = tslist_signer_of(m->t->de);
}
/* Two certificates change places in the KeyInfo of the file. */
static void show(const struct nw_signer *real, const struct nw_signer *shown, struct nw_buf *file)
{
    struct nw_buf from = NW_BUF(NW_MAX_CERT * 2);
    struct nw_buf to = NW_BUF(NW_MAX_CERT * 2);
    nw_buf_puts(&from, "<ds:X509Certificate>");
    nw_buf_puts(&to, "<ds:X509Certificate>");
    nw_base64_encode(world_leaf(real), &from);
    nw_base64_encode(world_leaf(shown), &to);
    gen_ok(tslist_swap(file, nw_buf_cstr(&from), nw_buf_cstr(&to)), "KeyInfo");
    nw_buf_free(&from);
    nw_buf_free(&to);
}
static void points_elsewhere(struct tl_model *m, struct nw_buf *file)
{
    show(m->t->pl, m->t->stranger, file);
}
static void lotl_names_de(struct tl_model *m)
{
    m->pointers[1].cert[0] = world_leaf(m->t->de);
}
static void lotl_without_pl(struct tl_model *m)
{
    m->pointers[1] = m->pointers[2];
    m->list.pointer_n = 2;
}
static void lotl_with_two(struct tl_model *m)
{
    m->pointers[3] = m->pointers[1];
    m->list.pointer_n = 4;
}
static void lotl_pdf(struct tl_model *m)
{
    m->pointers[1].mime = "application/pdf";
}
static void lotl_by_later(struct tl_model *m)
{
    m->signer = tslist_signer_of(m->t->lotl_later);
    m->list.uris[0] = PIVOT_20;
    m->list.uris[1] = TL_JOURNAL;
}
static void lotl_by_pl(struct tl_model *m)
{
    m->signer = tslist_signer_of(m->t->pl);
    m->pointers[0].cert[0] = world_leaf(m->t->pl);
}
static void pivot_19(struct tl_model *m)
{
    m->list.number = 19;
}
/* It comes after pivot 19, which names its signer. */
static void pivot_20_by_later(struct tl_model *m)
{
    m->signer = tslist_signer_of(m->t->lotl_later);
    m->pointers[0].cert[0] = world_leaf(m->t->lotl_later);
    m->pointers[0].cert[1] = NW_SLICE_EMPTY;
    m->list.uris[0] = PIVOT_19;
    m->list.uris[1] = TL_JOURNAL;
}
static void two_pivots(struct tl_model *m)
{
    lotl_by_later(m);
    m->list.uris[1] = PIVOT_19;
    m->list.uris[2] = TL_JOURNAL;
}
static void pivots_swapped(struct tl_model *m)
{
    lotl_by_later(m);
    m->list.uris[0] = PIVOT_19;
    m->list.uris[1] = PIVOT_20;
    m->list.uris[2] = TL_JOURNAL;
}
static void pivot_by_stranger(struct tl_model *m)
{
    m->signer = tslist_signer_of(m->t->pl);
    m->pointers[0].cert[2] = world_leaf(m->t->pl);
}

static const struct tl_row signers[] = {
    {.id = "TL-05-lotl", .base = TL_LIST_OF_LISTS, .file_only = true},
    {.id = "TL-05-lotl-de", .base = TL_LIST_OF_LISTS, .model = lotl_names_de, .file_only = true},
    {.id = "TL-05-lotl-none",
     .base = TL_LIST_OF_LISTS,
     .model = lotl_without_pl,
     .file_only = true},
    {.id = "TL-05-lotl-two", .base = TL_LIST_OF_LISTS, .model = lotl_with_two, .file_only = true},
    {.id = "TL-05-lotl-pdf", .base = TL_LIST_OF_LISTS, .model = lotl_pdf, .file_only = true},
    {.id = "TL-05-pivot-20", .base = TL_PIVOT, .file_only = true},
    {.id = "TL-05-pivot-20-false", .base = TL_PIVOT, .model = pivot_by_stranger, .file_only = true},
    {.id = "TL-05-pivot-20-changed",
     .base = TL_PIVOT,
     .change = {{TSLIST_DOCUMENT, ">20<", ">20 <"}},
     .file_only = true},
    {.id = "TL-05-pivot-19", .base = TL_PIVOT, .model = pivot_19, .file_only = true},
    {.id = "TL-05-pivot-20-later", .base = TL_PIVOT, .model = pivot_20_by_later, .file_only = true},
    {.id = "TL-05-a1", .clause = NAMED},
    {.id = "TL-05-a2", .clause = NAMED, BY_LOTL("TL-05-lotl"), .kind = "tl"},
    {.id = "TL-05-a3", .clause = WAY, .base = TL_LIST_OF_LISTS, .journal = TL_JOURNAL},
    {.id = "TL-05-a4",
     .clause = WAY,
     .base = TL_LIST_OF_LISTS,
     .model = lotl_by_later,
     .journal = TL_JOURNAL,
     .pivots = {"TL-05-pivot-20"}},
    {.id = "TL-05-a5",
     .clause = WAY,
     .base = TL_LIST_OF_LISTS,
     .model = two_pivots,
     .journal = TL_JOURNAL,
     .pivots = {"TL-05-pivot-20-later", "TL-05-pivot-19"}},
    {.id = "TL-05-r1",
     .clause = NAMED,
     .broken = "signed by a certificate of the same names, which nobody named",
     .twin = "TL-05-a1",
     .model = stranger,
     .xmlsec1 = "refuses",
     NOT_NAMED},
    {.id = "TL-05-r2",
     .clause = "TS 119 612 5.7.1",
     .broken = "KeyInfo shows another certificate than the one whose key signed",
     .twin = "TL-05-a1",
     .file = points_elsewhere,
     .xmlsec1 = "accepts",
     NOT_NAMED},
    {.id = "TL-05-r3",
     .clause = "TS 119 612 5.7.1",
     .broken = "what KeyInfo shows is not base64",
     .twin = "TL-05-a1",
     .change = {{TSLIST_DOCUMENT, "<ds:X509Certificate>", "<ds:X509Certificate>*"}},
     .xmlsec1 = "accepts",
     NOT_NAMED},
    {.id = "TL-05-r4",
     .clause = NAMED,
     .broken = "the list of lists names another signer for this state",
     .twin = "TL-05-a2",
     BY_LOTL("TL-05-lotl-de"),
     NOT_NAMED},
    {.id = "TL-05-r5",
     .clause = NAMED,
     .broken = "the operator of another state signed, whom the list of lists names for that one",
     .twin = "TL-05-a2",
     .model = operator_of_de,
     BY_LOTL("TL-05-lotl"),
     NOT_NAMED},
    {.id = "TL-05-r6",
     .clause = NAMED,
     .broken = "the list of lists has no pointer for this state",
     .twin = "TL-05-a2",
     BY_LOTL("TL-05-lotl-none"),
     POINTER},
    {.id = "TL-05-r7",
     .clause = NAMED,
     .broken = "the list of lists has two pointers for this state",
     .twin = "TL-05-a2",
     BY_LOTL("TL-05-lotl-two"),
     POINTER},
    {.id = "TL-05-r8",
     .clause = "TS 119 612 5.3.13",
     .broken = "the list of lists points to a PDF of this state only",
     .twin = "TL-05-a2",
     BY_LOTL("TL-05-lotl-pdf"),
     POINTER},
    {.id = "TL-05-r9",
     .clause = WAY,
     .broken = "an operator of a state, named in it, signed the list of lists",
     .twin = "TL-05-a3",
     .base = TL_LIST_OF_LISTS,
     .model = lotl_by_pl,
     .journal = TL_JOURNAL,
     NOT_NAMED},
    {.id = "TL-05-r10",
     .clause = WAY,
     .broken = "the list of lists does not name the publication that is configured",
     .twin = "TL-05-a3",
     .base = TL_LIST_OF_LISTS,
     .journal = "https://vectors.example/oj/2019",
     BROKEN_WAY},
    {.id = "TL-05-r11",
     .clause = WAY,
     .broken = "the pivot is missing",
     .twin = "TL-05-a4",
     .base = TL_LIST_OF_LISTS,
     .model = lotl_by_later,
     .journal = TL_JOURNAL,
     BROKEN_WAY},
    {.id = "TL-05-r12",
     .clause = WAY,
     .broken = "the pivot was changed after signing",
     .twin = "TL-05-a4",
     .base = TL_LIST_OF_LISTS,
     .model = lotl_by_later,
     .journal = TL_JOURNAL,
     .pivots = {"TL-05-pivot-20-changed"},
     .exit = 2,
     .failed = {"TL-05", "TL-07"},
     .code = "TSL_PIVOT",
     .place = "SchemeInformationURI"},
    {.id = "TL-05-r13",
     .clause = WAY,
     .broken = "an operator of a state signed the pivot, which names him",
     .twin = "TL-05-a4",
     .base = TL_LIST_OF_LISTS,
     .model = lotl_by_later,
     .journal = TL_JOURNAL,
     .pivots = {"TL-05-pivot-20-false"},
     BROKEN_WAY},
    {.id = "TL-05-r14",
     .clause = WAY,
     .broken = "the pivots are named in the wrong order",
     .twin = "TL-05-a5",
     .base = TL_LIST_OF_LISTS,
     .model = pivots_swapped,
     .journal = TL_JOURNAL,
     .pivots = {"TL-05-pivot-20-later", "TL-05-pivot-19"},
     BROKEN_WAY},
    {.id = "TL-05-r15",
     .clause = WAY,
     .broken = "the older of two pivots is missing",
     .twin = "TL-05-a5",
     .base = TL_LIST_OF_LISTS,
     .model = two_pivots,
     .journal = TL_JOURNAL,
     .pivots = {"TL-05-pivot-20-later"},
     BROKEN_WAY},
};

/* --- TL-06 --- */

static void another_certificate(struct tslist_job *j)
{
    struct nw_buf old = NW_BUF(4096);
    struct nw_buf new = NW_BUF(4096);
    const struct tl_model *m = j->ctx;
    tl_take(&j->properties, "<ds:DigestMethod", "</ds:DigestValue>", &old);
    gen_ok(tslist_put_digest(j, world_leaf(m->t->stranger), true, &new), "digest");
    tl_put(&j->properties, "</xades:CertDigest>", nw_buf_slice(&new));
    nw_buf_free(&old);
    nw_buf_free(&new);
}
static void sha1_certificate(struct tslist_job *j)
{
    struct nw_buf old = NW_BUF(4096);
    struct nw_buf new = NW_BUF(4096);
    struct tslist_job weak = {.digest = tl_sha1, .digest_method = TSLIST_NS_DS "sha1"};
    tl_take(&j->properties, "<ds:DigestMethod", "</ds:DigestValue>", &old);
    gen_ok(tslist_put_digest(&weak, j->signer.cert, true, &new), "digest");
    tl_put(&j->properties, "</xades:CertDigest>", nw_buf_slice(&new));
    nw_buf_free(&old);
    nw_buf_free(&new);
}
static void no_certificate(struct tslist_job *j)
{
    struct nw_buf old = NW_BUF(4096);
    tl_take(&j->properties, "<xades:SigningCertificateV2>", "</xades:SigningCertificateV2>", &old);
    nw_buf_free(&old);
}
static void cert_again(struct tslist_job *j)
{
    struct nw_buf cert = NW_BUF(4096);
    tl_take(&j->properties, "<xades:Cert>", "</xades:Cert>", &cert);
    tl_put(&j->properties, "</xades:SigningCertificateV2>", nw_buf_slice(&cert));
    tl_put(&j->properties, "</xades:SigningCertificateV2>", nw_buf_slice(&cert));
    nw_buf_free(&cert);
}

static const struct tl_row certificates[] = {
    {.id = "TL-06-a1", .clause = SIGCERT},
    {.id = "TL-06-r1",
     .clause = SIGCERT,
     .broken = "the signed properties name another certificate",
     .twin = "TL-06-a1",
     .stage = TSLIST_PROPERTIES,
     .spoil = another_certificate,
     .xmlsec1 = "accepts",
     CERT},
    {.id = "TL-06-r2",
     .clause = SIGCERT,
     .broken = "a list of version 6 has the old SigningCertificate",
     .twin = "TL-06-a1",
     .change = {{TSLIST_PROPERTIES, "<xades:SigningCertificateV2>", "<xades:SigningCertificate>"},
                {TSLIST_PROPERTIES, "</xades:SigningCertificateV2>",
                 "</xades:SigningCertificate>"}},
     .xmlsec1 = "accepts",
     CERT},
    {.id = "TL-06-r3",
     .clause = "TS 119 312 6",
     .broken = "the signed properties name the certificate by SHA-1",
     .twin = "TL-06-a1",
     .stage = TSLIST_PROPERTIES,
     .spoil = sha1_certificate,
     .xmlsec1 = "accepts",
     CERT},
    {.id = "TL-06-r4",
     .clause = SIGCERT,
     .broken = "the signed properties name no certificate",
     .twin = "TL-06-a1",
     .stage = TSLIST_PROPERTIES,
     .spoil = no_certificate,
     .xmlsec1 = "accepts",
     CERT},
    {.id = "TL-06-r5",
     .clause = SIGCERT,
     .broken = "the signed properties name two certificates",
     .twin = "TL-06-a1",
     .stage = TSLIST_PROPERTIES,
     .spoil = cert_again,
     .xmlsec1 = "accepts",
     CERT},
};

/* --- TL-07 --- */

static void rsa2048(struct tl_model *m)
{
    m->signer = tl_rsa_signer(m->t->rsa2048, false);
}
static void rsa1024(struct tl_model *m)
{
    m->signer = tl_rsa_signer(m->t->rsa1024, false);
}
static void lying_key_info(struct tl_model *m)
{
    m->signer = tslist_signer_of(m->t->stranger);
    m->signer.cert = world_leaf(m->t->pl);
}
static void zeros(struct tslist_job *j)
{
    memset(j->value.p, 0, j->value.n);
}
static void one_bit(struct tslist_job *j)
{
    j->value.p[40] ^= 1u;
}
/* Ecdsa-Sig-Value of the same signature, as X.509 has it. */
static void in_der(struct tslist_job *j)
{
    uint8_t der[80];
    size_t n = 2;
    for (size_t k = 0; k < 2; k++) {
        const uint8_t *half = j->value.p + 32 * k;
        const size_t sign = half[0] >= 0x80;
        der[n++] = 2;
        der[n++] = (uint8_t)(32 + sign);
        der[n] = 0;
        n += sign;
        memcpy(der + n, half, 32);
        n += 32;
    }
    der[0] = 0x30;
    der[1] = (uint8_t)(n - 2);
    nw_buf_cut(&j->value, 0);
    nw_buf_put(&j->value, nw_slice(der, n));
}

static const struct tl_row signatures[] = {
    {.id = "TL-07-a1", .clause = "XMLDSig 3.2"},
    {.id = "TL-07-a2", .clause = "XMLDSig 3.2", .model = rsa2048, .pin = TL_RSA2048},
    {.id = "TL-07-a3",
     .clause = "XML-EXC-C14N 1.3",
     .change = {{TSLIST_DOCUMENT, "Svcstatus/granted", "Svcstatus/gran<!-- x -->ted"}},
     .granted = 1 + 1},
    {.id = "TL-07-r1",
     .clause = "XMLDSig 3.2.1",
     .broken = "a digit was changed after signing",
     .twin = "TL-07-a1",
     .change = {{TSLIST_DOCUMENT, "<TSLSequenceNumber>7<", "<TSLSequenceNumber>8<"}},
     .xmlsec1 = "refuses",
     BAD("TSL_DIGEST", "Reference to the list")},
    {.id = "TL-07-r2",
     .clause = "XMLDSig 3.2.1",
     .broken = "a status was changed after signing",
     .twin = "TL-07-a1",
     .change = {{TSLIST_DOCUMENT, "Svcstatus/withdrawn", "Svcstatus/granted"}},
     .xmlsec1 = "refuses",
     BAD("TSL_DIGEST", "Reference to the list")},
    {.id = "TL-07-r3",
     .clause = "XMLDSig 3.2.1",
     .broken = "the time of signing was changed after signing",
     .twin = "TL-07-a1",
     .change = {{TSLIST_DOCUMENT, "<xades:SigningTime>2026-06-01",
                 "<xades:SigningTime>2026-06-02"}},
     .xmlsec1 = "refuses",
     BAD("TSL_DIGEST", "Reference to SignedProperties")},
    {.id = "TL-07-r4",
     .clause = "XMLDSig 3.2.1",
     .broken = "a processing instruction follows the list",
     .twin = "TL-07-a1",
     .change = {{TSLIST_DOCUMENT, "</TrustServiceStatusList>", "</TrustServiceStatusList><?x y?>"}},
     .xmlsec1 = "refuses",
     BAD("TSL_DIGEST", "Reference to the list")},
    {.id = "TL-07-r5",
     .clause = "XMLDSig 3.2.2",
     .broken = "a bit of the signature was changed",
     .twin = "TL-07-a1",
     .stage = TSLIST_VALUE,
     .spoil = one_bit,
     .xmlsec1 = "refuses",
     VALUE},
    {.id = "TL-07-r6",
     .clause = "XMLDSig 3.2.2",
     .broken = "KeyInfo shows the named certificate, another key signed",
     .twin = "TL-07-a1",
     .model = lying_key_info,
     .xmlsec1 = "refuses",
     VALUE},
    {.id = "TL-07-r7",
     .clause = "FIPS 186-5 6.4.2",
     .broken = "the signature is all zeros",
     .twin = "TL-07-a1",
     .stage = TSLIST_VALUE,
     .spoil = zeros,
     .xmlsec1 = "refuses",
     VALUE},
    {.id = "TL-07-r8",
     .clause = "XMLDSig 1.1 6.4.3",
     .broken = "the ECDSA signature is in DER",
     .twin = "TL-07-a1",
     .stage = TSLIST_VALUE,
     .spoil = in_der,
     .xmlsec1 = "refuses",
     VALUE},
    {.id = "TL-07-r9",
     .clause = "XMLDSig 4.2",
     .broken = "the signature is not base64",
     .twin = "TL-07-a1",
     .change = {{TSLIST_DOCUMENT, "<ds:SignatureValue>", "<ds:SignatureValue>*"}},
     .xmlsec1 = "refuses",
     VALUE},
    {.id = "TL-07-r10",
     .clause = "TS 119 312 6",
     .broken = "the key of the signer is RSA of 1024 bits",
     .twin = "TL-07-a2",
     .model = rsa1024,
     .pin = TL_RSA1024,
     .xmlsec1 = "accepts",
     BAD("TSL_ALG", "ds:SignatureMethod")},
    {.id = "TL-07-r11",
     .clause = "XMLDSig 4.3.2",
     .broken = "the signature says that it is RSA, the key is on P-256",
     .twin = "TL-07-a1",
     .change = {{TSLIST_SIGNED_INFO, "#ecdsa-sha256", "#rsa-sha256"}},
     .xmlsec1 = "refuses",
     BAD("TSL_ALG", "ds:SignatureMethod")},
    {.id = "TL-07-r12",
     .clause = "XML-EXC-C14N 1.1",
     .broken = "a relative name space, which has no canonical form",
     .twin = "TL-07-a1",
     .change = {{TSLIST_TEXT, "<SchemeInformation>",
                 "<SchemeInformation xmlns:x=\"relative\" x:y=\"z\">"}},
     .xmlsec1 = "refuses",
     BAD("TSL_C14N", "/")},
};

void tl_group_signer(struct tl *t)
{
    tl_rows(t, signers, sizeof signers / sizeof signers[0]);
    tl_rows(t, certificates, sizeof certificates / sizeof certificates[0]);
    tl_rows(t, signatures, sizeof signatures / sizeof signatures[0]);
}
