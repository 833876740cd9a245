/* Folding of names for comparison. Case folding and decomposition come from utf8proc; the letters
 * that do not decompose, Greek and Cyrillic from the table below. */
#include "base/unicode.h"

#include <string.h>
#include <utf8proc.h>

#include "base/alloc.h"
#include "base/limits.h"

#define DIAERESIS 0x0308
#define RING 0x030a
#define ALPHA 0x03b1
#define GAMMA 0x03b3
#define EPSILON 0x03b5
#define ETA 0x03b7
#define KAPPA 0x03ba
#define MU 0x03bc
#define XI 0x03be
#define PI 0x03c0
#define UPSILON 0x03c5
#define CHI 0x03c7

struct letter {
    utf8proc_int32_t c;
    const char *latin;
};

/* In order of c. */
static const struct letter letters[] = {
    /* clang-format off */
    /* Latin letters that do not decompose */
    {0x00e6, "ae"}, {0x00f0, "d"}, {0x00f8, "o"}, {0x00fe, "th"}, {0x0111, "d"}, {0x0127, "h"},
    {0x0131, "i"}, {0x0138, "q"}, {0x0142, "l"}, {0x014b, "n"}, {0x0153, "oe"}, {0x0167, "t"},
    {0x0259, "e"},
    /* Greek, ELOT 743 (ISO 843 type 2), single letters */
    {0x03b1, "a"}, {0x03b2, "v"}, {0x03b3, "g"}, {0x03b4, "d"}, {0x03b5, "e"}, {0x03b6, "z"},
    {0x03b7, "i"}, {0x03b8, "th"}, {0x03b9, "i"}, {0x03ba, "k"}, {0x03bb, "l"}, {0x03bc, "m"},
    {0x03bd, "n"}, {0x03be, "x"}, {0x03bf, "o"}, {0x03c0, "p"}, {0x03c1, "r"}, {0x03c2, "s"},
    {0x03c3, "s"}, {0x03c4, "t"}, {0x03c5, "y"}, {0x03c6, "f"}, {0x03c7, "ch"}, {0x03c8, "ps"},
    {0x03c9, "o"},
    /* Cyrillic, ICAO Doc 9303-3 section 6 B, without exceptions for single languages */
    {0x0430, "a"}, {0x0431, "b"}, {0x0432, "v"}, {0x0433, "g"}, {0x0434, "d"}, {0x0435, "e"},
    {0x0436, "zh"}, {0x0437, "z"}, {0x0438, "i"}, {0x043a, "k"}, {0x043b, "l"}, {0x043c, "m"},
    {0x043d, "n"}, {0x043e, "o"}, {0x043f, "p"}, {0x0440, "r"}, {0x0441, "s"}, {0x0442, "t"},
    {0x0443, "u"}, {0x0444, "f"}, {0x0445, "kh"}, {0x0446, "ts"}, {0x0447, "ch"}, {0x0448, "sh"},
    {0x0449, "shch"}, {0x044a, "ie"}, {0x044b, "y"}, {0x044c, ""}, {0x044d, "e"}, {0x044e, "iu"},
    {0x044f, "ia"}, {0x0452, "d"}, {0x0454, "ie"}, {0x0455, "dz"}, {0x0456, "i"}, {0x0458, "j"},
    {0x0459, "lj"}, {0x045a, "nj"}, {0x045b, "c"}, {0x045f, "dz"}, {0x046b, "u"}, {0x0475, "y"},
    {0x0491, "g"},
    /* clang-format on */
};

static const char *letter_latin(utf8proc_int32_t c)
{
    size_t from = 0;
    size_t to = sizeof letters / sizeof letters[0];
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (letters[middle].c == c) {
            return letters[middle].latin;
        }
        if (letters[middle].c < c) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return NULL;
}

struct fold {
    const utf8proc_int32_t *v; /* decomposed, case-folded */
    size_t n;
    bool icao;
    bool gap; /* a separator was seen since the last letter */
    size_t start;
    struct nw_buf *out;
};

static utf8proc_int32_t at(const struct fold *f, size_t i)
{
    return i < f->n ? f->v[i] : 0;
}

static bool is_mark(utf8proc_int32_t c)
{
    utf8proc_category_t category = utf8proc_category(c);
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC ||
           category == UTF8PROC_CATEGORY_ME;
}

static bool is_separator(utf8proc_int32_t c)
{
    switch (c) {
    case '\'':
    case '`':
    case '.':
    case 0x02b9: /* modifier letters used as apostrophes */
    case 0x02bb:
    case 0x02bc:
    case 0x2018:
    case 0x2019:
    case 0x201b:
    case 0x2212:
        return true;
    default:
        break;
    }
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_PD:
        return true;
    default:
        return false;
    }
}

/* Letters of one word; the gap before them becomes one space. */
static void emit(struct fold *f, struct nw_slice letters_of_word)
{
    if (letters_of_word.n == 0) {
        return;
    }
    if (f->gap && f->out->n > f->start) {
        nw_buf_putc(f->out, ' ');
    }
    f->gap = false;
    nw_buf_put(f->out, letters_of_word);
}

static size_t skip_marks(const struct fold *f, size_t i)
{
    while (i < f->n && is_mark(f->v[i])) {
        i++;
    }
    return i;
}

static bool is_greek(utf8proc_int32_t c)
{
    return c >= ALPHA && c <= 0x03c9;
}

static bool is_voiceless(utf8proc_int32_t c)
{
    static const utf8proc_int32_t voiceless[] = {0x03b8, KAPPA,  XI,     PI,  0x03c2,
                                                 0x03c3, 0x03c4, 0x03c6, CHI, 0x03c8};
    for (size_t i = 0; i < sizeof voiceless / sizeof voiceless[0]; i++) {
        if (c == voiceless[i]) {
            return true;
        }
    }
    return false;
}

/* Greek pairs of letters (ELOT 743); returns how many code points they take, 0 for none. A
 * diaeresis on the second letter parts a pair of vowels, an accent on the first stands between. */
static size_t greek_pair(const struct fold *f, size_t i, const char **latin)
{
    utf8proc_int32_t a = f->v[i];
    utf8proc_int32_t b = at(f, i + 1);
    if (a == GAMMA && (b == GAMMA || b == XI || b == CHI)) {
        *latin = b == GAMMA ? "ng" : b == XI ? "nx" : "nch";
        return 2;
    }
    if (a == MU && b == PI) {
        bool inside = i > 0 && !f->gap && f->out->n > f->start && is_greek(at(f, i + 2));
        *latin = inside ? "mp" : "b";
        return 2;
    }
    if (b != UPSILON) {
        return 0;
    }
    size_t after = skip_marks(f, i + 2);
    for (size_t m = i + 2; m < after; m++) {
        if (f->v[m] == DIAERESIS) {
            return 0;
        }
    }
    bool hard = is_voiceless(at(f, after)) || !is_greek(at(f, after));
    switch (a) {
    case ALPHA:
        *latin = hard ? "af" : "av";
        return 2;
    case EPSILON:
        *latin = hard ? "ef" : "ev";
        return 2;
    case ETA:
        *latin = hard ? "if" : "iv";
        return 2;
    case 0x03bf: /* omicron */
        *latin = "ou";
        return 2;
    default:
        return 0;
    }
}

/* Doc 9303-3 section 6 A where it differs from dropping the mark; 0 for none. */
static size_t icao_spelling(const struct fold *f, size_t i, const char **latin)
{
    utf8proc_int32_t c = f->v[i];
    utf8proc_int32_t mark = at(f, i + 1);
    if (c == 0x00f8) { /* o with stroke */
        *latin = "oe";
        return 1;
    }
    if (mark == DIAERESIS && (c == 'a' || c == 'o' || c == 'u')) {
        *latin = c == 'a' ? "ae" : c == 'o' ? "oe" : "ue";
        return 2;
    }
    if (mark == RING && c == 'a') {
        *latin = "aa";
        return 2;
    }
    return 0;
}

/* Writes what stands at i, returns how many code points it took. */
static size_t fold_one(struct fold *f, size_t i)
{
    utf8proc_int32_t c = f->v[i];
    const char *latin = NULL;
    uint8_t utf8[4];
    if ((c >= 'a' && c <= 'z' && !f->icao) || (c >= '0' && c <= '9')) {
        utf8[0] = (uint8_t)c;
        emit(f, nw_slice(utf8, 1));
        return 1;
    }
    size_t taken = f->icao ? icao_spelling(f, i, &latin) : 0;
    taken = taken == 0 && is_greek(c) ? greek_pair(f, i, &latin) : taken;
    if (taken == 0) {
        latin = letter_latin(c);
        taken = 1;
    }
    if (latin != NULL) {
        emit(f, nw_str(latin));
        return taken;
    }
    if (is_separator(c)) {
        f->gap = true;
    } else if (!is_mark(c) && c != 0x00b7) { /* the middle dot of l.l is no boundary */
        emit(f, nw_slice(utf8, (size_t)utf8proc_encode_char(c, utf8)));
    }
    return 1;
}

static enum nw_err fold(struct nw_slice s, bool icao, struct nw_buf *out)
{
    const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT |
                                      UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    if (s.n > NW_MAX_JSON) {
        return NW_ERR_LIMIT;
    }
    if (s.n == 0) {
        return nw_buf_err(out);
    }
    utf8proc_ssize_t n = utf8proc_decompose(s.p, (utf8proc_ssize_t)s.n, NULL, 0, options);
    if (n < 0) {
        return NW_ERR_UTF8;
    }
    utf8proc_int32_t *v = nw_calloc((size_t)n + 1, sizeof *v);
    if (v == NULL) {
        return NW_ERR_NOMEM;
    }
    enum nw_err e = NW_ERR_INTERNAL;
    if (utf8proc_decompose(s.p, (utf8proc_ssize_t)s.n, v, n, options) == n) {
        struct fold f = {.v = v, .n = (size_t)n, .icao = icao, .start = out->n, .out = out};
        for (size_t i = 0; i < f.n;) {
            i += fold_one(&f, i);
        }
        e = nw_buf_err(out);
    }
    nw_free(v);
    return e;
}

enum nw_err nw_text_fold(struct nw_slice s, struct nw_buf *out)
{
    return fold(s, false, out);
}

enum nw_err nw_text_fold_icao(struct nw_slice s, struct nw_buf *out)
{
    return fold(s, true, out);
}
