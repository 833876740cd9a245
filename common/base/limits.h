/* Every limit on input, in one place. Sizes in bytes unless the name says otherwise.
 * A reader refuses what is over its limit with NW_ERR_LIMIT before it does any work. */
#ifndef NW_BASE_LIMITS_H
#define NW_BASE_LIMITS_H

#define NW_MAX_INPUT (4u << 20)   /* any one INPUT of the verifier; the largest real mdoc is 20 kB \
                                   */
#define NW_MAX_JWT (256u << 10)   /* one JWS; a status list JWT has its own limit */
#define NW_MAX_SDJWT (512u << 10) /* issuer JWT, disclosures and KB-JWT together */
#define NW_MAX_DISCLOSURES 512u   /* an A1 has about 30; decoys do not count */
#define NW_MAX_DIGESTS 2048u      /* digests in _sd and "..." over the whole payload */
#define NW_MAX_SD_DEPTH 8u        /* recursive disclosures; an A1 uses 2 */
#define NW_MAX_JSON (1u << 20)
#define NW_MAX_JSON_DEPTH 32u
#define NW_MAX_JSON_MEMBERS 4096u /* of one object or array: look-ups are linear */
#define NW_MAX_CBOR (1u << 20)
#define NW_MAX_CBOR_DEPTH 16u
#define NW_MAX_CBOR_PAIRS 4096u /* of one map: duplicate keys are found by comparison */
#define NW_MAX_QR_TEXT 4296u    /* alphanumeric capacity of QR version 40-L */
#define NW_MAX_A11 (16u << 10)  /* inflated A11; the largest real token is 1.2 kB */
#define NW_MAX_A11_DEPTH 8u
#define NW_MAX_A11_STRING 256u
#define NW_MAX_MDOC_ITEMS 256u   /* returned elements of one mdoc; an A1 has about 25 */
#define NW_MAX_MDOC_DOCUMENTS 8u /* of one DeviceResponse */
#define NW_MAX_MDOC_NAME_SPACES 16u
#define NW_MAX_MDOC_DIGESTS 2048u    /* signed digests of one mdoc, returned or not */
#define NW_MAX_ENGAGEMENT (4u << 10) /* a QR code in byte mode carries 2.2 kB, NFC a little more   \
                                      */
#define NW_MAX_RETRIEVAL_METHODS 8u  /* of one device engagement; three exist */
#define NW_MAX_SESSION_MESSAGE NW_MAX_CBOR
#define NW_MAX_DEVICE_REQUEST (256u << 10)
#define NW_MAX_DOC_REQUESTS 8u         /* documents of one request; an inspection asks for two */
#define NW_MAX_REQUEST_ITEMS 256u      /* elements asked for in one document */
#define NW_MAX_HC1 (64u << 10)         /* inflated health certificate or eEHIC */
#define NW_MAX_STATUS_TOKEN (8u << 20) /* a status list token, JWT or CWT */
#define NW_MAX_STATUS_LIST (4u << 20)  /* inflated list: 33 million one-bit entries */
#define NW_MAX_CERT (16u << 10)
#define NW_MAX_CHAIN 6u /* certificates from leaf to last intermediate */
#define NW_MAX_LOTE (8u << 20)
#define NW_MAX_TSL (16u << 20)  /* a trusted list as XML; the largest one is about 9 MB */
#define NW_MAX_LOTL (4u << 20)  /* the list of lists, 0.5 MB today */
#define NW_MAX_VICAL (4u << 20) /* a VICAL; 45 roots are 54 kB */
#define NW_MAX_VICAL_ENTRIES 4096u
#define NW_MAX_VICAL_TYPES 64u /* document types of one entry; six are the most today */
#define NW_MAX_BUNDLE (64u << 20)
#define NW_MAX_SERVICE_CERTS 16u  /* certificates of one listed service */
#define NW_MAX_PERIODS 64u        /* status periods of one listed service */
#define NW_MAX_ANCHORS 64u        /* listed certificates that one chain may lead to */
#define NW_MAX_RECORD (64u << 10) /* one A1 record as JSON, also one line of a batch */
#define NW_MAX_KEY_FILE (64u << 10)
#define NW_MAX_CHECKS 96u /* checks in one report: 60 rules and the V rules */

#endif
