#include "test_annexd.h"

#include "support.h"

#define DATA NW_TEST_UNIT_DATA "/mdoc/annexd/"
#define TEXT_MAX 8192

static struct nw_slice annexd_text(const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s%s", DATA, name);
    struct nw_slice text = test_file(path);
    if (text.n == 0 || text.n >= TEXT_MAX) {
        (void)fprintf(stderr, "cannot read %s\n", path);
        abort();
    }
    return text;
}

struct nw_slice test_annexd(const char *name)
{
    struct nw_slice text = annexd_text(name);
    char digits[TEXT_MAX];
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] != '\n') {
            digits[n++] = (char)text.p[i];
        }
    }
    digits[n] = '\0';
    return test_hex(digits);
}

struct nw_signer *test_annexd_key(const char *name)
{
    struct nw_slice rest = annexd_text("keys.txt");
    struct nw_signer *key = NULL;
    while (rest.n > 0) {
        size_t end = nw_slice_find(rest, '\n', 0);
        struct nw_slice line = nw_slice_sub(rest, 0, end);
        size_t blank = nw_slice_find(line, ' ', 0);
        if (nw_slice_is(nw_slice_sub(line, 0, blank), name)) {
            char digits[80];
            if (!nw_slice_cstr(nw_slice_from(line, blank + 1), digits, sizeof digits) ||
                nw_signer_from_scalar(test_crypto(), test_hex(digits), &key) != NW_OK) {
                abort();
            }
            return key;
        }
        rest = nw_slice_from(rest, end + 1);
    }
    abort();
}
