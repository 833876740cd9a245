#include "list.h"

#include <stdio.h>
#include <string.h>

#include "base/codec.h"

#define ETSI "http://uri.etsi.org/19602/"
#define LIST_MAX (1u << 20)

static const char head[] =
    "{\"LoTE\":{\"ListAndSchemeInformation\":{\"LoTEVersionIdentifier\":1,"
    "\"LoTESequenceNumber\":7,\"LoTEType\":\"" ETSI "LoTEType/EUPubEAAProvidersList\","
    "\"SchemeOperatorName\":[{\"lang\":\"en\",\"value\":\"Nachweis vectors\"}],"
    "\"SchemeOperatorAddress\":{\"SchemeOperatorPostalAddress\":[{\"lang\":\"en\","
    "\"StreetAddress\":\"Test street 1\",\"Country\":\"EU\"}],"
    "\"SchemeOperatorElectronicAddress\":[{\"lang\":\"en\",\"uriValue\":"
    "\"mailto:lists@vectors.example\"}]},"
    "\"SchemeName\":[{\"lang\":\"en\",\"value\":\"EU:Vectors, not official\"}],"
    "\"SchemeInformationURI\":[{\"lang\":\"en\",\"uriValue\":\"https://vectors.example/list\"}],"
    "\"StatusDeterminationApproach\":\"" ETSI "PubEAAProvidersList/StatusDetn/EU\","
    "\"SchemeTypeCommunityRules\":[{\"lang\":\"en\",\"uriValue\":\"" ETSI
    "PubEAAProvidersList/schemerules/EU\"}],\"SchemeTerritory\":\"EU\","
    "\"PolicyOrLegalNotice\":[{\"LoTEPolicy\":{\"lang\":\"en\",\"uriValue\":"
    "\"https://vectors.example/policy\"}}],\"HistoricalInformationPeriod\":65535,"
    "\"ListIssueDateTime\":\"2026-06-01T10:00:00Z\",\"NextUpdate\":\"2026-12-01T10:00:00Z\"},"
    "\"TrustedEntitiesList\":[{\"TrustedEntityInformation\":{"
    "\"TEName\":[{\"lang\":\"pl\",\"value\":\"Zakład Ubezpieczeń Społecznych (dane testowe)\"}],"
    "\"TETradeName\":[{\"lang\":\"en\",\"value\":\"PL:ZUSTEST02\"},"
    "{\"lang\":\"en\",\"value\":\"OJ:EU:32004R0883\"}],"
    "\"TEAddress\":{\"TEPostalAddress\":[{\"lang\":\"en\",\"StreetAddress\":\"ul. Szamocka 3\","
    "\"Country\":\"PL\"}],\"TEElectronicAddress\":[{\"lang\":\"en\",\"uriValue\":"
    "\"mailto:a1@zus.example\"},{\"lang\":\"en\",\"uriValue\":\"" ETSI
    "ListOfTrustedEntities/PubEAAProvider/PL\"}]},"
    "\"TEInformationURI\":[{\"lang\":\"en\",\"uriValue\":\"https://zus.example/\"}]},"
    "\"TrustedEntityServices\":[";

static void put_service(struct nw_buf *b, const char *type, struct nw_slice der)
{
    nw_buf_puts(b, "{\"ServiceInformation\":{\"ServiceName\":[{\"lang\":\"en\",\"value\":\"A1\"}],"
                   "\"ServiceDigitalIdentity\":{\"X509Certificates\":[{\"val\":\"");
    nw_base64_encode(der, b);
    nw_buf_printf(b,
                  "\"}]},\"ServiceTypeIdentifier\":\"" ETSI "SvcType/PubEAA/%s\","
                  "\"ServiceStatus\":\"" ETSI "PubEAAProvidersList/SvcStatus/notified\","
                  "\"StatusStartingTime\":\"2026-01-01T00:00:00Z\"}}",
                  type);
}

static void make_list(struct list_job *j, bool both)
{
    const struct world_body *pl = &j->w->body[PARTY_PL];
    struct nw_buf text = NW_BUF(LIST_MAX);
    nw_buf_puts(&text, head);
    put_service(&text, "Issuance", world_leaf(pl->ca));
    if (both) {
        nw_buf_putc(&text, ',');
        put_service(&text, "Revocation", world_leaf(pl->status));
    }
    nw_buf_puts(&text, "]}]}}");
    gen_ok(nw_buf_err(&text), "list");
    gen_ok(nw_json_parse_max(nw_buf_slice(&text), LIST_MAX, &j->list, NULL), "list");
    nw_buf_free(&text);
}

static void make_header(struct list_job *j)
{
    struct nw_buf text = NW_BUF(LIST_MAX);
    nw_buf_printf(&text, "{\"alg\":\"ES256\",\"iat\":%d,\"x5c\":[\"", LIST_IAT);
    nw_base64_encode(world_leaf(j->w->list_key), &text);
    nw_buf_puts(&text, "\"]}");
    gen_ok(nw_json_parse(nw_buf_slice(&text), &j->header, NULL), "list");
    nw_buf_free(&text);
}

static void edit(struct nw_json *root, const struct case_edit *e, size_t n)
{
    for (size_t i = 0; i < n && e[i].path != NULL; i++) {
        case_edit(root, &e[i]);
    }
}

static void step(struct list_job *j, const struct list_row *row, enum list_stage stage)
{
    if (row->stage == stage) {
        row->spoil(j);
    }
}

static void make(struct list_job *j, const struct list_row *row)
{
    struct nw_buf text = NW_BUF(LIST_MAX);
    make_header(j);
    edit(j->header, row->head, sizeof row->head / sizeof row->head[0]);
    step(j, row, LIST_HEADER);
    make_list(j, strncmp(row->id, "LOTE-04", 7) == 0); /* the other service goes on counting */
    edit(j->list, row->edit, sizeof row->edit / sizeof row->edit[0]);
    step(j, row, LIST_JSON);
    nw_json_write(j->list, &j->payload);
    step(j, row, LIST_PAYLOAD);
    nw_json_write(j->header, &text);
    struct nw_slice header = nw_buf_slice(&text);
    nw_base64url_encode(j->header_text.n > 0 ? nw_buf_slice(&j->header_text) : header, &j->token);
    nw_buf_putc(&j->token, '.');
    nw_base64url_encode(nw_buf_slice(&j->payload), &j->token);
    struct nw_slice signed_part = nw_buf_slice(&j->token);
    gen_ok(nw_sign(j->signer, &signed_part, 1, j->sig, &j->sig_n), row->id);
    step(j, row, LIST_SIGNATURE);
    nw_buf_putc(&j->token, '.');
    nw_base64url_encode(nw_slice(j->sig, j->sig_n), &j->token);
    step(j, row, LIST_TOKEN);
    gen_ok(nw_buf_err(&j->token), row->id);
    nw_buf_free(&text);
}

static void entry(struct gen *g, const struct list_row *row, const char *path)
{
    char rule[16], state[96];
    const char *const signers[] = {row->pin == NULL ? LIST_OPERATOR : row->pin, NULL};
    (void)snprintf(rule, sizeof rule, "%.7s", row->id);
    (void)snprintf(state, sizeof state, "set/lists/%s.jws", row->state == NULL ? "" : row->state);
    const struct gen_vector v = {
        .id = row->id,
        .rule = rule,
        .clause = row->clause,
        .broken = row->broken,
        .twin = row->twin,
        .judge = "trust",
        .input = path,
        .form = "list",
        .signers = signers,
        .state = row->state == NULL ? NULL : state,
        .list = row->list == NULL ? "pub-eaa" : row->list,
        .exit = row->exit,
        .failed = row->failed,
    };
    gen_vector(g, &v);
}

void list_rows(struct gen *g, const struct world *w, const struct list_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char path[96];
        struct list_job j = {.g = g,
                             .w = w,
                             .signer = w->list_key,
                             .header_text = NW_BUF(LIST_MAX),
                             .payload = NW_BUF(LIST_MAX),
                             .token = NW_BUF(LIST_MAX)};
        make(&j, &rows[i]);
        (void)snprintf(path, sizeof path, "set/lists/%s.jws", rows[i].id);
        if (rows[i].file_only) {
            gen_file(g, path, nw_buf_slice(&j.token));
        } else {
            entry(g, &rows[i], gen_input(g, path, nw_buf_slice(&j.token)));
        }
        nw_signer_free(&j.own);
        nw_json_free(&j.header);
        nw_json_free(&j.list);
        nw_buf_free(&j.header_text);
        nw_buf_free(&j.payload);
        nw_buf_free(&j.token);
    }
}
