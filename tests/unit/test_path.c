#include "support.h"

#include "test_openssl.h"
#include "test_pki.h"

#define YEAR ((int64_t)31536000)
#define CA_EXT                                                                                     \
    "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"                   \
    "subjectKeyIdentifier=hash\n"
#define LEAF_EXT                                                                                   \
    "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"                     \
    "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"
#define LEAF_KU(usage)                                                                             \
    "basicConstraints=critical,CA:FALSE\nkeyUsage=critical," usage "\n"                            \
    "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"

/* Makes NAME.pem and NAME.der with the openssl program. issuer NULL: self-signed. Keys are files
 * KEY.key, made on first use. */
static void make_key(const char *key, const char *how)
{
    if (!test_openssl("pkey -in %s.key -noout", key)) {
        test_openssl_must("genpkey %s -out %s.key", how, key);
    }
}

#define PSS_HASH "-pkeyopt rsa_pss_keygen_md:sha256 -pkeyopt rsa_pss_keygen_mgf1_md:sha256 "
#define PSS                                                                                        \
    "-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:3072 " PSS_HASH "-pkeyopt "                       \
    "rsa_pss_keygen_saltlen:32"
#define EC256 "-algorithm EC -pkeyopt ec_paramgen_curve:P-256"

static void make_cert(const char *name, const char *key, const char *subject, const char *issuer,
                      const char *issuer_key, const char *ext, const char *more)
{
    test_openssl_write("ext", nw_str(ext));
    test_openssl_must("req -new -key %s.key -subj '%s' -out %s.csr", key, subject, name);
    if (issuer == NULL) {
        test_openssl_must("x509 -req -in %s.csr -signkey %s.key -days 365 -extfile ext %s "
                          "-out %s.pem",
                          name, key, more, name);
    } else {
        test_openssl_must("x509 -req -in %s.csr -CA %s.pem -CAkey %s.key -set_serial 7 -days 365 "
                          "-extfile ext %s -out %s.pem",
                          name, issuer, issuer_key, more, name);
    }
    test_openssl_must("x509 -in %s.pem -outform DER -out %s.der", name, name);
}

static struct nw_slice der_of(const char *name)
{
    char file[64];
    (void)snprintf(file, sizeof file, "%s.der", name);
    return test_openssl_file(file);
}

static struct nw_cert parsed(const char *name)
{
    struct nw_cert cert;
    assert_ok(nw_cert_parse(der_of(name), &cert, NULL));
    return cert;
}

/* root -> int -> leaf, with what is asked for; the time of the check is a month after issue. */
struct path_case {
    const char *name;
    const char *root_ext, *int_ext, *leaf_ext; /* NULL: as it should be */
    const char *leaf_more;                     /* further options when the leaf is signed */
    const char *leaf_key;                      /* how to make it; NULL: P-256 */
    const char *root_key;
    int64_t shift; /* seconds added to the time */
    enum nw_err e;
    bool openssl_accepts;
    const char *why; /* the two differ */
};

static const struct path_case cases[] = {
    {.name = "whole", .e = NW_OK, .openssl_accepts = true},
    {.name = "expired", .shift = YEAR, .e = NW_ERR_CERT_TIME},
    {.name = "not yet valid", .shift = -YEAR, .e = NW_ERR_CERT_TIME},
    {.name = "intermediate without basicConstraints",
     .int_ext = "keyUsage=critical,keyCertSign\nsubjectKeyIdentifier=hash\n",
     .e = NW_ERR_CERT_CA},
    {.name = "intermediate that is no CA",
     .int_ext = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,keyCertSign\n",
     .e = NW_ERR_CERT_CA},
    {.name = "intermediate without keyCertSign",
     .int_ext = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,cRLSign\n",
     .e = NW_ERR_CERT_CA},
    {.name = "intermediate without keyUsage",
     .int_ext = "basicConstraints=critical,CA:TRUE\n",
     .e = NW_OK,
     .openssl_accepts = true},
    {.name = "root without keyCertSign",
     .root_ext = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,cRLSign\n"
                 "subjectKeyIdentifier=hash\n",
     .e = NW_ERR_CERT_CA},
    {.name = "path length of the root used up",
     .root_ext = "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign\n",
     .e = NW_ERR_CERT_CA},
    {.name = "path length just enough",
     .root_ext = "basicConstraints=critical,CA:TRUE,pathlen:1\nkeyUsage=critical,keyCertSign\n",
     .int_ext = "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign\n",
     .e = NW_OK,
     .openssl_accepts = true},
    {.name = "unknown critical extension in the leaf",
     .leaf_ext = LEAF_EXT "1.2.3.4=critical,DER:0500\n",
     .e = NW_ERR_CERT_CRITICAL},
    {.name = "unknown extension in the leaf, not critical",
     .leaf_ext = LEAF_EXT "1.2.3.4=DER:0500\n",
     .e = NW_OK,
     .openssl_accepts = true},
    {.name = "unknown critical extension in the intermediate",
     .int_ext = CA_EXT "1.2.3.4=critical,DER:0500\n",
     .e = NW_ERR_CERT_CRITICAL},
    {.name = "critical name constraints that the leaf breaks",
     .int_ext = CA_EXT "nameConstraints=critical,permitted;dirName:nc\n[nc]\nC=FR\n",
     .e = NW_ERR_CERT_CRITICAL},
    {.name = "critical name constraints that the leaf keeps",
     .int_ext = CA_EXT "nameConstraints=critical,permitted;dirName:nc\n[nc]\nC=DE\n",
     .e = NW_ERR_CERT_CRITICAL,
     .openssl_accepts = true,
     .why = "name constraints are not evaluated here, so they refuse"},
    {.name = "name constraints that are not critical",
     .int_ext = CA_EXT "nameConstraints=permitted;dirName:nc\n[nc]\nC=DE\n",
     .e = NW_ERR_CERT_CRITICAL,
     .openssl_accepts = true,
     .why = "the same; RFC 5280 4.2.1.10 wants them critical anyway"},
    {.name = "key identifiers that differ",
     .leaf_ext = "keyUsage=critical,digitalSignature\n"
                 "2.5.29.35=DER:3016801400112233445566778899aabbccddeeff00112233\n",
     .e = NW_ERR_CERT_CHAIN},
    {.name = "leaf signed with SHA-1",
     .leaf_more = "-sha1",
     .e = NW_ERR_CERT_ALG,
     .openssl_accepts = true,
     .why = "openssl verify sets no security level of its own"},
    {.name = "leaf with a short RSA key",
     .leaf_key = "-algorithm RSA -pkeyopt rsa_keygen_bits:1024",
     .e = NW_ERR_CERT_ALG,
     .openssl_accepts = true,
     .why = "the same"},
    {.name = "leaf on a curve that is not listed",
     .leaf_key = "-algorithm EC -pkeyopt ec_paramgen_curve:secp256k1",
     .e = NW_ERR_CERT_ALG,
     .openssl_accepts = true,
     .why = "openssl has no list of curves"},
    {.name = "leaf with an RSA key of 2048 bits",
     .leaf_key = "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
     .e = NW_ERR_CERT_ALG,
     .openssl_accepts = true,
     .why = "openssl verify sets no security level of its own"},
    {.name = "leaf with an RSA key of 3072 bits",
     .leaf_key = "-algorithm RSA -pkeyopt rsa_keygen_bits:3072",
     .e = NW_OK,
     .openssl_accepts = true},
    {.name = "P-384 root, signing with SHA-256",
     .root_key = "-algorithm EC -pkeyopt ec_paramgen_curve:P-384",
     .e = NW_OK,
     .openssl_accepts = true},
    {.name = "RSA root",
     .root_key = "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
     .e = NW_OK,
     .openssl_accepts = true},
    {.name = "RSASSA-PSS root", .root_key = PSS, .e = NW_OK, .openssl_accepts = true},
    {.name = "RSASSA-PSS root whose salt is shorter than the hash",
     .root_key = "-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 " PSS_HASH
                 "-pkeyopt rsa_pss_keygen_saltlen:20",
     .e = NW_ERR_CERT_ALG,
     .openssl_accepts = true,
     .why = "openssl takes any salt"},
    {.name = "RSASSA-PSS leaf", .leaf_key = PSS, .e = NW_OK, .openssl_accepts = true},
    {.name = "RSASSA-PSS leaf, key without parameters",
     .leaf_key = "-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:3072",
     .e = NW_OK,
     .openssl_accepts = true},
    {.name = "RSASSA-PSS leaf with a short key",
     .leaf_key = "-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:1024",
     .e = NW_ERR_CERT_ALG,
     .openssl_accepts = true,
     .why = "as for other short keys"},
    {.name = "unknown critical extension in the root",
     .root_ext = CA_EXT "1.2.3.4=critical,DER:0500\n",
     .e = NW_OK,
     .why = "a list vouches for the bytes of an anchor: name and key are enough"},
    {.name = "root with a policy constraint",
     .root_ext = CA_EXT "policyConstraints=critical,requireExplicitPolicy:0\n",
     .e = NW_OK,
     .openssl_accepts = true},
    {.name = "unknown critical extension in a root that is no CA",
     .root_ext = "basicConstraints=critical,CA:FALSE\n1.2.3.4=critical,DER:0500\n",
     .e = NW_ERR_CERT_CA},
    {.name = "unknown critical extension in a root without keyCertSign",
     .root_ext = "basicConstraints=critical,CA:TRUE\nkeyUsage=cRLSign\n"
                 "1.2.3.4=critical,DER:0500\n",
     .e = NW_ERR_CERT_CA},
    {.name = "unknown critical extension in a root whose path length is used up",
     .root_ext = "basicConstraints=critical,CA:TRUE,pathlen:0\n1.2.3.4=critical,DER:0500\n",
     .e = NW_ERR_CERT_CA},
    {.name = "unknown critical extension in a root with name constraints",
     .root_ext = CA_EXT "1.2.3.4=critical,DER:0500\nnameConstraints=permitted;dirName:nc\n"
                        "[nc]\nC=DE\n",
     .e = NW_ERR_CERT_CRITICAL},
    {.name = "leaf without digitalSignature",
     .leaf_ext = LEAF_KU("keyAgreement"),
     .e = NW_ERR_CERT_USAGE,
     .openssl_accepts = true,
     .why = "openssl verify without -purpose looks at no leaf usage"},
    {.name = "leaf without keyUsage",
     .leaf_ext = "authorityKeyIdentifier=keyid\n",
     .e = NW_ERR_CERT_USAGE,
     .openssl_accepts = true,
     .why = "the same"},
    {.name = "leaf that is a CA",
     .leaf_ext = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,digitalSignature\n",
     .e = NW_ERR_CERT_USAGE,
     .openssl_accepts = true,
     .why = "the same"},
    {.name = "leaf made for TLS servers",
     .leaf_ext = LEAF_EXT "extendedKeyUsage=serverAuth\n",
     .e = NW_ERR_CERT_USAGE,
     .openssl_accepts = true,
     .why = "the same"},
    {.name = "leaf made for status lists",
     .leaf_ext = LEAF_EXT "extendedKeyUsage=1.3.6.1.5.5.7.3.30\n",
     .e = NW_ERR_CERT_USAGE,
     .openssl_accepts = true,
     .why = "the same"},
    {.name = "leaf made for TLS servers and documents",
     .leaf_ext = LEAF_EXT "extendedKeyUsage=serverAuth,1.3.6.1.5.5.7.3.36\n",
     .e = NW_OK,
     .openssl_accepts = true},
};

#define OR(a, b) ((a) != NULL ? (a) : (b))

static void make_case(const struct path_case *k)
{
    test_openssl("version"); /* makes the folder */
    make_key("root", OR(k->root_key, EC256));
    make_key("int", EC256);
    make_key("leaf", OR(k->leaf_key, EC256));
    make_cert("root", "root", "/C=DE/O=Test/CN=Root", NULL, NULL, OR(k->root_ext, CA_EXT), "");
    make_cert("int", "int", "/C=DE/O=Test/CN=Intermediate", "root", "root", OR(k->int_ext, CA_EXT),
              "");
    make_cert("leaf", "leaf", "/C=DE/O=Test/CN=Leaf", "int", "int", OR(k->leaf_ext, LEAF_EXT),
              OR(k->leaf_more, ""));
}

static void forget_keys(void)
{
    test_openssl_write("root.key", nw_str("x"));
    test_openssl_write("leaf.key", nw_str("x"));
}

static struct nw_path path_of(const struct nw_slice *chain, size_t n, const struct nw_slice *anchor,
                              int64_t at)
{
    return (struct nw_path){.chain = chain,
                            .chain_n = n,
                            .anchors = anchor,
                            .anchor_n = 1,
                            .at = at,
                            .profile = NW_CERT_ATTESTATION};
}

static enum nw_err check(const struct nw_path *path)
{
    size_t used = 0;
    return nw_path_check(test_crypto(), path, NULL, &used, NULL);
}

static bool uses_pss(const struct path_case *k)
{
    return (k->root_key != NULL && strstr(k->root_key, "RSA-PSS") != NULL) ||
           (k->leaf_key != NULL && strstr(k->leaf_key, "RSA-PSS") != NULL);
}

static void each_path_is_decided_as_openssl_verify_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct path_case *k = &cases[i];
        if (uses_pss(k) && !nw_crypto_has(NW_PROVIDER_LIBCRYPTO)) {
            continue; /* certificates that mbedTLS cannot read */
        }
        if (k->root_key != NULL || k->leaf_key != NULL) {
            forget_keys();
        }
        make_case(k);
        const struct nw_slice chain[] = {der_of("leaf"), der_of("int")};
        struct nw_slice anchor = der_of("root");
        test_openssl_must("x509 -in leaf.pem -checkend 0");
        make_key("clock", EC256); /* a certificate of the same second, for its times */
        make_cert("clock", "clock", "/CN=Clock", NULL, NULL, LEAF_KU("digitalSignature"), "");
        int64_t at = parsed("clock").not_before + YEAR / 12 + k->shift;
        struct nw_path path = path_of(chain, 2, &anchor, at);
        struct nw_diag d;
        nw_diag_clear(&d);
        size_t used = 0;
        enum nw_err e = nw_path_check(test_crypto(), &path, NULL, &used, &d);
        bool theirs = test_openssl("verify -attime %lld -CAfile root.pem -untrusted int.pem "
                                   "leaf.pem",
                                   (long long)at);
        if (e != k->e || theirs != k->openssl_accepts) {
            fail_msg("%s: %s (%s), openssl %s", k->name, nw_err_name(e), d.detail,
                     theirs ? "accepts" : "refuses");
        }
        assert_true((k->why != NULL) == ((e == NW_OK) != theirs));
        if (k->root_key != NULL || k->leaf_key != NULL) {
            forget_keys();
        }
        test_reset();
    }
}

static void validity_includes_both_ends(void **state)
{
    (void)state;
    make_case(&cases[0]);
    const struct nw_slice chain[] = {der_of("leaf"), der_of("int")};
    struct nw_slice anchor = der_of("root");
    int64_t first = parsed("leaf").not_before;
    int64_t last = parsed("root").not_after;
    struct nw_path path = path_of(chain, 2, &anchor, first);
    assert_ok(check(&path));
    assert_true(test_openssl("verify -attime %lld -CAfile root.pem -untrusted int.pem leaf.pem",
                             (long long)first));
    path.at = last;
    assert_ok(check(&path)); /* RFC 5280 4.1.2.5; openssl takes the last second as too late */
    assert_false(test_openssl("verify -attime %lld -CAfile root.pem -untrusted int.pem leaf.pem",
                              (long long)last));
    path.at = parsed("leaf").not_after + 1;
    assert_err(check(&path), NW_ERR_CERT_TIME);
    path.at = parsed("root").not_before - 1;
    assert_err(check(&path), NW_ERR_CERT_TIME);
}

static void a_chain_to_nobody_known_is_refused(void **state)
{
    (void)state;
    make_case(&cases[0]);
    const struct nw_slice chain[] = {der_of("leaf"), der_of("int")};
    struct nw_slice anchor = test_pki()->anchor;
    struct nw_path path = path_of(chain, 2, &anchor, parsed("leaf").not_before);
    assert_err(check(&path), NW_ERR_CERT_ANCHOR);
    path.anchor_n = 0;
    assert_err(check(&path), NW_ERR_CERT_ANCHOR);
    anchor = der_of("root");
    path = path_of(chain, 1, &anchor, path.at); /* the intermediate is missing */
    assert_err(check(&path), NW_ERR_CERT_ANCHOR);
    path.chain_n = 0;
    assert_err(check(&path), NW_ERR_CERT_CHAIN);
}

static void an_anchor_of_the_same_name_with_another_key_is_refused(void **state)
{
    (void)state;
    make_case(&cases[0]);
    int64_t at = parsed("leaf").not_before;
    const struct nw_slice chain[] = {der_of("leaf"), der_of("int")};
    struct nw_slice real = der_of("root");
    make_key("fake", EC256);
    make_cert("fake", "fake", "/C=DE/O=Test/CN=Root", NULL, NULL,
              "basicConstraints=critical,CA:TRUE\nsubjectKeyIdentifier=none\n", "");
    const struct nw_slice both[] = {der_of("fake"), real};
    struct nw_path path = path_of(chain, 2, &both[0], at);
    assert_err(check(&path), NW_ERR_CERT_CHAIN);
    assert_false(test_openssl("verify -CAfile fake.pem -untrusted int.pem leaf.pem"));
    path.anchor_n = 2; /* a CA that changed its key: the one that fits is found */
    size_t used = 0;
    path.at = parsed("fake").not_before;
    assert_ok(nw_path_check(test_crypto(), &path, NULL, &used, NULL));
    assert_int_equal(used, 1);
    make_cert("fake", "fake", "/C=DE/O=Test/CN=Root", NULL, NULL, CA_EXT, "");
    struct nw_slice other_id = der_of("fake"); /* its key identifier speaks against it already */
    path.anchors = &other_id;
    path.anchor_n = 1;
    assert_err(check(&path), NW_ERR_CERT_ANCHOR);
}

static void a_chain_in_the_wrong_order_is_refused(void **state)
{
    (void)state;
    make_case(&cases[0]);
    struct nw_slice anchor = der_of("root");
    const struct nw_slice chain[] = {der_of("int"), der_of("leaf")};
    struct nw_path path = path_of(chain, 2, &anchor, parsed("leaf").not_before);
    assert_err(check(&path), NW_ERR_CERT_CHAIN);
}

static void a_leaf_signed_by_a_stranger_is_refused(void **state)
{
    (void)state;
    make_case(&cases[0]);
    make_key("int2", EC256);
    make_cert("int2", "int2", "/C=DE/O=Test/CN=Intermediate", "root", "root",
              "basicConstraints=critical,CA:TRUE\n", "");
    struct nw_slice anchor = der_of("root");
    make_cert("leaf", "leaf", "/C=DE/O=Test/CN=Leaf", "int2", "int2",
              "keyUsage=critical,digitalSignature\n", "");
    const struct nw_slice chain[] = {der_of("leaf"), der_of("int")};
    const struct nw_slice right[] = {der_of("leaf"), der_of("int2")};
    struct nw_path path = path_of(chain, 2, &anchor, parsed("leaf").not_before);
    assert_err(check(&path), NW_ERR_CERT_CHAIN);
    assert_false(test_openssl("verify -CAfile root.pem -untrusted int.pem leaf.pem"));
    path.chain = right;
    assert_ok(check(&path));
    assert_true(test_openssl("verify -CAfile root.pem -untrusted int2.pem leaf.pem"));
}

static void the_anchor_may_not_be_in_the_chain(void **state)
{
    (void)state;
    make_case(&cases[0]);
    struct nw_slice anchor = der_of("root");
    const struct nw_slice chain[] = {der_of("leaf"), der_of("int"), anchor};
    struct nw_path path = path_of(chain, 3, &anchor, parsed("leaf").not_before);
    assert_err(check(&path), NW_ERR_CERT_SELF_SIGNED);
    path.chain_n = 2;
    assert_ok(check(&path));
    path.anchors = &chain[1]; /* an intermediate as anchor, and still in the chain */
    assert_err(check(&path), NW_ERR_CERT_SELF_SIGNED);
    path.chain_n = 1;
    assert_ok(check(&path));
    assert_true(test_openssl("verify -partial_chain -CAfile int.pem leaf.pem"));
}

static void a_listed_leaf_is_its_own_anchor_only_where_allowed(void **state)
{
    (void)state;
    make_case(&cases[0]);
    make_cert("self", "leaf", "/C=DE/O=Test/CN=Leaf", NULL, NULL,
              "keyUsage=critical,digitalSignature\n", "");
    int64_t at = parsed("self").not_before;
    struct nw_slice leaves[] = {der_of("leaf"), der_of("self")};
    for (size_t i = 0; i < 2; i++) {
        struct nw_path path = path_of(&leaves[i], 1, &leaves[i], at);
        assert_err(check(&path), NW_ERR_CERT_SELF_SIGNED);
        path.leaf_may_be_anchor = true;
        assert_ok(check(&path));
        path.at = at + 2 * YEAR; /* being listed does not make it valid for ever */
        assert_err(check(&path), NW_ERR_CERT_TIME);
        path.at = at;
        path.anchors = &leaves[1 - i];
        assert_err(check(&path), i == 0 ? NW_ERR_CERT_ANCHOR : NW_ERR_CERT_SELF_SIGNED);
    }
    assert_true(test_openssl("verify -partial_chain -CAfile leaf.pem leaf.pem"));
    assert_true(test_openssl("verify -CAfile self.pem self.pem"));
    assert_false(test_openssl("verify -partial_chain -CAfile self.pem leaf.pem"));
}

static void a_listed_leaf_needs_a_good_key_and_usage(void **state)
{
    (void)state;
    make_key("rsa1k", "-algorithm RSA -pkeyopt rsa_keygen_bits:1024");
    make_cert("weak", "rsa1k", "/CN=Weak", NULL, NULL, "keyUsage=critical,digitalSignature\n", "");
    make_key("leaf", EC256);
    make_cert("ka", "leaf", "/CN=Agree", NULL, NULL, "keyUsage=critical,keyAgreement\n", "");
    struct nw_slice weak = der_of("weak");
    struct nw_path path = path_of(&weak, 1, &weak, parsed("ka").not_before);
    path.leaf_may_be_anchor = true;
    assert_err(check(&path), NW_ERR_CERT_ALG);
    struct nw_slice ka = der_of("ka");
    path.chain = path.anchors = &ka;
    assert_err(check(&path), NW_ERR_CERT_USAGE);
    path.profile = NW_CERT_LIST; /* pinned by the operator of this verifier: usage is not asked */
    assert_ok(check(&path));
}

static void a_chain_longer_than_the_limit_is_refused(void **state)
{
    (void)state;
    struct nw_slice chain[NW_MAX_CHAIN + 1];
    for (size_t i = 0; i < ARRAY_LENGTH(chain); i++) {
        chain[i] = nw_signer_chain_cert(test_pki()->attestation, 0);
    }
    struct nw_path path = path_of(chain, NW_MAX_CHAIN + 1, &test_pki()->anchor, TEST_NOW);
    assert_err(check(&path), NW_ERR_CERT_DEPTH);
}

static void document_signers_need_their_purpose_and_their_issuers_country(void **state)
{
    (void)state;
    static const struct {
        const char *subject, *ext;
        enum nw_cert_profile profile;
        enum nw_err e;
    } rows[] = {
        {"/C=DE/CN=DS", "extendedKeyUsage=critical,1.0.18013.5.1.2\n", NW_CERT_MDOC_DS, NW_OK},
        {"/C=DE/CN=DS", "extendedKeyUsage=1.0.23220.4.1.2\n", NW_CERT_MDOC_DS, NW_OK},
        {"/C=DE/CN=DS", "", NW_CERT_MDOC_DS, NW_ERR_CERT_USAGE},
        {"/C=FR/CN=DS", "extendedKeyUsage=1.0.18013.5.1.2\n", NW_CERT_MDOC_DS, NW_ERR_CERT_USAGE},
        {"/CN=DS", "extendedKeyUsage=1.0.18013.5.1.2\n", NW_CERT_MDOC_DS, NW_ERR_CERT_USAGE},
        {"/C=DE/ST=BE/CN=DS", "extendedKeyUsage=1.0.18013.5.1.2\n", NW_CERT_MDOC_DS, NW_OK},
        {"/C=DE/CN=R", "extendedKeyUsage=critical,1.0.18013.5.1.6\n", NW_CERT_READER, NW_OK},
        {"/C=DE/CN=R", "extendedKeyUsage=1.0.18013.5.1.2\n", NW_CERT_READER, NW_ERR_CERT_USAGE},
        {"/C=DE/CN=R", "extendedKeyUsage=1.0.18013.5.1.6\n", NW_CERT_ATTESTATION,
         NW_ERR_CERT_USAGE},
        {"/C=DE/CN=S", "extendedKeyUsage=1.3.6.1.5.5.7.3.30\n", NW_CERT_STATUS, NW_OK},
        {"/C=DE/CN=S", "extendedKeyUsage=OCSPSigning\n", NW_CERT_STATUS, NW_ERR_CERT_USAGE},
    };
    make_case(&cases[0]);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        char ext[512];
        (void)snprintf(ext, sizeof ext, "%s%s", LEAF_EXT, rows[i].ext);
        make_cert("leaf", "leaf", rows[i].subject, "root", "root", ext, "");
        struct nw_slice leaf = der_of("leaf");
        struct nw_slice anchor = der_of("root");
        struct nw_path path = path_of(&leaf, 1, &anchor, parsed("leaf").not_before);
        path.profile = rows[i].profile;
        assert_string_equal(nw_err_name(check(&path)), nw_err_name(rows[i].e));
        test_reset();
    }
}

/* Type A of EN 319 412-2 4.3.2, which EN 319 412-3 LEG-4.3.1-4 wants of seals; ISO/IEC 18013-5
 * Table B.3 and B.6 want digitalSignature. */
static void a_certificate_for_seals_alone_signs_attestations_and_no_mdocs(void **state)
{
    (void)state;
    static const struct {
        const char *usage, *eku;
        enum nw_cert_profile profile;
        enum nw_err e;
    } rows[] = {
        {"nonRepudiation", "", NW_CERT_ATTESTATION, NW_OK},
        {"nonRepudiation,digitalSignature", "", NW_CERT_ATTESTATION, NW_OK},
        {"nonRepudiation", "", NW_CERT_STATUS, NW_OK},
        {"keyAgreement", "", NW_CERT_STATUS, NW_ERR_CERT_USAGE},
        {"nonRepudiation", "1.0.18013.5.1.2", NW_CERT_MDOC_DS, NW_ERR_CERT_USAGE},
        {"digitalSignature", "1.0.18013.5.1.2", NW_CERT_MDOC_DS, NW_OK},
        {"nonRepudiation", "", NW_CERT_MDOC_LISTED, NW_ERR_CERT_USAGE},
        {"nonRepudiation,digitalSignature", "", NW_CERT_MDOC_LISTED, NW_OK},
        {"nonRepudiation", "1.0.18013.5.1.6", NW_CERT_READER, NW_ERR_CERT_USAGE},
    };
    make_case(&cases[0]);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        char ext[512];
        (void)snprintf(
            ext, sizeof ext, "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,%s\n%s%s\n",
            rows[i].usage, rows[i].eku[0] != '\0' ? "extendedKeyUsage=" : "", rows[i].eku);
        make_cert("leaf", "leaf", "/C=DE/CN=Seal", "root", "root", ext, "");
        struct nw_slice leaf = der_of("leaf");
        struct nw_slice anchor = der_of("root");
        struct nw_path path = path_of(&leaf, 1, &anchor, parsed("leaf").not_before);
        path.profile = rows[i].profile;
        assert_string_equal(nw_err_name(check(&path)), nw_err_name(rows[i].e));
        test_reset();
    }
}

static void the_outcome_is_noted_rule_by_rule(void **state)
{
    (void)state;
    const struct test_pki *pki = test_pki();
    struct nw_slice leaf = nw_signer_chain_cert(pki->attestation, 0);
    struct nw_path path = path_of(&leaf, 1, &pki->anchor, TEST_NOW);
    static struct nw_checks checks;
    memset(&checks, 0, sizeof checks);
    size_t used = 99;
    assert_ok(nw_path_check(test_crypto(), &path, &checks, &used, NULL));
    assert_int_equal(used, 0);
    assert_true(nw_check_passed(&checks, "X5-01"));
    assert_true(nw_check_passed(&checks, "X5-02"));
    assert_true(nw_check_passed(&checks, "X5-03"));
    assert_int_equal(nw_check_find(&checks, "X5-04")->result, NW_NOT_DONE);
    assert_true(nw_check_find(&checks, "X5-04")->detail[0] != '\0');

    memset(&checks, 0, sizeof checks);
    struct nw_diag d;
    nw_diag_clear(&d);
    path.at = TEST_NOT_AFTER + 1;
    used = 99;
    assert_err(nw_path_check(test_crypto(), &path, &checks, &used, &d), NW_ERR_CERT_TIME);
    assert_int_equal(used, 99);
    assert_int_equal(d.code, NW_ERR_CERT_TIME);
    assert_true(nw_check_failed(&checks, "X5-01"));
    assert_int_equal(nw_check_find(&checks, "X5-01")->err, NW_ERR_CERT_TIME);
    assert_null(nw_check_find(&checks, "X5-03"));
}

/* A remembered chain saves the signature check and nothing else. */
static void what_was_seen_before_is_judged_anew(void **state)
{
    (void)state;
    const struct test_pki *pki = test_pki();
    struct nw_slice leaf = nw_signer_chain_cert(pki->attestation, 0);
    struct nw_path path = path_of(&leaf, 1, &pki->anchor, TEST_NOW);
    assert_ok(check(&path));
    assert_ok(check(&path));
    path.at = TEST_NOT_AFTER + 1;
    assert_err(check(&path), NW_ERR_CERT_TIME);
    path.at = TEST_NOW;
    path.profile = NW_CERT_READER;
    assert_err(check(&path), NW_ERR_CERT_USAGE);
    path.profile = NW_CERT_ATTESTATION;
    path.anchors = &pki->other_anchor;
    assert_err(check(&path), NW_ERR_CERT_ANCHOR);
    path.anchors = &pki->anchor;
    uint8_t bad[2048];
    memcpy(bad, leaf.p, leaf.n);
    struct nw_slice damaged = nw_slice(bad, leaf.n);
    path.chain = &damaged;
    for (size_t i = 0; i < leaf.n; i += 7) { /* any byte, the signature's included */
        bad[i] ^= 1;
        assert_int_not_equal(check(&path), NW_OK);
        bad[i] ^= 1;
    }
    assert_ok(check(&path));
}

struct alloc_job {
    enum nw_provider provider;
    struct nw_path path;
};

static enum nw_err check_afresh(void *ctx)
{
    const struct alloc_job *job = ctx;
    struct nw_crypto *c = NULL;
    size_t used = 0;
    enum nw_err e = nw_crypto_new(job->provider, &c);
    if (e == NW_OK) {
        e = nw_path_check(c, &job->path, NULL, &used, NULL);
    }
    nw_crypto_free(&c);
    return e;
}

static void a_path_check_survives_allocation_failure(void **state)
{
    (void)state;
    struct nw_slice leaf = nw_signer_chain_cert(test_pki()->attestation, 0);
    bool psa = strcmp(nw_crypto_name(test_crypto()), "psa") == 0;
    struct alloc_job job = {psa ? NW_PROVIDER_PSA : NW_PROVIDER_LIBCRYPTO,
                            path_of(&leaf, 1, &test_pki()->anchor, TEST_NOW)};
    survives_allocation_failure(check_afresh, &job, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_path_is_decided_as_openssl_verify_does),
        cmocka_unit_test(validity_includes_both_ends),
        cmocka_unit_test(a_chain_to_nobody_known_is_refused),
        cmocka_unit_test(an_anchor_of_the_same_name_with_another_key_is_refused),
        cmocka_unit_test(a_chain_in_the_wrong_order_is_refused),
        cmocka_unit_test(a_leaf_signed_by_a_stranger_is_refused),
        cmocka_unit_test(the_anchor_may_not_be_in_the_chain),
        cmocka_unit_test(a_listed_leaf_is_its_own_anchor_only_where_allowed),
        cmocka_unit_test(a_listed_leaf_needs_a_good_key_and_usage),
        cmocka_unit_test(a_chain_longer_than_the_limit_is_refused),
        cmocka_unit_test(document_signers_need_their_purpose_and_their_issuers_country),
        cmocka_unit_test(a_certificate_for_seals_alone_signs_attestations_and_no_mdocs),
        cmocka_unit_test(the_outcome_is_noted_rule_by_rule),
        cmocka_unit_test(what_was_seen_before_is_judged_anew),
        cmocka_unit_test(a_path_check_survives_allocation_failure),
    };
    return run_on_both("path", tests, ARRAY_LENGTH(tests));
}
