// Our mdocs beside two independent libraries: @auth0/mdl issues, presents and verifies with its own
// X.509, COSE and CBOR; @owf/mdoc makes session transcripts. One tampered twin each way is refused
// by both. Usage: node mdoc.mjs PATH-TO-nw_interop_mdoc
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import mdl from '@auth0/mdl';
import { SessionTranscript } from '@owf/mdoc';
import { Encoder } from 'cbor-x';
import { certificates, check, file, finish, hex, keys, ours, path } from './mdoc_tools.mjs';

const { DeviceResponse, Document, MDoc, Verifier } = mdl;
const docType = 'eu.europa.ec.eudi.pda1.1';
const more = 'example.interop.1';
// maps as shortest heads, byte strings without tag 64
const cbor = new Encoder({
  useRecords: false, tagUint8Array: false, variableMapSize: true, mapsAsObjects: true,
});

// COSE_Key as @auth0/mdl wants it for MACs
function coseKey({ x, y, d }) {
  const bytes = (v) => Buffer.from(v, 'base64url');
  return cbor.encode(new Map([[1, 2], [-1, 1], [-2, bytes(x)], [-3, bytes(y)],
    ...(d === undefined ? [] : [[-4, bytes(d)]])]));
}

const issuer = keys('issuer');
const device = keys('device');
const reader = keys('reader');
const now = certificates(issuer);
const root = path('root.crt');
const other = new Verifier([readFileSync(root, 'utf8')]);

const elements = {
  [docType]: {
    family_name: 'Müller "von" Ärger', document_number: 'A1-2026-000123', legal_framework: 883,
    is_transitional: false, member_states: ['DE', 'FR', 'PL'],
  },
  [more]: { employer: { name: 'Zoë GmbH', since: 1998 }, sites: [{ town: 'Köln' }, { town: 'Łódź' }] },
};

const transcriptArray = [null, null, ['OpenID4VPHandover', createHash('sha256').update('x').digest()]];
const transcriptCbor = cbor.encode(transcriptArray);
const transcript = file('transcript', hex(transcriptCbor));
// tag 24 around it
const transcriptBytes = Buffer.concat(
  [Buffer.from([0xd8, 0x18, 0x58, transcriptCbor.length]), transcriptCbor]);
const otherTranscript = file('other-transcript',
  hex(cbor.encode([null, null, ['OpenID4VPHandover', createHash('sha256').update('y').digest()]])));

function read(lines) {
  const result = {};
  for (const [ns, id, value] of lines.split('\n').map((l) => l.split(' '))) {
    result[ns] = { ...result[ns], [id]: cbor.decode(Buffer.from(value, 'hex')) };
  }
  return result;
}

async function theirs(response, options) {
  try {
    const seen = await other.verify(Buffer.from(response, 'hex'), {
      encodedSessionTranscript: transcriptBytes, ...options,
    });
    const document = seen.documents[0];
    const plain = (v) => (v instanceof Map
      ? Object.fromEntries([...v].map(([k, x]) => [k, plain(x)]))
      : Array.isArray(v) ? v.map(plain) : v);
    return {
      ok: true,
      seen: Object.fromEntries(document.issuerSignedNameSpaces.map((ns) => [ns, Object.fromEntries(
        document.issuerSigned.nameSpaces[ns].map((i) => [i.elementIdentifier, plain(i.elementValue)]),
      )])),
    };
  } catch (e) {
    return { ok: false, err: e.message };
  }
}

// One letter of an element's value is another one.
const tamper = (response) => response.replace(hex('A1-2026-000123'), hex('A1-2026-000124'));

const verifyOurs = (response, ...more_) =>
  ours('verify', root, file('response', response), String(now), ...more_);

async function checkResponse(who, response, mac) {
  const key = mac ? { ephemeralReaderKey: coseKey(reader.jwk) } : {};
  const pem = mac ? [reader.pem] : [];
  const what = `${who}, ${mac ? 'MAC' : 'signature'}`;
  const a = await theirs(response, key);
  check(`they verify: ${what}`, a.ok, a.err);
  check(`they read: ${what}`, isDeepStrictEqual(a.seen, elements), JSON.stringify(a.seen));
  const b = verifyOurs(response, transcript, ...pem);
  check(`we verify: ${what}`, b.status === 0, b.err);
  check(`we read: ${what}`, b.status === 0 && isDeepStrictEqual(read(b.out), elements), b.out);
  check(`tampering changes it: ${what}`, tamper(response) !== response);
  check(`they refuse it tampered: ${what}`, !(await theirs(tamper(response), key)).ok);
  const t = verifyOurs(tamper(response), transcript, ...pem);
  check(`we refuse it tampered: ${what}`, t.status === 1 && t.err.startsWith('MSO_DIGEST'), t.err);
  const s = verifyOurs(response, otherTranscript, ...pem);
  check(`we refuse another session: ${what}`, s.status === 1 && s.err.startsWith('DEVICE_SESSION'),
    s.err);
  const wrong = Buffer.from(transcriptBytes);
  wrong[wrong.length - 1] ^= 1;
  check(`they refuse another session: ${what}`,
    !(await theirs(response, { ...key, encodedSessionTranscript: wrong })).ok);
}

async function weIssue() {
  const lines = Object.entries(elements).flatMap(([ns, values]) =>
    Object.entries(values).map(([id, v]) => `${ns} ${id} ${hex(cbor.encode(v))}`));
  const issued = ours('issue', issuer.pem, path('signer.crt'), device.jwkFile, docType,
    String(now), String(now + 86400), file('elements', lines.join('\n')));
  check('we issue', issued.status === 0, issued.err);
  check('we verify what we issued', verifyOurs(issued.out).status === 0);
  for (const mac of [false, true]) {
    const shown = ours('present', device.pem, file('issued', issued.out), transcript,
      ...(mac ? [reader.jwkFile] : []));
    check('we present', shown.status === 0, shown.err);
    await checkResponse('ours', shown.out, mac);
  }
}

async function theyIssue() {
  const document = new Document(docType).useDigestAlgorithm('SHA-256')
    .addValidityInfo({ signed: new Date(now * 1000), validUntil: new Date((now + 86400) * 1000) })
    .addDeviceKeyInfo({ deviceKey: device.publicJwk });
  for (const [ns, values] of Object.entries(elements)) {
    document.addIssuerNameSpace(ns, values);
  }
  const signed = await document.sign({
    issuerPrivateKey: issuer.jwk, issuerCertificate: readFileSync(path('signer.crt'), 'utf8'),
    alg: 'ES256',
  });
  const mdoc = new MDoc([signed]).encode();
  const fields = Object.entries(elements).flatMap(([ns, values]) =>
    Object.keys(values).map((id) => ({ path: [`$['${ns}']['${id}']`], intent_to_retain: false })));
  const wanted = { id: 'all', input_descriptors: [
    { id: docType, format: { mso_mdoc: { alg: ['ES256'] } }, constraints: { fields } }] };
  for (const mac of [false, true]) {
    const response = DeviceResponse.from(mdoc).usingPresentationDefinition(wanted)
      .usingSessionTranscriptBytes(transcriptBytes);
    const shown = await (mac
      ? response.authenticateWithMAC(device.jwk, coseKey(reader.publicJwk), 'HS256')
      : response.authenticateWithSignature(device.jwk, 'ES256')).sign();
    await checkResponse('theirs', hex(shown.encode()), mac);
  }
}

async function transcriptsAgree() {
  const ctx = { crypto: { digest: ({ bytes }) => createHash('sha256').update(bytes).digest() } };
  const nonce = 'n-0S6_WzA2Mj';
  const clientId = 'x509_hash:1oa4PhXG4tpk5q';
  const responseUri = 'https://verifier.example/response/7';
  const origin = 'https://verifier.example';
  for (const thumbprint of [undefined, createHash('sha256').update('key').digest()]) {
    const t = thumbprint === undefined ? '-' : hex(thumbprint);
    const redirect = await SessionTranscript.forOid4Vp(
      { clientId, nonce, responseUri, jwkThumbprint: thumbprint }, ctx);
    check('redirect transcripts agree',
      ours('redirect', clientId, nonce, t, responseUri).out === hex(redirect.encode()));
    const api = await SessionTranscript.forOid4VpDcApi(
      { origin, nonce, jwkThumbprint: thumbprint }, ctx);
    check('browser API transcripts agree', ours('dc-api', origin, nonce, t).out === hex(api.encode()));
  }
}

await weIssue();
await theyIssue();
await transcriptsAgree();
finish('mdoc');
