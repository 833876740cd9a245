/*
 * Our operations and the raw signature under them, on one provider, one thread.
 * Prints {"lib":"libcrypto","op":"sdjwt_verify","us":98.1} a line, the median over slices of 20 ms
 * taken in turn; bench/run puts several passes beside the peers'. Usage: bench --provider
 * psa|libcrypto --claims FILE [--seconds S]
 *
 * Every operation is tried once and its result looked at before it is timed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "attestation/type.h"
#include "base/alloc.h"
#include "mdoc/mdoc.h"
#include "mdoc/transcript.h"
#include "sdjwt/sdjwt.h"
#include "seal/seal.h"
#include "status/status.h"
#include "support.h"
#include "test_pki.h"

#define HOLDERS 64
#define ENTRIES (1u << 20)
#define NONCE "n-0S6_WzA2Mj"
#define AUDIENCE "https://verifier.example"
#define LIST_URI "https://issuer.example/status/1"
#define NOW TEST_NOW
#define SLICE_US 20e3
#define WARM_US 5e3
#define OPS_A_LOOK 8 /* at the clock, which costs half a microsecond */
#define ROUNDS_MAX 1000

static struct nw_crypto *crypto;
static double seconds = 1;
static const char *only; /* one operation, for profilers */

static void die(const char *what)
{
    (void)fprintf(stderr, "bench: %s\n", what);
    exit(70);
}

static void need(enum nw_err e, const char *what)
{
    if (e != NW_OK) {
        (void)fprintf(stderr, "bench: %s: %s\n", what, nw_err_text(e));
        exit(70);
    }
}

/* Processor time of the one thread: nothing here waits, and other work on the machine counts less.
 */
static double clock_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* ---- raw ---- */

static struct nw_signer *issuer;
static uint8_t raw_sig[NW_SIG_MAX];
static size_t raw_sig_n;
static const uint8_t raw_message[32] = "thirty-two bytes to be signed...";

static void raw_sign(size_t i)
{
    (void)i;
    const struct nw_slice part = nw_slice(raw_message, sizeof raw_message);
    need(nw_sign(issuer, &part, 1, raw_sig, &raw_sig_n), "raw sign");
}

static void raw_verify(size_t i)
{
    (void)i;
    const struct nw_slice part = nw_slice(raw_message, sizeof raw_message);
    need(nw_verify(crypto, NW_ES256, nw_signer_pubkey(issuer), &part, 1,
                   nw_slice(raw_sig, raw_sig_n)),
         "raw verify");
}

/* ---- SD-JWT VC, 25 claims, all disclosed ---- */

static const char *plan_paths[64];
static struct nw_sd_plan plan = {.paths = plan_paths};
static struct nw_json *payload[HOLDERS];
static struct nw_buf presentation[HOLDERS];
static struct nw_buf issued = {.max = NW_MAX_SDJWT};

static void sdjwt_issue(size_t i)
{
    const struct nw_sdjwt_issue job = {
        .payload = payload[i % HOLDERS], .plan = &plan, .typ = "dc+sd-jwt"};
    nw_buf_reset(&issued);
    need(nw_sdjwt_issue(crypto, issuer, &job, &issued, NULL), "issue");
}

static void sdjwt_verify(size_t i)
{
    static struct nw_sdjwt s;
    static struct nw_checks checks;
    const struct nw_kb_policy kb = {.required = true,
                                    .nonce = NONCE,
                                    .audience = AUDIENCE,
                                    .at = NOW,
                                    .max_age = 300,
                                    .max_future = 60};
    const struct nw_vc_policy vc = {.at = NOW, .skew = 60};
    bool proven = false;
    checks.n = 0;
    need(nw_sdjwt_parse(nw_buf_slice(&presentation[i % HOLDERS]), &s, &checks, NULL), "parse");
    need(nw_sdjwt_verify(crypto, &s, nw_signer_pubkey(issuer), &checks, NULL), "verify");
    need(nw_sdjwt_kb(crypto, &s, &kb, &proven, &checks, NULL), "key binding");
    need(nw_sdjwt_vc_claims(&s, &vc, &checks, NULL), "claims");
    if (!proven || nw_check_first_failure(&checks) != NULL) {
        die("the presentation was not accepted");
    }
    nw_sdjwt_free(&s);
}

static void prepare_payload(size_t i, struct nw_slice claims, const struct nw_signer *holder)
{
    struct nw_buf jwk = NW_BUF(1024);
    struct nw_json *cnf = NULL;
    struct nw_json *key = NULL;
    need(nw_json_parse(claims, &payload[i], NULL), "claims.json");
    need(nw_json_put_text(payload[i], "vct", "eu.we-build.pda1.1"), "vct");
    need(nw_json_put_text(payload[i], "iss", "https://issuer.example"), "iss");
    need(nw_json_put_int(payload[i], "iat", NOW - 60), "iat");
    need(nw_json_put_int(payload[i], "exp", NOW + 86400), "exp");
    need(nw_jwk_write(nw_signer_pubkey(holder), &jwk), "jwk");
    need(nw_json_parse(nw_buf_slice(&jwk), &key, NULL), "jwk");
    need(nw_json_new_object(&cnf), "cnf");
    need(nw_json_put(cnf, "jwk", &key), "cnf");
    need(nw_json_put(payload[i], "cnf", &cnf), "cnf");
    nw_buf_free(&jwk);
}

static void prepare_sdjwt(struct nw_slice claims)
{
    struct nw_json *flat = NULL;
    size_t n = 0;
    need(nw_json_parse(claims, &flat, NULL), "claims.json");
    for (const struct nw_json *c = nw_json_first(flat); c != NULL && n < 63; c = nw_json_next(c)) {
        plan_paths[n++] = strdup(nw_json_name(c));
    }
    nw_json_free(&flat);
    if (n != 25) {
        die("claims.json must have 25 claims");
    }
    for (size_t i = 0; i < HOLDERS; i++) {
        uint8_t scalar[32];
        struct nw_signer *holder = NULL;
        memset(scalar, (int)i + 1, sizeof scalar);
        need(nw_signer_from_scalar(crypto, nw_slice(scalar, sizeof scalar), &holder), "holder");
        prepare_payload(i, claims, holder);
        sdjwt_issue(i);
        presentation[i] = NW_BUF(NW_MAX_SDJWT);
        need(nw_sdjwt_present(crypto, nw_buf_slice(&issued), NULL, NULL, holder, NONCE, AUDIENCE,
                              NOW, &presentation[i]),
             "present");
        nw_signer_free(&holder);
    }
    struct nw_buf broken = NW_BUF(NW_MAX_SDJWT);
    static struct nw_sdjwt s;
    static struct nw_checks checks;
    nw_buf_put(&broken, nw_buf_slice(&presentation[0]));
    size_t tilde = nw_slice_find(nw_buf_slice(&broken), '~', 0);
    broken.p[tilde + 9] = broken.p[tilde + 9] == 'A' ? 'B' : 'A';
    if (nw_sdjwt_parse(nw_buf_slice(&broken), &s, &checks, NULL) == NW_OK &&
        nw_sdjwt_verify(crypto, &s, nw_signer_pubkey(issuer), &checks, NULL) == NW_OK) {
        die("a broken presentation was accepted");
    }
    nw_sdjwt_free(&s);
    nw_buf_free(&broken);
}

/* ---- mdoc, the same 25 claims, all returned ---- */

static struct nw_buf mdoc_issued[HOLDERS], mdoc_response[HOLDERS], transcript = {.max = 4096};
static struct nw_mdoc_element elements[64];
static struct nw_buf values[64];
static size_t element_n;

static void mdoc_issue_for(const struct nw_pubkey *holder, struct nw_buf *out)
{
    const struct nw_mdoc_issue job = {.doc_type = "eu.europa.ec.eudi.pda1.1",
                                      .elements = elements,
                                      .n = element_n,
                                      .device_key = holder,
                                      .signed_at = NOW - 60,
                                      .valid_from = NOW - 60,
                                      .valid_until = NOW + 86400,
                                      .status = {.present = true, .idx = 4711, .uri = LIST_URI}};
    need(nw_mdoc_issue(crypto, issuer, &job, out, NULL), "mdoc");
}

static void mdoc_issue(size_t i)
{
    static struct nw_buf out = {.max = NW_MAX_CBOR};
    (void)i;
    nw_buf_reset(&out);
    mdoc_issue_for(nw_signer_pubkey(issuer), &out);
}

static void mdoc_check(struct nw_mdoc *m, struct nw_checks *checks)
{
    need(nw_mdoc_verify(crypto, m, nw_signer_pubkey(issuer), checks, NULL), "mdoc verify");
    need(nw_mdoc_times(m, NOW - 100, NOW + 100000, NOW, 60, checks, NULL), "mdoc times");
    if (m->item_n != element_n || nw_check_first_failure(checks) != NULL) {
        die("the mdoc was not accepted");
    }
}

static void mdoc_verify(size_t i)
{
    static struct nw_mdoc m;
    static struct nw_checks checks;
    checks.n = 0;
    need(nw_mdoc_parse(nw_buf_slice(&mdoc_issued[i % HOLDERS]), &m, &checks, NULL), "mdoc parse");
    mdoc_check(&m, &checks);
    nw_mdoc_free(&m);
}

static void mdoc_device(size_t i)
{
    static struct nw_device_response r;
    static struct nw_mdoc m;
    static struct nw_checks checks;
    const struct nw_device_policy policy = {
        .transcript = nw_buf_slice(&transcript), .refuse_mac = true, .required = true};
    bool proven = false;
    checks.n = 0;
    need(nw_device_response_parse(nw_buf_slice(&mdoc_response[i % HOLDERS]), &r, &checks, NULL),
         "response");
    need(nw_device_response_document(&r, 0, &m, &checks, NULL), "document");
    mdoc_check(&m, &checks);
    need(nw_mdoc_device(crypto, &m, &policy, &proven, &checks, NULL), "device");
    if (!proven) {
        die("the device proved nothing");
    }
    nw_mdoc_free(&m);
    nw_device_response_free(&r);
}

/* A flipped byte of an element must be found before anything is timed. */
static void mdoc_try_broken(void)
{
    static struct nw_mdoc m;
    struct nw_buf broken = NW_BUF(NW_MAX_CBOR);
    nw_buf_put(&broken, nw_buf_slice(&mdoc_issued[0]));
    broken.p[broken.n - 1] ^= 1;
    if (nw_mdoc_parse(nw_buf_slice(&broken), &m, NULL, NULL) == NW_OK &&
        nw_mdoc_verify(crypto, &m, nw_signer_pubkey(issuer), NULL, NULL) == NW_OK) {
        die("a broken mdoc was accepted");
    }
    nw_mdoc_free(&m);
    nw_buf_free(&broken);
}

static void prepare_mdoc(struct nw_slice claims)
{
    struct nw_json *flat = NULL;
    need(nw_json_parse(claims, &flat, NULL), "claims.json");
    for (const struct nw_json *c = nw_json_first(flat); c != NULL && element_n < 64;
         c = nw_json_next(c)) {
        struct nw_buf text = NW_BUF(4096);
        if (nw_json_text(c) != NULL) {
            nw_buf_puts(&text, nw_json_text(c));
        } else {
            nw_json_write(c, &text);
        }
        values[element_n] = NW_BUF(8192);
        nw_cbor_put_text(&values[element_n], nw_buf_slice(&text));
        elements[element_n] = (struct nw_mdoc_element){
            "eu.europa.ec.eudi.pda1.1", strdup(nw_json_name(c)), nw_buf_slice(&values[element_n])};
        element_n++;
        nw_buf_free(&text);
    }
    nw_json_free(&flat);
    need(nw_transcript_openid4vp(crypto, "x509_hash:" NONCE, NONCE, NW_SLICE_EMPTY, AUDIENCE,
                                 &transcript),
         "transcript");
    for (size_t i = 0; i < HOLDERS; i++) {
        uint8_t scalar[32];
        struct nw_signer *holder = NULL;
        memset(scalar, (int)i + 1, sizeof scalar);
        need(nw_signer_from_scalar(crypto, nw_slice(scalar, sizeof scalar), &holder), "holder");
        mdoc_issued[i] = mdoc_response[i] = NW_BUF(NW_MAX_CBOR);
        mdoc_issue_for(nw_signer_pubkey(holder), &mdoc_issued[i]);
        const struct nw_mdoc_present job = {.issuer_signed = nw_buf_slice(&mdoc_issued[i]),
                                            .device = holder,
                                            .transcript = nw_buf_slice(&transcript)};
        need(nw_mdoc_present(crypto, &job, &mdoc_response[i], NULL), "present");
        nw_signer_free(&holder);
    }
    mdoc_try_broken();
}

/* ---- A11 ---- */

static struct nw_types *types;
static struct nw_json *record;
static struct nw_buf code = {.max = NW_MAX_QR_TEXT};
static struct nw_deflater *deflater; /* kept, as the issuer keeps it */

static void prepare_a11(void)
{
    need(nw_deflater_new(NW_DEFLATE_TEXT, &deflater), "deflater");
}

static void a11_make(size_t i)
{
    (void)i;
    struct nw_buf map = NW_BUF(NW_MAX_A11);
    struct nw_seal_issue job = {.iss = "PL:ZUSTEST02", .iat = NOW - 60, .exp = NOW + 86400 * 200};
    need(nw_a11_write(nw_type_find(types, "pda1"), record, 1, &map, NULL), "A1 map");
    job.a1 = nw_buf_slice(&map);
    job.deflater = deflater;
    job.status = (struct nw_status_ref){.present = true, .idx = 4711, .uri = LIST_URI};
    nw_buf_reset(&code);
    need(nw_seal_make(crypto, issuer, &job, &code, NULL), "seal");
    nw_buf_free(&map);
}

static void a11_verify(size_t i)
{
    (void)i;
    static struct nw_seal s;
    static struct nw_checks checks;
    struct nw_json *back = NULL;
    int level = 0;
    checks.n = 0;
    need(nw_seal_parse(nw_buf_slice(&code), &s, &checks, NULL), "A11 parse");
    need(nw_seal_verify(crypto, &s, nw_signer_pubkey(issuer), NULL), "A11 verify");
    need(nw_seal_claims(&s, &checks, NULL), "A11 claims");
    need(nw_a11_read(nw_type_find(types, "pda1"), s.a1, &back, &level, NULL), "A11 map");
    nw_json_free(&back);
    nw_seal_free(&s);
}

/* ---- status list ---- */

static uint8_t packed[ENTRIES / 8];
static struct nw_buf list = {.max = NW_MAX_STATUS_TOKEN};

static void status_build(size_t i)
{
    (void)i;
    const struct nw_status_publish job = {.packed = nw_slice(packed, sizeof packed),
                                          .uri = LIST_URI,
                                          .iat = NOW - 60,
                                          .exp = NOW + 86400};
    nw_buf_reset(&list);
    need(nw_status_token_make(issuer, NW_TOKEN_JWT, &job, &list), "status list");
}

static void status_check(size_t i)
{
    (void)i;
    static struct nw_checks checks;
    static struct nw_status_token token;
    struct nw_status_list opened;
    unsigned value = 0;
    checks.n = 0;
    need(nw_status_token_parse(nw_buf_slice(&list), &token, &checks, NULL), "status token");
    need(nw_status_list_open(crypto, &token, nw_signer_pubkey(issuer), LIST_URI, NOW, 60, &opened,
                             &checks, NULL),
         "status list");
    need(nw_status_list_get(&opened, 104729, &value), "status entry");
    if (value != 1) {
        die("the status list does not read back");
    }
    nw_status_list_free(&opened);
    nw_status_token_free(&token);
}

static void status_prepare(void)
{
    for (size_t i = 0; i < ENTRIES / 100; i++) {
        size_t idx = (i * 104729u) % ENTRIES;
        packed[idx / 8] = (uint8_t)(packed[idx / 8] | 1u << (idx % 8));
    }
}

/* ---- the run: every operation gets a slice in turn, so that all see the same noise ---- */

static const struct op {
    const char *name;
    void (*job)(size_t i);
} ops[] = {
    {"raw_sign", raw_sign},         {"raw_verify", raw_verify},     {"sdjwt_issue", sdjwt_issue},
    {"sdjwt_verify", sdjwt_verify}, {"mdoc_issue", mdoc_issue},     {"mdoc_verify", mdoc_verify},
    {"mdoc_device", mdoc_device},   {"a11_make", a11_make},         {"a11_verify", a11_verify},
    {"status_build", status_build}, {"status_check", status_check},
};
#define OPS (sizeof ops / sizeof ops[0])

/* Runs one operation for so long; microseconds of each. */
static double run_for(const struct op *op, double us, size_t *i)
{
    double start = clock_us();
    size_t n = 0;
    double now;
    do {
        for (size_t k = 0; k < OPS_A_LOOK; k++) {
            op->job((*i)++);
        }
        n += OPS_A_LOOK;
        now = clock_us();
    } while (now - start < us);
    return (now - start) / (double)n;
}

static double slice(const struct op *op, size_t *i)
{
    (void)run_for(op, WARM_US, i); /* its data back into the caches */
    return run_for(op, SLICE_US, i);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(void)
{
    size_t rounds = (size_t)(seconds * 1e6 / SLICE_US);
    rounds = rounds < 1 ? 1 : rounds > ROUNDS_MAX ? ROUNDS_MAX : rounds;
    static double us[OPS][ROUNDS_MAX];
    static size_t next[OPS];
    for (size_t r = 0; r < rounds; r++) {
        for (size_t o = 0; o < OPS; o++) {
            us[o][r] =
                only == NULL || strstr(only, ops[o].name) != NULL ? slice(&ops[o], &next[o]) : 0;
        }
    }
    for (size_t o = 0; o < OPS; o++) {
        qsort(us[o], rounds, sizeof us[o][0], by_size);
        if (us[o][rounds / 2] > 0) {
            (void)printf("{\"lib\":\"%s\",\"op\":\"%s\",\"us\":%.3f}\n", nw_crypto_name(crypto),
                         ops[o].name, us[o][rounds / 2]);
        }
    }
}

int main(int argc, char **argv)
{
    enum nw_provider provider = NW_PROVIDER_DEFAULT;
    const char *claims = NULL;
    const char *sample = NULL;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--provider") == 0) {
            provider = strcmp(argv[i + 1], "psa") == 0 ? NW_PROVIDER_PSA : NW_PROVIDER_LIBCRYPTO;
        } else if (strcmp(argv[i], "--claims") == 0) {
            claims = argv[i + 1];
        } else if (strcmp(argv[i], "--record") == 0) {
            sample = argv[i + 1];
        } else if (strcmp(argv[i], "--only") == 0) {
            only = argv[i + 1];
        } else if (strcmp(argv[i], "--seconds") == 0) {
            seconds = strtod(argv[i + 1], NULL);
        } else {
            die("usage: bench --provider psa|libcrypto --claims FILE --record FILE [--seconds S]"
                " [--only OP]");
        }
    }
    if (claims == NULL || sample == NULL) {
        die("--claims and --record are needed");
    }
    need(nw_crypto_new(provider, &crypto), "crypto");
    need(nw_types_load(&types, NULL), "types");
    need(nw_json_parse(test_file(sample), &record, NULL), sample);
    issuer = test_pki_new(crypto)->attestation; /* kept to the end */
    raw_sign(0);
    prepare_sdjwt(test_file(claims));
    prepare_mdoc(test_file(claims));
    prepare_a11();
    status_prepare();
    for (size_t i = 0; i < OPS * 3; i++) { /* each fails loudly if its result is wrong */
        ops[i / 3].job(i % 3);
    }
    measure();
    nw_deflater_free(&deflater);
    return 0;
}
