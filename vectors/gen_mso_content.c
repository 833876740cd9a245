/* MSO-04 to MSO-06: the elements, the document type, the times (ISO/IEC 18013-5 9.3.1). */
#include "doc.h"

/* ---- MSO-04 ---- */

static void one_withheld(struct doc *d)
{
    doc_find(d, "nationality")->withheld = true;
}

static void flipped(struct doc *d)
{
    struct nw_buf *b = &doc_find(d, "document_id")->content;
    b->p[b->n - 31] ^= 1; /* the value's last letter */
}

/* Both elements are as signed, but each claims the digest of the other. */
static void ids_swapped(struct doc *d)
{
    struct doc_item *a = doc_find(d, "document_id");
    struct doc_item *b = doc_find(d, "nationality");
    uint64_t id = a->digest_id;
    a->digest_id = b->digest_id;
    b->digest_id = id;
    nw_buf_cut(&a->content, 0);
    nw_buf_cut(&b->content, 0);
    doc_item_content(a, &a->content);
    doc_item_content(b, &b->content);
    b->digest_id = a->digest_id; /* valueDigests stays */
    a->digest_id = id;
}

static struct doc_item *copy_item(struct doc *d, const char *id)
{
    struct doc_item *x = doc_find(d, id);
    size_t at = (size_t)(x - d->item) + 1;
    for (size_t i = d->item_n; i > at; i--) {
        d->item[i] = d->item[i - 1];
    }
    d->item_n++;
    struct doc_item *y = &d->item[at];
    *y = (struct doc_item){.space = x->space,
                           .id = x->id,
                           .digest_id = x->digest_id,
                           .random = doc_buf(),
                           .value = doc_buf(),
                           .content = doc_buf(),
                           .digest = doc_buf()};
    nw_buf_put(&y->random, nw_buf_slice(&x->random));
    nw_buf_put(&y->value, nw_buf_slice(&x->value));
    nw_buf_put(&y->content, nw_buf_slice(&x->content));
    return y;
}

static void element_twice(struct doc *d)
{
    struct doc_item *y = copy_item(d, "document_id");
    y->digest_id = 90;
    doc_text(&y->value, "PL-A1-2026-999999");
}

static void returned_twice(struct doc *d)
{
    (void)copy_item(d, "document_id");
}

static void not_signed(struct doc *d)
{
    struct doc_item *y = copy_item(d, "document_id");
    y->id = "example_element";
    y->digest_id = 90;
    nw_buf_cut(&y->content, 0);
    doc_item_content(y, &y->content);
}

static void other_space(struct doc *d)
{
    d->item[d->item_n - 1].space = "org.example.1";
}

static void other_digest(struct doc *d, size_t without)
{
    struct doc_item *x = doc_find(d, "document_id");
    uint8_t digest[NW_SHA256_BYTES];
    gen_ok(nw_sha256(d->g->c, nw_slice_from(nw_buf_slice(&x->content), without), digest), "digest");
    nw_buf_cut(&x->digest, 0);
    nw_buf_put(&x->digest, nw_slice(digest, sizeof digest));
}

static void without_tag(struct doc *d)
{
    other_digest(d, 0);
}

#define C4 "ISO 18013-5 9.3.1 step 3"
#define RED_04(i, c, b, s, f)                                                                      \
    {                                                                                              \
        .id = (i), .clause = (c), .broken = (b), .twin = "MSO-04-a1", .stage = (s), .spoil = (f),  \
        DOC_RED("MSO-04")                                                                          \
    }
static const struct doc_row mso_04[] = {
    {.id = "MSO-04-a1", .clause = C4},
    {.id = "MSO-04-a2", .clause = C4, .stage = DOC_START, .spoil = one_withheld},
    RED_04("MSO-04-r1", C4, "one bit of an element's value is another", DOC_DIGESTED, flipped),
    RED_04("MSO-04-r2", C4, "two elements exchanged their digestIDs", DOC_DIGESTED, ids_swapped),
    RED_04("MSO-04-r3", "ISO 18013-5 9.1.2.4",
           "an element is there twice, with two values that are both signed", DOC_START,
           element_twice),
    RED_04("MSO-04-r4", "ISO 18013-5 9.1.2.4", "an element is returned twice, byte for byte",
           DOC_SIGNED, returned_twice),
    RED_04("MSO-04-r5", C4, "an element was added for which nothing is signed", DOC_SIGNED,
           not_signed),
    RED_04("MSO-04-r6", C4, "an element was moved to a name space that has no digests", DOC_SIGNED,
           other_space),
    RED_04("MSO-04-r7", "ISO 18013-5 9.1.2.5", "a digest is over the element without its tag 24",
           DOC_DIGESTED, without_tag),
};

/* ---- MSO-05 ---- */

#define PID "eu.europa.ec.eudi.pid.1"

static void document_other(struct doc *d)
{
    doc_text(doc_member(&d->document, "docType"), PID);
}

static void mso_other(struct doc *d)
{
    doc_text(doc_member(&d->mso, "docType"), PID);
    d->signed_doc_type = PID;
}

static void unknown(struct doc *d)
{
    doc_text(doc_member(&d->mso, "docType"), "org.example.1");
}

#define C5 "ISO 18013-5 9.3.1 step 4"
static const struct doc_row mso_05[] = {
    {.id = "MSO-05-a1", .clause = C5},
    {.id = "MSO-05-r1",
     .clause = C5,
     .broken = "the Document says it is a PID, the MSO an A1",
     .twin = "MSO-05-a1",
     .stage = DOC_DOCUMENT,
     .spoil = document_other,
     DOC_RED("MSO-05")},
    {.id = "MSO-05-r2",
     .clause = C5,
     .broken = "the Document says it is an A1, the MSO a PID",
     .twin = "MSO-05-a1",
     .stage = DOC_MSO,
     .spoil = mso_other,
     DOC_RED("MSO-05")},
    {.id = "MSO-05-r3",
     .clause = C5,
     .broken = "docType is none that is known",
     .twin = "MSO-01-a2",
     .alone = true,
     .stage = DOC_MSO,
     .spoil = unknown,
     .exit = 2,
     .failed = {"MSO-05"},
     .decisive = "R09"},
};

/* ---- MSO-06 ---- */

static void until_now(struct doc *d)
{
    d->valid_until = GEN_NOW_TEXT;
}

static void from_now(struct doc *d)
{
    d->valid_from = GEN_NOW_TEXT;
}

static void expired(struct doc *d)
{
    d->valid_until = "2026-06-15T09:00:00Z";
}

static void not_yet(struct doc *d)
{
    d->valid_from = "2026-06-15T11:00:00Z";
}

static void before_certificate(struct doc *d)
{
    d->signed_at = "2025-12-31T23:59:59Z";
}

static void after_certificate(struct doc *d)
{
    const struct world_body *pl = &d->w->body[PARTY_PL];
    const struct world_cert cert = {.label = "pl issuer",
                                    .common_name = "A1 signer (test)",
                                    .organisation = pl->name,
                                    .country = pl->country,
                                    .issuer = pl->ca,
                                    .not_after = 1781391600}; /* 2026-06-13T23:00:00Z */
    d->own[0] = world_signer(d->g, &cert);
    doc_chain_of(d, world_leaf(d->own[0]), NW_SLICE_EMPTY);
}

static void fraction(struct doc *d)
{
    d->signed_at = "2026-06-14T10:00:00.5Z";
}

static void offset(struct doc *d)
{
    d->signed_at = "2026-06-14T10:00:00+00:00";
}

static void no_such_day(struct doc *d)
{
    d->valid_until = "2026-06-31T10:00:00Z";
}

static void no_until(struct doc *d)
{
    d->valid_until = NULL;
}

static void until_before_from(struct doc *d)
{
    d->valid_until = "2026-06-14T09:00:00Z";
}

static void untagged(struct doc *d)
{
    doc_swap(doc_member(&d->mso, "validityInfo"), "c074", "74");
}

static void status_10(struct doc *d)
{
    doc_hex(doc_member(&d->response, "status"), "0a");
}

static void no_status(struct doc *d)
{
    doc_drop(&d->response, "status");
}

static void version_2(struct doc *d)
{
    doc_text(doc_member(&d->response, "version"), "2.0");
}

#define C6 "ISO 18013-5 9.3.1 step 5"
#define TDATE "ISO 18013-5 9.1.2.4; RFC 3339 5.6"
#define RED_06(i, c, b, s, f)                                                                      \
    {                                                                                              \
        .id = (i), .clause = (c), .broken = (b), .twin = "MSO-06-a1", .stage = (s), .spoil = (f),  \
        DOC_RED("MSO-06")                                                                          \
    }
static const struct doc_row mso_06[] = {
    {.id = "MSO-06-a1", .clause = C6},
    {.id = "MSO-06-a2", .clause = C6, .stage = DOC_START, .spoil = until_now},
    {.id = "MSO-06-a3", .clause = C6, .stage = DOC_START, .spoil = from_now},
    {.id = "MSO-06-r1",
     .clause = C6,
     .broken = "validUntil passed an hour ago",
     .twin = "MSO-06-a1",
     .stage = DOC_START,
     .spoil = expired,
     .exit = 2,
     .failed = {"MSO-06"},
     .decisive = "R04",
     .reasons = {"R04", "I01"}},
    {.id = "MSO-06-r2",
     .clause = C6,
     .broken = "validFrom is an hour ahead",
     .twin = "MSO-06-a1",
     .stage = DOC_START,
     .spoil = not_yet,
     .exit = 2,
     .failed = {"MSO-06"},
     .decisive = "R04",
     .reasons = {"R04", "I01"}},
    {.id = "MSO-06-r3",
     .clause = C6,
     .broken = "signed a second before the signer's certificate begins",
     .twin = "MSO-06-a1",
     .stage = DOC_START,
     .spoil = before_certificate,
     .exit = 2,
     .failed = {"MSO-06"},
     .decisive = "R02"},
    {.id = "MSO-06-r4",
     .clause = C6,
     .broken = "signed eleven hours after the signer's certificate ended",
     .twin = "MSO-06-a1",
     .stage = DOC_START,
     .spoil = after_certificate,
     .exit = 2,
     .failed = {"MSO-06"},
     .decisive = "R02"},
    RED_06("MSO-06-r5", TDATE, "signed has a fraction of a second", DOC_START, fraction),
    RED_06("MSO-06-r6", TDATE, "signed has an offset instead of Z", DOC_START, offset),
    RED_06("MSO-06-r7", TDATE, "validUntil is the 31st of June", DOC_START, no_such_day),
    RED_06("MSO-06-r8", TDATE, "signed is a text without tag 0", DOC_MSO, untagged),
    RED_06("MSO-06-r9", "ISO 18013-5 9.1.2.4", "there is no validUntil", DOC_START, no_until),
    RED_06("MSO-06-r10", "ISO 18013-5 9.1.2.4", "validUntil is before validFrom", DOC_START,
           until_before_from),
    {.id = "MSO-06-r11",
     .clause = "ISO 18013-5 8.3.2.1.2.3",
     .broken = "status of the DeviceResponse is 10, general error",
     .twin = "MSO-06-a1",
     .stage = DOC_RESPONSE,
     .spoil = status_10,
     .exit = 2,
     .failed = {"MSO-06"},
     .decisive = "R09"},
    RED_06("MSO-06-r12", "ISO 18013-5 8.3.2.1.2.3", "the DeviceResponse has no status",
           DOC_RESPONSE, no_status),
    RED_06("MSO-06-r13", "ISO 18013-5 8.1", "version of the DeviceResponse is 2.0", DOC_RESPONSE,
           version_2),
};

#define ROWS(table) table, sizeof(table) / sizeof(table)[0]

void mso_content_rows(struct gen *g, const struct world *w)
{
    doc_rows(g, w, ROWS(mso_04));
    doc_rows(g, w, ROWS(mso_05));
    doc_rows(g, w, ROWS(mso_06));
}
