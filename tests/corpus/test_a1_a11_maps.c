/* The A1 maps inside $NW_DATA/a11: foreign bytes read, and written again to the same bytes. */
#include "support.h"

#include "attestation/type.h"
#include "base/codec.h"
#include "base/deflate.h"
#include "base/limits.h"
#include "cbor/cbor.h"

static struct nw_types *types;
static const struct nw_type *pda1;
static struct nw_json *vectors;
static struct nw_findings found;

static const struct nw_json *vector(const char *id)
{
    const struct nw_json *c = nw_json_first(nw_json_get(vectors, "qr"));
    while (c != NULL && !nw_json_is_text(nw_json_get(c, "id"), id)) {
        c = nw_json_next(c);
    }
    assert_non_null(c);
    return c;
}

/* The CBOR of claim -65883, without looking at the signature. */
static struct nw_slice a1_map(const char *id, struct nw_buf *keep)
{
    struct nw_slice text = nw_str(nw_json_text(nw_json_get(vector(id), "qr"))), a1 = {0};
    struct nw_buf deflated = NW_BUF(NW_MAX_A11);
    assert_ok(nw_base45_decode(nw_slice_from(text, 4), &deflated, NULL));
    struct nw_inflater *z = NULL;
    assert_ok(nw_inflater_new(&z));
    assert_ok(nw_inflate(z, nw_buf_slice(&deflated), NW_MAX_A11, keep, NULL));
    nw_inflater_free(&z);
    nw_buf_free(&deflated);
    struct nw_cbor r = nw_cbor_open(nw_buf_slice(keep));
    nw_cbor_tag(&r);
    nw_cbor_array(&r);
    nw_cbor_bytes(&r);
    nw_cbor_raw(&r);
    struct nw_slice claims = nw_cbor_bytes(&r);
    assert_ok(nw_cbor_err(&r));
    assert_true(nw_cbor_find_int(claims, -65883, &a1));
    return a1;
}

static enum nw_err read_vector(const char *id, struct nw_json **record, int *level,
                               struct nw_diag *d)
{
    struct nw_buf keep = NW_BUF(NW_MAX_A11);
    enum nw_err e = nw_a11_read(pda1, a1_map(id, &keep), record, level, d);
    nw_buf_free(&keep);
    return e;
}

static const char *text_at(const struct nw_json *record, const char *path)
{
    const char *s = nw_json_text(nw_json_path(record, path));
    return s == NULL ? "" : s;
}

static void foreign_maps_are_read_and_written_to_the_same_bytes(void **state)
{
    (void)state;
    static const char *const ids[] = {"P01", "P02", "P03", "P04", "P05",
                                      "P06", "P07", "P08", "P09", "P10"};
    for (size_t i = 0; i < ARRAY_LENGTH(ids); i++) {
        struct nw_buf keep = NW_BUF(NW_MAX_A11), again = NW_BUF(NW_MAX_A11);
        struct nw_slice a1 = a1_map(ids[i], &keep);
        struct nw_json *record = NULL;
        struct nw_diag d = {0};
        int level = 0;
        assert_ok(nw_a11_read(pda1, a1, &record, &level, &d));
        found.n = 0;
        assert_ok(nw_record_shape(pda1, record, true, &found));
        assert_ok(nw_a11_write(pda1, record, level, &again, &d));
        assert_int_equal(again.n, a1.n);
        assert_memory_equal(again.p, a1.p, a1.n);
        nw_json_free(&record);
        nw_buf_free(&again);
        nw_buf_free(&keep);
    }
}

static void the_inspection_map_says_what_its_note_says(void **state)
{
    (void)state;
    struct nw_json *r = NULL;
    int level = 0;
    bool set = false;
    assert_ok(read_vector("P01", &r, &level, NULL));
    assert_int_equal(level, 1);
    assert_string_equal(text_at(r, "documentID"), "PDA1-IT-2026-000042");
    assert_string_equal(text_at(r, "subject.names.surnames"), "Rossi");
    assert_string_equal(text_at(r, "subject.names.forenames"), "Maria Elena");
    assert_string_equal(text_at(r, "subject.dateOfBirth"), "1978-11-30");
    assert_string_equal(text_at(r, "memberstateAppliedLegislation.memberstate"), "IT");
    assert_string_equal(text_at(r, "memberstateAppliedLegislation.startDate"), "2026-02-01");
    assert_string_equal(text_at(r, "memberstateAppliedLegislation.endDate"), "2027-01-31");
    assert_string_equal(text_at(r, "statusConfirmation.statusConfirmationCode"), "01");
    assert_true(nw_json_bool(
        nw_json_path(r, "memberstateAppliedLegislation.transitionRulesApplyAccordingEG"), &set));
    assert_null(nw_json_path(r, "memberstateAppliedLegislation.determinationIsProvisional"));
    assert_null(nw_json_path(r, "subject.pin"));
    const struct nw_json *place = nw_json_at(nw_json_path(r, "placesOfWork.DE"), 0);
    assert_string_equal(text_at(place, "address.town"), "München");
    assert_string_equal(text_at(place, "address.countryCode"), "DE");
    nw_json_free(&r);
}

static void the_other_maps_say_what_their_notes_say(void **state)
{
    (void)state;
    struct nw_json *r = NULL;
    int level = 0;
    assert_ok(read_vector("P03", &r, &level, NULL));
    assert_int_equal(level, 2);
    assert_string_equal(text_at(r, "subject.pin"), "65170839J002");
    assert_string_equal(text_at(r, "subject.names.surnameAtBirth"), "Bianchi");
    assert_string_equal(text_at(r, "subject.gender"), "2");
    nw_json_free(&r);
    assert_ok(read_vector("P04", &r, &level, NULL));
    assert_string_equal(text_at(r, "subject.names.surnames"), "Христова-Димитрова");
    nw_json_free(&r);
    assert_ok(read_vector("P05", &r, &level, NULL));
    assert_string_equal(text_at(r, "subject.names.surnames"), "Παπαδόπουλος");
    nw_json_free(&r);
    assert_ok(read_vector("P06", &r, &level, NULL));
    assert_int_equal(nw_json_count(nw_json_get(r, "placesOfWork")), 2);
    assert_int_equal(nw_json_count(nw_json_path(r, "placesOfWork.AT")), 0);
    assert_int_equal(nw_json_kind(nw_json_path(r, "placesOfWork.DE")), NW_JSON_ARRAY);
    nw_json_free(&r);
    assert_ok(read_vector("P07", &r, &level, NULL));
    assert_int_equal(nw_json_count(nw_json_get(r, "employmentSituations")), 2);
    assert_int_equal(nw_json_count(nw_json_path(r, "placesOfWork.DE")), 3);
    assert_string_equal(text_at(nw_json_at(nw_json_path(r, "placesOfWork.AT"), 0), "typeOfID"),
                        "03");
    nw_json_free(&r);
}

static void the_full_map_of_the_foreign_sample_is_P03(void **state)
{
    (void)state;
    struct nw_buf keep = NW_BUF(NW_MAX_A11), ours = NW_BUF(NW_MAX_A11);
    const char *path = test_data("a1/webuild/pda1-sd-jwt-sample.json");
    struct nw_json *record = NULL;
    assert_ok(nw_json_parse(test_file(path), &record, NULL));
    /* The vector's place has no flag state; all else is the published sample. */
    nw_json_remove(nw_json_mut(nw_json_at(nw_json_path(record, "placesOfWork.DE"), 0)),
                   "flagBaseHomeState");
    struct nw_slice theirs = a1_map("P03", &keep);
    assert_ok(nw_a11_write(pda1, record, 2, &ours, NULL));
    assert_int_equal(ours.n, theirs.n);
    assert_memory_equal(ours.p, theirs.p, theirs.n);
    nw_buf_reset(&ours);
    nw_buf_reset(&keep);
    theirs = a1_map("P01", &keep);
    assert_ok(nw_a11_write(pda1, record, 1, &ours, NULL));
    assert_int_equal(ours.n, theirs.n);
    assert_memory_equal(ours.p, theirs.p, theirs.n);
    nw_json_free(&record);
    nw_buf_free(&ours);
    nw_buf_free(&keep);
}

static void broken_maps_are_refused_with_the_code_of_the_vector(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        enum nw_err e;
    } cases[] = {{"N61", NW_ERR_CLAIM_RANGE}, {"N63", NW_ERR_TEXT_CONTROL},
                 {"N65", NW_ERR_TEXT_LENGTH}};
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct nw_json *record = NULL;
        struct nw_diag d = {0};
        int level = 0;
        assert_err(read_vector(cases[i].id, &record, &level, &d), cases[i].e);
        assert_string_not_equal(d.path, "");
        assert_null(record);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(foreign_maps_are_read_and_written_to_the_same_bytes),
        cmocka_unit_test(the_inspection_map_says_what_its_note_says),
        cmocka_unit_test(the_other_maps_say_what_their_notes_say),
        cmocka_unit_test(the_full_map_of_the_foreign_sample_is_P03),
        cmocka_unit_test(broken_maps_are_refused_with_the_code_of_the_vector),
    };
    const char *path = test_data("a11/a11-vectors.json");
    if (path == NULL) {
        return 0;
    }
    if (nw_types_load(&types, NULL) != NW_OK ||
        nw_json_parse(test_file(path), &vectors, NULL) != NW_OK) {
        return 1;
    }
    pda1 = nw_type_find(types, "pda1");
    int failed = run_once("a1_a11_maps", tests, ARRAY_LENGTH(tests));
    nw_json_free(&vectors);
    nw_types_free(&types);
    return failed;
}
