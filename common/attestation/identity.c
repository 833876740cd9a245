/* Is this the person of the certificate? (a1-domain 8.3) Names are folded; where a letter has a
 * second Latin spelling (ä: a or ae), either side may use it. One deviation makes a match probable,
 * two make it different. The number in the certificate is never compared with the number in a PID.
 */
#include "attestation/rules.h"
#include "attestation/type_internal.h"
#include "base/date.h"
#include "base/unicode.h"

#include <string.h>

#define MAX_WORDS 16u
#define EDIT_LETTERS 6u /* shorter names differ too easily by one letter */

/* A name as folded words, in two spellings. */
struct name {
    struct nw_buf text[2];
};
struct words {
    struct nw_slice v[MAX_WORDS];
    size_t n;
};
enum nearness { FAR, NEAR, EQUAL };

static bool name_fold(const char *s, struct name *out)
{
    out->text[0] = NW_BUF(4096);
    out->text[1] = NW_BUF(4096);
    return nw_text_fold(nw_str(s), &out->text[0]) == NW_OK &&
           nw_text_fold_icao(nw_str(s), &out->text[1]) == NW_OK;
}

static void name_free(struct name *n)
{
    nw_buf_free(&n->text[0]);
    nw_buf_free(&n->text[1]);
}

static struct words words_of(struct nw_slice s)
{
    struct words w = {.n = 0};
    size_t from = 0;
    while (from < s.n && w.n < MAX_WORDS) {
        size_t to = nw_slice_find(s, ' ', from);
        if (to > from) {
            w.v[w.n++] = nw_slice_sub(s, from, to - from);
        }
        from = to + 1;
    }
    return w;
}

/* Equal when blanks do not count: O'Neill and ONeill. */
static bool same_letters(struct nw_slice a, struct nw_slice b)
{
    size_t i = 0, k = 0;
    for (;;) {
        while (i < a.n && a.p[i] == ' ') {
            i++;
        }
        while (k < b.n && b.p[k] == ' ') {
            k++;
        }
        if (i == a.n || k == b.n) {
            return i == a.n && k == b.n;
        }
        if (a.p[i++] != b.p[k++]) {
            return false;
        }
    }
}

static bool has_word(const struct words *w, struct nw_slice word)
{
    for (size_t i = 0; i < w->n; i++) {
        if (nw_slice_eq(w->v[i], word)) {
            return true;
        }
    }
    return false;
}

static bool same_set(struct nw_slice a, struct nw_slice b)
{
    struct words x = words_of(a), y = words_of(b);
    bool same = x.n == y.n && x.n > 1;
    for (size_t i = 0; same && i < x.n; i++) {
        same = has_word(&y, x.v[i]) && has_word(&x, y.v[i]);
    }
    return same;
}

/* One letter put in, left out or changed, in names of six letters and more. */
static bool one_edit(struct nw_slice a, struct nw_slice b)
{
    struct nw_slice s = a.n < b.n ? a : b, l = a.n < b.n ? b : a;
    size_t i = 0, tail = 0;
    if (s.n < EDIT_LETTERS || l.n - s.n > 1) {
        return false;
    }
    while (i < s.n && s.p[i] == l.p[i]) {
        i++;
    }
    while (tail < s.n - i && s.p[s.n - 1 - tail] == l.p[l.n - 1 - tail]) {
        tail++;
    }
    return l.n - i - tail <= 1;
}

typedef enum nearness (*compare_fn)(struct nw_slice a, struct nw_slice b);

static enum nearness compare_surnames(struct nw_slice a, struct nw_slice b)
{
    if (same_letters(a, b)) {
        return EQUAL;
    }
    return same_set(a, b) || one_edit(a, b) ? NEAR : FAR;
}

/* The first forename counts; one that stands elsewhere on the other side is a missing one. */
static enum nearness compare_forenames(struct nw_slice a, struct nw_slice b)
{
    struct words x = words_of(a), y = words_of(b);
    if (x.n == 0 || y.n == 0) {
        return FAR;
    }
    if (nw_slice_eq(x.v[0], y.v[0]) || same_letters(a, b)) {
        return EQUAL;
    }
    return has_word(&y, x.v[0]) || has_word(&x, y.v[0]) || one_edit(x.v[0], y.v[0]) ? NEAR : FAR;
}

static enum nearness best_of(const struct name *a, const struct name *b, compare_fn compare)
{
    enum nearness best = FAR;
    for (size_t i = 0; i < 4; i++) {
        enum nearness n = compare(nw_buf_slice(&a->text[i / 2]), nw_buf_slice(&b->text[i % 2]));
        best = n > best ? n : best;
    }
    return best;
}

struct folded {
    struct name surnames, forenames, at_birth;
    bool ok;
};

static void fold_person(const struct nw_person *p, struct folded *out)
{
    bool s = name_fold(p->surnames, &out->surnames);
    bool f = name_fold(p->forenames, &out->forenames);
    bool b = name_fold(p->surname_at_birth, &out->at_birth);
    out->ok = s && f && b && out->surnames.text[0].n > 0 && out->forenames.text[0].n > 0;
}

static void free_folded(struct folded *p)
{
    name_free(&p->surnames);
    name_free(&p->forenames);
    name_free(&p->at_birth);
}

static bool is_birth_name(const struct name *at_birth, const struct name *surname)
{
    return at_birth->text[0].n > 0 && best_of(at_birth, surname, compare_surnames) == EQUAL;
}

static enum nw_match compare_names(const struct folded *a, const struct folded *b)
{
    enum nearness surname = best_of(&a->surnames, &b->surnames, compare_surnames);
    enum nearness forename = best_of(&a->forenames, &b->forenames, compare_forenames);
    if (surname == FAR &&
        (is_birth_name(&a->at_birth, &b->surnames) || is_birth_name(&b->at_birth, &a->surnames))) {
        surname = NEAR;
    }
    if (surname == EQUAL && forename == EQUAL) {
        return NW_MATCH_EXACT;
    }
    if ((surname == NEAR && forename == EQUAL) || (surname == EQUAL && forename == NEAR)) {
        return NW_MATCH_PROBABLE;
    }
    /* Surname and forename in each other's place. */
    if (best_of(&a->surnames, &b->forenames, compare_surnames) == EQUAL &&
        best_of(&a->forenames, &b->surnames, compare_surnames) == EQUAL) {
        return NW_MATCH_PROBABLE;
    }
    return NW_MATCH_DIFFERENT;
}

/* "1985-00-00" agrees with every day of the year. */
static bool dates_agree(const char *a, const char *b, bool *partial)
{
    *partial = nw_date_is_partial(a) || nw_date_is_partial(b);
    if (!*partial) {
        return strcmp(a, b) == 0;
    }
    if (strlen(a) != 10 || strlen(b) != 10 || memcmp(a, b, 4) != 0) {
        return false;
    }
    bool no_month = memcmp(a + 5, "00", 2) == 0 || memcmp(b + 5, "00", 2) == 0;
    return no_month || memcmp(a + 5, b + 5, 2) == 0;
}

enum nw_match nw_person_compare(const struct nw_person *a, const struct nw_person *b)
{
    struct folded x, y;
    bool partial = false;
    enum nw_match m = NW_MATCH_NONE;
    fold_person(a, &x);
    fold_person(b, &y);
    if (x.ok && y.ok && a->birth_date[0] != '\0' && b->birth_date[0] != '\0') {
        m = dates_agree(a->birth_date, b->birth_date, &partial) ? compare_names(&x, &y)
                                                                : NW_MATCH_DIFFERENT;
        m = partial && m == NW_MATCH_EXACT ? NW_MATCH_PROBABLE : m;
    }
    free_folded(&x);
    free_folded(&y);
    return m;
}

/* A text that is too long or not clean counts as missing: no match is built on half a name. */
static void copy_text(const struct nw_json *v, char *dst, size_t cap)
{
    const char *s = nw_json_text(v);
    if (s == NULL || !nw_text_is_clean(nw_str(s)) || !nw_slice_cstr(nw_str(s), dst, cap)) {
        dst[0] = '\0';
    }
}

void nw_person_from_record(const struct nw_json *record, struct nw_person *out)
{
    const struct nw_json *names = nw_json_path(record, "subject.names");
    memset(out, 0, sizeof *out);
    copy_text(nw_json_get(names, "surnames"), out->surnames, sizeof out->surnames);
    copy_text(nw_json_get(names, "forenames"), out->forenames, sizeof out->forenames);
    copy_text(nw_json_get(names, "surnameAtBirth"), out->surname_at_birth,
              sizeof out->surname_at_birth);
    copy_text(nw_json_path(record, "subject.dateOfBirth"), out->birth_date, sizeof out->birth_date);
}

static const struct nw_json *either(const struct nw_json *o, const char *a, const char *b)
{
    const struct nw_json *v = nw_json_get(o, a);
    return v != NULL ? v : nw_json_get(o, b);
}

/* Names of the SD-JWT PID, else those of the mdoc PID. */
void nw_person_from_pid(const struct nw_json *payload, struct nw_person *out)
{
    memset(out, 0, sizeof *out);
    copy_text(nw_json_get(payload, "family_name"), out->surnames, sizeof out->surnames);
    copy_text(nw_json_get(payload, "given_name"), out->forenames, sizeof out->forenames);
    copy_text(either(payload, "birth_family_name", "family_name_birth"), out->surname_at_birth,
              sizeof out->surname_at_birth);
    copy_text(either(payload, "birthdate", "birth_date"), out->birth_date, sizeof out->birth_date);
}

static struct nw_slice trim(struct nw_slice s)
{
    while (s.n > 0 && s.p[0] == ' ') {
        s = nw_slice_from(s, 1);
    }
    while (s.n > 0 && s.p[s.n - 1] == ' ') {
        s.n--;
    }
    return s;
}

enum nw_err nw_person_parse(struct nw_slice typed, struct nw_person *out, struct nw_diag *d)
{
    static const char want[] = "SURNAME, FORENAME, YYYY-MM-DD is wanted";
    struct nw_person p = {.birth_date = ""};
    size_t off = 0, first = nw_slice_find(typed, ',', 0);
    size_t second = nw_slice_find(typed, ',', first + 1);
    int64_t days = 0;
    if (!nw_utf8_valid(typed, &off) || !nw_text_is_clean(typed) || second >= typed.n ||
        nw_slice_find(typed, ',', second + 1) < typed.n) {
        return nw_fail(d, NW_ERR_USAGE, NW_NO_OFFSET, "%s", want);
    }
    struct nw_slice surname = trim(nw_slice_sub(typed, 0, first));
    struct nw_slice forename = trim(nw_slice_sub(typed, first + 1, second - first - 1));
    struct nw_slice birth = trim(nw_slice_from(typed, second + 1));
    if (surname.n == 0 || forename.n == 0 ||
        !nw_slice_cstr(surname, p.surnames, sizeof p.surnames) ||
        !nw_slice_cstr(forename, p.forenames, sizeof p.forenames) ||
        !nw_slice_cstr(birth, p.birth_date, sizeof p.birth_date) ||
        nw_date_parse(birth, &days) != NW_OK) {
        return nw_fail(d, NW_ERR_USAGE, NW_NO_OFFSET, "%s", want);
    }
    *out = p;
    return NW_OK;
}
