/*
 * Lists of trusted entities. The first byte chooses: 'J' runs the JSON steps on
 * the rest as if its signature had been good; everything else goes through the
 * gate with no pin, which must never accept.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "lote.h"
#include "lote_services.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CLOCK 1787313600 /* 2026-08-21T12:00:00Z */

static void run_json(struct nw_crypto *c, struct nw_slice text)
{
    const struct lote_policy policy = {.now = CLOCK};
    struct lote *l = nw_calloc(1, sizeof *l);
    if (l == NULL) {
        return;
    }
    l->signed_at = CLOCK;
    if (nw_json_parse_max(text, NW_MAX_LOTE, &l->json, NULL) == NW_OK &&
        lote_schema_check(l->json, NULL) == NW_OK &&
        lote_read_json(l->json, text.n, &l->model) == NW_OK &&
        lote_profile_check(l, &policy, NULL) == NW_OK &&
        lote_times_check(l, &policy, NULL) == NW_OK && lote_services(c, l, NULL) == NW_OK) {
        check_services(l);
    }
    lote_free(&l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct nw_crypto *c;
    if (c == NULL && nw_crypto_new(NW_PROVIDER_DEFAULT, &c) != NW_OK) {
        abort();
    }
    if (size > 0 && data[0] == 'J') {
        run_json(c, nw_slice(data + 1, size - 1));
        return 0;
    }
    static struct nw_checks checks;
    struct lote *l = NULL;
    const struct lote_policy policy = {.now = CLOCK};
    memset(&checks, 0, sizeof checks);
    if (lote_open(c, nw_slice(data, size), &policy, &l, &checks, NULL) == NW_OK) {
        abort();
    }
    return 0;
}
