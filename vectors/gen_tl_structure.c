/* TL-03: the signature stands where it must, once, with each of its parts once. Most of what breaks
 * this still carries a good signature: over another part of the file than the one that is read. */
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "tl.h"

#define BEGIN "<ds:Signature xmlns:ds"
#define END "</ds:Signature>"
#define ROOT_BEGIN "<TrustServiceStatusList xmlns=\"http://uri.etsi.org/02231/v2#\""
#define ROOT_END "</TrustServiceStatusList>"
#define STRUCT(where) .exit = 2, .failed = {"TL-03"}, .code = "TSL_STRUCT", .place = where
#define BY_ID                                                                                      \
    {                                                                                              \
        TSLIST_SIGNED_INFO, "URI=\"\"", "URI=\"#" TSLIST_ID "\""                                   \
    }
#define PROPERTIES "<xades:SignedProperties xmlns:xades=\"" TSLIST_NS_XADES "\""
#define DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

static void swap(struct nw_buf *b, const char *from, const char *to)
{
    gen_ok(tslist_swap(b, from, to), from);
}

/* --- one signature, at its place --- */

static void unsigned_list(struct tl_model *m, struct nw_buf *file)
{
    struct nw_buf piece = NW_BUF(1u << 20);
    (void)m;
    tl_take(file, BEGIN, END, &piece);
    nw_buf_free(&piece);
}
static void signature_first(struct tl_model *m, struct nw_buf *file)
{
    struct nw_buf piece = NW_BUF(1u << 20);
    (void)m;
    tl_take(file, BEGIN, END, &piece);
    tl_put(file, "<SchemeInformation>", nw_buf_slice(&piece));
    nw_buf_free(&piece);
}
static void stranger_signs(struct tl_model *m)
{
    m->signer = tslist_signer_of(m->t->stranger);
}
/* The same list, signed by a stranger, lends its signature. */
static void second_signature(struct tl_model *m, struct nw_buf *file)
{
    static const struct tl_row other = {
        .id = "second signature",
        .model = stranger_signs,
        .change = {{TSLIST_SIGNED_INFO, "#" TSLIST_PROPERTIES_ID, "#properties-2"},
                   {TSLIST_PROPERTIES, "\"" TSLIST_PROPERTIES_ID "\"", "\"properties-2\""}}};
    struct nw_buf copy = NW_BUF(1u << 20);
    struct nw_buf piece = NW_BUF(1u << 20);
    tl_file(m->t, &other, &copy);
    tl_take(&copy, BEGIN, END, &piece);
    swap(&piece, "Id=\"" TSLIST_SIGNATURE_ID "\"", "Id=\"signature-2\"");
    swap(&piece, "#" TSLIST_SIGNATURE_ID, "#signature-2");
    tl_put(file, BEGIN, nw_buf_slice(&piece));
    nw_buf_free(&copy);
    nw_buf_free(&piece);
}
static void signature_inside(struct tl_model *m)
{
    m->list.extensions = "<Extension Critical=\"false\"><ds:Signature xmlns:ds=\"" TSLIST_NS_DS
                         "\"></ds:Signature></Extension>";
}

/* --- wrapped lists: what is signed is not what stands at the root --- */

/* The list that the attacker wants to be read: another provider. */
static void false_list(struct tl_model *m, const char *id, struct nw_buf *out)
{
    tslist_write(&m->list, out);
    swap(out, "Test QTSP", "Evil QTSP");
    swap(out, "Id=\"" TSLIST_ID "\"", id);
}
static void without_declaration(struct nw_buf *file)
{
    struct nw_buf piece = NW_BUF(256);
    tl_take(file, DECLARATION, "\n", &piece);
    nw_buf_free(&piece);
}
static void enclose(struct nw_buf *inner, const char *before, const char *after)
{
    struct nw_buf copy = NW_BUF(1u << 20);
    nw_buf_puts(&copy, before);
    nw_buf_put(&copy, nw_buf_slice(inner));
    nw_buf_puts(&copy, after);
    nw_buf_cut(inner, 0);
    nw_buf_put(inner, nw_buf_slice(&copy));
    nw_buf_free(&copy);
}
/* The signed list, whole, in an extension of the false one. */
static void wrap_as(struct tl_model *m, struct nw_buf *file, const char *id, bool move_signature)
{
    struct nw_buf outer = NW_BUF(1u << 20);
    struct nw_buf signature = NW_BUF(1u << 20);
    false_list(m, id, &outer);
    without_declaration(file);
    if (move_signature) {
        tl_take(file, BEGIN, END, &signature);
    }
    enclose(file, "<SchemeExtensions><Extension Critical=\"false\">",
            "</Extension></SchemeExtensions>");
    tl_put(&outer, "</SchemeInformation>", nw_buf_slice(file));
    nw_buf_cut(file, 0);
    nw_buf_puts(file, DECLARATION);
    nw_buf_put(file, nw_buf_slice(&outer));
    /* The last end tag is the root's. */
    nw_buf_cut(file, file->n - strlen(ROOT_END));
    nw_buf_put(file, nw_buf_slice(&signature));
    nw_buf_puts(file, ROOT_END "\n");
    nw_buf_free(&outer);
    nw_buf_free(&signature);
}
static void in_extension(struct tl_model *m, struct nw_buf *file)
{
    wrap_as(m, file, "Id=\"outer\"", false);
}
static void in_extension_same_id(struct tl_model *m, struct nw_buf *file)
{
    wrap_as(m, file, "Id=\"" TSLIST_ID "\"", true);
}
/* The signed list in an Object of its own signature, which signs the false one by name. */
static void in_object(struct tl_model *m, struct nw_buf *file)
{
    struct nw_buf outer = NW_BUF(1u << 20);
    struct nw_buf signature = NW_BUF(1u << 20);
    false_list(m, "Id=\"outer\"", &outer);
    without_declaration(file);
    tl_take(file, BEGIN, END, &signature);
    enclose(file, "<ds:Object>", "</ds:Object>");
    tl_put(&signature, END, nw_buf_slice(file));
    tl_put(&outer, ROOT_END, nw_buf_slice(&signature));
    enclose(&outer, DECLARATION, "\n");
    nw_buf_cut(file, 0);
    nw_buf_put(file, nw_buf_slice(&outer));
    nw_buf_free(&outer);
    nw_buf_free(&signature);
}
static void in_other_root(struct tl_model *m, struct nw_buf *file)
{
    (void)m;
    without_declaration(file);
    enclose(file, DECLARATION "<Lists xmlns=\"urn:example\">", "</Lists>\n");
}
/* The properties that are read are false; the signed ones stand in an Object behind them. */
static void false_properties(struct tl_model *m, struct nw_buf *file)
{
    struct nw_buf real = NW_BUF(1u << 16);
    struct nw_buf copy = NW_BUF(1u << 16);
    (void)m;
    tl_take(file, PROPERTIES, "</xades:SignedProperties>", &real);
    nw_buf_put(&copy, nw_buf_slice(&real));
    swap(&copy, "Id=\"" TSLIST_PROPERTIES_ID "\"", "Id=\"other\"");
    swap(&copy, TSLIST_ISSUED, "2026-06-14T10:00:00Z");
    tl_put(file, "</xades:QualifyingProperties>", nw_buf_slice(&copy));
    enclose(&real, "<ds:Object>", "</ds:Object>");
    tl_put(file, END, nw_buf_slice(&real));
    nw_buf_free(&real);
    nw_buf_free(&copy);
}
/* What SignedInfo refers to is a Manifest, and nobody must follow that. */
static void manifest(struct tslist_job *j)
{
    static char objects[4096];
    struct nw_buf manifest = NW_BUF(4096);
    struct nw_buf out = NW_BUF(8192);
    nw_buf_puts(&manifest,
                "<ds:Manifest xmlns:ds=\"" TSLIST_NS_DS "\" Id=\"manifest\"><ds:Reference URI=\"\">"
                "<ds:Transforms><ds:Transform Algorithm=\"" TSLIST_NS_DS
                "enveloped-signature\"></ds:Transform><ds:Transform Algorithm=\"" TSLIST_EXC_C14N
                "\"></ds:Transform></ds:Transforms>");
    gen_ok(tslist_put_digest(j, nw_buf_slice(&j->covered), false, &manifest), "manifest");
    nw_buf_puts(&manifest, "</ds:Reference></ds:Manifest>");
    struct nw_buf old = NW_BUF(8192);
    tl_take(&j->signed_info, "<ds:Reference URI=\"\">", "</ds:Reference>", &old);
    nw_buf_puts(&out, "<ds:Reference Type=\"" TSLIST_NS_DS "Manifest\" URI=\"#manifest\">"
                      "<ds:Transforms><ds:Transform Algorithm=\"" TSLIST_EXC_C14N
                      "\"></ds:Transform></ds:Transforms>");
    gen_ok(tslist_put_digest(j, nw_buf_slice(&manifest), false, &out), "manifest");
    nw_buf_puts(&out, "</ds:Reference>");
    tl_put(&j->signed_info, "<ds:Reference Type", nw_buf_slice(&out));
    (void)snprintf(objects, sizeof objects, "<ds:Object>%s</ds:Object>", nw_buf_cstr(&manifest));
    nw_buf_free(&manifest);
    nw_buf_free(&out);
    nw_buf_free(&old);
    ((struct tl_model *)j->ctx)->note = objects;
}
static void add_manifest(struct tl_model *m, struct nw_buf *file)
{
    tl_put(file, END, nw_str(m->note));
    swap(file, "Test QTSP", "Evil QTSP");
}

/* --- parts --- */

static void two_signed_infos(struct tl_model *m, struct nw_buf *file)
{
    struct nw_buf info = NW_BUF(1u << 16);
    (void)m;
    tl_take(file, "<ds:SignedInfo", "</ds:SignedInfo>", &info);
    tl_put(file, "<ds:SignatureValue>", nw_buf_slice(&info));
    swap(&info, TSLIST_SHA256, "urn:other");
    tl_put(file, "<ds:SignedInfo", nw_buf_slice(&info));
    nw_buf_free(&info);
}
static void chain(struct tl_model *m, struct nw_buf *file)
{
    struct nw_buf more = NW_BUF(NW_MAX_CERT * 2);
    nw_buf_puts(&more, "<ds:X509Certificate>");
    nw_base64_encode(world_leaf(m->t->qtsp), &more);
    nw_buf_puts(&more, "</ds:X509Certificate>");
    tl_put(file, "</ds:X509Data>", nw_buf_slice(&more));
    nw_buf_free(&more);
}
static void key_name(struct tl_model *m, struct nw_buf *file)
{
    struct nw_buf piece = NW_BUF(NW_MAX_CERT * 2);
    (void)m;
    tl_take(file, "<ds:X509Data>", "</ds:X509Data>", &piece);
    tl_put(file, "</ds:KeyInfo>", nw_str("<ds:KeyName>operator</ds:KeyName>"));
    nw_buf_free(&piece);
}

static const struct tl_row rows[] = {
    {.id = "TL-03-a1", .clause = "TS 119 612 5.7, B.1"},
    {.id = "TL-03-r1",
     .clause = "TS 119 612 5.7.1",
     .broken = "the list is not signed",
     .twin = "TL-03-a1",
     .file = unsigned_list,
     .xmlsec1 = "refuses",
     STRUCT("ds:Signature")},
    {.id = "TL-03-r2",
     .clause = "TS 119 612 5.7.1",
     .broken = "a stranger signed it too",
     .twin = "TL-03-a1",
     .file = second_signature,
     .xmlsec1 = "refuses",
     STRUCT("ds:Signature")},
    {.id = "TL-03-r3",
     .clause = "TS 119 612 5.7.1",
     .broken = "a ds:Signature stands in what is signed",
     .twin = "TL-03-a1",
     .model = signature_inside,
     .xmlsec1 = "refuses",
     STRUCT("ds:Signature")},
    {.id = "TL-03-r4",
     .clause = "TS 119 612 B.1",
     .broken = "the signature is the first child of the root",
     .twin = "TL-03-a1",
     .file = signature_first,
     .xmlsec1 = "accepts",
     STRUCT("ds:Signature")},
    {.id = "TL-03-r5",
     .clause = "TS 119 612 B.1",
     .broken = "the signed list stands in an extension of another one",
     .twin = "TL-03-a1",
     .change = {BY_ID},
     .file = in_extension,
     .xmlsec1 = "accepts-with-ids",
     STRUCT("ds:Signature")},
    {.id = "TL-03-r6",
     .clause = "TS 119 612 B.1",
     .broken = "the signed list stands in an extension of another one, which has its Id",
     .twin = "TL-03-a1",
     .change = {BY_ID},
     .file = in_extension_same_id,
     .xmlsec1 = "refuses",
     STRUCT("Id")},
    {.id = "TL-03-r7",
     .clause = "TS 119 612 B.1",
     .broken = "the signed list stands in an Object of its signature, another one at the root",
     .twin = "TL-03-a1",
     .change = {BY_ID},
     .file = in_object,
     .xmlsec1 = "refuses",
     STRUCT("ds:Signature")},
    {.id = "TL-03-r8",
     .clause = "TS 119 612 5.1",
     .broken = "another element stands around the signed list",
     .twin = "TL-03-a1",
     .change = {BY_ID},
     .file = in_other_root,
     .xmlsec1 = "accepts-with-ids",
     STRUCT("/")},
    {.id = "TL-03-r9",
     .clause = "TS 119 612 B.1",
     .broken = "other SignedProperties stand where they are read",
     .twin = "TL-03-a1",
     .file = false_properties,
     .xmlsec1 = "accepts",
     STRUCT("xades:SignedProperties")},
    {.id = "TL-03-r10",
     .clause = "TS 119 612 B.1",
     .broken = "the list is covered by a Manifest only, and changed",
     .twin = "TL-03-a1",
     .stage = TSLIST_SIGNED_INFO,
     .spoil = manifest,
     .file = add_manifest,
     .xmlsec1 = "accepts",
     STRUCT("ds:Signature")},
    {.id = "TL-03-r11",
     .clause = "XMLDSig 4.1",
     .broken = "there are two SignedInfo",
     .twin = "TL-03-a1",
     .file = two_signed_infos,
     .xmlsec1 = "refuses",
     STRUCT("ds:Signature")},
    {.id = "TL-03-r12",
     .clause = "TS 119 612 5.7.1",
     .broken = "KeyInfo holds a second certificate",
     .twin = "TL-03-a1",
     .file = chain,
     .xmlsec1 = "accepts",
     STRUCT("ds:KeyInfo")},
    {.id = "TL-03-r13",
     .clause = "TS 119 612 5.7.1",
     .broken = "KeyInfo holds a name, not the certificate",
     .twin = "TL-03-a1",
     .file = key_name,
     .xmlsec1 = "accepts",
     STRUCT("ds:KeyInfo")},
    {.id = "TL-03-r14",
     .clause = "XAdES 4.3.1",
     .broken = "the Target of the properties is the list",
     .twin = "TL-03-a1",
     .change = {{TSLIST_DOCUMENT, "Target=\"#" TSLIST_SIGNATURE_ID, "Target=\"#" TSLIST_ID}},
     .xmlsec1 = "accepts",
     STRUCT("xades:QualifyingProperties")},
    {.id = "TL-03-r15",
     .clause = "TS 119 612 B.1",
     .broken = "there is a second Object, which nothing covers",
     .twin = "TL-03-a1",
     .change = {{TSLIST_DOCUMENT, "</ds:Object>", "</ds:Object><ds:Object></ds:Object>"}},
     .xmlsec1 = "accepts",
     STRUCT("ds:Signature")},
    {.id = "TL-03-r16",
     .clause = "XML 1.0 3.3.1",
     .broken = "an element has the Id of the signed properties",
     .twin = "TL-03-a1",
     .change = {{TSLIST_TEXT, "<SchemeInformation>",
                 "<SchemeInformation Id=\"" TSLIST_PROPERTIES_ID "\">"}},
     .xmlsec1 = "accepts",
     STRUCT("Id")},
    {.id = "TL-03-r17",
     .clause = "TS 119 612 5.1",
     .broken = "the root is of another name space",
     .twin = "TL-03-a1",
     .change = {{TSLIST_TEXT, "02231/v2#", "02231/v1#"}},
     .xmlsec1 = "accepts",
     STRUCT("/")},
};

void tl_group_structure(struct tl *t)
{
    tl_rows(t, rows, sizeof rows / sizeof rows[0]);
}
