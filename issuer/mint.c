#include "mint.h"

#include <string.h>

#include "base/codec.h"
#include "base/date.h"
#include "jose/jws.h"
#include "sdjwt/sdjwt.h"
#include "seal/seal.h"

const char *nw_mint_form_name(enum nw_mint_form form)
{
    return form == NW_MINT_A11 ? "a11" : form == NW_MINT_MDOC ? "mso_mdoc" : "dc+sd-jwt";
}

const char *nw_mint_profile_name(const struct nw_mint_job *job)
{
    if (job->form == NW_MINT_A11) {
        return job->a11_level == 2 ? "full" : "inspection";
    }
    return nw_profile_name(job->profile);
}

static int64_t earlier_of(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* The second of issuing would tell which copies were made together: wallets get the day, which many
 * share (OpenID4VCI 15.4). An A11 is on paper, and is one. */
static int64_t issued_at(const struct nw_home *home, const struct nw_mint_job *job)
{
    int64_t day = nw_time_day(job->now) * NW_DAY;
    if (job->form == NW_MINT_A11) {
        return job->now;
    }
    return home->cert_begin > day ? earlier_of(home->cert_begin, job->now) : day;
}

enum nw_err nw_mint_expiry(const struct nw_home *home, const struct nw_record *r,
                           const struct nw_mint_job *job, int64_t *exp, struct nw_diag *d)
{
    /* the last second of the last day */
    int64_t latest = home->cert_end;
    if (r->has_end) {
        latest = earlier_of(latest, (r->end_day + home->config.proof_days + 1) * NW_DAY - 1);
    }
    if (job->form != NW_MINT_A11) {
        latest =
            earlier_of(latest, (nw_time_day(job->now) + home->config.sdjwt_days + 1) * NW_DAY - 1);
    }
    if (latest <= job->now) {
        char when[NW_TIME_TEXT];
        nw_time_format(latest, when);
        return nw_fail_at(d, NW_ERR_RECORD_RULE, "exp", "V23: it would have expired on %s", when);
    }
    *exp = latest;
    return NW_OK;
}

/* ---- SD-JWT VC ---- */

static enum nw_err put_jti(struct nw_crypto *c, struct nw_json *payload)
{
    uint8_t b[16];
    enum nw_err e = nw_random(c, b, sizeof b);
    if (e != NW_OK) {
        return e;
    }
    b[6] = (uint8_t)((b[6] & 0x0f) | 0x40); /* RFC 9562 5.4 */
    b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
    char text[64];
    (void)snprintf(text, sizeof text,
                   "urn:uuid:%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                   b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12],
                   b[13], b[14], b[15]);
    return nw_json_put_text(payload, "jti", text);
}

static enum nw_err put_status(struct nw_json *payload, const struct nw_copy *copy)
{
    struct nw_json *status = NULL, *list = NULL;
    enum nw_err e = nw_json_new_object(&status);
    if (e == NW_OK) {
        e = nw_json_new_object(&list);
    }
    if (e == NW_OK) {
        e = nw_json_put_int(list, "idx", copy->idx);
    }
    if (e == NW_OK) {
        e = nw_json_put_text(list, "uri", copy->uri);
    }
    if (e == NW_OK) {
        e = nw_json_put(status, "status_list", &list);
    }
    if (e == NW_OK) {
        e = nw_json_put(payload, "status", &status);
    }
    nw_json_free(&list);
    nw_json_free(&status);
    return e;
}

static enum nw_err put_cnf(struct nw_json *payload, const struct nw_pubkey *holder)
{
    struct nw_buf text = NW_BUF(4096);
    struct nw_json *cnf = NULL, *jwk = NULL;
    enum nw_err e = nw_jwk_write(holder, &text);
    if (e == NW_OK) {
        e = nw_json_parse(nw_buf_slice(&text), &jwk, NULL);
    }
    if (e == NW_OK) {
        e = nw_json_new_object(&cnf);
    }
    if (e == NW_OK) {
        e = nw_json_put(cnf, "jwk", &jwk);
    }
    if (e == NW_OK) {
        e = nw_json_put(payload, "cnf", &cnf);
    }
    nw_json_free(&jwk);
    nw_json_free(&cnf);
    nw_buf_free(&text);
    return e;
}

/* DC4EU asks for a subject identifier: the holder key's thumbprint, which says nothing new. */
static enum nw_err put_sub(struct nw_crypto *c, struct nw_json *payload,
                           const struct nw_pubkey *holder)
{
    uint8_t thumb[NW_SHA256_BYTES];
    struct nw_buf text = NW_BUF(256);
    enum nw_err e = nw_jwk_thumbprint(c, holder, thumb);
    nw_buf_puts(&text, "urn:ietf:params:oauth:jwk-thumbprint:sha-256:"); /* RFC 9278 */
    nw_base64url_encode(nw_slice(thumb, sizeof thumb), &text);
    if (e == NW_OK) {
        e = nw_buf_err(&text);
    }
    if (e == NW_OK) {
        e = nw_json_put_text(payload, "sub", nw_buf_cstr(&text));
    }
    nw_buf_free(&text);
    return e;
}

static const char *category_of(const struct nw_home *home, const struct nw_record *r)
{
    const char *own = nw_type_category(r->type);
    return own != NULL ? own : home->config.category;
}

/* a1-domain 1.2: what is never disclosed selectively. */
static enum nw_err put_envelope(const struct nw_home *home, const struct nw_record *r,
                                const struct nw_copy *copy, const struct nw_mint_job *job,
                                const struct nw_minted *m, struct nw_json *payload)
{
    enum nw_err e = nw_json_put_text(payload, "vct", nw_type_vct(r->type, job->profile));
    if (e == NW_OK) {
        e = nw_json_put_text(payload, "iss", home->tenant.url);
    }
    if (e == NW_OK) {
        e = nw_json_put_int(payload, "iat", m->iat);
    }
    if (e == NW_OK) {
        e = nw_json_put_int(payload, "exp", m->exp);
    }
    if (e == NW_OK) {
        e = put_jti(home->crypto, payload);
    }
    if (e == NW_OK && job->holder != NULL) {
        e = put_cnf(payload, job->holder);
    }
    if (e == NW_OK && job->profile == NW_PROFILE_DC4EU) {
        e = put_sub(home->crypto, payload, job->holder);
    }
    if (e == NW_OK) {
        e = nw_json_put_text(payload, "attestation_legal_category", category_of(home, r));
    }
    if (e == NW_OK && nw_type_is_envelope(r->type, "binding")) {
        e = nw_json_put_text(payload, "binding", job->holder != NULL ? "Wallet Instance" : "none");
    }
    return e == NW_OK ? put_status(payload, copy) : e;
}

static enum nw_err move_members(struct nw_json *from, struct nw_json *to)
{
    enum nw_err e = NW_OK;
    for (const struct nw_json *m; e == NW_OK && (m = nw_json_first(from)) != NULL;) {
        char name[128];
        if (!nw_slice_cstr(nw_str(nw_json_name(m)), name, sizeof name)) {
            return NW_ERR_INTERNAL;
        }
        struct nw_json *taken = nw_json_detach(from, m);
        e = nw_json_put(to, name, &taken);
        nw_json_free(&taken);
    }
    return e;
}

static struct nw_register_fields register_fields(const struct nw_home *home,
                                                 const struct nw_record *r, const char *issued_on)
{
    struct nw_register_fields reg = {.issued_on = ""};
    (void)nw_slice_cstr(nw_str(issued_on), reg.issued_on, sizeof reg.issued_on);
    (void)nw_slice_cstr(nw_str(category_of(home, r)), reg.legal_category,
                        sizeof reg.legal_category);
    if (r->has_end) {
        nw_date_format(r->end_day, reg.document_expiry);
    }
    return reg;
}

static enum nw_err write_claims(const struct nw_home *home, const struct nw_record *r,
                                const struct nw_mint_job *job, const char *issued_on,
                                struct nw_json **claims, struct nw_findings *losses)
{
    struct nw_register_fields reg = register_fields(home, r, issued_on);
    return nw_profile_write(r->type, job->profile, r->json, &reg, claims, losses);
}

static enum nw_err make_payload(const struct nw_home *home, const struct nw_record *r,
                                const struct nw_a1 *a1, const struct nw_copy *copy,
                                const struct nw_mint_job *job, const struct nw_minted *m,
                                struct nw_json **out)
{
    static struct nw_findings losses; /* told by nw_mint_check() */
    struct nw_json *claims = NULL, *payload = NULL;
    losses.n = 0;
    enum nw_err e = write_claims(home, r, job, a1->issued_on, &claims, &losses);
    if (e == NW_OK) {
        e = nw_json_new_object(&payload);
    }
    if (e == NW_OK) {
        e = put_envelope(home, r, copy, job, m, payload);
    }
    if (e == NW_OK) {
        e = move_members(claims, payload);
    }
    if (e == NW_OK) {
        *out = payload;
        payload = NULL; /* transferred */
    }
    nw_json_free(&payload);
    nw_json_free(&claims);
    return e;
}

static enum nw_err mint_sdjwt(const struct nw_home *home, const struct nw_record *r,
                              const struct nw_a1 *a1, const struct nw_copy *copy,
                              const struct nw_mint_job *job, struct nw_minted *m, struct nw_diag *d)
{
    struct nw_json *payload = NULL;
    enum nw_err e = make_payload(home, r, a1, copy, job, m, &payload);
    if (e == NW_OK) {
        const struct nw_sdjwt_issue issue = {
            .payload = payload, .plan = nw_type_plan(r->type, job->profile), .typ = "dc+sd-jwt"};
        e = nw_sdjwt_issue(home->crypto, home->attestation, &issue, &m->text, d);
    }
    nw_json_free(&payload);
    return e;
}

/* ---- mdoc ---- */

static enum nw_err mint_mdoc(const struct nw_home *home, const struct nw_record *r,
                             const struct nw_a1 *a1, const struct nw_copy *copy,
                             const struct nw_mint_job *job, struct nw_minted *m, struct nw_diag *d)
{
    static struct nw_findings losses; /* told by nw_mint_check() */
    static struct nw_mdoc_claims claims;
    struct nw_register_fields reg = register_fields(home, r, a1->issued_on);
    struct nw_buf cbor = NW_BUF(NW_MAX_CBOR);
    struct nw_mdoc_issue issue = {.doc_type = nw_type_doctype(r->type, job->profile),
                                  .device_key = job->holder,
                                  .signed_at = m->iat,
                                  .valid_from = m->iat,
                                  .valid_until = m->exp,
                                  .status = {.present = true, .idx = copy->idx}};
    memcpy(issue.status.uri, copy->uri, sizeof issue.status.uri);
    losses.n = 0;
    enum nw_err e = nw_profile_write_mdoc(r->type, job->profile, r->json, &reg, &claims, &losses);
    if (e != NW_OK) {
        return e;
    }
    issue.elements = claims.v;
    issue.n = claims.n;
    e = nw_mdoc_issue(home->crypto, home->attestation, &issue, &cbor, d);
    if (e == NW_OK) {
        nw_base64url_encode(nw_buf_slice(&cbor), &m->text);
    }
    nw_mdoc_claims_free(&claims);
    nw_buf_free(&cbor);
    return e;
}

/* ---- A11 ---- */

static enum nw_err mint_a11(const struct nw_home *home, const struct nw_record *r,
                            const struct nw_copy *copy, const struct nw_mint_job *job,
                            struct nw_minted *m, struct nw_diag *d)
{
    struct nw_buf map = NW_BUF(NW_MAX_A11);
    struct nw_seal_issue issue = {.iss = home->tenant.id,
                                  .iat = m->iat,
                                  .exp = m->exp,
                                  .holder = job->holder,
                                  .status = {.present = true, .idx = copy->idx},
                                  .deflater = home->deflater};
    memcpy(issue.status.uri, copy->uri, sizeof issue.status.uri);
    enum nw_err e = nw_a11_write(r->type, r->json, job->a11_level, &map, d);
    if (e == NW_OK) {
        issue.a1 = nw_buf_slice(&map);
        e = nw_seal_make(home->crypto, home->attestation, &issue, &m->text, d);
    }
    nw_buf_free(&map);
    return e;
}

enum nw_err nw_mint(const struct nw_home *home, const struct nw_record *r, const struct nw_a1 *a1,
                    const struct nw_copy *copy, const struct nw_mint_job *job,
                    struct nw_minted *out, struct nw_diag *d)
{
    struct nw_minted m = {.text = NW_BUF(NW_MAX_SDJWT), .iat = issued_at(home, job)};
    enum nw_err e = nw_mint_expiry(home, r, job, &m.exp, d);
    if (e == NW_OK) {
        e = job->form == NW_MINT_A11    ? mint_a11(home, r, copy, job, &m, d)
            : job->form == NW_MINT_MDOC ? mint_mdoc(home, r, a1, copy, job, &m, d)
                                        : mint_sdjwt(home, r, a1, copy, job, &m, d);
    }
    if (e == NW_OK) {
        e = nw_buf_err(&m.text);
    }
    if (e != NW_OK) {
        nw_buf_free(&m.text);
        return e;
    }
    *out = m;
    return NW_OK;
}

static enum nw_err try_claims(const struct nw_home *home, const struct nw_record *r,
                              const struct nw_mint_job *job, struct nw_findings *f)
{
    static struct nw_mdoc_claims mdoc;
    struct nw_json *claims = NULL;
    char today[NW_DATE_TEXT];
    enum nw_err e;
    nw_home_today(home, job->now, today);
    if (job->form == NW_MINT_MDOC) {
        struct nw_register_fields reg = register_fields(home, r, today);
        e = nw_profile_write_mdoc(r->type, job->profile, r->json, &reg, &mdoc, f);
        nw_mdoc_claims_free(&mdoc);
    } else {
        e = write_claims(home, r, job, today, &claims, f);
        nw_json_free(&claims);
    }
    return e == NW_ERR_PROFILE_LOSS && nw_findings_has_error(f) ? NW_OK : e;
}

enum nw_err nw_mint_check(const struct nw_home *home, const struct nw_record *r,
                          const struct nw_mint_job *job, struct nw_findings *f)
{
    struct nw_diag d;
    struct nw_buf map = NW_BUF(NW_MAX_A11);
    const char *rule = "V23";
    int64_t exp = 0;
    nw_diag_clear(&d);
    enum nw_err e = nw_mint_expiry(home, r, job, &exp, &d);
    if (e == NW_OK) {
        rule = "V19";
        e = job->form == NW_MINT_A11 ? nw_a11_write(r->type, r->json, job->a11_level, &map, &d)
                                     : try_claims(home, r, job, f);
    }
    nw_buf_free(&map);
    if (e != NW_OK && !nw_err_is_ours(e)) {
        nw_finding_add(f, rule, NW_LEVEL_ERROR, d.path, "%s%s%s", nw_err_text(e),
                       d.detail[0] == '\0' ? "" : ": ", d.detail);
        return NW_OK;
    }
    return e;
}
