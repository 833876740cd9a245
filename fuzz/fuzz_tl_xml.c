/*
 * Trusted lists in XML. The first byte chooses: 'S' runs the steps that read
 * meaning on the rest as if its signature had been good; everything else goes
 * through the whole gate with a pin that has signed nothing, which must never
 * accept.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "tsl_gate.h"
#include "tsl_lotl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CLOCK 1787313600 /* 2026-08-21T12:00:00Z */

static void check_services(const struct tsl *l)
{
    for (size_t i = 0; i < l->service_n; i++) {
        const struct tsl_service *s = &l->services[i];
        if (s->tsp >= l->tsp_n || s->period_n == 0 || s->period_first + s->period_n > l->period_n ||
            s->cert_first + s->cert_n > l->cert_n) {
            abort();
        }
        for (size_t k = 0; k + 1 < s->period_n; k++) {
            const struct tsl_period *newer = &l->periods[s->period_first + k];
            if (newer[1].until != newer->from || newer[1].from > newer->from) {
                abort();
            }
        }
        const struct tsl_period *now = tsl_period_at(l, s, CLOCK);
        if (now != NULL && now->from > CLOCK) {
            abort();
        }
    }
    for (size_t i = 0; i < l->pointer_n; i++) {
        if (l->pointers[i].cert_first + l->pointers[i].cert_n > l->cert_n) {
            abort();
        }
    }
}

static void run_meaning(struct nw_slice text)
{
    const struct tsl_policy policy = {.now = CLOCK, .historic = true};
    struct tsl *l = nw_calloc(1, sizeof *l);
    if (l == NULL) {
        return;
    }
    l->signed_at = CLOCK;
    if (tsl_read(text, &policy, l, NULL) == NW_OK && tsl_scheme(l, &policy, NULL) == NW_OK &&
        tsl_sequence(l, &policy, NULL) == NW_OK && tsl_times(l, &policy, NULL) == NW_OK &&
        (l->kind == TSL_LOTL ? tsl_pointers(l, NULL) : tsl_services(l, NULL)) == NW_OK) {
        check_services(l);
    }
    tsl_free(&l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct nw_crypto *c;
    static struct nw_checks checks;
    if (c == NULL && nw_crypto_new(NW_PROVIDER_DEFAULT, &c) != NW_OK) {
        abort();
    }
    if (size > 0 && data[0] == 'S') {
        run_meaning(nw_slice(data + 1, size - 1));
        return 0;
    }
    struct tsl *l = NULL;
    const struct nw_slice pin = nw_str("no certificate");
    const struct tsl_policy policy = {
        .now = CLOCK, .pins = &pin, .pin_n = 1, .historic = size > 0 && data[0] == 'H'};
    const size_t skip = size > 0 && data[0] == 'H' ? 1 : 0;
    memset(&checks, 0, sizeof checks);
    if (tsl_open(c, nw_slice(data + skip, size - skip), &policy, &l, &checks, NULL) == NW_OK) {
        abort();
    }
    return 0;
}
