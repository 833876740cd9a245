/* nachweis-trust show: what a bundle says, for people and for scripts. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/argv.h"
#include "command.h"
#include "files.h"
#include "show.h"

static const char *const usage =
    "Usage: nachweis-trust show [--signer CERT] [--diff OLD] [--at TIME] [--json] BUNDLE\n"
    "\n"
    "Prints what is in an evidence bundle: each list with its operator, number, dates and signer,\n"
    "what was taken from it and what was refused and why, the lists, status lists and signers "
    "that\n"
    "were refused as a whole, the institutions, and the status lists with their age.\n"
    "\n"
    "  --signer CERT   the certificate that must have signed the bundle, PEM or DER. Without it\n"
    "                  the bundle's own word is taken, which proves nothing about its maker.\n"
    "  --diff OLD      only who came, who went and whose entitlement changed since that bundle,\n"
    "                  which must have the same signer; by role and certificate\n"
    "  --at TIME       the clock, as 2026-08-21T12:00:00Z; now by default\n"
    "  --json          as JSON\n"
    "\n"
    "Exit status: 0 fine, 1 stale or signer not pinned, 2 refused, 64 and up the command failed.\n";

struct show {
    const char *signer, *input, *old;
    int64_t now;
    bool json, help;
};

static enum nw_err read_options(struct show *s, int argc, char **argv, struct nw_diag *d)
{
    const char *at = NULL;
    struct nw_argv_words words;
    const struct nw_argv_option options[] = {{.name = "signer", .text = &s->signer},
                                             {.name = "diff", .text = &s->old},
                                             {.name = "at", .text = &at},
                                             {.name = "json", .flag = &s->json}};
    enum nw_err e = nw_argv_read(argc, argv, NW_ARGV(options), &words, d);
    s->help = e == NW_OK && words.help;
    if (e != NW_OK || s->help) {
        return e;
    }
    if (words.operand_n != 1) {
        return nw_fail_at(d, NW_ERR_USAGE, "BUNDLE", "exactly one bundle is wanted");
    }
    s->input = argv[1];
    return tl_clock(at, &s->now, d);
}

/* The pin: that of --signer, else the bundle's own claim. */
static enum nw_err find_pin(struct nw_crypto *c, const struct show *s, struct nw_slice file,
                            char hex[65], struct nw_diag *d)
{
    uint8_t digest[NW_SHA256_BYTES];
    struct nw_buf der = NW_BUF(NW_MAX_KEY_FILE);
    if (s->signer == NULL) {
        return nw_bundle_claimed_signer(c, file, hex, d);
    }
    enum nw_err e = tl_read_cert(s->signer, &der, d);
    if (e == NW_OK) {
        e = nw_sha256(c, nw_buf_slice(&der), digest);
    }
    if (e == NW_OK) {
        tl_hex(digest, hex);
    }
    nw_buf_free(&der);
    return e;
}

/* The older bundle must be of the same signer as the one that is shown. */
static enum nw_err show_diff(struct nw_crypto *c, const struct show *s, const struct nw_bundle *b,
                             struct nw_diag *d)
{
    const char *const pins[] = {nw_bundle_info(b)->signer, NULL};
    const struct nw_bundle_policy policy = {.signers = pins, .now = s->now};
    struct nw_bundle *old = NULL;
    struct nw_buf file = NW_BUF(NW_MAX_BUNDLE + (1u << 20));
    enum nw_err e = tl_read(s->old, NW_MAX_BUNDLE, &file, d);
    if (e == NW_OK) {
        e = nw_bundle_open(c, nw_buf_slice(&file), &policy, &old, d);
    }
    if (e == NW_OK) {
        e = tl_show_diff(c, old, b, s->now, s->json);
    }
    nw_bundle_free(&old);
    nw_buf_free(&file);
    return e;
}

static int run(const struct show *s)
{
    struct nw_diag d = {0};
    char hex[65] = "";
    const char *const pins[] = {hex, NULL};
    const struct nw_bundle_policy policy = {.signers = pins, .now = s->now};
    struct nw_crypto *c = NULL;
    struct nw_bundle *b = NULL;
    struct nw_buf file = NW_BUF(NW_MAX_BUNDLE + (1u << 20));
    int status = TL_ACCEPTED;
    enum nw_err e = tl_read(s->input, NW_MAX_BUNDLE, &file, &d);
    if (e == NW_OK) {
        e = nw_crypto_new(NW_PROVIDER_DEFAULT, &c);
    }
    if (e == NW_OK) {
        e = find_pin(c, s, nw_buf_slice(&file), hex, &d);
    }
    if (e == NW_OK) {
        e = nw_bundle_open(c, nw_buf_slice(&file), &policy, &b, &d);
    }
    if (e == NW_OK && s->old != NULL) {
        e = show_diff(c, s, b, &d);
    } else if (e == NW_OK && s->json) {
        tl_show_json(b, s->signer != NULL);
    } else if (e == NW_OK) {
        tl_show_text(b, s->signer != NULL, s->now);
    }
    if (e == NW_OK) {
        status = nw_bundle_info(b)->stale || s->signer == NULL ? TL_WARNINGS : TL_ACCEPTED;
    } else if (nw_err_is_ours(e)) {
        status = tl_failed(e, &d);
    } else {
        char line[NW_DIAG_PATH + NW_DIAG_DETAIL + 200];
        nw_diag_line(&d, line, sizeof line);
        tl_print("refused: %s\n", line);
        status = TL_REFUSED;
    }
    nw_bundle_free(&b);
    nw_crypto_free(&c);
    nw_buf_free(&file);
    return status;
}

int tl_command_show(int argc, char **argv)
{
    struct nw_diag d = {0};
    struct show s = {0};
    enum nw_err e = read_options(&s, argc, argv, &d);
    if (e != NW_OK) {
        return tl_failed(e, &d);
    }
    if (s.help) {
        (void)fputs(usage, stdout);
        return 0;
    }
    return run(&s);
}
