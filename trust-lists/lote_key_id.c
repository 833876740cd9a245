/*
 * Subject key identifiers. A history entry of annex H names its key by nothing
 * else, so the identifier is computed from the key here; what a certificate
 * says its identifier is proves nothing.
 *
 * SHA-1 is used as RFC 5280 4.2.1.2 (1) defines it, for comparing identifiers
 * of a signed list. No signature rests on it.
 */
#include <string.h>

#include "lote.h"

#define BLOCK 64u
#define KEY_ID_BYTES 20u

static uint32_t rotate(uint32_t v, unsigned by)
{
    return v << by | v >> (32 - by);
}

static void sha1_block(uint32_t h[5], const uint8_t *p)
{
    uint32_t w[80];
    for (unsigned i = 0; i < 16; i++) {
        w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 |
               (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
    }
    for (unsigned i = 16; i < 80; i++) {
        w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    }
    uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (unsigned i = 0; i < 80; i++) {
        uint32_t f = i < 20   ? ((b & c) | (~b & d)) + 0x5a827999u
                     : i < 40 ? (b ^ c ^ d) + 0x6ed9eba1u
                     : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdcu
                              : (b ^ c ^ d) + 0xca62c1d6u;
        uint32_t t = rotate(a, 5) + f + e + w[i];
        e = d;
        d = c;
        c = rotate(b, 30);
        b = a;
        a = t;
    }
    h[0] += a;
    h[1] += b;
    h[2] += c;
    h[3] += d;
    h[4] += e;
}

static void sha1(struct nw_slice in, uint8_t out[KEY_ID_BYTES])
{
    uint32_t h[5] = {0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u};
    size_t whole = in.n / BLOCK * BLOCK;
    for (size_t i = 0; i < whole; i += BLOCK) {
        sha1_block(h, in.p + i);
    }
    uint8_t tail[2 * BLOCK] = {0};
    size_t rest = in.n - whole;
    size_t size = rest < BLOCK - 8 ? BLOCK : 2 * BLOCK;
    if (rest > 0) {
        memcpy(tail, in.p + whole, rest);
    }
    tail[rest] = 0x80;
    for (unsigned i = 0; i < 8; i++) {
        tail[size - 1 - i] = (uint8_t)((uint64_t)in.n * 8 >> (8 * i));
    }
    for (size_t i = 0; i < size; i += BLOCK) {
        sha1_block(h, tail + i);
    }
    for (unsigned i = 0; i < KEY_ID_BYTES; i++) {
        out[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
    }
}

/* Content of the DER element at the start of *in, and what follows it; false if it is no `tag`. */
static bool der_take(struct nw_slice *in, uint8_t tag, struct nw_slice *content)
{
    if (in->n < 2 || in->p[0] != tag) {
        return false;
    }
    size_t head = 2;
    size_t n = in->p[1];
    if (n > 0x80) {
        size_t bytes = n - 0x80;
        if (bytes > 2 || in->n < head + bytes) {
            return false;
        }
        n = bytes == 1 ? in->p[2] : (size_t)in->p[2] << 8 | in->p[3];
        head += bytes;
    }
    if (n > in->n - head) {
        return false;
    }
    *content = nw_slice_sub(*in, head, n);
    *in = nw_slice_from(*in, head + n);
    return true;
}

/* subjectPublicKey without tag, length and the count of unused bits. */
static bool key_bits(struct nw_slice spki, struct nw_slice *bits)
{
    struct nw_slice inside, algorithm, string;
    if (!der_take(&spki, 0x30, &inside) || !der_take(&inside, 0x30, &algorithm) ||
        !der_take(&inside, 0x03, &string) || string.n < 1) {
        return false;
    }
    *bits = nw_slice_from(string, 1);
    return true;
}

enum nw_err lote_key_id_matches(struct nw_crypto *c, struct nw_slice spki, struct nw_slice id,
                                bool *yes)
{
    struct nw_slice bits;
    uint8_t digest[NW_SHA256_BYTES];
    *yes = false;
    if (id.n != KEY_ID_BYTES || !key_bits(spki, &bits)) {
        return NW_OK;
    }
    sha1(bits, digest);
    if (memcmp(digest, id.p, KEY_ID_BYTES) == 0) {
        *yes = true;
        return NW_OK;
    }
    enum nw_err e = nw_sha256(c, bits, digest);
    *yes = e == NW_OK && memcmp(digest, id.p, KEY_ID_BYTES) == 0;
    return e;
}
