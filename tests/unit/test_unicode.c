#include "support.h"

#include "base/unicode.h"
#include "base/utf8.h"

/* Every byte sequence of up to two bytes, and the edges of the longer forms (RFC 3629 4). */
static void only_the_table_of_rfc_3629_is_valid(void **state)
{
    static const struct {
        const char *text;
        bool valid;
        size_t off;
    } rows[] = {
        {"\xc2\x80", true, 0},
        {"\xdf\xbf", true, 0},
        {"\xc1\xbf", false, 0}, /* overlong */
        {"\xe0\xa0\x80", true, 0},
        {"\xe0\x9f\xbf", false, 0}, /* overlong */
        {"\xed\x9f\xbf", true, 0},
        {"\xed\xa0\x80", false, 0}, /* surrogate */
        {"\xed\xbf\xbf", false, 0},
        {"\xee\x80\x80", true, 0},
        {"\xef\xbf\xbf", true, 0},
        {"\xf0\x90\x80\x80", true, 0},
        {"\xf0\x8f\xbf\xbf", false, 0}, /* overlong */
        {"\xf4\x8f\xbf\xbf", true, 0},
        {"\xf4\x90\x80\x80", false, 0}, /* above U+10FFFF */
        {"\xf5\x80\x80\x80", false, 0},
        {"\xff", false, 0},
        {"\x80", false, 0},
        {"a\xe2\x82", false, 1}, /* cut */
        {"a\xe2\x82z", false, 1},
        {"12345678\xc3", false, 8},
        {"1234567\xc3\xa4"
         "9\xc3",
         false, 10},
        {"\xf0\x9f\x98\x80!", true, 0},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        size_t off = 99;
        assert_int_equal(nw_utf8_valid(nw_str(rows[i].text), &off), rows[i].valid);
        assert_int_equal(off, rows[i].valid ? 99 : rows[i].off);
    }
    for (unsigned a = 0; a < 256; a++) {
        uint8_t one = (uint8_t)a;
        assert_int_equal(nw_utf8_valid(nw_slice(&one, 1), NULL), a < 0x80);
        for (unsigned b = 0; b < 256; b++) {
            uint8_t two[] = {(uint8_t)a, (uint8_t)b};
            bool valid =
                (a < 0x80 && b < 0x80) || (a >= 0xc2 && a <= 0xdf && b >= 0x80 && b <= 0xbf);
            assert_int_equal(nw_utf8_valid(nw_slice(two, 2), NULL), valid);
        }
    }
    assert_true(nw_utf8_valid(NW_SLICE_EMPTY, NULL));
}

static void control_and_direction_characters_are_not_clean(void **state)
{
    static const char *const unclean[] = {
        "\x01",
        "a\nb",
        "\t",
        "\x1f",
        "\x7f",
        "\xc2\x80",
        "\xc2\x9f", /* C0, DEL, C1 */
        "\xd8\x9c", /* U+061C */
        "\xe2\x80\x8e",
        "\xe2\x80\x8f", /* U+200E, U+200F */
        "\xe2\x80\xa8",
        "\xe2\x80\xa9", /* U+2028, U+2029 */
        "\xe2\x80\xaa",
        "a\xe2\x80\xae"
        "b", /* U+202A, U+202E */
        "\xe2\x81\xa6",
        "\xe2\x81\xa9", /* U+2066, U+2069 */
        "\xef\xbb\xbf", /* U+FEFF */
        "\xef\xb7\x90",
        "\xef\xb7\xaf",
        "\xef\xbf\xbe",
        "\xf4\x8f\xbf\xbf", /* noncharacters */
        "\xff",             /* not even UTF-8 */
    };
    static const char *const clean[] = {
        "",
        "Müller ~",
        "\xc2\xa0",
        "\xd8\x9d",
        "\xe2\x80\x8d",
        "\xe2\x80\x90",
        "\xe2\x80\xaf",
        "\xe2\x81\xa5",
        "\xef\xb7\x8f",
        "\xef\xb7\xb0",
        "\xef\xbf\xbd",
        "Παπανδρέου",
        "東京",
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(unclean); i++) {
        assert_false(nw_text_is_clean(nw_str(unclean[i])));
    }
    for (size_t i = 0; i < ARRAY_LENGTH(clean); i++) {
        assert_true(nw_text_is_clean(nw_str(clean[i])));
    }
    assert_false(nw_text_is_clean(nw_slice("a\0b", 3)));
}

static void composed_text_is_nfc(void **state)
{
    (void)state;
    assert_true(nw_text_is_nfc(nw_str("")));
    assert_true(nw_text_is_nfc(nw_str("M\xc3\xbcller")));
    assert_false(nw_text_is_nfc(nw_str("Mu\xcc\x88ller")));    /* u + diaeresis */
    assert_false(nw_text_is_nfc(nw_str("\xe2\x84\xab")));      /* Angstrom sign */
    assert_false(nw_text_is_nfc(nw_str("q\xcc\x87\xcc\xa3"))); /* marks out of order */
    assert_true(nw_text_is_nfc(nw_str("q\xcc\xa3\xcc\x87")));
    assert_false(nw_text_is_nfc(nw_str("\xe1\x84\x80\xe1\x85\xa1"))); /* Hangul letters */
    assert_true(nw_text_is_nfc(nw_str("\xea\xb0\x80")));              /* Hangul syllable */
    struct nw_buf b = NW_BUF(10000);
    for (int i = 0; i < 1000; i++) {
        nw_buf_puts(&b, "\xe2\x82\xac");
    }
    assert_true(nw_text_is_nfc(nw_buf_slice(&b)));
    nw_buf_puts(&b, "u\xcc\x88");
    assert_false(nw_text_is_nfc(nw_buf_slice(&b)));
    nw_buf_free(&b);
}

static void length_counts_characters(void **state)
{
    (void)state;
    assert_int_equal(nw_text_length(nw_str("")), 0);
    assert_int_equal(nw_text_length(nw_str("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80")), 4);
}

static void assert_folds(const char *text, const char *folded, const char *icao)
{
    struct nw_buf b = NW_BUF(1000);
    assert_ok(nw_text_fold(nw_str(text), &b));
    assert_string_equal(nw_buf_cstr(&b), folded);
    nw_buf_reset(&b);
    assert_ok(nw_text_fold_icao(nw_str(text), &b));
    assert_string_equal(nw_buf_cstr(&b), icao);
    nw_buf_free(&b);
}

static void names_fold_to_plain_letters(void **state)
{
    (void)state;
    assert_folds("MÜLLER-LÜDENSCHEIDT", "muller ludenscheidt", "mueller luedenscheidt");
    assert_folds("Mu\xcc\x88ller", "muller", "mueller"); /* decomposed */
    assert_folds("Weiß GROẞ", "weiss gross", "weiss gross");
    assert_folds("Łukasz Đorđević", "lukasz dordevic", "lukasz dordevic");
    assert_folds("Åse Sørensen", "ase sorensen", "aase soerensen");
    assert_folds("Æsir Œuvre Þór Ðan", "aesir oeuvre thor dan", "aesir oeuvre thor dan");
    assert_folds("IŞIK İnan ılgaz", "isik inan ilgaz", "isik inan ilgaz");
    assert_folds("Núñez Citroën", "nunez citroen", "nunez citroen");
    assert_folds("  O’Brien -- d'Arc. ", "o brien d arc", "o brien d arc");
    assert_folds("J.R.\xc2\xa0Smith\tJr", "j r smith jr", "j r smith jr");
    assert_folds("Pal·làs", "pallas", "pallas");
    assert_folds("", "", "");
    assert_folds(" - ' ", "", "");
    assert_folds("Zoe 2", "zoe 2", "zoe 2");
}

/* Spellings of the passport offices and of Doc 9303's tables. */
static void greek_and_cyrillic_become_latin(void **state)
{
    static const char *const rows[][2] = {
        {"Γιώργος Παπανδρέου", "giorgos papandreou"}, /* ou */
        {"Αθήνα", "athina"},                          /* ELOT 743: eta is i */
        {"Ευαγγέλου", "evangelou"},                   /* ev before a vowel, ng */
        {"Ευθύμιος", "efthymios"},                    /* ef before a hard consonant */
        {"αυτό αύριο", "afto avrio"},
        {"Μπάμπης", "bampis"}, /* b at the start, mp inside */
        {"Μαΐου", "maiou"},
        {"Ξένος Ψαρράς Χρήστος", "xenos psarras christos"},
        {"Юрий Щербаков", "iurii shcherbakov"},
        {"Фёдор Цветков", "fedor tsvetkov"},
        {"Сергій Їжак", "sergii izhak"},
        {"Ђорђе Љубић", "dorde ljubic"},
        {"Съединение", "sieedinenie"},
        {"Ольга", "olga"}, /* the soft sign has no letter */
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        assert_folds(rows[i][0], rows[i][1], rows[i][1]);
    }
}

static void other_scripts_stay_and_bad_text_is_refused(void **state)
{
    struct nw_buf b = NW_BUF(100);
    (void)state;
    assert_folds("東京", "東京", "東京");
    nw_buf_puts(&b, "kept");
    assert_err(nw_text_fold(nw_str("a\xff"), &b), NW_ERR_UTF8);
    assert_string_equal(nw_buf_cstr(&b), "kept");
    assert_ok(nw_text_fold(nw_str(" Bo"), &b)); /* appends, no space of its own */
    assert_string_equal(nw_buf_cstr(&b), "keptbo");
    nw_buf_free(&b);
}

static enum nw_err fold_once(void *ctx)
{
    struct nw_buf b = NW_BUF(1000);
    (void)ctx;
    enum nw_err e = nw_text_fold_icao(nw_str("Jürgen Österberg"), &b);
    nw_buf_free(&b);
    return e;
}

static void folding_survives_allocation_failure(void **state)
{
    (void)state;
    survives_allocation_failure(fold_once, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_table_of_rfc_3629_is_valid),
        cmocka_unit_test(control_and_direction_characters_are_not_clean),
        cmocka_unit_test(composed_text_is_nfc),
        cmocka_unit_test(length_counts_characters),
        cmocka_unit_test(names_fold_to_plain_letters),
        cmocka_unit_test(greek_and_cyrillic_become_latin),
        cmocka_unit_test(other_scripts_stay_and_bad_text_is_refused),
        cmocka_unit_test(folding_survives_allocation_failure),
    };
    return run_once("unicode", tests, ARRAY_LENGTH(tests));
}
