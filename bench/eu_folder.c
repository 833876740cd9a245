#define _GNU_SOURCE /* strverscmp */
#include "eu_folder.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

#include "base/codec.h"
#include "jose/jws.h"
#include "status/status.h"
#include "test_pki.h"
#include "tslist.h"

#define INSTITUTION "Nachweis Test Institution" /* of a state, in list and certificate */

static struct nw_crypto *crypto;
static const char *data, *folder;

void eu_die(const char *what, const char *which)
{
    (void)fprintf(stderr, "bench_eu: %s %s\n", what, which);
    exit(70);
}

void eu_need(enum nw_err e, const char *what)
{
    if (e != NW_OK) {
        eu_die(what, nw_err_text(e));
    }
}

/* ---- files ---- */

const char *eu_path(const char *name)
{
    static char rooms[4][NAME];
    static unsigned turn;
    char *room = rooms[turn++ % 4];
    (void)snprintf(room, NAME, "%s/%s", folder, name);
    return room;
}

static void put(const char *name, struct nw_slice bytes)
{
    FILE *f = fopen(eu_path(name), "wb");
    if (f == NULL || fwrite(bytes.p, 1, bytes.n, f) != bytes.n || fclose(f) != 0) {
        eu_die("cannot write", name);
    }
}

/* A file of the collection, unpacked if it is packed. */
static void take(const char *from, struct nw_buf *out)
{
    char path[2 * NAME];
    (void)snprintf(path, sizeof path, "%s/%s", data, from);
    gzFile in = gzopen(path, "rb");
    for (int n = in != NULL ? 1 : -1; n != 0;) {
        uint8_t *room = n > 0 ? nw_buf_reserve(out, 1u << 16) : NULL;
        n = room != NULL ? gzread(in, room, 1u << 16) : -1;
        if (n < 0) {
            eu_die("cannot read", path);
        }
        nw_buf_grow(out, (size_t)n);
    }
    (void)gzclose(in);
}

static void copy(const char *from, const char *to)
{
    struct nw_buf bytes = NW_BUF(64u << 20);
    take(from, &bytes);
    put(to, nw_buf_slice(&bytes));
    nw_buf_free(&bytes);
}

/* ---- keys ---- */

static struct nw_signer *make_signer(const char *name, const char *country)
{
    struct nw_signer *s = test_signer(crypto, name);
    struct nw_buf der = NW_BUF(NW_MAX_CERT);
    const struct nw_cert_template t = {.common_name = name,
                                       .organisation = INSTITUTION,
                                       .organisation_id = "GOVEU-TEST-0001",
                                       .country = country,
                                       .subject = nw_signer_pubkey(s),
                                       .serial = {1},
                                       .not_before = TEST_NOT_BEFORE,
                                       .not_after = TEST_NOT_AFTER,
                                       .path_len = -1};
    eu_need(nw_cert_make(crypto, &t, s, &der), name);
    struct nw_slice leaf = nw_buf_slice(&der);
    eu_need(nw_signer_set_chain(s, &leaf, 1), name);
    nw_buf_free(&der);
    return s;
}

/* The operator of the bundle: SHA-256 of its certificate. */
static void put_operator(char pin[65])
{
    struct nw_signer *s = NULL;
    uint8_t digest[NW_SHA256_BYTES];
    struct nw_buf key = NW_BUF_SECRET(NW_MAX_KEY_FILE), der = NW_BUF(NW_MAX_CERT);
    struct nw_buf pem = NW_BUF(NW_MAX_KEY_FILE), hex = NW_BUF(65);
    eu_need(nw_key_generate_pem(crypto, &key), "operator");
    eu_need(nw_signer_from_pem(crypto, nw_buf_slice(&key), NW_SLICE_EMPTY, &s, NULL), "operator");
    const struct nw_cert_template t = {.common_name = "Bundle",
                                       .organisation = "Test",
                                       .country = "DE",
                                       .subject = nw_signer_pubkey(s),
                                       .serial = {1},
                                       .not_before = TEST_NOT_BEFORE,
                                       .not_after = TEST_NOT_AFTER,
                                       .path_len = -1};
    eu_need(nw_cert_make(crypto, &t, s, &der), "operator");
    nw_cert_to_pem(nw_buf_slice(&der), &pem);
    put("op.key", nw_buf_slice(&key));
    put("op.pem", nw_buf_slice(&pem));
    eu_need(nw_sha256(crypto, nw_buf_slice(&der), digest), "operator");
    nw_hex_encode(nw_slice(digest, sizeof digest), &hex);
    (void)nw_slice_cstr(nw_buf_slice(&hex), pin, 65);
    nw_signer_free(&s);
    nw_buf_free(&key);
    nw_buf_free(&der);
    nw_buf_free(&pem);
    nw_buf_free(&hex);
}

/* ---- real lists ---- */

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strverscmp((*a)->d_name, (*b)->d_name);
}

static int is_list(const struct dirent *e)
{
    return strstr(e->d_name, ".xml") != NULL;
}

/* The newest list of each territory ("ES-187.xml.gz"); appends their names to the configuration. */
static unsigned put_national(struct nw_buf *config)
{
    char path[NAME];
    struct dirent **names = NULL;
    unsigned taken = 0;
    (void)snprintf(path, sizeof path, "%s/tl/national", data);
    int n = scandir(path, &names, is_list, by_name);
    for (int i = 0; i < n; i++) {
        bool older = i + 1 < n && strncmp(names[i]->d_name, names[i + 1]->d_name, 3) == 0;
        char from[NAME];
        char to[NAME];
        if (older || strlen(names[i]->d_name) > 64) {
            continue;
        }
        (void)snprintf(from, sizeof from, "tl/national/%s", names[i]->d_name);
        (void)snprintf(to, sizeof to, "%.*s.xml", (int)strcspn(names[i]->d_name, "."),
                       names[i]->d_name);
        copy(from, to);
        nw_buf_printf(config, "%s\"%s\"", taken++ > 0 ? "," : "", to);
    }
    if (taken == 0) {
        eu_die("no lists in", path);
    }
    for (int i = 0; i < n; i++) {
        free(names[i]);
    }
    free((void *)names);
    return taken;
}

static void put_source(struct nw_buf *config, const char *name, const char *file, const char *kind,
                       const char *signer, const char *more)
{
    nw_buf_printf(config,
                  ",{\"name\":\"%s\",\"file\":\"%s\",\"list\":\"%s\",\"signers\":[\"%s\"],"
                  "\"test\":true%s}",
                  name, file, kind, signer, more);
}

/* The lists of trusted entities that the collection says are good. */
static unsigned put_lotes(struct nw_buf *config)
{
    static const struct {
        const char *file, *kind, *signer;
    } rows[] = {{"pubeaa-7", "pub-eaa", "op"},
                {"pubeaa-8", "pub-eaa", "op"},
                {"pubeaa-7-ps256", "pub-eaa", "op-rsa"},
                {"pubeaa-7-typ", "pub-eaa", "op"},
                {"pubeaa-7-x5t-only", "pub-eaa", "op"},
                {"pid-3", "pid", "op"},
                {"walletsolution-3", "wallet", "op"},
                {"wrpac-3", "wrpac", "op"},
                {"wrprc-3", "wrprc", "op"},
                {"register-3", "registrars", "op"},
                {"pubeaa-closed", "pub-eaa", "op"}};
    static const char fixture[] = "lote/eudi-trust-inspector/ts119602-context-current.jws";
    static const enum nw_sig_alg algs[] = {NW_RS256};
    const struct nw_jws_policy any = {.algs = algs, .alg_n = 1, .max = NW_MAX_LOTE};
    const unsigned n = sizeof rows / sizeof rows[0];
    struct nw_jws jws;
    struct nw_buf file = NW_BUF(NW_MAX_LOTE);
    copy("lote/synthetic/certs/op.der", "op.der");
    copy("lote/synthetic/certs/op-rsa.der", "op-rsa.der");
    for (unsigned i = 0; i < n; i++) {
        char from[NAME];
        char to[NAME];
        char signer[NAME];
        (void)snprintf(from, sizeof from, "lote/synthetic/%s.jws", rows[i].file);
        (void)snprintf(to, sizeof to, "%s.jws", rows[i].file);
        (void)snprintf(signer, sizeof signer, "%s.der", rows[i].signer);
        copy(from, to);
        put_source(config, rows[i].file, to, rows[i].kind, signer, "");
    }
    take(fixture, &file);
    while (file.n > 0 && file.p[file.n - 1] == '\n') {
        nw_buf_cut(&file, file.n - 1);
    }
    eu_need(nw_jws_parse(nw_buf_slice(&file), &any, &jws, NULL), fixture);
    put("fixture.jws", nw_buf_slice(&file));
    put("fixture.der", jws.chain[0]);
    put_source(config, "fixture", "fixture.jws", "wallet", "fixture.der", ",\"allow_rs\":true");
    nw_jws_free(&jws);
    nw_buf_free(&file);
    return n + 1;
}

/* ---- 32 bodies ---- */

static const char *const states[STATES] = {
    "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU", "IE",
    "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK", "UK"};

static struct nw_signer *issuers[STATES], *publishers[STATES];

static void put_bodies(struct nw_buf *config)
{
    static struct tslist_service services[STATES][2];
    static struct tslist_entity bodies[STATES];
    static char text[STATES][4][64];
    struct nw_signer *operator= make_signer("eu bench list operator", "EU");
    struct nw_buf file = NW_BUF(NW_MAX_LOTE);
    for (size_t i = 0; i < STATES; i++) {
        static const char *const forms[] = {"eu bench %s issuer", "eu bench %s status", "%s:A1BODY",
                                            "PubEAAProvider/%s"};
        for (size_t k = 0; k < 4; k++) {
            const char *at = strstr(forms[k], "%s");
            (void)snprintf(text[i][k], sizeof text[i][k], "%.*s%s%s", (int)(at - forms[k]),
                           forms[k], states[i], at + 2);
        }
        issuers[i] = make_signer(text[i][0], states[i]);
        publishers[i] = make_signer(text[i][1], states[i]);
        services[i][0] = (struct tslist_service){
            .cert = {nw_signer_chain_cert(issuers[i], 0)},
            .period = {
                {.type = "PubEAA/Issuance", .status = "notified", .from = "2026-01-01T00:00:00Z"}}};
        services[i][1] = (struct tslist_service){.cert = {nw_signer_chain_cert(publishers[i], 0)},
                                                 .period = {{.type = "PubEAA/Revocation",
                                                             .status = "notified",
                                                             .from = "2026-01-01T00:00:00Z"}}};
        bodies[i] = (struct tslist_entity){.name = INSTITUTION,
                                           .country = states[i],
                                           .trade = {text[i][2], "OJ:EU:32004R0883"},
                                           .role = text[i][3],
                                           .services = services[i],
                                           .service_n = 2};
    }
    const struct tslist list = {.form = TSLIST_LOTE, .entities = bodies, .entity_n = STATES};
    struct tslist_job job = {.c = crypto, .list = &list, .signer = tslist_signer_of(operator)};
    eu_need(tslist_make(&job, &file), "list of bodies");
    put("bodies.xml", nw_buf_slice(&file));
    put("bodies.der", nw_signer_chain_cert(operator, 0));
    put_source(config, "bodies", "bodies.xml", "pub-eaa", "bodies.der", "");
    nw_signer_free(&operator);
    nw_buf_free(&file);
}

/* Random places, the same in every run. */
static uint32_t place(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33) % ENTRIES;
}

/* 32 status lists with so many withdrawn A1s in each; returns their bytes. */
size_t eu_put_status(unsigned withdrawn)
{
    static uint8_t packed[ENTRIES / 8];
    struct nw_buf token = NW_BUF(NW_MAX_STATUS_TOKEN);
    uint64_t seed = 1;
    size_t bytes = 0;
    for (size_t i = 0; i < STATES; i++) {
        char uri[96];
        char name[96];
        memset(packed, 0, sizeof packed);
        for (unsigned k = 0; k < withdrawn; k++) {
            uint32_t at = place(&seed);
            packed[at / 8] = (uint8_t)(packed[at / 8] | 1u << (at % 8));
        }
        (void)snprintf(uri, sizeof uri, "https://a1.%s.example/status/1", states[i]);
        (void)snprintf(name, sizeof name, "status/%s.cwt", states[i]);
        const struct nw_status_publish job = {.packed = nw_slice(packed, sizeof packed),
                                              .uri = uri,
                                              .iat = CLOCK - 3600,
                                              .exp = CLOCK + 7 * 86400,
                                              .ttl = 86400};
        nw_buf_reset(&token);
        eu_need(nw_status_token_make(publishers[i], NW_TOKEN_CWT, &job, &token), "status list");
        put(name, nw_buf_slice(&token));
        bytes += token.n;
    }
    nw_buf_free(&token);
    return bytes;
}

void eu_make(struct nw_crypto *c, const char *from, const char *to, struct eu *out)
{
    struct nw_buf config = NW_BUF(1u << 20);
    crypto = c;
    data = from;
    folder = to;
    (void)mkdir(eu_path("status"), 0700);
    (void)unlink(eu_path("state.json"));
    (void)unlink(eu_path("state.json.cache"));
    put_operator(out->pin);
    copy("tl/lotl/eu-lotl-390.xml.gz", "lotl.xml");
    copy("tl/oj/OJ-C-2026-1944.pem", "oj.pem");
    nw_buf_puts(&config,
                "{\"version\":1,\"signer\":{\"key\":\"op.key\",\"chain\":\"op.pem\"},"
                "\"max_age\":604800,\"state\":\"state.json\",\"status_lists\":[\"status\"],"
                "\"sources\":[{\"name\":\"eu\",\"list\":\"lotl\",\"file\":\"lotl.xml\",\"journal\":"
                "\"https://eur-lex.europa.eu/eli/C/2026/1944/oj\",\"signers\":[\"oj.pem\"],"
                "\"lists\":[");
    out->national = put_national(&config);
    nw_buf_puts(&config, "]}");
    out->lotes = put_lotes(&config);
    put_bodies(&config);
    nw_buf_puts(&config, "]}");
    put("config.json", nw_buf_slice(&config));
    nw_buf_free(&config);
}

struct nw_slice eu_issuer(void)
{
    return nw_signer_chain_cert(issuers[6], 0);
}

void eu_free(void)
{
    for (size_t i = 0; i < STATES; i++) {
        nw_signer_free(&issuers[i]);
        nw_signer_free(&publishers[i]);
    }
}
