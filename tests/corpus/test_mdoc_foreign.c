/*
 * Mdocs that others made ($NW_DATA/mdoc; its SOURCES.md names repository, path, commit, licence):
 * the ZK library of Google (26 mdocs of about ten issuers, two American states among them), Auth0,
 * Spruce, the OpenID conformance suite, Credo. Each verifies with the clock set to its time, or is
 * refused under the rule that it breaks. A rule column says what the authors expect as well, except
 * where "ours" says why we refuse what they take.
 */
#include "support.h"

#include <unistd.h>

#include "base/date.h"
#include "crypto/cert.h"
#include "mdoc/mdoc.h"
#include "mdoc/transcript.h"

#define SAMPLE_MAX 65536u

struct sample {
    const char *file; /* below mdoc/ */
    const char *at;
    const char *rule; /* the one that refuses it; NULL: every rule that was tried passed */
    size_t items;
    const char *anchor;     /* DER, or NULL: the path is not looked at */
    const char *key;        /* the issuer's point, as the authors have it beside the mdoc */
    const char *transcript; /* or NULL: DEV-01 and DEV-04 are not done */
    const char *ours;       /* why we refuse what its authors take */
    bool issuer_signed;     /* only documents[0].issuerSigned is read */
    bool zero_filled;       /* a C array longer than its content: zero bytes behind the mdoc */
};

#define LF(n, time, items_n)                                                                       \
    {                                                                                              \
        .file = "longfellow/" n ".cbor", .at = (time), .items = (items_n),                         \
        .key = "longfellow/" n ".key", .transcript = "longfellow/" n ".transcript"                 \
    }
#define LF_OURS(n, time, items_n, why)                                                             \
    {                                                                                              \
        .file = "longfellow/" n ".cbor", .at = (time), .items = (items_n),                         \
        .key = "longfellow/" n ".key", .transcript = "longfellow/" n ".transcript",                \
        .rule = "MSO-06", .ours = (why)                                                            \
    }
#define SIGNED_EARLY "signed before its certificate begins (ISO 9.3.1 step 5)"
#define SIGNED_LATE "signed fifty days after its certificate ended (ISO 9.3.1 step 5)"
#define LF_FILLED(n, time, items_n)                                                                \
    {                                                                                              \
        .file = "longfellow/" n ".cbor", .at = (time), .items = (items_n),                         \
        .key = "longfellow/" n ".key", .transcript = "longfellow/" n ".transcript",                \
        .zero_filled = true                                                                        \
    }
#define NOT_SHORTEST "map heads of two bytes for fewer than 24 pairs (RFC 8949 4.2.1; ISO 8.3)"
#define AUTH0(name)                                                                                \
    {                                                                                              \
        .file = "auth0/" name ".cbor", .at = "2023-10-01T00:00:00Z", .rule = "MSO-01",             \
        .ours = NOT_SHORTEST                                                                       \
    }

static const struct sample samples[] = {
    LF_FILLED("00", "2024-01-30T09:00:00Z", 1),
    LF_FILLED("01", "2024-01-31T09:00:00Z", 1),
    LF("02", "2024-05-05T09:00:00Z", 1),
    LF("03", "2024-10-01T09:00:00Z", 5),
    LF("04", "2025-01-29T18:00:00Z", 1),
    LF_OURS("05", "2025-04-30T00:00:00Z", 2, SIGNED_EARLY),
    LF("06", "2025-06-10T23:59:59Z", 1),
    LF("07", "2025-08-01T23:59:59Z", 2),
    LF_FILLED("08", "2025-08-01T23:59:59Z", 1),
    LF_OURS("09", "2025-08-25T23:59:59Z", 2, SIGNED_EARLY),
    LF("10", "2025-08-25T23:59:59Z", 1),
    LF_OURS("11", "2025-11-06T23:59:59Z", 1, SIGNED_LATE),
    LF("12", "2026-01-09T23:59:59Z", 1),
    LF("13", "2025-12-18T23:59:59Z", 1),
    LF("14", "2025-12-18T23:59:59Z", 1),
    LF_OURS("15", "2026-01-15T09:00:00Z", 2, SIGNED_EARLY),
    LF_OURS("16", "2026-01-15T09:00:00Z", 2, SIGNED_EARLY),
    LF_OURS("17", "2026-01-15T09:00:00Z", 2, SIGNED_EARLY),
    LF_OURS("18", "2026-01-15T09:00:00Z", 2, SIGNED_EARLY),
    LF_OURS("19", "2026-01-15T09:00:00Z", 2, SIGNED_EARLY),
    LF_OURS("20", "2026-01-15T09:00:00Z", 2, SIGNED_EARLY),
    LF("21", "2026-01-15T09:00:00Z", 2),
    LF("22", "2026-01-15T09:00:00Z", 2),
    LF("23", "2026-01-15T09:00:00Z", 2),
    LF("24", "2026-01-15T09:00:00Z", 2),
    LF("25", "2026-02-19T23:59:59Z", 1),

    AUTH0("example1"),
    AUTH0("example2"),
    {.file = "auth0/example3.cbor", /* the authors: a digest differs; both are true */
     .at = "2023-10-01T00:00:00Z",
     .rule = "MSO-01"},
    AUTH0("example4"),
    {.file = "auth0/parser1.cbor",
     .issuer_signed = true,
     .at = "2023-10-01T00:00:00Z",
     .rule = "MSO-02",
     .ours = "x5chain stands in both header maps (RFC 9052 3)"},
    {.file = "auth0/parser2.cbor",
     .issuer_signed = true,
     .at = "2023-10-01T00:00:00Z",
     .rule = "MSO-02",
     .ours = "there is no x5chain (ISO 9.1.2.4)"},
    {.file = "auth0/parser3.cbor",
     .issuer_signed = true,
     .at = "2023-10-19T00:00:00Z",
     .rule = "MSO-01",
     .ours = NOT_SHORTEST},

    {.file = "isomdl/issuer_signed.cbor", .at = "2021-01-01T00:00:00Z", .items = 6},
    {.file = "isomdl/issuer_signed.cbor", .at = "2021-10-02T00:00:00Z", .rule = "MSO-06"},
    {.file = "isomdl/device_response.cbor", /* made for a round trip of the structure only */
     .at = "2021-01-01T00:00:00Z",
     .rule = "MSO-01",
     .ours = "random is 1 byte long (ISO 9.1.2.5: 16 at least)"},

    {.file = "conformance/mdoc-mac.cbor", .at = "2025-06-01T00:00:00Z", .items = 11},
    {.file = "conformance/mdoc.cbor",
     .at = "2025-02-09T00:00:00Z",
     .rule = "MSO-01",
     .ours = "nameSpaces is an empty map, where the CDDL of ISO 8.3.2.1.2.2 has one at least"},
    {.file = "conformance/mdoc-animo.cbor",
     .at = "2024-11-01T00:00:00Z",
     .rule = "MSO-01",
     .ours = NOT_SHORTEST},

    {.file = "credo/sprind-funke.cbor", .at = "2024-08-20T00:00:00Z", .items = 22},
    {.file = "credo/sprind-funke.cbor",
     .at = "2024-08-20T00:00:00Z",
     .anchor = "credo/sprind-funke-ds.der",
     .rule = "X5-03",
     .ours = "the signer certificate has no extKeyUsage (ISO table B.3)"},
    {.file = "credo/google-cm-wallet.cbor",
     .at = "2025-04-04T00:00:00Z",
     .anchor = "credo/google-cm-wallet-root.der",
     .rule = "X5-01",
     .ours = "signer and root have the same name: a self-issued certificate is no end of a path"},
    {.file = "credo/google-cm-wallet.cbor",
     .at = "2025-04-04T00:00:00Z",
     .rule = "MSO-06",
     .ours = "signed and the others have fractions of a second (ISO 9.1.2.4)"},
};

static struct nw_slice bytes_of(const char *file)
{
    char below[160];
    (void)snprintf(below, sizeof below, "mdoc/%s", file);
    struct nw_slice s = test_file(test_data(below));
    if (s.n == 0) {
        fail_msg("%s is missing", below);
    }
    return s;
}

static int64_t time_of(const char *text)
{
    int64_t t = 0;
    assert_ok(nw_time_parse(nw_str(text), &t));
    return t;
}

/* Everything that is kept between the steps; large. */
struct reading {
    const struct sample *sample;
    struct nw_device_response response;
    struct nw_mdoc m;
    struct nw_checks checks;
    bool proven;
};

static enum nw_err open_inner(struct reading *r, struct nw_slice in)
{
    struct nw_slice documents = NW_SLICE_EMPTY, inner = NW_SLICE_EMPTY;
    assert_true(nw_cbor_find_text(in, "documents", &documents));
    struct nw_cbor c = nw_cbor_open(documents);
    assert_int_equal(nw_cbor_array(&c), 1);
    assert_true(nw_cbor_find_text(nw_cbor_raw(&c), "issuerSigned", &inner));
    return nw_mdoc_parse(inner, &r->m, &r->checks, NULL);
}

static enum nw_err open_sample(struct reading *r, struct nw_slice in)
{
    if (r->sample->issuer_signed) {
        return open_inner(r, in);
    }
    if (!nw_device_response_is(in)) {
        return nw_mdoc_parse(in, &r->m, &r->checks, NULL);
    }
    enum nw_err e = nw_device_response_parse(in, &r->response, &r->checks, NULL);
    if (e == NW_OK) {
        assert_int_equal(r->response.document_n, 1);
        e = nw_device_response_document(&r->response, 0, &r->m, &r->checks, NULL);
    }
    return e;
}

static enum nw_err check_chain(struct reading *r)
{
    if (r->sample->anchor == NULL) {
        return NW_OK;
    }
    const struct nw_slice anchor = bytes_of(r->sample->anchor);
    const struct nw_path path = {.chain = r->m.auth.chain,
                                 .chain_n = r->m.auth.chain_n,
                                 .anchors = &anchor,
                                 .anchor_n = 1,
                                 .at = time_of(r->sample->at),
                                 .profile = NW_CERT_MDOC_DS,
                                 .leaf_may_be_anchor = true};
    size_t used = 0;
    return nw_path_check(test_crypto(), &path, &r->checks, &used, NULL);
}

static enum nw_err check_device(struct reading *r, const char *transcript)
{
    struct nw_device_policy policy = {.required = transcript != NULL};
    if (transcript != NULL) {
        assert_ok(nw_transcript_open(bytes_of(transcript), &policy.transcript, NULL));
    }
    return nw_mdoc_device(test_crypto(), &r->m, &policy, &r->proven, &r->checks, NULL);
}

static enum nw_err check_content(struct reading *r, const char *transcript)
{
    struct nw_cert cert;
    struct nw_pubkey *key = NULL;
    assert_ok(nw_cert_parse(r->m.auth.chain[0], &cert, NULL));
    assert_ok(nw_pubkey_from_spki(test_crypto(), cert.spki, &key));
    if (r->sample->key != NULL) {
        assert_true(nw_slice_eq(nw_pubkey_point(key), bytes_of(r->sample->key)));
    }
    enum nw_err e = nw_mdoc_verify(test_crypto(), &r->m, key, &r->checks, NULL);
    if (e == NW_OK) {
        e = nw_mdoc_times(&r->m, cert.not_before, cert.not_after, time_of(r->sample->at), 0,
                          &r->checks, NULL);
        enum nw_err device = check_device(r, transcript);
        e = e != NW_OK ? e : device;
    }
    nw_pubkey_free(&key);
    return e;
}

static struct nw_slice content_of(const struct sample *s)
{
    struct nw_slice in = bytes_of(s->file);
    while (s->zero_filled && in.n > 1 && in.p[in.n - 1] == 0 && in.p[in.n - 2] == 0) {
        in.n--;
    }
    return in;
}

/* All steps up to the first that fails, the times aside; returns the rule that failed first. */
static const char *read_sample(struct reading *r, const struct sample *s, struct nw_slice in,
                               const char *transcript)
{
    memset(r, 0, sizeof *r);
    r->sample = s;
    enum nw_err e = open_sample(r, in);
    if (e == NW_OK) {
        e = check_chain(r);
    }
    if (e == NW_OK) {
        e = check_content(r, transcript);
    }
    const struct nw_check *failure = nw_check_first_failure(&r->checks);
    assert_true((e == NW_OK) == (failure == NULL));
    return failure == NULL ? NULL : failure->id;
}

static void close_sample(struct reading *r)
{
    nw_mdoc_free(&r->m);
    nw_device_response_free(&r->response);
}

static bool no_data(void)
{
    const char *path = test_data("mdoc");
    if (path == NULL) {
        return true;
    }
    if (access(path, R_OK) != 0) {
        (void)fprintf(stderr, "SKIPPED: %s is not there: the mdocs of others were not read\n",
                      path);
        return true;
    }
    return false;
}

/* With `rule`: all but that one. */
static void expect_all_passed(const struct reading *r, const char *rule)
{
    static const char *const always[] = {"MSO-01", "MSO-02", "MSO-03",
                                         "MSO-04", "MSO-05", "MSO-06"};
    static const char *const device[] = {"DEV-01", "DEV-02", "DEV-03", "DEV-04"};
    for (size_t i = 0; i < ARRAY_LENGTH(always); i++) {
        assert_true(nw_check_passed(&r->checks, always[i]) ||
                    (rule != NULL && strcmp(rule, always[i]) == 0));
    }
    for (size_t i = 0; i < ARRAY_LENGTH(device) && r->sample->transcript != NULL; i++) {
        assert_true(nw_check_passed(&r->checks, device[i]));
    }
    assert_int_equal(r->m.item_n, r->sample->items);
    assert_true(r->proven == (r->sample->transcript != NULL));
}

static const char *word(const char *rule)
{
    return rule == NULL ? "good" : rule;
}

static void each_verifies_or_breaks_the_rule_of_its_row(void **state)
{
    (void)state;
    static struct reading r;
    size_t good = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(samples); i++) {
        const struct sample *s = &samples[i];
        const char *rule = read_sample(&r, s, content_of(s), s->transcript);
        if (strcmp(word(rule), word(s->rule)) != 0) {
            fail_msg("%s: wanted %s, got %s: %s", s->file, word(s->rule), word(rule),
                     rule == NULL ? "" : nw_check_first_failure(&r.checks)->detail);
        }
        if (s->items > 0) {
            expect_all_passed(&r, rule);
        }
        good += rule == NULL;
        close_sample(&r);
    }
    print_message("%zu mdocs of others: %zu good, %zu refused\n", ARRAY_LENGTH(samples), good,
                  ARRAY_LENGTH(samples) - good);
}

/* Each good one again with one bit of its last element's value changed, and with one of the
 * issuer's signature. */
static void one_bit_is_enough(void **state)
{
    (void)state;
    static struct reading r;
    static uint8_t copy[SAMPLE_MAX];
    for (size_t i = 0; i < ARRAY_LENGTH(samples); i++) {
        const struct sample *s = &samples[i];
        const struct nw_slice in = content_of(s);
        if (s->rule != NULL) {
            continue;
        }
        assert_null(read_sample(&r, s, in, s->transcript));
        const struct nw_slice value = r.m.item[r.m.item_n - 1].bytes;
        const size_t digest_input = (size_t)(value.p - in.p) + value.n - 1;
        const size_t signature = (size_t)(r.m.auth.signature.p - in.p);
        close_sample(&r);
        assert_true(in.n <= sizeof copy);
        for (int k = 0; k < 2; k++) {
            memcpy(copy, in.p, in.n);
            copy[k == 0 ? digest_input : signature] ^= 1;
            const char *rule = read_sample(&r, s, nw_slice(copy, in.n), s->transcript);
            assert_string_equal(word(rule), k == 0 ? "MSO-04" : "MSO-02");
            close_sample(&r);
        }
    }
}

static void a_device_signature_does_not_fit_another_session(void **state)
{
    (void)state;
    static struct reading r;
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(samples); i++) {
        const struct sample *s = &samples[i];
        if (s->items == 0 || s->transcript == NULL) {
            continue;
        }
        const char *other = strcmp(s->transcript, "longfellow/02.transcript") == 0
                                ? "longfellow/03.transcript"
                                : "longfellow/02.transcript";
        assert_non_null(read_sample(&r, s, content_of(s), other));
        assert_true(nw_check_failed(&r.checks, "DEV-04"));
        assert_false(r.proven);
        close_sample(&r);
        n++;
    }
    assert_int_equal(n, 26);
}

static void bytes_behind_the_mdoc_are_refused(void **state)
{
    (void)state;
    static struct reading r;
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(samples); i++) {
        const struct sample *s = &samples[i];
        const struct nw_slice with_zeros = bytes_of(s->file);
        if (s->zero_filled) {
            assert_true(with_zeros.n > content_of(s).n);
            assert_string_equal(word(read_sample(&r, s, with_zeros, s->transcript)), "MSO-01");
            assert_int_equal(nw_check_find(&r.checks, "MSO-01")->err, NW_ERR_TRAILING);
            close_sample(&r);
            n++;
        }
    }
    assert_int_equal(n, 3);
}

/* Spruce's certificates: a signer under its root, the same made wrongly, one that is no CA between
 * them; Multipaz' P-384 pair. */
static const struct spruce_row {
    const char *chain[2];
    const char *anchor, *at;
    enum nw_cert_profile profile;
    enum nw_err err;
} spruce_rows[] = {
    {{"isomdl_iaca_signer"},
     "isomdl_iaca_root_cert",
     "2023-12-01T00:00:00Z",
     NW_CERT_MDOC_DS,
     NW_OK},
    {{"isomdl_iaca_signer"},
     "isomdl_iaca_root_cert",
     "2024-12-01T00:00:00Z",
     NW_CERT_MDOC_DS,
     NW_ERR_CERT_TIME},
    {{"isomdl_iaca_signer"},
     "owf_multipaz_iaca_p384",
     "2023-12-01T00:00:00Z",
     NW_CERT_MDOC_DS,
     NW_ERR_CERT_ANCHOR},
    {{"isomdl_incorrect_iaca_signer"},
     "isomdl_iaca_root_cert",
     "2023-12-01T00:00:00Z",
     NW_CERT_MDOC_DS,
     NW_ERR_CERT_USAGE},
    {{"isomdl_iaca_leaf_signer", "isomdl_iaca_intermediate"},
     "isomdl_iaca_root_cert",
     "2023-12-01T00:00:00Z",
     NW_CERT_MDOC_DS,
     NW_ERR_CERT_CA},
    {{"owf_multipaz_ds_p384"},
     "owf_multipaz_iaca_p384",
     "2026-01-01T00:00:00Z",
     NW_CERT_MDOC_DS,
     NW_OK},
    {{"isomdl_iaca_signer"},
     "isomdl_iaca_root_cert",
     "2023-12-01T00:00:00Z",
     NW_CERT_READER,
     NW_ERR_CERT_USAGE},
};

static enum nw_err spruce_path(const struct spruce_row *row)
{
    struct nw_slice chain[2];
    char name[96];
    size_t n = 0, used = 0;
    for (; n < 2 && row->chain[n] != NULL; n++) {
        (void)snprintf(name, sizeof name, "isomdl/%s.der", row->chain[n]);
        chain[n] = bytes_of(name);
    }
    (void)snprintf(name, sizeof name, "isomdl/%s.der", row->anchor);
    const struct nw_slice anchor = bytes_of(name);
    const struct nw_path path = {.chain = chain,
                                 .chain_n = n,
                                 .anchors = &anchor,
                                 .anchor_n = 1,
                                 .at = time_of(row->at),
                                 .profile = row->profile};
    return nw_path_check(test_crypto(), &path, NULL, &used, NULL);
}

static void certificates_of_spruce(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(spruce_rows); i++) {
        assert_err(spruce_path(&spruce_rows[i]), spruce_rows[i].err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_verifies_or_breaks_the_rule_of_its_row),
        cmocka_unit_test(one_bit_is_enough),
        cmocka_unit_test(a_device_signature_does_not_fit_another_session),
        cmocka_unit_test(bytes_behind_the_mdoc_are_refused),
        cmocka_unit_test(certificates_of_spruce),
    };
    return no_data() ? 0 : run_on_both("mdoc_foreign", tests, ARRAY_LENGTH(tests));
}
