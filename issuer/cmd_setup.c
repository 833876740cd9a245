#define _GNU_SOURCE /* renameat2: a home that appears meanwhile is not overwritten */

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mark.h"
#include "setup.h"

static const char help[] =
    "usage: nachweis-issuer setup --home DIR [--institution FILE] [--at TIME]\n"
    "\n"
    "Makes the home of a TEST institution, complete: keys and certificates under a test CA, an\n"
    "empty register, a signed test list that names its signers (TS 119 602, annex H), and what\n"
    "nachweis-trust and nachweis-verifier need to believe it. Everything is marked as test; the\n"
    "private keys lie in files and are worthless.\n"
    "The home appears at once and whole, or not at all. One that is there is left untouched.\n"
    "\n"
    "  --home DIR          where; must not be there yet\n"
    "  --institution FILE  JSON: id (\"PL:ZUSTEST02\"), name, country, address {streetAndNumber,\n"
    "                      postcode, town, countryCode}, and if wanted phone, fax, email, url\n"
    "                      (default: a fictional German institution, DE:DRVTEST01)\n"
    "  --at TIME           sets the clock\n"
    "\n"
    "Exit status: 0 made, 73 the home exists, 64 and up otherwise failed.\n"
    "\n"
    "Example:\n"
    "  nachweis-issuer setup --home HOME\n"
    "  nachweis-trust bundle --config HOME/trust.json --out evidence.bundle\n";

static const char config[] = "{\n"
                             "  \"program\": \"nachweis-issuer\",\n"
                             "  \"version\": 1,\n"
                             "  \"test\": true,\n"
                             "  \"attestation_legal_category\": \"PuB-EAA\",\n"
                             "  \"sdjwt_days\": 14,\n"
                             "  \"proof_days\": 90,\n"
                             "  \"status_ttl\": 86400,\n"
                             "  \"status_days\": 7\n"
                             "}\n";

static const char readme[] =
    "This is the home of a TEST institution of nachweis-issuer.\n"
    "The institution is fictional, the keys are worthless, the list is not official.\n";

enum nw_err nw_setup_file(const struct nw_setup *s, const char *name, struct nw_slice content,
                          unsigned mode, struct nw_diag *d)
{
    char path[NW_PATH];
    enum nw_err e = nw_io_join(path, s->dir, name);
    return e == NW_OK ? nw_io_write(path, content, mode, d) : e;
}

void nw_setup_free(struct nw_setup *s)
{
    nw_signer_free(&s->list_signer);
    nw_buf_free(&s->attestation);
    nw_buf_free(&s->status);
    nw_buf_free(&s->list_cert);
    nw_buf_free(&s->bundle_cert);
    nw_tenant_free(&s->tenant);
    nw_crypto_free(&s->crypto);
}

static enum nw_err make_folders(const struct nw_setup *s, struct nw_diag *d)
{
    static const struct {
        const char *name;
        unsigned mode;
    } folders[] = {{"keys", 0700}, {"operator", 0700}, {"lists", 0755}, {"public", 0755}};
    char path[NW_PATH];
    enum nw_err e = NW_OK;
    for (size_t i = 0; e == NW_OK && i < sizeof folders / sizeof folders[0]; i++) {
        e = nw_io_join(path, s->dir, folders[i].name);
        if (e == NW_OK) {
            e = nw_io_mkdir(path, folders[i].mode, d);
        }
    }
    return e;
}

static enum nw_err make_store(const struct nw_setup *s, struct nw_diag *d)
{
    char path[NW_PATH], base[NW_STORE_URI];
    struct nw_store *store = NULL;
    enum nw_err e = nw_io_join(path, s->dir, "store.db");
    if (e == NW_OK) {
        e = nw_home_status_base(&s->tenant, base);
    }
    if (e == NW_OK) {
        e = nw_store_sqlite_open(s->crypto, path, base, true, &store, d);
    }
    nw_store_close(&store);
    return e == NW_OK ? nw_mark_make(s->dir, d) : e;
}

/* Opens what was made, the way the other commands will, and publishes for the first time. */
static enum nw_err try_home(const struct nw_setup *s, struct nw_diag *d)
{
    struct nw_home home;
    char path[NW_PATH];
    enum nw_err e = nw_home_open(s->dir, &home, d);
    if (e != NW_OK) {
        return e;
    }
    e = nw_io_join(path, s->dir, "public");
    if (e == NW_OK) {
        e = nw_publish(&home, path, s->now, d);
    }
    nw_home_close(&home);
    return e;
}

static enum nw_err fill(struct nw_setup *s, struct nw_diag *d)
{
    enum nw_err e = make_folders(s, d);
    if (e == NW_OK) {
        e = nw_setup_file(s, "config.json", nw_str(config), 0644, d);
    }
    if (e == NW_OK) {
        e = nw_setup_file(s, "README", nw_str(readme), 0644, d);
    }
    if (e == NW_OK) {
        e = nw_setup_file(s, "institution.json", s->tenant_file, 0644, d);
    }
    if (e == NW_OK) {
        e = nw_setup_keys(s, d);
    }
    if (e == NW_OK) {
        e = nw_setup_list(s, d);
    }
    if (e == NW_OK) {
        e = nw_setup_trust(s, d);
    }
    if (e == NW_OK) {
        e = make_store(s, d);
    }
    return e == NW_OK ? try_home(s, d) : e;
}

/* ---- the folder ---- */

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    (void)remove(path);
    return 0;
}

static enum nw_err fail_with_errno(struct nw_diag *d, const char *path)
{
    return nw_fail_at(d, NW_ERR_IO, path, "%s", strerror(errno));
}

static enum nw_err into_place(const char *made, const char *home, struct nw_diag *d)
{
    if (renameat2(AT_FDCWD, made, AT_FDCWD, home, RENAME_NOREPLACE) == 0) {
        return nw_io_sync_folder(home);
    }
    /* not every file system knows the flag; rename() refuses a folder that is not empty */
    if (errno == EINVAL && rename(made, home) == 0) {
        return nw_io_sync_folder(home);
    }
    return errno == EEXIST || errno == ENOTEMPTY
               ? nw_fail_at(d, NW_ERR_EXISTS, home, "a home is made only where nothing is")
               : fail_with_errno(d, home);
}

/* The home's path without slashes at its end, and the sibling it is built in. */
static enum nw_err names(const char *home, char plain[NW_PATH], char sibling[NW_PATH],
                         struct nw_diag *d)
{
    size_t n = strlen(home);
    while (n > 1 && home[n - 1] == '/') {
        n--;
    }
    if (n == 0 || !nw_slice_cstr(nw_slice(home, n), plain, NW_PATH)) {
        return nw_fail_at(d, NW_ERR_USAGE, "--home", "wanted a path");
    }
    int m = snprintf(sibling, NW_PATH, "%s.new-XXXXXX", plain);
    return m > 0 && m < NW_PATH ? NW_OK : nw_fail_at(d, NW_ERR_USAGE, "--home", "too long");
}

static enum nw_err make_home(struct nw_setup *s, const char *home, struct nw_diag *d)
{
    static char plain[NW_PATH], sibling[NW_PATH];
    struct stat st;
    enum nw_err e = names(home, plain, sibling, d);
    if (e != NW_OK) {
        return e;
    }
    if (lstat(plain, &st) == 0) {
        return nw_fail_at(d, NW_ERR_EXISTS, plain, "a home is made only where nothing is");
    }
    if (mkdtemp(sibling) == NULL) {
        return fail_with_errno(d, sibling);
    }
    s->dir = sibling;
    e = fill(s, d);
    if (e == NW_OK) {
        e = into_place(sibling, plain, d);
    }
    if (e != NW_OK) {
        (void)nftw(sibling, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    }
    return e;
}

static enum nw_err run(const char *home, const char *institution, const char *at,
                       struct nw_setup *s, struct nw_diag *d)
{
    struct nw_buf text = NW_BUF(NW_MAX_RECORD);
    enum nw_err e = nw_clock(at, &s->now, d);
    if (e == NW_OK && institution != NULL) {
        e = nw_io_read(institution, NW_MAX_RECORD, &text, d);
    } else if (e == NW_OK) {
        nw_buf_puts(&text, nw_tenant_default);
        e = nw_buf_err(&text);
    }
    if (e == NW_OK) {
        s->tenant_file = nw_buf_slice(&text);
        e = nw_tenant_parse(s->tenant_file, &s->tenant, d);
    }
    if (e == NW_OK) {
        e = nw_crypto_new(NW_PROVIDER_DEFAULT, &s->crypto);
    }
    if (e == NW_OK) {
        e = make_home(s, home, d);
    }
    nw_buf_free(&text);
    return e;
}

int cmd_setup(int argc, char **argv)
{
    const char *home = NULL, *institution = NULL, *at = NULL;
    const struct nw_argv_option options[] = {{.name = "home", .text = &home},
                                             {.name = "institution", .text = &institution},
                                             {.name = "at", .text = &at}};
    size_t operands = 0;
    int status = EX_OK;
    if (!cmd_options(help, argc, argv, NW_ARGV(options), &operands, &status)) {
        return status;
    }
    if (home == NULL || operands != 0) {
        return cmd_usage("setup", "wanted --home");
    }
    struct nw_setup s = {.attestation = NW_BUF(NW_MAX_CERT),
                         .status = NW_BUF(NW_MAX_CERT),
                         .list_cert = NW_BUF(NW_MAX_CERT),
                         .bundle_cert = NW_BUF(NW_MAX_CERT)};
    struct nw_diag d;
    nw_diag_clear(&d);
    enum nw_err e = run(home, institution, at, &s, &d);
    if (e == NW_OK) {
        nw_say("made the TEST home of %s (%s) in %s", s.tenant.name, s.tenant.id, home);
        nw_say("next: nachweis-issuer issue --home %s --form a11 --out a1.png RECORD.json", home);
    }
    nw_setup_free(&s);
    return e == NW_OK ? EX_OK : nw_say_failure(e, &d);
}
