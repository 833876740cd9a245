/* Whole checks of arbitrary presentations without evidence: never green, always a report that is
 * JSON, and text that is safe for a terminal. */
#include <stdlib.h>
#include <string.h>

#include "report/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void demand_printable(struct nw_slice text)
{
    for (size_t i = 0; i < text.n; i++) {
        demand(text.p[i] >= 0x20 || text.p[i] == '\n');
        demand(text.p[i] != 0x7f);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct nw_crypto *crypto;
    static struct nw_types *types;
    struct nw_policy policy;
    struct nw_report *r = NULL;
    if (crypto == NULL) {
        demand(nw_crypto_new(NW_PROVIDER_DEFAULT, &crypto) == NW_OK);
        demand(nw_types_load(&types, NULL) == NW_OK);
    }
    nw_policy_default(&policy);
    struct nw_verify_job job = {.input = {data, size},
                                .types = types,
                                .policy = &policy,
                                .at = 1795305600,
                                .country = "DE"};
    if (nw_verify_presentation(crypto, &job, &r, NULL) != NW_OK) {
        demand(r == NULL && size > NW_MAX_INPUT);
        return 0;
    }
    demand(nw_report_verdict(r) == NW_VERDICT_INVALID);
    demand(nw_report_decisive(r)[0] == 'R');
    struct nw_buf json = NW_BUF(8u << 20), text = NW_BUF(1u << 20);
    struct nw_json *root = NULL;
    nw_report_json(r, &json);
    nw_report_text(r, "de", false, &text);
    demand(nw_json_parse(nw_buf_slice(&json), &root, NULL) == NW_OK);
    demand(nw_buf_err(&text) == NW_OK);
    demand_printable(nw_buf_slice(&json));
    demand_printable(nw_buf_slice(&text));
    nw_json_free(&root);
    nw_buf_free(&json);
    nw_buf_free(&text);
    nw_report_free(&r);
    return 0;
}
