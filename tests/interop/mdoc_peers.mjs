// Two more makers beside ours, with crypto of node: @owf/mdoc (OpenWallet Foundation) and
// @animo-id/mdoc issue, present and verify. What we make they verify, what they make we verify or
// refuse for what it breaks; one tampered twin and another session each way is refused by both.
// @sphereon/kmp-mdoc-core (Kotlin) reads what we make, and what it writes again is judged.
// Usage: node mdoc_peers.mjs PATH-TO-nw_interop_mdoc
import {
  createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify, X509Certificate,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import * as animo from '@animo-id/mdoc';
import * as owf from '@owf/mdoc';
import sphereon from '@sphereon/kmp-mdoc-core';
import { certificates, check, file, finish, hex, keys, ours, path } from './mdoc_tools.mjs';

const docType = 'eu.europa.ec.eudi.pda1.1';
const issuer = keys('issuer');
const device = keys('device');
const now = certificates(issuer);
const der = (name) => new Uint8Array(new X509Certificate(readFileSync(path(name))).raw);
const elements = {
  [docType]: {
    family_name: 'Müller "von" Ärger', document_number: 'A1-2026-000123', legal_framework: 883,
    is_transitional: false, member_states: ['DE', 'FR', 'PL'],
  },
};
const fields = Object.keys(elements[docType]);
const validity = { signed: new Date(now * 1000), validFrom: new Date(now * 1000),
  validUntil: new Date((now + 86400) * 1000) };
const digest = ({ digestAlgorithm, bytes }) =>
  new Uint8Array(createHash(digestAlgorithm.replace('-', '').toLowerCase()).update(bytes).digest());

async function sessionOf(nonce) {
  const t = await owf.SessionTranscript.forOid4Vp({ clientId: 'x509_hash:abc', nonce,
    responseUri: 'https://verifier.example/response/7' }, { crypto: { digest } });
  return { transcript: t, bytes: t.encode({ asDataItem: true }) };
}
const session = await sessionOf('n-0S6_WzA2Mj');
const otherSession = await sessionOf('another');
const transcriptFile = file('transcript', hex(session.transcript.encode()));
const otherFile = file('other-transcript', hex(otherSession.transcript.encode()));

// ---- crypto and X.509 for them ----

const withJwk = (jwk) => ({ key: jwk, format: 'jwk', dsaEncoding: 'ieee-p1363' });
const ecdsa = (jwk, bytes) => new Uint8Array(sign('sha256', bytes,
  { key: createPrivateKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }));
const ecdsaGood = (jwk, bytes, signature) => verify('sha256', bytes,
  { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: withJwk().dsaEncoding }, signature);
const certificateJwk = (bytes) => new X509Certificate(bytes).publicKey.export({ format: 'jwk' });
function chainIsGood({ trustedCertificates, x5chain }) {
  const [leaf, root] = [new X509Certificate(x5chain[0]), new X509Certificate(trustedCertificates[0])];
  if (!leaf.verify(root.publicKey) || leaf.issuer !== root.subject) {
    throw new Error('the chain does not lead to the root');
  }
}
const x509 = {
  getIssuerNameField: ({ certificate, field }) => [...new X509Certificate(certificate).issuer
    .matchAll(new RegExp(`^${field}=(.*)$`, 'gm'))].map((m) => m[1]),
  verifyCertificateChain: chainIsGood,
  validateCertificateChain: chainIsGood,
  getCertificateData: ({ certificate }) => {
    const c = new X509Certificate(certificate);
    return { issuerName: c.issuer, subjectName: c.subject, serialNumber: c.serialNumber,
      thumbprint: c.fingerprint256, notBefore: new Date(c.validFrom), notAfter: new Date(c.validTo),
      pem: c.toString() };
  },
};
const noMac = () => { throw new Error('no MAC is asked for'); };
// @owf/mdoc asks for four bytes to make a digestID of them, which ISO/IEC 18013-5 9.1.2.4 keeps
// below 2^31
let highest = 0;
function random(n) {
  const bytes = new Uint8Array(randomBytes(n));
  if (n === 4) {
    bytes[0] = (bytes[0] & 0x7f) | highest;
  }
  return bytes;
}
const common = { random, digest };
const owfContext = {
  crypto: { ...common, calculateEphemeralMacKey: noMac },
  cose: {
    sign1: {
      sign: ({ toBeSigned, key }) => ecdsa(key.jwk, toBeSigned),
      verify: ({ sign1, key }) => ecdsaGood(key.jwk, sign1.toBeSigned, sign1.signature),
    },
    mac0: { sign: noMac, verify: noMac },
  },
  x509: { ...x509, getPublicKey: ({ certificate }) => owf.CoseKey.fromJwk(certificateJwk(certificate)) },
};
const animoContext = {
  crypto: { ...common, calculateEphemeralMacKeyJwk: noMac },
  cose: {
    sign1: {
      sign: ({ sign1, jwk }) => ecdsa(jwk, sign1.getRawSigningData().data),
      verify: ({ sign1, jwk }) => {
        const raw = sign1.getRawVerificationData();
        return ecdsaGood(jwk, raw.data, raw.signature);
      },
    },
    mac0: { sign: noMac, verify: noMac },
  },
  x509: { ...x509, getPublicKey: ({ certificate }) => certificateJwk(certificate) },
};

// @owf/mdoc writes the kid of a JWK as text, which RFC 9052 3.1 does not allow
const owfKey = ({ kid: _kid, ...jwk }, of = owf.CoseKey) => of.fromJwk({ ...jwk, alg: 'ES256' });

// ---- the peers: make() -> response; read(response, session) -> elements, or throws ----

const definition = { id: 'all', input_descriptors: [{ id: docType,
  format: { mso_mdoc: { alg: ['ES256'] } },
  constraints: { limit_disclosure: 'required', fields: fields.map((id) => (
    { path: [`$['${docType}']['${id}']`], intent_to_retain: false })) } }] };
const peers = {
  '@owf/mdoc': {
    async make() {
      const signed = await new owf.Issuer(docType, owfContext)
        .addIssuerNamespace(docType, elements[docType]).sign({
          signingKey: owfKey(issuer.jwk), algorithm: owf.SignatureAlgorithm.ES256,
          digestAlgorithm: 'SHA-256', validityInfo: validity,
          deviceKeyInfo: { deviceKey: owfKey(device.publicJwk, owf.DeviceKey) },
          certificates: [der('signer.crt')],
        });
      const response = await owf.Holder.createDeviceResponseForDeviceRequest({
        deviceRequest: owf.DeviceRequest.create({ docRequests: [owf.DocRequest.create({
          itemsRequest: owf.ItemsRequest.create({ docType,
            namespaces: { [docType]: Object.fromEntries(fields.map((id) => [id, false])) } }) })] }),
        sessionTranscript: session.transcript, issuerSigned: [signed],
        signature: { signingKey: owfKey(device.jwk) },
      }, owfContext);
      return response.encode();
    },
    async read(response, { transcript }) {
      const decoded = owf.DeviceResponse.decode(response);
      await owf.Verifier.verifyDeviceResponse({ deviceResponse: decoded,
        sessionTranscript: transcript, trustedCertificates: [der('root.crt')] }, owfContext);
      const space = decoded.documents[0].issuerSigned.issuerNamespaces.issuerNamespaces.get(docType);
      return Object.fromEntries(space.map((i) => [i.elementIdentifier, i.elementValue]));
    },
  },
  '@animo-id/mdoc': {
    async make() {
      const document = await new animo.Document(docType, animoContext)
        .addIssuerNameSpace(docType, elements[docType]).useDigestAlgorithm('SHA-256')
        .addValidityInfo(validity).addDeviceKeyInfo({ deviceKey: device.publicJwk })
        .sign({ issuerPrivateKey: issuer.jwk, issuerCertificate: der('signer.crt'), alg: 'ES256' },
          animoContext);
      const response = await animo.DeviceResponse.from(new animo.MDoc([document]))
        .usingPresentationDefinition(definition).usingSessionTranscriptBytes(session.bytes)
        .authenticateWithSignature(device.jwk, 'ES256').sign(animoContext);
      return response.encode();
    },
    async read(response, { bytes }) {
      const mdoc = await new animo.Verifier().verifyDeviceResponse({ encodedDeviceResponse: response,
        encodedSessionTranscript: bytes, trustedCertificates: [der('root.crt')] }, animoContext);
      const document = mdoc.documents[0];
      const values = document.getIssuerNameSpace(docType);
      return values instanceof Map ? Object.fromEntries(values) : values;
    },
  },
};

// ---- both ways ----

const tampered = (response) => Buffer.from(hex(response).replace(hex('A1-2026-000123'),
  hex('A1-2026-000124')), 'hex');
const verifyOurs = (response, transcript) =>
  ours('verify', path('root.crt'), file('response', hex(response)), String(now), transcript);

async function theyRead(peer, response, at) {
  try {
    return { seen: await peer.read(new Uint8Array(response), at) };
  } catch (e) {
    return { err: e.message };
  }
}

async function checkBoth(who, name, response) {
  const peer = peers[name];
  const what = `${who}, ${name}`;
  const seen = await theyRead(peer, response, session);
  check(`they read: ${what}`, isDeepStrictEqual(seen.seen, elements[docType]),
    seen.err ?? JSON.stringify(seen.seen));
  check(`they refuse it tampered: ${what}`,
    (await theyRead(peer, tampered(response), session)).err !== undefined);
  check(`they refuse another session: ${what}`,
    (await theyRead(peer, response, otherSession)).err !== undefined);
  const a = verifyOurs(response, transcriptFile);
  check(`we verify: ${what}`, a.status === 0
    && a.out.split('\n').length === fields.length, a.err ?? a.out);
  const t = verifyOurs(tampered(response), transcriptFile);
  check(`we refuse it tampered: ${what}`, t.status === 1 && t.err.startsWith('MSO_DIGEST'), t.err);
  const s = verifyOurs(response, otherFile);
  check(`we refuse another session: ${what}`, s.status === 1 && s.err.startsWith('DEVICE_SESSION'),
    s.err);
}

function weMake() {
  const lines = fields.map((id) => `${docType} ${id} ${hex(owf.cborEncode(elements[docType][id]))}`);
  const issued = ours('issue', issuer.pem, path('signer.crt'), device.jwkFile, docType, String(now),
    String(now + 86400), file('elements', lines.join('\n')));
  check('we issue', issued.status === 0, issued.err);
  const shown = ours('present', device.pem, file('issued', issued.out), transcriptFile);
  check('we present', shown.status === 0, shown.err);
  return Buffer.from(shown.out, 'hex');
}

// What they take of their own, and we do not.
async function refused(name, why, response) {
  const seen = await theyRead(peers[name], response, session);
  check(`they read: theirs, ${why}, ${name}`, isDeepStrictEqual(seen.seen, elements[docType]), seen.err);
  const a = verifyOurs(response, transcriptFile);
  check(`we refuse: ${why}, ${name}`, a.status === 1 && a.err.includes(why), a.err);
}

// Another tree of code than all of the above: it reads and writes, and verifies nothing.
function checkKotlin(response) {
  const { DeviceResponseCbor } = sphereon.com.sphereon.mdoc.data.device;
  const { issuerSigned } = DeviceResponseCbor.Static.cborDecode(new Int8Array(response)).documents[0];
  const seen = Object.fromEntries(issuerSigned.toJsonDTO().nameSpaces[docType]
    .map((i) => [i.key, i.value.value]));
  check('they read: ours, Sphereon', issuerSigned.MSO.docType.value === docType
    && Object.keys(seen).sort().join() === [...fields].sort().join()
    && seen.family_name === elements[docType].family_name
    && seen.document_number === elements[docType].document_number, JSON.stringify(seen));
  // its COSE is byte for byte what came in; its items are in another order of members, and so no
  // longer those that were signed
  const own = owf.cborDecode(response).get('documents')[0].get('issuerSigned');
  const put = (spaces) => Buffer.concat([Buffer.from([0xa2]), owf.cborEncode('nameSpaces'), spaces,
    owf.cborEncode('issuerAuth'), Buffer.from(issuerSigned.issuerAuth.cborEncode())]);
  const judge = (bytes) =>
    ours('verify', path('root.crt'), file('response', hex(bytes)), String(now));
  const a = judge(put(owf.cborEncode(own.get('nameSpaces'))));
  check('we verify: issuerAuth written by Sphereon', a.status === 0
    && a.out.split('\n').length === fields.length, a.err ?? a.out);
  const t = judge(put(Buffer.from(issuerSigned.nameSpaces.cborEncode())));
  check('we refuse: items written again by Sphereon',
    t.status === 1 && t.err.startsWith('MSO_DIGEST'), t.err);
}

const mine = weMake();
checkKotlin(mine);
await checkBoth('ours', '@owf/mdoc', mine);
await checkBoth('ours', '@animo-id/mdoc', mine);
await checkBoth('theirs', '@owf/mdoc', Buffer.from(await peers['@owf/mdoc'].make()));
highest = 0x80;
await refused('@owf/mdoc', 'a digestID is out of range', Buffer.from(await peers['@owf/mdoc'].make()));
// maps of fewer than 24 pairs with heads of three bytes (ISO 8.3; RFC 8949 4.2.1)
await refused('@animo-id/mdoc', 'CBOR_SHORTEST', Buffer.from(await peers['@animo-id/mdoc'].make()));
finish('mdoc peers');
