/*
 * Device engagement (ISO/IEC 18013-5 8.2.1; second edition 9.1): what a wallet
 * shows before a session, as QR code or by NFC.
 *
 *     { 0: version, 1: [1, 24(<< EDeviceKey >>)], 2: [[type, 1, options] ...],
 *       5: origin infos, 6: {2: true, 3: true, 4: bool} }
 *     QR text = "mdoc:" base64url(engagement)
 *
 * It is read strictly (shortest forms, no duplicate keys, nothing after it) and
 * leniently where the standard demands it: unknown integer keys, retrieval
 * methods and minor versions are passed over. The bytes as received are part of
 * the session transcript: keep them and give them to it, never a copy of ours.
 *
 * Cipher suite 1 is the only one. Its curves are those of crypto/curve.h, also
 * with compressed points; an mdoc that chose X448, or a curve that the provider
 * has not got, is refused with CIPHER_SUITE.
 *
 * What this does not check: that the engagement is fresh, or from the device in
 * front of the reader; anybody can show a copied QR code. It proves nothing by
 * itself: the device's proof over the transcript does.
 */
#ifndef NW_MDOC_ENGAGEMENT_H
#define NW_MDOC_ENGAGEMENT_H

#include "base/limits.h"
#include "crypto/signer.h"

#define NW_MDOC_URI "mdoc:"

enum nw_retrieval_kind {
    NW_RETRIEVAL_OTHER = 0, /* of a type or version that is not known: options_raw only */
    NW_RETRIEVAL_NFC = 1,
    NW_RETRIEVAL_BLE = 2,
    NW_RETRIEVAL_WIFI = 3,
};

struct nw_retrieval {
    enum nw_retrieval_kind kind;
    uint64_t type, version;
    struct nw_slice options_raw;
    struct {
        bool peripheral, central;        /* what the mdoc can be */
        struct nw_slice peripheral_uuid; /* 16 bytes, or empty */
        struct nw_slice central_uuid;    /* 16 bytes, or empty */
        struct nw_slice address;         /* 6 bytes, or empty */
        uint64_t psm;                    /* L2CAP, 0: none */
    } ble;
    struct {
        uint64_t command_max, response_max; /* bytes of a data field */
    } nfc;
    struct {
        struct nw_slice pass_phrase, bands;
        uint64_t operating_class, channel;
        bool has_operating_class, has_channel;
    } wifi;
};

/* Slices point into the input. */
struct nw_engagement {
    struct nw_slice raw;        /* as received */
    unsigned minor;             /* of version 1.minor */
    struct nw_slice device_key; /* EDeviceKey, a COSE_Key */
    size_t method_n;            /* 0: none given (NFC) */
    struct nw_retrieval method[NW_MAX_RETRIEVAL_METHODS];
    bool handover_establishment; /* takes SessionEstablishment during negotiated handover */
    bool reader_auth_all;        /* understands readerAuthAll */
    bool extended_request;       /* understands the request infos of the second edition */
};

/* Form. ENGAGEMENT_FORM, CIPHER_SUITE, CBOR_*, LIMIT. On failure *out is untouched. */
NW_MUST_USE enum nw_err nw_engagement_parse(struct nw_slice in, struct nw_engagement *out,
                                            struct nw_diag *d);
/* The text of a QR code: decodes into own (which out points into; the caller frees it) and demands
 * a retrieval method. The scheme in either case (RFC 3986 3.1). Also BASE64URL. */
NW_MUST_USE enum nw_err nw_engagement_from_qr(struct nw_slice text, struct nw_buf *own,
                                              struct nw_engagement *out, struct nw_diag *d);
/* EDeviceKey as a key. CIPHER_SUITE for a curve that is not supported, KEY for one that is no key.
 */
NW_MUST_USE enum nw_err nw_engagement_key(struct nw_crypto *c, const struct nw_engagement *e,
                                          struct nw_pubkey **out, struct nw_diag *d);
/* The retrieval method of a kind, or NULL. */
const struct nw_retrieval *nw_engagement_method(const struct nw_engagement *e,
                                                enum nw_retrieval_kind kind);

/* Appends an engagement with this ephemeral key: version 1.0, or 1.1 if capabilities of m are set
 * (with empty origin infos then). Of m the methods and capabilities count. ENGAGEMENT_FORM when a
 * method is not one of the three or incomplete. */
NW_MUST_USE enum nw_err nw_engagement_write(const struct nw_pubkey *device_key,
                                            const struct nw_engagement *m, struct nw_buf *out,
                                            struct nw_diag *d);
/* Appends the QR text. */
void nw_engagement_to_qr(struct nw_slice engagement, struct nw_buf *text);

#endif
