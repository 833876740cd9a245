#include <string.h>
#include <sysexits.h>

#include "commands.h"
#include "say.h"
#include "session.h"

static const char help[] =
    "usage: nachweis-verifier verify [options] [INPUT]\n"
    "\n"
    "Checks one credential and prints what an inspector needs to know. INPUT is a file or - for\n"
    "standard input (the default); its form is detected.\n"
    "\n"
    "  --bundle FILE     the evidence: who may issue, what was withdrawn (nachweis-trust bundle).\n"
    "                    Without it nothing is trusted, and the report says so\n"
    "  --policy FILE     who may sign the bundle, how old data may be, ...; looked for in\n"
    "                    ~/.config/nachweis/policy.json and /etc/nachweis/policy.json\n"
    "  --country CC      where the check takes place, one of the 32 states of the A1, e.g. DE:\n"
    "                    is it for work there, and for the day that it is there?\n"
    "  --person \"SURNAME, FORENAME, YYYY-MM-DD\"   as on the ID document in your hand\n"
    "  --pid FILE        person identification data presented beside the A1\n"
    "  --employer NAME   the employer met on site\n"
    "  --site TOWN       the town of the site\n"
    "  --nonce N, --audience A   of the request that this presentation answers\n"
    "  --client-id ID --response-uri URI [--jwk-thumbprint T]   the same for an mdoc: with "
    "--nonce\n"
    "                    they make the session it must answer to. T: RFC 7638 SHA-256 of the key\n"
    "                    that the response was encrypted to, base64url. ID is the audience, too\n"
    "  --origin ORIGIN [--jwk-thumbprint T]   the same when a browser carried the request\n"
    "  --transcript FILE the same as CBOR bytes, e.g. of a reader; SessionTranscript, with or\n"
    "                    without tag 24\n"
    "  --reader-key FILE the reader's private key of that session (PEM): a device MAC needs it\n"
    "  --seen application|paper  no credential: only a confirmation of application was shown, or "
    "a\n"
    "                    paper A1 whose number the register knows\n"
    "  --at TIME         the clock of every check, e.g. 2026-06-15T10:00:00Z (default: now)\n"
    "  --json            the report as JSON, version 1\n"
    "  --lang de|en      language (default: from LANG)\n"
    "\n"
    "exit status: 0 valid (green), 1 attention (amber), 2 not confirmed (red), 64 and up: the\n"
    "command itself failed, which says nothing about the credential\n"
    "\n"
    "examples:\n"
    "  nachweis-verifier verify --bundle field.bundle --country DE a1.sdjwt\n"
    "  nachweis-verifier verify --bundle field.bundle --country DE \\\n"
    "      --person \"Zieliński, Marek Paweł, 1990-04-17\" a1.txt\n"
    "  some-scanner | nachweis-verifier verify --json -\n";

static int verify_seen(struct nw_session *s, const struct nw_options *o)
{
    s->job.seen = strcmp(o->seen, "application") == 0 ? NW_SEEN_APPLICATION : NW_SEEN_PAPER;
    return nw_session_check(s, o, o->seen, NW_SLICE_EMPTY);
}

static int verify_input(struct nw_session *s, const struct nw_options *o)
{
    const char *name = o->input_n == 1 ? o->inputs[0] : "-";
    struct nw_buf bytes = NW_BUF(NW_MAX_INPUT);
    struct nw_diag d = {0};
    nw_diag_clear(&d);
    int status = nw_input_read(name, &bytes, &d) != NW_OK
                     ? nw_say_diag(strcmp(name, "-") == 0 ? "standard input" : name, &d)
                     : nw_session_check(s, o, name, nw_input_line(nw_buf_slice(&bytes)));
    nw_buf_free(&bytes);
    return status;
}

int nw_command_verify(int argc, char **argv)
{
    static struct nw_session s;
    struct nw_options o;
    int status;
    if (nw_options_parse(argc, argv, help, &o, &status) != 0) {
        return status;
    }
    if (o.input_n > (o.seen != NULL ? 0 : 1)) {
        nw_say("verify takes one INPUT%s; --help shows how",
               o.seen != NULL ? ", and none with --seen" : "");
        return EX_USAGE;
    }
    status = nw_session_open(&o, &s);
    if (status == 0) {
        status = o.seen != NULL ? verify_seen(&s, &o) : verify_input(&s, &o);
    }
    nw_session_close(&s);
    return status;
}
