/*
 * A whole EU in one bundle, at full size: every real list of the collection
 * ($NW_DATA/tl), every list of trusted entities there that is to be accepted
 * ($NW_DATA/lote), a list of 32 public bodies made here, and their 32 status
 * lists, as the issuer makes them: 2^20 places, CWT.
 *
 * Runs `nachweis-trust bundle` as a process of its own, twice (the second time
 * nothing has changed), and opens the mapped bundle as a verifier does. Prints
 * a table, and each limit of the project as met or missed; exits with 1 when
 * one is missed. Usage: bench_eu NACHWEIS-TRUST $NW_DATA FOLDER [--sizes-only]
 *
 * How many A1s are withdrawn decides how large a status list is, so the size is
 * given for several shares. 11.2 million A1s are those of the EU in two years,
 * which is as long as one lasts.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "eu_folder.h"
#include "trust/bundle_items.h"

#define A1S 11200000u /* of two years: no A1 is longer */
#define OPENINGS 101
#define SHARES 3

static struct nw_crypto *crypto;

static double now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

struct run {
    double ms;
    long kilobytes;
    size_t bytes; /* of the bundle */
};

static struct run bundle(const char *trust)
{
    struct run r = {0};
    struct rusage used;
    struct stat st;
    int status = 0;
    double start = now_ms();
    pid_t child = fork();
    if (child == 0) {
        int out = open(eu_path("log"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (out >= 0 && dup2(out, 1) == 1) {
            (void)execl(trust, trust, "bundle", "--config", eu_path("config.json"), "--out",
                        eu_path("eu.nwb"), "--at", AT, (char *)NULL);
        }
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &used) != child) {
        eu_die("cannot run", trust);
    }
    r.ms = now_ms() - start;
    r.kilobytes = used.ru_maxrss;
    if (!WIFEXITED(status) || WEXITSTATUS(status) > 1 || stat(eu_path("eu.nwb"), &st) != 0) {
        eu_die("no bundle was made; see", eu_path("log"));
    }
    r.bytes = (size_t)st.st_size;
    return r;
}

static int by_size(const void *a, const void *b)
{
    const double *x = a;
    const double *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* Map, open with every check, one signer and one status list looked up: what a verifier does before
 * it can look at a credential. The median. */
static double open_mapped(const char *pin)
{
    static double ms[OPENINGS];
    const char *pins[] = {pin, NULL};
    const struct nw_bundle_policy policy = {.signers = pins, .now = CLOCK};
    const struct nw_slice chain = eu_issuer();
    for (size_t i = 0; i < OPENINGS; i++) {
        struct nw_bundle *b = NULL;
        struct nw_trust_entity entity;
        enum nw_trust_state state;
        struct nw_slice token;
        struct stat st;
        int64_t fetched;
        double start = now_ms();
        int fd = open(eu_path("eu.nwb"), O_RDONLY | O_CLOEXEC);
        if (fd < 0 || fstat(fd, &st) != 0) {
            eu_die("cannot open", "eu.nwb");
        }
        void *file = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (file == MAP_FAILED) {
            eu_die("cannot map", "eu.nwb");
        }
        eu_need(nw_bundle_open(crypto, nw_slice(file, (size_t)st.st_size), &policy, &b, NULL),
                "open");
        eu_need(nw_trust_chain(crypto, b, NW_ROLE_PUBEAA_ISSUE, NW_CERT_ATTESTATION, &chain, 1,
                               CLOCK, CLOCK, &entity, &state, NULL, NULL),
                "issuer");
        if (!nw_bundle_status(b, "https://a1.DE.example/status/1", 1, &token, &fetched)) {
            eu_die("no status list of", entity.name);
        }
        ms[i] = now_ms() - start;
        nw_bundle_free(&b);
        (void)munmap(file, (size_t)st.st_size);
        (void)close(fd);
    }
    qsort(ms, OPENINGS, sizeof ms[0], by_size);
    return ms[OPENINGS / 2];
}

static int missed;

/* counts: missing it is a failure. */
static void limit(const char *what, double value, double most, bool counts)
{
    bool met = value < most;
    (void)printf("%s %s: %.2f against %.2f\n", met ? "met   " : "MISSED", what, value, most);
    missed |= counts && !met;
}

static const struct {
    const char *name;
    unsigned each; /* in one list */
    bool counts;
} shares[SHARES] = {{"1 in 1000 of 11.2 million A1s", A1S / STATES / 1000, true},
                    {"1 in 1000 of all places", ENTRIES / 1000, true},
                    {"1 in 100 of 11.2 million A1s", A1S / STATES / 100, false}};

static void measure_sizes(const char *trust, const struct eu *eu, size_t sizes[SHARES])
{
    (void)printf("list of lists 390, %u national lists, %u lists of trusted entities, 32 status "
                 "lists of 2^20 places\n\n"
                 "| withdrawn in all | status lists, kB | the rest, kB | bundle, kB |\n"
                 "| --- | ---: | ---: | ---: |\n",
                 eu->national, eu->lotes + 1);
    for (size_t i = 0; i < SHARES; i++) {
        size_t tokens = eu_put_status(shares[i].each);
        sizes[i] = bundle(trust).bytes;
        (void)printf("| %u, %s | %.0f | %.0f | %.0f |\n", shares[i].each * STATES, shares[i].name,
                     (double)tokens / 1e3, (double)(sizes[i] - tokens) / 1e3,
                     (double)sizes[i] / 1e3);
    }
}

static void measure(const char *trust, const struct eu *eu, bool sizes_only)
{
    size_t sizes[SHARES];
    measure_sizes(trust, eu, sizes);
    (void)unlink(eu_path("state.json.cache"));
    struct run first = bundle(trust);
    struct run second = bundle(trust);
    double opened = open_mapped(eu->pin);
    (void)printf("\n| a whole EU | first run | nothing changed |\n"
                 "| --- | ---: | ---: |\n"
                 "| built in, ms | %.0f | %.0f |\n"
                 "| peak memory, MB | %.1f | %.1f |\n\n",
                 first.ms, second.ms, (double)first.kilobytes / 1024,
                 (double)second.kilobytes / 1024);
    for (size_t i = 0; i < SHARES; i++) {
        char what[NAME];
        (void)snprintf(what, sizeof what, "bundle of a whole EU, %s, MB", shares[i].name);
        limit(what, (double)sizes[i] / 1e6, 1, shares[i].counts);
    }
    if (!sizes_only) {
        limit("built, s", first.ms / 1e3, 30, true);
        limit("peak memory, MB", (double)first.kilobytes / 1024, 300, true);
        limit("mapped, opened and asked, ms", opened, 5, true);
        limit("built when nothing has changed, of the first run", second.ms / first.ms, 0.5, true);
    }
}

int main(int argc, char **argv)
{
    struct eu eu = {0};
    if (argc < 4) {
        eu_die("usage: bench_eu NACHWEIS-TRUST DATA FOLDER", "[--sizes-only]");
    }
    eu_need(nw_crypto_new(NW_PROVIDER_DEFAULT, &crypto), "crypto");
    eu_make(crypto, argv[2], argv[3], &eu);
    measure(argv[1], &eu, argc > 4 && strcmp(argv[4], "--sizes-only") == 0);
    eu_free();
    nw_crypto_free(&crypto);
    return missed;
}
