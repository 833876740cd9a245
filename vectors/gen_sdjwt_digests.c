/* SDJ-04 to SDJ-07: digests and disclosures (RFC 9901 4.2 and 7.1). Whatever breaks here is R01:
 * not genuine or damaged. */
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "hand.h"

#define TEXT_MAX (1u << 20)
#define SALT "\"spoilt-by-hand-0000000\""
#define BAD(rule) .failed = {rule}, .decisive = "R01"

/* An own disclosure of the top level, with its digest. */
static size_t add_claim(struct hand *h, const char *json)
{
    char digest[HAND_DIGEST];
    size_t i = hand_add(h, json);
    hand_digest(h, nw_buf_slice(&h->disclosure[i]), digest);
    hand_put_digest(h, "", digest);
    return i;
}

/* ---- SDJ-04 ---- */

static void odd_disclosure(struct hand *h)
{
    hand_replace(h, hand_find(h, "pin"),
                 "[ " SALT " ,\r\n\t\"\\u0070in\", \"900417\\u00399998\" ]\n");
}

static void sd_is_text(struct hand *h)
{
    hand_put(h->payload, "subject/address/_sd", "\"DeAd0000DeAd0000DeAd0000DeAd0000DeAd0000DeA\"");
    hand_remove(h, hand_find(h, "stateOfResidence"));
    hand_remove(h, hand_find(h, "stateOfStay"));
}

static void digest_is_number(struct hand *h)
{
    struct nw_json *n = NULL;
    gen_ok(nw_json_new_int(4711, &n), "digest");
    gen_ok(nw_json_append(hand_at(h->payload, "_sd"), &n), "digest");
}

/* A second nationality that may be disclosed: ["PL", {"...": digest}], not hidden as a whole. */
static size_t element(struct hand *h, const char *json)
{
    char digest[HAND_DIGEST];
    struct nw_buf array = NW_BUF(4096);
    hand_remove(h, hand_find(h, "nationalities"));
    size_t i = hand_add(h, json);
    hand_digest(h, nw_buf_slice(&h->disclosure[i]), digest);
    nw_buf_printf(&array, "[\"PL\",{\"...\":\"%s\"}]", digest);
    hand_put(h->payload, "subject/nationalities", nw_buf_cstr(&array));
    nw_buf_free(&array);
    return i;
}

/* The same with a text in the place of the digest, and nothing disclosed. */
static void element_text(struct hand *h, const char *json)
{
    hand_remove(h, element(h, "[" SALT ",\"UA\"]"));
    hand_put(nw_json_mut(nw_json_at(hand_at(h->payload, "subject/nationalities"), 1)), "...", json);
}

static void element_disclosed(struct hand *h)
{
    (void)element(h, "[" SALT ",\"UA\"]");
}

static void element_beside_other(struct hand *h)
{
    element_disclosed(h);
    hand_put(nw_json_mut(nw_json_at(hand_at(h->payload, "subject/nationalities"), 1)), "more", "1");
}

static void element_number(struct hand *h)
{
    element_text(h, "4711");
}

static void dots_as_name(struct hand *h)
{
    hand_put(h->payload, "subject/...", "\"DeAd0000DeAd0000DeAd0000DeAd0000DeAd0000DeA\"");
}

/* The digest of the decoded bytes stands in the payload, not that of the received text. */
static void digest_of_decoded(struct hand *h)
{
    char right[HAND_DIGEST], wrong[HAND_DIGEST];
    size_t i = hand_find(h, "pin");
    struct nw_buf json;
    struct nw_buf text = NW_BUF(TEXT_MAX);
    hand_decode(h, i, &json);
    hand_digest(h, nw_buf_slice(&h->disclosure[i]), right);
    hand_digest(h, nw_buf_slice(&json), wrong);
    nw_json_write(h->payload, &text);
    char *at = strstr((char *)text.p, right);
    if (at == NULL) {
        gen_die("no digest");
    }
    memcpy(at, wrong, strlen(wrong));
    nw_buf_put(&h->payload_text, nw_buf_slice(&text));
    nw_buf_free(&text);
    nw_buf_free(&json);
}

/* One letter of a disclosed value, after signing. */
static void disclosed_value_changed(struct hand *h)
{
    size_t i = hand_find(h, "names");
    struct nw_buf json;
    hand_decode(h, i, &json);
    char *at = strstr((char *)json.p, "Marek");
    if (at == NULL) {
        gen_die("no name");
    }
    at[0] = 'D';
    nw_buf_reset(&h->disclosure[i]);
    nw_base64url_encode(nw_buf_slice(&json), &h->disclosure[i]);
    nw_buf_free(&json);
}

/* ---- SDJ-05 ---- */

static void two_in_object(struct hand *h)
{
    hand_replace(h, hand_find(h, "pin"), "[" SALT ",\"90041799998\"]");
}

static void three_in_array(struct hand *h)
{
    (void)element(h, "[" SALT ",\"name\",\"UA\"]");
}

static void four_elements(struct hand *h)
{
    hand_replace(h, hand_find(h, "pin"), "[" SALT ",\"pin\",\"90041799998\",true]");
}

static void salt_number(struct hand *h)
{
    hand_replace(h, hand_find(h, "pin"), "[4711,\"pin\",\"90041799998\"]");
}

static void name_number(struct hand *h)
{
    hand_replace(h, hand_find(h, "pin"), "[" SALT ",4711,\"90041799998\"]");
}

static void name_sd(struct hand *h)
{
    (void)add_claim(h, "[" SALT ",\"_sd\",[\"DeAd0000DeAd0000DeAd0000DeAd0000DeAd0000DeA\"]]");
}

static void name_dots(struct hand *h)
{
    (void)add_claim(h, "[" SALT ",\"...\",\"DeAd0000DeAd0000DeAd0000DeAd0000DeAd0000DeA\"]");
}

static void name_there(struct hand *h)
{
    (void)add_claim(h, "[" SALT ",\"jti\",\"urn:uuid:00000000-0000-4000-8000-0000000000a2\"]");
}

static void name_from_two(struct hand *h)
{
    (void)add_claim(h, "[" SALT ",\"documentID\",\"PL-ZUS-TEST-2026-0004712\"]");
}

static void not_an_array(struct hand *h)
{
    hand_replace(h, hand_find(h, "pin"), "{\"salt\":" SALT ",\"pin\":\"90041799998\"}");
}

static void not_json(struct hand *h)
{
    hand_replace(h, hand_find(h, "pin"), "[" SALT ",\"pin\",\"90041799998\"");
}

/* ---- SDJ-06 ---- */

static void digest_of(struct hand *h, const char *name, char out[HAND_DIGEST])
{
    hand_digest(h, nw_buf_slice(&h->disclosure[hand_find(h, name)]), out);
}

static void twice_in_one_array(struct hand *h)
{
    char digest[HAND_DIGEST];
    digest_of(h, "documentID", digest);
    hand_put_digest(h, "", digest);
}

static void twice_on_two_levels(struct hand *h)
{
    char digest[HAND_DIGEST];
    digest_of(h, "documentID", digest);
    hand_put_digest(h, "subject", digest);
}

static void twice_in_disclosure(struct hand *h)
{
    char digest[HAND_DIGEST];
    struct nw_buf json = NW_BUF(4096);
    digest_of(h, "documentID", digest);
    nw_buf_printf(&json,
                  "[" SALT ",\"names\",{\"surnames\":\"Zieliński\",\"forenames\":\"Marek Paweł\","
                  "\"_sd\":[\"%s\"]}]",
                  digest);
    hand_replace(h, hand_find(h, "names"), nw_buf_cstr(&json));
    nw_buf_free(&json);
}

#define DECOY "DeC0yDeC0yDeC0yDeC0yDeC0yDeC0yDeC0yDeC0yDeC"
#define DECOY_2 "deC0yDeC0yDeC0yDeC0yDeC0yDeC0yDeC0yDeC0yDeC"
#define DECOY_3 "d3C0yDeC0yDeC0yDeC0yDeC0yDeC0yDeC0yDeC0yDeC"

static void decoys(struct hand *h)
{
    hand_put_digest(h, "", DECOY);
    hand_put_digest(h, "subject", DECOY_2);
    element_text(h, "\"" DECOY_3 "\"");
}

static void decoy_twice(struct hand *h)
{
    hand_put_digest(h, "", DECOY);
    hand_put_digest(h, "subject", DECOY);
}

static void decoy_in_array_too(struct hand *h)
{
    hand_put_digest(h, "", DECOY);
    element_text(h, "\"" DECOY "\"");
}

/* ---- SDJ-07 ---- */

static void some_groups(struct hand *h)
{
    static const char *const names[] = {"pin",          "gender",           "nationalities",
                                        "placeOfBirth", "stateOfResidence", "stateOfStay"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        hand_remove(h, hand_find(h, names[i]));
    }
}

static void element_hidden(struct hand *h)
{
    hand_remove(h, element(h, "[" SALT ",\"UA\"]"));
}

static void stray(struct hand *h)
{
    (void)hand_add(h, "[" SALT ",\"example\",\"nobody signed this\"]");
}

static void stray_element(struct hand *h)
{
    (void)hand_add(h, "[" SALT ",\"nobody signed this\"]");
}

/* The parent goes, its address disclosures stay. */
static void orphan(struct hand *h)
{
    hand_remove(h, hand_find(h, "competentInstitution"));
}

/* Three levels: the institution, its address, the address's members. */
static void nested_three(struct hand *h)
{
    static const char *const paths[] = {"subject/names", "competentInstitution",
                                        "competentInstitution/address",
                                        "competentInstitution/address/*", NULL};
    static const struct nw_sd_plan plan = {.paths = paths};
    hand_replan(h, &plan);
}

#define LEVELS 60

static void nested_sixty(struct hand *h)
{
    char digest[HAND_DIGEST];
    struct nw_buf json = NW_BUF(4096);
    nw_buf_puts(&json, "[" SALT ",\"level0\",true]");
    for (unsigned i = 1; i < LEVELS; i++) {
        size_t n = hand_add(h, nw_buf_cstr(&json));
        hand_digest(h, nw_buf_slice(&h->disclosure[n]), digest);
        nw_buf_reset(&json);
        nw_buf_printf(&json, "[" SALT ",\"level%u\",{\"_sd\":[\"%s\"]}]", i, digest);
    }
    (void)add_claim(h, nw_buf_cstr(&json));
    nw_buf_free(&json);
}

#define C4 "RFC 9901 4.2.3, 4.2.4, 7.1(3)"
#define C5 "RFC 9901 7.1(3)"
#define C6 "RFC 9901 7.1(4)"
#define C7 "RFC 9901 7.1(3), 7.1(5)"

static const struct hand_case sdj_04_to_05[] = {
    {.id = "SDJ-04-a1", .clause = C4, .change = odd_disclosure}, /* hashed as received */
    {.id = "SDJ-04-a2", .clause = C4, .change = element_disclosed},
    {.id = "SDJ-04-r1",
     .clause = C4,
     .broken = "_sd is a string",
     .twin = "SDJ-04-a1",
     .change = sd_is_text,
     BAD("SDJ-04")},
    {.id = "SDJ-04-r2",
     .clause = C4,
     .broken = "an element of _sd is a number",
     .twin = "SDJ-04-a1",
     .change = digest_is_number,
     BAD("SDJ-04")},
    {.id = "SDJ-04-r3",
     .clause = C4,
     .broken = "... stands beside another member",
     .twin = "SDJ-04-a2",
     .change = element_beside_other,
     BAD("SDJ-04")},
    {.id = "SDJ-04-r4",
     .clause = C4,
     .broken = "the value of ... is a number",
     .twin = "SDJ-04-a2",
     .change = element_number,
     BAD("SDJ-04")},
    {.id = "SDJ-04-r5",
     .clause = "RFC 9901 4.1",
     .broken = "... is a member of an object outside of an array",
     .twin = "SDJ-04-a1",
     .change = dots_as_name,
     BAD("SDJ-04")},
    {.id = "SDJ-04-r6",
     .clause = C4,
     .broken = "the digest is that of the decoded disclosure: no disclosure fits",
     .twin = "SDJ-04-a1",
     .change = digest_of_decoded,
     BAD("SDJ-07")},
    {.id = "SDJ-04-r7",
     .clause = C4,
     .broken = "a letter of the name was changed in its disclosure: no digest fits",
     .twin = "SDJ-04-a1",
     .change = disclosed_value_changed,
     BAD("SDJ-07")},

    {.id = "SDJ-05-a1", .clause = C5},
    {.id = "SDJ-05-a2", .clause = C5, .change = element_disclosed},
    {.id = "SDJ-05-r1",
     .clause = C5,
     .broken = "a disclosure for an object has two elements",
     .twin = "SDJ-05-a1",
     .change = two_in_object,
     BAD("SDJ-05")},
    {.id = "SDJ-05-r2",
     .clause = C5,
     .broken = "a disclosure for an array has three elements",
     .twin = "SDJ-05-a2",
     .change = three_in_array,
     BAD("SDJ-05")},
    {.id = "SDJ-05-r3",
     .clause = C5,
     .broken = "a disclosure has four elements",
     .twin = "SDJ-05-a1",
     .change = four_elements,
     BAD("SDJ-05")},
    {.id = "SDJ-05-r4",
     .clause = C5,
     .broken = "the salt is a number",
     .twin = "SDJ-05-a1",
     .change = salt_number,
     BAD("SDJ-05")},
    {.id = "SDJ-05-r5",
     .clause = C5,
     .broken = "the claim name is a number",
     .twin = "SDJ-05-a1",
     .change = name_number,
     BAD("SDJ-05")},
    {.id = "SDJ-05-r6",
     .clause = C5,
     .broken = "the claim name is _sd",
     .twin = "SDJ-05-a1",
     .change = name_sd,
     BAD("SDJ-05")},
    {.id = "SDJ-05-r7",
     .clause = C5,
     .broken = "the claim name is ...",
     .twin = "SDJ-05-a1",
     .change = name_dots,
     BAD("SDJ-05")},
    {.id = "SDJ-05-r8",
     .clause = C5,
     .broken = "the claim name is that of a visible claim",
     .twin = "SDJ-05-a1",
     .change = name_there,
     BAD("SDJ-05")},
    {.id = "SDJ-05-r9",
     .clause = C5,
     .broken = "two disclosures of one level have one name",
     .twin = "SDJ-05-a1",
     .change = name_from_two,
     BAD("SDJ-05")},
    {.id = "SDJ-05-r10",
     .clause = "RFC 9901 4.2.1",
     .broken = "a disclosure is a JSON object",
     .twin = "SDJ-05-a1",
     .change = not_an_array,
     BAD("SDJ-05")},
    {.id = "SDJ-05-r11",
     .clause = "RFC 9901 4.2.1",
     .broken = "a disclosure is not JSON",
     .twin = "SDJ-05-a1",
     .change = not_json,
     BAD("SDJ-05")},
};

static const struct hand_case sdj_06_to_07[] = {
    {.id = "SDJ-06-a1", .clause = C6, .change = decoys},
    {.id = "SDJ-06-r1",
     .clause = C6,
     .broken = "a digest stands twice in one _sd",
     .twin = "SDJ-06-a1",
     .change = twice_in_one_array,
     BAD("SDJ-06")},
    {.id = "SDJ-06-r2",
     .clause = C6,
     .broken = "a digest stands in _sd of two levels",
     .twin = "SDJ-06-a1",
     .change = twice_on_two_levels,
     BAD("SDJ-06")},
    {.id = "SDJ-06-r3",
     .clause = C6,
     .broken = "a digest of the payload stands again inside a disclosure",
     .twin = "SDJ-06-a1",
     .change = twice_in_disclosure,
     BAD("SDJ-06")},
    {.id = "SDJ-06-r4",
     .clause = C6,
     .broken = "a decoy stands twice",
     .twin = "SDJ-06-a1",
     .change = decoy_twice,
     BAD("SDJ-06")},
    {.id = "SDJ-06-r5",
     .clause = C6,
     .broken = "a decoy of _sd stands again in an array",
     .twin = "SDJ-06-a1",
     .change = decoy_in_array_too,
     BAD("SDJ-06")},

    {.id = "SDJ-07-a1", .clause = C7},                        /* addresses are recursive */
    {.id = "SDJ-07-a2", .clause = C7, .change = some_groups}, /* the rest is ignored */
    {.id = "SDJ-07-a3", .clause = C7, .change = element_hidden},
    {.id = "SDJ-07-a4", .clause = C7, .change = nested_three},
    {.id = "SDJ-07-r1",
     .clause = C7,
     .broken = "a disclosure belongs to no digest",
     .twin = "SDJ-07-a1",
     .change = stray,
     BAD("SDJ-07")},
    {.id = "SDJ-07-r2",
     .clause = C7,
     .broken = "a disclosure of an element belongs to no digest",
     .twin = "SDJ-07-a1",
     .change = stray_element,
     BAD("SDJ-07")},
    {.id = "SDJ-07-r3",
     .clause = C7,
     .broken = "the parent of recursive disclosures was left out, they were not",
     .twin = "SDJ-07-a1",
     .change = orphan,
     BAD("SDJ-07")},
    {.id = "SDJ-07-r4",
     .clause = "RFC 9901 4.2.6; a bound of the verifier",
     .broken = "60 disclosures stand one inside the other",
     .twin = "SDJ-07-a4",
     .change = nested_sixty,
     BAD("SDJ-07")},
};

#define ROWS(table) table, sizeof(table) / sizeof(table)[0]

void sdjwt_digest_rows(struct gen *g, const struct world *w)
{
    hand_cases(g, w, "sdjwt", ROWS(sdj_04_to_05));
    hand_cases(g, w, "sdjwt", ROWS(sdj_06_to_07));
}
