/*
 * Our side of the mdoc interoperation tests: issues, presents and verifies from the command line.
 *
 *   issue   KEY.pem CHAIN.pem DEVICE.jwk DOCTYPE FROM UNTIL ELEMENTS   -> IssuerSigned
 *   present DEVICE.pem ISSUERSIGNED TRANSCRIPT [READER.jwk]            -> DeviceResponse, all
 * elements verify  ANCHOR.pem INPUT AT [TRANSCRIPT [READER.pem]]              -> lines of elements
 *   redirect CLIENT-ID NONCE THUMBPRINT RESPONSE-URI                   -> SessionTranscript
 *   dc-api  ORIGIN NONCE THUMBPRINT                                    -> SessionTranscript
 *
 * CBOR goes in and out as hexadecimal digits (in files: nothing else). ELEMENTS, and what verify
 * prints: a line each with name space, identifier, value. READER.jwk makes a MAC, READER.pem
 * verifies one. THUMBPRINT: "-" for none.
 *
 * Exit status: 0 done or valid, 1 not valid, 2 trouble.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "crypto/cert.h"
#include "jose/jws.h"
#include "mdoc/mdoc.h"
#include "mdoc/transcript.h"

#define FILE_MAX (1u << 20)
#define ELEMENTS_MAX 64

static void fail(const char *what, enum nw_err e)
{
    (void)fprintf(stderr, "%s: %s\n", what, nw_err_text(e));
    exit(2);
}

static void must(enum nw_err e, const char *what)
{
    if (e != NW_OK) {
        fail(what, e);
    }
}

static void read_file(const char *path, struct nw_buf *b)
{
    char part[4096];
    size_t n;
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        fail(path, NW_ERR_IO);
    }
    while ((n = fread(part, 1, sizeof part, f)) > 0) {
        nw_buf_put(b, nw_slice(part, n));
    }
    (void)fclose(f);
    must(nw_buf_err(b), path);
}

static struct nw_buf read_hex(const char *path)
{
    struct nw_buf text = NW_BUF(FILE_MAX), bytes = NW_BUF(FILE_MAX);
    read_file(path, &text);
    must(nw_hex_decode(nw_buf_slice(&text), &bytes, NULL), path);
    nw_buf_free(&text);
    return bytes;
}

static struct nw_signer *read_signer(struct nw_crypto *c, const char *path, const char *chain_path)
{
    struct nw_buf key = NW_BUF_SECRET(FILE_MAX), chain = NW_BUF(FILE_MAX);
    struct nw_signer *s = NULL;
    read_file(path, &key);
    if (chain_path != NULL) {
        read_file(chain_path, &chain);
    }
    must(nw_signer_from_pem(c, nw_buf_slice(&key), nw_buf_slice(&chain), &s, NULL), path);
    nw_buf_free(&key);
    nw_buf_free(&chain);
    return s;
}

static struct nw_pubkey *read_jwk(struct nw_crypto *c, const char *path)
{
    struct nw_buf text = NW_BUF(FILE_MAX);
    struct nw_json *jwk = NULL;
    struct nw_pubkey *key = NULL;
    read_file(path, &text);
    must(nw_json_parse(nw_buf_slice(&text), &jwk, NULL), path);
    must(nw_jwk_parse(c, jwk, &key, NULL), path);
    nw_json_free(&jwk);
    nw_buf_free(&text);
    return key;
}

static int print_hex(struct nw_buf *bytes)
{
    struct nw_buf text = NW_BUF(FILE_MAX);
    must(nw_buf_err(bytes), "output");
    nw_hex_encode(nw_buf_slice(bytes), &text);
    (void)printf("%s\n", nw_buf_cstr(&text));
    nw_buf_free(&text);
    nw_buf_free(bytes);
    return 0;
}

struct elements {
    struct nw_buf text;
    struct nw_buf value[ELEMENTS_MAX];
    struct nw_mdoc_element v[ELEMENTS_MAX];
    size_t n;
};

static void read_elements(const char *path, struct elements *e)
{
    char *rest = NULL;
    e->text = NW_BUF(FILE_MAX);
    read_file(path, &e->text);
    char *line = strtok_r((char *)(uintptr_t)nw_buf_cstr(&e->text), " \n", &rest);
    for (; line != NULL && e->n < ELEMENTS_MAX; line = strtok_r(NULL, " \n", &rest)) {
        const char *id = strtok_r(NULL, " \n", &rest);
        const char *hex = strtok_r(NULL, " \n", &rest);
        if (id == NULL || hex == NULL) {
            fail(path, NW_ERR_CONFIG);
        }
        e->value[e->n] = NW_BUF(FILE_MAX);
        must(nw_hex_decode(nw_str(hex), &e->value[e->n], NULL), id);
        e->v[e->n] = (struct nw_mdoc_element){line, id, nw_buf_slice(&e->value[e->n])};
        e->n++;
    }
}

static int issue(struct nw_crypto *c, char **argv)
{
    static struct elements elements;
    struct nw_signer *signer = read_signer(c, argv[0], argv[1]);
    struct nw_pubkey *device = read_jwk(c, argv[2]);
    struct nw_buf out = NW_BUF(FILE_MAX);
    read_elements(argv[6], &elements);
    const struct nw_mdoc_issue job = {.doc_type = argv[3],
                                      .elements = elements.v,
                                      .n = elements.n,
                                      .device_key = device,
                                      .signed_at = strtoll(argv[4], NULL, 10),
                                      .valid_from = strtoll(argv[4], NULL, 10),
                                      .valid_until = strtoll(argv[5], NULL, 10)};
    must(nw_mdoc_issue(c, signer, &job, &out, NULL), "issue");
    for (size_t i = 0; i < elements.n; i++) {
        nw_buf_free(&elements.value[i]);
    }
    nw_buf_free(&elements.text);
    nw_pubkey_free(&device);
    nw_signer_free(&signer);
    return print_hex(&out);
}

static struct nw_buf read_transcript(const char *path, struct nw_slice *array)
{
    struct nw_buf bytes = read_hex(path);
    must(nw_transcript_open(nw_buf_slice(&bytes), array, NULL), path);
    return bytes;
}

static int present(struct nw_crypto *c, int n, char **argv)
{
    struct nw_slice array = NW_SLICE_EMPTY;
    struct nw_signer *device = read_signer(c, argv[0], NULL);
    struct nw_buf issued = read_hex(argv[1]);
    struct nw_buf transcript = read_transcript(argv[2], &array);
    struct nw_pubkey *reader = n > 3 ? read_jwk(c, argv[3]) : NULL;
    struct nw_buf out = NW_BUF(FILE_MAX);
    const struct nw_mdoc_present job = {.issuer_signed = nw_buf_slice(&issued),
                                        .device = device,
                                        .transcript = array,
                                        .reader_key = reader};
    must(nw_mdoc_present(c, &job, &out, NULL), "present");
    nw_pubkey_free(&reader);
    nw_buf_free(&transcript);
    nw_buf_free(&issued);
    nw_signer_free(&device);
    return print_hex(&out);
}

/* Everything that a verifier asks of an mdoc and of its signer. */
static enum nw_err check(struct nw_crypto *c, struct nw_mdoc *m, struct nw_slice anchor, int64_t at,
                         const struct nw_device_policy *device, struct nw_diag *d)
{
    const struct nw_path path = {.chain = m->auth.chain,
                                 .chain_n = m->auth.chain_n,
                                 .anchors = &anchor,
                                 .anchor_n = 1,
                                 .at = at,
                                 .profile = NW_CERT_MDOC_DS};
    struct nw_cert leaf;
    struct nw_pubkey *key = NULL;
    size_t used = 0;
    bool proven = false;
    enum nw_err e = nw_path_check(c, &path, NULL, &used, d);
    if (e == NW_OK) {
        e = nw_cert_parse(m->auth.chain[0], &leaf, d);
    }
    if (e == NW_OK) {
        e = nw_pubkey_from_spki(c, leaf.spki, &key);
    }
    if (e == NW_OK) {
        e = nw_mdoc_verify(c, m, key, NULL, d);
    }
    if (e == NW_OK) {
        e = nw_mdoc_times(m, leaf.not_before, leaf.not_after, at, 60, NULL, d);
    }
    if (e == NW_OK) {
        e = nw_mdoc_device(c, m, device, &proven, NULL, d);
    }
    if (e == NW_OK && device->required && !proven) {
        e = NW_ERR_KB_MISSING;
    }
    nw_pubkey_free(&key);
    return e;
}

static void print_elements(const struct nw_mdoc *m)
{
    for (size_t i = 0; i < m->item_n; i++) {
        const struct nw_mdoc_item *x = &m->item[i];
        struct nw_buf hex = NW_BUF(FILE_MAX);
        nw_hex_encode(x->value, &hex);
        (void)printf("%.*s %.*s %s\n", (int)x->name_space.n, (const char *)x->name_space.p,
                     (int)x->id.n, (const char *)x->id.p, nw_buf_cstr(&hex));
        nw_buf_free(&hex);
    }
}

static int verdict(enum nw_err e, const struct nw_diag *d)
{
    char line[512];
    if (e == NW_OK) {
        return 0;
    }
    nw_diag_line(d, line, sizeof line);
    (void)fprintf(stderr, "%s %s\n", nw_err_name(e), line);
    return nw_err_is_ours(e) ? 2 : 1;
}

static int verify(struct nw_crypto *c, int n, char **argv)
{
    static struct nw_device_response response;
    static struct nw_mdoc m;
    struct nw_buf pem = NW_BUF(FILE_MAX), anchor = NW_BUF(FILE_MAX), transcript = NW_BUF(0);
    struct nw_buf in = read_hex(argv[1]);
    struct nw_device_policy device = {.required = n > 3};
    size_t pos = 0;
    struct nw_diag d;
    nw_diag_clear(&d);
    read_file(argv[0], &pem);
    must(nw_cert_from_pem(nw_buf_slice(&pem), &pos, &anchor), argv[0]);
    if (n > 3) {
        transcript = read_transcript(argv[3], &device.transcript);
    }
    device.reader_key = n > 4 ? read_signer(c, argv[4], NULL) : NULL;
    bool whole = nw_device_response_is(nw_buf_slice(&in));
    enum nw_err e = whole ? nw_device_response_parse(nw_buf_slice(&in), &response, NULL, &d)
                          : nw_mdoc_parse(nw_buf_slice(&in), &m, NULL, &d);
    if (e == NW_OK && whole) {
        e = nw_device_response_document(&response, 0, &m, NULL, &d);
    }
    if (e == NW_OK) {
        e = check(c, &m, nw_buf_slice(&anchor), strtoll(argv[2], NULL, 10), &device, &d);
    }
    if (e == NW_OK) {
        print_elements(&m);
    }
    nw_mdoc_free(&m);
    nw_device_response_free(&response);
    nw_signer_free(&device.reader_key);
    nw_buf_free(&transcript);
    nw_buf_free(&in);
    nw_buf_free(&anchor);
    nw_buf_free(&pem);
    return verdict(e, &d);
}

static int transcript(struct nw_crypto *c, int n, char **argv)
{
    struct nw_buf out = NW_BUF(FILE_MAX), thumbprint = NW_BUF(64);
    if (strcmp(argv[2], "-") != 0) {
        must(nw_hex_decode(nw_str(argv[2]), &thumbprint, NULL), argv[2]);
    }
    const struct nw_slice t = nw_buf_slice(&thumbprint);
    must(n == 4 ? nw_transcript_openid4vp(c, argv[0], argv[1], t, argv[3], &out)
                : nw_transcript_dc_api(c, argv[0], argv[1], t, &out),
         "transcript");
    nw_buf_free(&thumbprint);
    return print_hex(&out);
}

int main(int argc, char **argv)
{
    struct nw_crypto *c = NULL;
    const char *word = argc < 2 ? "" : argv[1];
    int n = argc - 2;
    int status = 2;
    must(nw_crypto_new(NW_PROVIDER_DEFAULT, &c), "crypto");
    if (strcmp(word, "issue") == 0 && n == 7) {
        status = issue(c, argv + 2);
    } else if (strcmp(word, "present") == 0 && (n == 3 || n == 4)) {
        status = present(c, n, argv + 2);
    } else if (strcmp(word, "verify") == 0 && n >= 3 && n <= 5) {
        status = verify(c, n, argv + 2);
    } else if ((strcmp(word, "redirect") == 0 && n == 4) ||
               (strcmp(word, "dc-api") == 0 && n == 3)) {
        status = transcript(c, n, argv + 2);
    } else {
        (void)fprintf(stderr, "issue, present, verify, redirect or dc-api\n");
    }
    nw_crypto_free(&c);
    return status;
}
