/*
 * A list of trusted entities in XML, from bytes to the model (TS 119 602 H.4):
 * the gate of signed XML lists, then the schema and the reader over the tree
 * that was signed. The tree is gone afterwards.
 */
#include <string.h>

#include <libxml/tree.h>
#include <libxml/xmlreader.h>

#include "lote.h"
#include "lote_xml.h"
#include "tsl_gate.h"

static enum lote_binding binding_of(const xmlNode *root)
{
    return tsl_is(root, TSL_NS, lote_xml_name(LOTE_TSL, "ListOfTrustedEntities")) ? LOTE_TSL
                                                                                  : LOTE_XML;
}

static enum nw_err pass_gate(struct nw_crypto *c, xmlDoc *doc, const struct lote_policy *policy,
                             struct tsl_sig *sig, struct nw_checks *checks, struct nw_diag *d)
{
    enum lote_binding binding = binding_of(xmlDocGetRootElement(doc));
    const struct tsl_gate gate = {.ns = lote_xml_ns(binding),
                                  .root = lote_xml_name(binding, "ListOfTrustedEntities"),
                                  .standard = "TS 119 602",
                                  .pins = policy->pins,
                                  .pin_n = policy->pin_n,
                                  .chain = binding == LOTE_XML};
    sig->doc = doc;
    enum nw_err e = tsl_pass_gate(c, sig, &gate, checks, d);
    if (e == NW_OK && sig->sigcert_v1) {
        e = nw_fail_at(d, NW_ERR_TSL_SIGCERT, "xades:SigningCertificate",
                       "SigningCertificateV2 is demanded (EN 319 132-1 6.3)");
        e = tsl_record(checks, "TL-06", e, d);
    }
    return e;
}

/* LOTE-01: what the gate does not look at. */
static enum nw_err check_signer(struct lote *l, const struct tsl_sig *sig,
                                const struct lote_policy *policy, struct nw_diag *d)
{
    struct nw_cert cert;
    l->signed_at = sig->signed_at;
    memcpy(l->signer, sig->signer, sizeof l->signer);
    if (l->signed_at > policy->now + LOTE_CLOCK_SKEW) {
        return nw_fail_at(d, NW_ERR_LOTE_TIME, "xades:SigningTime", "signed in the future");
    }
    enum nw_err e = nw_cert_listed(sig->signer_der, &cert, d);
    return e == NW_OK ? lote_signer(l, &cert, policy->now, d) : e;
}

static enum nw_err read_tree(xmlDoc *doc, size_t size, struct lote *l, struct nw_diag *d)
{
    const xmlNode *root = xmlDocGetRootElement(doc);
    enum lote_binding binding = binding_of(root);
    enum nw_err e = lote_xml_check(root, binding, d);
    return e == NW_OK ? lote_read_xml(root, binding, size, &l->model) : e;
}

enum nw_err lote_open_xml(struct nw_crypto *c, struct nw_slice file,
                          const struct lote_policy *policy, struct lote *l,
                          struct nw_checks *checks, struct nw_diag *d)
{
    struct tsl_sig sig = {0};
    xmlDoc *doc = NULL;
    enum nw_err e = tsl_parse(file, NW_MAX_LOTE, &doc, d);
    if (e != NW_ERR_LIMIT) {
        nw_check_pass(checks, "TL-01");
    }
    e = tsl_record(checks, e == NW_ERR_LIMIT ? "TL-01" : "TL-02", e, d);
    if (e == NW_OK) {
        e = pass_gate(c, doc, policy, &sig, checks, d);
    }
    if (e == NW_OK) {
        e = tsl_record(checks, "LOTE-01", check_signer(l, &sig, policy, d), d);
    }
    if (e == NW_OK) {
        e = tsl_record(checks, "LOTE-03", read_tree(doc, file.n, l, d), d);
    }
    xmlFreeDoc(doc);
    return e;
}

/* --- what a file claims to be --- */

static bool reads(xmlTextReader *r, int depth, const char *ns, const char *name)
{
    const xmlChar *found = xmlTextReaderConstNamespaceUri(r);
    return xmlTextReaderDepth(r) == depth && found != NULL &&
           strcmp((const char *)found, ns) == 0 &&
           strcmp((const char *)xmlTextReaderConstLocalName(r), name) == 0;
}

static bool reads_our_type(xmlTextReader *r)
{
    xmlChar *text = xmlTextReaderReadString(r);
    struct nw_slice type = nw_str(text != NULL ? (const char *)text : "");
    while (type.n > 0 && strchr(" \t\r\n", type.p[0]) != NULL) {
        type = nw_slice_from(type, 1);
    }
    while (type.n > 0 && strchr(" \t\r\n", type.p[type.n - 1]) != NULL) {
        type.n--;
    }
    bool yes = lote_kind_of_type(type) != LOTE_ANY;
    xmlFree(text);
    return yes;
}

/* Reads no further than the root, or in TS 119 612 than the type of the list. */
static enum nw_err read_claim(xmlTextReader *r, bool *yes)
{
    while (xmlTextReaderRead(r) == 1) {
        const int type = xmlTextReaderNodeType(r);
        if (type == XML_READER_TYPE_DOCUMENT_TYPE) {
            return NW_ERR_TSL_DOCTYPE;
        }
        if (type != XML_READER_TYPE_ELEMENT) {
            continue;
        }
        if (reads(r, 0, LOTE_NS, "ListOfTrustedEntities")) {
            *yes = true;
            return NW_OK;
        }
        if (reads(r, 2, TSL_NS, "TSLType")) {
            *yes = reads_our_type(r);
            return NW_OK;
        }
        if ((xmlTextReaderDepth(r) == 0 && !reads(r, 0, TSL_NS, "TrustServiceStatusList")) ||
            (xmlTextReaderDepth(r) == 1 && !reads(r, 1, TSL_NS, "SchemeInformation")) ||
            (xmlTextReaderDepth(r) == 0 && xmlTextReaderIsEmptyElement(r) == 1)) {
            return NW_OK;
        }
    }
    return NW_ERR_TSL_XML;
}

enum nw_err lote_claimed_xml(struct nw_slice file, bool *yes)
{
    *yes = false;
    if (file.n > NW_MAX_TSL) {
        return NW_ERR_LIMIT;
    }
    xmlTextReader *r =
        xmlReaderForMemory((const char *)file.p, (int)file.n, NULL, NULL,
                           XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    enum nw_err e = r != NULL ? read_claim(r, yes) : NW_ERR_NOMEM;
    xmlFreeTextReader(r);
    return e;
}
