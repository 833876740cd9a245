/* Trust by way of the QTSP (trust/qualified.h): what the officer reads about a broken link, and the
 * issuer that a whole chain establishes. */
#include <stdio.h>
#include <string.h>

#include "report/internal.h"

/* {state} is put in for %s. */
static const char *const link_words[NW_LINKS][2] = {
    [NW_LINK_WHOLE] = {"", ""},
    [NW_LINK_NO_LIST] = {"keine Vertrauensliste von %s vorhanden",
                         "no trusted list of %s is at hand"},
    [NW_LINK_LIST_REFUSED] = {"Vertrauensliste von %s zurückgewiesen",
                              "the trusted list of %s was refused"},
    [NW_LINK_LIST_LAPSED] = {"Vertrauensliste von %s abgelaufen",
                             "the trusted list of %s has lapsed"},
    [NW_LINK_NOT_LISTED] = {"Zertifizierungsstelle nicht auf der Liste von %s",
                            "the CA is not on the list of %s"},
    [NW_LINK_NEVER_FOR_SEALS] = {"Zertifizierungsstelle steht nicht für Siegel auf der Liste "
                                 "von %s",
                                 "the CA is not for seals on the list of %s"},
    [NW_LINK_OTHER_STATE] = {"Zertifizierungsstelle steht nicht auf der Liste von %s, sondern auf "
                             "einer anderen",
                             "the CA is on another list than that of %s"},
    [NW_LINK_PATH] = {"Zertifikatskette zur Liste von %s ist unterbrochen",
                      "the certificate path to the list of %s is broken"},
    [NW_LINK_EXPIRED] = {"ein Zertifikat der Kette zur Liste von %s gilt heute nicht",
                         "a certificate on the path to the list of %s is not valid now"},
    [NW_LINK_NAME] = {"Aussteller des Zertifikats heißt anders als der Anbieter auf der Liste "
                      "von %s",
                      "the certificate's issuer is not the provider on the list of %s"},
    [NW_LINK_NOT_FOR_SEALS] = {"Zertifizierungsstelle damals nicht für Siegel zugelassen (%s)",
                               "the CA was not granted for seals then (%s)"},
    [NW_LINK_WITHDRAWN] = {"Zulassung der Zertifizierungsstelle entzogen (%s)",
                           "the CA's qualified status was withdrawn (%s)"},
    [NW_LINK_NOT_YET] = {"Zertifizierungsstelle erst später zugelassen (%s)",
                         "the CA was granted later only (%s)"},
    [NW_LINK_STATUS_OPEN] = {"Angaben der Liste von %s sind nicht eindeutig",
                             "the list of %s is not clear"},
    [NW_LINK_NOT_QUALIFIED] = {"Zertifikat ist kein qualifiziertes (%s)",
                               "the certificate is not qualified (%s)"},
    [NW_LINK_UNCLEAR] = {"ob das Zertifikat qualifiziert ist, sagt die Liste von %s nicht",
                         "the list of %s does not tell whether the certificate is qualified"},
    [NW_LINK_CHANGED] = {"Zertifikat war bei seiner Ausstellung anders eingestuft (%s)",
                         "the certificate was something else when it was issued (%s)"},
    [NW_LINK_NO_BODY] = {"Zertifikat nennt keine öffentliche Stelle (%s)",
                         "the certificate names no public body (%s)"},
    [NW_LINK_OTHER_BODY] = {"Zertifikat nennt eine öffentliche Stelle eines anderen Staates (%s)",
                            "the certificate names a public body of another state (%s)"},
};

void nw_case_seal_words(const struct nw_seal_path *s, char de[160], char en[160])
{
    char *const out[2] = {de, en};
    const char *const none[2] = {"unbekannt", "an unknown state"};
    for (int lang = 0; lang < 2; lang++) {
        const char *text = link_words[s->link][lang];
        const char *gap = strstr(text, "%s");
        int before = gap == NULL ? (int)strlen(text) : (int)(gap - text);
        (void)snprintf(out[lang], 160, "%.*s%s%s", before, text,
                       gap == NULL               ? ""
                       : s->territory[0] != '\0' ? s->territory
                                                 : none[lang],
                       gap == NULL ? "" : gap + 2);
    }
}

enum nw_err nw_case_seal(struct nw_case *k, int64_t signed_at, struct nw_seal_path *out,
                         struct nw_checks *checks)
{
    const struct nw_seal_policy policy = {.public_body = k->job->policy->public_body,
                                          .grace = k->job->policy->list_grace};
    enum nw_err e =
        nw_seal_path(k->c, k->job->bundle,
                     k->r->form == NW_FORM_MDOC ? NW_CERT_MDOC_LISTED : NW_CERT_ATTESTATION,
                     k->chain, k->chain_n, signed_at, k->job->at, &policy, out, checks, NULL);
    return nw_case_ours(e);
}

void nw_case_seal_adopt(struct nw_case *k)
{
    struct nw_report *r = k->r;
    const struct nw_seal_path *s = &r->seal;
    r->by_seal = true;
    r->issuer = s->qtsp; /* list, its dates and the anchor; the body is the certificate's */
    (void)snprintf(r->issuer.id, sizeof r->issuer.id, "%s", s->body_id);
    (void)snprintf(r->issuer.name, sizeof r->issuer.name, "%s", s->body_name);
    (void)snprintf(r->issuer.country, sizeof r->issuer.country, "%s", s->body_country);
    k->issue_role = NW_ROLE_QCERT_CA;
}

void nw_case_seal_broken(struct nw_case *k)
{
    char de[160], en[160];
    nw_case_seal_words(&k->r->seal, de, en);
    nw_case_reason(k, "R02", de, en);
    const struct nw_check *link = NULL;
    for (size_t i = 0; i < k->checks->n; i++) {
        const struct nw_check *c = &k->checks->v[i];
        link = strncmp(c->id, "QC-", 3) == 0 && c->result == NW_FAIL ? c : link;
    }
    if (k->r->form == NW_FORM_SDJWT && link != NULL) {
        nw_check_fail(k->checks, "VC-03", link->err, "%s: %s", link->id, nw_err_text(link->err));
    }
}
