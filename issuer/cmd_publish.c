#include "cmd.h"

static const char help[] =
    "usage: nachweis-issuer publish --home DIR --out DIR [--at TIME]\n"
    "\n"
    "Writes what an institution publishes, as static files for a web server whose root is --out:\n"
    "  status/N.jwt, status/N.cwt            each status list, signed now, in both forms;\n"
    "                                        serve them as URL/status/N by the Accept header\n"
    "  status/aggregation.json               the addresses of all lists\n"
    "  vctm/                                 type metadata of each profile\n"
    "  .well-known/jwt-vc-issuer             the signing key\n"
    "  .well-known/openid-credential-issuer  issuer metadata of OpenID4VCI\n"
    "  certificates/                         of the attestation and the status signer\n"
    "Each file is replaced in one step. Run it at least every few hours: a list expires.\n"
    "\n"
    "  --home DIR   the institution's home\n"
    "  --out DIR    made if it is not there\n"
    "  --at TIME    sets the clock (test homes only)\n"
    "\n"
    "Exit status: 0 published, 64 and up failed.\n"
    "\n"
    "Example:\n"
    "  nachweis-issuer publish --home HOME --out /srv/www/a1\n";

int cmd_publish(int argc, char **argv)
{
    const char *path = NULL, *out = NULL, *at = NULL;
    const struct nw_argv_option options[] = {{.name = "home", .text = &path},
                                             {.name = "out", .text = &out},
                                             {.name = "at", .text = &at}};
    size_t operands = 0;
    int status = EX_OK;
    if (!cmd_options(help, argc, argv, NW_ARGV(options), &operands, &status)) {
        return status;
    }
    if (path == NULL || out == NULL || operands != 0) {
        return cmd_usage("publish", "wanted --home and --out");
    }
    struct nw_home home;
    struct nw_diag d;
    int64_t now = 0;
    unsigned lists = 0;
    nw_diag_clear(&d);
    enum nw_err e = nw_home_open(path, &home, &d);
    if (e != NW_OK) {
        return nw_say_failure(e, &d);
    }
    e = nw_home_now(&home, at, &now, &d);
    if (e == NW_OK) {
        e = nw_publish(&home, out, now, &d);
    }
    if (e == NW_OK) {
        e = home.store->ops->list_count(home.store, &lists);
    }
    nw_home_close(&home);
    if (e != NW_OK) {
        return nw_say_failure(e, &d);
    }
    nw_say("published %u status list%s and the metadata in %s", lists, lists == 1 ? "" : "s", out);
    return EX_OK;
}
