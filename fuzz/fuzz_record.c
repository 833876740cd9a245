/* Records as JSON and A11 maps as CBOR. A record whose form is good writes, and what was written
 * reads back to the same claims; a map that was read writes as a full map and reads back the same.
 */
#include <stdlib.h>

#include "attestation/rules.h"
#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static const struct nw_type *pda1(void)
{
    static struct nw_types *types;
    if (types == NULL) {
        require(nw_types_load(&types, NULL) == NW_OK);
    }
    return nw_type_find(types, "pda1");
}

static void map_comes_back(const struct nw_json *record, bool must)
{
    struct nw_buf map = NW_BUF(NW_MAX_A11);
    struct nw_json *back = NULL;
    int level = 0;
    enum nw_err e = nw_a11_write(pda1(), record, 2, &map, NULL);
    require(e == NW_OK || !must || e == NW_ERR_LIMIT);
    if (e == NW_OK) {
        require(nw_a11_read(pda1(), nw_buf_slice(&map), &back, &level, NULL) == NW_OK);
        require(level == 2);
        require(!must || nw_json_equal(record, back));
        nw_json_free(&back);
    }
    nw_buf_free(&map);
}

static void profiles_come_back(const struct nw_json *record)
{
    static struct nw_findings losses;
    static const enum nw_profile profiles[] = {NW_PROFILE_EUDI, NW_PROFILE_DC4EU};
    struct nw_register_fields reg = {.issued_on = "2026-01-01"};
    for (size_t i = 0; i < 2; i++) {
        struct nw_json *claims = NULL, *back = NULL, *missing = NULL;
        losses.n = 0;
        enum nw_err e = nw_profile_write(pda1(), profiles[i], record, &reg, &claims, &losses);
        require((e == NW_OK) == !nw_findings_has_error(&losses));
        if (e == NW_OK) {
            require(nw_profile_read(pda1(), profiles[i], claims, &back, &missing, NULL) == NW_OK);
            require(
                nw_json_equal(nw_json_get(record, "documentID"), nw_json_get(back, "documentID")));
            losses.n = 0;
            require(nw_record_shape(pda1(), back, true, &losses) == NW_OK);
        }
        nw_json_free(&claims);
        nw_json_free(&back);
        nw_json_free(&missing);
    }
}

static void try_record(struct nw_slice in)
{
    static struct nw_findings found, twice;
    static struct nw_checks checks;
    struct nw_rule_context ctx = {.today = "2026-02-20"};
    struct nw_json *record = NULL;
    if (nw_json_parse_max(in, NW_MAX_RECORD, &record, NULL) != NW_OK) {
        return;
    }
    found.n = twice.n = checks.n = 0;
    enum nw_err e = nw_record_shape(pda1(), record, false, &found);
    require((e == NW_OK) == !nw_findings_has_error(&found));
    require(nw_record_shape(pda1(), record, true, &twice) == NW_OK || e != NW_OK);
    twice.n = 0;
    require(nw_rules_run(pda1(), record, false, &ctx, &twice, &checks) == NW_OK ||
            nw_findings_has_error(&twice));
    if (e == NW_OK) {
        map_comes_back(record, false);
        profiles_come_back(record);
    }
    nw_json_free(&record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nw_json *record = NULL;
    int level = 0;
    struct nw_slice in = nw_slice(data, size);
    if (size > 0 && data[0] == '{') {
        try_record(in);
    } else if (nw_a11_read(pda1(), in, &record, &level, NULL) == NW_OK) {
        require(level == 1 || level == 2);
        map_comes_back(record, true);
        nw_json_free(&record);
    } else {
        require(record == NULL);
    }
    return 0;
}
