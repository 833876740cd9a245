/* The report for people, in the order an inspector reads (a1-domain 8.1). Everything that comes
 * from a credential goes through nw_text_safe(): no control or direction character reaches a
 * terminal. */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "report/internal.h"

struct page {
    const struct nw_report *r;
    int lang; /* 0 de, 1 en */
    bool colour;
    struct nw_buf *out;
};

#define T(p, de, en) ((p)->lang == 0 ? (de) : (en))

static void page_paint(const struct page *p, const char *code)
{
    if (p->colour) {
        nw_buf_printf(p->out, "\x1b[%sm", code);
    }
}

static void page_safe(const struct page *p, const char *text)
{
    nw_text_safe(nw_str(text), p->out);
}

static const char *page_claim(const struct page *p, const char *path)
{
    return nw_json_text(nw_json_path(p->r->claims, path));
}

static void page_label(const struct page *p, const char *label)
{
    size_t width = 0; /* code points: umlauts take two bytes */
    for (const char *c = label; *c != '\0'; c++) {
        width += ((unsigned char)*c & 0xc0) != 0x80;
    }
    nw_buf_printf(p->out, "  %s%*s", label, (int)(width < 18 ? 18 - width : 1), "");
}

static void page_row(const struct page *p, const char *label, const char *value)
{
    if (value != NULL && value[0] != '\0') {
        page_label(p, label);
        page_safe(p, value);
        nw_buf_putc(p->out, '\n');
    }
}

/* 2026-02-01 as 01.02.2026 in German. */
static void page_date(const struct page *p, const char *iso, char out[16])
{
    if (strlen(iso) == 10 && p->lang == 0) {
        (void)snprintf(out, 16, "%.2s.%.2s.%.4s", iso + 8, iso + 5, iso);
    } else {
        (void)snprintf(out, 16, "%.15s", iso);
    }
}

/* ---- 1. verdict, one sentence, time ---- */

static void page_sentence(const struct page *p)
{
    const struct nw_report *r = p->r;
    struct nw_reason_fields f;
    nw_report_fields(r, &f);
    if (r->verdict == NW_VERDICT_VALID && r->home[0] != '\0') {
        nw_buf_puts(p->out, T(p, "A1 gültig. Sozialversicherung: ", "A1 valid. Social security: "));
        page_safe(p, f.home[p->lang]);
        nw_buf_puts(p->out, T(p, ". Sagt nichts über Mindestlohn, Meldung oder Aufenthalt aus.",
                              ". It says nothing about minimum wage, notification or residence."));
    } else if (r->verdict == NW_VERDICT_VALID) {
        nw_buf_printf(p->out, T(p, "%s gültig.", "%s valid."), nw_type_short(r->type));
    } else if (r->reasons.n > 0) {
        struct nw_buf text = NW_BUF(2048);
        if (r->authentic && r->verdict == NW_VERDICT_ATTENTION) {
            nw_buf_puts(p->out, T(p, "Der Nachweis ist echt. ", "The document is genuine. "));
        }
        nw_reason_write(&r->reasons.v[0], false, p->lang, &f, &text);
        page_safe(p, nw_buf_cstr(&text));
        nw_buf_free(&text);
    }
}

/* In the time of the place, where one is given. */
static void page_when(const struct page *p)
{
    const struct nw_report *r = p->r;
    char utc[NW_TIME_TEXT], there[NW_TIME_TEXT], day[16];
    int64_t ahead = 0;
    bool place = nw_zone_offset(r->host, r->at, &ahead);
    nw_time_format(r->at, utc);
    nw_time_format(r->at + ahead, there);
    there[10] = '\0';
    page_date(p, there, day);
    nw_buf_printf(p->out, T(p, "Geprüft am %s um %.5s", "Checked on %s at %.5s"), day, there + 11);
    if (place) {
        nw_buf_printf(p->out, T(p, " Ortszeit (%.5s UTC)", " local time (%.5s UTC)"), utc + 11);
    } else {
        nw_buf_puts(p->out, " UTC");
    }
    nw_buf_puts(p->out, T(p, ", ohne Netz.\n", ", without network.\n"));
}

static void page_head(const struct page *p)
{
    static const struct {
        const char *shape, *paint, *word[2];
    } bands[] = {
        {"[X]", "1;31", {"NICHT BESTÄTIGT", "NOT CONFIRMED"}},
        {"/!\\", "1;33", {"BITTE BEACHTEN", "ATTENTION"}},
        {"(v)", "1;32", {"GÜLTIG", "VALID"}},
    };
    const struct nw_report *r = p->r;
    page_paint(p, bands[r->verdict].paint);
    nw_buf_printf(p->out, "%s %s", bands[r->verdict].shape, bands[r->verdict].word[p->lang]);
    page_paint(p, "0");
    nw_buf_puts(p->out, "\n");
    page_sentence(p);
    nw_buf_putc(p->out, '\n');
    page_when(p);
    if (r->test) {
        page_paint(p, "1;35");
        nw_buf_puts(p->out, T(p, "TESTUMGEBUNG: kein amtlicher Nachweis.",
                              "TEST ENVIRONMENT: not an official document."));
        page_paint(p, "0");
        nw_buf_putc(p->out, '\n');
    }
}

/* ---- 2. who ---- */

static const char *page_match(const struct page *p)
{
    switch (p->r->match) {
    case NW_MATCH_EXACT:
        return p->r->id_source == NW_ID_PID
                   ? T(p, "stimmt mit der PID überein", "agrees with the PID")
                   : T(p, "stimmt mit dem Ausweis überein", "agrees with the ID document");
    case NW_MATCH_PROBABLE:
        return T(p, "ähnlich, bitte vergleichen", "similar, please compare");
    case NW_MATCH_DIFFERENT:
        return T(p, "stimmt nicht überein", "does not agree");
    case NW_MATCH_NONE:
    default:
        return T(p, "mit dem Ausweis vergleichen", "compare with the ID document");
    }
}

static void page_person(const struct page *p)
{
    const char *surnames = page_claim(p, "subject.names.surnames");
    const char *forenames = page_claim(p, "subject.names.forenames");
    const char *birth = page_claim(p, "subject.dateOfBirth");
    page_label(p, T(p, "Person", "Person"));
    if (surnames == NULL && forenames == NULL) {
        nw_buf_puts(p->out, T(p, "nicht im Nachweis", "not in the document"));
    } else {
        page_safe(p, surnames == NULL ? "?" : surnames);
        nw_buf_puts(p->out, ", ");
        page_safe(p, forenames == NULL ? "?" : forenames);
    }
    nw_buf_putc(p->out, '\n');
    if (birth != NULL) {
        char day[16];
        page_date(p, birth, day);
        page_row(p, T(p, "geboren", "born"), day);
    }
    page_row(p, T(p, "Identität", "identity"), page_match(p));
}

/* ---- 3. law and period, 4. place, 5. employer, 6. status ---- */

static void page_period(const struct page *p)
{
    const struct nw_report *r = p->r;
    struct nw_reason_fields f;
    char from[16], until[16];
    int64_t start, end;
    nw_report_fields(r, &f);
    page_row(p, T(p, "Recht von", "Law of"), f.home[p->lang]);
    if (nw_date_parse(nw_str(r->start), &start) != NW_OK ||
        nw_date_parse(nw_str(r->end), &end) != NW_OK) {
        return;
    }
    page_date(p, r->start, from);
    page_date(p, r->end, until);
    page_label(p, T(p, "Zeitraum", "Period"));
    nw_buf_printf(p->out, T(p, "%s bis %s", "%s to %s"), from, until);
    if (r->days.last < start) {
        nw_buf_puts(p->out, T(p, " (noch nicht begonnen)", " (not begun)"));
    } else if (r->days.first > end) {
        nw_buf_puts(p->out, T(p, " (vorbei)", " (over)"));
    } else {
        nw_buf_printf(p->out, T(p, " (noch %lld Tage)", " (%lld days left)"),
                      (long long)(end - r->days.first));
    }
    nw_buf_putc(p->out, '\n');
}

static void page_place(const struct page *p, const struct nw_json *state)
{
    char iso[3];
    nw_country_iso(nw_json_name(state), iso);
    const char *label = T(p, "Tätigkeit in", "Works in");
    if (nw_json_count(state) == 0) {
        page_label(p, label);
        page_safe(p, nw_country_name(p->r->types, iso, p->lang));
        nw_buf_puts(p->out, T(p, ", ohne feste Anschrift\n", ", no fixed address\n"));
    }
    for (const struct nw_json *x = nw_json_first(state); x != NULL; x = nw_json_next(x)) {
        const char *name = nw_json_text(nw_json_get(x, "companyOrVesselName"));
        const char *town = nw_json_text(nw_json_path(x, "address.town"));
        page_label(p, label);
        page_safe(p, nw_country_name(p->r->types, iso, p->lang));
        if (name != NULL) {
            nw_buf_puts(p->out, ": ");
            page_safe(p, name);
        }
        if (town != NULL) {
            nw_buf_puts(p->out, ", ");
            page_safe(p, town);
        }
        nw_buf_putc(p->out, '\n');
    }
}

static void page_work(const struct page *p)
{
    const struct nw_json *places = nw_json_get(p->r->claims, "placesOfWork");
    for (const struct nw_json *x = nw_json_first(places); x != NULL; x = nw_json_next(x)) {
        page_place(p, x);
    }
    const struct nw_json *jobs = nw_json_get(p->r->claims, "employmentSituations");
    for (const struct nw_json *x = nw_json_first(jobs); x != NULL; x = nw_json_next(x)) {
        const char *name = nw_json_text(nw_json_get(x, "name"));
        const char *id = nw_json_text(nw_json_get(x, "employerID"));
        const char *town = nw_json_text(nw_json_path(x, "address.town"));
        page_label(p, T(p, "Arbeitgeber", "Employer"));
        page_safe(p, name == NULL ? "?" : name);
        if (town != NULL) {
            nw_buf_puts(p->out, ", ");
            page_safe(p, town);
        }
        if (id != NULL) {
            nw_buf_puts(p->out, " (");
            page_safe(p, id);
            nw_buf_putc(p->out, ')');
        }
        nw_buf_putc(p->out, '\n');
    }
    static const char path[] = "statusConfirmation.statusConfirmationCode";
    const char *code = page_claim(p, path);
    const char *words =
        code == NULL ? NULL : nw_type_code_text(p->r->type, path, code, T(p, "de", "en"));
    page_row(p, T(p, "Status", "Status"), words != NULL ? words : code);
    page_row(p, T(p, "Ausnahme", "Exception"),
             page_claim(p, "statusConfirmation.exceptionDescription"));
}

/* ---- 7. institution, number, freshness ---- */

/* How the issuer is known: by the list for its type, or over the QTSP of its certificate. */
static void page_way(const struct page *p)
{
    const struct nw_seal_path *s = &p->r->seal;
    if (!p->r->has_issuer) {
        return;
    }
    page_label(p, T(p, "Anerkannt über", "Recognised by"));
    if (p->r->by_root) {
        nw_buf_puts(p->out, T(p, "IACA-Wurzel: ", "IACA root: "));
        page_safe(p, p->r->issuer.list);
    } else if (!p->r->by_seal) {
        bool pid = strcmp(nw_type_name(p->r->type), "pid") == 0;
        nw_buf_puts(p->out, pid ? T(p, "Liste der PID-Anbieter", "list of PID providers")
                                : T(p, "Liste öffentlicher Stellen", "list of public bodies"));
    }
    if (s->answer == NW_SEAL_SEAL || s->answer == NW_SEAL_SIGNATURE) {
        nw_buf_puts(p->out, p->r->by_seal ? "" : "; ");
        nw_buf_puts(p->out, s->answer == NW_SEAL_SEAL
                                ? T(p, "qualifiziertes Siegel, ", "qualified seal, ")
                                : T(p, "qualifizierte Signatur, ", "qualified signature, "));
        page_safe(p, s->qtsp.name);
        nw_buf_printf(p->out, T(p, " (Liste von %s, Nr. %llu)", " (list of %s, no. %llu)"),
                      s->territory, (unsigned long long)s->number);
    }
    nw_buf_putc(p->out, '\n');
}

static void page_origin(const struct page *p)
{
    const struct nw_report *r = p->r;
    const char *name = nw_type_value(r->type, NW_FIELD_ISSUER_NAME, r->claims);
    char number[32];
    (void)snprintf(number, sizeof number, T(p, "%s-Nummer", "%s number"), nw_type_short(r->type));
    page_row(p, T(p, "Träger", "Institution"), name != NULL ? name : r->issuer.name);
    page_row(p, number, nw_type_value(r->type, NW_FIELD_NUMBER, r->claims));
    page_way(p);
    const char *proof = r->proven ? T(p, "Besitz bewiesen", "possession proven")
                        : r->binding == NW_BINDING_NONE
                            ? T(p, "nicht an ein Gerät gebunden", "not bound to a device")
                            : T(p, "Besitz nicht bewiesen", "possession not proven");
    page_row(p, T(p, "Gerät", "Device"), proof);
    char when[NW_TIME_TEXT], day[16];
    if (r->status_time != 0) {
        nw_time_format(r->status_time, when);
        when[10] = '\0';
        page_date(p, when, day);
        bool withdrawn = nw_reason_find(&r->reasons, "R03") != NULL;
        page_label(p, T(p, "Rückzug", "Withdrawal"));
        nw_buf_printf(
            p->out,
            withdrawn ? T(p, "zurückgezogen, Stand %s %.5s UTC\n", "withdrawn as of %s %.5s UTC\n")
                      : T(p, "nicht zurückgezogen, Stand %s %.5s UTC\n",
                          "not withdrawn as of %s %.5s UTC\n"),
            day, when + 11);
    } else if (r->status_wanted) {
        page_row(p, T(p, "Rückzug", "Withdrawal"), T(p, "nicht geprüft", "not checked"));
    }
    if (r->bundle_time != 0) {
        nw_time_format(r->bundle_time, when);
        when[10] = '\0';
        page_date(p, when, day);
        page_label(p, T(p, "Prüfpaket", "Evidence"));
        nw_buf_printf(p->out, T(p, "vom %s %.5s UTC\n", "of %s %.5s UTC\n"), day, when + 11);
    }
}

/* ---- 8. reasons, failed checks; 9. what no document answers ---- */

static void page_reasons(const struct page *p)
{
    static const char *const paint[] = {"31", "33", "36"};
    struct nw_reason_fields f;
    nw_report_fields(p->r, &f);
    if (p->r->reasons.n > 0) {
        nw_buf_puts(p->out, T(p, "\nGründe\n", "\nReasons\n"));
    }
    for (size_t i = 0; i < p->r->reasons.n; i++) {
        const struct nw_reason_hit *hit = &p->r->reasons.v[i];
        struct nw_buf text = NW_BUF(2048);
        nw_buf_puts(p->out, "  ");
        page_paint(p, paint[hit->reason->colour]);
        nw_buf_puts(p->out, hit->reason->code);
        page_paint(p, "0");
        nw_buf_puts(p->out, "  ");
        nw_reason_write(hit, false, p->lang, &f, &text);
        page_safe(p, nw_buf_cstr(&text));
        nw_buf_reset(&text);
        nw_reason_write(hit, true, p->lang, &f, &text);
        if (text.n > 0) {
            nw_buf_puts(p->out, "\n       -> ");
            page_safe(p, nw_buf_cstr(&text));
        }
        nw_buf_putc(p->out, '\n');
        nw_buf_free(&text);
    }
}

/* One sentence for each rule that was broken: rule id, what and where, clause. */
static void page_failures(const struct page *p)
{
    bool first = true;
    for (size_t i = 0; i < p->r->checks.n; i++) {
        const struct nw_check *c = &p->r->checks.v[i];
        const struct nw_rule *rule = nw_rule_find(c->id);
        if (c->result != NW_FAIL) {
            continue;
        }
        if (first) {
            nw_buf_puts(p->out, T(p, "\nVerletzte Regeln\n", "\nRules broken\n"));
            first = false;
        }
        nw_buf_printf(p->out, "  %s: ", c->id);
        page_safe(p, c->detail);
        if (rule != NULL) {
            nw_buf_printf(p->out, " [%s]", rule->clause);
        }
        nw_buf_putc(p->out, '\n');
    }
    if (p->r->pid_refusal[0] != '\0') {
        nw_buf_puts(p->out, T(p, "\nPID nicht bestätigt\n  ", "\nPID not confirmed\n  "));
        page_safe(p, p->r->pid_refusal);
        nw_buf_putc(p->out, '\n');
    }
}

static void page_by_hand(const struct page *p)
{
    nw_buf_puts(
        p->out,
        T(p, "\nVon Hand zu prüfen: Meldung der Entsendung, SOKA-BAU, Mindestlohn, Aufenthalt.\n",
          "\nTo be checked by hand: notification of posting, holiday scheme, minimum wage, "
          "residence.\n"));
}

void nw_report_text(const struct nw_report *r, const char *lang, bool colour, struct nw_buf *out)
{
    struct page p = {.r = r, .lang = strcmp(lang, "de") == 0 ? 0 : 1, .colour = colour, .out = out};
    page_head(&p);
    /* content of a document whose origin is not established is not shown as if it were */
    bool a1 = r->type == NULL || strcmp(nw_type_name(r->type), "pda1") == 0;
    if (r->authentic && r->claims != NULL && !a1) {
        nw_buf_putc(out, '\n');
        nw_report_claims(r, p.lang, out);
        nw_buf_putc(out, '\n');
        page_origin(&p);
    } else if (r->authentic && r->claims != NULL && r->home[0] != '\0') {
        nw_buf_putc(out, '\n');
        page_person(&p);
        page_period(&p);
        page_work(&p);
        page_origin(&p);
    }
    page_reasons(&p);
    page_failures(&p);
    if (a1 && r->verdict != NW_VERDICT_INVALID) {
        page_by_hand(&p);
    }
}
