/* Claim 169 identity codes ($NW_DATA/claim169): base45, zlib, COSE_Sign1 or COSE_Encrypt0, CWT, of
 * another project. Every file decodes to its expected values or is refused as it says.
 * EdDSA is decided on libcrypto only: psa 2.28 has no Ed25519, which the test demands to be said
 * (ALG_UNSUPPORTED). COSE_Encrypt0 is read here and nowhere else. */
#include "support.h"

#include <dirent.h>
#include <jansson.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cose/cose.h"
#include "crypto/crypto.h"
#include "seal/transport.h"

#define CLAIM_169 169

static int decoded, verified, undecided, refused_count, decrypted;

/* Key numbers of the claim, as the expectations name them. */
static const struct {
    int64_t key;
    const char *name;
} fields[] = {{1, "id"}, {4, "fullName"}};

static json_t *member(json_t *object, const char *name)
{
    return json_object_get(object, name);
}

static const char *text(json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* COSE_Encrypt0 (RFC 9052 5.2): 16([protected, unprotected {5: iv}, ciphertext]), A256GCM. */
static enum nw_err decrypt(struct nw_slice in, const char *key_hex, struct nw_buf *plain)
{
    struct nw_cbor r = nw_cbor_open(in);
    struct nw_buf aad = NW_BUF(256);
    struct nw_slice iv;
    if (nw_cbor_peek(&r) == NW_CBOR_TAG && nw_cbor_tag(&r) != 16) {
        return NW_ERR_COSE_TAG;
    }
    size_t n = nw_cbor_array(&r);
    struct nw_slice protected = nw_cbor_bytes(&r);
    struct nw_slice unprotected = nw_cbor_raw(&r);
    struct nw_slice sealed = nw_cbor_bytes(&r);
    struct nw_slice map = protected;
    if (nw_cbor_err(&r) != NW_OK || n != 3) {
        return NW_ERR_COSE_FORM;
    }
    if (!nw_cbor_find_int(unprotected, 5, &iv) && !nw_cbor_find_int(map, 5, &iv)) {
        return NW_ERR_COSE_HEADER;
    }
    struct nw_cbor at = nw_cbor_open(iv);
    struct nw_slice nonce = nw_cbor_bytes(&at);
    nw_cbor_put_array(&aad, 3);
    nw_cbor_put_text(&aad, nw_str("Encrypt0"));
    nw_cbor_put_bytes(&aad, protected);
    nw_cbor_put_bytes(&aad, NW_SLICE_EMPTY);
    assert_ok(nw_buf_err(&aad));
    enum nw_err e =
        nw_aead_open(test_crypto(), test_hex(key_hex), nonce, nw_buf_slice(&aad), sealed, plain);
    nw_buf_free(&aad);
    return e;
}

/* Some of these tokens are unsigned: a COSE_Sign1 with an empty signature. */
static struct nw_slice payload_of_unsigned(struct nw_slice in)
{
    struct nw_cbor r = nw_cbor_open(in);
    if (nw_cbor_peek(&r) == NW_CBOR_TAG && nw_cbor_tag(&r) != 18) {
        return NW_SLICE_EMPTY;
    }
    size_t n = nw_cbor_array(&r);
    (void)nw_cbor_bytes(&r);
    (void)nw_cbor_raw(&r);
    struct nw_slice payload = nw_cbor_bytes(&r);
    struct nw_slice sig = nw_cbor_bytes(&r);
    return nw_cbor_err(&r) == NW_OK && n == 4 && sig.n == 0 ? payload : NW_SLICE_EMPTY;
}

static enum nw_err key_of(json_t *signing_key, struct nw_pubkey **key)
{
    struct nw_slice raw = test_hex(text(signing_key, "public_key_hex"));
    if (strcmp(text(signing_key, "algorithm"), "EdDSA") == 0) {
        return nw_pubkey_from_ed25519(test_crypto(), raw, key);
    }
    if (raw.n == 33) {
        return nw_pubkey_from_compressed(test_crypto(), NW_KEY_P256, nw_slice_from(raw, 1),
                                         raw.p[0] == 3, key);
    }
    return nw_pubkey_from_point(test_crypto(), NW_KEY_P256, raw, key);
}

static enum nw_err verify(struct nw_slice in, json_t *signing_key, struct nw_slice *payload)
{
    static const enum nw_sig_alg algs[] = {NW_ES256, NW_EDDSA};
    struct nw_cose_policy policy = {.algs = algs,
                                    .alg_n = 2,
                                    .tag = NW_COSE_TAG_ANY,
                                    .cbor_flags = NW_CBOR_LENIENT,
                                    .lenient_headers = true};
    struct nw_cose_sign1 s;
    struct nw_pubkey *key = NULL;
    enum nw_err e = nw_cose_parse(in, &policy, &s, NULL);
    if (e != NW_OK) {
        return e;
    }
    *payload = s.payload;
    e = key_of(signing_key, &key);
    if (e == NW_OK) {
        e = nw_cose_verify(test_crypto(), &s, NW_SLICE_EMPTY, NW_SLICE_EMPTY, key);
    }
    nw_pubkey_free(&key);
    bool ed25519 = s.alg == NW_EDDSA;
    if (ed25519 && strcmp(nw_crypto_name(test_crypto()), "psa") == 0) {
        assert_err(e, NW_ERR_ALG_UNSUPPORTED);
        undecided++;
        return NW_OK;
    }
    verified += e == NW_OK;
    return e;
}

static void compare_number(struct nw_slice claims, int64_t key, json_t *wanted)
{
    struct nw_slice raw = NW_SLICE_EMPTY;
    if (wanted == NULL) {
        return;
    }
    assert_true(nw_cbor_find_int(claims, key, &raw));
    struct nw_cbor r = nw_cbor_open(raw);
    assert_int_equal(nw_cbor_int(&r), json_integer_value(wanted));
    assert_ok(nw_cbor_err(&r));
}

static void compare_text(struct nw_slice map, int64_t key, const char *wanted)
{
    struct nw_slice raw = NW_SLICE_EMPTY;
    if (wanted == NULL) {
        return;
    }
    assert_true(nw_cbor_find_int(map, key, &raw));
    struct nw_cbor r = nw_cbor_open(raw);
    assert_true(nw_slice_is(nw_cbor_text(&r), wanted));
    assert_ok(nw_cbor_err(&r));
}

static const char *compare(json_t *file, struct nw_slice claims)
{
    struct nw_slice claim;
    if (nw_cbor_check(claims, NW_CBOR_LENIENT, NW_MAX_CBOR_DEPTH, NULL) != NW_OK) {
        return "CoseParse";
    }
    if (!nw_cbor_find_int(claims, CLAIM_169, &claim)) {
        return "Claim169NotFound";
    }
    json_t *meta = member(file, "expected_cwt_meta");
    json_t *wanted = member(file, "expected_claim169");
    compare_text(claims, 1, text(meta, "issuer"));
    compare_number(claims, 4, member(meta, "expiresAt"));
    compare_number(claims, 5, member(meta, "notBefore"));
    compare_number(claims, 6, member(meta, "issuedAt"));
    for (size_t i = 0; i < ARRAY_LENGTH(fields); i++) {
        compare_text(claim, fields[i].key, text(wanted, fields[i].name));
    }
    return NULL;
}

/* The name that the corpus has for what went wrong; NULL if all went well. */
static const char *decode_token(json_t *file, struct nw_slice token, struct nw_buf *plain)
{
    json_t *signing_key = member(file, "signing_key");
    json_t *secret = member(file, "encryption_key");
    struct nw_slice payload = NW_SLICE_EMPTY;
    if (secret != NULL) {
        if (decrypt(token, text(secret, "symmetric_key_hex"), plain) != NW_OK) {
            return "Decrypt";
        }
        decrypted++;
        token = nw_buf_slice(plain);
    }
    struct nw_cbor r = nw_cbor_open(token);
    if (secret != NULL && nw_cbor_peek(&r) == NW_CBOR_MAP) {
        payload = token;
    } else if (signing_key != NULL && json_object_get(signing_key, "public_key_hex") != NULL) {
        if (verify(token, signing_key, &payload) != NW_OK) {
            return "Signature";
        }
    } else {
        payload = payload_of_unsigned(token);
        if (payload.n == 0) {
            return "CoseParse";
        }
    }
    return compare(file, payload);
}

static const char *decode(json_t *file)
{
    struct nw_buf token = NW_BUF(NW_MAX_HC1);
    struct nw_buf plain = NW_BUF(NW_MAX_HC1);
    const char *problem = NULL;
    enum nw_err e =
        nw_transport_read(NULL, "", nw_str(text(file, "qr_data")), NW_MAX_HC1, &token, NULL, NULL);
    if (e == NW_ERR_BASE45_CHAR || e == NW_ERR_BASE45_LENGTH || e == NW_ERR_BASE45_RANGE) {
        problem = "Base45Decode";
    } else if (e == NW_ERR_ZLIB || e == NW_ERR_ZLIB_TRUNCATED) {
        problem = "Decompress";
    } else {
        assert_ok(e);
        problem = decode_token(file, nw_buf_slice(&token), &plain);
    }
    nw_buf_free(&token);
    nw_buf_free(&plain);
    return problem;
}

static void one_file(const char *path)
{
    json_error_t error;
    json_t *file = json_load_file(path, 0, &error);
    if (file == NULL) {
        fail_msg("%s: %s", path, error.text);
    }
    const char *wanted = text(file, "expected_error");
    const char *got = decode(file);
    if ((wanted == NULL) != (got == NULL) || (wanted != NULL && strcmp(wanted, got) != 0)) {
        fail_msg("%s: %s, not %s", path, got == NULL ? "accepted" : got,
                 wanted == NULL ? "accepted" : wanted);
    }
    decoded += got == NULL;
    refused_count += got != NULL;
    json_decref(file);
}

static void one_folder(const char *root, const char *name)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/test-vectors/%s", root, name);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char file[2048];
        (void)snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
        if (strstr(entry->d_name, ".json") != NULL) {
            one_file(file);
        }
    }
    (void)closedir(dir);
}

static void every_file_decodes_or_is_refused_as_it_says(void **state)
{
    (void)state;
    const char *archive = test_data("claim169/claim169-test-vectors.tar.gz");
    if (archive == NULL) {
        skip();
    }
    char root[] = "/tmp/nachweis-claim169-XXXXXX";
    char command[2048];
    assert_non_null(mkdtemp(root));
    (void)snprintf(command, sizeof command, "tar -xzf '%s' -C '%s'", archive, root);
    assert_int_equal(system(command), 0);
    decoded = verified = undecided = refused_count = decrypted = 0;
    one_folder(root, "valid");
    one_folder(root, "edge");
    one_folder(root, "invalid");
    (void)snprintf(command, sizeof command, "rm -rf '%s'", root);
    assert_int_equal(system(command), 0);
    printf("%d decoded (%d signatures verified, %d Ed25519 not decidable on this provider, %d "
           "decrypted), %d refused\n",
           decoded, verified, undecided, decrypted, refused_count);
    assert_int_equal(decoded, 14);
    assert_int_equal(refused_count, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_decodes_or_is_refused_as_it_says),
    };
    return run_on_both("claim169", tests, ARRAY_LENGTH(tests));
}
