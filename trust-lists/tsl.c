#include "tsl.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <libxml/tree.h>

#include "base/alloc.h"
#include "files.h"
#include "tsl_gate.h"

void tsl_note(struct tsl *l, const char *path, const char *fmt, ...)
{
    if (l->note_n < LOTE_MAX_NOTES) {
        va_list args;
        va_start(args, fmt);
        struct lote_note *n = &l->notes[l->note_n];
        (void)snprintf(n->path, sizeof n->path, "%s", path);
        (void)vsnprintf(n->text, sizeof n->text, fmt, args);
        va_end(args);
    }
    l->note_n++;
}

const xmlNode *tsl_english(const xmlNode *parent, const char *name)
{
    const xmlNode *first = tsl_child(parent, TSL_NS, name);
    for (const xmlNode *n = first; n != NULL; n = tsl_again(n)) {
        const char *lang = tsl_attr_ns(n, TSL_NS_XML, "lang");
        if (lang != NULL && strcmp(lang, "en") == 0) {
            return n;
        }
    }
    return first;
}

enum nw_err tsl_keep_text(struct tsl *l, const xmlNode *n, struct nw_slice *out)
{
    size_t before = l->store.n;
    enum nw_err e = tsl_text(n, &l->store);
    if (e == NW_OK) {
        *out = nw_slice_from(nw_buf_slice(&l->store), before);
    }
    return e;
}

static enum nw_err keep_cert(struct tsl *l, const xmlNode *n)
{
    size_t before = l->store.n;
    struct nw_cert cert;
    struct nw_diag why = {0};
    enum nw_err e = tsl_base64(n, &l->store);
    struct nw_slice der = nw_slice_from(nw_buf_slice(&l->store), before);
    if (e == NW_OK) {
        e = nw_cert_listed(der, &cert, &why);
    }
    if (e != NW_OK && nw_err_is_ours(e)) {
        return e;
    }
    if (e != NW_OK) {
        l->cert_bad++;
        tsl_note(l, "X509Certificate", "dropped, line %ld: %s%s%s", xmlGetLineNo(n), nw_err_text(e),
                 why.detail[0] != '\0' ? ": " : "", why.detail);
        return NW_OK;
    }
    void *v = l->certs;
    e = tl_grow(&v, l->cert_n, sizeof *l->certs);
    l->certs = v;
    if (e == NW_OK) {
        l->certs[l->cert_n++] = der;
    }
    return e;
}

enum nw_err tsl_keep_certs(struct tsl *l, const xmlNode *identity)
{
    enum nw_err e = NW_OK;
    for (const xmlNode *id = tsl_child(identity, TSL_NS, "DigitalId"); e == NW_OK && id != NULL;
         id = tsl_again(id)) {
        for (const xmlNode *x = tsl_child(id, TSL_NS, "X509Certificate"); e == NW_OK && x != NULL;
             x = tsl_again(x)) {
            e = keep_cert(l, x);
        }
    }
    return e;
}

/* --- the steps --- */

enum nw_err tsl_read(struct nw_slice file, const struct tsl_policy *policy, struct tsl *l,
                     struct nw_diag *d)
{
    size_t max = policy->kind == TSL_LOTL ? NW_MAX_LOTL : NW_MAX_TSL;
    enum nw_err e = tsl_parse(file, max, &l->doc, d);
    if (e != NW_OK) {
        return e;
    }
    /* Texts and certificates in it are shorter than the file: the store never moves. */
    l->store = NW_BUF(2 * file.n);
    l->sig = nw_calloc(1, sizeof *l->sig);
    return l->sig != NULL && nw_buf_reserve(&l->store, 2 * file.n) != NULL ? NW_OK : NW_ERR_NOMEM;
}

static enum nw_err open_form(struct nw_slice file, const struct tsl_policy *policy, struct tsl *l,
                             struct nw_checks *checks, struct nw_diag *d)
{
    enum nw_err e = tsl_read(file, policy, l, d);
    if (e == NW_ERR_LIMIT) {
        return tsl_record(checks, "TL-01", e, d);
    }
    nw_check_pass(checks, "TL-01");
    return tsl_record(checks, "TL-02", e, d);
}

static void note_old_forms(struct tsl *l, const struct tsl_sig *s)
{
    if (s->inclusive) {
        tsl_note(l, "ds:Signature", "inclusive canonicalisation, as lists once had it");
    }
    if (s->by_id) {
        tsl_note(l, "ds:Signature", "names the list by its Id, as lists once did");
    }
    if (s->sigcert_sha1) {
        tsl_note(l, "xades:SigningCertificate", "is named by SHA-1 and was not compared");
    }
}

static enum nw_err open_signature(struct nw_crypto *c, const struct tsl_policy *policy,
                                  struct tsl *l, struct nw_checks *checks, struct nw_diag *d)
{
    const struct tsl_gate gate = {.ns = TSL_NS,
                                  .root = "TrustServiceStatusList",
                                  .standard = "TS 119 612",
                                  .pins = policy->pins,
                                  .pin_n = policy->pin_n,
                                  .historic = policy->historic};
    l->sig->doc = l->doc;
    enum nw_err e = tsl_pass_gate(c, l->sig, &gate, checks, d);
    if (e == NW_OK) {
        l->signer_der = l->sig->signer_der;
        l->signed_at = l->sig->signed_at;
        memcpy(l->signer, l->sig->signer, sizeof l->signer);
        note_old_forms(l, l->sig);
    }
    return e;
}

static enum nw_err open_meaning(const struct tsl_policy *policy, struct tsl *l,
                                struct nw_checks *checks, struct nw_diag *d)
{
    enum nw_err e = tsl_scheme(l, policy, d);
    e = tsl_record(checks, e == NW_ERR_TSL_SIGCERT ? "TL-06" : "TL-08", e, d);
    if (e == NW_OK) {
        e = tsl_record(checks, "TL-09", tsl_sequence(l, policy, d), d);
    }
    if (e == NW_OK) {
        e = tsl_record(checks, "TL-10", tsl_times(l, policy, d), d);
    }
    if (e == NW_OK) {
        e = tsl_record(checks, "TL-11", tsl_pointers(l, d), d);
    }
    if (e == NW_OK && l->kind == TSL_NATIONAL) {
        e = tsl_record(checks, "TL-11", tsl_services(l, d), d);
    }
    if (e == NW_OK && l->dropped + l->cert_bad + l->spoiled > 0) {
        nw_check_fail(checks, "TL-11", NW_ERR_TSL_SERVICE,
                      "%zu services and %zu certificates dropped, %zu periods not evaluable",
                      l->dropped, l->cert_bad, l->spoiled);
    }
    return e;
}

enum nw_err tsl_open(struct nw_crypto *c, struct nw_slice file, const struct tsl_policy *policy,
                     struct tsl **out, struct nw_checks *checks, struct nw_diag *d)
{
    struct nw_diag local = {0};
    struct tsl *l = nw_calloc(1, sizeof *l);
    if (l == NULL) {
        return NW_ERR_NOMEM;
    }
    enum nw_err e = nw_sha256(c, file, l->sha256);
    if (e == NW_OK) {
        e = open_form(file, policy, l, checks, &local);
    }
    if (e == NW_OK) {
        e = open_signature(c, policy, l, checks, &local);
    }
    if (e == NW_OK) {
        e = open_meaning(policy, l, checks, &local);
    }
    if (e == NW_OK) {
        *out = l;
        l = NULL;
    } else if (d != NULL && d->code == NW_OK) {
        *d = local;
        d->code = e;
    }
    tsl_free(&l);
    return e;
}

void tsl_drop_tree(struct tsl *l)
{
    xmlFreeDoc(l->doc);
    l->doc = NULL;
    nw_free(l->sig);
    l->sig = NULL;
}

void tsl_free(struct tsl **l)
{
    if (*l == NULL) {
        return;
    }
    tsl_drop_tree(*l);
    nw_buf_free(&(*l)->store);
    nw_free((*l)->uris);
    nw_free((*l)->pointers);
    nw_free((*l)->tsps);
    nw_free((*l)->services);
    nw_free((*l)->periods);
    nw_free((*l)->certs);
    nw_free(*l);
    *l = NULL;
}
