#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "commands.h"
#include "image.h"
#include "say.h"
#include "session.h"

static const char help[] =
    "usage: nachweis-verifier scan [options] IMAGE...\n"
    "\n"
    "Finds the QR codes in PNG images (photos, screenshots, pages of a PDF as images) and checks\n"
    "each one. Takes the options of verify. With several codes the worst result is the exit "
    "status.\n"
    "\n"
    "examples:\n"
    "  nachweis-verifier scan --bundle field.bundle --country DE photo.png\n"
    "  pdftoppm -png -r 200 a1.pdf page && nachweis-verifier scan --bundle field.bundle "
    "page-1.png\n"
    "\n"
    "exit status: as verify; 65 when an image holds no QR code\n";

static int scan_worse(int a, int b)
{
    return a > b ? a : b;
}

static int scan_codes(struct nw_session *s, const struct nw_options *o, const char *name,
                      const struct nw_image_codes *codes)
{
    int status = 0;
    for (size_t i = 0; i < codes->n; i++) {
        if (!o->json && codes->n > 1) {
            (void)printf("%s== %zu / %zu ==\n", i > 0 ? "\n" : "", i + 1, codes->n);
        }
        status = scan_worse(status, nw_session_check(s, o, name, nw_buf_slice(&codes->text[i])));
    }
    if (codes->more) {
        nw_say("%s: the image holds more than %d QR codes, the others were not checked", name,
               NW_IMAGE_MAX_CODES);
        status = scan_worse(status, EX_DATAERR);
    }
    return status;
}

static int scan_image(struct nw_session *s, const struct nw_options *o, const char *name)
{
    struct nw_buf file = NW_BUF(NW_IMAGE_MAX_FILE);
    struct nw_image image = {0};
    struct nw_image_codes codes = {.n = 0};
    struct nw_diag d = {0};
    nw_diag_clear(&d);
    int status;
    enum nw_err e = nw_input_read(name, &file, &d);
    if (e == NW_OK) {
        e = nw_image_read(nw_buf_slice(&file), &image, &d);
    }
    if (e == NW_OK && (e = nw_image_codes(&image, &codes)) != NW_OK) {
        (void)nw_fail(&d, e, NW_NO_OFFSET, "%s", "");
    }
    if (e != NW_OK) {
        status = nw_say_diag(name, &d);
    } else if (codes.n == 0) {
        nw_say(
            "%s: there is no readable QR code in this image; closer, sharper and with even light "
            "helps",
            name);
        status = EX_DATAERR;
    } else {
        status = scan_codes(s, o, name, &codes);
    }
    nw_image_codes_free(&codes);
    nw_image_free(&image);
    nw_buf_free(&file);
    return status;
}

int nw_command_scan(int argc, char **argv)
{
    static struct nw_session s;
    struct nw_options o;
    int status;
    if (nw_options_parse(argc, argv, help, &o, &status) != 0) {
        return status;
    }
    if (o.input_n == 0 || o.seen != NULL) {
        nw_say("scan takes one IMAGE or several; --help shows how");
        return EX_USAGE;
    }
    status = nw_session_open(&o, &s);
    if (status == 0) {
        for (size_t i = 0; i < o.input_n; i++) {
            status = scan_worse(status, scan_image(&s, &o, o.inputs[i]));
        }
    }
    nw_session_close(&s);
    return status;
}
