/*
 * JSON: the only door. cJSON behind a strict pre-scan.
 *
 * nw_json_parse() refuses, before cJSON sees a byte: anything over the limits
 * (size, depth, members), a byte order mark, invalid UTF-8, duplicate member
 * names (compared after unescaping), \u0000 and lone surrogates, raw control
 * characters, numbers such as 01, 1., +1, 1e400 and integers outside +-2^53,
 * and anything after the value. What passes means the same to every reader.
 *
 * A document is a tree of nodes. A node pointer that you get from a getter is
 * borrowed and lives as long as the root. NULL is a legal argument of every
 * getter and gives "absent", so look-ups chain without tests.
 * Building functions hand nodes over: on success the pointer you passed is
 * NULL and the parent owns the node; on failure it is still yours.
 *
 * What this does not do: keep the text. Whoever verifies hashes the received
 * bytes, never what nw_json_write() makes of the tree.
 */
#ifndef NW_JSON_JSON_H
#define NW_JSON_JSON_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct nw_json; /* one node, opaque */

enum nw_json_kind {
    NW_JSON_NONE = 0, /* no node */
    NW_JSON_NULL,
    NW_JSON_BOOL,
    NW_JSON_NUMBER,
    NW_JSON_STRING,
    NW_JSON_ARRAY,
    NW_JSON_OBJECT,
};

/* Strict parse of a whole text of at most NW_MAX_JSON bytes. *out is the caller's; free it with
 * nw_json_free(). d (may be NULL) gets the byte offset. */
NW_MUST_USE enum nw_err nw_json_parse(struct nw_slice text, struct nw_json **out,
                                      struct nw_diag *d);
/* Same with another size limit (lists of trusted entities are larger than credentials). */
NW_MUST_USE enum nw_err nw_json_parse_max(struct nw_slice text, size_t max, struct nw_json **out,
                                          struct nw_diag *d);
/* The value at the start of a piece of a text that nw_json_check() has accepted: no second
 * pre-scan. *used: the bytes of it. */
NW_MUST_USE enum nw_err nw_json_parse_checked(struct nw_slice text, size_t *used,
                                              struct nw_json **out);
/* The pre-scan alone. */
NW_MUST_USE enum nw_err nw_json_check(struct nw_slice text, size_t max, struct nw_diag *d);
void nw_json_free(struct nw_json **root);

enum nw_json_kind nw_json_kind(const struct nw_json *n);
/* Member by exact name; NULL if n is no object or has none. */
const struct nw_json *nw_json_get(const struct nw_json *n, const char *name);
/* Walks "a.b.c" through objects; no array steps. */
const struct nw_json *nw_json_path(const struct nw_json *n, const char *path);
const struct nw_json *nw_json_at(const struct nw_json *array, size_t i);
size_t nw_json_count(const struct nw_json *n);
/* Iteration: for (c = nw_json_first(n); c != NULL; c = nw_json_next(c)). */
const struct nw_json *nw_json_first(const struct nw_json *n);
const struct nw_json *nw_json_next(const struct nw_json *n);
/* Name of a member; NULL for array elements and roots. */
const char *nw_json_name(const struct nw_json *n);
/* Text of a string node (valid UTF-8, no NUL inside); NULL for every other kind. */
const char *nw_json_text(const struct nw_json *n);
/* False unless n is a number and an integer in +-2^53. */
bool nw_json_int(const struct nw_json *n, int64_t *out);
bool nw_json_number(const struct nw_json *n, double *out);
bool nw_json_bool(const struct nw_json *n, bool *out);
bool nw_json_is_text(const struct nw_json *n, const char *text);
/* Same JSON value: objects without order, numbers by value. */
bool nw_json_equal(const struct nw_json *a, const struct nw_json *b);

NW_MUST_USE enum nw_err nw_json_new_object(struct nw_json **out);
NW_MUST_USE enum nw_err nw_json_new_array(struct nw_json **out);
NW_MUST_USE enum nw_err nw_json_new_text(struct nw_slice utf8, struct nw_json **out);
NW_MUST_USE enum nw_err nw_json_new_int(int64_t v, struct nw_json **out);
NW_MUST_USE enum nw_err nw_json_new_bool(bool v, struct nw_json **out);
NW_MUST_USE enum nw_err nw_json_new_null(struct nw_json **out);
NW_MUST_USE enum nw_err nw_json_dup(const struct nw_json *n, struct nw_json **out);
/* Adds *child under name / at the end; the name must not be there yet (JSON_DUPLICATE). */
NW_MUST_USE enum nw_err nw_json_put(struct nw_json *object, const char *name,
                                    struct nw_json **child);
NW_MUST_USE enum nw_err nw_json_append(struct nw_json *array, struct nw_json **child);
/* Shorthands; slice and text are copied. */
NW_MUST_USE enum nw_err nw_json_put_text(struct nw_json *object, const char *name,
                                         const char *text);
NW_MUST_USE enum nw_err nw_json_put_int(struct nw_json *object, const char *name, int64_t v);
NW_MUST_USE enum nw_err nw_json_put_bool(struct nw_json *object, const char *name, bool v);
/* For whoever owns the tree: a node as mutable; remove and free; take out. */
struct nw_json *nw_json_mut(const struct nw_json *n);
void nw_json_remove(struct nw_json *object, const char *name);
struct nw_json *nw_json_detach(struct nw_json *parent, const struct nw_json *child);
/* Puts *with in the place of child (same name, same position) and frees child. */
NW_MUST_USE enum nw_err nw_json_replace(struct nw_json *parent, const struct nw_json *child,
                                        struct nw_json **with);

/* Writes compact JSON in insertion order; errors are sticky in b. */
void nw_json_write(const struct nw_json *n, struct nw_buf *b);
/* Two spaces a level, for people. */
void nw_json_write_pretty(const struct nw_json *n, struct nw_buf *b);
/* The name of a member, with quotes. */
void nw_json_write_name(const struct nw_json *member, struct nw_buf *b);
/* One JSON string with quotes; control characters escaped, everything else as UTF-8. */
void nw_json_write_text(struct nw_slice utf8, struct nw_buf *b);

#endif
