/* Identity match (a1-domain 8.3): each pair that matches has a twin that does not. */
#include "support.h"

#include "attestation/rules.h"

struct pair {
    enum nw_match wanted;
    struct nw_person a, b;
};
#define D "1990-04-17"

static const struct pair pairs[] = {
    {NW_MATCH_EXACT, {"Zieliński", "Marek Paweł", "", D}, {"ZIELINSKI", "MAREK", "", D}},
    {NW_MATCH_DIFFERENT, {"Zieliński", "Marek Paweł", "", D}, {"ZIELINSKI", "MAREK", "", "1990-04-18"}},
    {NW_MATCH_DIFFERENT, {"Zieliński", "Marek Paweł", "", D}, {"KOWALSKI", "MAREK", "", D}},
    {NW_MATCH_EXACT, {"Müller", "Jörg", "", D}, {"MUELLER", "JOERG", "", D}},
    {NW_MATCH_EXACT, {"Müller", "Jörg", "", D}, {"MULLER", "JORG", "", D}},
    {NW_MATCH_DIFFERENT, {"Müller", "Jörg", "", D}, {"MOLLER", "GEORG", "", D}},
    {NW_MATCH_EXACT, {"Groß", "Ana", "", D}, {"GROSS", "ANA", "", D}},
    {NW_MATCH_EXACT, {"Ehlers-Vogt", "Katrin", "", D}, {"Ehlers Vogt", "Katrin", "", D}},
    {NW_MATCH_EXACT, {"O'Neill", "Sean", "", D}, {"ONEILL", "SEAN", "", D}},
    {NW_MATCH_PROBABLE, {"Kovač Horvat", "Ana", "", D}, {"Horvat Kovač", "Ana", "", D}},
    {NW_MATCH_DIFFERENT, {"Kovač Horvat", "Ana", "", D}, {"Horvat Novak", "Ana", "", D}},
    {NW_MATCH_PROBABLE, {"Nagy", "Eszter", "", D}, {"Eszter", "Nagy", "", D}},
    {NW_MATCH_PROBABLE, {"Ehlers-Vogt", "Katrin", "Ehlers", D}, {"Ehlers", "Katrin", "", D}},
    {NW_MATCH_DIFFERENT, {"Ehlers-Vogt", "Katrin", "", D}, {"Ehlers", "Katrin", "", D}},
    {NW_MATCH_DIFFERENT, {"Ehlers-Vogt", "Katrin", "Ehlers", D}, {"Ehlers", "Karla", "", D}},
    {NW_MATCH_PROBABLE, {"Rossi", "Maria Elena", "", D}, {"Rossi", "Elena", "", D}},
    {NW_MATCH_DIFFERENT, {"Rossi", "Maria Elena", "", D}, {"Rossi", "Paola", "", D}},
    {NW_MATCH_PROBABLE, {"Petrovic", "Ivan", "", D}, {"Petrovich", "Ivan", "", D}},
    {NW_MATCH_DIFFERENT, {"Petrovic", "Ivan", "", D}, {"Petrovicha", "Ivan", "", D}},
    {NW_MATCH_DIFFERENT, {"Bauer", "Jan", "", D}, {"Brauer", "Jan", "", D}}, /* five letters */
    {NW_MATCH_EXACT, {"Παπαδόπουλος", "Κωνσταντίνος", "", D}, {"PAPADOPOULOS", "KONSTANTINOS", "", D}},
    {NW_MATCH_PROBABLE, {"Rossi", "Maria", "", "1990-00-00"}, {"Rossi", "Maria", "", D}},
    {NW_MATCH_DIFFERENT, {"Rossi", "Maria", "", "1991-00-00"}, {"Rossi", "Maria", "", D}},
    {NW_MATCH_NONE, {"", "Maria", "", D}, {"Rossi", "Maria", "", D}},
    {NW_MATCH_NONE, {"Rossi", "", "", D}, {"Rossi", "Maria", "", D}},
    {NW_MATCH_NONE, {"Rossi", "Maria", "", ""}, {"Rossi", "Maria", "", D}},
};

static void pairs_match_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
        enum nw_match m = nw_person_compare(&pairs[i].a, &pairs[i].b);
        enum nw_match back = nw_person_compare(&pairs[i].b, &pairs[i].a);
        if (m != pairs[i].wanted || back != m) {
            fail_msg("pair %zu (%s / %s): %d and %d, wanted %d", i, pairs[i].a.surnames,
                     pairs[i].b.surnames, (int)m, (int)back, (int)pairs[i].wanted);
        }
    }
}

static void typed_persons_are_read(void **state)
{
    (void)state;
    struct nw_person p;
    assert_ok(nw_person_parse(nw_str("ZIELINSKI, MAREK,1990-04-17"), &p, NULL));
    assert_string_equal(p.surnames, "ZIELINSKI");
    assert_string_equal(p.forenames, "MAREK");
    assert_string_equal(p.birth_date, "1990-04-17");
    assert_string_equal(p.surname_at_birth, "");
}

static void typed_persons_of_another_form_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "ZIELINSKI",
                                      "ZIELINSKI, MAREK",
                                      "ZIELINSKI, MAREK, 17.04.1990",
                                      "ZIELINSKI, MAREK, 1990-02-30",
                                      ", MAREK, 1990-04-17",
                                      "ZIELINSKI, , 1990-04-17",
                                      "ZIELINSKI, MAREK, PAWEL, 1990-04-17",
                                      "ZIEL\xffINSKI, MAREK, 1990-04-17"};
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        struct nw_person p;
        assert_err(nw_person_parse(nw_str(bad[i]), &p, NULL), NW_ERR_USAGE);
    }
}

static void both_forms_of_a_PID_name_a_person(void **state)
{
    (void)state;
    static const char *const pids[] = {
        "{\"family_name\":\"Ehlers-Vogt\",\"given_name\":\"Katrin\",\"birthdate\":\"1985-05-12\","
        "\"birth_family_name\":\"Ehlers\"}",
        "{\"family_name\":\"Ehlers-Vogt\",\"given_name\":\"Katrin\",\"birth_date\":\"1985-05-12\","
        "\"family_name_birth\":\"Ehlers\"}"};
    for (size_t i = 0; i < ARRAY_LENGTH(pids); i++) {
        struct nw_json *v = NULL;
        struct nw_person p;
        assert_ok(nw_json_parse(nw_str(pids[i]), &v, NULL));
        nw_person_from_pid(v, &p);
        assert_string_equal(p.surnames, "Ehlers-Vogt");
        assert_string_equal(p.surname_at_birth, "Ehlers");
        assert_string_equal(p.birth_date, "1985-05-12");
        nw_json_free(&v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_match_as_the_table_says),
        cmocka_unit_test(typed_persons_are_read),
        cmocka_unit_test(typed_persons_of_another_form_are_refused),
        cmocka_unit_test(both_forms_of_a_PID_name_a_person),
    };
    return run_once("identity", tests, ARRAY_LENGTH(tests));
}
