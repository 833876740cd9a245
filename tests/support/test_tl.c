#include "test_tl.h"

#include <zlib.h>

#include "base/codec.h"
#include "crypto/cert.h"
#include "support.h"
#include "test_folder.h"

#define FILE_MAX (32u << 20)
#define KEPT 4096

static struct nw_buf kept[KEPT];
static size_t kept_n;

static void free_kept(void)
{
    while (kept_n > 0) {
        nw_buf_free(&kept[--kept_n]);
    }
}

static struct nw_buf *keep(size_t max)
{
    if (kept_n == 0) {
        (void)atexit(free_kept);
    }
    assert_true(kept_n < KEPT);
    kept[kept_n] = NW_BUF(max);
    return &kept[kept_n++];
}

struct nw_slice test_tl_file(const char *name)
{
    static struct {
        char name[128];
        struct nw_slice bytes;
    } known[256];
    static size_t known_n;
    const char *folder = test_data("tl");
    char path[512];
    if (folder == NULL) {
        return NW_SLICE_EMPTY;
    }
    for (size_t i = 0; i < known_n; i++) {
        if (strcmp(known[i].name, name) == 0) {
            return known[i].bytes;
        }
    }
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    gzFile in = gzopen(path, "rb");
    if (in == NULL) {
        fail_msg("%s is not there", path);
    }
    struct nw_buf *out = keep(FILE_MAX);
    for (int n = 1; n > 0;) {
        uint8_t *room = nw_buf_reserve(out, 1u << 16);
        assert_non_null(room);
        n = gzread(in, room, 1u << 16);
        assert_true(n >= 0);
        nw_buf_grow(out, (size_t)n);
    }
    (void)gzclose(in);
    assert_true(known_n < ARRAY_LENGTH(known));
    (void)snprintf(known[known_n].name, sizeof known[0].name, "%s", name);
    known[known_n].bytes = nw_buf_slice(out);
    return known[known_n++].bytes;
}

struct nw_slice test_tl_pem(const char *name, size_t i)
{
    struct nw_slice pem = test_tl_file(name);
    struct nw_buf *der = keep(NW_MAX_CERT);
    size_t pos = 0;
    enum nw_err e = NW_OK;
    for (size_t k = 0; e == NW_OK && k <= i; k++) {
        e = nw_cert_from_pem(pem, &pos, der);
    }
    return e == NW_OK ? nw_buf_slice(der) : NW_SLICE_EMPTY;
}

size_t test_tl_pins(const char *name, struct nw_slice *out, size_t max)
{
    size_t n = 0;
    while (n < max && (out[n] = test_tl_pem(name, n)).n > 0) {
        n++;
    }
    return n;
}

static size_t find(struct nw_slice s, const char *text, size_t from)
{
    size_t n = strlen(text);
    for (size_t i = from; i + n <= s.n; i++) {
        if (memcmp(s.p + i, text, n) == 0) {
            return i;
        }
    }
    return s.n;
}

struct nw_slice test_tl_own_cert(struct nw_slice list, size_t i)
{
    struct nw_buf text = NW_BUF(NW_MAX_CERT * 2);
    size_t at = find(list, "KeyInfo", 0);
    for (size_t k = 0; k <= i; k++) {
        at = find(list, "X509Certificate>", at);
        at += at < list.n ? strlen("X509Certificate>") : 0;
        if (k < i) { /* its end tag */
            at = find(list, "X509Certificate>", at);
            at += at < list.n ? strlen("X509Certificate>") : 0;
        }
    }
    for (; at < list.n && list.p[at] != '<'; at++) {
        if (nw_slice_starts(nw_slice_from(list, at), "&#13;")) {
            at += strlen("&#13;") - 1;
            continue;
        }
        if (strchr(" \t\r\n", list.p[at]) == NULL) {
            nw_buf_putc(&text, list.p[at]);
        }
    }
    struct nw_buf *der = keep(NW_MAX_CERT);
    enum nw_err e = text.n > 0 ? nw_base64_decode(nw_buf_slice(&text), der, NULL) : NW_ERR_EMPTY;
    nw_buf_free(&text);
    return e == NW_OK ? nw_buf_slice(der) : NW_SLICE_EMPTY;
}

const char *test_tl_real_config(void)
{
    static char config[2048];
    static const char *const lists[] = {
        "AT-72",  "BE-81", "BG-64",  "CY-53",  "CZ-181", "DK-45", "EE-73",  "EL-85",
        "ES-187", "FI-54", "FR-174", "HR-52",  "HU-99",  "IE-39", "IS-39",  "IT-223",
        "LT-90",  "LU-66", "LV-51",  "MT-55",  "NL-76",  "NO-87", "PL-160", "PT-112",
        "RO-83",  "SE-62", "SI-86",  "SK-145", "UK-25",
    };
    char names[1024] = "";
    test_put("lotl.xml", test_tl_file("lotl/eu-lotl-390.xml.gz"));
    test_put("oj.pem", test_tl_file("oj/OJ-C-2026-1944.pem"));
    for (size_t i = 0; i < ARRAY_LENGTH(lists); i++) {
        char file[64];
        char data[64];
        size_t n = strlen(names);
        (void)snprintf(file, sizeof file, "%s.xml", lists[i]);
        (void)snprintf(data, sizeof data, "national/%s.xml.gz", lists[i]);
        test_put(file, test_tl_file(data));
        (void)snprintf(names + n, sizeof names - n, "%s\"%s\"", i > 0 ? "," : "", file);
    }
    int n = snprintf(config, sizeof config,
                     "{\"version\":1,\"signer\":{\"key\":\"op.key\",\"chain\":\"op.pem\"},"
                     "\"max_age\":604800,\"state\":\"state.json\",\"sources\":[{\"name\":\"eu\","
                     "\"list\":\"lotl\",\"file\":\"lotl.xml\","
                     "\"journal\":\"https://eur-lex.europa.eu/eli/C/2026/1944/oj\","
                     "\"signers\":[\"oj.pem\"],\"lists\":[%s]}]}",
                     names);
    assert_true(n > 0 && (size_t)n < sizeof config);
    return config;
}
