#include "tsl_gate.h"

#include <stdlib.h>
#include <string.h>

#include <libxml/tree.h>

#define EXC_C14N "http://www.w3.org/2001/10/xml-exc-c14n#"
#define INC_C14N "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
#define ENVELOPED "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
#define PROPERTIES_TYPE "http://uri.etsi.org/01903#SignedProperties"
#define MORE "http://www.w3.org/2001/04/xmldsig-more#"
#define MORE_2007 "http://www.w3.org/2007/05/xmldsig-more#"
#define ENC "http://www.w3.org/2001/04/xmlenc#"
#define MAX_IDS 256

static enum nw_err bad_structure(struct nw_diag *d, const char *place, const char *what)
{
    return nw_fail_at(d, NW_ERR_TSL_STRUCT, place, "%s", what);
}

/* --- TL-03 --- */

struct census { /* of the whole document */
    size_t signatures, properties, id_n;
    const char *ids[MAX_IDS];
};

static bool is_id(const xmlAttr *a)
{
    const char *name = (const char *)a->name;
    return strcmp(name, "Id") == 0 || strcmp(name, "ID") == 0 || strcmp(name, "id") == 0;
}

static enum nw_err count_ids(const xmlNode *n, struct census *c, struct nw_diag *d)
{
    for (const xmlAttr *a = n->properties; a != NULL; a = a->next) {
        if (!is_id(a)) {
            continue;
        }
        if (c->id_n == MAX_IDS || a->children == NULL || a->children->next != NULL) {
            return bad_structure(d, "Id", "too many of them, or one without a plain value");
        }
        c->ids[c->id_n++] = (const char *)a->children->content;
    }
    return NW_OK;
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum nw_err take_census(const xmlNode *root, struct nw_diag *d)
{
    struct census c = {0};
    for (const xmlNode *n = root; n != NULL; n = tsl_walk(n, root)) {
        enum nw_err e = NW_OK;
        if (n->type == XML_ENTITY_REF_NODE) {
            return nw_fail_at(d, NW_ERR_TSL_XML, (const char *)n->name, "an entity reference");
        }
        if (n->type == XML_ELEMENT_NODE) {
            c.signatures += tsl_is(n, TSL_NS_DS, "Signature");
            c.properties += tsl_is(n, TSL_NS_XADES, "SignedProperties");
            e = count_ids(n, &c, d);
        }
        if (e != NW_OK) {
            return e;
        }
    }
    if (c.signatures != 1) {
        return bad_structure(d, "ds:Signature",
                             c.signatures == 0 ? "there is none" : "there is more than one");
    }
    if (c.properties != 1) {
        return bad_structure(d, "xades:SignedProperties", "must be there exactly once");
    }
    qsort(c.ids, c.id_n, sizeof c.ids[0], compare_ids);
    for (size_t i = 1; i < c.id_n; i++) {
        if (strcmp(c.ids[i - 1], c.ids[i]) == 0) {
            return bad_structure(d, "Id", "two elements have the same one");
        }
    }
    return NW_OK;
}

/* The certificate in KeyInfo: one, and not a chain (TS 119 612 B.1), unless the chain stands behind
 * it, as in old lists and wherever only XAdES itself says what is allowed. */
static enum nw_err find_certificate(struct tsl_sig *s, bool chain, struct nw_diag *d)
{
    const xmlNode *info = tsl_only(s->signature, TSL_NS_DS, "KeyInfo");
    const xmlNode *data = tsl_only(info, TSL_NS_DS, "X509Data");
    xmlNode *first = tsl_child(data, TSL_NS_DS, "X509Certificate");
    if (first == NULL) {
        return bad_structure(d, "ds:KeyInfo", "must hold one X509Data with a certificate");
    }
    if (tsl_again(first) != NULL && !chain) {
        return bad_structure(d, "ds:KeyInfo", "holds more than the signer's certificate");
    }
    s->certificate = first;
    return NW_OK;
}

static enum nw_err find_parts(struct tsl_sig *s, struct nw_diag *d)
{
    static const char *const parts[] = {"SignedInfo", "SignatureValue", "KeyInfo", "Object"};
    const xmlNode *n = tsl_first(s->signature);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (!tsl_is(n, TSL_NS_DS, parts[i])) {
            return bad_structure(d, "ds:Signature",
                                 "must hold SignedInfo, SignatureValue, KeyInfo and Object");
        }
        n = tsl_next(n);
    }
    if (n != NULL) {
        return bad_structure(d, "ds:Signature", "holds something after its Object");
    }
    s->signed_info = tsl_only(s->signature, TSL_NS_DS, "SignedInfo");
    s->value = tsl_only(s->signature, TSL_NS_DS, "SignatureValue");
    const xmlNode *object = tsl_only(s->signature, TSL_NS_DS, "Object");
    const xmlNode *qualifying = tsl_only(object, TSL_NS_XADES, "QualifyingProperties");
    s->properties = tsl_only(qualifying, TSL_NS_XADES, "SignedProperties");
    if (tsl_count(object) != 1 || s->properties == NULL) {
        return bad_structure(d, "ds:Object",
                             "must hold QualifyingProperties with SignedProperties, no more");
    }
    const char *target = tsl_attr(qualifying, "Target");
    const char *id = tsl_attr(s->signature, "Id");
    if (target == NULL || id == NULL || target[0] != '#' || strcmp(target + 1, id) != 0) {
        return bad_structure(d, "xades:QualifyingProperties",
                             "its Target is not the Id of this signature");
    }
    return NW_OK;
}

enum nw_err tsl_structure(struct tsl_sig *s, const struct tsl_gate *g, struct nw_diag *d)
{
    s->root = xmlDocGetRootElement(s->doc);
    if (!tsl_is(s->root, g->ns, g->root)) {
        return nw_fail_at(d, NW_ERR_TSL_STRUCT, "/", "the root is not the %s of %s", g->root,
                          g->standard);
    }
    enum nw_err e = take_census(s->root, d);
    if (e != NW_OK) {
        return e;
    }
    s->signature = tsl_only(s->root, TSL_NS_DS, "Signature");
    if (s->signature == NULL || tsl_next(s->signature) != NULL) {
        return bad_structure(d, "ds:Signature", "must be the last child of the root");
    }
    e = find_parts(s, d);
    return e == NW_OK ? find_certificate(s, g->historic || g->chain, d) : e;
}

/* --- TL-04 --- */

static const struct {
    const char *uri;
    enum nw_hash_alg hash;
} digests[] = {{ENC "sha256", NW_SHA256}, {MORE "sha384", NW_SHA384}, {ENC "sha512", NW_SHA512}};

static const struct {
    const char *uri;
    enum nw_sig_alg alg;
} signatures[] = {
    {MORE "rsa-sha256", NW_RS256},           {MORE "rsa-sha384", NW_RS384},
    {MORE "rsa-sha512", NW_RS512},           {MORE "ecdsa-sha256", NW_ES256},
    {MORE "ecdsa-sha384", NW_ES384},         {MORE "ecdsa-sha512", NW_ES512},
    {MORE_2007 "sha256-rsa-MGF1", NW_PS256}, {MORE_2007 "sha384-rsa-MGF1", NW_PS384},
    {MORE_2007 "sha512-rsa-MGF1", NW_PS512},
};

/* Named algorithms take no parameters here: nothing but white space. */
static bool is_bare(const xmlNode *n)
{
    for (const xmlNode *c = n == NULL ? NULL : n->children; c != NULL; c = c->next) {
        if (c->type != XML_TEXT_NODE || !xmlIsBlankNode(c)) {
            return false;
        }
    }
    return n != NULL;
}

enum nw_hash_alg tsl_digest_method(const xmlNode *method)
{
    for (size_t i = 0; is_bare(method) && i < sizeof digests / sizeof digests[0]; i++) {
        if (tsl_attr_is(method, "Algorithm", digests[i].uri)) {
            return digests[i].hash;
        }
    }
    return (enum nw_hash_alg)0;
}

static enum nw_err bad_algorithm(struct nw_diag *d, const char *place, const xmlNode *n)
{
    const char *uri = n == NULL ? NULL : tsl_attr(n, "Algorithm");
    return nw_fail_at(d, NW_ERR_TSL_ALG, place, "%.120s", uri != NULL ? uri : "none");
}

/* exc-c14n without parameters; the inclusive one in the historic mode. */
static bool take_c14n(const xmlNode *n, bool historic, enum tsl_c14n *out)
{
    if (!is_bare(n)) {
        return false;
    }
    if (tsl_attr_is(n, "Algorithm", EXC_C14N)) {
        *out = TSL_C14N_EXCLUSIVE;
        return true;
    }
    if (historic && tsl_attr_is(n, "Algorithm", INC_C14N)) {
        *out = TSL_C14N_INCLUSIVE;
        return true;
    }
    return false;
}

/* [enveloped-signature,] canonicalisation. Without the latter XMLDSig means the inclusive one. */
static enum nw_err take_transforms(const xmlNode *transforms, bool enveloped, bool historic,
                                   struct tsl_reference *out, struct nw_diag *d)
{
    const xmlNode *t = tsl_first(transforms);
    const char *place = enveloped ? "Reference to the list" : "Reference to SignedProperties";
    if (enveloped) {
        if (!tsl_is(t, TSL_NS_DS, "Transform") || !is_bare(t) ||
            !tsl_attr_is(t, "Algorithm", ENVELOPED)) {
            const char *first = t != NULL ? tsl_attr(t, "Algorithm") : NULL;
            return nw_fail_at(d, NW_ERR_TSL_REF, place,
                              "enveloped-signature must come first, not %.80s",
                              first != NULL ? first : "nothing");
        }
        t = tsl_next(t);
    }
    if (t == NULL && historic) {
        out->c14n = TSL_C14N_INCLUSIVE;
        return NW_OK;
    }
    if (!tsl_is(t, TSL_NS_DS, "Transform") || !take_c14n(t, historic, &out->c14n) ||
        tsl_next(t) != NULL) {
        const char *uri = t != NULL ? tsl_attr(t, "Algorithm") : NULL;
        return nw_fail_at(d, NW_ERR_TSL_REF, place,
                          "exclusive canonicalisation without parameters must follow, not %.80s",
                          uri != NULL ? uri : "nothing");
    }
    return NW_OK;
}

static enum nw_err take_digest(const xmlNode *reference, struct tsl_reference *out,
                               struct nw_diag *d)
{
    const xmlNode *method = tsl_only(reference, TSL_NS_DS, "DigestMethod");
    struct nw_buf value = NW_BUF(NW_HASH_MAX);
    out->hash = tsl_digest_method(method);
    if (out->hash == (enum nw_hash_alg)0) {
        return bad_algorithm(d, "DigestMethod", method);
    }
    enum nw_err e = tsl_base64(tsl_only(reference, TSL_NS_DS, "DigestValue"), &value);
    if (e == NW_OK && value.n == nw_hash_size(out->hash)) {
        memcpy(out->digest, value.p, value.n);
    } else if (e != NW_ERR_NOMEM) {
        e = nw_fail_at(d, NW_ERR_TSL_REF, "DigestValue", "is no digest of this algorithm");
    }
    nw_buf_free(&value);
    return e;
}

/* Is this the reference to the list itself, or (*list false) to its signed properties? */
static enum nw_err which_reference(struct tsl_sig *s, const xmlNode *r, bool historic, bool *list,
                                   struct nw_diag *d)
{
    const char *uri = tsl_attr(r, "URI");
    const char *root_id = tsl_attr(s->root, "Id");
    const char *id = tsl_attr(s->properties, "Id");
    root_id = root_id != NULL ? root_id : tsl_attr(s->root, "ID");
    bool by_id = historic && uri != NULL && uri[0] == '#' && root_id != NULL &&
                 strcmp(uri + 1, root_id) == 0;
    if (uri != NULL && (uri[0] == '\0' || by_id)) {
        *list = true;
        s->by_id = by_id;
        return NW_OK;
    }
    if (uri != NULL && uri[0] == '#' && id != NULL && strcmp(uri + 1, id) == 0 &&
        tsl_attr_is(r, "Type", PROPERTIES_TYPE)) {
        *list = false;
        return NW_OK;
    }
    return nw_fail_at(d, NW_ERR_TSL_REF, "ds:Reference", "to %.80s",
                      uri != NULL ? uri : "something without address");
}

static enum nw_err take_reference(struct tsl_sig *s, const xmlNode *r, bool historic,
                                  struct tsl_reference *of_list, struct tsl_reference *of_props,
                                  struct nw_diag *d)
{
    bool list = false;
    const xmlNode *transforms = tsl_only(r, TSL_NS_DS, "Transforms");
    enum nw_err e = which_reference(s, r, historic, &list, d);
    if (e != NW_OK) {
        return e;
    }
    struct tsl_reference *out = list ? of_list : of_props;
    size_t parts = tsl_count(r);
    if (parts != (transforms != NULL ? 3u : 2u) || out->hash != (enum nw_hash_alg)0) {
        return nw_fail_at(d, NW_ERR_TSL_REF, "ds:Reference", "%s",
                          out->hash != (enum nw_hash_alg)0 ? "twice to the same"
                                                           : "holds more than it may");
    }
    e = take_transforms(transforms, list, historic, out, d);
    return e == NW_OK ? take_digest(r, out, d) : e;
}

static enum nw_err take_methods(struct tsl_sig *s, const xmlNode *c14n, const xmlNode *method,
                                bool historic, struct nw_diag *d)
{
    if (!tsl_is(c14n, TSL_NS_DS, "CanonicalizationMethod") ||
        !take_c14n(c14n, historic, &s->c14n)) {
        return bad_algorithm(d, "CanonicalizationMethod", c14n);
    }
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++) {
        if (tsl_is(method, TSL_NS_DS, "SignatureMethod") && is_bare(method) &&
            tsl_attr_is(method, "Algorithm", signatures[i].uri)) {
            s->alg = signatures[i].alg;
            return NW_OK;
        }
    }
    return bad_algorithm(d, "SignatureMethod", method);
}

enum nw_err tsl_references(struct tsl_sig *s, const struct tsl_gate *g, struct nw_diag *d)
{
    const xmlNode *c14n = tsl_first(s->signed_info);
    const xmlNode *method = c14n != NULL ? tsl_next(c14n) : NULL;
    const xmlNode *r = method != NULL ? tsl_next(method) : NULL;
    enum nw_err e = take_methods(s, c14n, method, g->historic, d);
    size_t n = 0;
    for (; e == NW_OK && r != NULL; r = tsl_next(r), n++) {
        if (n == 2 || !tsl_is(r, TSL_NS_DS, "Reference")) {
            return nw_fail_at(d, NW_ERR_TSL_REF, "ds:SignedInfo", "more than two references");
        }
        e = take_reference(s, r, g->historic, &s->list, &s->props, d);
    }
    if (e == NW_OK && n != 2) {
        e = nw_fail_at(d, NW_ERR_TSL_REF, "ds:SignedInfo",
                       "one reference to the list and one to SignedProperties are needed");
    }
    s->inclusive = s->c14n == TSL_C14N_INCLUSIVE || s->list.c14n == TSL_C14N_INCLUSIVE ||
                   s->props.c14n == TSL_C14N_INCLUSIVE;
    return e;
}

/* --- the steps in their order --- */

enum nw_err tsl_record(struct nw_checks *checks, const char *rule, enum nw_err e, struct nw_diag *d)
{
    if (e == NW_OK) {
        nw_check_pass(checks, rule);
    } else if (!nw_err_is_ours(e)) {
        (void)nw_fail(d, e, NW_NO_OFFSET, "the list");
        (void)nw_check_fail_diag(checks, rule, d);
    }
    return e;
}

static enum nw_err check_sigcert(struct nw_crypto *c, struct tsl_sig *s, const struct tsl_gate *g,
                                 struct nw_checks *checks, struct nw_diag *d)
{
    enum nw_err e = tsl_signing_certificate(c, s, g, d);
    if (e == NW_OK && s->sigcert_sha1) {
        nw_check_not_done(checks, "TL-06", "SHA-1 is not computed here");
        return NW_OK;
    }
    return tsl_record(checks, "TL-06", e, d);
}

enum nw_err tsl_pass_gate(struct nw_crypto *c, struct tsl_sig *s, const struct tsl_gate *g,
                          struct nw_checks *checks, struct nw_diag *d)
{
    enum nw_err e = tsl_record(checks, "TL-03", tsl_structure(s, g, d), d);
    if (e == NW_OK) {
        e = tsl_record(checks, "TL-04", tsl_references(s, g, d), d);
    }
    if (e == NW_OK) {
        e = tsl_record(checks, "TL-05", tsl_signer(c, s, g, d), d);
    }
    if (e == NW_OK) {
        e = check_sigcert(c, s, g, checks, d);
    }
    return e == NW_OK ? tsl_record(checks, "TL-07", tsl_verify(c, s, d), d) : e;
}
