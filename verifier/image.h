/* PNG images and the QR codes in them. */
#ifndef NW_VERIFIER_IMAGE_H
#define NW_VERIFIER_IMAGE_H

#include "base/buf.h"

#define NW_IMAGE_MAX_FILE (32u << 20)
#define NW_IMAGE_MAX_PIXELS (64u << 20)
#define NW_IMAGE_MAX_CODES 32

struct nw_image {
    unsigned width, height;
    uint8_t *grey; /* width * height, owned */
};
/* PNG only, at most NW_IMAGE_MAX_PIXELS, transparent parts as white. FORM_UNKNOWN, LIMIT, NOMEM. */
NW_MUST_USE enum nw_err nw_image_read(struct nw_slice png, struct nw_image *out, struct nw_diag *d);
void nw_image_free(struct nw_image *image);

struct nw_image_codes {
    bool more; /* the image holds others, which are not here */
    struct nw_buf text[NW_IMAGE_MAX_CODES]; /* bytes as they stand in the symbols, owned */
    size_t n;
};
/* Every different QR code, also in the inverted and in the enlarged image. */
NW_MUST_USE enum nw_err nw_image_codes(const struct nw_image *image, struct nw_image_codes *out);
void nw_image_codes_free(struct nw_image_codes *codes);

#endif
