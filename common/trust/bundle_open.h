/* The opened bundle, for the files of this folder only. */
#ifndef NW_TRUST_BUNDLE_OPEN_H
#define NW_TRUST_BUNDLE_OPEN_H

#include "trust/bundle_items.h"
#include "trust/bundle_layout.h"

struct nw_bundle {
    struct nw_bundle_info info;
    struct nw_slice heap;
    struct nw_slice
        tables[NW_TABLES]; /* whole rows only, ranges inside the heap: checked at opening */
};

/* Number of rows. */
size_t nw_table_rows(const struct nw_bundle *b, enum nw_table t);
const uint8_t *nw_table_row(const struct nw_bundle *b, enum nw_table t, size_t i);

/* Records to items; false when the record has another shape. */
bool nw_record_source(struct nw_slice record, struct nw_bundle_source *out);
bool nw_record_entity(struct nw_slice record, struct nw_bundle_entity *out);
bool nw_record_service(struct nw_slice record, struct nw_bundle_service *out);
bool nw_record_signer(struct nw_slice record, struct nw_slice *der);
bool nw_record_token(struct nw_slice record, struct nw_bundle_token *out);
bool nw_record_body(struct nw_slice record, struct nw_bundle_body *out);
bool nw_record_vctm(struct nw_slice record, struct nw_bundle_vctm_item *out);
bool nw_record_note(struct nw_slice record, struct nw_bundle_note *out);
/* What a service had at t, and the period; before the first one NOT_YET, and the first one. */
enum nw_trust_state nw_service_state(const struct nw_bundle_service *s, int64_t t,
                                     struct nw_bundle_period *covering);
/* Whose it is and on which list, with the dates of a period; the anchor is left empty. */
void nw_service_entity(const struct nw_bundle *b, const struct nw_bundle_service *s,
                       const struct nw_bundle_period *period, struct nw_trust_entity *out);
void nw_hex_digest(const uint8_t digest[NW_SHA256_BYTES], char hex[65]);
/* Form and cross references of the whole content: no look-up meets a record of another shape. */
NW_MUST_USE enum nw_err nw_bundle_validate(const struct nw_bundle *b, struct nw_diag *d);

#endif
