#include "attestation/pattern.h"

#include <string.h>

static void set_add(uint32_t set[4], unsigned c)
{
    set[c / 32] |= 1u << (c % 32);
}

static bool set_has(const uint32_t set[4], unsigned char c)
{
    return c < 128 && (set[c / 32] >> (c % 32) & 1u) != 0;
}

/* A character after a backslash: \d, or itself if it is punctuation. */
static bool escape(char c, uint32_t set[4])
{
    if (c == 'd') {
        for (unsigned i = '0'; i <= '9'; i++) {
            set_add(set, i);
        }
        return true;
    }
    if (c == '\0' || strchr("\\.+-*?[](){}|^$/@", c) == NULL) {
        return false;
    }
    set_add(set, (unsigned char)c);
    return true;
}

/* One class after '['; returns the text after ']', NULL if it is malformed. */
static const char *read_class(const char *s, uint32_t set[4])
{
    if (*s == '^' || *s == ']') {
        return NULL;
    }
    while (*s != ']') {
        unsigned from = (unsigned char)*s;
        if (from == 0 || from >= 128 || from == '[') {
            return NULL;
        }
        if (from == '\\') {
            if (!escape(s[1], set)) {
                return NULL;
            }
            s += 2;
            continue;
        }
        unsigned to = from;
        if (s[1] == '-' && s[2] != ']' && s[2] != '\0') {
            to = (unsigned char)s[2];
            s += 2;
        }
        if (to < from || to >= 128) {
            return NULL;
        }
        for (unsigned c = from; c <= to; c++) {
            set_add(set, c);
        }
        s++;
    }
    return s + 1;
}

static const char *read_number(const char *s, unsigned *out)
{
    unsigned v = 0;
    if (*s < '0' || *s > '9') {
        return NULL;
    }
    while (*s >= '0' && *s <= '9' && v <= NW_PATTERN_MAX) {
        v = v * 10 + (unsigned)(*s - '0');
        s++;
    }
    *out = v;
    return s;
}

/* ?, *, +, {n}, {m,}, {m,n}; *max == 0 stands for no bound. */
static const char *read_repeat(const char *s, unsigned *min, unsigned *max)
{
    *min = 1;
    *max = 1;
    if (*s == '?' || *s == '*' || *s == '+') {
        *min = *s == '+' ? 1 : 0;
        *max = *s == '?' ? 1 : 0;
        return s + 1;
    }
    if (*s != '{') {
        return s;
    }
    s = read_number(s + 1, min);
    if (s == NULL) {
        return NULL;
    }
    *max = *min;
    if (*s == ',' && s[1] == '}') {
        *max = 0;
        s++;
    } else if (*s == ',') {
        s = read_number(s + 1, max);
        if (s == NULL || *max < *min) {
            return NULL;
        }
    }
    return *s == '}' && (*max != 0 || *min != 0) ? s + 1 : NULL;
}

static bool add_position(struct nw_pattern *p, const uint32_t set[4], bool skip, bool loop)
{
    if (p->n >= NW_PATTERN_MAX) {
        return false;
    }
    memcpy(p->set[p->n], set, sizeof p->set[0]);
    p->skip |= (uint64_t)skip << p->n;
    p->loop |= (uint64_t)loop << p->n;
    p->n++;
    return true;
}

bool nw_pattern_parse(const char *s, struct nw_pattern *out)
{
    memset(out, 0, sizeof *out);
    while (s != NULL && *s != '\0') {
        uint32_t set[4] = {0};
        unsigned min = 0, max = 0;
        if (*s == '[') {
            s = read_class(s + 1, set);
        } else if (*s == '\\') {
            s = escape(s[1], set) ? s + 2 : NULL;
        } else if ((unsigned char)*s < 128 && strchr(".*+?(){}|^$]", *s) == NULL) {
            set_add(set, (unsigned char)*s);
            s++;
        } else {
            s = NULL;
        }
        s = s == NULL ? NULL : read_repeat(s, &min, &max);
        bool ok = s != NULL;
        for (unsigned i = 0; ok && i < (max == 0 ? min : max); i++) {
            ok = add_position(out, set, i >= min, false);
        }
        if (ok && max == 0) {
            ok = add_position(out, set, true, true);
        }
        if (!ok) {
            return false;
        }
    }
    return s != NULL && out->n > 0;
}

/* Bit i of a state: position i comes next; position n (all done) is told by *end. */
static uint64_t skip_on(const struct nw_pattern *p, uint64_t state, bool *end)
{
    for (size_t i = 0; i < p->n; i++) {
        if ((state >> i & 1) != 0 && (p->skip >> i & 1) != 0) {
            if (i + 1 == p->n) {
                *end = true;
            } else {
                state |= (uint64_t)1 << (i + 1);
            }
        }
    }
    return state;
}

bool nw_pattern_match(const struct nw_pattern *p, const char *text)
{
    bool end = false;
    uint64_t state = skip_on(p, 1, &end);
    for (; *text != '\0'; text++) {
        uint64_t next = 0;
        end = false;
        for (size_t i = 0; i < p->n; i++) {
            if ((state >> i & 1) == 0 || !set_has(p->set[i], (unsigned char)*text)) {
                continue;
            }
            if ((p->loop >> i & 1) != 0) {
                next |= (uint64_t)1 << i;
            } else if (i + 1 == p->n) {
                end = true;
            } else {
                next |= (uint64_t)1 << (i + 1);
            }
        }
        if (next == 0 && !end) {
            return false;
        }
        state = skip_on(p, next, &end);
    }
    return end;
}
