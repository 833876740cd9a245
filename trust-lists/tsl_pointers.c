/*
 * Pointers to other lists (TS 119 612 5.3.13). Only pointers to XML lists are
 * of use, and only those of a list of lists; the certificates of each stay with
 * it, since an operator may sign its own list and no other.
 */
#include <string.h>

#include <libxml/tree.h>

#include "files.h"
#include "tsl.h"

#define TYPE "http://uri.etsi.org/TrstSvc/TrustedList/TSLType/"
#define MIME_XML "application/vnd.etsi.tsl+xml"

struct qualifiers {
    const xmlNode *type, *territory, *mime;
    bool twice;
};

static void take(const xmlNode **slot, const xmlNode *n, struct qualifiers *q)
{
    q->twice = q->twice || *slot != NULL;
    *slot = n;
}

static struct qualifiers read_qualifiers(const xmlNode *pointer)
{
    struct qualifiers q = {0};
    const xmlNode *info = tsl_only(pointer, TSL_NS, "AdditionalInformation");
    for (const xmlNode *o = tsl_child(info, TSL_NS, "OtherInformation"); o != NULL;
         o = tsl_again(o)) {
        const xmlNode *n = tsl_first(o);
        if (tsl_is(n, TSL_NS, "TSLType")) {
            take(&q.type, n, &q);
        } else if (tsl_is(n, TSL_NS, "SchemeTerritory")) {
            take(&q.territory, n, &q);
        } else if (tsl_is(n, TSL_NS_MORE, "MimeType")) {
            take(&q.mime, n, &q);
        }
    }
    return q;
}

static enum nw_err bad(struct nw_diag *d, size_t i, const char *what)
{
    return nw_fail_at(d, NW_ERR_TSL_POINTER, "PointersToOtherTSL", "pointer %zu %s", i + 1, what);
}

static enum nw_err read_certs(struct tsl *l, const xmlNode *pointer, struct tsl_pointer *out)
{
    const xmlNode *list = tsl_only(pointer, TSL_NS, "ServiceDigitalIdentities");
    enum nw_err e = NW_OK;
    out->cert_first = l->cert_n;
    for (const xmlNode *i = tsl_child(list, TSL_NS, "ServiceDigitalIdentity");
         e == NW_OK && i != NULL; i = tsl_again(i)) {
        e = tsl_keep_certs(l, i);
    }
    out->cert_n = l->cert_n - out->cert_first;
    return e;
}

static enum nw_err read_pointer(struct tsl *l, const xmlNode *n, size_t i, struct nw_diag *d)
{
    struct qualifiers q = read_qualifiers(n);
    struct tsl_pointer p = {0};
    struct nw_slice territory = NW_SLICE_EMPTY;
    if (!tsl_text_is(q.mime, MIME_XML)) {
        l->pointer_other++;
        return NW_OK;
    }
    enum nw_err e = tsl_keep_text(l, q.territory, &territory);
    if (e == NW_OK) {
        e = tsl_keep_text(l, tsl_only(n, TSL_NS, "TSLLocation"), &p.location);
    }
    if (e == NW_ERR_TSL_SCHEME || q.twice || q.type == NULL || territory.n != 2 ||
        !nw_slice_cstr(territory, p.territory, sizeof p.territory)) {
        return bad(d, i, "does not say what it points to");
    }
    p.kind = tsl_text_is(q.type, TYPE "EUlistofthelists") ? TSL_LOTL
             : tsl_text_is(q.type, TYPE "EUgeneric")      ? TSL_NATIONAL
                                                          : TSL_ANY;
    if (e == NW_OK) {
        e = read_certs(l, n, &p);
    }
    void *v = l->pointers;
    if (e == NW_OK) {
        e = tl_grow(&v, l->pointer_n, sizeof *l->pointers);
        l->pointers = v;
    }
    if (e == NW_OK) {
        l->pointers[l->pointer_n++] = p;
    }
    return e;
}

/* PRO-4.1.4: a list of lists names its own signer, in the pointer to itself. */
static enum nw_err check_own(const struct tsl *l, struct nw_diag *d)
{
    bool found = false;
    for (size_t i = 0; i < l->pointer_n; i++) {
        const struct tsl_pointer *p = &l->pointers[i];
        if (p->kind != TSL_LOTL || strcmp(p->territory, "EU") != 0) {
            continue;
        }
        found = true;
        for (size_t k = 0; k < p->cert_n; k++) {
            if (nw_slice_eq(l->certs[p->cert_first + k], l->signer_der)) {
                return NW_OK;
            }
        }
    }
    return nw_fail_at(d, NW_ERR_TSL_POINTER, "PointersToOtherTSL",
                      found ? "the pointer to the list itself does not name its signer"
                            : "there is no pointer to the list itself");
}

enum nw_err tsl_pointers(struct tsl *l, struct nw_diag *d)
{
    const xmlNode *scheme = tsl_only(xmlDocGetRootElement(l->doc), TSL_NS, "SchemeInformation");
    const xmlNode *list = tsl_only(scheme, TSL_NS, "PointersToOtherTSL");
    size_t i = 0;
    enum nw_err e = NW_OK;
    if (l->kind != TSL_LOTL) {
        return NW_OK; /* a national list points nowhere that could be trusted for it */
    }
    for (const xmlNode *p = tsl_child(list, TSL_NS, "OtherTSLPointer"); e == NW_OK && p != NULL;
         p = tsl_again(p)) {
        e = read_pointer(l, p, i++, d);
    }
    return e == NW_OK ? check_own(l, d) : e;
}
