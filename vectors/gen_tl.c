/* TL-01, TL-02: size and form of a trusted list. */
#include <stdio.h>
#include <string.h>

#include "tl.h"

#define FORM "TS 119 612 5.1"
#define XML(code_) .exit = 2, .failed = {"TL-02"}, .code = code_
#define ROOT "<TrustServiceStatusList xmlns"

static void replace_file(struct nw_buf *file, const char *text)
{
    nw_buf_cut(file, 0);
    nw_buf_puts(file, text);
}
static void half(struct tl_model *m, struct nw_buf *file)
{
    (void)m;
    nw_buf_cut(file, file->n / 2);
}
static void error_page(struct tl_model *m, struct nw_buf *file)
{
    (void)m;
    replace_file(file, "<!DOCTYPE html><html><head><title>503</title></head>"
                       "<body><h1>Service unavailable</h1></body></html>\n");
}
static void nothing(struct tl_model *m, struct nw_buf *file)
{
    (void)m;
    nw_buf_cut(file, 0);
}
/* The first bytes of what a server sends that packs without being asked. */
static void packed(struct tl_model *m, struct nw_buf *file)
{
    static const uint8_t gzip[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3,
                                   3,    0,    0, 0, 0, 0, 0, 0, 0, 0};
    (void)m;
    nw_buf_cut(file, 0);
    nw_buf_put(file, nw_slice(gzip, sizeof gzip));
}
static void utf16(struct tl_model *m, struct nw_buf *file)
{
    struct nw_buf copy = NW_BUF(1u << 20);
    (void)m;
    gen_ok(tslist_swap(file, "UTF-8", "UTF-16"), "UTF-16");
    nw_buf_put(&copy, nw_buf_slice(file));
    nw_buf_cut(file, 0);
    nw_buf_puts(file, "\xff\xfe");
    for (size_t i = 0; i < copy.n; i++) {
        nw_buf_putc(file, copy.p[i]);
        nw_buf_putc(file, 0);
    }
    nw_buf_free(&copy);
}
static void byte_order_mark(struct tl_model *m, struct nw_buf *file)
{
    (void)m;
    gen_ok(tslist_swap(file, "<?xml", "\xef\xbb\xbf<?xml"), "BOM");
}
static void nested(struct tl_model *m)
{
    static char text[300 * 2 * 4 + 300 + 64];
    size_t n = (size_t)snprintf(text, sizeof text, "<Extension Critical=\"false\">");
    for (int i = 0; i < 300; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "<a>");
    }
    for (int i = 0; i < 300; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "</a>");
    }
    (void)snprintf(text + n, sizeof text - n, "</Extension>");
    m->list.extensions = text;
}
/* One long entity, called often. */
static void long_entity(struct tl_model *m, struct nw_buf *file)
{
    struct nw_buf head = NW_BUF(8192);
    struct nw_buf calls = NW_BUF(8192);
    (void)m;
    nw_buf_puts(&head, "<!DOCTYPE x [<!ENTITY a \"");
    for (int i = 0; i < 1000; i++) {
        nw_buf_putc(&head, 'a');
    }
    nw_buf_puts(&head, "\">]>" ROOT);
    nw_buf_puts(&calls, ">");
    for (int i = 0; i < 1000; i++) {
        nw_buf_puts(&calls, "&a;");
    }
    nw_buf_puts(&calls, "<");
    gen_ok(tslist_swap(file, ROOT, nw_buf_cstr(&head)), "entity");
    gen_ok(tslist_swap(file, ">Test QTSP<", nw_buf_cstr(&calls)), "entity");
    nw_buf_free(&head);
    nw_buf_free(&calls);
}

static const struct tl_row sizes[] = {
    {.id = "TL-01-a1", .clause = FORM, .granted = 1 + 1},
    {.id = "TL-01-a2", .clause = FORM, .padded_to = 1 << 20},
    {.id = "TL-01-a3", .clause = FORM, .base = TL_LIST_OF_LISTS, .padded_to = 1 << 20},
    {.id = "TL-01-r1",
     .clause = FORM,
     .broken = "the file has 200 MB",
     .twin = "TL-01-a2",
     .padded_to = 200 << 20,
     .exit = 2,
     .failed = {"TL-01"},
     .code = "LIMIT"},
    {.id = "TL-01-r2",
     .clause = FORM,
     .broken = "the file has one byte more than 16 MiB",
     .twin = "TL-01-a2",
     .padded_to = (16 << 20) + 1,
     .exit = 2,
     .failed = {"TL-01"},
     .code = "LIMIT"},
    {.id = "TL-01-r3",
     .clause = FORM,
     .broken = "a list of lists has one byte more than 4 MiB",
     .twin = "TL-01-a3",
     .base = TL_LIST_OF_LISTS,
     .padded_to = (4 << 20) + 1,
     .exit = 2,
     .failed = {"TL-01"},
     .code = "LIMIT"},
};

#define LAUGH(n, m)                                                                                \
    "<!ENTITY " n " \"&" m ";&" m ";&" m ";&" m ";&" m ";&" m ";&" m ";&" m ";&" m ";&" m ";\">"

static const struct tl_row forms[] = {
    {.id = "TL-02-a1", .clause = FORM},
    {.id = "TL-02-a2", .clause = FORM, .file = byte_order_mark},
    {.id = "TL-02-a3",
     .clause = "XMLDSig 4.4.3.3",
     .change = {{TSLIST_DOCUMENT, "</TrustServiceStatusList>",
                 "</TrustServiceStatusList><!-- not signed, and not read -->"}}},
    {.id = "TL-02-r1",
     .clause = FORM,
     .broken = "there is a DOCTYPE, whose entity nothing uses",
     .twin = "TL-02-a1",
     .change = {{TSLIST_DOCUMENT, ROOT, "<!DOCTYPE x [<!ENTITY y \"z\">]>" ROOT}},
     .xmlsec1 = "accepts",
     XML("TSL_DOCTYPE")},
    {.id = "TL-02-r2",
     .clause = FORM,
     .broken = "an external entity stands for the name of the provider",
     .twin = "TL-02-a1",
     .change = {{TSLIST_DOCUMENT, ROOT,
                 "<!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/hostname\">]>" ROOT},
                {TSLIST_DOCUMENT, ">Test QTSP<", ">&y;<"}},
     .xmlsec1 = "refuses",
     XML("TSL_DOCTYPE")},
    {.id = "TL-02-r3",
     .clause = FORM,
     .broken = "entities that grow to ten thousand million characters",
     .twin = "TL-02-a1",
     .change = {{TSLIST_DOCUMENT, ROOT,
                 "<!DOCTYPE x [<!ENTITY a \"ha\">" LAUGH("b", "a") LAUGH("c", "b") LAUGH("d", "c")
                     LAUGH("e", "d") LAUGH("f", "e") LAUGH("g", "f") LAUGH("h", "g") LAUGH("i", "h")
                         LAUGH("j", "i") LAUGH("k", "j") "]>" ROOT},
                {TSLIST_DOCUMENT, ">Test QTSP<", ">&k;<"}},
     .xmlsec1 = "refuses",
     XML("TSL_DOCTYPE")},
    {.id = "TL-02-r4",
     .clause = FORM,
     .broken = "one long entity is called a thousand times",
     .twin = "TL-02-a1",
     .file = long_entity,
     .xmlsec1 = "refuses",
     XML("TSL_DOCTYPE")},
    {.id = "TL-02-r5",
     .clause = FORM,
     .broken = "the DOCTYPE names a document type definition on a server",
     .twin = "TL-02-a1",
     .change = {{TSLIST_DOCUMENT, ROOT,
                 "<!DOCTYPE x SYSTEM \"http://vectors.example/x.dtd\">" ROOT}},
     .xmlsec1 = "accepts",
     XML("TSL_DOCTYPE")},
    {.id = "TL-02-r6",
     .clause = FORM,
     .broken = "there is a second root element",
     .twin = "TL-02-a1",
     .change = {{TSLIST_DOCUMENT, "</TrustServiceStatusList>", "</TrustServiceStatusList><x></x>"}},
     .xmlsec1 = "refuses",
     XML("TSL_XML")},
    {.id = "TL-02-r7",
     .clause = FORM,
     .broken = "half of the file came",
     .twin = "TL-02-a1",
     .file = half,
     .xmlsec1 = "refuses",
     XML("TSL_XML")},
    {.id = "TL-02-r8",
     .clause = FORM,
     .broken = "nothing came",
     .twin = "TL-02-a1",
     .file = nothing,
     .xmlsec1 = "refuses",
     XML("TSL_XML"),
     .place = "/"},
    {.id = "TL-02-r9",
     .clause = FORM,
     .broken = "an error page came",
     .twin = "TL-02-a1",
     .file = error_page,
     .xmlsec1 = "refuses",
     XML("TSL_DOCTYPE")},
    {.id = "TL-02-r10",
     .clause = FORM,
     .broken = "a packed file came",
     .twin = "TL-02-a1",
     .file = packed,
     .xmlsec1 = "refuses",
     XML("TSL_XML"),
     .place = "/"},
    {.id = "TL-02-r11",
     .clause = FORM,
     .broken = "a byte is not UTF-8",
     .twin = "TL-02-a1",
     .change = {{TSLIST_TEXT, ">Test QTSP<", ">Test \xff<"}},
     .xmlsec1 = "refuses",
     XML("TSL_XML")},
    {.id = "TL-02-r12",
     .clause = FORM,
     .broken = "the file says that it is ISO-8859-1",
     .twin = "TL-02-a1",
     .change = {{TSLIST_DOCUMENT, "UTF-8", "ISO-8859-1"}},
     .xmlsec1 = "accepts",
     XML("TSL_XML")},
    {.id = "TL-02-r13",
     .clause = FORM,
     .broken = "the file is in UTF-16",
     .twin = "TL-02-a1",
     .file = utf16,
     .xmlsec1 = "accepts",
     XML("TSL_XML"),
     .place = "/"},
    {.id = "TL-02-r14",
     .clause = FORM,
     .broken = "elements are nested 300 deep",
     .twin = "TL-02-a1",
     .model = nested,
     .xmlsec1 = "accepts",
     XML("TSL_XML")},
    {.id = "TL-02-r15",
     .clause = "Namespaces in XML 1.0, 5",
     .broken = "a prefix is not bound",
     .twin = "TL-02-a1",
     .change = {{TSLIST_TEXT, "<SchemeInformation>", "<SchemeInformation x:y=\"z\">"}},
     .xmlsec1 = "accepts",
     XML("TSL_XML")},
    {.id = "TL-02-r16",
     .clause = FORM,
     .broken = "an entity is called that nobody declared",
     .twin = "TL-02-a1",
     .change = {{TSLIST_TEXT, ">Test QTSP<", ">&y;<"}},
     .xmlsec1 = "refuses",
     XML("TSL_XML")},
};

void tl_group_form(struct tl *t)
{
    tl_rows(t, sizes, sizeof sizes / sizeof sizes[0]);
    tl_rows(t, forms, sizeof forms / sizeof forms[0]);
}

void group_tl(struct gen *g, const struct world *w)
{
    struct tl t;
    tl_make(g, w, &t);
    tl_group_form(&t);
    tl_group_structure(&t);
    tl_group_signed(&t);
    tl_group_signer(&t);
    tl_group_meaning(&t);
    tl_group_lote(&t);
    tl_free(&t);
}
