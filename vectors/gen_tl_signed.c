/* TL-04: exactly the two references, with the transforms and algorithms of the profile. Here as
 * well most signatures are good: they say less than a reader may think. */
#include <string.h>

#include "tl.h"

#define REFS "TS 119 612 5.7.1, B.1"
#define ALGS "TS 119 312 6; TS 119 612 5.7.1"
#define REF(where) .exit = 2, .failed = {"TL-04"}, .code = "TSL_REF", .place = where
#define ALG(where) .exit = 2, .failed = {"TL-04"}, .code = "TSL_ALG", .place = where
#define LIST_REFERENCE "Reference to the list"
#define FIRST "<ds:Reference URI=\"\">"
#define SECOND "<ds:Reference Type="
#define CLOSE "</ds:Reference>"
#define C14N "<ds:Transform Algorithm=\"" TSLIST_EXC_C14N "\"></ds:Transform>"
#define BEFORE_C14N(transform)                                                                     \
    {                                                                                              \
        TSLIST_SIGNED_INFO, C14N, transform C14N                                                   \
    }
#define EVIL                                                                                       \
    {                                                                                              \
        TSLIST_DOCUMENT, "Test QTSP", "Evil QTSP"                                                  \
    }

static void drop(struct tslist_job *j, const char *from)
{
    struct nw_buf piece = NW_BUF(1u << 16);
    tl_take(&j->signed_info, from, CLOSE, &piece);
    nw_buf_free(&piece);
}
static void list_only(struct tslist_job *j)
{
    drop(j, SECOND);
}
static void properties_only(struct tslist_job *j)
{
    drop(j, FIRST);
}
static void list_twice(struct tslist_job *j)
{
    struct nw_buf piece = NW_BUF(1u << 16);
    tl_take(&j->signed_info, FIRST, CLOSE, &piece);
    tl_put(&j->signed_info, SECOND, nw_buf_slice(&piece));
    tl_put(&j->signed_info, SECOND, nw_buf_slice(&piece));
    nw_buf_free(&piece);
}
static void on_a_server(struct tslist_job *j)
{
    struct nw_buf more = NW_BUF(4096);
    nw_buf_puts(&more, "<ds:Reference URI=\"http://vectors.example/more.xml\">");
    gen_ok(tslist_put_digest(j, nw_str("more"), false, &more), "reference");
    nw_buf_puts(&more, CLOSE);
    tl_put(&j->signed_info, "</ds:SignedInfo>", nw_buf_slice(&more));
    nw_buf_free(&more);
}
/* Only the scheme information is hashed, in the name space that its parent declares. */
static void scheme_only(struct tslist_job *j)
{
    struct nw_buf piece = NW_BUF(1u << 16);
    tl_take(&j->covered, "<SchemeInformation Id=\"part\">", "</SchemeInformation>", &piece);
    gen_ok(tslist_swap(&piece, "<SchemeInformation",
                       "<SchemeInformation xmlns=\"http://uri.etsi.org/02231/v2#\""),
           "part");
    nw_buf_cut(&j->covered, 0);
    nw_buf_put(&j->covered, nw_buf_slice(&piece));
    nw_buf_free(&piece);
}
static void without_providers(struct tslist_job *j)
{
    struct nw_buf piece = NW_BUF(1u << 16);
    tl_take(&j->covered, "<TrustServiceProviderList>", "</TrustServiceProviderList>", &piece);
    nw_buf_free(&piece);
}
/* What the style sheet makes of every list. */
static void the_same(struct tslist_job *j)
{
    nw_buf_cut(&j->covered, 0);
    nw_buf_puts(&j->covered, "<s:same xmlns:s=\"urn:same\"></s:same>");
}
static void sha1(struct tl_model *m)
{
    m->job.digest = tl_sha1;
    m->job.digest_method = TSLIST_NS_DS "sha1";
}
static void rsa_sha1(struct tl_model *m)
{
    m->signer = tl_rsa_signer(m->t->rsa2048, true);
}
/* The certificate, which everybody has, taken for a shared secret. */
static enum nw_err hmac(void *ctx, struct nw_slice octets, struct nw_buf *sig)
{
    const struct tl *t = ctx;
    uint8_t mac[NW_SHA256_BYTES];
    enum nw_err e = nw_hmac_sha256(t->g->c, world_leaf(t->pl), octets, mac);
    nw_buf_put(sig, nw_slice(mac, sizeof mac));
    return e;
}
static void keyed_hash(struct tl_model *m)
{
    m->signer.method = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";
    m->signer.sign = hmac;
    m->signer.ctx = (void *)(uintptr_t)m->t;
}

static const struct tl_row rows[] = {
    {.id = "TL-04-a1", .clause = REFS},
    {.id = "TL-04-r1",
     .clause = REFS,
     .broken = "the signed properties are not covered",
     .twin = "TL-04-a1",
     .stage = TSLIST_SIGNED_INFO,
     .spoil = list_only,
     .xmlsec1 = "accepts",
     REF("ds:SignedInfo")},
    {.id = "TL-04-r2",
     .clause = REFS,
     .broken = "the list is not covered, and was changed",
     .twin = "TL-04-a1",
     .change = {EVIL},
     .stage = TSLIST_SIGNED_INFO,
     .spoil = properties_only,
     .xmlsec1 = "accepts",
     REF("ds:SignedInfo")},
    {.id = "TL-04-r3",
     .clause = REFS,
     .broken = "only the scheme information is covered, and a provider was changed",
     .twin = "TL-04-a1",
     .change = {{TSLIST_TEXT, "<SchemeInformation>", "<SchemeInformation Id=\"part\">"},
                {TSLIST_SIGNED_INFO, "URI=\"\"", "URI=\"#part\""},
                EVIL},
     .stage = TSLIST_COVERED,
     .spoil = scheme_only,
     .xmlsec1 = "accepts-with-ids",
     REF("ds:Reference")},
    {.id = "TL-04-r4",
     .clause = REFS,
     .broken = "a third reference leads to a server",
     .twin = "TL-04-a1",
     .stage = TSLIST_SIGNED_INFO,
     .spoil = on_a_server,
     .xmlsec1 = "refuses",
     REF("ds:SignedInfo")},
    {.id = "TL-04-r5",
     .clause = REFS,
     .broken = "an XPath transform leaves the providers out, and one was changed",
     .twin = "TL-04-a1",
     .change = {BEFORE_C14N("<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/"
                            "REC-xpath-19991116\"><ds:XPath>not(ancestor-or-self::*[local-name()="
                            "'TrustServiceProviderList'])</ds:XPath></ds:Transform>"),
                EVIL},
     .stage = TSLIST_COVERED,
     .spoil = without_providers,
     .xmlsec1 = "accepts",
     REF(LIST_REFERENCE)},
    {.id = "TL-04-r6",
     .clause = REFS,
     .broken = "an XSLT transform makes the same of every list, and a provider was changed",
     .twin = "TL-04-a1",
     .change = {BEFORE_C14N(
                    "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116"
                    "\"><xsl:stylesheet xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\" "
                    "version=\"1.0\"><xsl:template match=\"/\"><s:same xmlns:s=\"urn:same\">"
                    "</s:same></xsl:template></xsl:stylesheet></ds:Transform>"),
                EVIL},
     .stage = TSLIST_COVERED,
     .spoil = the_same,
     .xmlsec1 = "accepts",
     REF(LIST_REFERENCE)},
    {.id = "TL-04-r7",
     .clause = REFS,
     .broken = "an XPath filter takes out the providers, and one was changed",
     .twin = "TL-04-a1",
     .change = {BEFORE_C14N("<ds:Transform Algorithm=\"http://www.w3.org/2002/06/xmldsig-filter2\">"
                            "<f:XPath xmlns:f=\"http://www.w3.org/2002/06/xmldsig-filter2\" "
                            "Filter=\"subtract\">//*[local-name()='TrustServiceProviderList']"
                            "</f:XPath></ds:Transform>"),
                EVIL},
     .stage = TSLIST_COVERED,
     .spoil = without_providers,
     .xmlsec1 = "accepts",
     REF(LIST_REFERENCE)},
    {.id = "TL-04-r8",
     .clause = REFS,
     .broken = "the canonicalisation has a prefix list",
     .twin = "TL-04-a1",
     .change = {{TSLIST_SIGNED_INFO, C14N,
                 "<ds:Transform Algorithm=\"" TSLIST_EXC_C14N
                 "\"><ec:InclusiveNamespaces xmlns:ec=\"" TSLIST_EXC_C14N
                 "\" PrefixList=\"xs\"></ec:InclusiveNamespaces></ds:Transform>"}},
     .xmlsec1 = "accepts",
     REF(LIST_REFERENCE)},
    {.id = "TL-04-r9",
     .clause = REFS,
     .broken = "the list is canonicalised with its comments",
     .twin = "TL-04-a1",
     .change = {{TSLIST_SIGNED_INFO, C14N,
                 "<ds:Transform Algorithm=\"" TSLIST_EXC_C14N "WithComments\"></ds:Transform>"}},
     .xmlsec1 = "accepts",
     REF(LIST_REFERENCE)},
    {.id = "TL-04-r10",
     .clause = REFS,
     .broken = "the list is canonicalised twice",
     .twin = "TL-04-a1",
     .change = {BEFORE_C14N(C14N)},
     .xmlsec1 = "accepts",
     REF(LIST_REFERENCE)},
    {.id = "TL-04-r11",
     .clause = REFS,
     .broken = "the list is named by its Id",
     .twin = "TL-04-a1",
     .change = {{TSLIST_SIGNED_INFO, "URI=\"\"", "URI=\"#" TSLIST_ID "\""}},
     .xmlsec1 = "accepts-with-ids",
     REF("ds:Reference")},
    {.id = "TL-04-r12",
     .clause = REFS,
     .broken = "the list is referred to twice",
     .twin = "TL-04-a1",
     .stage = TSLIST_SIGNED_INFO,
     .spoil = list_twice,
     .xmlsec1 = "accepts",
     REF("ds:Reference")},
    {.id = "TL-04-r13",
     .clause = "XAdES 5.1.2",
     .broken = "the reference to the signed properties does not say its type",
     .twin = "TL-04-a1",
     .change = {{TSLIST_SIGNED_INFO, " Type=\"http://uri.etsi.org/01903#SignedProperties\"", ""}},
     .xmlsec1 = "accepts",
     REF("ds:Reference")},
    {.id = "TL-04-r14",
     .clause = "XMLDSig 4.3.3.6",
     .broken = "a comment stands in a digest",
     .twin = "TL-04-a1",
     .change = {{TSLIST_DOCUMENT, "</ds:DigestValue></ds:Reference>",
                 "<!-- x --></ds:DigestValue></ds:Reference>"}},
     .xmlsec1 = "accepts",
     REF("DigestValue")},
    {.id = "TL-04-r15",
     .clause = ALGS,
     .broken = "the digests are SHA-1",
     .twin = "TL-04-a1",
     .model = sha1,
     .xmlsec1 = "accepts",
     ALG("DigestMethod")},
    {.id = "TL-04-r16",
     .clause = ALGS,
     .broken = "the signature is rsa-sha1",
     .twin = "TL-07-a2",
     .model = rsa_sha1,
     .pin = TL_RSA2048,
     .xmlsec1 = "accepts",
     ALG("SignatureMethod")},
    {.id = "TL-04-r17",
     .clause = ALGS,
     .broken = "an HMAC, keyed with the certificate",
     .twin = "TL-04-a1",
     .model = keyed_hash,
     .xmlsec1 = "refuses",
     ALG("SignatureMethod")},
    {.id = "TL-04-r18",
     .clause = "TS 119 612 B.1",
     .broken = "SignedInfo is canonicalised with its comments",
     .twin = "TL-04-a1",
     .change = {{TSLIST_SIGNED_INFO, TSLIST_EXC_C14N, TSLIST_EXC_C14N "WithComments"}},
     .xmlsec1 = "accepts",
     ALG("CanonicalizationMethod")},
    {.id = "TL-04-r19",
     .clause = "TS 119 612 B.1",
     .broken = "SignedInfo is canonicalised inclusively",
     .twin = "TL-04-a1",
     .change = {{TSLIST_SIGNED_INFO, TSLIST_EXC_C14N,
                 "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"},
                {TSLIST_SIGNED_INFO, "<ds:SignedInfo ",
                 "<ds:SignedInfo xmlns=\"http://uri.etsi.org/02231/v2#\" "}},
     .xmlsec1 = "accepts",
     ALG("CanonicalizationMethod")},
};

void tl_group_signed(struct tl *t)
{
    tl_rows(t, rows, sizeof rows / sizeof rows[0]);
}
