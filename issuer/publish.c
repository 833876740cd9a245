/* Everything an institution publishes, as static files below its address: status lists, type
 * metadata, issuer metadata, certificates. Each file is replaced in one step. */
#include <string.h>

#include "cmd.h"

#include "base/date.h"
#include "jose/jws.h"
#include "status/status.h"

#define PUBLIC_FILE 0644u
#define PUBLIC_FOLDER 0755u
#define LOCK_WAIT 60 /* seconds */

struct publish {
    const struct nw_home *home;
    const char *out;
    int64_t now;
    struct nw_deflater *deflater;
    struct nw_diag *d;
};

static enum nw_err put(const struct publish *p, const char *name, struct nw_slice content)
{
    char path[NW_PATH];
    enum nw_err e = nw_io_join(path, p->out, name);
    return e == NW_OK ? nw_io_write(path, content, PUBLIC_FILE, p->d) : e;
}

static enum nw_err put_buf(const struct publish *p, const char *name, struct nw_buf *content)
{
    enum nw_err e = nw_buf_err(content);
    if (e == NW_OK) {
        e = put(p, name, nw_buf_slice(content));
    }
    nw_buf_free(content);
    return e;
}

static enum nw_err folders(const struct publish *p)
{
    static const char *const names[] = {"status", "vctm", "certificates", ".well-known"};
    char path[NW_PATH];
    enum nw_err e = nw_io_mkdir(p->out, PUBLIC_FOLDER, p->d);
    for (size_t i = 0; e == NW_OK && i < sizeof names / sizeof names[0]; i++) {
        e = nw_io_join(path, p->out, names[i]);
        if (e == NW_OK) {
            e = nw_io_mkdir(path, PUBLIC_FOLDER, p->d);
        }
    }
    return e;
}

/* ---- status lists ---- */

static enum nw_err aggregation_uri(const struct nw_home *h, char uri[NW_STORE_URI])
{
    int n = snprintf(uri, NW_STORE_URI, "%s/status/aggregation.json", h->tenant.url);
    return n > 0 && n < NW_STORE_URI ? NW_OK : NW_ERR_CONFIG;
}

static enum nw_err put_list(const struct publish *p, unsigned list, struct nw_json *addresses)
{
    const struct nw_home *h = p->home;
    char uri[NW_STORE_URI], aggregation[NW_STORE_URI], name[64];
    struct nw_buf packed = NW_BUF(NW_LIST_BYTES);
    struct nw_json *address = NULL;
    enum nw_err e = h->store->ops->load_list(h->store, list, &packed, uri);
    if (e == NW_ERR_STORE) {
        (void)nw_fail_at(p->d, e, "", "%s", h->store->ops->trouble(h->store));
    }
    if (e == NW_OK) {
        e = aggregation_uri(h, aggregation);
    }
    const struct nw_status_publish job = {.packed = nw_buf_slice(&packed),
                                          .uri = uri,
                                          .iat = p->now,
                                          .exp = p->now + h->config.status_days * NW_DAY,
                                          .ttl = h->config.status_ttl,
                                          .aggregation_uri = aggregation,
                                          .deflater = p->deflater};
    for (int form = NW_TOKEN_JWT; e == NW_OK && form <= NW_TOKEN_CWT; form++) {
        struct nw_buf token = NW_BUF(NW_MAX_STATUS_TOKEN);
        (void)snprintf(name, sizeof name, "status/%u.%s", list,
                       form == NW_TOKEN_JWT ? "jwt" : "cwt");
        e = nw_status_token_make(h->status, (enum nw_token_form)form, &job, &token);
        e = e == NW_OK ? put_buf(p, name, &token) : e;
        nw_buf_free(&token);
    }
    if (e == NW_OK) {
        e = nw_json_new_text(nw_str(uri), &address);
    }
    if (e == NW_OK) {
        e = nw_json_append(addresses, &address);
    }
    nw_json_free(&address);
    nw_buf_free(&packed);
    return e;
}

/* TSL 9.3 */
static enum nw_err put_aggregation(const struct publish *p, struct nw_json **addresses)
{
    struct nw_json *file = NULL;
    struct nw_buf text = NW_BUF(NW_MAX_JSON);
    enum nw_err e = nw_json_new_object(&file);
    if (e == NW_OK) {
        e = nw_json_put(file, "status_lists", addresses);
    }
    if (e == NW_OK) {
        nw_json_write(file, &text);
        e = put_buf(p, "status/aggregation.json", &text);
    }
    nw_json_free(&file);
    nw_buf_free(&text);
    return e;
}

static enum nw_err put_lists(const struct publish *p)
{
    struct nw_store *s = p->home->store;
    struct nw_json *addresses = NULL;
    unsigned count = 0;
    enum nw_err e = s->ops->list_count(s, &count);
    if (e == NW_OK) {
        e = nw_json_new_array(&addresses);
    }
    for (unsigned list = 1; e == NW_OK && list <= count; list++) {
        e = put_list(p, list, addresses);
    }
    if (e == NW_OK) {
        e = put_aggregation(p, &addresses);
    }
    nw_json_free(&addresses);
    return e;
}

/* ---- metadata ---- */

/* Each profile of each type that this program writes. */
typedef enum nw_err (*each_fn)(const struct publish *p, const struct nw_type *t,
                               enum nw_profile profile, void *ctx);
static enum nw_err each_profile(const struct publish *p, each_fn job, void *ctx)
{
    enum nw_err e = NW_OK;
    for (size_t i = 0; e == NW_OK && i < nw_types_count(p->home->types); i++) {
        const struct nw_type *t = nw_types_at(p->home->types, i);
        for (int k = NW_PROFILE_NONE + 1; e == NW_OK && k <= NW_PROFILE_DC4EU_PILOT; k++) {
            if (nw_type_writes(t, (enum nw_profile)k)) {
                e = job(p, t, (enum nw_profile)k, ctx);
            }
        }
    }
    return e;
}

static enum nw_err put_vctm(const struct publish *p, const struct nw_type *t,
                            enum nw_profile profile, void *ctx)
{
    struct nw_buf text = NW_BUF(NW_MAX_JSON);
    char name[64];
    (void)ctx;
    (void)snprintf(name, sizeof name, "vctm/%s-%s.json", nw_type_name(t), nw_profile_name(profile));
    enum nw_err e = nw_type_vctm(t, profile, &text);
    e = e == NW_OK ? put_buf(p, name, &text) : e;
    nw_buf_free(&text);
    return e;
}

/* SD-JWT VC 4: the keys, for verifiers that do not read certificates. */
static enum nw_err put_jwt_vc_issuer(const struct publish *p)
{
    struct nw_buf text = NW_BUF(NW_MAX_JSON);
    nw_buf_puts(&text, "{\"issuer\":");
    nw_json_write_text(nw_str(p->home->tenant.url), &text);
    nw_buf_puts(&text, ",\"jwks\":{\"keys\":[");
    enum nw_err e = nw_jwk_write(nw_signer_pubkey(p->home->attestation), &text);
    nw_buf_puts(&text, "]}}");
    e = e == NW_OK ? put_buf(p, ".well-known/jwt-vc-issuer", &text) : e;
    nw_buf_free(&text);
    return e;
}

static void write_display(const struct nw_type *t, struct nw_buf *out)
{
    const char *lang[] = {"de", "en"};
    nw_buf_puts(out, ",\"credential_metadata\":{\"display\":[");
    for (size_t i = 0; i < 2; i++) {
        nw_buf_puts(out, i == 0 ? "{\"name\":" : ",{\"name\":");
        nw_json_write_text(nw_str(nw_type_title(t, lang[i])), out);
        nw_buf_printf(out, ",\"locale\":\"%s\"}", lang[i]);
    }
    nw_buf_puts(out, "]}}");
}

/* One for the SD-JWT VC, and one for the mdoc where the profile has a docType. */
static enum nw_err write_configuration(const struct publish *p, const struct nw_type *t,
                                       enum nw_profile profile, void *ctx)
{
    static const char proof[] = ",\"proof_types_supported\":{\"jwt\":"
                                "{\"proof_signing_alg_values_supported\":[\"ES256\"]}}";
    struct nw_buf *out = ctx;
    const char *name = nw_profile_name(profile);
    const char *doctype = nw_type_doctype(t, profile);
    (void)p;
    nw_buf_printf(out, "%s\"%s-%s\":{\"format\":\"dc+sd-jwt\",\"vct\":",
                  out->p[out->n - 1] == '{' ? "" : ",", nw_type_name(t), name);
    nw_json_write_text(nw_str(nw_type_vct(t, profile)), out);
    nw_buf_puts(out, ",\"cryptographic_binding_methods_supported\":[\"jwk\"],"
                     "\"credential_signing_alg_values_supported\":[\"ES256\"]");
    nw_buf_puts(out, proof);
    write_display(t, out);
    if (doctype != NULL) {
        nw_buf_printf(out, ",\"%s-%s-mdoc\":{\"format\":\"mso_mdoc\",\"doctype\":", nw_type_name(t),
                      name);
        nw_json_write_text(nw_str(doctype), out);
        nw_buf_puts(out, ",\"cryptographic_binding_methods_supported\":[\"cose_key\"],"
                         "\"credential_signing_alg_values_supported\":[-7]");
        nw_buf_puts(out, proof);
        write_display(t, out);
    }
    return nw_buf_err(out);
}

/* OpenID4VCI 12.2 */
static enum nw_err put_credential_issuer(const struct publish *p)
{
    const struct nw_home *h = p->home;
    struct nw_buf text = NW_BUF(NW_MAX_JSON);
    char endpoint[NW_STORE_URI], aggregation[NW_STORE_URI];
    (void)snprintf(endpoint, sizeof endpoint, "%s/credential", h->tenant.url);
    enum nw_err e = aggregation_uri(h, aggregation);
    if (e != NW_OK) {
        return e;
    }
    nw_buf_puts(&text, "{\"credential_issuer\":");
    nw_json_write_text(nw_str(h->tenant.url), &text);
    nw_buf_puts(&text, ",\"credential_endpoint\":");
    nw_json_write_text(nw_str(endpoint), &text);
    nw_buf_puts(&text, ",\"status_list_aggregation_endpoint\":"); /* TSL 9.1 */
    nw_json_write_text(nw_str(aggregation), &text);
    nw_buf_puts(&text, ",\"display\":[{\"name\":");
    nw_json_write_text(nw_str(h->tenant.name), &text);
    nw_buf_puts(&text, "}],\"credential_configurations_supported\":{");
    e = nw_buf_err(&text);
    if (e == NW_OK) {
        e = each_profile(p, write_configuration, &text);
    }
    nw_buf_puts(&text, "}}");
    if (e != NW_OK) {
        nw_buf_free(&text);
        return e;
    }
    return put_buf(p, ".well-known/openid-credential-issuer", &text);
}

static enum nw_err put_certificates(const struct publish *p)
{
    struct nw_buf pem = NW_BUF(NW_MAX_KEY_FILE);
    nw_cert_to_pem(nw_signer_chain_cert(p->home->attestation, 0), &pem);
    enum nw_err e = put_buf(p, "certificates/attestation.pem", &pem);
    if (e == NW_OK) {
        pem = NW_BUF(NW_MAX_KEY_FILE);
        nw_cert_to_pem(nw_signer_chain_cert(p->home->status, 0), &pem);
        e = put_buf(p, "certificates/status.pem", &pem);
    }
    return e;
}

enum nw_err nw_publish(const struct nw_home *home, const char *out, int64_t now, struct nw_diag *d)
{
    struct publish p = {.home = home, .out = out, .now = now, .d = d};
    enum nw_err e = folders(&p);
    if (e == NW_OK) { /* or a slow run would put its older lists over those of a later one */
        e = nw_io_lock(out, LOCK_WAIT, d);
    }
    if (e == NW_OK) {
        e = nw_deflater_new(NW_DEFLATE_SPARSE, &p.deflater);
    }
    if (e == NW_OK) {
        e = put_lists(&p);
    }
    if (e == NW_OK) {
        e = each_profile(&p, put_vctm, NULL);
    }
    if (e == NW_OK) {
        e = put_jwt_vc_issuer(&p);
    }
    if (e == NW_OK) {
        e = put_credential_issuer(&p);
    }
    if (e == NW_OK) {
        e = put_certificates(&p);
    }
    nw_deflater_free(&p.deflater);
    return e;
}
