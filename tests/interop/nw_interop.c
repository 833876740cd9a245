/*
 * Our side of the interoperation tests: issues, presents and verifies from the command line.
 *
 *   nw_interop issue   ISSUER.pem PAYLOAD.json PATH...              -> SD-JWT
 *   nw_interop present HOLDER.pem TOKEN NONCE AUDIENCE IAT          -> SD-JWT+KB, all disclosed
 *   nw_interop verify  ISSUER.jwk TOKEN AT [NONCE AUDIENCE]         -> processed payload
 *
 * Exit status: 0 done or valid, 1 not valid, 2 trouble.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sdjwt/sdjwt.h"

static bool read_file(const char *path, struct nw_buf *b)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        return false;
    }
    char part[4096];
    size_t n;
    while ((n = fread(part, 1, sizeof part, f)) > 0) {
        nw_buf_put(b, nw_slice(part, n));
    }
    (void)fclose(f);
    return nw_buf_err(b) == NW_OK;
}

static int trouble(const char *what, enum nw_err e)
{
    (void)fprintf(stderr, "%s: %s\n", what, nw_err_text(e));
    return 2;
}

static int print(struct nw_buf *b)
{
    (void)printf("%s\n", nw_buf_cstr(b));
    return 0;
}

static int issue(struct nw_crypto *c, struct nw_signer *s, const char *file, const char **paths)
{
    struct nw_buf text = NW_BUF(1u << 20);
    struct nw_buf out = NW_BUF(1u << 20);
    struct nw_json *payload = NULL;
    struct nw_diag d;
    int status = 2;
    nw_diag_clear(&d);
    if (read_file(file, &text) && nw_json_parse(nw_buf_slice(&text), &payload, &d) == NW_OK) {
        const struct nw_sd_decoy decoys[] = {{"", 4}};
        const struct nw_sd_plan plan = {.paths = paths, .decoys = decoys, .decoy_n = 1};
        const struct nw_sdjwt_issue job = {.payload = payload, .plan = &plan, .typ = "dc+sd-jwt"};
        enum nw_err e = nw_sdjwt_issue(c, s, &job, &out, &d);
        status = e == NW_OK ? print(&out) : trouble("issue", e);
    }
    nw_json_free(&payload);
    nw_buf_free(&text);
    nw_buf_free(&out);
    return status;
}

static int present(struct nw_crypto *c, struct nw_signer *holder, char **argv)
{
    struct nw_buf token = NW_BUF(1u << 20);
    struct nw_buf out = NW_BUF(1u << 20);
    int status = 2;
    if (read_file(argv[0], &token)) {
        enum nw_err e = nw_sdjwt_present(c, nw_buf_slice(&token), NULL, NULL, holder, argv[1],
                                         argv[2], strtoll(argv[3], NULL, 10), &out);
        status = e == NW_OK ? print(&out) : trouble("present", e);
    }
    nw_buf_free(&token);
    nw_buf_free(&out);
    return status;
}

static enum nw_err check(struct nw_crypto *c, struct nw_slice token, const struct nw_pubkey *key,
                         const struct nw_kb_policy *kb, struct nw_buf *out, struct nw_diag *d)
{
    struct nw_sdjwt s;
    const struct nw_vc_policy vc = {.at = kb->at, .skew = 60};
    bool proven = false;
    enum nw_err e = nw_sdjwt_parse(token, &s, NULL, d);
    if (e == NW_OK) {
        e = nw_sdjwt_verify(c, &s, key, NULL, d);
    }
    if (e == NW_OK) {
        e = nw_sdjwt_vc_claims(&s, &vc, NULL, d);
    }
    if (e == NW_OK) {
        e = nw_sdjwt_kb(c, &s, kb, &proven, NULL, d);
    }
    if (e == NW_OK && kb->required && !proven) {
        e = NW_ERR_KB_MISSING;
    }
    if (e == NW_OK) {
        nw_json_write(s.payload, out);
    }
    nw_sdjwt_free(&s);
    return e;
}

static int verify(struct nw_crypto *c, int argc, char **argv)
{
    struct nw_buf jwk = NW_BUF(1u << 16);
    struct nw_buf token = NW_BUF(1u << 20);
    struct nw_buf out = NW_BUF(1u << 20);
    struct nw_json *n = NULL;
    struct nw_pubkey *key = NULL;
    struct nw_diag d;
    int status = 2;
    const struct nw_kb_policy kb = {.required = argc == 5,
                                    .nonce = argc == 5 ? argv[3] : NULL,
                                    .audience = argc == 5 ? argv[4] : NULL,
                                    .at = strtoll(argv[2], NULL, 10),
                                    .max_age = 300,
                                    .max_future = 60};
    nw_diag_clear(&d);
    if (read_file(argv[0], &jwk) && read_file(argv[1], &token) &&
        nw_json_parse(nw_buf_slice(&jwk), &n, &d) == NW_OK &&
        nw_jwk_parse(c, n, &key, &d) == NW_OK) {
        enum nw_err e = check(c, nw_buf_slice(&token), key, &kb, &out, &d);
        if (e == NW_OK) {
            status = print(&out);
        } else {
            char line[512];
            nw_diag_line(&d, line, sizeof line);
            (void)fprintf(stderr, "%s %s\n", nw_err_name(e), line);
            status = nw_err_is_ours(e) ? 2 : 1;
        }
    }
    nw_pubkey_free(&key);
    nw_json_free(&n);
    nw_buf_free(&jwk);
    nw_buf_free(&token);
    nw_buf_free(&out);
    return status;
}

static int sign_job(struct nw_crypto *c, int argc, char **argv)
{
    struct nw_buf pem = NW_BUF_SECRET(1u << 16);
    struct nw_signer *s = NULL;
    struct nw_diag d;
    int status = 2;
    nw_diag_clear(&d);
    if (read_file(argv[2], &pem) &&
        nw_signer_from_pem(c, nw_buf_slice(&pem), NW_SLICE_EMPTY, &s, &d) == NW_OK) {
        const char *paths[64] = {NULL};
        for (int i = 4; i < argc && i < 67; i++) {
            paths[i - 4] = argv[i];
        }
        status =
            strcmp(argv[1], "issue") == 0 ? issue(c, s, argv[3], paths) : present(c, s, argv + 3);
    }
    nw_signer_free(&s);
    nw_buf_free(&pem);
    return status;
}

int main(int argc, char **argv)
{
    struct nw_crypto *c = NULL;
    int status = 2;
    if (nw_crypto_new(NW_PROVIDER_DEFAULT, &c) != NW_OK) {
        return 2;
    }
    if (argc >= 5 && strcmp(argv[1], "issue") == 0) {
        status = sign_job(c, argc, argv);
    } else if (argc == 7 && strcmp(argv[1], "present") == 0) {
        status = sign_job(c, argc, argv);
    } else if ((argc == 5 || argc == 7) && strcmp(argv[1], "verify") == 0) {
        status = verify(c, argc - 2, argv + 2);
    } else {
        (void)fprintf(stderr, "issue, present or verify\n");
    }
    nw_crypto_free(&c);
    return status;
}
