/*
 * VICALs. The first byte chooses: 'E' reads the rest as the entries of a list
 * whose signature had been good; everything else goes through the whole, with
 * a pin that signed none of it, which must never accept.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "cbor/cbor.h"
#include "vical.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CLOCK 1787313600 /* 2026-08-21T12:00:00Z */

static void must(bool ok)
{
    if (!ok) {
        abort();
    }
}

static void check_services(const struct vical *v)
{
    must(v->service_n + v->ignored + v->dropped == v->entry_n);
    for (size_t i = 0; i < v->service_n; i++) {
        const struct nw_bundle_service *s = &v->services[i];
        struct nw_cert cert;
        struct nw_cbor r = nw_cbor_open(s->doc_types);
        must(s->role == NW_ROLE_IACA && s->entity == i && s->cert_n == 1 && s->period_n == 1);
        must(nw_cert_listed(s->certs[0], &cert, NULL) == NW_OK && cert.ca);
        must(nw_cbor_array(&r) > 0 && v->entities[i].country.n == 2);
        must(nw_cbor_check(s->doc_types, NW_CBOR_STRICT, 2, NULL) == NW_OK);
    }
}

static void run_entries(const struct nw_types *types, struct nw_slice list)
{
    struct vical *v = nw_calloc(1, sizeof *v);
    must(v != NULL);
    v->store = NW_BUF(2 * list.n + 1);
    if (nw_cbor_check(list, NW_CBOR_STRICT, NW_MAX_CBOR_DEPTH, NULL) == NW_OK &&
        nw_buf_reserve(&v->store, 2 * list.n + 1) != NULL &&
        vical_entries(v, list, types, NULL) == NW_OK) {
        check_services(v);
    }
    vical_free(&v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t pin[] = {0x30, 0x00};
    static struct nw_crypto *c;
    static struct nw_types *types;
    if (c == NULL) {
        must(nw_crypto_new(NW_PROVIDER_DEFAULT, &c) == NW_OK);
        must(nw_types_load(&types, NULL) == NW_OK);
    }
    if (size > 0 && data[0] == 'E') {
        run_entries(types, nw_slice(data + 1, size - 1));
        return 0;
    }
    static struct nw_checks checks;
    struct vical *v = NULL;
    const struct nw_slice pins = nw_slice(pin, sizeof pin);
    const struct vical_policy policy = {.pins = &pins, .pin_n = 1, .types = types, .now = CLOCK};
    memset(&checks, 0, sizeof checks);
    must(vical_open(c, nw_slice(data, size), &policy, &v, &checks, NULL) != NW_OK);
    return 0;
}
