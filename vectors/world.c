#include "world.h"

#include <stdio.h>
#include <string.h>

#include "attestation/rules.h"
#include "base/alloc.h"
#include "jose/jws.h"
#include "status/status.h"

#define NOT_BEFORE 1767225600 /* 2026-01-01T00:00:00Z */
#define NOT_AFTER 1830297600  /* 2028-01-01T00:00:00Z */
#define SIGNERS_MAX 64

struct nw_signer *world_key_on(struct gen *g, enum nw_key_type curve, const char *label)
{
    uint8_t scalar[NW_SHA256_BYTES];
    struct nw_signer *s = NULL;
    char text[128];
    (void)snprintf(text, sizeof text, "nachweis vectors: %s", label);
    gen_ok(nw_sha256(g->c, nw_str(text), scalar), label);
    gen_ok(nw_signer_on_curve(g->c, curve, nw_slice(scalar, sizeof scalar), &s), label);
    return s;
}

struct nw_signer *world_key(struct gen *g, const char *label)
{
    return world_key_on(g, NW_KEY_P256, label);
}

struct nw_slice world_leaf(const struct nw_signer *s)
{
    return nw_signer_chain_cert(s, 0);
}

struct nw_signer *world_signer(struct gen *g, const struct world_cert *want)
{
    struct nw_signer *s = world_key(g, want->label);
    struct nw_cert issuer;
    struct nw_cert_template t = {
        .common_name = want->common_name,
        .organisation = want->organisation,
        .country = want->country,
        .organisation_id = want->organisation_id,
        .qc_statements = want->qc_statements,
        .commitment = want->commitment,
        .subject = nw_signer_pubkey(s),
        .not_before = want->not_before == 0 ? NOT_BEFORE : want->not_before,
        .not_after = want->not_after == 0 ? NOT_AFTER : want->not_after,
        .ca = want->ca,
        .path_len = want->ca ? want->path_len : -1,
        .eku = {want->eku},
    };
    uint8_t digest[NW_SHA256_BYTES];
    gen_ok(nw_sha256(g->c, nw_str(want->label), digest), want->label);
    digest[0] &= 0x7f;
    memcpy(t.serial, digest, sizeof t.serial);
    if (want->issuer != NULL) {
        gen_ok(nw_cert_parse(world_leaf(want->issuer), &issuer, NULL), want->label);
        t.issuer = &issuer;
    }
    struct nw_buf der = NW_BUF(NW_MAX_CERT);
    struct nw_signer *by = want->issuer == NULL ? s : want->issuer;
    gen_ok(nw_cert_make(g->c, &t, by, &der), want->label);
    const struct nw_slice chain = nw_buf_slice(&der);
    gen_ok(nw_signer_set_chain(s, &chain, 1), want->label);
    nw_buf_free(&der);
    return s;
}

static void make_body(struct gen *g, struct world_body *b, const char *key, const char *id,
                      const char *name, const char *country)
{
    char label[3][64];
    const char *const parts[3] = {"ca", "issuer", "status"};
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(label[i], sizeof label[i], "%s %s", key, parts[i]);
    }
    *b = (struct world_body){.id = id, .name = name, .country = country};
    const struct world_cert ca = {.label = label[0],
                                  .common_name = "Test CA",
                                  .organisation = name,
                                  .country = country,
                                  .ca = true};
    b->ca = world_signer(g, &ca);
    const struct world_cert issuer = {.label = label[1],
                                      .common_name = "A1 signer (test)",
                                      .organisation = name,
                                      .country = country,
                                      .issuer = b->ca};
    b->issuer = world_signer(g, &issuer);
    const struct world_cert status = {.label = label[2],
                                      .common_name = "Status signer (test)",
                                      .organisation = name,
                                      .country = country,
                                      .issuer = b->ca};
    b->status = world_signer(g, &status);
}

void world_fixed(struct gen *g, const char *name, struct nw_buf *der)
{
    char path[1024];
    uint8_t bytes[4096];
    (void)snprintf(path, sizeof path, "%s/fixed/%s", g->dir, name);
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        gen_die("%s is missing", path);
    }
    *der = NW_BUF(NW_MAX_CERT);
    nw_buf_put(der, nw_slice(bytes, fread(bytes, 1, sizeof bytes, f)));
    (void)fclose(f);
}

static struct nw_json *load_record(const char *dir, const char *name)
{
    char path[1024];
    static char bytes[NW_MAX_RECORD];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        gen_die("%s is missing", path);
    }
    size_t n = fread(bytes, 1, sizeof bytes, f);
    (void)fclose(f);
    struct nw_json *json = NULL;
    gen_ok(nw_json_parse(nw_slice(bytes, n), &json, NULL), path);
    return json;
}

void world_make(struct gen *g, struct world *w, const char *records_dir)
{
    memset(w, 0, sizeof *w);
    make_body(g, &w->body[PARTY_PL], "pl", "PL:ZUSTEST02",
              "Zakład Ubezpieczeń Społecznych (dane testowe)", "PL");
    make_body(g, &w->body[PARTY_DE], "de", "DE:DRVTEST01",
              "Deutsche Rentenversicherung Bund (Testdaten)", "DE");
    make_body(g, &w->body[PARTY_SI], "si", "SI:ZZZSTEST3",
              "Zavod za zdravstveno zavarovanje (testni podatki)", "SI");
    make_body(g, &w->body[PARTY_FR_WITHDRAWN], "fr", "FR:OLDTEST07", "Caisse retirée (test)", "FR");
    make_body(g, &w->body[PARTY_AT_LATE], "at", "AT:NEWTEST05", "Neue Kasse (Test)", "AT");
    make_body(g, &w->body[PARTY_STRANGER], "stranger", "PL:ZUSTEST02",
              "Zakład Ubezpieczeń Społecznych (dane testowe)", "PL");
    make_body(g, &w->body[PARTY_PID], "pid", "PL:PIDTEST01", "Test PID provider", "PL");
    w->holder = world_key(g, "holder");
    w->other_holder = world_key(g, "other holder");
    const struct world_cert operator_cert = {.label = "bundle operator",
                                             .common_name = "Evidence bundle operator (test)",
                                             .organisation = "Nachweis vectors",
                                             .country = "DE"};
    w->operator_key = world_signer(g, &operator_cert);
    const struct world_cert list_cert = {.label = "list operator",
                                         .common_name = "List operator (test)",
                                         .organisation = "Nachweis vectors",
                                         .country = "EU"};
    w->list_key = world_signer(g, &list_cert);
    gen_ok(nw_types_load(&w->types, NULL), "types");
    w->record_pl = load_record(records_dir, "a1-pl-to-de.json");
    w->record_de = load_record(records_dir, "a1-de-to-nl.json");
    w->record_si = load_record(records_dir, "a1-si-several-states.json");
}

void world_free(struct world *w)
{
    for (size_t i = 0; i < PARTY_N; i++) {
        nw_signer_free(&w->body[i].ca);
        nw_signer_free(&w->body[i].issuer);
        nw_signer_free(&w->body[i].status);
    }
    nw_signer_free(&w->holder);
    nw_signer_free(&w->other_holder);
    nw_signer_free(&w->operator_key);
    nw_signer_free(&w->list_key);
    nw_types_free(&w->types);
    nw_json_free(&w->record_pl);
    nw_json_free(&w->record_de);
    nw_json_free(&w->record_si);
}

void world_status(struct gen *g, struct nw_signer *s, enum nw_token_form form, const char *uri,
                  int64_t iat, int64_t exp, const uint64_t *invalid, struct nw_buf *out)
{
    (void)g;
    static uint8_t packed[WORLD_STATUS_ENTRIES / 8];
    memset(packed, 0, sizeof packed);
    for (; invalid != NULL && *invalid != 0; invalid++) {
        packed[*invalid / 8] = (uint8_t)(packed[*invalid / 8] | 1u << (*invalid % 8));
    }
    const struct nw_status_publish job = {
        .packed = nw_slice(packed, sizeof packed), .uri = uri, .iat = iat, .exp = exp};
    gen_ok(nw_status_token_make(s, form, &job, out), uri);
}

#define YEAR_2026 NOT_BEFORE
static const struct listed {
    enum world_party party;
    struct nw_bundle_period periods[2];
    size_t period_n;
    bool leaf; /* listed by the signer certificate itself, not by its CA */
} listed[] = {
    {PARTY_PL, {{NW_TRUST_GRANTED, YEAR_2026, 0, 0, 0}}, 1, false},
    {PARTY_DE, {{NW_TRUST_GRANTED, YEAR_2026, 0, 0, 0}}, 1, true},
    {PARTY_SI, {{NW_TRUST_GRANTED, YEAR_2026, 0, 0, 0}}, 1, false},
    {PARTY_FR_WITHDRAWN,
     {{NW_TRUST_GRANTED, 1704067200, 1772323200, 0, 0}, {NW_TRUST_WITHDRAWN, 1772323200, 0, 0, 0}},
     2,
     false},
    {PARTY_AT_LATE, {{NW_TRUST_GRANTED, 1781049600, 0, 0, 0}}, 1, false},
};
#define LISTED (sizeof listed / sizeof listed[0])

static struct nw_bundle_service service(const struct world *w, const struct world_bundle *how,
                                        const struct listed *l, enum nw_role role, uint64_t entity)
{
    const struct world_body *b = &w->body[l->party];
    struct nw_signer *by_leaf = role == NW_ROLE_PUBEAA_ISSUE ? b->issuer : b->status;
    struct nw_bundle_service s = {.role = role, .entity = entity, .cert_n = 1};
    s.certs[0] = world_leaf(l->leaf || role == NW_ROLE_PUBEAA_STATUS ? by_leaf : b->ca);
    if (l->party == PARTY_PL && role == NW_ROLE_PUBEAA_ISSUE && how->pl_anchor.n > 0) {
        s.certs[0] = how->pl_anchor;
    }
    if (l->party == PARTY_PL && role == NW_ROLE_PUBEAA_ISSUE && how->pl_root != NULL) {
        static uint8_t one[64]; /* [docType] */
        size_t n = strlen(how->pl_root), at = 0;
        one[at++] = 0x81;
        if (n > 23) {
            one[at++] = 0x78;
        }
        one[at++] = (uint8_t)(n > 23 ? n : 0x60 | n);
        memcpy(one + at, how->pl_root, n);
        s.role = NW_ROLE_IACA;
        s.doc_types = nw_slice(one, at + n);
    }
    memcpy(s.periods, l->periods, sizeof l->periods);
    s.period_n = l->period_n;
    if (l->party == PARTY_PL && role == NW_ROLE_PUBEAA_ISSUE && how->pl_until != 0) {
        s.periods[0].until = how->pl_until;
        s.periods[1] = (struct nw_bundle_period){NW_TRUST_WITHDRAWN, how->pl_until, 0, 0, 0};
        s.period_n = 2;
    }
    return s;
}

/* The lists of the world as items of a bundle. */
struct lists {
    uint8_t signer[NW_SHA256_BYTES];
    struct nw_bundle_source sources[2];
    struct nw_bundle_entity entities[LISTED + 1];
    struct nw_bundle_service services[2 * LISTED + 1];
    struct nw_bundle_body bodies[LISTED];
    struct nw_bundle_signer signers[LISTED];
};

static struct nw_bundle_source source(const struct lists *l, const char *name, const char *type,
                                      bool test)
{
    const struct nw_slice digest = nw_slice(l->signer, sizeof l->signer);
    return (struct nw_bundle_source){.name = nw_str(name),
                                     .list_type = nw_str(type),
                                     .territory = nw_str("EU"),
                                     .operator_name = nw_str("Nachweis vectors"),
                                     .sequence = 7,
                                     .issued = GEN_NOW - 14 * 86400,
                                     .next_update = GEN_NOW + 90 * 86400,
                                     .sha256 = digest,
                                     .signer = digest,
                                     .test = test};
}

static void fill_lists(struct gen *g, const struct world *w, const struct world_bundle *how,
                       struct lists *l)
{
    const bool test = !how->official;
    memset(l, 0, sizeof *l);
    gen_ok(nw_sha256(g->c, world_leaf(w->list_key), l->signer), "list signer");
    l->sources[0] =
        source(l, "pub-eaa", "http://uri.etsi.org/19602/LoTEType/EUPubEAAProvidersList", test);
    l->sources[1] = source(l, "pid", "http://uri.etsi.org/19602/LoTEType/EUPIDProvidersList", test);
    for (size_t i = 0; i < LISTED; i++) {
        const struct world_body *b = &w->body[listed[i].party];
        const struct nw_slice id = nw_str(b->id);
        const struct nw_slice name = nw_str(b->name);
        const struct nw_slice country = nw_str(b->country);
        l->entities[i] = (struct nw_bundle_entity){id, name, country, 0, NW_SLICE_EMPTY};
        l->services[2 * i] = service(w, how, &listed[i], NW_ROLE_PUBEAA_ISSUE, i);
        l->services[2 * i + 1] = service(w, how, &listed[i], NW_ROLE_PUBEAA_STATUS, i);
        l->bodies[i] = (struct nw_bundle_body){id, name, country, NW_SLICE_EMPTY};
        l->signers[i] = (struct nw_bundle_signer){NW_ROLE_PUBEAA_ISSUE, world_leaf(b->issuer)};
    }
    const struct world_body *pid = &w->body[PARTY_PID];
    l->entities[LISTED] = (struct nw_bundle_entity){nw_str(pid->id), nw_str(pid->name),
                                                    nw_str(pid->country), 1, NW_SLICE_EMPTY};
    l->services[2 * LISTED] =
        (struct nw_bundle_service){.role = NW_ROLE_PID_ISSUE,
                                   .entity = LISTED,
                                   .certs = {world_leaf(pid->ca)},
                                   .cert_n = 1,
                                   .periods = {{.status = NW_TRUST_GRANTED, .from = YEAR_2026}},
                                   .period_n = 1};
}

void world_usual_status(struct gen *g, const struct world *w, enum nw_token_form form,
                        struct nw_buf *out)
{
    static const uint64_t withdrawn[] = {WORLD_IDX_WITHDRAWN, 0};
    world_status(g, w->body[PARTY_PL].status, form, WORLD_STATUS_URI, GEN_NOW - 3600,
                 GEN_NOW + 86400, withdrawn, out);
}

bool world_listed(const struct world *w, const struct world_bundle *how, size_t i,
                  struct world_listed *out)
{
    if (how->lean && i >= 2) {
        return false;
    }
    if (i == 2 * LISTED) {
        *out = (struct world_listed){PARTY_PID, NW_ROLE_PID_ISSUE,
                                     world_leaf(w->body[PARTY_PID].ca), YEAR_2026, 0};
        return true;
    }
    if (i > 2 * LISTED) {
        return false;
    }
    const struct listed *l = &listed[i / 2];
    const enum nw_role role = i % 2 == 0 ? NW_ROLE_PUBEAA_ISSUE : NW_ROLE_PUBEAA_STATUS;
    const struct nw_bundle_service s = service(w, how, l, role, 0);
    *out =
        (struct world_listed){l->party, s.role, s.certs[0], s.periods[0].from, s.periods[0].until};
    return true;
}

/* The token given, else the usual one made into made. */
static struct nw_slice token_or_usual(struct gen *g, const struct world *w, struct nw_slice given,
                                      enum nw_token_form form, struct nw_buf *made)
{
    if (given.n > 0) {
        return given;
    }
    world_usual_status(g, w, form, made);
    return nw_buf_slice(made);
}

/* In the place of what a lean bundle leaves out. */
static void fill_national(struct gen *g, const struct world_national *n, struct lists *l,
                          struct nw_bundle_other_ca *other)
{
    struct nw_cert ca;
    l->sources[1] = source(l, "eu/PL", NW_LIST_NATIONAL, false);
    l->sources[1].territory = nw_str(n->territory);
    if (n->next_update != 0) {
        l->sources[1].next_update = n->next_update;
    }
    l->entities[1] = (struct nw_bundle_entity){nw_str("VATPL-0001"), nw_str(n->provider),
                                               nw_list_country(nw_str(n->territory)), 1, n->names};
    l->services[2] = (struct nw_bundle_service){
        .role = NW_ROLE_QCERT_CA, .entity = 1, .certs = {n->ca}, .cert_n = 1};
    memcpy(l->services[2].periods, n->periods, sizeof n->periods);
    l->services[2].period_n = n->period_n;
    gen_ok(nw_cert_parse(n->ca, &ca, NULL), n->provider);
    gen_ok(nw_sha256(g->c, ca.subject, other->subject), n->provider);
    other->entity = 1;
}

void world_bundle(struct gen *g, const struct world *w, const struct world_bundle *how,
                  struct nw_buf *out)
{
    static struct lists l;
    const struct world_national *national = how->national;
    struct nw_bundle_other_ca other;
    struct nw_buf jwt = NW_BUF(NW_MAX_STATUS_TOKEN);
    struct nw_buf cwt = NW_BUF(NW_MAX_STATUS_TOKEN);
    fill_lists(g, w, how, &l);
    const struct nw_bundle_token tokens[2] = {
        {nw_str(WORLD_STATUS_URI), false, GEN_NOW - 1800,
         token_or_usual(g, w, how->status_jwt, NW_TOKEN_JWT, &jwt)},
        {nw_str(WORLD_STATUS_URI), true, GEN_NOW - 1800,
         token_or_usual(g, w, how->status_cwt, NW_TOKEN_CWT, &cwt)},
    };
    const size_t n = how->lean ? 1 : LISTED; /* PL is the first */
    if (national != NULL) {
        fill_national(g, national, &l, &other);
    }
    const bool ca = national != NULL && !national->other;
    const struct nw_bundle_content content = {
        .sequence = how->sequence == 0 ? 100 : how->sequence,
        .created = how->created == 0 ? GEN_NOW - 1200 : how->created,
        .max_age = how->max_age == 0 ? 7 * 86400 : how->max_age,
        .test = !how->official,
        .sources = l.sources,
        .source_n = how->lean && national == NULL ? 1 : 2,
        .entities = l.entities,
        .entity_n = national != NULL ? 2
                    : how->lean      ? 1
                                     : LISTED + 1,
        .services = l.services,
        .service_n = ca          ? 3
                     : how->lean ? 2
                                 : 2 * LISTED + 1,
        .sets = ca ? &national->set : NULL,
        .set_n = ca && national->set.n > 0,
        .others = &other,
        .other_n = national != NULL && national->other,
        .notes = national != NULL ? national->note : NULL,
        .note_n = national != NULL && national->note != NULL,
        .signers = l.signers,
        .signer_n = n,
        .tokens = tokens,
        .token_n = how->no_status ? 0 : 2,
        .bodies = l.bodies,
        .body_n = n,
        .vctm = how->vctm,
        .vctm_n = how->vctm[1].json.n > 0   ? 2
                  : how->vctm[0].json.n > 0 ? 1
                                            : 0,
    };
    struct nw_diag d;
    char line[300];
    nw_diag_clear(&d);
    if (nw_bundle_write(g->c, how->signer == NULL ? w->operator_key : how->signer, &content, out,
                        &d) != NW_OK) {
        nw_diag_line(&d, line, sizeof line);
        gen_die("bundle: %s", line);
    }
    nw_buf_free(&jwt);
    nw_buf_free(&cwt);
}

static void put_status(struct nw_json *envelope, uint64_t idx)
{
    struct nw_json *status = NULL;
    struct nw_json *list = NULL;
    gen_ok(nw_json_new_object(&status), "status");
    gen_ok(nw_json_new_object(&list), "status");
    gen_ok(nw_json_put_int(list, "idx", (int64_t)idx), "status");
    gen_ok(nw_json_put_text(list, "uri", WORLD_STATUS_URI), "status");
    gen_ok(nw_json_put(status, "status_list", &list), "status");
    gen_ok(nw_json_put(envelope, "status", &status), "status");
}

static void put_cnf(struct nw_json *envelope, const struct nw_signer *holder)
{
    struct nw_buf jwk = NW_BUF(1024);
    struct nw_json *key = NULL;
    struct nw_json *cnf = NULL;
    gen_ok(nw_jwk_write(nw_signer_pubkey(holder), &jwk), "cnf");
    gen_ok(nw_json_parse(nw_buf_slice(&jwk), &key, NULL), "cnf");
    gen_ok(nw_json_new_object(&cnf), "cnf");
    gen_ok(nw_json_put(cnf, "jwk", &key), "cnf");
    gen_ok(nw_json_put(envelope, "cnf", &cnf), "cnf");
    nw_buf_free(&jwk);
}

struct nw_json *world_envelope(struct gen *g, const struct world *w, enum world_party issuer,
                               const struct nw_json *record, bool bound)
{
    (void)g;
    struct nw_json *e = NULL;
    char iss[128];
    (void)snprintf(iss, sizeof iss, "https://%s.example/a1", w->body[issuer].country);
    gen_ok(nw_json_dup(record, &e), "envelope");
    gen_ok(nw_json_put_text(e, "vct", "eu.we-build.pda1.1"), "envelope");
    gen_ok(nw_json_put_text(e, "iss", iss), "envelope");
    gen_ok(nw_json_put_text(e, "jti", "urn:uuid:00000000-0000-4000-8000-0000000000a1"), "envelope");
    gen_ok(nw_json_put_int(e, "iat", GEN_NOW - 86400), "envelope");
    gen_ok(nw_json_put_int(e, "exp", GEN_NOW + 13 * 86400), "envelope");
    gen_ok(nw_json_put_text(e, "attestation_legal_category", "PuB-EAA"), "envelope");
    gen_ok(nw_json_put_text(e, "binding", bound ? "Wallet Instance" : "none"), "envelope");
    put_status(e, WORLD_IDX_GOOD);
    if (bound) {
        put_cnf(e, w->holder);
    }
    return e;
}
