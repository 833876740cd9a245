#include <string.h>

#include "sdjwt/internal.h"

/* What SD-JWT VC asks of header and processed payload (2.2.1, 2.2.2). */

struct vc {
    const struct nw_sdjwt *s;
    const struct nw_vc_policy *policy;
    struct nw_checks *checks;
    struct nw_diag *d;
};

static enum nw_err refuse(const struct vc *v, const char *rule, enum nw_err e, const char *detail)
{
    return nw_sdjwt_refuse(v->checks, v->d, rule, e, "%s", detail);
}

/* 2.2.2.2: a non-empty array of strings without the vct itself. */
static bool aka_is_good(const struct nw_json *aka, const char *vct)
{
    if (aka == NULL) {
        return true;
    }
    if (nw_json_kind(aka) != NW_JSON_ARRAY || nw_json_first(aka) == NULL) {
        return false;
    }
    for (const struct nw_json *n = nw_json_first(aka); n != NULL; n = nw_json_next(n)) {
        if (nw_json_text(n) == NULL || nw_json_is_text(n, vct)) {
            return false;
        }
    }
    return true;
}

static enum nw_err check_type(const struct vc *v)
{
    const struct nw_json *typ = nw_json_get(v->s->issuer.header, "typ");
    if (!nw_json_is_text(typ, "dc+sd-jwt") &&
        !(v->policy->legacy_typ && nw_json_is_text(typ, "vc+sd-jwt"))) {
        return refuse(v, "VC-01", NW_ERR_TYP, "typ is not dc+sd-jwt");
    }
    const struct nw_json *n = nw_json_get(v->s->payload, "vct");
    const char *vct = nw_json_text(n);
    if (n == NULL) {
        return refuse(v, "VC-01", NW_ERR_CLAIM_MISSING, "vct is missing");
    }
    if (vct == NULL || vct[0] == '\0') {
        return refuse(v, "VC-01", NW_ERR_CLAIM_TYPE, "vct is not a string, or empty");
    }
    const struct nw_json *integrity = nw_json_get(v->s->payload, "vct#integrity");
    if (integrity != NULL && nw_json_text(integrity) == NULL) {
        return refuse(v, "VC-01", NW_ERR_CLAIM_TYPE, "vct#integrity is not a string");
    }
    if (!aka_is_good(nw_json_get(v->s->payload, "aka_vcts"), vct)) {
        return refuse(v, "VC-01", NW_ERR_CLAIM_TYPE, "aka_vcts is not a list of other types");
    }
    nw_sdjwt_pass(v->checks, "VC-01");
    return NW_OK;
}

/* A digest inside one of these claims is as bad as a disclosure: what it hides could be the status
 * or the key that somebody has to check. */
static enum nw_err check_visible(const struct vc *v)
{
    if (v->s->registered_disclosed != NULL) {
        return refuse(v, "VC-02", NW_ERR_CLAIM_DISCLOSED, v->s->registered_disclosed);
    }
    nw_sdjwt_pass(v->checks, "VC-02");
    return NW_OK;
}

static enum nw_err check_kinds(const struct vc *v)
{
    static const struct {
        const char *name;
        enum nw_json_kind kind;
    } claims[] = {{"iss", NW_JSON_STRING},
                  {"sub", NW_JSON_STRING},
                  {"cnf", NW_JSON_OBJECT},
                  {"status", NW_JSON_OBJECT}};
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
        const struct nw_json *n = nw_json_get(v->s->payload, claims[i].name);
        if (n != NULL && nw_json_kind(n) != claims[i].kind) {
            return nw_sdjwt_refuse(v->checks, v->d, "VC-04", NW_ERR_CLAIM_TYPE,
                                   "%s has the wrong type", claims[i].name);
        }
    }
    return NW_OK;
}

/* RFC 7519 4.1.4 to 4.1.6: not valid on or after exp, nor before nbf; issued in the past. */
static enum nw_err check_times(const struct vc *v)
{
    static const char *const names[] = {"exp", "nbf", "iat"};
    int64_t late = v->policy->at + v->policy->skew;
    int64_t early = v->policy->at - v->policy->skew;
    for (size_t i = 0; i < 3; i++) {
        const struct nw_json *n = nw_json_get(v->s->payload, names[i]);
        int64_t t;
        if (n == NULL) {
            continue;
        }
        if (!nw_sdjwt_date(n, &t)) {
            return nw_sdjwt_refuse(v->checks, v->d, "VC-04", NW_ERR_CLAIM_TYPE,
                                   "%s is not a number", names[i]);
        }
        if (i == 0 && early >= t) {
            return refuse(v, "VC-04", NW_ERR_EXPIRED, "exp is past");
        }
        if (i > 0 && late < t) {
            return nw_sdjwt_refuse(v->checks, v->d, "VC-04", NW_ERR_NOT_YET_VALID,
                                   "%s is in the future", names[i]);
        }
    }
    nw_sdjwt_pass(v->checks, "VC-04");
    return NW_OK;
}

enum nw_err nw_sdjwt_vc_claims(const struct nw_sdjwt *s, const struct nw_vc_policy *policy,
                               struct nw_checks *checks, struct nw_diag *d)
{
    const struct vc v = {s, policy, checks, d};
    if (s->payload == NULL) {
        return nw_fail(d, NW_ERR_INTERNAL, NW_NO_OFFSET, "the SD-JWT is not verified");
    }
    enum nw_err type = check_type(&v);
    enum nw_err visible = check_visible(&v);
    enum nw_err times = check_kinds(&v);
    if (times == NW_OK) {
        times = check_times(&v);
    }
    return type != NW_OK ? type : visible != NW_OK ? visible : times;
}
