/*
 * Lists of trusted entities in XML. The first byte chooses: 'S' runs the schema
 * and the steps behind it on the rest as if its signature had been good;
 * everything else goes through the whole gate, pinned to the certificate that
 * signed the seed "signed". What is accepted then says what that list says,
 * whatever was changed around it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libxml/tree.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "lote.h"
#include "lote_services.h"
#include "lote_xml.h"
#include "tsl_dom.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CLOCK 1787313600 /* 2026-08-21T12:00:00Z */

/* Of a test key that is worthless for anything else. */
static const char pinned[] =
    "MIICFjCCAbugAwIBAgIQSvd/UoPfqBtRH9wXprRj0TAKBggqhkjOPQQDAjBGMQswCQYDVQQGEwJERTEcMBoGA1UE"
    "CgwTTmFjaHdlaXMgVGVzdCBUcnVzdDEZMBcGA1UEAwwQTmFjaHdlaXMgVGVzdCBDQTAeFw0yNTAxMDEwMDAwMDBa"
    "Fw0zNTAxMDEwMDAwMDBaMHExCzAJBgNVBAYTAkRFMSIwIAYDVQQKDBlOYWNod2VpcyBUZXN0IEluc3RpdHV0aW9u"
    "MRgwFgYDVQRhDA9HT1ZERS1URVNULTAwMDExJDAiBgNVBAMMG05hY2h3ZWlzIFRlc3QgTGlzdCBPcGVyYXRvcjBZ"
    "MBMGByqGSM49AgEGCCqGSM49AwEHA0IABCe6MtYjN/WefdyuRRx62Rf4f5ZYUHtUZA8P5G5fUWzLcHr3qiiwKRB7"
    "Mm1kIT0kCnOpfyMYZpZ0g8BvEMGZXQujYDBeMAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/BAQDAgeAMB0GA1UdDgQW"
    "BBSPYLN3Zf9wDdC++FHrH8ZqQwE0ZDAfBgNVHSMEGDAWgBShgF165MQxzmSo/9KUSszCWcw1vDAKBggqhkjOPQQD"
    "AgNJADBGAiEA1v3QMQWqMx8G2jmjVHKBT0BR02jCoSZl8+1EyZ3JlN4CIQD2w5vwMy/EjwZXNVf3pMP+g8+SW2FI"
    "C29LaLU1/QJWfA==";

static void run_meaning(struct nw_crypto *c, struct nw_slice text)
{
    const struct lote_policy policy = {.now = CLOCK};
    struct lote *l = nw_calloc(1, sizeof *l);
    xmlDoc *doc = NULL;
    if (l == NULL) {
        return;
    }
    l->signed_at = CLOCK;
    if (tsl_parse(text, NW_MAX_LOTE, &doc, NULL) == NW_OK) {
        const xmlNode *root = xmlDocGetRootElement(doc);
        const enum lote_binding binding =
            tsl_is(root, TSL_NS, "TrustServiceStatusList") ? LOTE_TSL : LOTE_XML;
        if (lote_xml_check(root, binding, NULL) == NW_OK &&
            lote_read_xml(root, binding, text.n, &l->model) == NW_OK &&
            lote_profile_check(l, &policy, NULL) == NW_OK &&
            lote_times_check(l, &policy, NULL) == NW_OK && lote_services(c, l, NULL) == NW_OK) {
            check_services(l);
        }
    }
    xmlFreeDoc(doc);
    lote_free(&l);
}

/* The seed: number 7, one body, two services, both good. */
static bool says_what_was_signed(const struct lote *l)
{
    return l->kind == LOTE_PUBEAA && l->sequence == 7 && l->entity_n == 1 && l->service_n == 2 &&
           l->dropped == 0 && l->issued == 1780308000 && l->next_update == 1796119200 &&
           nw_slice_is(l->entities[0].id, "DE:DRVTEST1") &&
           nw_slice_is(l->entities[0].country, "DE") &&
           l->services[0].role == NW_ROLE_PUBEAA_ISSUE &&
           l->services[1].role == NW_ROLE_PUBEAA_STATUS &&
           l->services[0].periods[0].status == NW_TRUST_GRANTED;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct nw_crypto *c;
    static struct nw_checks checks;
    static struct nw_buf der = NW_BUF(4096);
    if (c == NULL && (nw_crypto_new(NW_PROVIDER_DEFAULT, &c) != NW_OK ||
                      nw_base64_decode(nw_str(pinned), &der, NULL) != NW_OK)) {
        abort();
    }
    if (size > 0 && data[0] == 'S') {
        run_meaning(c, nw_slice(data + 1, size - 1));
        return 0;
    }
    struct lote *l = NULL;
    bool claimed = false;
    const struct nw_slice pin = nw_buf_slice(&der);
    const struct lote_policy policy = {.now = CLOCK, .pins = &pin, .pin_n = 1};
    memset(&checks, 0, sizeof checks);
    const bool readable = lote_claimed_xml(nw_slice(data, size), &claimed) == NW_OK;
    if (lote_open(c, nw_slice(data, size), &policy, &l, &checks, NULL) == NW_OK &&
        (!readable || !claimed || !says_what_was_signed(l) || !nw_check_passed(&checks, "TL-07") ||
         !nw_check_passed(&checks, "LOTE-01"))) {
        abort();
    }
    lote_free(&l);
    return 0;
}
