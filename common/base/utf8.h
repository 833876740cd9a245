/*
 * UTF-8, one character at a time (RFC 3629). Whole texts: nw_utf8_valid() in unicode.h.
 */
#ifndef NW_BASE_UTF8_H
#define NW_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Reads one character from the n > 0 bytes at p. Returns its length, or 0 when no valid character
 * starts there (overlong form, surrogate, above U+10FFFF, cut off); *cp only on success. */
size_t nw_utf8_read(const uint8_t *p, size_t n, uint32_t *cp);

#endif
