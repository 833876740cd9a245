// What the programs make, from a record to a presentation, verified by @auth0/mdl over a session
// transcript of @owf/mdoc: nachweis-issuer issues a batch, the test wallet presents.
// Usage: node mdoc_programs.mjs PATH-TO-nachweis-issuer PATH-TO-nw-wallet FOLDER-OF-RECORDS
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mdl from '@auth0/mdl';
import { SessionTranscript } from '@owf/mdoc';

const [issuer, wallet, records] = process.argv.slice(2);
const dir = mkdtempSync(join(tmpdir(), 'nw-interop-programs-'));
const path = (name) => join(dir, name);
// number: the element that is changed in one letter; says: what they must read, by element
const types = [
  { docType: 'eu.europa.ec.eudi.pda1.1', file: 'a1-de-to-nl.json', number: (r) => r.documentID,
    says: (r, e) => e('document_id') === r.documentID
      && e('credential_holder')?.get('family_name') === r.subject.names.surnames },
  { docType: 'eu.europa.ec.eudi.ehic.1', file: 'ehic-de.json', number: (r) => r.document_number,
    says: (r, e) => e('document_id') === r.document_number
      && e('social_security_pin') === r.personal_administrative_number
      && e('competent_institution')?.get('institution_id') === r.authentic_source.id
      && day(e('ending_date')) === r.ending_date },
  { docType: 'eu.europa.ec.eudi.pid.1', file: 'pid-de.json', number: (r) => r.document_number,
    says: (r, e) => e('family_name') === r.family_name && day(e('birth_date')) === r.birthdate
      && e('sex') === r.sex && e('nationality')?.join() === r.nationalities.join()
      && e('place_of_birth')?.get('locality') === r.place_of_birth.locality
      && e('portrait') instanceof Uint8Array
      && `data:image/jpeg;base64,${Buffer.from(e('portrait')).toString('base64')}` === r.picture },
];
const day = (v) => (v instanceof Date ? v.toISOString() : String(v)).slice(0, 10);
const session = {
  clientId: 'x509_san_dns:verifier.example', nonce: 'n-0S6_WzA2Mj',
  responseUri: 'https://verifier.example/response/7',
};
let passed = 0;
let failed = 0;

function check(name, good, why) {
  if (good) {
    passed++;
  } else {
    failed++;
    console.log(`FAILED: ${name}${why === undefined ? '' : `: ${why}`}`);
  }
}

const run = (program, ...args) =>
  execFileSync(program, args, { stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 24 });

async function transcript(nonce) {
  const ctx = { crypto: { digest: ({ bytes }) => createHash('sha256').update(bytes).digest() } };
  const t = await SessionTranscript.forOid4Vp({ ...session, nonce }, ctx);
  return Buffer.from(t.encode({ asDataItem: true }));
}

function decode(output) {
  return output[0] >= 0x80 ? output : Buffer.from(output.toString().trim(), 'base64url');
}

async function verify(response, nonce = session.nonce) {
  const verifier = new mdl.Verifier([readFileSync(path('home/keys/ca.cert.pem'), 'utf8')]);
  try {
    const seen = await verifier.verify(response, {
      encodedSessionTranscript: await transcript(nonce) });
    return { ok: true, document: seen.documents[0] };
  } catch (e) {
    return { ok: false, err: e.message };
  }
}

// A record that is valid now, whatever the day.
function recordOf(type) {
  const days = (n) => new Date(Date.now() + n * 86400000).toISOString().slice(0, 10);
  const text = readFileSync(join(records, type.file), 'utf8')
    .replaceAll('2026-05-01', days(-30)).replaceAll('2027-04-30', days(300));
  writeFileSync(path('record.json'), text);
  return JSON.parse(text);
}

function present(line) {
  return decode(run(wallet, 'present-mdoc', '--key', path(`device${line}.pem`), '--nonce',
    session.nonce, '--client-id', session.clientId, '--response-uri', session.responseUri,
    '--line', String(line), path('issued')));
}

async function checkCopy(type, record, line) {
  const response = present(line);
  const seen = await verify(response);
  const what = `copy ${line} of ${type.docType}`;
  check(`they verify ${what}`, seen.ok, seen.err);
  check(`they refuse another nonce: ${what}`, !(await verify(response, 'another')).ok);
  const changed = Buffer.from(response);
  changed[response.indexOf(type.number(record))] ^= 1;
  check(`they refuse another document number: ${what}`, !(await verify(changed)).ok);
  if (!seen.ok) {
    return undefined;
  }
  const items = seen.document.issuerSigned.nameSpaces[type.docType];
  const element = (id) => items.find((i) => i.elementIdentifier === id)?.elementValue;
  check(`they read what the record says: ${what}`, type.says(record, element));
  const { status, validityInfo } = seen.document.issuerSigned.issuerAuth.decodedPayload;
  return { items, status, validityInfo };
}

async function checkType(type) {
  const record = recordOf(type);
  run(issuer, 'issue', '--home', path('home'), '--form', 'mso_mdoc', '--holder-key',
    path('device1.jwk'), '--holder-key', path('device2.jwk'), '--out', path('issued'),
    path('record.json'));
  const [a, b] = [await checkCopy(type, record, 1), await checkCopy(type, record, 2)];
  if (a === undefined || b === undefined) {
    return;
  }
  const randoms = (copy) =>
    copy.items.map((i) => Buffer.from(i.dataItem.data.get('random')).toString('hex'));
  const all = [...randoms(a), ...randoms(b)];
  check('no random is used twice', all.length > 10 && new Set(all).size === all.length);
  const midnight = new Date(new Date().toISOString().slice(0, 10));
  for (const { validityInfo: v } of [a, b]) {
    check('a copy does not tell when it was made', midnight - v.signed <= 86400000
      && v.signed % 86400000 === 0 && +v.validFrom === +v.signed);
  }
  const index = (copy) => copy.status.get('status_list').get('idx');
  check('each copy has its own place in a list', Number.isInteger(index(a)) && index(a) !== index(b));
}

try {
  run(issuer, 'setup', '--home', path('home'));
  for (const line of [1, 2]) {
    writeFileSync(path(`device${line}.jwk`), run(wallet, 'key', path(`device${line}.pem`)));
  }
  for (const type of types) {
    await checkType(type);
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
console.log(`mdoc programs: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
