/* EB-01, EB-02: the evidence bundle of docs/PROTOCOL.bundle. One that is refused ends the command
 * (65): without evidence nothing is said about the credential, which is the same good one in every
 * row. */
#include <stdio.h>

#include "hand.h"

#define REFUSED 65

struct bundle_row {
    const char *id, *clause, *broken, *twin;
    void (*spoil)(struct nw_buf *bundle);
    bool by_other;               /* signed by a certificate that the policy does not name */
    const char *bundle, *before; /* NULL: made here; none */
    int exit;
};

static void changed(struct nw_buf *bundle)
{
    bundle->p[bundle->n / 2] ^= 1u;
}
static void cut_off(struct nw_buf *bundle)
{
    nw_buf_cut(bundle, bundle->n - 40);
}
static void more(struct nw_buf *bundle)
{
    nw_buf_putc(bundle, 0);
}

#define NUMBER_99 "set/evidence/number-99.bundle"
#define NUMBER_100 "set/evidence/number-100.bundle"
#define NUMBER_101 "set/evidence/number-101.bundle"

static const struct bundle_row rows[] = {
    {.id = "EB-01-a1", .clause = "BUNDLE 2, 4", .bundle = NUMBER_100},
    {.id = "EB-01-r1",
     .clause = "BUNDLE 4",
     .broken = "a bit of the bundle was changed after signing",
     .twin = "EB-01-a1",
     .spoil = changed,
     .exit = REFUSED},
    {.id = "EB-01-r2",
     .clause = "BUNDLE 4",
     .broken = "the bundle is signed by an operator whom the policy does not name",
     .twin = "EB-01-a1",
     .by_other = true,
     .exit = REFUSED},
    {.id = "EB-01-r3",
     .clause = "BUNDLE 2",
     .broken = "the end of the bundle is missing",
     .twin = "EB-01-a1",
     .spoil = cut_off,
     .exit = REFUSED},
    {.id = "EB-01-r4",
     .clause = "BUNDLE 2",
     .broken = "a byte follows the bundle",
     .twin = "EB-01-a1",
     .spoil = more,
     .exit = REFUSED},
    {.id = "EB-02-a1", .clause = "BUNDLE 5", .bundle = NUMBER_100, .before = NUMBER_99},
    {.id = "EB-02-a2", .clause = "BUNDLE 5", .bundle = NUMBER_100, .before = NUMBER_100},
    {.id = "EB-02-r1",
     .clause = "BUNDLE 5",
     .broken = "a bundle of a higher number was used before",
     .twin = "EB-02-a1",
     .bundle = NUMBER_100,
     .before = NUMBER_101,
     .exit = REFUSED},
};

static void make(struct gen *g, const struct world *w, const struct bundle_row *row,
                 uint64_t number, const char *path)
{
    struct nw_buf bundle = NW_BUF(NW_MAX_BUNDLE);
    const struct world_bundle how = {.official = true,
                                     .lean = true,
                                     .sequence = number,
                                     .signer = row != NULL && row->by_other ? w->list_key : NULL};
    world_bundle(g, w, &how, &bundle);
    if (row != NULL && row->spoil != NULL) {
        row->spoil(&bundle);
    }
    gen_file(g, path, nw_buf_slice(&bundle));
    nw_buf_free(&bundle);
}

static void entry(struct gen *g, const struct world *w, const struct bundle_row *row,
                  const char *input)
{
    static const char *const note[] = {"I01", NULL};
    char rule[8], path[64];
    (void)snprintf(rule, sizeof rule, "%.5s", row->id);
    (void)snprintf(path, sizeof path, "set/evidence/%s.bundle", row->id);
    if (row->bundle == NULL) {
        make(g, w, row, 100, path);
    }
    const struct gen_vector v = {
        .id = row->id,
        .rule = rule,
        .clause = row->clause,
        .broken = row->broken,
        .twin = row->twin,
        .input = input,
        .form = "dc+sd-jwt",
        .bundle = row->bundle == NULL ? path : row->bundle,
        .state = row->before,
        .policy = POLICY,
        .country = "DE",
        .person = PERSON_PL,
        .nonce = NONCE,
        .audience = AUDIENCE,
        .exit = row->exit,
        .reasons = row->exit == 0 ? note : NULL,
    };
    gen_vector(g, &v);
}

void group_bundle(struct gen *g, const struct world *w)
{
    struct hand h;
    struct nw_buf text = NW_BUF(1u << 20);
    make(g, w, NULL, 99, NUMBER_99);
    make(g, w, NULL, 100, NUMBER_100);
    make(g, w, NULL, 101, NUMBER_101);
    hand_make(&h, g, w, true);
    hand_write(&h, &text);
    const char *input = gen_input(g, "set/sdjwt/EB-01-a1.txt", nw_buf_slice(&text));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        entry(g, w, &rows[i], input);
    }
    nw_buf_free(&text);
    hand_free(&h);
}
