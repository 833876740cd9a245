/*
 * The issuer is killed at random points of importing 2,000 records, withdrawing and publishing,
 * again and again; then the import is finished. Whatever died when:
 *   - every record has been issued exactly once,
 *   - no place in a status list was given twice, and each credential names its own,
 *   - a withdrawal that was once confirmed is in every list published later.
 *
 * usage: kill_import NACHWEIS-ISSUER RECORD.json [SEED]
 */
#define _XOPEN_SOURCE 700 /* nftw */

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sqlite3.h>

#include "crypto/cert.h"
#include "json/json.h"
#include "seal/seal.h"
#include "status/status.h"

#define RECORDS 2000
#define ROUNDS 12
#define WITH_WARNINGS 1 /* the PINs are no German ones (V16) */
#define AT "2026-05-20T10:00:00Z"
#define NOW 1779271200

static const char *issuer;
static char dir[64];
static uint64_t seed = 20261121;
static bool confirmed[RECORDS]; /* withdrawn, and the command said so */

#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            (void)fprintf(stderr, "FAILED line %d: %s (errno %s)\n", __LINE__, #condition,         \
                          strerror(errno));                                                        \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static uint32_t pick(uint32_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % below;
}

static const char *in_dir(const char *name)
{
    static char path[4][128];
    static unsigned next;
    char *p = path[next++ % 4];
    (void)snprintf(p, sizeof path[0], "%s/%s", dir, name);
    return p;
}

static const char *document_id(unsigned i)
{
    static char text[32];
    (void)snprintf(text, sizeof text, "DE-TEST-%07u", i);
    return text;
}

/* ---- processes ---- */

static pid_t start(const char *const argv[], const char *output)
{
    pid_t pid = fork();
    MUST(pid >= 0);
    if (pid == 0) {
        int out = open(output, O_WRONLY | O_CREAT | O_APPEND, 0600);
        int err = open(in_dir("errors"), O_WRONLY | O_CREAT | O_APPEND, 0600);
        if (out < 0 || err < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0) {
            _exit(99);
        }
        execv(issuer, (char *const *)(uintptr_t)argv);
        _exit(98);
    }
    return pid;
}

/* The exit status, or -1 when it was killed before it was done. */
static int finish(pid_t pid, long kill_after_us)
{
    int status = 0;
    if (kill_after_us >= 0) {
        const struct timespec delay = {.tv_sec = kill_after_us / 1000000,
                                       .tv_nsec = kill_after_us % 1000000 * 1000};
        (void)nanosleep(&delay, NULL);
        (void)kill(pid, SIGKILL);
    }
    MUST(waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int run(const char *const argv[], long kill_after_us)
{
    return finish(start(argv, in_dir("results")), kill_after_us);
}

static int import(long kill_after_us)
{
    const char *const argv[] = {
        issuer, "import", "--home", in_dir("home"), "--at", AT, in_dir("records.jsonl"), NULL};
    return run(argv, kill_after_us);
}

static void withdraw(unsigned i, long kill_after_us)
{
    const char *const argv[] = {issuer,     "withdraw", "--home", in_dir("home"), "--reason",
                                "annulled", "--at",     AT,       document_id(i), NULL};
    if (run(argv, kill_after_us) == 0) {
        confirmed[i] = true;
    }
}

static int publish(long kill_after_us)
{
    const char *const argv[] = {issuer,  "publish",        "--home", in_dir("home"), "--at", AT,
                                "--out", in_dir("public"), NULL};
    return run(argv, kill_after_us);
}

static long microseconds_of_a_whole_import(void)
{
    struct timespec a, b;
    (void)clock_gettime(CLOCK_MONOTONIC, &a);
    const char *const argv[] = {issuer, "import", "--home",    in_dir("home"),
                                "--at", AT,       "--dry-run", in_dir("records.jsonl"),
                                NULL};
    MUST(finish(start(argv, "/dev/null"), -1) == WITH_WARNINGS);
    (void)clock_gettime(CLOCK_MONOTONIC, &b);
    return (b.tv_sec - a.tv_sec) * 1000000 + (b.tv_nsec - a.tv_nsec) / 1000;
}

/* ---- input ---- */

static struct nw_buf read_file(const char *path)
{
    struct nw_buf b = NW_BUF(16u << 20);
    FILE *f = fopen(path, "rb");
    MUST(f != NULL);
    for (int c; (c = getc(f)) != EOF;) {
        nw_buf_putc(&b, (uint8_t)c);
    }
    (void)fclose(f);
    MUST(nw_buf_err(&b) == NW_OK);
    return b;
}

static void replace(struct nw_json *parent, const char *name, const char *text)
{
    nw_json_remove(parent, name);
    MUST(nw_json_put_text(parent, name, text) == NW_OK);
}

/* Each for another person, so that no rule on earlier records has anything to say. */
static void write_records(const char *record)
{
    struct nw_buf text = read_file(record), line = NW_BUF(65536);
    struct nw_json *json = NULL;
    FILE *f = fopen(in_dir("records.jsonl"), "wb");
    MUST(f != NULL && nw_json_parse(nw_buf_slice(&text), &json, NULL) == NW_OK);
    for (unsigned i = 0; i < RECORDS; i++) {
        char pin[32];
        (void)snprintf(pin, sizeof pin, "TEST %07u", i);
        replace(json, "documentID", document_id(i));
        replace(nw_json_mut(nw_json_get(json, "subject")), "pin", pin);
        nw_buf_reset(&line);
        nw_json_write(json, &line);
        MUST(fprintf(f, "%s\n", nw_buf_cstr(&line)) > 0);
    }
    MUST(fclose(f) == 0);
    nw_json_free(&json);
    nw_buf_free(&line);
    nw_buf_free(&text);
}

static struct nw_crypto *crypto;

static struct nw_pubkey *key_of(const char *certificate)
{
    size_t pos = 0;
    struct nw_buf pem = read_file(in_dir(certificate)), der = NW_BUF(NW_MAX_CERT);
    struct nw_cert cert;
    struct nw_pubkey *key = NULL;
    MUST(nw_cert_from_pem(nw_buf_slice(&pem), &pos, &der) == NW_OK);
    MUST(nw_cert_parse(nw_buf_slice(&der), &cert, NULL) == NW_OK);
    MUST(nw_pubkey_from_spki(crypto, cert.spki, &key) == NW_OK);
    nw_buf_free(&der);
    nw_buf_free(&pem);
    return key;
}

/* ---- what came of it ---- */

struct place {
    unsigned list;
    uint32_t idx;
    unsigned document;
};
static struct place issued[RECORDS * 2];
static size_t issued_n;

static sqlite3 *open_store(void)
{
    sqlite3 *db = NULL;
    MUST(sqlite3_open_v2(in_dir("home/store.db"), &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
    return db;
}

/* The place that the credential itself names. */
static struct place place_in(const char *token)
{
    struct nw_seal seal;
    static struct nw_checks checks;
    struct place p = {.list = 0};
    checks.n = 0;
    static struct nw_pubkey *key;
    if (key == NULL) {
        key = key_of("home/keys/attestation.cert.pem");
    }
    MUST(nw_seal_parse(nw_str(token), &seal, &checks, NULL) == NW_OK);
    MUST(nw_seal_verify(crypto, &seal, key, NULL) == NW_OK);
    MUST(nw_seal_claims(&seal, &checks, NULL) == NW_OK && seal.status.present);
    p.idx = (uint32_t)seal.status.idx;
    const char *slash = strrchr(seal.status.uri, '/');
    MUST(slash != NULL);
    p.list = (unsigned)strtoul(slash + 1, NULL, 10);
    nw_seal_free(&seal);
    return p;
}

/* thorough: also asks each credential itself. */
static void collect_credentials(bool thorough)
{
    sqlite3 *db = open_store();
    sqlite3_stmt *q = NULL;
    MUST(sqlite3_prepare_v2(db,
                            "SELECT document_id, list, idx, token FROM a1 JOIN copy ON a1 = id"
                            " WHERE token IS NOT NULL",
                            -1, &q, NULL) == SQLITE_OK);
    issued_n = 0;
    while (sqlite3_step(q) == SQLITE_ROW) {
        const char *id = (const char *)sqlite3_column_text(q, 0);
        struct place p = {.list = (unsigned)sqlite3_column_int(q, 1),
                          .idx = (uint32_t)sqlite3_column_int(q, 2)};
        if (thorough) {
            struct place named = place_in((const char *)sqlite3_column_text(q, 3));
            MUST(p.list == named.list && p.idx == named.idx);
        }
        MUST(sscanf(id, "DE-TEST-%u", &p.document) == 1 && p.document < RECORDS);
        MUST(issued_n < sizeof issued / sizeof issued[0]);
        issued[issued_n++] = p;
    }
    (void)sqlite3_finalize(q);
    (void)sqlite3_close(db);
}

static bool taken[8][1u << 20];

static void each_record_once_and_no_place_twice(void)
{
    static unsigned times[RECORDS];
    collect_credentials(true);
    MUST(issued_n == RECORDS);
    for (size_t i = 0; i < issued_n; i++) {
        MUST(issued[i].list < 8 && issued[i].idx < 1u << 20);
        MUST(!taken[issued[i].list][issued[i].idx]);
        taken[issued[i].list][issued[i].idx] = true;
        times[issued[i].document]++;
    }
    for (unsigned i = 0; i < RECORDS; i++) {
        MUST(times[i] == 1);
    }
}

/* A document is told to be accepted at most once, and every one is told in the end. */
static void results_are_consistent(void)
{
    static unsigned accepted[RECORDS], told[RECORDS];
    FILE *f = fopen(in_dir("results"), "rb");
    char line[4096];
    MUST(f != NULL);
    while (fgets(line, sizeof line, f) != NULL) {
        const char *id = strstr(line, "\"documentID\":\"DE-TEST-");
        unsigned i;
        if (id == NULL || strchr(line, '\n') == NULL || sscanf(id + 22, "%u", &i) != 1) {
            continue; /* the line in which it was killed */
        }
        MUST(i < RECORDS && strstr(line, "rejected") == NULL);
        told[i]++;
        accepted[i] += strstr(line, "\"warned\"") != NULL;
    }
    (void)fclose(f);
    for (unsigned i = 0; i < RECORDS; i++) {
        MUST(told[i] > 0 && accepted[i] <= 1);
    }
}

static void open_list(unsigned list, struct nw_status_list *out)
{
    char name[64], uri[128];
    struct nw_status_token t;
    struct nw_pubkey *key = key_of("home/keys/status.cert.pem");
    (void)snprintf(name, sizeof name, "public/status/%u.cwt", list);
    (void)snprintf(uri, sizeof uri, "https://de-drvtest01.a1.example/status/%u", list);
    struct nw_buf token = read_file(in_dir(name));
    MUST(nw_status_token_parse(nw_buf_slice(&token), &t, NULL, NULL) == NW_OK);
    MUST(nw_status_list_open(crypto, &t, key, uri, NOW, 0, out, NULL, NULL) == NW_OK);
    nw_status_token_free(&t);
    nw_pubkey_free(&key);
    nw_buf_free(&token);
}

/* After a publish that was not killed. */
static void confirmed_withdrawals_are_in_the_list(void)
{
    struct nw_status_list l;
    collect_credentials(false);
    open_list(1, &l);
    for (size_t i = 0; i < issued_n; i++) {
        unsigned value = 9;
        MUST(issued[i].list == 1);
        MUST(nw_status_list_get(&l, issued[i].idx, &value) == NW_OK);
        MUST(!confirmed[issued[i].document] || value == 1);
    }
    nw_status_list_free(&l);
}

/* At the end: the list says neither less nor more than the register. */
static void only_withdrawn_ones_are_in_the_list(void)
{
    struct nw_status_list l;
    sqlite3 *db = open_store();
    sqlite3_stmt *q = NULL;
    unsigned set = 0;
    MUST(sqlite3_prepare_v2(db,
                            "SELECT count(*) FROM a1 JOIN copy ON a1 = id"
                            " WHERE withdrawn_at IS NOT NULL",
                            -1, &q, NULL) == SQLITE_OK);
    MUST(sqlite3_step(q) == SQLITE_ROW);
    unsigned copies = (unsigned)sqlite3_column_int(q, 0);
    (void)sqlite3_finalize(q);
    (void)sqlite3_close(db);
    open_list(1, &l);
    for (uint64_t i = 0; i < l.entries; i++) {
        unsigned value = 0;
        MUST(nw_status_list_get(&l, i, &value) == NW_OK);
        set += value;
    }
    MUST(set == copies && copies > 0);
    nw_status_list_free(&l);
}

/* ---- the rounds ---- */

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    (void)remove(path);
    return 0;
}

static unsigned issued_so_far(void)
{
    collect_credentials(false);
    return (unsigned)issued_n;
}

static void one_round(long whole)
{
    (void)import((long)pick((uint32_t)whole));
    for (int i = 0; i < 4; i++) {
        collect_credentials(false);
        if (issued_n > 0) {
            withdraw(issued[pick((uint32_t)issued_n)].document,
                     i % 2 == 0 ? -1 : (long)pick(60000));
        }
    }
    (void)publish((long)pick(60000));
    if (pick(2) == 0) {
        MUST(publish(-1) == 0);
        confirmed_withdrawals_are_in_the_list();
    }
}

int main(int argc, char **argv)
{
    MUST(argc >= 3);
    issuer = argv[1];
    seed = argc > 3 ? strtoull(argv[3], NULL, 10) : seed;
    (void)snprintf(dir, sizeof dir, "kill-import-XXXXXX");
    MUST(mkdtemp(dir) != NULL);
    const char *const setup[] = {argv[1], "setup", "--home", in_dir("home"), "--at", AT, NULL};
    MUST(run(setup, -1) == 0);
    write_records(argv[2]);
    MUST(nw_crypto_new(NW_PROVIDER_DEFAULT, &crypto) == NW_OK);
    long whole = microseconds_of_a_whole_import();
    unsigned kills_inside = 0;
    for (int i = 0; i < ROUNDS; i++) {
        unsigned before = issued_so_far();
        one_round(whole);
        unsigned after = issued_so_far();
        MUST(after >= before);
        kills_inside += after < RECORDS;
    }
    MUST(import(-1) == WITH_WARNINGS || issued_so_far() == RECORDS);
    MUST(import(-1) == 0); /* all unchanged */
    each_record_once_and_no_place_twice();
    results_are_consistent();
    MUST(publish(-1) == 0);
    confirmed_withdrawals_are_in_the_list();
    only_withdrawn_ones_are_in_the_list();
    nw_crypto_free(&crypto);
    (void)printf("%d rounds (%u ended inside the import), %d records issued once each\n", ROUNDS,
                 kills_inside, RECORDS);
    (void)nftw(dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    return 0;
}
