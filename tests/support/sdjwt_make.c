#include "sdjwt_make.h"

#include "base/codec.h"
#include "crypto/crypto.h"

static struct nw_signer *from_scalar(const char *base64url)
{
    struct nw_signer *s = NULL;
    struct nw_buf d = NW_BUF(64);
    assert_ok(nw_base64url_decode(nw_str(base64url), &d, NULL));
    assert_ok(nw_signer_from_scalar(test_crypto(), nw_buf_slice(&d), &s));
    nw_buf_free(&d);
    return s;
}

struct nw_signer *make_issuer(void)
{
    return from_scalar("Ur2bNKuBPOrAaxsRnbSH6hIhmNTxSGXshDSUD1a1y7g");
}

struct nw_signer *make_holder(void)
{
    return from_scalar("5K5SCos8zf9zRemGGUl6yfok-_NiiryNZsvANWMhF-I");
}

void make_jws(struct nw_signer *s, const char *header, struct nw_slice payload, struct nw_buf *out)
{
    uint8_t sig[NW_SIG_MAX];
    size_t sig_n;
    size_t start = out->n;
    nw_base64url_encode(nw_str(header), out);
    nw_buf_putc(out, '.');
    nw_base64url_encode(payload, out);
    struct nw_slice input = nw_slice_from(nw_buf_slice(out), start);
    assert_ok(nw_sign(s, &input, 1, sig, &sig_n));
    nw_buf_putc(out, '.');
    nw_base64url_encode(nw_slice(sig, sig_n), out);
    assert_ok(nw_buf_err(out));
}

#define HASH_PLACE MAKE_MAX
static void fill(const char *template, char digests[MAKE_MAX + 1][44], struct nw_buf *out)
{
    for (; *template != '\0'; template ++) {
        bool place = template[0] == '@' &&
                     (template[1] == 'h' || (template[1] >= '0' && template[1] <= '9'));
        if (!place) {
            nw_buf_putc(out, (uint8_t) * template);
            continue;
        }
        template ++;
        nw_buf_puts(out, digests[*template == 'h' ? HASH_PLACE : *template - '0']);
    }
}

static void digest_of(struct nw_slice text, char out[44])
{
    uint8_t digest[NW_SHA256_BYTES];
    struct nw_buf b = NW_BUF(64);
    assert_ok(nw_sha256(test_crypto(), text, digest));
    nw_base64url_encode(nw_slice(digest, sizeof digest), &b);
    (void)snprintf(out, 44, "%s", nw_buf_cstr(&b));
    nw_buf_free(&b);
}

void make_sdjwt(const struct make *m, struct nw_buf *out)
{
    char digests[MAKE_MAX + 1][44] = {0};
    struct nw_buf filled = NW_BUF(1u << 20);
    struct nw_buf tail = NW_BUF(1u << 20);
    struct nw_signer *issuer = make_issuer();
    struct nw_signer *holder = make_holder();
    size_t start = out->n;
    for (unsigned i = 0; i < MAKE_MAX && m->disclosures[i] != NULL; i++) {
        size_t at = tail.n;
        nw_buf_reset(&filled);
        fill(m->disclosures[i], digests, &filled);
        nw_base64url_encode(nw_buf_slice(&filled), &tail);
        digest_of(nw_slice_from(nw_buf_slice(&tail), at), digests[i]);
        nw_buf_putc(&tail, '~');
        if ((m->leave_out >> i & 1) != 0) {
            nw_buf_cut(&tail, at);
        }
    }
    nw_buf_reset(&filled);
    fill(m->payload, digests, &filled);
    make_jws(issuer, m->header != NULL ? m->header : "{\"alg\":\"ES256\",\"typ\":\"dc+sd-jwt\"}",
             nw_buf_slice(&filled), out);
    nw_buf_putc(out, '~');
    nw_buf_put(out, nw_buf_slice(&tail));
    if (m->kb_payload != NULL) {
        digest_of(nw_slice_from(nw_buf_slice(out), start), digests[HASH_PLACE]);
        nw_buf_reset(&filled);
        fill(m->kb_payload, digests, &filled);
        make_jws(m->kb_by_issuer ? issuer : holder,
                 m->kb_header != NULL ? m->kb_header : "{\"alg\":\"ES256\",\"typ\":\"kb+jwt\"}",
                 nw_buf_slice(&filled), out);
    }
    assert_ok(nw_buf_err(out));
    nw_buf_free(&filled);
    nw_buf_free(&tail);
    nw_signer_free(&issuer);
    nw_signer_free(&holder);
}
