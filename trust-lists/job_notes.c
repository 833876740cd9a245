/* What a run says of what it reads: on standard output, and of lists and refusals in the bundle. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/unicode.h"
#include "command.h"
#include "job.h"

#define TEXT_MAX (NW_DIAG_PATH + NW_DIAG_DETAIL + 160)
#define NOTES_MAX 1000u /* more than that nobody reads; they are printed all the same */

void tl_taken(const char *what, const char *fmt, ...)
{
    char text[2048];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    tl_print("taken    %-12s %s\n", what, text);
}

static enum nw_err keep_safe(struct tl_job *j, const char *text, struct nw_slice *out)
{
    struct nw_buf *kept = tl_keep(&j->kept, 12 * TEXT_MAX); /* \u{XX} for a byte at worst */
    if (kept == NULL) {
        return NW_ERR_NOMEM;
    }
    nw_text_safe(nw_str(text), kept);
    size_t n = kept->n < TEXT_MAX ? kept->n : TEXT_MAX - 1;
    while (n < kept->n && (kept->p[n] & 0xc0) == 0x80) {
        n--; /* not inside a character */
    }
    *out = nw_slice_sub(nw_buf_slice(kept), 0, n);
    return nw_buf_err(kept);
}

static enum nw_err add(struct tl_job *j, enum nw_note_kind kind, const char *what, const char *name,
                       const char *text)
{
    struct nw_bundle_note note = {.kind = kind, .what = nw_str(what)};
    void *v = j->notes;
    enum nw_err e = keep_safe(j, name, &note.name);
    if (e == NW_OK) {
        e = keep_safe(j, text, &note.text);
    }
    if (e == NW_OK) {
        e = tl_grow(&v, j->note_n, sizeof *j->notes);
        j->notes = v;
    }
    if (e == NW_OK) {
        j->notes[j->note_n++] = note;
    }
    return e;
}

void tl_note(struct tl_job *j, enum nw_note_kind kind, const char *what, const char *name,
             const char *fmt, ...)
{
    char text[TEXT_MAX];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    j->refused += kind == NW_NOTE_REFUSED;
    if (kind != NW_NOTE_TAKEN) {
        tl_print("%-8s %-12s %s: %s\n", kind == NW_NOTE_WARNING ? "warning" : "refused", what, name,
                 text);
    }
    if (j->note_err == NW_OK && j->note_n < NOTES_MAX) {
        j->note_err = add(j, kind, what, name, text);
    }
}

void tl_refused(struct tl_job *j, const char *what, const char *name, const struct nw_diag *d)
{
    char line[TEXT_MAX];
    struct nw_diag said = *d;
    (void)snprintf(said.path, sizeof said.path, "%s", tl_file_name(d->path));
    nw_diag_line(&said, line, sizeof line);
    tl_note(j, NW_NOTE_REFUSED, what, name, "%s", line);
}

void tl_refused_list(struct tl_job *j, const char *name, const char *territory,
                     const struct nw_diag *d)
{
    size_t before = j->note_n;
    tl_refused(j, "list", name, d);
    if (j->note_n > before) {
        struct nw_bundle_note *note = &j->notes[before];
        note->error = nw_str(nw_err_name(d->code));
        j->note_err = keep_safe(j, territory, &note->territory);
    }
}

void tl_list_read(struct tl_job *j, const char *name, bool unchanged, uint64_t number,
                  const char *fmt, ...)
{
    char text[128];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    tl_print("%-8s %-12s %s: number %llu, %s\n", unchanged ? "unchanged" : "taken", "list", name,
             (unsigned long long)number, text);
    tl_note(j, NW_NOTE_TAKEN, "list", name, "%s", text);
}

void tl_list_notes(struct tl_job *j, const char *name, const struct lote_note *notes, size_t n)
{
    for (size_t i = 0; i < n && i < LOTE_MAX_NOTES; i++) {
        tl_note(j, NW_NOTE_WARNING, "list", name, "%s: %s", notes[i].path, notes[i].text);
    }
    if (n > LOTE_MAX_NOTES) {
        tl_note(j, NW_NOTE_WARNING, "list", name, "and %zu more", n - LOTE_MAX_NOTES);
    }
}
