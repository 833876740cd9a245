/* Signer certificates for look-up by key id: codes on paper carry eight bytes instead of a chain.
 */
#include <string.h>

#include "base/alloc.h"
#include "job.h"

static const enum nw_role issuing[] = {NW_ROLE_PUBEAA_ISSUE, NW_ROLE_PID_ISSUE, NW_ROLE_QCERT_CA};

static enum nw_err add(struct tl_job *j, enum nw_role role, struct nw_slice der)
{
    for (size_t i = 0; i < j->signer_n; i++) {
        if (j->signers[i].role == role && nw_slice_eq(j->signers[i].der, der)) {
            return NW_OK;
        }
    }
    void *v = j->signers;
    enum nw_err e = tl_grow(&v, j->signer_n, sizeof *j->signers);
    j->signers = v;
    if (e == NW_OK) {
        j->signers[j->signer_n++] = (struct nw_bundle_signer){.role = role, .der = der};
    }
    return e;
}

/* Bodies that are listed by their own certificate are known signers. */
static enum nw_err add_listed(struct tl_job *j)
{
    enum nw_err e = NW_OK;
    for (size_t i = 0; e == NW_OK && i < j->service_n; i++) {
        const struct nw_bundle_service *s = &j->services[i];
        bool issues = s->role == NW_ROLE_PUBEAA_ISSUE || s->role == NW_ROLE_PID_ISSUE;
        for (size_t k = 0; e == NW_OK && issues && k < s->cert_n; k++) {
            struct nw_cert cert;
            e = nw_cert_listed(s->certs[k], &cert, NULL);
            if (e == NW_OK && !cert.ca && !cert.opaque) {
                e = add(j, s->role, s->certs[k]);
            }
        }
    }
    return e;
}

/* A body that was withdrawn stays known, so that its codes read "withdrawn" and not "unknown". */
static bool leads_to_anchor(enum nw_err e)
{
    return e == NW_OK || e == NW_ERR_TRUST_WITHDRAWN || e == NW_ERR_TRUST_NOT_YET;
}

static enum nw_err add_file(struct tl_job *j, const char *path)
{
    struct nw_diag why = {0};
    struct nw_trust_entity entity;
    enum nw_trust_state state;
    bool taken = false;
    struct nw_buf *der = tl_keep(&j->kept, NW_MAX_KEY_FILE);
    enum nw_err e = der != NULL ? tl_read_cert(path, der, &why) : NW_ERR_NOMEM;
    if (e != NW_OK && nw_err_is_ours(e)) {
        return e;
    }
    if (e != NW_OK) {
        tl_refused(j, "signer", tl_file_name(path), &why);
        return NW_OK;
    }
    struct nw_slice chain = nw_buf_slice(der);
    for (size_t i = 0; i < sizeof issuing / sizeof issuing[0]; i++) {
        struct nw_diag one = {0};
        e = nw_trust_chain(j->c, j->trust, issuing[i], NW_CERT_ATTESTATION, &chain, 1, j->now,
                           j->now, &entity, &state, NULL, &one);
        if (nw_err_is_ours(e)) {
            return e;
        }
        if (leads_to_anchor(e)) {
            tl_taken("signer", "%s: of %s", path, entity.name);
            taken = true;
            e = add(j, issuing[i], chain);
            if (e != NW_OK) {
                return e;
            }
        } else if (why.code == NW_OK || why.code == NW_ERR_TRUST_UNKNOWN) {
            why = one;
        }
    }
    if (!taken) {
        tl_refused(j, "signer", tl_file_name(path), &why);
    }
    return NW_OK;
}

enum nw_err tl_job_signers(struct tl_job *j, struct nw_diag *d)
{
    const struct nw_json *files = nw_json_get(j->config->json, "signer_certificates");
    enum nw_err e = add_listed(j);
    for (const struct nw_json *f = nw_json_first(files); e == NW_OK && f != NULL;
         f = nw_json_next(f)) {
        char path[TL_PATH];
        e = tl_config_path(j->config, f, path, d);
        if (e == NW_OK) {
            e = add_file(j, path);
            if (e != NW_OK) {
                (void)nw_fail_at(d, e, path, "signer certificate");
            }
        }
    }
    return e;
}
