/* From failed checks to reasons: one table. First row whose rule prefix and error fit. */
#include <stdio.h>
#include <string.h>

#include "report/internal.h"

struct check_row {
    const char *rule; /* prefix of the rule id */
    enum nw_err err;  /* NW_OK: any */
    const char *code;
};

static const struct check_row check_rows[] = {
    {"SDJ-", NW_OK, "R01"},
    {"KB-", NW_OK, "R06"},
    {"VC-01", NW_ERR_VCT, "R09"},
    {"VC-03", NW_OK, "R02"},
    {"VC-04", NW_ERR_EXPIRED, "R04"},
    {"VC-04", NW_ERR_NOT_YET_VALID, "R04"},
    {"VC-", NW_OK, "R01"},
    {"A1-01", NW_ERR_FORM_UNKNOWN, "R09"},
    {"A1-01", NW_ERR_HEALTH_CERTIFICATE, "R09"},
    {"A1-02", NW_ERR_GROUP_HALF, "A11"},
    {"A1-03", NW_ERR_CLAIM_MISSING, "A01"},
    {"A1-03", NW_ERR_STATUS_MECHANISM, "A01"},
    {"A1-04", NW_OK, "R02"},
    {"A1-", NW_OK, "R01"},
    {"MSO-01", NW_ERR_FORM_UNKNOWN, "R09"},
    {"MSO-05", NW_ERR_DOCTYPE_UNKNOWN, "R09"},
    {"MSO-06", NW_ERR_DEVICE_STATUS, "R09"},
    {"MSO-06", NW_ERR_EXPIRED, "R04"},
    {"MSO-06", NW_ERR_NOT_YET_VALID, "R04"},
    {"MSO-06", NW_ERR_MSO_SIGNED, "R02"},
    {"MSO-", NW_OK, "R01"},
    {"DEV-", NW_OK, "R06"},
    /* an index outside the list: the reference itself is damaged, nobody withdrew anything */
    {"STS-04", NW_ERR_STATUS_INDEX, "R01"},
    {"STS-04", NW_ERR_CLAIM_TYPE, "R01"},
    {"STS-05", NW_ERR_STATUS_INDEX, "R01"},
    {"STS-05", NW_ERR_STATUS_INVALID, "R03"},
    {"STS-", NW_OK, "A01"},
    {"X5-", NW_OK, "R02"},
    {"LOTE-02", NW_OK, "A01"},
    {"LOTE-", NW_OK, "R02"},
    {"QC-", NW_OK, "R02"},
    {"QR-01", NW_ERR_A11_PREFIX, "R09"},
    {"QR-03", NW_ERR_KID_UNKNOWN, "R02"},
    {"QR-04", NW_ERR_EXPIRED, "R04"},
    {"QR-04", NW_ERR_NOT_YET_VALID, "R04"},
    {"QR-", NW_OK, "R01"},
    {"V13", NW_OK, "R02"},
};

/* What the officer reads in brackets; without a row it is the rule id. */
static const struct {
    enum nw_err err;
    const char *what[2];
} err_words[] = {
    {NW_ERR_SIGNATURE, {"die Unterschrift ist falsch", "the signature is wrong"}},
    {NW_ERR_TRUST_UNKNOWN, {"auf keiner Vertrauensliste", "on no trusted list"}},
    {NW_ERR_KID_UNKNOWN, {"auf keiner Vertrauensliste", "on no trusted list"}},
    {NW_ERR_CERT_ANCHOR, {"auf keiner Vertrauensliste", "on no trusted list"}},
    {NW_ERR_TRUST_WITHDRAWN, {"die Berechtigung wurde entzogen", "its entitlement was withdrawn"}},
    {NW_ERR_TRUST_NOT_YET,
     {"bei der Unterschrift noch nicht berechtigt", "not yet entitled when it signed"}},
    {NW_ERR_ISSUER_SCOPE,
     {"Staat oder Träger passen nicht zum Aussteller",
      "state or institution do not fit the issuer"}},
    {NW_ERR_GROUP_HALF, {"eine Gruppe ist unvollständig", "a group is incomplete"}},
    {NW_ERR_EXPIRED, {"abgelaufen", "expired"}},
    {NW_ERR_NOT_YET_VALID, {"noch nicht gültig; Uhr prüfen", "not valid yet; check the clock"}},
    {NW_ERR_KB_MISSING, {"der Besitznachweis fehlt", "the proof of possession is missing"}},
    {NW_ERR_KB_NONCE, {"Antwort auf eine andere Anfrage", "it answers another request"}},
    {NW_ERR_KB_AUDIENCE, {"für eine andere Stelle bestimmt", "meant for another verifier"}},
    {NW_ERR_KB_TIME,
     {"der Besitznachweis ist nicht von jetzt", "the proof of possession is not of now"}},
    {NW_ERR_VCT, {"andere Art von Nachweis", "another type of document"}},
    {NW_ERR_DOCTYPE_UNKNOWN, {"andere Art von Nachweis", "another type of document"}},
    {NW_ERR_MSO_DIGEST,
     {"eine Angabe ist nicht die unterschriebene", "an element is not the one that was signed"}},
    {NW_ERR_MSO_SIGNED,
     {"unterschrieben, als das Zertifikat nicht galt",
      "signed when the certificate was not valid"}},
    {NW_ERR_DEVICE_SESSION,
     {"der Besitznachweis gehört nicht hierher", "the proof belongs to another session"}},
    {NW_ERR_DEVICE_MAC, {"der Besitznachweis ist keine Unterschrift", "the proof is no signature"}},
    {NW_ERR_BUNDLE_STALE, {"das Prüfpaket ist überaltert", "the evidence bundle is past its age"}},
    {NW_ERR_LOTE_TIME, {"die Vertrauensliste ist überfällig", "the trusted list is overdue"}},
    {NW_ERR_STATUS_EXPIRED, {"die Statusliste ist abgelaufen", "the status list has expired"}},
    {NW_ERR_STATUS_INDEX,
     {"der Verweis auf die Statusliste geht ins Leere", "the status reference points nowhere"}},
    {NW_ERR_STATUS_INVALID, {NULL, NULL}},
};

static void check_words(const struct nw_check *c, char de[64], char en[64])
{
    for (size_t i = 0; i < sizeof err_words / sizeof err_words[0]; i++) {
        if (err_words[i].err == c->err) {
            (void)snprintf(de, 64, "%s", err_words[i].what[0] == NULL ? "" : err_words[i].what[0]);
            (void)snprintf(en, 64, "%s", err_words[i].what[1] == NULL ? "" : err_words[i].what[1]);
            return;
        }
    }
    (void)snprintf(de, 64, "Regel %s", c->id);
    (void)snprintf(en, 64, "rule %s", c->id);
}

static const char *check_reason(const struct nw_check *c)
{
    for (size_t i = 0; i < sizeof check_rows / sizeof check_rows[0]; i++) {
        const struct check_row *row = &check_rows[i];
        if (strncmp(c->id, row->rule, strlen(row->rule)) == 0 &&
            (row->err == NW_OK || row->err == c->err)) {
            return row->code;
        }
    }
    return NULL; /* V rules: their findings carry the level */
}

void nw_reasons_from_checks(struct nw_case *k)
{
    for (size_t i = 0; i < k->checks->n; i++) {
        const struct nw_check *c = &k->checks->v[i];
        const char *code = c->result == NW_FAIL ? check_reason(c) : NULL;
        if (code == NULL) {
            continue;
        }
        const struct nw_reason_hit *hit = nw_reason_find(&k->r->reasons, code);
        char de[64], en[64];
        check_words(c, de, en);
        if (hit != NULL && hit->what[0][0] != '\0') {
            continue; /* said already, and better */
        }
        nw_case_reason(k, code, de, en);
    }
}

bool nw_case_stopped(const struct nw_case *k)
{
    for (size_t i = 0; i < k->checks->n; i++) {
        const struct nw_check *c = &k->checks->v[i];
        const char *code = c->result == NW_FAIL ? check_reason(c) : NULL;
        if (code != NULL &&
            (strcmp(code, "R01") == 0 || strcmp(code, "R02") == 0 || strcmp(code, "R09") == 0)) {
            return true;
        }
    }
    return false;
}
