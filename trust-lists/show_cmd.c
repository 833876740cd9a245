/* nachweis-trust show: what a bundle says, for people and for scripts. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "command.h"
#include "files.h"
#include "show_diff.h"
#include "trust/bundle_items.h"

static const char *const usage =
    "Usage: nachweis-trust show [--signer CERT] [--diff OLD] [--at TIME] [--json] BUNDLE\n"
    "\n"
    "Prints what is in an evidence bundle: each list with its operator, number, dates and signer,\n"
    "what was taken from it, the institutions, and the status lists with their age.\n"
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
    static const struct option options[] = {
        {"signer", required_argument, NULL, 's'}, {"at", required_argument, NULL, 'a'},
        {"diff", required_argument, NULL, 'd'},   {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0},
    };
    enum nw_err e = tl_clock(NULL, &s->now, d);
    for (int c; e == NW_OK && (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (c) {
        case 's':
            s->signer = optarg;
            break;
        case 'a':
            e = tl_clock(optarg, &s->now, d);
            break;
        case 'd':
            s->old = optarg;
            break;
        case 'j':
            s->json = true;
            break;
        case 'h':
            s->help = true;
            return NW_OK;
        default:
            e = nw_fail_at(d, NW_ERR_USAGE, "show", "see nachweis-trust show --help");
        }
    }
    if (e == NW_OK && optind + 1 != argc) {
        e = nw_fail_at(d, NW_ERR_USAGE, "BUNDLE", "exactly one bundle is wanted");
    }
    s->input = e == NW_OK ? argv[optind] : NULL;
    return e;
}

static void text(const char *label, struct nw_slice value)
{
    tl_print("%s%.*s", label, (int)value.n, value.n > 0 ? (const char *)value.p : "");
}

static void age(int64_t seconds)
{
    (void)printf("%lld d %lld h old", (long long)(seconds / 86400),
                 (long long)(seconds % 86400 / 3600));
}

static size_t services_of(const struct nw_bundle *b, size_t source)
{
    struct nw_bundle_service service;
    struct nw_bundle_entity entity;
    size_t n = 0;
    for (size_t i = 0; nw_bundle_service_at(b, i, &service); i++) {
        n += nw_bundle_entity_at(b, (size_t)service.entity, &entity) && entity.source == source;
    }
    return n;
}

static void say_sources(const struct nw_bundle *b)
{
    struct nw_bundle_source s;
    struct nw_bundle_entity e;
    char room[24];
    char hex[65];
    for (size_t i = 0; nw_bundle_source_at(b, i, &s); i++) {
        text("list ", s.name);
        text(": ", s.list_type);
        text(s.test ? " (test)\n  operator     " : "\n  operator     ", s.operator_name);
        text(", ", s.territory);
        (void)printf("\n  number       %llu, issued %s, ", (unsigned long long)s.sequence,
                     tl_time(s.issued, room));
        (void)printf("next update %s\n",
                     s.next_update != 0 ? tl_time(s.next_update, room) : "none");
        tl_hex(s.signer.p, hex);
        (void)printf("  signer       %s\n  services     %zu\n", hex, services_of(b, i));
        for (size_t k = 0; nw_bundle_entity_at(b, k, &e); k++) {
            if (e.source == i) {
                text("    ", e.name);
                text(" (", e.country);
                text(", ", e.id);
                (void)printf(")\n");
            }
        }
    }
}

static void say_rest(const struct nw_bundle *b, int64_t now)
{
    struct nw_bundle_body body;
    struct nw_bundle_token token;
    struct nw_bundle_vctm_item vctm;
    struct nw_bundle_signer signer;
    size_t n = 0;
    for (size_t i = 0; nw_bundle_body_at(b, i, &body); i++) {
        text("institution ", body.id);
        text(": ", body.name);
        text(" (", body.country);
        (void)printf(")\n");
    }
    for (size_t i = 0; nw_bundle_token_at(b, i, &token); i++) {
        text("status list ", token.uri);
        (void)printf(" (%s, %zu bytes, ", token.cwt ? "CWT" : "JWT", token.token.n);
        age(now - token.fetched);
        (void)printf(")\n");
    }
    for (size_t i = 0; nw_bundle_vctm_at(b, i, &vctm); i++) {
        text("type ", vctm.vct);
        (void)printf("\n");
    }
    while (nw_bundle_signer_at(b, n, &signer)) {
        n++;
    }
    (void)printf("signer certificates for codes: %zu\n", n);
}

static void say_text(const struct nw_bundle *b, const struct show *s)
{
    const struct nw_bundle_info *i = nw_bundle_info(b);
    char room[24];
    (void)printf("bundle %llu%s, created %s, ", (unsigned long long)i->sequence,
                 i->test ? " (test)" : "", tl_time(i->created, room));
    (void)printf("fresh until %s%s\n", tl_time(i->created + i->max_age, room),
                 i->stale ? " - STALE" : "");
    (void)printf("  signer       %s%s\n", i->signer,
                 s->signer == NULL ? " (not pinned: this proves nothing about who made it)" : "");
    say_sources(b);
    say_rest(b, s->now);
}

static void put(struct nw_buf *out, const char *name, struct nw_slice value)
{
    nw_buf_printf(out, "\"%s\":", name);
    nw_json_write_text(value, out);
}

static void put_sources(const struct nw_bundle *b, struct nw_buf *out)
{
    struct nw_bundle_source s;
    char room[24];
    char hex[65];
    for (size_t i = 0; nw_bundle_source_at(b, i, &s); i++) {
        nw_buf_puts(out, i > 0 ? ",{" : "{");
        put(out, "name", s.name);
        nw_buf_putc(out, ',');
        put(out, "type", s.list_type);
        nw_buf_putc(out, ',');
        put(out, "operator", s.operator_name);
        nw_buf_putc(out, ',');
        put(out, "territory", s.territory);
        tl_hex(s.signer.p, hex);
        nw_buf_printf(out, ",\"number\":%llu,\"issued\":\"%s\",\"signer\":\"%s\"",
                      (unsigned long long)s.sequence, tl_time(s.issued, room), hex);
        nw_buf_printf(out, ",\"services\":%zu,\"test\":%s", services_of(b, i),
                      s.test ? "true" : "false");
        if (s.next_update != 0) {
            nw_buf_printf(out, ",\"next_update\":\"%s\"}", tl_time(s.next_update, room));
        } else {
            nw_buf_puts(out, ",\"next_update\":null}");
        }
    }
}

static void put_rest(const struct nw_bundle *b, struct nw_buf *out)
{
    struct nw_bundle_body body;
    struct nw_bundle_token token;
    char room[24];
    nw_buf_puts(out, "],\"institutions\":[");
    for (size_t i = 0; nw_bundle_body_at(b, i, &body); i++) {
        nw_buf_puts(out, i > 0 ? ",{" : "{");
        put(out, "id", body.id);
        nw_buf_putc(out, ',');
        put(out, "name", body.name);
        nw_buf_putc(out, ',');
        put(out, "country", body.country);
        nw_buf_putc(out, '}');
    }
    nw_buf_puts(out, "],\"status_lists\":[");
    for (size_t i = 0; nw_bundle_token_at(b, i, &token); i++) {
        nw_buf_puts(out, i > 0 ? ",{" : "{");
        put(out, "uri", token.uri);
        nw_buf_printf(out, ",\"form\":\"%s\",\"bytes\":%zu,\"fetched\":\"%s\"}",
                      token.cwt ? "CWT" : "JWT", token.token.n, tl_time(token.fetched, room));
    }
    nw_buf_puts(out, "]");
}

static void say_json(const struct nw_bundle *b, const struct show *s)
{
    const struct nw_bundle_info *i = nw_bundle_info(b);
    struct nw_buf out = NW_BUF(NW_MAX_BUNDLE);
    char room[24];
    nw_buf_printf(&out, "{\"version\":1,\"sequence\":%llu,\"created\":\"%s\",\"max_age\":%lld",
                  (unsigned long long)i->sequence, tl_time(i->created, room),
                  (long long)i->max_age);
    nw_buf_printf(&out, ",\"stale\":%s,\"test\":%s,\"signer\":\"%s\",\"pinned\":%s,\"lists\":[",
                  i->stale ? "true" : "false", i->test ? "true" : "false", i->signer,
                  s->signer != NULL ? "true" : "false");
    put_sources(b, &out);
    put_rest(b, &out);
    nw_buf_puts(&out, "}\n");
    (void)fputs(nw_buf_cstr(&out), stdout);
    nw_buf_free(&out);
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
    } else if (e == NW_OK) {
        (s->json ? say_json : say_text)(b, s);
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
