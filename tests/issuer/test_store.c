#include "support.h"

#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "crypto/crypto.h"
#include "store.h"

#define BASE "https://a1.example/status"

static char folder[64];
static char path[96];

static int start(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "store-test-XXXXXX");
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    (void)snprintf(path, sizeof path, "%s/store.db", folder);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < ARRAY_LENGTH(endings); i++) {
        char name[128];
        (void)snprintf(name, sizeof name, "%s%s", path, endings[i]);
        (void)unlink(name);
    }
    (void)rmdir(folder);
    return 0;
}

static struct nw_store *open_store(bool make)
{
    struct nw_store *s = NULL;
    assert_ok(nw_store_sqlite_open(test_crypto(), path, BASE, make, &s, NULL));
    return s;
}

static int64_t add(struct nw_store *s, const char *document_id)
{
    struct nw_a1 a1 = {.issued_on = "2026-05-20", .content = {1}};
    (void)snprintf(a1.document_id, sizeof a1.document_id, "%s", document_id);
    assert_ok(s->ops->add(s, &a1, "PIN", nw_str(document_id)));
    return a1.id;
}

static struct nw_copy reserve(struct nw_store *s, int64_t a1)
{
    struct nw_copy copy;
    assert_ok(s->ops->reserve(s, a1, "a11", "inspection", 1000, &copy));
    return copy;
}

static bool bit(struct nw_store *s, const struct nw_copy *copy)
{
    char uri[NW_STORE_URI];
    struct nw_buf bits = NW_BUF(NW_LIST_BYTES);
    assert_ok(s->ops->load_list(s, copy->list, &bits, uri));
    assert_int_equal(bits.n, NW_LIST_BYTES);
    assert_string_equal(uri, copy->uri);
    bool set = (bits.p[copy->idx / 8] >> (copy->idx % 8) & 1) != 0;
    nw_buf_free(&bits);
    return set;
}

static void a_record_is_found_under_its_number(void **state)
{
    (void)state;
    struct nw_store *s = open_store(true);
    struct nw_a1 a1;
    assert_err(s->ops->find(s, "DE-1", &a1), NW_ERR_NOT_FOUND);
    int64_t id = add(s, "DE-1");
    assert_ok(s->ops->find(s, "DE-1", &a1));
    assert_int_equal(a1.id, id);
    assert_int_equal(a1.content[0], 1);
    assert_string_equal(a1.issued_on, "2026-05-20");
    assert_false(a1.withdrawn);
    assert_err(s->ops->find(s, "DE-2", &a1), NW_ERR_NOT_FOUND);
    nw_store_close(&s);
}

static void a_number_is_taken_once(void **state)
{
    (void)state;
    struct nw_store *s = open_store(true);
    (void)add(s, "DE-1");
    struct nw_a1 a1 = {.document_id = "DE-1", .issued_on = "2026-05-21"};
    assert_err(s->ops->add(s, &a1, "PIN", nw_str("{}")), NW_ERR_EXISTS);
    nw_store_close(&s);
}

static void places_are_random_and_never_given_twice(void **state)
{
    (void)state;
    struct nw_store *s = open_store(true);
    int64_t a1 = add(s, "DE-1");
    static uint8_t taken[NW_LIST_ENTRIES];
    memset(taken, 0, sizeof taken);
    size_t ascending = 0;
    uint32_t before = 0;
    assert_ok(s->ops->begin(s));
    for (int i = 0; i < 5000; i++) {
        struct nw_copy copy = reserve(s, a1);
        assert_int_equal(copy.list, 1);
        assert_string_equal(copy.uri, BASE "/1");
        assert_int_equal(taken[copy.idx], 0);
        taken[copy.idx] = 1;
        ascending += copy.idx > before;
        before = copy.idx;
    }
    assert_ok(s->ops->commit(s));
    assert_in_range(ascending, 2300, 2700);
    nw_store_close(&s);
}

static void a_place_stays_taken_after_reopening(void **state)
{
    (void)state;
    struct nw_store *s = open_store(true);
    int64_t a1 = add(s, "DE-1");
    struct nw_copy copy = reserve(s, a1);
    nw_store_close(&s);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    char sql[256];
    (void)snprintf(sql, sizeof sql,
                   "INSERT INTO copy(list,idx,a1,form,profile,reserved_at) VALUES(1,%u,1,'','',0)",
                   copy.idx);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_CONSTRAINT);
    (void)sqlite3_close(db);
}

static void a_full_list_is_followed_by_a_new_one(void **state)
{
    (void)state;
    struct nw_store *s = open_store(true);
    int64_t a1 = add(s, "DE-1");
    (void)reserve(s, a1);
    nw_store_close(&s);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "UPDATE list SET used = 900000", NULL, NULL, NULL),
                     SQLITE_OK);
    (void)sqlite3_close(db);
    s = open_store(false);
    struct nw_copy copy = reserve(s, a1);
    assert_int_equal(copy.list, 2);
    assert_string_equal(copy.uri, BASE "/2");
    unsigned lists = 0;
    assert_ok(s->ops->list_count(s, &lists));
    assert_int_equal(lists, 2);
    nw_store_close(&s);
}

static void a_withdrawal_flips_every_copy_and_no_other(void **state)
{
    (void)state;
    struct nw_store *s = open_store(true);
    int64_t one = add(s, "DE-1"), two = add(s, "DE-2");
    struct nw_copy a = reserve(s, one), b = reserve(s, one), other = reserve(s, two);
    assert_false(bit(s, &a));
    assert_ok(s->ops->withdraw(s, one, "fraud", "2026-05-01", 2000));
    assert_true(bit(s, &a));
    assert_true(bit(s, &b));
    assert_false(bit(s, &other));
    struct nw_copy late = reserve(s, one);
    assert_true(bit(s, &late));
    struct nw_a1 a1;
    assert_ok(s->ops->find(s, "DE-1", &a1));
    assert_true(a1.withdrawn);
    assert_string_equal(a1.reason, "fraud");
    assert_string_equal(a1.effective_from, "2026-05-01");
    assert_int_equal(a1.withdrawn_at, 2000);
    assert_err(s->ops->withdraw(s, one, "replaced", "2026-05-02", 3000), NW_ERR_NOT_FOUND);
    nw_store_close(&s);
}

static void what_is_rolled_back_was_never_there(void **state)
{
    (void)state;
    struct nw_store *s = open_store(true);
    struct nw_a1 a1;
    assert_ok(s->ops->begin(s));
    (void)add(s, "DE-1");
    s->ops->rollback(s);
    assert_err(s->ops->find(s, "DE-1", &a1), NW_ERR_NOT_FOUND);
    s->ops->rollback(s);
    nw_store_close(&s);
}

static void a_credential_is_kept_with_its_copy(void **state)
{
    (void)state;
    struct nw_store *s = open_store(true);
    int64_t a1 = add(s, "DE-1");
    struct nw_copy copy = reserve(s, a1);
    struct nw_buf token = NW_BUF(100);
    assert_err(s->ops->token(s, a1, "a11", "inspection", &token), NW_ERR_NOT_FOUND);
    assert_ok(s->ops->issued(s, &copy, nw_str("A11:X"), 1000, 2000));
    assert_ok(s->ops->token(s, a1, "a11", "inspection", &token));
    assert_string_equal(nw_buf_cstr(&token), "A11:X");
    assert_err(s->ops->token(s, a1, "a11", "full", &token), NW_ERR_NOT_FOUND);
    /* a second credential for the same place is refused */
    assert_err(s->ops->issued(s, &copy, nw_str("A11:Y"), 1000, 2000), NW_ERR_STORE);
    nw_buf_free(&token);
    nw_store_close(&s);
}

static void earlier_records_come_newest_first_without_the_withdrawn(void **state)
{
    (void)state;
    struct nw_store *s = open_store(true);
    (void)add(s, "DE-1");
    int64_t two = add(s, "DE-2");
    (void)add(s, "DE-3");
    assert_ok(s->ops->withdraw(s, two, "fraud", "2026-05-01", 2000));
    struct nw_buf json = NW_BUF(100);
    assert_ok(s->ops->earlier(s, "PIN", "DE-9", 0, &json));
    assert_string_equal(nw_buf_cstr(&json), "DE-3");
    nw_buf_reset(&json);
    assert_ok(s->ops->earlier(s, "PIN", "DE-9", 1, &json));
    assert_string_equal(nw_buf_cstr(&json), "DE-1");
    assert_err(s->ops->earlier(s, "PIN", "DE-9", 2, &json), NW_ERR_NOT_FOUND);
    assert_err(s->ops->earlier(s, "OTHER", "DE-9", 0, &json), NW_ERR_NOT_FOUND);
    nw_buf_reset(&json);
    assert_ok(s->ops->earlier(s, "PIN", "DE-3", 0, &json));
    assert_string_equal(nw_buf_cstr(&json), "DE-1");
    nw_buf_free(&json);
    nw_store_close(&s);
}

static void spoil(const char *sql)
{
    struct nw_store *s = open_store(true);
    nw_store_close(&s);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(db);
}

static void a_store_of_another_version_is_left_alone(void **state)
{
    (void)state;
    struct nw_store *s = NULL;
    spoil("PRAGMA user_version = 2");
    assert_err(nw_store_sqlite_open(test_crypto(), path, BASE, false, &s, NULL),
               NW_ERR_STORE_VERSION);
    assert_null(s);
    (void)unlink(path);
    spoil("PRAGMA application_id = 7");
    assert_err(nw_store_sqlite_open(test_crypto(), path, BASE, false, &s, NULL),
               NW_ERR_STORE_VERSION);
}

static void a_half_made_store_is_said_so(void **state)
{
    (void)state;
    struct nw_store *s = NULL;
    assert_err(nw_store_sqlite_open(test_crypto(), path, BASE, false, &s, NULL), NW_ERR_HOME_HALF);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    (void)fclose(f);
    assert_err(nw_store_sqlite_open(test_crypto(), path, BASE, false, &s, NULL), NW_ERR_HOME_HALF);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_size, 0);
    assert_err(nw_store_sqlite_open(test_crypto(), path, BASE, true, &s, NULL), NW_ERR_EXISTS);
}

static void what_is_no_database_is_refused(void **state)
{
    (void)state;
    struct nw_store *s = NULL;
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    for (int i = 0; i < 500; i++) {
        (void)fputs("not a database", f);
    }
    (void)fclose(f);
    assert_err(nw_store_sqlite_open(test_crypto(), path, BASE, false, &s, NULL), NW_ERR_STORE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_record_is_found_under_its_number, start, stop),
        cmocka_unit_test_setup_teardown(a_number_is_taken_once, start, stop),
        cmocka_unit_test_setup_teardown(places_are_random_and_never_given_twice, start, stop),
        cmocka_unit_test_setup_teardown(a_place_stays_taken_after_reopening, start, stop),
        cmocka_unit_test_setup_teardown(a_full_list_is_followed_by_a_new_one, start, stop),
        cmocka_unit_test_setup_teardown(a_withdrawal_flips_every_copy_and_no_other, start, stop),
        cmocka_unit_test_setup_teardown(what_is_rolled_back_was_never_there, start, stop),
        cmocka_unit_test_setup_teardown(a_credential_is_kept_with_its_copy, start, stop),
        cmocka_unit_test_setup_teardown(earlier_records_come_newest_first_without_the_withdrawn,
                                        start, stop),
        cmocka_unit_test_setup_teardown(a_store_of_another_version_is_left_alone, start, stop),
        cmocka_unit_test_setup_teardown(a_half_made_store_is_said_so, start, stop),
        cmocka_unit_test_setup_teardown(what_is_no_database_is_refused, start, stop),
    };
    return run_on_both("store", tests, ARRAY_LENGTH(tests));
}
