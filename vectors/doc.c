#include "doc.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "cose/cose.h"
#include "mdoc/transcript.h"

#define TAG_TDATE 0
#define TAG_CBOR 24
#define RANDOM 32

/* ---- bytes ---- */

struct nw_buf doc_buf(void)
{
    return NW_BUF(1u << 20);
}

void doc_hex(struct nw_buf *b, const char *hex)
{
    nw_buf_cut(b, 0);
    gen_ok(nw_hex_decode(nw_str(hex), b, NULL), hex);
}

void doc_text(struct nw_buf *b, const char *text)
{
    nw_buf_cut(b, 0);
    nw_cbor_put_text(b, nw_str(text));
}

void doc_embed(struct nw_slice content, struct nw_buf *b)
{
    struct nw_buf copy = doc_buf();
    nw_buf_put(&copy, content);
    nw_buf_cut(b, 0);
    nw_cbor_put_tag(b, TAG_CBOR);
    nw_cbor_put_bytes(b, nw_buf_slice(&copy));
    nw_buf_free(&copy);
}

void doc_swap(struct nw_buf *b, const char *from, const char *to)
{
    struct nw_buf x = doc_buf(), y = doc_buf(), made = doc_buf();
    size_t at = 0;
    doc_hex(&x, from);
    doc_hex(&y, to);
    while (at + x.n <= b->n && memcmp(b->p + at, x.p, x.n) != 0) {
        at++;
    }
    if (at + x.n > b->n) {
        gen_die("mdoc: %s is not there", from);
    }
    nw_buf_put(&made, nw_slice(b->p, at));
    nw_buf_put(&made, nw_buf_slice(&y));
    nw_buf_put(&made, nw_slice(b->p + at + x.n, b->n - at - x.n));
    nw_buf_cut(b, 0);
    nw_buf_put(b, nw_buf_slice(&made));
    nw_buf_free(&x);
    nw_buf_free(&y);
    nw_buf_free(&made);
}

/* ---- maps ---- */

struct nw_buf *doc_add(struct doc_map *m, const char *name)
{
    if (m->n == DOC_MEMBERS) {
        gen_die("mdoc: too many members");
    }
    m->name[m->n] = name;
    m->value[m->n] = doc_buf();
    return &m->value[m->n++];
}

struct nw_buf *doc_member(struct doc_map *m, const char *name)
{
    for (size_t i = 0; i < m->n; i++) {
        if (strcmp(m->name[i], name) == 0) {
            return &m->value[i];
        }
    }
    gen_die("mdoc: no member %s", name);
}

void doc_drop(struct doc_map *m, const char *name)
{
    size_t i = (size_t)(doc_member(m, name) - m->value);
    nw_buf_free(&m->value[i]);
    m->n--;
    memmove(&m->name[i], &m->name[i + 1], (m->n - i) * sizeof m->name[0]);
    memmove(&m->value[i], &m->value[i + 1], (m->n - i) * sizeof m->value[0]);
}

void doc_put_map(const struct doc_map *m, struct nw_buf *out)
{
    nw_cbor_put_map(out, m->n);
    for (size_t i = 0; i < m->n; i++) {
        nw_cbor_put_text(out, nw_str(m->name[i]));
        nw_buf_put(out, nw_buf_slice(&m->value[i]));
    }
}

static void free_map(struct doc_map *m)
{
    for (size_t i = 0; i < m->n; i++) {
        nw_buf_free(&m->value[i]);
    }
    m->n = 0;
}

/* ---- items ---- */

struct doc_item *doc_find(struct doc *d, const char *id)
{
    for (size_t i = 0; i < d->item_n; i++) {
        if (strcmp(d->item[i].id, id) == 0) {
            return &d->item[i];
        }
    }
    gen_die("mdoc: no element %s", id);
}

void doc_item_content(struct doc_item *x, struct nw_buf *out)
{
    nw_cbor_put_map(out, 4);
    nw_cbor_put_text(out, nw_str("random"));
    nw_cbor_put_bytes(out, nw_buf_slice(&x->random));
    nw_cbor_put_text(out, nw_str("digestID"));
    nw_cbor_put_uint(out, x->digest_id);
    nw_cbor_put_text(out, nw_str("elementValue"));
    nw_buf_put(out, nw_buf_slice(&x->value));
    nw_cbor_put_text(out, nw_str("elementIdentifier"));
    nw_cbor_put_text(out, nw_str(x->id));
}

static void make_items(struct doc *d)
{
    const struct nw_type *type = nw_type_find(d->w->types, d->of->type);
    static struct nw_findings losses;
    const struct nw_register_fields reg = {
        .issued_on = "2026-06-14", .document_expiry = "2027-01-31", .legal_category = "PuB-EAA"};
    losses.n = 0;
    gen_ok(nw_profile_write_mdoc(type, NW_PROFILE_EUDI, d->of->record, &reg, &d->claims, &losses),
           "mdoc");
    d->item_n = d->claims.n;
    for (size_t i = 0; i < d->item_n; i++) {
        struct doc_item *x = &d->item[i];
        uint8_t random[RANDOM];
        gen_ok(gen_random(d->g, random, sizeof random), "mdoc");
        *x = (struct doc_item){.space = d->claims.v[i].name_space,
                               .id = d->claims.v[i].id,
                               .digest_id = i,
                               .random = doc_buf(),
                               .value = doc_buf(),
                               .content = doc_buf(),
                               .digest = doc_buf()};
        nw_buf_put(&x->random, nw_slice(random, sizeof random));
        nw_buf_put(&x->value, d->claims.v[i].value);
    }
}

static void digest_items(struct doc *d)
{
    for (size_t i = 0; i < d->item_n; i++) {
        struct doc_item *x = &d->item[i];
        struct nw_buf bytes = doc_buf();
        uint8_t digest[NW_HASH_MAX];
        if (x->content.n == 0) {
            doc_item_content(x, &x->content);
        }
        doc_embed(nw_buf_slice(&x->content), &bytes);
        const struct nw_slice part = nw_buf_slice(&bytes);
        gen_ok(nw_hash_parts(d->g->c, d->hash, &part, 1, digest), "digest");
        if (x->digest.n == 0) {
            nw_buf_put(&x->digest, nw_slice(digest, nw_hash_size(d->hash)));
        }
        nw_buf_free(&bytes);
    }
}

/* Items of a name space that stand together from `first` on. */
static size_t space_end(const struct doc *d, size_t first)
{
    size_t end = first;
    while (end < d->item_n && strcmp(d->item[end].space, d->item[first].space) == 0) {
        end++;
    }
    return end;
}

static size_t count_spaces(const struct doc *d, bool returned)
{
    size_t n = 0;
    for (size_t i = 0, end; i < d->item_n; i = end) {
        bool any = false;
        end = space_end(d, i);
        for (size_t k = i; k < end; k++) {
            any = any || !d->item[k].withheld;
        }
        n += any || !returned;
    }
    return n;
}

static void put_digests(const struct doc *d, struct nw_buf *out)
{
    nw_cbor_put_map(out, count_spaces(d, false) + (d->more_digests != NULL));
    for (size_t i = 0, end; i < d->item_n; i = end) {
        end = space_end(d, i);
        nw_cbor_put_text(out, nw_str(d->item[i].space));
        nw_cbor_put_map(out, end - i);
        for (size_t k = i; k < end; k++) {
            nw_cbor_put_uint(out, d->item[k].digest_id);
            nw_cbor_put_bytes(out, nw_buf_slice(&d->item[k].digest));
        }
    }
    if (d->more_digests != NULL) {
        nw_cbor_put_text(out, nw_str(d->more_digests));
        nw_cbor_put_map(out, 0);
    }
}

static void put_spaces(const struct doc *d, struct nw_buf *out)
{
    nw_cbor_put_map(out, count_spaces(d, true));
    for (size_t i = 0, end; i < d->item_n; i = end) {
        size_t n = 0;
        end = space_end(d, i);
        for (size_t k = i; k < end; k++) {
            n += !d->item[k].withheld;
        }
        if (n == 0) {
            continue;
        }
        nw_cbor_put_text(out, nw_str(d->item[i].space));
        nw_cbor_put_array(out, n);
        for (size_t k = i; k < end; k++) {
            if (!d->item[k].withheld) {
                nw_cbor_put_tag(out, TAG_CBOR);
                nw_cbor_put_bytes(out, nw_buf_slice(&d->item[k].content));
            }
        }
    }
}

/* ---- issuer ---- */

static void put_time(struct doc_map *m, const char *name, const char *text)
{
    if (text != NULL) {
        struct nw_buf *b = doc_add(m, name);
        nw_cbor_put_tag(b, TAG_TDATE);
        nw_cbor_put_text(b, nw_str(text));
    }
}

static void put_key_info(const struct doc *d, struct nw_buf *out)
{
    nw_cbor_put_map(out, d->authorizations.n > 0 ? 2 : 1);
    nw_cbor_put_text(out, nw_str("deviceKey"));
    nw_buf_put(out, nw_buf_slice(&d->device_key));
    if (d->authorizations.n > 0) {
        nw_cbor_put_text(out, nw_str("keyAuthorizations"));
        nw_buf_put(out, nw_buf_slice(&d->authorizations));
    }
}

static void make_mso(struct doc *d)
{
    static const char *const hashes[] = {
        [NW_SHA256] = "SHA-256", [NW_SHA384] = "SHA-384", [NW_SHA512] = "SHA-512"};
    struct doc_map validity = {.n = 0};
    if (d->status.n > 0) {
        nw_buf_put(doc_add(&d->mso, "status"), nw_buf_slice(&d->status));
    }
    doc_text(doc_add(&d->mso, "docType"), d->doc_type);
    doc_text(doc_add(&d->mso, "version"), "1.0");
    put_time(&validity, "signed", d->signed_at);
    put_time(&validity, "validFrom", d->valid_from);
    put_time(&validity, "validUntil", d->valid_until);
    doc_put_map(&validity, doc_add(&d->mso, "validityInfo"));
    free_map(&validity);
    put_digests(d, doc_add(&d->mso, "valueDigests"));
    put_key_info(d, doc_add(&d->mso, "deviceKeyInfo"));
    doc_text(doc_add(&d->mso, "digestAlgorithm"), hashes[d->hash]);
}

void doc_put_alg(struct nw_buf *b, int64_t alg)
{
    nw_buf_cut(b, 0);
    nw_cbor_put_map(b, alg == 0 ? 0 : 1);
    if (alg != 0) {
        nw_cbor_put_int(b, 1);
        nw_cbor_put_int(b, alg);
    }
}

void doc_put_chain(const struct doc *d, struct nw_buf *b)
{
    if (d->chain_n > 1) {
        nw_cbor_put_array(b, d->chain_n);
    }
    for (size_t i = 0; i < d->chain_n; i++) {
        nw_cbor_put_bytes(b, d->chain[i]);
    }
}

void doc_chain_of(struct doc *d, struct nw_slice leaf, struct nw_slice second)
{
    d->chain[0] = leaf;
    d->chain[1] = second;
    d->chain_n = second.n > 0 ? 2 : 1;
}

static void make_head(struct doc *d)
{
    doc_put_alg(&d->head, -7);
    nw_cbor_put_map(&d->bare, 1);
    nw_cbor_put_int(&d->bare, 33);
    doc_put_chain(d, &d->bare);
}

/* Sig_structure, or MAC_structure with what the holder and the reader share. */
static void sign(struct doc *d, struct nw_signer *by, struct nw_slice head, struct nw_slice payload)
{
    struct nw_buf tbs = doc_buf();
    nw_cbor_put_array(&tbs, 4);
    nw_cbor_put_text(&tbs, nw_str("Signature1"));
    nw_cbor_put_bytes(&tbs, head);
    nw_cbor_put_bytes(&tbs, NW_SLICE_EMPTY);
    nw_cbor_put_bytes(&tbs, payload);
    const struct nw_slice all = nw_buf_slice(&tbs);
    gen_ok(nw_sign(by, &all, 1, d->sig, &d->sig_n), "mdoc");
    nw_buf_free(&tbs);
}

static void make_issued(struct doc *d)
{
    put_spaces(d, doc_add(&d->issued, "nameSpaces"));
    struct nw_buf *auth = doc_add(&d->issued, "issuerAuth");
    nw_cbor_put_array(auth, 4);
    nw_cbor_put_bytes(auth, nw_buf_slice(&d->head));
    nw_buf_put(auth, nw_buf_slice(&d->bare));
    nw_cbor_put_bytes(auth, nw_buf_slice(&d->payload));
    nw_cbor_put_bytes(auth, nw_slice(d->sig, d->sig_n));
}

/* ---- device ---- */

static void make_mac(struct doc *d, struct nw_slice payload, struct nw_buf *out)
{
    uint8_t key[NW_SHA256_BYTES];
    struct nw_signer *reader = world_key(d->g, "reader of the QR session");
    gen_ok(
        nw_mac_key(d->g->c, d->device, nw_signer_pubkey(reader), nw_buf_slice(&d->transcript), key),
        "MAC");
    gen_ok(nw_cose_mac0_make(d->g->c, nw_slice(key, sizeof key), payload, out), "MAC");
    nw_signer_free(&reader);
}

static void make_auth(struct doc *d)
{
    struct nw_buf payload = doc_buf();
    nw_device_authentication(nw_buf_slice(&d->transcript), nw_str(d->signed_doc_type),
                             nw_buf_slice(&d->device_spaces), &payload);
    struct nw_buf *out = doc_add(&d->device_auth, d->mac ? "deviceMac" : "deviceSignature");
    if (d->mac) {
        make_mac(d, nw_buf_slice(&payload), out);
    } else {
        sign(d, d->device, nw_buf_slice(&d->device_head), nw_buf_slice(&payload));
        nw_cbor_put_array(out, 4);
        nw_cbor_put_bytes(out, nw_buf_slice(&d->device_head));
        nw_cbor_put_map(out, 0);
        nw_cbor_put_null(out);
        nw_cbor_put_bytes(out, nw_slice(d->sig, d->sig_n));
    }
    nw_buf_free(&payload);
}

static void make_document(struct doc *d)
{
    nw_buf_put(doc_add(&d->device_signed, "nameSpaces"), nw_buf_slice(&d->device_spaces));
    doc_put_map(&d->device_auth, doc_add(&d->device_signed, "deviceAuth"));
    doc_text(doc_add(&d->document, "docType"), d->doc_type);
    doc_put_map(&d->issued, doc_add(&d->document, "issuerSigned"));
    doc_put_map(&d->device_signed, doc_add(&d->document, "deviceSigned"));
}

static void make_response(struct doc *d)
{
    doc_text(doc_add(&d->response, "version"), "1.0");
    struct nw_buf *documents = doc_add(&d->response, "documents");
    nw_cbor_put_array(documents, 1);
    doc_put_map(&d->document, documents);
    nw_cbor_put_uint(doc_add(&d->response, "status"), 0);
}

/* ---- the whole ---- */

static void put_status(struct nw_buf *b, uint64_t idx)
{
    nw_cbor_put_map(b, 1);
    nw_cbor_put_text(b, nw_str("status_list"));
    nw_cbor_put_map(b, 2);
    nw_cbor_put_text(b, nw_str("idx"));
    nw_cbor_put_uint(b, idx);
    nw_cbor_put_text(b, nw_str("uri"));
    nw_cbor_put_text(b, nw_str(WORLD_STATUS_URI));
}

static struct nw_buf *const *doc_bufs(struct doc *d)
{
    static struct nw_buf *all[11];
    struct nw_buf *const bufs[] = {
        &d->device_key,    &d->authorizations, &d->status,     &d->payload, &d->head, &d->bare,
        &d->device_spaces, &d->device_head,    &d->transcript, &d->out,     NULL};
    memcpy(all, bufs, sizeof all);
    return all;
}

static void start(struct doc *d, const struct doc_row *row, struct gen *g, const struct world *w,
                  const struct doc_subject *of)
{
    memset(d, 0, sizeof *d);
    d->g = g;
    d->w = w;
    for (struct nw_buf *const *b = doc_bufs(d); *b != NULL; b++) {
        **b = doc_buf();
    }
    d->of = of;
    d->doc_type = nw_type_doctype(nw_type_find(w->types, of->type), NW_PROFILE_EUDI);
    d->issuer = w->body[of->issuer].issuer;
    d->device = of->device;
    d->hash = NW_SHA256;
    d->signed_at = d->valid_from = of->idx != 0 ? "2026-06-14T10:00:00Z" : "2026-06-15T09:00:00Z";
    d->valid_until = of->idx != 0 ? "2026-06-28T10:00:00Z" : "2026-06-16T06:00:00Z";
    d->signed_doc_type = d->doc_type;
    d->mac = row->mac;
    doc_chain_of(d, world_leaf(d->issuer), NW_SLICE_EMPTY);
    gen_random_restart(g, of->label);
    make_items(d);
    gen_ok(nw_cose_key_write(nw_signer_pubkey(of->device_key), false, &d->device_key), "mdoc");
    if (of->idx != 0) {
        put_status(&d->status, of->idx);
    }
    doc_hex(&d->device_spaces, "d81841a0");
    doc_put_alg(&d->device_head, -7);
    doc_transcript(g, row->mac ? TRANSCRIPT_QR : TRANSCRIPT, &d->transcript);
}

static void step(struct doc *d, const struct doc_row *row, enum doc_stage stage)
{
    if (row->stage == stage && row->spoil != NULL) {
        row->spoil(d);
    }
}

static void make_issuer_part(struct doc *d, const struct doc_row *row)
{
    struct nw_buf mso = doc_buf();
    step(d, row, DOC_START);
    digest_items(d);
    step(d, row, DOC_DIGESTED);
    make_mso(d);
    step(d, row, DOC_MSO);
    doc_put_map(&d->mso, &mso);
    doc_embed(nw_buf_slice(&mso), &d->payload);
    step(d, row, DOC_PAYLOAD);
    make_head(d);
    step(d, row, DOC_HEAD);
    sign(d, d->issuer, nw_buf_slice(&d->head), nw_buf_slice(&d->payload));
    step(d, row, DOC_SIGNED);
    make_issued(d);
    step(d, row, DOC_ISSUED);
    nw_buf_free(&mso);
}

static void make(struct doc *d, const struct doc_row *row)
{
    make_issuer_part(d, row);
    if (row->alone) {
        doc_put_map(&d->issued, &d->out);
    } else {
        step(d, row, DOC_DEVICE);
        make_auth(d);
        step(d, row, DOC_AUTH);
        make_document(d);
        step(d, row, DOC_DOCUMENT);
        make_response(d);
        step(d, row, DOC_RESPONSE);
        doc_put_map(&d->response, &d->out);
    }
    step(d, row, DOC_BYTES);
    gen_ok(nw_buf_err(&d->out), row->id);
}

static void free_doc(struct doc *d)
{
    struct doc_map *const maps[] = {&d->mso,           &d->issued,   &d->device_auth,
                                    &d->device_signed, &d->document, &d->response};
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) {
        free_map(maps[i]);
    }
    for (size_t i = 0; i < d->item_n; i++) {
        struct doc_item *x = &d->item[i];
        struct nw_buf *const bufs[] = {&x->random, &x->value, &x->content, &x->digest};
        for (size_t k = 0; k < 4; k++) {
            nw_buf_free(bufs[k]);
        }
    }
    for (struct nw_buf *const *b = doc_bufs(d); *b != NULL; b++) {
        nw_buf_free(*b);
    }
    for (size_t i = 0; i < sizeof d->own / sizeof d->own[0]; i++) {
        nw_signer_free(&d->own[i]);
    }
    nw_mdoc_claims_free(&d->claims);
}

static void entry(struct gen *g, const struct doc_row *row, const char *input)
{
    static const char *const issued_later[] = {"I01", NULL};
    char rule[16];
    (void)snprintf(rule, sizeof rule, "%s", row->id);
    *strrchr(rule, '-') = '\0';
    bool none = row->transcript != NULL && strcmp(row->transcript, NO_TRANSCRIPT) == 0;
    const struct gen_vector v = {
        .id = row->id,
        .rule = rule,
        .clause = row->clause,
        .broken = row->broken,
        .twin = row->twin,
        .input = input,
        .form = "mso_mdoc",
        .at = row->at,
        .bundle = row->bundle == NULL ? GOOD_BUNDLE : row->bundle,
        .policy = row->policy == NULL ? POLICY : row->policy,
        .transcript = row->alone || none        ? NULL
                      : row->transcript != NULL ? row->transcript
                      : row->mac                ? TRANSCRIPT_QR
                                                : TRANSCRIPT,
        .reader_key = row->mac ? READER_KEY : NULL,
        .country = "DE",
        .person = row->no_person ? NULL : PERSON_PL,
        .exit = row->exit,
        .failed = row->failed,
        .decisive = row->decisive,
        .reasons = row->reasons[0] != NULL ? row->reasons
                   : row->decisive == NULL ? issued_later
                                           : NULL,
    };
    gen_vector(g, &v);
}

void doc_rows(struct gen *g, const struct world *w, const struct doc_row *rows, size_t n)
{
    static struct doc d; /* large */
    const struct doc_subject of = {.type = "pda1",
                                   .record = w->record_pl,
                                   .issuer = PARTY_PL,
                                   .idx = WORLD_IDX_GOOD,
                                   .device = w->holder,
                                   .device_key = w->holder,
                                   .label = "the mdoc of PL"};
    for (size_t i = 0; i < n; i++) {
        char path[64];
        start(&d, &rows[i], g, w, &of);
        make(&d, &rows[i]);
        (void)snprintf(path, sizeof path, "set/mdoc/%s.%s", rows[i].id,
                       d.out.p[0] < 0x80 ? "txt" : "cbor");
        entry(g, &rows[i], gen_input(g, path, nw_buf_slice(&d.out)));
        free_doc(&d);
    }
}

void doc_present(struct gen *g, const struct world *w, const struct doc_subject *of,
                 struct nw_buf *out)
{
    static struct doc d;
    static const struct doc_row row = {.id = "without fault"};
    start(&d, &row, g, w, of);
    make(&d, &row);
    nw_buf_put(out, nw_buf_slice(&d.out));
    free_doc(&d);
}
