#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "cmd.h"
#include "mark.h"

static const char help[] =
    "usage: nachweis-issuer withdraw --home DIR DOCUMENT-ID --reason CODE [OPTION]...\n"
    "\n"
    "Withdraws a document for good. Every copy of it is withdrawn in the next status list "
    "(publish).\n"
    "When the command says so, it is on the disk. Only an issuing institution can do this, and\n"
    "not for one that is merely under review.\n"
    "\n"
    "  --home DIR             the institution's home\n"
    "  --reason CODE          annulled      it should never have been issued\n"
    "                         ended-early   it ended before the date on it\n"
    "                         replaced      another one takes its place\n"
    "                         incorrect     a statement on it is wrong\n"
    "                         fraud         it was obtained by false statements\n"
    "  --effective-from DATE  YYYY-MM-DD from which it does not hold (default: today);\n"
    "                         a past day is lawful\n"
    "  --at TIME              sets the clock (test homes only)\n"
    "\n"
    "Exit status: 0 withdrawn (also if it was before), 65 no such document, 64 and up otherwise "
    "failed.\n"
    "\n"
    "Example:\n"
    "  nachweis-issuer withdraw --home HOME DE-DRVB-TEST-2026-0000123 --reason ended-early\n"
    "  nachweis-issuer publish --home HOME --out HOME/public\n";

static const char *const reasons[] = {"annulled", "ended-early", "replaced", "incorrect", "fraud"};

struct withdraw {
    const char *home, *reason, *from, *at, *document_id;
};

static enum nw_err check_options(const struct withdraw *o, struct nw_diag *d)
{
    int64_t day;
    bool known = false;
    for (size_t i = 0; o->reason != NULL && i < sizeof reasons / sizeof reasons[0]; i++) {
        known = known || strcmp(reasons[i], o->reason) == 0;
    }
    if (!known) {
        return nw_fail_at(d, NW_ERR_USAGE, "--reason",
                          "there are annulled, ended-early, replaced, incorrect and fraud");
    }
    if (o->from != NULL && nw_date_parse(nw_str(o->from), &day) != NW_OK) {
        return nw_fail_at(d, NW_ERR_USAGE, "--effective-from", "wanted YYYY-MM-DD");
    }
    return NW_OK;
}

static enum nw_err withdraw_one(const struct nw_home *h, const struct withdraw *o, int64_t now,
                                struct nw_a1 *a1, bool *before, struct nw_diag *d)
{
    struct nw_store *s = h->store;
    char today[NW_DATE_TEXT];
    nw_home_today(h, now, today);
    enum nw_err e = s->ops->begin(s);
    if (e == NW_OK) {
        e = s->ops->find(s, o->document_id, a1);
    }
    *before = e == NW_OK && a1->withdrawn;
    if (e == NW_OK && !*before) {
        e = s->ops->withdraw(s, a1->id, o->reason, o->from != NULL ? o->from : today, now);
    }
    if (e == NW_OK) {
        e = s->ops->commit(s);
    }
    return e == NW_OK ? nw_mark_raise(h->path, s, d) : e;
}

static enum nw_err run(const struct nw_home *h, const struct withdraw *o, struct nw_diag *d)
{
    struct nw_a1 a1 = {.id = 0};
    int64_t now = 0;
    bool before = false;
    enum nw_err e = nw_home_now(h, o->at, &now, d);
    if (e != NW_OK) {
        return e;
    }
    e = withdraw_one(h, o, now, &a1, &before, d);
    if (e == NW_ERR_NOT_FOUND) {
        (void)nw_fail_at(d, e, "DOCUMENT-ID", "the register has no document of this number");
    } else if (e == NW_ERR_STORE) {
        (void)nw_fail_at(d, e, "", "%s", h->store->ops->trouble(h->store));
    }
    h->store->ops->rollback(h->store);
    if (e == NW_OK && before) {
        nw_say("%s was withdrawn before (%s, from %s)", a1.document_id, a1.reason,
               a1.effective_from);
    } else if (e == NW_OK) {
        nw_say("withdrawn: %s (%s); publish to let others know", a1.document_id, o->reason);
    }
    return e;
}

/* False when the command has ended with *status. */
static bool parse(int argc, char **argv, struct withdraw *o, int *status)
{
    const struct nw_argv_option options[] = {{.name = "home", .text = &o->home},
                                             {.name = "reason", .text = &o->reason},
                                             {.name = "effective-from", .text = &o->from},
                                             {.name = "at", .text = &o->at}};
    size_t operands = 0;
    if (!cmd_options(help, argc, argv, NW_ARGV(options), &operands, status)) {
        return false;
    }
    if (o->home == NULL || operands != 1) {
        *status = cmd_usage("withdraw", "wanted --home, --reason and one DOCUMENT-ID");
        return false;
    }
    o->document_id = argv[1];
    return true;
}

int cmd_withdraw(int argc, char **argv)
{
    struct withdraw o = {.home = NULL};
    struct nw_home home;
    struct nw_diag d;
    int status = EX_OK;
    if (!parse(argc, argv, &o, &status)) {
        return status;
    }
    nw_diag_clear(&d);
    enum nw_err e = check_options(&o, &d);
    if (e == NW_OK && (e = nw_home_open(o.home, &home, &d)) == NW_OK) {
        e = run(&home, &o, &d);
        nw_home_close(&home);
    }
    return e == NW_OK ? EX_OK : nw_say_failure(e, &d);
}
