/* What the fuzz targets of lists of trusted entities ask of each service that counts. */
#ifndef NW_FUZZ_LOTE_SERVICES_H
#define NW_FUZZ_LOTE_SERVICES_H

#include <stdlib.h>

#include "lote.h"

static inline void check_services(const struct lote *l)
{
    for (size_t i = 0; i < l->service_n; i++) {
        const struct nw_bundle_service *s = &l->services[i];
        if (s->role == NW_ROLE_NONE || s->cert_n == 0 || s->period_n == 0 ||
            s->entity >= l->entity_n || s->periods[s->period_n - 1].until != 0) {
            abort();
        }
        for (size_t k = 0; k + 1 < s->period_n; k++) {
            if (s->periods[k].until != s->periods[k + 1].from ||
                s->periods[k].from >= s->periods[k].until) {
                abort();
            }
        }
    }
}

#endif
