/* The catalogue: NW_RULE(id, where it applies, short title, clause). No include guard: included
 * with different NW_RULE. Ids are never renumbered; they appear in reports and vectors.
 *
 * Where: S = SD-JWT VC, M = mdoc, A = A11, L = trust lists (nachweis-trust), P = OpenID4VP,
 * I = issuing (OpenID4VCI, register). A report lists the rules of its form; what no room touched is
 * shown as not done.
 *
 * "SD-JWT VC" is draft-ietf-oauth-sd-jwt-vc-19, "TSL" draft-ietf-oauth-status-list-21, "rb-a1" the
 * WE BUILD rulebook v1.0, "A11" docs/PROTOCOL.a11. QC is the way over the QTSP on a national list
 * (trust/qualified.h); it counts where the policy says so. */

NW_RULE("SDJ-01", NW_AT_S, "parts, tildes and base64url as they must be", "RFC 9901 4; RFC 7515 2")
NW_RULE("SDJ-02", NW_AT_S, "issuer signature over the received bytes, algorithm allowed",
        "RFC 9901 7.1; RFC 8725 3.1")
NW_RULE("SDJ-03", NW_AT_S, "digest algorithm at the top level and allowed", "RFC 9901 4.1.1")
NW_RULE("SDJ-04", NW_AT_S, "digests where and how they may stand", "RFC 9901 4.2.3")
NW_RULE("SDJ-05", NW_AT_S, "disclosures well-formed, names free and not reserved", "RFC 9901 7.1")
NW_RULE("SDJ-06", NW_AT_S, "no digest twice", "RFC 9901 7.1")
NW_RULE("SDJ-07", NW_AT_S, "every disclosure belongs to a digest", "RFC 9901 7.1")

NW_RULE("KB-01", NW_AT_S, "proof of possession where the credential or the policy wants it",
        "RFC 9901 7.3; HAIP 6.1")
NW_RULE("KB-02", NW_AT_S, "proof of possession verifies with the key in cnf", "RFC 9901 4.3")
NW_RULE("KB-03", NW_AT_S, "nonce and audience are those of this request",
        "RFC 9901 7.3; OpenID4VP 14.1")
NW_RULE("KB-04", NW_AT_S, "proof of possession is of now", "RFC 9901 7.3")
NW_RULE("KB-05", NW_AT_S, "proof of possession covers what was presented", "RFC 9901 4.3.1")

NW_RULE("VC-01", NW_AT_S, "typ is dc+sd-jwt, vct is there and expected", "SD-JWT VC 2.2.1")
NW_RULE("VC-02", NW_AT_S, "claims that may not be disclosed selectively are not",
        "SD-JWT VC 2.2.2.3")
NW_RULE("VC-03", NW_AT_S, "signer certificate leads to an anchor for this role and type",
        "SD-JWT VC 2.5; HAIP 6.1.1")
NW_RULE("VC-04", NW_AT_S, "technical times: iat, nbf, exp", "RFC 9901 7.1; SD-JWT VC 2.2.2.3")
NW_RULE("VC-05", NW_AT_S, "type metadata is the one the credential names", "SD-JWT VC 6")

NW_RULE("A1-01", NW_AT_S | NW_AT_M | NW_AT_A, "content fits the A1 schema", "rb-a1 2.2-2.11")
NW_RULE("A1-02", NW_AT_S | NW_AT_M | NW_AT_A, "period of legislation visible and possible",
        "rb-a1 2.4, 3.2")
NW_RULE("A1-03", NW_AT_S | NW_AT_M | NW_AT_A, "status reference where life is longer than 24 h",
        "rb-a1 3.2.2; TS 119 472-1 4.2.11.1")
NW_RULE("A1-04", NW_AT_S | NW_AT_M | NW_AT_A, "issuer's role and state fit the content",
        "TS 119 472-1 5.6.3; TS 119 602 H.3")

NW_RULE("MSO-01", NW_AT_M, "well-formed CBOR", "ISO 18013-5 8.3; RFC 8949 5")
NW_RULE("MSO-02", NW_AT_M, "issuer signature", "ISO 18013-5 9.1.2.4")
NW_RULE("MSO-03", NW_AT_M, "mobile security object well-formed", "ISO 18013-5 9.1.2.4")
NW_RULE("MSO-04", NW_AT_M, "digest of every returned element", "ISO 18013-5 9.3.1")
NW_RULE("MSO-05", NW_AT_M, "document type", "ISO 18013-5 9.3.1")
NW_RULE("MSO-06", NW_AT_M, "technical times", "ISO 18013-5 9.3.1")
NW_RULE("DEV-01", NW_AT_M, "one device signature over our session", "ISO 18013-5 9.1.3.4")
NW_RULE("DEV-02", NW_AT_M, "device key and algorithm", "ISO 18013-5 9.1.3")
NW_RULE("DEV-03", NW_AT_M, "device-signed elements authorised", "ISO 18013-5 9.1.2.4")
NW_RULE("DEV-04", NW_AT_M, "session transcript is ours", "ISO 18013-5 9.1.5.1; OpenID4VP B.2.6")

NW_RULE("STS-01", NW_AT_S | NW_AT_M | NW_AT_A, "status asked only for a credential that is valid",
        "TSL 8.3")
NW_RULE("STS-02", NW_AT_S | NW_AT_M | NW_AT_A, "status list token: type and signature",
        "TSL 5.1, 5.2")
NW_RULE("STS-03", NW_AT_S | NW_AT_M | NW_AT_A, "status list: its address and its times", "TSL 8.3")
NW_RULE("STS-04", NW_AT_S | NW_AT_M | NW_AT_A, "status list: bits, compression, index",
        "TSL 4.1, 8.3")
NW_RULE("STS-05", NW_AT_S | NW_AT_M | NW_AT_A, "status value is VALID", "TSL 7, 8.3")
NW_RULE("STS-06", NW_AT_S | NW_AT_M | NW_AT_A, "status list signed by whom the issuer may use",
        "TSL 11.3; TS 119 602 H.3")

NW_RULE("X5-01", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_L, "certificate path", "RFC 5280 6.1")
NW_RULE("X5-02", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_L, "certificate algorithms and keys", "HAIP 7")
NW_RULE("X5-03", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_L, "certificate usage",
        "RFC 5280 4.2.1.3, 4.2.1.12")
NW_RULE("X5-04", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_L, "certificate not revoked", "RFC 5280 6.3")

NW_RULE("LOTE-01", NW_AT_L, "trust list signed by a pinned operator", "TS 119 602 6.8")
NW_RULE("LOTE-02", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_L,
        "trust list current, never older than before", "TS 119 602 6.3.2, 6.3.15")
NW_RULE("LOTE-03", NW_AT_L, "trust list of the type asked for", "TS 119 602 6.3, Annex A")
NW_RULE("LOTE-04", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_L,
        "service for this role, notified at the time", "TS 119 602 H.3")

NW_RULE("QC-01", NW_AT_S | NW_AT_M | NW_AT_A,
        "a national list of the state that the certificate's issuer names", "TS 119 615 4.2.4")
NW_RULE("QC-02", NW_AT_S | NW_AT_M | NW_AT_A,
        "the certificate leads to a CA for qualified certificates on it", "TS 119 615 4.3.4")
NW_RULE("QC-03", NW_AT_S | NW_AT_M | NW_AT_A,
        "the provider on the list is the issuer in the certificate", "TS 119 615 4.4.4")
NW_RULE("QC-04", NW_AT_S | NW_AT_M | NW_AT_A,
        "the CA was granted for seals, at issue and at signing", "TS 119 615 4.4.4")
NW_RULE("QC-05", NW_AT_S | NW_AT_M | NW_AT_A,
        "the certificate is a qualified one, at issue and at signing", "TS 119 615 4.4.4")
NW_RULE("QC-06", NW_AT_S | NW_AT_M | NW_AT_A, "the certificate names a public body of its state",
        "TS 119 412-6 8.3; Reg. (EU) 910/2014 45f")

NW_RULE("VP-01", NW_AT_P, "own request is right", "OpenID4VP 5")
NW_RULE("VP-02", NW_AT_P, "response belongs to an open request", "OpenID4VP 8.2")
NW_RULE("VP-03", NW_AT_P, "response decrypts as asked", "OpenID4VP 8.3")
NW_RULE("VP-04", NW_AT_P, "vp_token has the shape of the query", "OpenID4VP 8.1")
NW_RULE("VP-05", NW_AT_P, "what came satisfies the query", "OpenID4VP 6.4, 8.6")
NW_RULE("VP-06", NW_AT_P, "same session, same origin", "OpenID4VP 8.2, 14.2")

NW_RULE("VCI-01", NW_AT_I, "authorisation", "OpenID4VCI 5, 6.3; HAIP 4")
NW_RULE("VCI-02", NW_AT_I, "client attestation", "OAuth attestation-based client authentication 7")
NW_RULE("VCI-03", NW_AT_I, "DPoP", "RFC 9449 4.3, 7")
NW_RULE("VCI-04", NW_AT_I, "proof of the holder key", "OpenID4VCI 8.2, F")
NW_RULE("VCI-05", NW_AT_I, "error answers, encryption, batch copies",
        "OpenID4VCI 8.3.1.2, 10, 15.4")

NW_RULE("QR-01", NW_AT_A, "prefix and base45", "A11 2; RFC 9285 4")
NW_RULE("QR-02", NW_AT_A, "one complete zlib stream within the limit", "A11 2; RFC 1950 2.2")
NW_RULE("QR-03", NW_AT_A, "COSE_Sign1, key id, signature", "A11 3; RFC 9052 4.2")
NW_RULE("QR-04", NW_AT_A, "claims and technical times", "A11 4")

NW_RULE("V01", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I, "record fits the schema", "rb-a1 2.2-2.11")
NW_RULE("V02", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I, "dates exist in the calendar", "rb-a1 2.4")
NW_RULE("V03", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I, "the period does not end before it starts",
        "rb-a1 2.4")
NW_RULE("V04", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I, "a posting lasts 24 months at most",
        "Reg. (EC) 883/2004 12")
NW_RULE("V05", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I, "postings are not chained",
        "Reg. (EC) 883/2004 12")
NW_RULE("V06", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I, "exception text with code 11 only",
        "rb-a1 2.11")
NW_RULE("V07", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I, "a posting has a place of work abroad",
        "Reg. (EC) 883/2004 12")
NW_RULE("V08", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I, "work in several states names several states",
        "Reg. (EC) 883/2004 13")
NW_RULE("V09", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I,
        "mariners and air crew have a flag or home base", "Reg. (EC) 883/2004 11(4), 11(5)")
NW_RULE("V10", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I,
        "code 12: work in the state whose law applies", "Reg. (EC) 883/2004 11(3)(a)")
NW_RULE("V11", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I,
        "a place lies in the state it is listed under", "rb-a1 2.2-2.11")
NW_RULE("V12", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I, "country codes", "rb-a1 2.11; ISO 3166-1")
NW_RULE("V13", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I,
        "institution, legislation and signer are of one state", "Reg. (EC) 987/2009 19(2)")
NW_RULE("V14", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I, "company id and its type together",
        "rb-a1 2.11")
NW_RULE("V15", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I, "kind of employment fits the status",
        "Reg. (EC) 883/2004 12, 13")
NW_RULE("V16", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I, "personal identification number",
        "rb-a1 2.2-2.11")
NW_RULE("V17", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I, "foreign personal identification number",
        "rb-a1 2.2-2.11")
NW_RULE("V18", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I, "document number", "rb-a1 2.2-2.11")
NW_RULE("V19", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I, "lengths of names and ids", "rb-a1 2.2-2.11")
NW_RULE("V20", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I, "age at the start of the period",
        "rb-a1 2.2-2.11")
NW_RULE("V21", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I, "names: normal form, no control characters",
        "rb-a1 2.2-2.11")
NW_RULE("V22", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I, "issued after the period began",
        "Reg. (EC) 987/2009 19(2)")
NW_RULE("V23", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I,
        "technical life within the signer certificate's", "rb-a1 3.2")
NW_RULE("V24", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I,
        "status reference where life is longer than 24 h", "rb-a1 3.2.2")
NW_RULE("V25", NW_AT_I, "person of the PID used at issuing", "rb-a1 3")
NW_RULE("V26", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I, "provisional only for work in several states",
        "Reg. (EC) 987/2009 16")
NW_RULE("V27", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I, "telephone and e-mail", "rb-a1 2.2-2.11")
NW_RULE("V28", NW_AT_S | NW_AT_M | NW_AT_A | NW_AT_I, "no second A1 for the same period",
        "rb-a1 2.2-2.11")
