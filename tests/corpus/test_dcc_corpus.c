/* The 581 EU health certificate test tokens ($NW_DATA/dcc): every expectation about prefix, base45,
 * zlib, signature (with the key id step), payload, times and key usage that a file declares,
 * through the lenient reader. manifest.tsv names, in its column "mismatch", the expectations that
 * are defects of the data; only those may fail, and they are counted. */
#include "support.h"

#include <jansson.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/codec.h"
#include "base/date.h"
#include "seal/hcert.h"
#include "seal/seal.h"
#include "seal/transport.h"

struct counts {
    int files, held, deviating_files, excused, broken;
    int step[7];
};
static struct counts counts;
static const char *const step_names[] = {"UNPREFIX", "B45DECODE",       "COMPRESSION", "VERIFY",
                                         "DECODE",   "EXPIRATIONCHECK", "KEYUSAGE"};
enum step { UNPREFIX, B45DECODE, COMPRESSION, VERIFY, DECODE, EXPIRATION, KEYUSAGE };

struct file {
    json_t *json;
    const char *name, *mismatch;
};

static const char *text(const struct file *f, const char *name)
{
    const char *v = json_string_value(json_object_get(f->json, name));
    return v == NULL ? "" : v;
}

static const char *context(const struct file *f, const char *name)
{
    return json_string_value(json_object_get(json_object_get(f->json, "TESTCTX"), name));
}

static struct nw_slice hex_of(const struct file *f, const char *name, struct nw_buf *b)
{
    nw_buf_reset(b);
    return nw_hex_decode(nw_str(text(f, name)), b, NULL) == NW_OK ? nw_buf_slice(b)
                                                                  : NW_SLICE_EMPTY;
}

/* ---- CBOR as JSON ---- */

static json_t *to_json(struct nw_cbor *r, int depth);

static json_t *map_to_json(struct nw_cbor *r, int depth)
{
    json_t *o = json_object();
    size_t n = nw_cbor_map(r);
    for (size_t i = 0; i < n && nw_cbor_err(r) == NW_OK; i++) {
        struct nw_slice key = nw_cbor_text(r);
        (void)json_object_setn_new(o, (const char *)key.p, key.n, to_json(r, depth + 1));
    }
    return o;
}

static json_t *to_json(struct nw_cbor *r, int depth)
{
    struct nw_slice s;
    assert_true(depth < 16);
    switch (nw_cbor_peek(r)) {
    case NW_CBOR_UINT:
    case NW_CBOR_NINT:
        return json_integer(nw_cbor_int(r));
    case NW_CBOR_TEXT:
        s = nw_cbor_text(r);
        return json_stringn((const char *)s.p, s.n);
    case NW_CBOR_ARRAY: {
        json_t *a = json_array();
        size_t n = nw_cbor_array(r);
        for (size_t i = 0; i < n && nw_cbor_err(r) == NW_OK; i++) {
            (void)json_array_append_new(a, to_json(r, depth + 1));
        }
        return a;
    }
    case NW_CBOR_MAP:
        return map_to_json(r, depth);
    case NW_CBOR_TAG: /* 0: RFC 3339 text */
        (void)nw_cbor_tag(r);
        return to_json(r, depth + 1);
    case NW_CBOR_FLOAT:
        return json_real(nw_cbor_float(r));
    case NW_CBOR_NULL:
        nw_cbor_null(r);
        return json_null();
    default:
        nw_cbor_fail(r, NW_ERR_CBOR_TYPE);
        return NULL;
    }
}

static bool payload_equals(struct nw_slice certificate, json_t *wanted)
{
    struct nw_cbor r = nw_cbor_open(certificate);
    json_t *got = to_json(&r, 0);
    bool same = nw_cbor_err(&r) == NW_OK && json_equal(got, wanted) != 0;
    json_decref(got);
    return same;
}

/* ---- steps ----
 * Some files lack COMPRESSED or COSE: then the step before stands for them. */

static bool same_or_absent(const struct file *f, const char *name, const struct nw_buf *got)
{
    struct nw_buf wanted = NW_BUF(NW_MAX_HC1);
    struct nw_slice w = hex_of(f, name, &wanted);
    bool same = text(f, name)[0] == '\0' || nw_slice_eq(nw_buf_slice(got), w);
    nw_buf_free(&wanted);
    return same;
}

static void unpack(const struct file *f, bool *base45, bool *zlib)
{
    struct nw_buf packed = NW_BUF(NW_MAX_HC1);
    struct nw_buf out = NW_BUF(NW_MAX_HC1);
    struct nw_inflater *z = NULL;
    assert_ok(nw_inflater_new(&z));
    *base45 = nw_base45_decode(nw_str(text(f, "BASE45")), &packed, NULL) == NW_OK &&
              same_or_absent(f, "COMPRESSED", &packed);
    struct nw_slice in = nw_buf_slice(&packed);
    if (text(f, "COMPRESSED")[0] != '\0') {
        in = hex_of(f, "COMPRESSED", &packed);
    }
    *zlib = nw_inflate(z, in, NW_MAX_HC1, &out, NULL) == NW_OK && same_or_absent(f, "COSE", &out);
    nw_inflater_free(&z);
    nw_buf_free(&out);
    nw_buf_free(&packed);
}

static bool unprefixes(const struct file *f)
{
    struct nw_slice prefixed = nw_str(text(f, "PREFIX"));
    return nw_seal_detect(prefixed) == NW_SEAL_HC1 &&
           nw_slice_is(nw_slice_from(prefixed, 4), text(f, "BASE45"));
}

/* "2021-05-03T20:00:00+02:00", fraction digits of any number, "Z" or an offset. */
static int64_t clock_of(const struct file *f)
{
    const char *c = context(f, "VALIDATIONCLOCK");
    char utc[NW_TIME_TEXT];
    int64_t t = 0;
    assert_non_null(c);
    (void)snprintf(utc, sizeof utc, "%.19sZ", c);
    if (nw_time_parse(nw_str(utc), &t) != NW_OK) {
        fail_msg("%s: %s", f->name, c);
    }
    const char *zone = strpbrk(c + 19, "+-");
    int hours = 0;
    int minutes = 0;
    if (zone != NULL && sscanf(zone + 1, "%2d:%2d", &hours, &minutes) >= 1) {
        int64_t offset = hours * 3600 + minutes * 60;
        t += zone[0] == '+' ? -offset : offset;
    }
    return t;
}

struct results {
    bool verified, decoded, in_time, usage;
};

/* Everything after the transport, from the COSE bytes where the file has them. */
static struct results authenticate(const struct file *f)
{
    struct results r = {0};
    struct nw_hcert h;
    struct nw_buf bytes = NW_BUF(NW_MAX_HC1);
    struct nw_buf der = NW_BUF(NW_MAX_CERT);
    struct nw_slice cose = hex_of(f, "COSE", &bytes);
    const char *certificate = context(f, "CERTIFICATE");
    enum nw_err e = cose.n > 0 ? nw_hcert_parse_token(cose, &h, NULL)
                               : nw_hcert_parse(nw_str(text(f, "PREFIX")), &h, NULL, NULL);
    if (e == NW_OK) {
        if (certificate != NULL && nw_base64_decode(nw_str(certificate), &der, NULL) == NW_OK) {
            r.verified = nw_hcert_verify(test_crypto(), &h, nw_buf_slice(&der), NULL) == NW_OK;
        }
        /* The corpus asks about the payload also where the signature is to fail. */
        h.verified = true;
        if (nw_hcert_claims(&h, NULL) == NW_OK) {
            r.decoded = payload_equals(h.certificate, json_object_get(f->json, "JSON"));
            r.in_time =
                context(f, "VALIDATIONCLOCK") != NULL && nw_hcert_times(&h, clock_of(f)) == NW_OK;
            r.usage = nw_hcert_usage(&h, nw_buf_slice(&der)) == NW_OK;
        }
        nw_hcert_free(&h);
    }
    nw_buf_free(&der);
    nw_buf_free(&bytes);
    return r;
}

static void expect(const struct file *f, enum step step, const char *name, bool got)
{
    char key[64];
    (void)snprintf(key, sizeof key, "EXPECTED%s", name);
    json_t *wanted = json_object_get(json_object_get(f->json, "EXPECTEDRESULTS"), key);
    if (!json_is_boolean(wanted)) {
        return;
    }
    if (json_is_true(wanted) == got) {
        counts.held++;
        counts.step[step]++;
    } else if (f->mismatch[0] != '-') {
        counts.excused++;
    } else {
        counts.broken++;
        printf("%s: %s is %d\n", f->name, name, got);
    }
}

static void one_file(const char *root, const char *name, const char *mismatch)
{
    char path[2048];
    json_error_t error;
    (void)snprintf(path, sizeof path, "%s/dgc-testdata/%s", root, name);
    struct file f = {.json = json_load_file(path, 0, &error), .name = name, .mismatch = mismatch};
    if (f.json == NULL) {
        fail_msg("%s: %s", path, error.text);
    }
    bool base45;
    bool zlib;
    counts.files++;
    unpack(&f, &base45, &zlib);
    expect(&f, UNPREFIX, "UNPREFIX", unprefixes(&f));
    expect(&f, B45DECODE, "B45DECODE", base45);
    expect(&f, COMPRESSION, "COMPRESSION", zlib);
    struct results r = authenticate(&f);
    expect(&f, VERIFY, "VERIFY", r.verified);
    expect(&f, DECODE, "DECODE", r.decoded);
    expect(&f, DECODE, "VALIDJSON", r.decoded);
    expect(&f, EXPIRATION, "EXPIRATIONCHECK", r.in_time);
    expect(&f, KEYUSAGE, "KEYUSAGE", r.usage);
    json_decref(f.json);
}

/* The n-th tab-separated field of a line, as a string of its own. */
static void field(const char *line, int n, char *out, size_t cap)
{
    for (; n > 0; n--) {
        const char *tab = strchr(line, '\t');
        line = tab == NULL ? "" : tab + 1;
    }
    (void)snprintf(out, cap, "%.*s", (int)strcspn(line, "\t\n"), line);
}

static int column(const char *head, const char *wanted)
{
    char name[64];
    for (int i = 0; i < 64; i++) {
        field(head, i, name, sizeof name);
        if (strcmp(name, wanted) == 0) {
            return i;
        }
    }
    fail_msg("manifest.tsv has no column %s", wanted);
    return -1;
}

static void run_manifest(const char *root, const char *manifest)
{
    static char line[8192];
    FILE *f = fopen(manifest, "r");
    assert_non_null(f);
    assert_non_null(fgets(line, sizeof line, f));
    int at = column(line, "mismatch");
    while (fgets(line, sizeof line, f) != NULL) {
        char name[512];
        char mismatch[512];
        field(line, 0, name, sizeof name);
        field(line, at, mismatch, sizeof mismatch);
        counts.deviating_files += mismatch[0] != '-';
        one_file(root, name, mismatch);
    }
    (void)fclose(f);
}

static void every_declared_expectation_holds(void **state)
{
    (void)state;
    const char *archive = test_data("dcc/dgc-testdata-json.tar.gz");
    if (archive == NULL) {
        skip();
    }
    char root[] = "/tmp/nachweis-dcc-XXXXXX";
    char command[2048];
    memset(&counts, 0, sizeof counts);
    assert_non_null(mkdtemp(root));
    (void)snprintf(command, sizeof command, "tar -xzf '%s' -C '%s'", archive, root);
    assert_int_equal(system(command), 0);
    run_manifest(root, test_data("dcc/manifest.tsv"));
    (void)snprintf(command, sizeof command, "rm -rf '%s'", root);
    assert_int_equal(system(command), 0);
    printf("%d files, %d expectations hold, %d deviate in the %d files known as defective:",
           counts.files, counts.held, counts.excused, counts.deviating_files);
    for (size_t i = 0; i < ARRAY_LENGTH(step_names); i++) {
        printf(" %s %d", step_names[i], counts.step[i]);
    }
    printf("\n");
    assert_int_equal(counts.broken, 0);
    assert_true(counts.files >= 400);
    assert_true(counts.deviating_files <= 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_declared_expectation_holds),
    };
    return run_on_both("dcc", tests, ARRAY_LENGTH(tests));
}
