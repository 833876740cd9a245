// What we issue, an independent library verifies, and the other way round; with and without key
// binding; one tampered twin each way is refused by both. Usage: node interop.mjs PATH-TO-nw_interop
import { execFileSync } from 'node:child_process';
import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import { compactVerify } from 'jose';

const program = process.argv[2];
const dir = mkdtempSync(join(tmpdir(), 'nw-interop-'));
const now = Math.floor(Date.now() / 1000);
const nonce = 'n-0S6_WzA2Mj';
const audience = 'https://verifier.example';
let passed = 0;
let failed = 0;

function file(name, text) {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

function keys(name) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    privateKey,
    publicKey,
    jwk: publicKey.export({ format: 'jwk' }),
    pem: file(`${name}.pem`, privateKey.export({ format: 'pem', type: 'pkcs8' })),
    jwkFile: file(`${name}.jwk`, JSON.stringify(publicKey.export({ format: 'jwk' }))),
  };
}

const signWith = (key) => async (data) =>
  sign('sha256', Buffer.from(data), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
const verifyWith = (key) => async (data, sig) =>
  verify('sha256', Buffer.from(data), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(sig, 'base64url'));

const issuer = keys('issuer');
const holder = keys('holder');
const other = new SDJwtVcInstance({
  signer: signWith(issuer.privateKey),
  verifier: verifyWith(issuer.publicKey),
  signAlg: 'ES256',
  hasher: (data, alg) => createHash(alg.replace('-', '')).update(data).digest(),
  hashAlg: 'sha-256',
  saltGenerator: (n) => randomBytes(n).toString('base64url'),
  kbSigner: signWith(holder.privateKey),
  kbSignAlg: 'ES256',
  kbVerifier: (data, sig, payload) =>
    verifyWith(createPublicKey({ key: payload.cnf.jwk, format: 'jwk' }))(data, sig),
});

function ours(...args) {
  try {
    const out = execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return { status: 0, out: out.trim() };
  } catch (e) {
    return { status: e.status, out: '', err: String(e.stderr).trim() };
  }
}

async function theirs(token, options) {
  try {
    return { ok: true, result: await other.verify(token, { currentDate: now, ...options }) };
  } catch (e) {
    return { ok: false, err: e.message };
  }
}

function check(name, good, why) {
  if (good) {
    passed++;
  } else {
    failed++;
    console.log(`FAILED: ${name}${why === undefined ? '' : `: ${why}`}`);
  }
}

const claims = {
  vct: 'urn:example:interop:1',
  iss: 'https://issuer.example',
  iat: now - 10,
  exp: now + 3600,
  subject: { surname: 'Müller "von" Ärger', forename: 'Zoë', born: 1970 },
  places: [{ country: 'DE', town: 'Köln' }, { country: 'FR' }, 'PL'],
  number: -12.5,
  flag: false,
  nothing: null,
};
const bound = { ...claims, cnf: { jwk: holder.jwk } };
const paths = ['subject', 'subject/*', 'places/*', 'number', 'flag'];
const frame = {
  _sd: ['subject', 'number', 'flag'],
  subject: { _sd: ['surname', 'forename', 'born'] },
  places: { _sd: [0, 1, 2] },
};

// One character of the last disclosure is another one.
function tamper(token) {
  const parts = token.split('~');
  const i = parts.length - 2;
  const at = parts[i].length - 5;
  parts[i] = parts[i].slice(0, at) + (parts[i][at] === 'A' ? 'B' : 'A') + parts[i].slice(at + 1);
  return parts.join('~');
}

async function weIssue() {
  const plain = ours('issue', issuer.pem, file('claims.json', JSON.stringify(claims)), ...paths);
  check('we issue', plain.status === 0, plain.err);
  const jws = await compactVerify(plain.out.split('~')[0], issuer.publicKey).catch((e) => e);
  check('jose accepts our signature', jws.protectedHeader?.typ === 'dc+sd-jwt', jws.message);
  const seen = await theirs(plain.out);
  check('they verify ours', seen.ok, seen.err);
  check('they read what we wrote', isDeepStrictEqual(seen.result?.payload, claims));
  check('they refuse ours tampered', !(await theirs(tamper(plain.out))).ok);
  check('we refuse ours tampered',
    ours('verify', issuer.jwkFile, file('t1', tamper(plain.out)), String(now)).status === 1);

  const issued = ours('issue', issuer.pem, file('bound.json', JSON.stringify(bound)), ...paths);
  const shown = ours('present', holder.pem, file('t2', issued.out), nonce, audience, String(now));
  check('we present', shown.status === 0, shown.err);
  const kb = await theirs(shown.out, { keyBindingNonce: nonce });
  check('they verify our key binding', kb.ok, kb.err);
  check('they read our key binding', kb.result?.kb?.payload?.aud === audience);
  check('they read the bound payload', isDeepStrictEqual(kb.result?.payload, bound));
  check('they refuse another nonce', !(await theirs(shown.out, { keyBindingNonce: 'x' })).ok);
  check('they refuse our key binding tampered',
    !(await theirs(tamper(shown.out), { keyBindingNonce: nonce })).ok);
  check('we refuse our key binding tampered',
    ours('verify', issuer.jwkFile, file('t3', tamper(shown.out)), String(now), nonce, audience)
      .status === 1);
}

async function theyIssue() {
  const plain = await other.issue(claims, frame);
  const seen = ours('verify', issuer.jwkFile, file('t4', plain), String(now));
  check('we verify theirs', seen.status === 0, seen.err);
  check('we read what they wrote',
    seen.status === 0 && isDeepStrictEqual(JSON.parse(seen.out), claims), seen.out);
  check('we refuse theirs tampered',
    ours('verify', issuer.jwkFile, file('t5', tamper(plain)), String(now)).status === 1);
  check('they refuse theirs tampered', !(await theirs(tamper(plain))).ok);

  const issued = await other.issue(bound, frame);
  const shown = await other.present(issued, { subject: { forename: true }, places: { 1: true } },
    { kb: { payload: { iat: now, aud: audience, nonce } } });
  const kb = ours('verify', issuer.jwkFile, file('t6', shown), String(now), nonce, audience);
  check('we verify their key binding', kb.status === 0, kb.err);
  const { subject: _s, number: _n, flag: _f, ...open } = bound;
  check('we read what they disclosed', kb.status === 0 && isDeepStrictEqual(JSON.parse(kb.out),
    { ...open, subject: { forename: 'Zoë' }, places: [{ country: 'FR' }] }), kb.out);
  for (const [name, n, a] of [['nonce', 'x', audience], ['audience', nonce, 'https://x.example']]) {
    check(`we refuse another ${name}`,
      ours('verify', issuer.jwkFile, file('t7', shown), String(now), n, a).status === 1);
  }
  check('we refuse their key binding tampered',
    ours('verify', issuer.jwkFile, file('t8', tamper(shown)), String(now), nonce, audience)
      .status === 1);
  check('they refuse their key binding tampered',
    !(await theirs(tamper(shown), { keyBindingNonce: nonce })).ok);
}

try {
  await weIssue();
  await theyIssue();
} finally {
  rmSync(dir, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
