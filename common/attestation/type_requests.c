/* What a purpose asks a wallet for: the requests of a profile, by elements of its own name space.
 */
#include "attestation/type_internal.h"

#include <string.h>

/* The element is one that the profile writes into its first name space. */
static bool is_element(const struct nw_profile_data *p, const char *id)
{
    size_t n = strlen(id);
    for (size_t i = 0; i < p->row_n; i++) {
        const struct nw_row *r = &p->row[i];
        if (nw_row_in(r, NW_ROWS_FIRST) && strncmp(r->as, id, n) == 0 &&
            (r->as[n] == '.' || r->as[n] == '\0')) {
            return true;
        }
    }
    return false;
}

static bool read_request(struct nw_loader *l, const struct nw_json *o,
                         const struct nw_profile_data *p, struct nw_request_document *out)
{
    struct nw_request_element *v = nw_load_alloc(l, nw_json_count(o), sizeof *v);
    if (nw_json_kind(o) != NW_JSON_ARRAY || nw_json_count(o) == 0) {
        return nw_load_fail(l, o, "a request is a list of elements");
    }
    for (const struct nw_json *m = nw_json_first(o); v != NULL && m != NULL; m = nw_json_next(m)) {
        const char *id = nw_json_text(m);
        if (id == NULL || !is_element(p, id)) {
            return nw_load_fail(l, o, "the profile has no element %s", id == NULL ? "?" : id);
        }
        v[out->n++] = (struct nw_request_element){.name_space = p->name_space, .id = id};
    }
    out->doc_type = p->doctype;
    out->elements = v;
    return l->e == NW_OK;
}

bool nw_load_requests(struct nw_loader *l, const struct nw_json *requests,
                      struct nw_profile_data *p)
{
    if (requests == NULL) {
        return true;
    }
    if (nw_json_kind(requests) != NW_JSON_OBJECT || p->doctype == NULL || p->name_space == NULL) {
        return nw_load_fail(l, requests, "requests by purpose, in a profile with a docType");
    }
    p->request = nw_load_alloc(l, nw_json_count(requests), sizeof *p->request);
    for (const struct nw_json *o = nw_json_first(requests); p->request != NULL && o != NULL;
         o = nw_json_next(o)) {
        struct nw_purpose *purpose = &p->request[p->request_n];
        purpose->name = nw_json_name(o);
        if (!read_request(l, o, p, &purpose->document)) {
            return false;
        }
        p->request_n++;
    }
    return l->e == NW_OK;
}

const struct nw_request_document *nw_type_request(const struct nw_type *t, enum nw_profile p,
                                                  const char *purpose)
{
    const struct nw_profile_data *profile = nw_type_profile(t, p);
    for (size_t i = 0; profile != NULL && i < profile->request_n; i++) {
        if (strcmp(profile->request[i].name, purpose) == 0) {
            return &profile->request[i].document;
        }
    }
    return NULL;
}
