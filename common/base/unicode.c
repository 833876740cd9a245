#include "base/unicode.h"

#include <string.h>
#include <utf8proc.h>

#include "base/alloc.h"
#include "base/utf8.h"

#define NFC_INLINE 512 /* code points; longer texts go to the heap */

struct range {
    uint32_t first;
    uint32_t last;
};

static const struct range unclean[] = {
    {0x0000, 0x001f}, /* C0 */
    {0x007f, 0x009f}, /* DEL, C1 */
    {0x061c, 0x061c}, /* Arabic letter mark */
    {0x200e, 0x200f}, /* left-to-right, right-to-left mark */
    {0x2028, 0x202e}, /* line and paragraph separator, embeddings, overrides */
    {0x2066, 0x2069}, /* isolates */
    {0xfdd0, 0xfdef}, /* noncharacters */
    {0xfeff, 0xfeff}, /* byte order mark */
};

static bool is_unclean(uint32_t c)
{
    if ((c & 0xfffe) == 0xfffe) { /* the last two of every plane are noncharacters */
        return true;
    }
    for (size_t i = 0; i < sizeof unclean / sizeof unclean[0]; i++) {
        if (c >= unclean[i].first && c <= unclean[i].last) {
            return true;
        }
    }
    return false;
}

bool nw_text_is_clean(struct nw_slice s)
{
    for (size_t i = 0; i < s.n;) {
        uint32_t c;
        size_t length = nw_utf8_read(s.p + i, s.n - i, &c);
        if (length == 0 || is_unclean(c)) {
            return false;
        }
        i += length;
    }
    return true;
}

size_t nw_text_length(struct nw_slice s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.n; i++) {
        count += (s.p[i] & 0xc0) != 0x80;
    }
    return count;
}

/* Composes s into work (room for cap code points) and compares; *need is set when that is too
 * small. */
static bool composes_to_itself(struct nw_slice s, utf8proc_int32_t *work, size_t cap, size_t *need)
{
    const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    utf8proc_ssize_t n =
        utf8proc_decompose(s.p, (utf8proc_ssize_t)s.n, work, (utf8proc_ssize_t)cap - 1, options);
    *need = 0;
    if (n < 0) {
        return false;
    }
    if ((size_t)n >= cap) {
        *need = (size_t)n + 1;
        return false;
    }
    n = utf8proc_reencode(work, n, options); /* in place, as UTF-8 */
    return n >= 0 && nw_slice_eq(s, nw_slice(work, (size_t)n));
}

bool nw_text_is_nfc(struct nw_slice s)
{
    size_t i = 0;
    while (i < s.n && s.p[i] < 0xcc) { /* below U+0300 everything is composed */
        i++;
    }
    if (i == s.n) {
        return true;
    }
    utf8proc_int32_t small[NFC_INLINE];
    size_t need;
    bool same = composes_to_itself(s, small, NFC_INLINE, &need);
    if (need == 0) {
        return same;
    }
    utf8proc_int32_t *work = nw_calloc(need, sizeof *work);
    same = work != NULL && composes_to_itself(s, work, need, &need);
    nw_free(work);
    return same;
}
