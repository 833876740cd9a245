/* Options of a command line, as a table. */
#include "base/argv.h"
#include "support.h"

static const char *home, *out, *keys[2];
static size_t key_n;
static bool dry;
static struct nw_argv_words words;
static struct nw_diag d;
static char *line[16];

static enum nw_err parse(const char *text)
{
    static char copy[256];
    static const struct nw_argv_option options[] = {
        {.name = "home", .text = &home},
        {.name = "out", .text = &out},
        {.name = "dry-run", .flag = &dry},
        {.name = "key", .list = keys, .list_n = &key_n, .list_max = ARRAY_LENGTH(keys)}};
    int n = 0;
    home = out = NULL;
    key_n = 0;
    dry = false;
    memset(&d, 0, sizeof d);
    (void)snprintf(copy, sizeof copy, "%s", text);
    for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " ")) {
        line[n++] = word;
    }
    return nw_argv_read(n, line, options, ARRAY_LENGTH(options), &words, &d);
}

static void options_stand_anywhere(void **state)
{
    (void)state;
    assert_ok(parse("x --home a one --dry-run two --out=b three"));
    assert_string_equal(home, "a");
    assert_string_equal(out, "b");
    assert_true(dry);
    assert_int_equal(words.operand_n, 3);
    assert_string_equal(line[1], "one");
    assert_string_equal(line[2], "two");
    assert_string_equal(line[3], "three");
    assert_ok(parse("x"));
    assert_null(home);
    assert_int_equal(words.operand_n, 0);
}

static void values_may_be_anything(void **state)
{
    (void)state;
    assert_ok(parse("x --home --out --out=--home"));
    assert_string_equal(home, "--out");
    assert_string_equal(out, "--home");
    assert_ok(parse("x --home= --out=a=b"));
    assert_string_equal(home, "");
    assert_string_equal(out, "a=b");
}

static void a_dash_and_what_follows_two_are_operands(void **state)
{
    (void)state;
    assert_ok(parse("x - --dry-run -- --home -n"));
    assert_true(dry);
    assert_null(home);
    assert_int_equal(words.operand_n, 3);
    assert_string_equal(line[1], "-");
    assert_string_equal(line[2], "--home");
    assert_string_equal(line[3], "-n");
}

static void a_list_takes_several(void **state)
{
    (void)state;
    assert_ok(parse("x --key a --key=b"));
    assert_int_equal(key_n, 2);
    assert_string_equal(keys[0], "a");
    assert_string_equal(keys[1], "b");
    assert_err(parse("x --key a --key b --key c"), NW_ERR_USAGE);
    assert_string_equal(d.detail, "stands there too often");
}

static void help_ends_it(void **state)
{
    (void)state;
    assert_ok(parse("x --home a --help --nonsense"));
    assert_true(words.help);
    assert_err(parse("x --nonsense --help"), NW_ERR_USAGE);
}

static void mistakes_name_the_option(void **state)
{
    (void)state;
    static const struct {
        const char *line, *place, *detail;
    } rows[] = {
        {"x --hom a", "--hom", "is no option of this command"},
        {"x --homes=a", "--homes", "is no option of this command"},
        {"x --home", "--home", "needs a value"},
        {"x --dry-run=1", "--dry-run", "takes no value"},
        {"x --home a --home=b", "--home", "is given twice"},
        {"x --dry-run --dry-run", "--dry-run", "is given twice"},
        {"x -n", "-n", "is no option: they begin with --"},
        {"x --=a", "--", "is no option of this command"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        assert_err(parse(rows[i].line), NW_ERR_USAGE);
        assert_string_equal(d.path, rows[i].place);
        assert_string_equal(d.detail, rows[i].detail);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_stand_anywhere),
        cmocka_unit_test(values_may_be_anything),
        cmocka_unit_test(a_dash_and_what_follows_two_are_operands),
        cmocka_unit_test(a_list_takes_several),
        cmocka_unit_test(help_ends_it),
        cmocka_unit_test(mistakes_name_the_option),
    };
    return run_once("argv", tests, ARRAY_LENGTH(tests));
}
