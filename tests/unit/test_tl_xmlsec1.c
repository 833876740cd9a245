/*
 * The hostile lists among the vectors are really hostile: what xmlsec1 says of
 * each, with the pinned certificate, is what its entry says. Those that it
 * accepts and we refuse show what a signature check alone is worth.
 */
#include "json/json.h"
#include "support.h"
#include "test_openssl.h"

#define MANIFEST_MAX (16u << 20)
#define VERIFY                                                                                     \
    "--verify --id-attr:Id http://uri.etsi.org/01903/v1.3.2#:SignedProperties%s "                  \
    "--enabled-key-data key-name --pubkey-cert-der %s/%s %s/%s"
#define TL "http://uri.etsi.org/02231/v2#:"
#define MORE_IDS                                                                                   \
    " --id-attr:Id " TL "TrustServiceStatusList --id-attr:Id " TL "SchemeInformation"              \
    " --id-attr:Id http://www.w3.org/2000/09/xmldsig#:Manifest"

struct tally {
    unsigned lists, refused_by_both, accepted_by_both, wrong;
    /* Accepted by xmlsec1 alone: form and signature, the same when it knows the Ids, meaning. */
    unsigned form, form_with_ids, meaning;
};

static bool accepts(const struct nw_json *v, const char *more)
{
    const char *pin = nw_json_text(nw_json_first(nw_json_get(v, "signers")));
    return test_tool("xmlsec1", VERIFY, more, NW_VECTORS, pin, NW_VECTORS,
                     nw_json_text(nw_json_get(v, "input")));
}

static void judge(const struct nw_json *v, const char *want, struct tally *t)
{
    const bool plain = accepts(v, "");
    const bool with_ids = plain || accepts(v, MORE_IDS);
    const char *says = plain ? "accepts" : with_ids ? "accepts-with-ids" : "refuses";
    const bool good = nw_json_is_text(nw_json_get(v, "kind"), "accept");
    const struct nw_slice rule = nw_str(nw_json_text(nw_json_get(v, "rule")));
    const bool meaning = !nw_slice_starts(rule, "TL-0") || rule.p[4] >= '8';
    t->lists++;
    t->accepted_by_both += good && plain;
    t->refused_by_both += !good && !with_ids;
    t->form += !good && plain && !meaning;
    t->form_with_ids += !good && !plain && with_ids;
    t->meaning += !good && plain && meaning;
    if (strcmp(says, want) != 0) {
        t->wrong++;
        print_error("%s: xmlsec1 %s it, the entry says: %s\n", nw_json_text(nw_json_get(v, "id")),
                    says, want);
    }
}

static void xmlsec1_says_of_each_list_what_its_entry_says(void **state)
{
    (void)state;
    struct nw_json *manifest = NULL;
    struct tally t = {0};
    if (!test_tool_is_there("xmlsec1")) {
        skip();
    }
    const struct nw_slice text = test_file(NW_VECTORS "/manifest.json");
    assert_non_null(text.p);
    assert_ok(nw_json_parse_max(text, MANIFEST_MAX, &manifest, NULL));
    const struct nw_json *list = nw_json_get(manifest, "vectors");
    for (const struct nw_json *v = nw_json_first(list); v != NULL; v = nw_json_next(v)) {
        const char *want = nw_json_text(nw_json_get(v, "xmlsec1"));
        if (want != NULL) {
            judge(v, want, &t);
        }
    }
    print_message("%u lists: %u accepted by both, %u refused by both; refused here alone: %u for "
                  "form, reference or signer, %u more when xmlsec1 knows the Ids, %u for what they "
                  "say\n",
                  t.lists, t.accepted_by_both, t.refused_by_both, t.form, t.form_with_ids,
                  t.meaning);
    nw_json_free(&manifest);
    assert_int_equal(t.wrong, 0);
    assert_true(t.form > 0 && t.accepted_by_both > 0 && t.refused_by_both > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xmlsec1_says_of_each_list_what_its_entry_says),
    };
    return run_once("tl_xmlsec1", tests, ARRAY_LENGTH(tests));
}
