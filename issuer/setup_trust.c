#include "setup.h"

#include "base/codec.h"

static const char trust[] =
    "{\n"
    "  \"version\": 1,\n"
    "  \"signer\": {\"key\": \"operator/bundle.key.pem\", \"chain\": "
    "\"operator/bundle.cert.pem\"},\n"
    "  \"max_age\": 604800,\n"
    "  \"state\": \"operator/bundle.state.json\",\n"
    "  \"sources\": [\n"
    "    {\"name\": \"test-pub-eaa\", \"file\": \"lists/pub-eaa.jws\", \"list\": \"pub-eaa\",\n"
    "     \"signers\": [\"operator/list.cert.pem\"], \"test\": true},\n"
    "    {\"name\": \"test-pid\", \"file\": \"lists/pid.jws\", \"list\": \"pid\",\n"
    "     \"signers\": [\"operator/list.cert.pem\"], \"test\": true}\n"
    "  ],\n"
    "  \"status_lists\": [\"public/status\"],\n"
    "  \"signer_certificates\": [\"keys/attestation.cert.pem\"],\n"
    "  \"institutions\": \"institutions.json\",\n"
    "  \"type_metadata\": [\"public/vctm/pda1-webuild.json\", \"public/vctm/pda1-eudi.json\",\n"
    "                    \"public/vctm/pda1-dc4eu.json\", \"public/vctm/ehic-dc4eu.json\",\n"
    "                    \"public/vctm/ehic-eudi.json\", \"public/vctm/pid-eudi.json\"]\n"
    "}\n";

static enum nw_err put_institutions(const struct nw_setup *s, struct nw_diag *d)
{
    struct nw_buf b = NW_BUF(NW_MAX_JSON);
    nw_buf_puts(&b, "[{\"id\": ");
    nw_json_write_text(nw_str(s->tenant.id), &b);
    nw_buf_puts(&b, ", \"name\": ");
    nw_json_write_text(nw_str(s->tenant.name), &b);
    nw_buf_printf(&b, ", \"country\": \"%s\", \"contact\": ", s->tenant.country);
    nw_json_write(s->tenant.contact, &b);
    nw_buf_puts(&b, "}]\n");
    enum nw_err e = nw_buf_err(&b);
    if (e == NW_OK) {
        e = nw_setup_file(s, "institutions.json", nw_buf_slice(&b), 0644, d);
    }
    nw_buf_free(&b);
    return e;
}

/* A verifier that uses this policy believes this bundle operator and takes its test lists for real.
 */
static enum nw_err put_policy(const struct nw_setup *s, struct nw_diag *d)
{
    uint8_t hash[NW_SHA256_BYTES];
    struct nw_buf b = NW_BUF(4096);
    enum nw_err e = nw_sha256(s->crypto, nw_buf_slice(&s->bundle_cert), hash);
    nw_buf_puts(&b, "{\n  \"version\": 1,\n  \"bundle_signers\": [\"");
    nw_hex_encode(nw_slice(hash, sizeof hash), &b);
    nw_buf_puts(&b, "\"],\n  \"test_lists\": \"accept\"\n}\n");
    if (e == NW_OK) {
        e = nw_buf_err(&b);
    }
    if (e == NW_OK) {
        e = nw_setup_file(s, "policy.json", nw_buf_slice(&b), 0644, d);
    }
    nw_buf_free(&b);
    return e;
}

enum nw_err nw_setup_trust(const struct nw_setup *s, struct nw_diag *d)
{
    enum nw_err e = nw_setup_file(s, "trust.json", nw_str(trust), 0644, d);
    if (e == NW_OK) {
        e = put_institutions(s, d);
    }
    return e == NW_OK ? put_policy(s, d) : e;
}
