#include "store.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <sqlite3.h>

#include "base/alloc.h"

#define APPLICATION 0x4e574953 /* "NWIS" */
#define VERSION 1
#define BUSY_MS 20000
/* Beyond this share of a list a random place is taken too often. */
#define LIST_FULL (NW_LIST_ENTRIES / 10 * 8)
#define RANDOM_BYTES 4096
#define TRIES 1000

static const char schema[] =
    "CREATE TABLE a1(id INTEGER PRIMARY KEY, document_id TEXT NOT NULL UNIQUE,"
    " content BLOB NOT NULL, issued_on TEXT NOT NULL, pin TEXT NOT NULL, record TEXT NOT NULL,"
    " withdrawn_at INTEGER, reason TEXT, effective_from TEXT,"
    " CHECK((withdrawn_at IS NULL) = (reason IS NULL))) STRICT;"
    "CREATE INDEX a1_person ON a1(pin);"
    "CREATE TABLE list(id INTEGER PRIMARY KEY, uri TEXT NOT NULL UNIQUE,"
    " used INTEGER NOT NULL) STRICT;"
    "CREATE TABLE copy(list INTEGER NOT NULL REFERENCES list(id), idx INTEGER NOT NULL,"
    " a1 INTEGER NOT NULL REFERENCES a1(id), form TEXT NOT NULL, profile TEXT NOT NULL,"
    " reserved_at INTEGER NOT NULL, issued_at INTEGER, expires_at INTEGER, token TEXT,"
    " PRIMARY KEY(list, idx)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX copy_of ON copy(a1);"
    "CREATE INDEX a1_withdrawn ON a1(id) WHERE withdrawn_at IS NOT NULL;";

enum statement {
    S_FIND,
    S_ADD,
    S_RECORD,
    S_EARLIER,
    S_WITHDRAW,
    S_LIST_LAST,
    S_LIST_ADD,
    S_LIST_USE,
    S_COUNTS,
    S_LIST_URI,
    S_LIST_BITS,
    S_RESERVE,
    S_ISSUED,
    S_TOKEN,
    S_COUNT
};
static const char *const sql[S_COUNT] = {
    [S_FIND] = "SELECT id, content, issued_on, withdrawn_at, reason, effective_from FROM a1"
               " WHERE document_id = ?1",
    [S_ADD] = "INSERT INTO a1(document_id, content, issued_on, pin, record)"
              " VALUES(?1, ?2, ?3, ?4, ?5)",
    [S_RECORD] = "SELECT record FROM a1 WHERE id = ?1",
    [S_EARLIER] = "SELECT record FROM a1 WHERE pin = ?1 AND document_id <> ?2"
                  " AND withdrawn_at IS NULL ORDER BY id DESC LIMIT 1 OFFSET ?3",
    [S_WITHDRAW] = "UPDATE a1 SET withdrawn_at = ?2, reason = ?3, effective_from = ?4"
                   " WHERE id = ?1 AND withdrawn_at IS NULL",
    [S_LIST_LAST] = "SELECT id, uri, used FROM list ORDER BY id DESC LIMIT 1",
    [S_LIST_ADD] = "INSERT INTO list(id, uri, used) VALUES(?1, ?2, 0)",
    [S_LIST_USE] = "UPDATE list SET used = used + 1 WHERE id = ?1",
    [S_COUNTS] = "SELECT COUNT(*), COALESCE(SUM(used), 0),"
                 " (SELECT COUNT(*) FROM a1 WHERE withdrawn_at IS NOT NULL) FROM list",
    [S_LIST_URI] = "SELECT uri FROM list WHERE id = ?1",
    [S_LIST_BITS] = "SELECT copy.idx FROM a1 JOIN copy ON copy.a1 = a1.id"
                    " WHERE copy.list = ?1 AND a1.withdrawn_at IS NOT NULL",
    [S_RESERVE] = "INSERT INTO copy(list, idx, a1, form, profile, reserved_at)"
                  " VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
    [S_ISSUED] = "UPDATE copy SET token = ?3, issued_at = ?4, expires_at = ?5"
                 " WHERE list = ?1 AND idx = ?2 AND token IS NULL",
    [S_TOKEN] = "SELECT token FROM copy WHERE a1 = ?1 AND form = ?2 AND profile = ?3"
                " AND token IS NOT NULL ORDER BY issued_at LIMIT 1",
};

struct sqlite_store {
    struct nw_store base;
    struct nw_crypto *crypto;
    sqlite3 *db;
    sqlite3_stmt *statement[S_COUNT];
    char status_base[NW_STORE_URI];
    uint8_t random[RANDOM_BYTES]; /* one call for many places */
    size_t random_left;
};

static struct sqlite_store *self(struct nw_store *s)
{
    return (struct sqlite_store *)(void *)s;
}

static sqlite3_stmt *prepare(struct sqlite_store *s, enum statement which)
{
    if (s->statement[which] == NULL &&
        sqlite3_prepare_v3(s->db, sql[which], -1, SQLITE_PREPARE_PERSISTENT, &s->statement[which],
                           NULL) != SQLITE_OK) {
        return NULL;
    }
    return s->statement[which];
}

static bool bind_text(sqlite3_stmt *q, int at, struct nw_slice text)
{
    return sqlite3_bind_text64(q, at, text.n == 0 ? "" : (const char *)text.p, text.n,
                               SQLITE_STATIC, SQLITE_UTF8) == SQLITE_OK;
}

static bool bind_str(sqlite3_stmt *q, int at, const char *text)
{
    return bind_text(q, at, nw_str(text));
}

static bool bind_int(sqlite3_stmt *q, int at, int64_t v)
{
    return sqlite3_bind_int64(q, at, v) == SQLITE_OK;
}

static bool bind_hash(sqlite3_stmt *q, int at, const uint8_t hash[NW_SHA256_BYTES])
{
    return sqlite3_bind_blob(q, at, hash, NW_SHA256_BYTES, SQLITE_STATIC) == SQLITE_OK;
}

static void finish(sqlite3_stmt *q)
{
    if (q != NULL) {
        (void)sqlite3_reset(q);
        (void)sqlite3_clear_bindings(q);
    }
}

/* Runs a statement that gives no rows. */
static enum nw_err run(sqlite3_stmt *q, bool bound)
{
    int rc = bound ? sqlite3_step(q) : SQLITE_ERROR;
    finish(q);
    if (rc == SQLITE_DONE) {
        return NW_OK;
    }
    return rc == SQLITE_CONSTRAINT_UNIQUE || rc == SQLITE_CONSTRAINT_PRIMARYKEY ? NW_ERR_EXISTS
                                                                                : NW_ERR_STORE;
}

static bool column_cstr(sqlite3_stmt *q, int at, char *dst, size_t cap)
{
    const unsigned char *text = sqlite3_column_text(q, at);
    dst[0] = '\0';
    return text == NULL ||
           nw_slice_cstr(nw_slice(text, (size_t)sqlite3_column_bytes(q, at)), dst, cap);
}

/* First column of the first row, appended to out; NOT_FOUND without a row. */
static enum nw_err one_text(sqlite3_stmt *q, bool bound, struct nw_buf *out)
{
    enum nw_err e = NW_ERR_STORE;
    int rc = bound ? sqlite3_step(q) : SQLITE_ERROR;
    if (rc == SQLITE_ROW) {
        const unsigned char *text = sqlite3_column_text(q, 0);
        nw_buf_put(out, nw_slice(text, (size_t)sqlite3_column_bytes(q, 0)));
        e = nw_buf_err(out);
    } else if (rc == SQLITE_DONE) {
        e = NW_ERR_NOT_FOUND;
    }
    finish(q);
    return e;
}

static enum nw_err exec(struct sqlite_store *s, const char *text)
{
    return sqlite3_exec(s->db, text, NULL, NULL, NULL) == SQLITE_OK ? NW_OK : NW_ERR_STORE;
}

/* ---- transactions ---- */

static enum nw_err store_begin(struct nw_store *base)
{
    return exec(self(base), "BEGIN IMMEDIATE");
}

static enum nw_err store_commit(struct nw_store *base)
{
    return exec(self(base), "COMMIT");
}

static void store_rollback(struct nw_store *base)
{
    struct sqlite_store *s = self(base);
    if (sqlite3_get_autocommit(s->db) == 0) {
        (void)exec(s, "ROLLBACK");
    }
}

/* ---- A1 ---- */

static enum nw_err store_find(struct nw_store *base, const char *document_id, struct nw_a1 *out)
{
    sqlite3_stmt *q = prepare(self(base), S_FIND);
    struct nw_a1 a1 = {.id = 0};
    enum nw_err e = NW_ERR_STORE;
    if (q == NULL || !bind_str(q, 1, document_id)) {
        goto out;
    }
    int rc = sqlite3_step(q);
    if (rc != SQLITE_ROW) {
        e = rc == SQLITE_DONE ? NW_ERR_NOT_FOUND : NW_ERR_STORE;
        goto out;
    }
    a1.id = sqlite3_column_int64(q, 0);
    const void *content = sqlite3_column_blob(q, 1);
    if (content == NULL || sqlite3_column_bytes(q, 1) != NW_SHA256_BYTES ||
        !nw_slice_cstr(nw_str(document_id), a1.document_id, sizeof a1.document_id) ||
        !column_cstr(q, 2, a1.issued_on, sizeof a1.issued_on) ||
        !column_cstr(q, 4, a1.reason, sizeof a1.reason) ||
        !column_cstr(q, 5, a1.effective_from, sizeof a1.effective_from)) {
        goto out;
    }
    memcpy(a1.content, content, NW_SHA256_BYTES);
    a1.withdrawn = sqlite3_column_type(q, 3) != SQLITE_NULL;
    a1.withdrawn_at = sqlite3_column_int64(q, 3);
    *out = a1;
    e = NW_OK;
out:
    finish(q);
    return e;
}

static enum nw_err store_add(struct nw_store *base, struct nw_a1 *a1, const char *pin,
                             struct nw_slice record)
{
    struct sqlite_store *s = self(base);
    sqlite3_stmt *q = prepare(s, S_ADD);
    bool bound = q != NULL && bind_str(q, 1, a1->document_id) && bind_hash(q, 2, a1->content) &&
                 bind_str(q, 3, a1->issued_on) && bind_str(q, 4, pin) && bind_text(q, 5, record);
    enum nw_err e = run(q, bound);
    if (e == NW_OK) {
        a1->id = sqlite3_last_insert_rowid(s->db);
    }
    return e;
}

static enum nw_err store_record(struct nw_store *base, int64_t a1, struct nw_buf *json)
{
    sqlite3_stmt *q = prepare(self(base), S_RECORD);
    return one_text(q, q != NULL && bind_int(q, 1, a1), json);
}

static enum nw_err store_earlier(struct nw_store *base, const char *pin, const char *document_id,
                                 size_t i, struct nw_buf *json)
{
    sqlite3_stmt *q = prepare(self(base), S_EARLIER);
    bool bound = q != NULL && bind_str(q, 1, pin) && bind_str(q, 2, document_id) &&
                 bind_int(q, 3, (int64_t)i);
    return one_text(q, bound, json);
}

static enum nw_err store_withdraw(struct nw_store *base, int64_t a1, const char *reason,
                                  const char *effective_from, int64_t now)
{
    struct sqlite_store *s = self(base);
    sqlite3_stmt *q = prepare(s, S_WITHDRAW);
    bool bound = q != NULL && bind_int(q, 1, a1) && bind_int(q, 2, now) && bind_str(q, 3, reason) &&
                 bind_str(q, 4, effective_from);
    enum nw_err e = run(q, bound);
    return e == NW_OK && sqlite3_changes(s->db) != 1 ? NW_ERR_NOT_FOUND : e;
}

/* ---- copies and lists ---- */

static enum nw_err random_place(struct sqlite_store *s, uint32_t *idx)
{
    if (s->random_left < 4) {
        enum nw_err e = nw_random(s->crypto, s->random, sizeof s->random);
        if (e != NW_OK) {
            return e;
        }
        s->random_left = sizeof s->random;
    }
    const uint8_t *p = s->random + sizeof s->random - s->random_left;
    s->random_left -= 4;
    /* the number of entries is a power of two: no bias */
    *idx = ((uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]) &
           (NW_LIST_ENTRIES - 1);
    return NW_OK;
}

static enum nw_err new_list(struct sqlite_store *s, unsigned number, struct nw_copy *copy)
{
    int n = snprintf(copy->uri, sizeof copy->uri, "%s/%u", s->status_base, number);
    if (n < 0 || (size_t)n >= sizeof copy->uri) {
        return NW_ERR_CONFIG;
    }
    copy->list = number;
    sqlite3_stmt *q = prepare(s, S_LIST_ADD);
    return run(q, q != NULL && bind_int(q, 1, number) && bind_str(q, 2, copy->uri));
}

/* The list that new copies go to: the last one, or a new one when that is full. */
static enum nw_err current_list(struct sqlite_store *s, struct nw_copy *copy)
{
    sqlite3_stmt *q = prepare(s, S_LIST_LAST);
    if (q == NULL) {
        return NW_ERR_STORE;
    }
    int rc = sqlite3_step(q);
    unsigned last = 0;
    int64_t used = 0;
    bool good = rc == SQLITE_DONE;
    if (rc == SQLITE_ROW) {
        last = (unsigned)sqlite3_column_int64(q, 0);
        good = column_cstr(q, 1, copy->uri, sizeof copy->uri);
        used = sqlite3_column_int64(q, 2);
    }
    finish(q);
    if (!good) {
        return NW_ERR_STORE;
    }
    if (last == 0 || used >= LIST_FULL) {
        return new_list(s, last + 1, copy);
    }
    copy->list = last;
    return NW_OK;
}

static enum nw_err store_reserve(struct nw_store *base, int64_t a1, const char *form,
                                 const char *profile, int64_t now, struct nw_copy *out)
{
    struct sqlite_store *s = self(base);
    struct nw_copy copy = {.a1 = a1};
    enum nw_err e = current_list(s, &copy);
    if (e != NW_OK) {
        return e;
    }
    e = NW_ERR_EXISTS;
    for (int tries = 0; e == NW_ERR_EXISTS && tries < TRIES; tries++) {
        if ((e = random_place(s, &copy.idx)) != NW_OK) {
            return e;
        }
        sqlite3_stmt *q = prepare(s, S_RESERVE);
        bool bound = q != NULL && bind_int(q, 1, copy.list) && bind_int(q, 2, copy.idx) &&
                     bind_int(q, 3, a1) && bind_str(q, 4, form) && bind_str(q, 5, profile) &&
                     bind_int(q, 6, now);
        e = run(q, bound);
    }
    if (e != NW_OK) {
        return e == NW_ERR_EXISTS ? NW_ERR_STORE : e;
    }
    sqlite3_stmt *q = prepare(s, S_LIST_USE);
    if ((e = run(q, q != NULL && bind_int(q, 1, copy.list))) == NW_OK) {
        *out = copy;
    }
    return e;
}

static enum nw_err store_issued(struct nw_store *base, const struct nw_copy *copy,
                                struct nw_slice token, int64_t iat, int64_t exp)
{
    struct sqlite_store *s = self(base);
    sqlite3_stmt *q = prepare(s, S_ISSUED);
    bool bound = q != NULL && bind_int(q, 1, copy->list) && bind_int(q, 2, copy->idx) &&
                 bind_text(q, 3, token) && bind_int(q, 4, iat) && bind_int(q, 5, exp);
    enum nw_err e = run(q, bound);
    return e == NW_OK && sqlite3_changes(s->db) != 1 ? NW_ERR_STORE : e;
}

static enum nw_err store_token(struct nw_store *base, int64_t a1, const char *form,
                               const char *profile, struct nw_buf *token)
{
    sqlite3_stmt *q = prepare(self(base), S_TOKEN);
    bool bound = q != NULL && bind_int(q, 1, a1) && bind_str(q, 2, form) && bind_str(q, 3, profile);
    return one_text(q, bound, token);
}

static enum nw_err store_counts(struct nw_store *base, struct nw_counts *out)
{
    sqlite3_stmt *q = prepare(self(base), S_COUNTS);
    bool row = q != NULL && sqlite3_step(q) == SQLITE_ROW;
    if (row) {
        *out = (struct nw_counts){.lists = (unsigned)sqlite3_column_int64(q, 0),
                                  .places = (uint64_t)sqlite3_column_int64(q, 1),
                                  .withdrawn = (uint64_t)sqlite3_column_int64(q, 2)};
    }
    finish(q);
    return row ? NW_OK : NW_ERR_STORE;
}

static enum nw_err store_list_count(struct nw_store *base, unsigned *n)
{
    sqlite3_stmt *q = prepare(self(base), S_LIST_LAST);
    int rc = q == NULL ? SQLITE_ERROR : sqlite3_step(q);
    if (rc == SQLITE_ROW) {
        *n = (unsigned)sqlite3_column_int64(q, 0);
    } else if (rc == SQLITE_DONE) {
        *n = 0;
    }
    finish(q);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? NW_OK : NW_ERR_STORE;
}

static enum nw_err set_bits(struct sqlite_store *s, unsigned list, uint8_t *bits)
{
    sqlite3_stmt *q = prepare(s, S_LIST_BITS);
    int rc = q != NULL && bind_int(q, 1, list) ? SQLITE_ROW : SQLITE_ERROR;
    while (rc == SQLITE_ROW && (rc = sqlite3_step(q)) == SQLITE_ROW) {
        int64_t idx = sqlite3_column_int64(q, 0);
        if (idx < 0 || idx >= NW_LIST_ENTRIES) {
            rc = SQLITE_CORRUPT;
            break;
        }
        bits[idx / 8] |= (uint8_t)(1u << (idx % 8)); /* TSL 4.1 */
    }
    finish(q);
    return rc == SQLITE_DONE ? NW_OK : NW_ERR_STORE;
}

static enum nw_err store_load_list(struct nw_store *base, unsigned list, struct nw_buf *packed,
                                   char uri[NW_STORE_URI])
{
    struct sqlite_store *s = self(base);
    struct nw_buf address = NW_BUF(NW_STORE_URI);
    sqlite3_stmt *q = prepare(s, S_LIST_URI);
    enum nw_err e = one_text(q, q != NULL && bind_int(q, 1, list), &address);
    if (e == NW_OK && !nw_slice_cstr(nw_buf_slice(&address), uri, NW_STORE_URI)) {
        e = NW_ERR_STORE;
    }
    nw_buf_free(&address);
    if (e != NW_OK) {
        return e;
    }
    uint8_t *bits = nw_buf_reserve(packed, NW_LIST_BYTES);
    if (bits == NULL) {
        return nw_buf_err(packed);
    }
    memset(bits, 0, NW_LIST_BYTES);
    nw_buf_grow(packed, NW_LIST_BYTES);
    return set_bits(s, list, bits);
}

static const char *store_trouble(const struct nw_store *base)
{
    const struct sqlite_store *s = (const struct sqlite_store *)(const void *)base;
    return sqlite3_errmsg(s->db);
}

static void store_close(struct nw_store *base)
{
    struct sqlite_store *s = self(base);
    for (int i = 0; i < S_COUNT; i++) {
        (void)sqlite3_finalize(s->statement[i]);
    }
    (void)sqlite3_close(s->db);
    nw_free_secret(s, sizeof *s);
}

static const struct nw_store_ops ops = {
    .begin = store_begin,
    .commit = store_commit,
    .rollback = store_rollback,
    .find = store_find,
    .add = store_add,
    .record = store_record,
    .earlier = store_earlier,
    .withdraw = store_withdraw,
    .reserve = store_reserve,
    .issued = store_issued,
    .token = store_token,
    .counts = store_counts,
    .list_count = store_list_count,
    .load_list = store_load_list,
    .trouble = store_trouble,
    .close = store_close,
};

/* ---- opening ---- */

static enum nw_err pragma_int(struct sqlite_store *s, const char *text, int64_t *out)
{
    sqlite3_stmt *q = NULL;
    enum nw_err e = NW_ERR_STORE;
    if (sqlite3_prepare_v2(s->db, text, -1, &q, NULL) == SQLITE_OK &&
        sqlite3_step(q) == SQLITE_ROW) {
        *out = sqlite3_column_int64(q, 0);
        e = NW_OK;
    }
    (void)sqlite3_finalize(q);
    return e;
}

/* Looks only; a store of another version is left as it is. */
static enum nw_err check_version(struct sqlite_store *s, const char *path, struct nw_diag *d)
{
    int64_t application = 0, version = 0;
    enum nw_err e = pragma_int(s, "PRAGMA application_id", &application);
    if (e == NW_OK) {
        e = pragma_int(s, "PRAGMA user_version", &version);
    }
    if (e != NW_OK) {
        return nw_fail_at(d, e, path, "%s", sqlite3_errmsg(s->db));
    }
    if (application == 0 && version == 0) {
        return nw_fail_at(d, NW_ERR_HOME_HALF, path, "the store has no tables");
    }
    if (application != APPLICATION) {
        return nw_fail_at(d, NW_ERR_STORE_VERSION, path, "this is not a store of nachweis-issuer");
    }
    if (version != VERSION) {
        return nw_fail_at(d, NW_ERR_STORE_VERSION, path,
                          "store version %lld, this program knows %d", (long long)version, VERSION);
    }
    return NW_OK;
}

static enum nw_err make_tables(struct sqlite_store *s)
{
    char version[96];
    (void)snprintf(version, sizeof version, "PRAGMA application_id = %d; PRAGMA user_version = %d",
                   APPLICATION, VERSION);
    enum nw_err e = exec(s, "BEGIN IMMEDIATE");
    if (e == NW_OK) {
        e = exec(s, schema);
    }
    if (e == NW_OK) {
        e = exec(s, version);
    }
    return e == NW_OK ? exec(s, "COMMIT") : e;
}

static enum nw_err settings(struct sqlite_store *s)
{
    int on = 0;
    if (sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, &on) != SQLITE_OK ||
        sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, &on) != SQLITE_OK) {
        return NW_ERR_STORE;
    }
    return exec(s, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                   "PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON");
}

static enum nw_err open_db(struct sqlite_store *s, const char *path, bool make, struct nw_diag *d)
{
    struct stat st;
    bool there = lstat(path, &st) == 0;
    if (make && there) {
        return nw_fail_at(d, NW_ERR_EXISTS, path, "a store");
    }
    if (!make && (!there || !S_ISREG(st.st_mode) || st.st_size == 0)) {
        return nw_fail_at(d, NW_ERR_HOME_HALF, path, "no store there");
    }
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOMUTEX |
                (make ? SQLITE_OPEN_CREATE : 0);
    /* waiting counts from the first look: another process may just be closing the store */
    if (sqlite3_open_v2(path, &s->db, flags, NULL) != SQLITE_OK ||
        sqlite3_busy_timeout(s->db, BUSY_MS) != SQLITE_OK) {
        return nw_fail_at(d, NW_ERR_STORE, path, "%s", sqlite3_errmsg(s->db));
    }
    enum nw_err e = make ? NW_OK : check_version(s, path, d);
    if (e == NW_OK) {
        e = settings(s);
    }
    if (e == NW_OK && make) {
        e = make_tables(s);
    }
    return e == NW_ERR_STORE ? nw_fail_at(d, e, path, "%s", sqlite3_errmsg(s->db)) : e;
}

enum nw_err nw_store_sqlite_open(struct nw_crypto *c, const char *path, const char *status_base,
                                 bool make, struct nw_store **out, struct nw_diag *d)
{
    struct sqlite_store *s = nw_calloc(1, sizeof *s);
    if (s == NULL) {
        return NW_ERR_NOMEM;
    }
    s->base.ops = &ops;
    s->crypto = c;
    enum nw_err e = NW_ERR_CONFIG;
    if (nw_slice_cstr(nw_str(status_base), s->status_base, sizeof s->status_base)) {
        e = open_db(s, path, make, d);
    }
    if (e != NW_OK) {
        store_close(&s->base);
        return e;
    }
    *out = &s->base;
    return NW_OK;
}

void nw_store_close(struct nw_store **s)
{
    if (*s != NULL) {
        (*s)->ops->close(*s);
        *s = NULL;
    }
}
