#include "home.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/date.h"
#include "mark.h"

#define MAX_CONFIG 65536

static enum nw_err read_in(const char *home, const char *name, struct nw_buf *out,
                           struct nw_diag *d)
{
    char path[NW_PATH];
    enum nw_err e = nw_io_join(path, home, name);
    struct stat st;
    if (e == NW_OK && stat(path, &st) != 0) {
        return nw_fail_at(d, NW_ERR_HOME_HALF, path, "it is not there");
    }
    return e == NW_OK ? nw_io_read(path, MAX_CONFIG, out, d) : e;
}

/* ---- config.json ---- */

static enum nw_err config_int(const struct nw_json *file, const char *name, int64_t min,
                              int64_t max, int64_t *out, struct nw_diag *d)
{
    if (!nw_json_int(nw_json_get(file, name), out) || *out < min || *out > max) {
        return nw_fail_at(d, NW_ERR_CONFIG, name, "config.json: wanted %lld to %lld",
                          (long long)min, (long long)max);
    }
    return NW_OK;
}

static enum nw_err config_version(const struct nw_json *file, struct nw_diag *d)
{
    int64_t version;
    if (!nw_json_is_text(nw_json_get(file, "program"), "nachweis-issuer") ||
        !nw_json_int(nw_json_get(file, "version"), &version)) {
        return nw_fail_at(d, NW_ERR_CONFIG, "config.json", "this is no home of nachweis-issuer");
    }
    if (version != NW_HOME_VERSION) {
        return nw_fail_at(d, NW_ERR_STORE_VERSION, "config.json",
                          "home version %lld, this program knows %d", (long long)version,
                          NW_HOME_VERSION);
    }
    return NW_OK;
}

static enum nw_err config_values(const struct nw_json *file, struct nw_home_config *out,
                                 struct nw_diag *d)
{
    static const char *const categories[] = {"PuB-EAA", "QEAA", "EAA"};
    const char *category = nw_json_text(nw_json_get(file, "attestation_legal_category"));
    for (size_t i = 0; category != NULL && i < 3; i++) {
        if (strcmp(category, categories[i]) == 0) {
            (void)nw_slice_cstr(nw_str(category), out->category, sizeof out->category);
        }
    }
    if (out->category[0] == '\0' || !nw_json_bool(nw_json_get(file, "test"), &out->test)) {
        return nw_fail_at(d, NW_ERR_CONFIG, "config.json",
                          "wanted test (true or false) and attestation_legal_category");
    }
    enum nw_err e = config_int(file, "sdjwt_days", 1, 400, &out->sdjwt_days, d);
    if (e == NW_OK) {
        e = config_int(file, "proof_days", 0, 3660, &out->proof_days, d);
    }
    if (e == NW_OK) {
        e = config_int(file, "status_ttl", 60, 31 * NW_DAY, &out->status_ttl, d);
    }
    if (e == NW_OK) {
        e = config_int(file, "status_days", 1, 90, &out->status_days, d);
    }
    const struct nw_json *name_space = nw_json_get(file, "mdoc_namespace");
    if (e == NW_OK && name_space != NULL &&
        (nw_json_text(name_space) == NULL ||
         !nw_slice_cstr(nw_str(nw_json_text(name_space)), out->name_space,
                        sizeof out->name_space))) {
        return nw_fail_at(d, NW_ERR_CONFIG, "mdoc_namespace", "config.json: wanted a short text");
    }
    return e;
}

static enum nw_err load_config(struct nw_home *h, struct nw_diag *d)
{
    struct nw_buf text = NW_BUF(MAX_CONFIG);
    struct nw_json *file = NULL;
    enum nw_err e = read_in(h->path, "config.json", &text, d);
    if (e == NW_OK) {
        e = nw_json_parse(nw_buf_slice(&text), &file, d);
    }
    if (e == NW_OK) {
        e = config_version(file, d);
    }
    if (e == NW_OK) {
        e = config_values(file, &h->config, d);
    }
    nw_json_free(&file);
    nw_buf_free(&text);
    return e;
}

static enum nw_err load_tenant(struct nw_home *h, struct nw_diag *d)
{
    struct nw_buf text = NW_BUF(MAX_CONFIG);
    enum nw_err e = read_in(h->path, "institution.json", &text, d);
    if (e == NW_OK) {
        e = nw_tenant_parse(nw_buf_slice(&text), &h->tenant, d);
    }
    nw_buf_free(&text);
    return e;
}

/* ---- keys ---- */

static enum nw_err load_signer(struct nw_home *h, const char *key_name, const char *cert_name,
                               struct nw_signer **out, struct nw_diag *d)
{
    struct nw_buf key = NW_BUF_SECRET(NW_MAX_KEY_FILE);
    struct nw_buf cert = NW_BUF(NW_MAX_KEY_FILE);
    enum nw_err e = read_in(h->path, key_name, &key, d);
    if (e == NW_OK) {
        e = read_in(h->path, cert_name, &cert, d);
    }
    if (e == NW_OK) {
        e = nw_signer_from_pem(h->crypto, nw_buf_slice(&key), nw_buf_slice(&cert), out, d);
    }
    if (e == NW_OK && nw_signer_chain_length(*out) == 0) {
        nw_signer_free(out);
        e = nw_fail_at(d, NW_ERR_HOME_HALF, cert_name, "it holds no certificate");
    }
    nw_buf_free(&cert);
    nw_buf_free(&key);
    return e;
}

static enum nw_err load_signers(struct nw_home *h, struct nw_diag *d)
{
    struct nw_cert leaf;
    enum nw_err e =
        load_signer(h, "keys/attestation.key.pem", "keys/attestation.cert.pem", &h->attestation, d);
    if (e == NW_OK) {
        e = load_signer(h, "keys/status.key.pem", "keys/status.cert.pem", &h->status, d);
    }
    if (e == NW_OK) {
        e = nw_cert_parse(nw_signer_chain_cert(h->attestation, 0), &leaf, d);
    }
    if (e == NW_OK) {
        h->cert_begin = leaf.not_before;
        h->cert_end = leaf.not_after;
        memcpy(h->cert_country, leaf.country, sizeof h->cert_country);
    }
    return e;
}

enum nw_err nw_home_status_base(const struct nw_tenant *t, char out[NW_STORE_URI])
{
    int n = snprintf(out, NW_STORE_URI, "%s/status", t->url);
    return n > 0 && n < NW_STORE_URI ? NW_OK : NW_ERR_CONFIG;
}

static enum nw_err load_store(struct nw_home *h, struct nw_diag *d)
{
    char path[NW_PATH], base[NW_STORE_URI];
    enum nw_err e = nw_io_join(path, h->path, "store.db");
    if (e == NW_OK) {
        e = nw_home_status_base(&h->tenant, base);
    }
    if (e == NW_OK) {
        e = nw_store_sqlite_open(h->crypto, path, base, false, &h->store, d);
    }
    return e == NW_OK ? nw_mark_check(h->path, h->store, d) : e;
}

static enum nw_err load_types(struct nw_home *h, struct nw_diag *d)
{
    enum nw_err e = nw_types_load(&h->types, d);
    if (e == NW_OK && h->config.name_space[0] != '\0') {
        e = nw_types_name_second(h->types, "pda1", h->config.name_space);
        if (e != NW_OK) {
            (void)nw_fail_at(d, e, "mdoc_namespace", "config.json");
        }
    }
    return e;
}

enum nw_err nw_home_open(const char *path, struct nw_home *out, struct nw_diag *d)
{
    struct stat st;
    *out = (struct nw_home){.store = NULL};
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
        return nw_fail_at(d, NW_ERR_CONFIG, path, "there is no home; make one with setup");
    }
    if (!nw_slice_cstr(nw_str(path), out->path, sizeof out->path)) {
        return nw_fail_at(d, NW_ERR_CONFIG, "", "the path of the home is too long");
    }
    enum nw_err e = load_config(out, d);
    if (e == NW_OK) {
        e = load_tenant(out, d);
    }
    if (e == NW_OK) {
        e = nw_crypto_new(NW_PROVIDER_DEFAULT, &out->crypto);
    }
    if (e == NW_OK) {
        e = nw_deflater_new(NW_DEFLATE_TEXT, &out->deflater);
    }
    if (e == NW_OK) {
        e = load_signers(out, d);
    }
    if (e == NW_OK) {
        e = load_types(out, d);
    }
    if (e == NW_OK) {
        e = load_store(out, d);
    }
    if (e != NW_OK) {
        nw_home_close(out);
    }
    return e;
}

void nw_home_close(struct nw_home *h)
{
    nw_store_close(&h->store);
    nw_types_free(&h->types);
    nw_deflater_free(&h->deflater);
    nw_signer_free(&h->attestation);
    nw_signer_free(&h->status);
    nw_crypto_free(&h->crypto);
    nw_tenant_free(&h->tenant);
}

enum nw_err nw_clock(const char *at, int64_t *now, struct nw_diag *d)
{
    if (at == NULL) {
        *now = (int64_t)time(NULL);
        return NW_OK;
    }
    if (nw_time_parse(nw_str(at), now) != NW_OK) {
        return nw_fail_at(d, NW_ERR_USAGE, "--at", "wanted a time such as 2026-11-21T20:00:00Z");
    }
    return NW_OK;
}

void nw_home_today(const struct nw_home *h, int64_t now, char out[NW_DATE_TEXT])
{
    nw_date_format(nw_zone_days(h != NULL ? h->tenant.country : NULL, now).first, out);
}

enum nw_err nw_home_now(const struct nw_home *h, const char *at, int64_t *now, struct nw_diag *d)
{
    if (at != NULL && !h->config.test) {
        return nw_fail_at(d, NW_ERR_USAGE, "--at", "only a test home may set the clock");
    }
    return nw_clock(at, now, d);
}
