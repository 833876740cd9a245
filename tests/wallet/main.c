/*
 * A small holder for tests and the demo: keeps a key in a PEM file and presents an SD-JWT VC.
 *
 *     nw-wallet key FILE                        makes a P-256 key, prints its public JWK
 *     nw-wallet present --key FILE --nonce N --audience A [--time SECONDS] [--hide NAME]...
 * CREDENTIAL
 *     nw-wallet present-mdoc                    present_mdoc.c
 *     nw-wallet nearby                          nearby.c
 *
 * --hide withholds every disclosure with that claim name. Without --key no proof is appended.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/argv.h"
#include "base/limits.h"
#include "crypto/signer.h"
#include "jose/jws.h"
#include "json/json.h"
#include "sdjwt/sdjwt.h"
#include "wallet.h"

#define HIDDEN_MAX 16

struct present_args {
    const char *key, *nonce, *audience, *credential;
    int64_t time;
    const char *hidden[HIDDEN_MAX];
    size_t hidden_n;
};

int wallet_complain(const char *what, enum nw_err e)
{
    (void)fprintf(stderr, "nw-wallet: %s: %s\n", what, nw_err_text(e));
    return WALLET_FAILED;
}

static int usage(void)
{
    (void)fputs("usage: nw-wallet key FILE\n"
                "       nw-wallet present [--key FILE --nonce N --audience A] [--time SECONDS]\n"
                "                         [--hide NAME]... CREDENTIAL\n"
                "       nw-wallet present-mdoc --key FILE SESSION [--hide NAME]... [--line N]\n"
                "                         CREDENTIAL\n"
                "       SESSION: --transcript FILE, or --nonce N with --client-id ID\n"
                "                --response-uri URI or --origin ORIGIN [--jwk-thumbprint T]\n"
                "       nw-wallet nearby --key FILE --readers PEM-FILE|--any-reader --socket FD\n"
                "                         [--mac] [--time SECONDS] CREDENTIAL\n",
                stderr);
    return WALLET_USAGE;
}

enum nw_err wallet_read(const char *path, struct nw_buf *out)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        return NW_ERR_IO;
    }
    uint8_t chunk[4096];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;) {
        nw_buf_put(out, nw_slice(chunk, n));
    }
    nw_wipe(chunk, sizeof chunk);
    bool bad = ferror(f) != 0;
    (void)fclose(f);
    return bad ? NW_ERR_IO : nw_buf_err(out);
}

static enum nw_err write_private(const char *path, struct nw_slice bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0) {
        return errno == EEXIST ? NW_ERR_EXISTS : NW_ERR_IO;
    }
    ssize_t n = write(fd, bytes.p, bytes.n);
    int closed = close(fd);
    return n == (ssize_t)bytes.n && closed == 0 ? NW_OK : NW_ERR_IO;
}

static int command_key(struct nw_crypto *c, const char *path)
{
    struct nw_buf pem = NW_BUF_SECRET(NW_MAX_KEY_FILE);
    struct nw_buf jwk = NW_BUF(1024);
    struct nw_signer *signer = NULL;
    enum nw_err e = nw_key_generate_pem(c, &pem);
    if (e == NW_OK) {
        e = nw_signer_from_pem(c, nw_buf_slice(&pem), NW_SLICE_EMPTY, &signer, NULL);
    }
    if (e == NW_OK) {
        e = nw_jwk_write(nw_signer_pubkey(signer), &jwk);
    }
    if (e == NW_OK) {
        e = write_private(path, nw_buf_slice(&pem));
    }
    if (e == NW_OK) {
        (void)printf("%s\n", nw_buf_cstr(&jwk));
    }
    nw_signer_free(&signer);
    nw_buf_free(&pem);
    nw_buf_free(&jwk);
    return e == NW_OK ? 0 : wallet_complain(path, e);
}

/* disclosure: ["salt", "name", value] or ["salt", value]. */
static bool keep(void *ctx, struct nw_slice disclosure)
{
    const struct present_args *args = ctx;
    struct nw_json *json = NULL;
    if (nw_json_parse(disclosure, &json, NULL) != NW_OK) {
        return true;
    }
    bool kept = true;
    if (nw_json_count(json) == 3) {
        for (size_t i = 0; i < args->hidden_n; i++) {
            kept = kept && !nw_json_is_text(nw_json_at(json, 1), args->hidden[i]);
        }
    }
    nw_json_free(&json);
    return kept;
}

static struct nw_slice trimmed(struct nw_slice s)
{
    while (s.n > 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r' || s.p[s.n - 1] == ' ')) {
        s.n--;
    }
    return s;
}

static int command_present(struct nw_crypto *c, struct present_args *args)
{
    struct nw_buf issued = NW_BUF(NW_MAX_SDJWT);
    struct nw_buf pem = NW_BUF_SECRET(NW_MAX_KEY_FILE);
    struct nw_buf out = NW_BUF(NW_MAX_SDJWT);
    struct nw_signer *holder = NULL;
    const char *what = args->credential;
    enum nw_err e = wallet_read(args->credential, &issued);
    if (e == NW_OK && args->key != NULL) {
        what = args->key;
        e = wallet_read(args->key, &pem);
        if (e == NW_OK) {
            e = nw_signer_from_pem(c, nw_buf_slice(&pem), NW_SLICE_EMPTY, &holder, NULL);
        }
    }
    if (e == NW_OK) {
        e = nw_sdjwt_present(c, trimmed(nw_buf_slice(&issued)), keep, args, holder, args->nonce,
                             args->audience, args->time, &out);
    }
    if (e == NW_OK) {
        (void)printf("%s\n", nw_buf_cstr(&out));
    }
    nw_signer_free(&holder);
    nw_buf_free(&pem);
    nw_buf_free(&issued);
    nw_buf_free(&out);
    return e == NW_OK ? 0 : wallet_complain(what, e);
}

static bool parse_present(int argc, char **argv, struct present_args *args)
{
    const char *at = NULL;
    const struct nw_argv_option options[] = {
        {"key", .text = &args->key},
        {"nonce", .text = &args->nonce},
        {"audience", .text = &args->audience},
        {"time", .text = &at},
        {"hide", .list = args->hidden, .list_n = &args->hidden_n, .list_max = HIDDEN_MAX},
    };
    struct nw_argv_words words;
    *args = (struct present_args){.time = 0};
    if (nw_argv_read(argc, argv, NW_ARGV(options), &words, NULL) != NW_OK || words.help) {
        return false;
    }
    args->time = at != NULL ? strtoll(at, NULL, 10) : (int64_t)time(NULL);
    args->credential = words.operand_n == 1 ? argv[1] : NULL;
    bool proof_complete = args->key == NULL || (args->nonce != NULL && args->audience != NULL);
    return args->credential != NULL && proof_complete;
}

int main(int argc, char **argv)
{
    struct nw_crypto *c = NULL;
    enum nw_err e = nw_crypto_new(NW_PROVIDER_DEFAULT, &c);
    if (e != NW_OK) {
        return wallet_complain("crypto", e);
    }
    int status;
    struct present_args args;
    if (argc == 3 && strcmp(argv[1], "key") == 0) {
        status = command_key(c, argv[2]);
    } else if (argc > 2 && strcmp(argv[1], "present") == 0 &&
               parse_present(argc - 1, argv + 1, &args)) {
        status = command_present(c, &args);
    } else if (argc > 2 && strcmp(argv[1], "present-mdoc") == 0) {
        status = wallet_present_mdoc(c, argc - 1, argv + 1);
        status = status == WALLET_USAGE ? usage() : status;
    } else if (argc > 2 && strcmp(argv[1], "nearby") == 0) {
        status = wallet_nearby(c, argc - 1, argv + 1);
        status = status == WALLET_USAGE ? usage() : status;
    } else {
        status = usage();
    }
    nw_crypto_free(&c);
    return status;
}
