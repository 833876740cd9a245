/*
 * QR codes of a seal: which symbol, how large, as PNG and as SVG.
 *
 * Alphanumeric mode only (that is what base45 is for). Error correction M
 * below 55 mm and on screens, Q from 55 mm on, where the modules are large
 * enough to pay for it; never L. Every picture has the white frame of four
 * modules that ISO/IEC 18004 asks for; mm means the dark symbol without it.
 *
 * Readable from 20 cm with a 1080p camera (7.1 pixels a millimetre, 3.5 pixels
 * a module): 0.49 mm a module. Under 0.4 mm a module nothing is made: a code
 * that cannot be read on site is worse than none.
 *
 * The PNG has one grey bit a pixel, a whole number of pixels a module (600 dpi
 * or a little less) and says its size in pHYs. The SVG is one path of merged
 * rectangles with its size in mm, a title and a description for screen
 * readers. Print both in black on white, and never at the edge of the paper.
 */
#ifndef NW_ISSUER_QR_H
#define NW_ISSUER_QR_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#define NW_QR_FRAME 4u
#define NW_QR_MAX_IMAGE (4u << 20)

enum nw_qr_level { NW_QR_M, NW_QR_Q };

struct nw_qr {
    unsigned version, modules; /* modules a side, without the frame */
    enum nw_qr_level level;
    double mm;     /* printed side, without the frame */
    uint8_t *dark; /* modules * modules, row by row: 1 is dark; owned */
};
/* mm: printed side, 0 for the recommended one (a multiple of 5). BASE45_CHAR (a character outside
 * the alphanumeric set), LIMIT (too long for any code), QR_SIZE (mm too small for this text). */
NW_MUST_USE enum nw_err nw_qr_make(struct nw_slice text, double mm, struct nw_qr *out);
void nw_qr_free(struct nw_qr *qr);

/* The whole way from text to picture; mm and errors as above. The picture is appended to out. */
NW_MUST_USE enum nw_err nw_qr_png(struct nw_slice text, double mm, struct nw_buf *out);
NW_MUST_USE enum nw_err nw_qr_svg(struct nw_slice text, double mm, struct nw_buf *out);

#endif
