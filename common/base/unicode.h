/*
 * Text: UTF-8 validity, NFC, control and direction characters, and the folding
 * that name comparison uses (a1-domain 8.3). Unicode data from utf8proc.
 */
#ifndef NW_BASE_UNICODE_H
#define NW_BASE_UNICODE_H

#include "base/buf.h"

/* RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. *off: first bad byte. */
bool nw_utf8_valid(struct nw_slice s, size_t *off);
/* No C0/C1 controls, no bidi controls (U+200E/F, U+202A-E, U+2066-9, U+061C), no U+2028/9, U+FEFF,
 * no noncharacters. s must be valid UTF-8. */
bool nw_text_is_clean(struct nw_slice s);
/* Also false when there is no memory for a text of more than 500 characters. */
bool nw_text_is_nfc(struct nw_slice s);
/* Appends text for a terminal: control, direction, invisible and invalid characters as \u{XX}. */
void nw_text_safe(struct nw_slice s, struct nw_buf *out);
/* Number of code points. */
size_t nw_text_length(struct nw_slice s);
/* NFKD, marks stripped, case folded, ß->ss, ł->l, đ->d, ø->o, æ->ae, œ->oe, þ->th, ı->i, runs of
 * spaces, hyphens, apostrophes and dots as one space, trimmed. Greek is written in Latin letters by
 * ELOT 743, as Greek passports do, Cyrillic by ICAO 9303. Appends to out. */
NW_MUST_USE enum nw_err nw_text_fold(struct nw_slice s, struct nw_buf *out);
/* The ICAO 9303 alternative spelling (ä->ae, ö->oe, ü->ue, å->aa, ...), then folded. */
NW_MUST_USE enum nw_err nw_text_fold_icao(struct nw_slice s, struct nw_buf *out);

#endif
