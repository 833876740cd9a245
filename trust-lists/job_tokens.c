/*
 * Status lists. A token is taken when its signer stands on a list in the role
 * of publishing status (or of issuing) now, its signature is good over the
 * bytes as fetched, it is within its times, and its packed list can be read.
 * The bytes go into the bundle unchanged: a verifier checks them again.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "cbor/cbor.h"
#include "command.h"
#include "job.h"
#include "status/status.h"

#define CLOCK_SKEW 300
#define CWT_SUB 2

/* The address a token is for, read after its signature was found good. */
static bool token_subject(const struct nw_status_token *t, char out[512])
{
    bool ok = false;
    if (t->form == NW_TOKEN_CWT) {
        struct nw_slice raw;
        if (nw_cbor_find_int(t->cose.payload, CWT_SUB, &raw)) {
            struct nw_cbor r = nw_cbor_open(raw);
            struct nw_slice text = nw_cbor_text(&r);
            ok = nw_cbor_err(&r) == NW_OK && nw_slice_cstr(text, out, 512);
        }
        return ok;
    }
    struct nw_json *json = NULL;
    if (nw_json_parse_max(nw_buf_slice(&t->jws.payload), NW_MAX_STATUS_TOKEN, &json, NULL) ==
        NW_OK) {
        const char *sub = nw_json_text(nw_json_get(json, "sub"));
        ok = sub != NULL && nw_slice_cstr(nw_str(sub), out, 512);
    }
    nw_json_free(&json);
    return ok;
}

static enum nw_err signature_is_good(struct tl_job *j, const struct nw_status_token *t,
                                     const struct nw_pubkey *key)
{
    return t->form == NW_TOKEN_CWT
               ? nw_cose_verify(j->c, &t->cose, NW_SLICE_EMPTY, NW_SLICE_EMPTY, key)
               : nw_jws_verify(j->c, &t->jws, key);
}

/* The CA of a QTSP issues to many bodies: there the owner of a token is who its certificate names.
 */
static enum nw_err of_one_body(struct tl_job *j, struct nw_slice der, struct nw_trust_entity *owner)
{
    struct nw_cert cert;
    uint8_t digest[NW_SHA256_BYTES];
    enum nw_err e = nw_cert_parse(der, &cert, NULL);
    if (e == NW_OK) {
        e = nw_sha256(j->c, cert.subject, digest);
    }
    if (e == NW_OK) {
        tl_hex(digest, owner->anchor);
    }
    return e;
}

/* The body that may publish this list; the reason of the role that came nearest otherwise. */
static enum nw_err find_owner(struct tl_job *j, const struct nw_status_token *t,
                              struct nw_trust_entity *owner, struct nw_diag *d)
{
    static const enum nw_role roles[] = {NW_ROLE_PUBEAA_STATUS, NW_ROLE_PUBEAA_ISSUE,
                                         NW_ROLE_PID_STATUS, NW_ROLE_PID_ISSUE, NW_ROLE_QCERT_CA};
    struct nw_diag why = {0};
    if (t->chain_n == 0) {
        return nw_fail(d, NW_ERR_STATUS_SIGNER, NW_NO_OFFSET, "it names no certificate");
    }
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        enum nw_trust_state state;
        struct nw_diag one = {0};
        enum nw_err e = nw_trust_chain(j->c, j->trust, roles[i], NW_CERT_STATUS, t->chain,
                                       t->chain_n, j->now, j->now, owner, &state, NULL, &one);
        if (e == NW_OK && roles[i] == NW_ROLE_QCERT_CA) {
            return of_one_body(j, t->chain[0], owner);
        }
        if (e == NW_OK || nw_err_is_ours(e)) {
            return e;
        }
        if (why.code == NW_OK || why.code == NW_ERR_TRUST_UNKNOWN) {
            why = one;
        }
    }
    return nw_fail(d, why.code, why.off, "%s", why.detail);
}

static enum nw_err check_token(struct tl_job *j, const struct nw_status_token *t, char uri[512],
                               struct tl_token_owner *owner, struct nw_diag *d)
{
    struct nw_trust_entity entity;
    struct nw_status_list list = {0};
    struct nw_pubkey *key = NULL;
    struct nw_cert cert;
    enum nw_err e = find_owner(j, t, &entity, d);
    if (e == NW_OK) {
        e = nw_cert_parse(t->chain[0], &cert, d);
    }
    if (e == NW_OK) {
        e = nw_pubkey_from_spki(j->c, cert.spki, &key);
    }
    if (e == NW_OK) {
        e = signature_is_good(j, t, key);
    }
    if (e == NW_OK && !token_subject(t, uri)) {
        e = nw_fail(d, NW_ERR_STATUS_SUBJECT, NW_NO_OFFSET, "it has no sub");
    }
    if (e == NW_OK) {
        e = nw_status_list_open(j->c, t, key, uri, j->now, CLOCK_SKEW, &list, NULL, d);
    }
    if (e == NW_OK) {
        owner->iat = list.iat;
        memcpy(owner->anchor, entity.anchor, sizeof owner->anchor);
        nw_status_list_free(&list);
    }
    nw_pubkey_free(&key);
    return e == NW_OK ? e : nw_fail(d, e, NW_NO_OFFSET, "the token");
}

/* A second token of one address and form: the newer one of the same body, never another body's. */
static enum nw_err place_token(struct tl_job *j, const struct nw_bundle_token *token,
                               const struct tl_token_owner *owner, struct nw_diag *d)
{
    for (size_t i = 0; i < j->token_n; i++) {
        if (j->tokens[i].cwt != token->cwt || !nw_slice_eq(j->tokens[i].uri, token->uri)) {
            continue;
        }
        if (strcmp(j->owners[i].anchor, owner->anchor) != 0) {
            return nw_fail(d, NW_ERR_STATUS_SIGNER, NW_NO_OFFSET,
                           "another body has a list of this address");
        }
        if (owner->iat > j->owners[i].iat) {
            j->tokens[i] = *token;
            j->owners[i] = *owner;
        }
        return NW_OK;
    }
    void *tokens = j->tokens;
    void *owners = j->owners;
    enum nw_err e = tl_grow(&tokens, j->token_n, sizeof *j->tokens);
    j->tokens = tokens;
    if (e == NW_OK) {
        e = tl_grow(&owners, j->token_n, sizeof *j->owners);
        j->owners = owners;
    }
    if (e == NW_OK) {
        j->tokens[j->token_n] = *token;
        j->owners[j->token_n++] = *owner;
    }
    return e;
}

static enum nw_err take_token(struct tl_job *j, const char *path, int64_t fetched,
                              struct nw_diag *why)
{
    char uri[512];
    struct tl_token_owner owner = {0};
    struct nw_status_token t = {0};
    struct nw_buf *name = tl_keep(&j->kept, sizeof uri);
    struct nw_buf *file = tl_keep(&j->kept, 2 * NW_MAX_STATUS_TOKEN);
    enum nw_err e =
        name != NULL && file != NULL ? tl_read(path, NW_MAX_STATUS_TOKEN, file, why) : NW_ERR_NOMEM;
    if (e != NW_OK) {
        return e;
    }
    e = nw_status_token_parse(nw_buf_slice(file), &t, NULL, why);
    if (e != NW_OK) {
        return e;
    }
    e = check_token(j, &t, uri, &owner, why);
    if (e == NW_OK) {
        nw_buf_puts(name, uri);
        e = nw_buf_err(name);
    }
    if (e == NW_OK) {
        struct nw_bundle_token token = {.uri = nw_buf_slice(name),
                                        .cwt = t.form == NW_TOKEN_CWT,
                                        .fetched = fetched < j->now ? fetched : j->now,
                                        .token = nw_buf_slice(file)};
        e = place_token(j, &token, &owner, why);
    }
    if (e == NW_OK) {
        tl_taken("status list", "%s (%s)", uri, t.form == NW_TOKEN_CWT ? "CWT" : "JWT");
    }
    nw_status_token_free(&t);
    return e;
}

static enum nw_err add_file(void *ctx, const char *path)
{
    struct tl_job *j = ctx;
    struct stat st;
    struct nw_diag why = {0};
    int64_t fetched = stat(path, &st) == 0 ? (int64_t)st.st_mtime : 0;
    enum nw_err e = take_token(j, path, fetched, &why);
    if (e == NW_OK || e >= NW_ERR_INTERNAL) {
        return e;
    }
    (void)nw_fail_at(&why, e, path, "status list");
    tl_refused(j, "status list", tl_file_name(path), &why);
    return NW_OK;
}

enum nw_err tl_job_tokens(struct tl_job *j, struct nw_diag *d)
{
    static const char *const endings[] = {".jwt", ".cwt", NULL};
    const struct nw_json *files = nw_json_get(j->config->json, "status_lists");
    enum nw_err e = NW_OK;
    for (const struct nw_json *f = nw_json_first(files); e == NW_OK && f != NULL;
         f = nw_json_next(f)) {
        char path[TL_PATH];
        e = tl_config_path(j->config, f, path, d);
        if (e == NW_OK) {
            e = tl_each_file(path, endings, add_file, j);
            if (e != NW_OK) {
                (void)nw_fail_at(d, e, path, "status lists");
            }
        }
    }
    return e;
}
