#include "tl.h"

#include <stdio.h>
#include <string.h>

#define LIST_MAX (1u << 20)
#define LOCATION "https://vectors.example/"

/* --- who signs --- */

static struct nw_signer *operator_of(struct gen *g, const char *label, const char *name,
                                     const char *country)
{
    const struct world_cert cert = {.label = label,
                                    .common_name = name,
                                    .organisation = "Nachweis vectors",
                                    .country = country};
    return world_signer(g, &cert);
}

void tl_make(struct gen *g, const struct world *w, struct tl *t)
{
    const struct world_cert ca = {.label = "qtsp ca",
                                  .common_name = "Seal CA (test)",
                                  .organisation = "Test QTSP",
                                  .country = "PL",
                                  .ca = true};
    *t = (struct tl){
        .g = g,
        .w = w,
        .pl = operator_of(g, "tl operator pl", "List operator (test)", "PL"),
        .de = operator_of(g, "tl operator de", "List operator (test)", "DE"),
        .stranger = operator_of(g, "tl stranger", "List operator (test)", "PL"),
        .lotl = operator_of(g, "lotl signer", "List of lists (test)", "EU"),
        .lotl_later = operator_of(g, "lotl signer 2", "List of lists (test)", "EU"),
        .qtsp = world_signer(g, &ca),
        .rsa2048 = tl_rsa_open(g, "list-rsa2048"),
        .rsa1024 = tl_rsa_open(g, "list-rsa1024"),
    };
    gen_file(g, TL_OPERATOR, world_leaf(t->pl));
    gen_file(g, TL_LOTL_SIGNER, world_leaf(t->lotl));
    gen_file(g, TL_RSA2048, tl_rsa_cert(t->rsa2048));
    gen_file(g, TL_RSA1024, tl_rsa_cert(t->rsa1024));
}

void tl_free(struct tl *t)
{
    struct nw_signer **const signers[] = {&t->pl,   &t->de,         &t->stranger,
                                          &t->lotl, &t->lotl_later, &t->qtsp};
    for (size_t i = 0; i < sizeof signers / sizeof signers[0]; i++) {
        nw_signer_free(signers[i]);
    }
    tl_rsa_free(&t->rsa2048);
    tl_rsa_free(&t->rsa1024);
}

/* --- the lists as they should be --- */

static void national(struct tl_model *m)
{
    m->services[0] = (struct tslist_service){.name = "Seal CA",
                                             .cert = {world_leaf(m->t->qtsp)},
                                             .period = {{.type = "CA/QC",
                                                         .status = "granted",
                                                         .from = "2026-01-01T00:00:00Z",
                                                         .uses = {"ForeSeals"}},
                                                        {.type = "CA/QC",
                                                         .status = "withdrawn",
                                                         .from = "2025-07-01T00:00:00Z",
                                                         .uses = {"ForeSeals"}},
                                                        {.type = "CA/QC",
                                                         .status = "granted",
                                                         .from = "2024-01-01T00:00:00Z",
                                                         .uses = {"ForeSeals"}}}};
    m->entity = (struct tslist_entity){.name = "Test QTSP",
                                       .trade = {"VATPL-1234567890"},
                                       .services = m->services,
                                       .service_n = 1};
    m->list = (struct tslist){.entities = &m->entity, .entity_n = 1};
    m->signer = tslist_signer_of(m->t->pl);
}

static void list_of_lists(struct tl_model *m, bool pivot)
{
    const struct tl *t = m->t;
    m->pointers[0] =
        (struct tslist_pointer){.territory = "EU",
                                .location = LOCATION "lotl.xml",
                                .type = "EUlistofthelists",
                                .cert = {world_leaf(t->lotl), world_leaf(t->lotl_later)}};
    m->pointers[1] = (struct tslist_pointer){.territory = "PL",
                                             .location = LOCATION "pl.xml",
                                             .type = "EUgeneric",
                                             .cert = {world_leaf(t->pl)}};
    m->pointers[2] = (struct tslist_pointer){.territory = "DE",
                                             .location = LOCATION "de.xml",
                                             .type = "EUgeneric",
                                             .cert = {world_leaf(t->de)}};
    m->list = (struct tslist){.form = TSLIST_LOTL,
                              .number = pivot ? 20 : 21,
                              .issued = pivot ? "2026-05-01T10:00:00Z" : NULL,
                              .next_update = pivot ? "2026-06-01T10:00:00Z" : NULL,
                              .uris = {TL_JOURNAL},
                              .pointers = m->pointers,
                              .pointer_n = 3};
    m->signer = tslist_signer_of(t->lotl);
}

static void public_bodies(struct tl_model *m)
{
    const struct world_body *pl = &m->t->w->body[PARTY_PL];
    m->services[0] = (struct tslist_service){
        .name = "A1",
        .cert = {world_leaf(pl->ca)},
        .period = {
            {.type = "PubEAA/Issuance", .status = "notified", .from = "2026-01-01T00:00:00Z"}}};
    m->services[1] = (struct tslist_service){
        .name = "A1",
        .cert = {world_leaf(pl->status)},
        .period = {
            {.type = "PubEAA/Revocation", .status = "notified", .from = "2026-01-01T00:00:00Z"}}};
    m->entity = (struct tslist_entity){.name = pl->name,
                                       .trade = {pl->id, "OJ:EU:32004R0883"},
                                       .role = "PubEAAProvider/PL",
                                       .services = m->services,
                                       .service_n = 2};
    m->list = (struct tslist){.form = TSLIST_LOTE, .entities = &m->entity, .entity_n = 1};
    m->signer = tslist_signer_of(m->t->w->list_key);
}

static void sign_file(struct tl_model *m, const struct tl_row *row, struct nw_buf *out)
{
    struct tslist_change changes[sizeof row->change / sizeof row->change[0]];
    size_t n = 0;
    while (n < sizeof changes / sizeof changes[0] && row->change[n].stage != TSLIST_NEVER) {
        changes[n] = row->change[n];
        n++;
    }
    m->job.c = m->t->g->c;
    m->job.list = &m->list;
    m->job.signer = m->signer;
    m->job.changes = changes;
    m->job.change_n = n;
    m->job.stage = row->stage;
    m->job.spoil = row->spoil;
    m->job.ctx = m;
    gen_ok(tslist_make(&m->job, out), row->id);
}

void tl_file(const struct tl *t, const struct tl_row *row, struct nw_buf *out)
{
    struct tl_model m = {.t = t};
    if (row->base == TL_NATIONAL) {
        national(&m);
    } else if (row->base == TL_LOTE) {
        public_bodies(&m);
    } else {
        list_of_lists(&m, row->base == TL_PIVOT);
    }
    if (row->model != NULL) {
        row->model(&m);
    }
    sign_file(&m, row, out);
    if (row->file != NULL) {
        row->file(&m, out);
    }
    gen_ok(nw_buf_err(out), row->id);
}

static size_t place_of(const struct nw_buf *file, const char *text, size_t from)
{
    const size_t n = strlen(text);
    while (from + n <= file->n && memcmp(file->p + from, text, n) != 0) {
        from++;
    }
    if (from + n > file->n) {
        gen_die("\"%s\" is not in the list", text);
    }
    return from;
}

void tl_take(struct nw_buf *file, const char *from, const char *to, struct nw_buf *piece)
{
    const size_t start = place_of(file, from, 0);
    const size_t end = place_of(file, to, start) + strlen(to);
    nw_buf_put(piece, nw_slice_sub(nw_buf_slice(file), start, end - start));
    memmove(file->p + start, file->p + end, file->n - end);
    nw_buf_cut(file, file->n - (end - start));
}

void tl_put(struct nw_buf *file, const char *before, struct nw_slice piece)
{
    const size_t at = place_of(file, before, 0);
    struct nw_buf rest = NW_BUF(LIST_MAX);
    nw_buf_put(&rest, nw_slice_from(nw_buf_slice(file), at));
    nw_buf_cut(file, at);
    nw_buf_put(file, piece);
    nw_buf_put(file, nw_buf_slice(&rest));
    gen_ok(nw_buf_err(&rest), before);
    nw_buf_free(&rest);
}

/* --- entries --- */

static const char *path_of(const char *id, char out[96])
{
    if (id == NULL) {
        return NULL;
    }
    (void)snprintf(out, 96, "set/lists/%s.xml", id);
    return out;
}

static void entry(struct tl *t, const struct tl_row *row, const char *input)
{
    char rule[16], state[96], lotl[96], pivot[3][96];
    const char *pivots[4] = {NULL};
    static const struct {
        const char *kind, *pin;
    } usual[] = {[TL_NATIONAL] = {"tl", TL_OPERATOR},
                 [TL_LIST_OF_LISTS] = {"lotl", TL_LOTL_SIGNER},
                 [TL_PIVOT] = {"lotl", TL_LOTL_SIGNER},
                 [TL_LOTE] = {"pub-eaa", "set/evidence/list-operator.der"}};
    const char *const signers[] = {row->pin != NULL       ? row->pin
                                   : row->journal == NULL ? usual[row->base].pin
                                                          : TL_LOTL_SIGNER,
                                   NULL};
    const int granted = row->granted - 1;
    (void)snprintf(rule, sizeof rule, "%.*s", row->id[0] == 'T' ? 5 : 7, row->id);
    for (size_t i = 0; i < 3 && row->pivots[i] != NULL; i++) {
        pivots[i] = path_of(row->pivots[i], pivot[i]);
    }
    const struct gen_vector v = {
        .id = row->id,
        .rule = rule,
        .clause = row->clause,
        .broken = row->broken,
        .twin = row->twin,
        .judge = "trust",
        .input = input,
        .form = "list",
        .at = row->at,
        .signers = signers,
        .state = path_of(row->state, state),
        .list = row->kind != NULL ? row->kind : usual[row->base].kind,
        .territory = row->territory,
        .journal = row->journal,
        .lotl = path_of(row->lotl, lotl),
        .pivots = pivots[0] == NULL ? NULL : pivots,
        .padded_to = row->padded_to,
        .xmlsec1 = row->xmlsec1 != NULL                          ? row->xmlsec1
                   : row->broken == NULL && row->journal == NULL ? "accepts"
                                                                 : NULL,
        .exit = row->exit,
        .failed = row->failed,
        .code = row->code,
        .place = row->place,
        .granted = row->granted == 0 ? NULL : &granted,
    };
    gen_vector(t->g, &v);
}

void tl_rows(struct tl *t, const struct tl_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char path[96];
        struct nw_buf file = NW_BUF(LIST_MAX);
        tl_file(t, &rows[i], &file);
        (void)path_of(rows[i].id, path);
        if (rows[i].file_only) {
            gen_file(t->g, path, nw_buf_slice(&file));
        } else {
            entry(t, &rows[i], gen_input(t->g, path, nw_buf_slice(&file)));
        }
        nw_buf_free(&file);
    }
}
