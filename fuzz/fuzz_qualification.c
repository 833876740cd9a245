/* Sets of qualifications: reading a set never reads outside, what applies comes from its elements
 * only, and asking again adds nothing. The certificate has one of everything. */
#include <stdint.h>
#include <stdlib.h>

#include "trust/qualification.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t subject[] = {0x30, 0x0d, 0x31, 0x0b, 0x30, 0x09, 0x06, 0x03,
                                      0x55, 0x04, 0x0a, 0x0c, 0x02, 'A',  '1'};
    static const uint8_t policies[] = {0x30, 0x07, 0x30, 0x05, 0x06, 0x03, 0x2a, 0x03, 0x01};
    static const uint8_t eku[] = {0x30, 0x05, 0x06, 0x03, 0x2a, 0x03, 0x07};
    const struct nw_cert cert = {.subject = nw_slice(subject, sizeof subject),
                                 .ext_policies = nw_slice(policies, sizeof policies),
                                 .ext_eku = nw_slice(eku, sizeof eku),
                                 .has_key_usage = true,
                                 .key_usage = 2};
    struct nw_qualifiers q = {0};
    const char *why = NULL;
    nw_qualification_apply(nw_slice(data, size), &cert, &q);
    must(((q.apply | q.open) & ~NW_QUALIFIERS) == 0);
    struct nw_qualifiers once = q;
    nw_qualification_apply(nw_slice(data, size), &cert, &q);
    must(once.apply == q.apply && once.open == q.open);
    if (nw_qualification_valid(nw_slice(data, size))) {
        must(size <= NW_MAX_QUALIFICATION && (size > 0 || (q.apply | q.open) == 0));
        bool seal = nw_qualification_seal(&cert, &q, &why) == NW_QUALIFIED_YES;
        bool signature = nw_qualification_signature(&cert, &q, &why) == NW_QUALIFIED_YES;
        must(!(seal && signature) && why != NULL);
        must(q.open == 0 || (!seal && !signature));
    }
    return 0;
}
