// The same work as bench.c done by JavaScript peers: @sd-jwt/sd-jwt-vc with node:crypto, cbor-x with
// node:zlib and @digitalbazaar/base45, @sd-jwt/jwt-status-list. Prints {"lib","op","us"} a line.
// Usage: node peers.mjs [--seconds S]. Packages are those of tests/interop.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import { deflateSync, inflateSync } from 'node:zlib';
import { readFileSync } from 'node:fs';

const require = createRequire(new URL('../tests/interop/package.json', import.meta.url));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { SDJwtVcInstance } = await load('@sd-jwt/sd-jwt-vc');
const { createHeaderAndPayload, StatusList, getListFromStatusListJWT } = await load('@sd-jwt/jwt-status-list');
const { Encoder } = await load('cbor-x');
const base45 = await load('@digitalbazaar/base45');

const at = process.argv.indexOf('--seconds');
const seconds = at > 0 ? Number(process.argv[at + 1]) : 1;
const claims = JSON.parse(readFileSync(new URL('claims.json', import.meta.url)));

const p256 = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const raw = { dsaEncoding: 'ieee-p1363' };
const signWith = (key) => async (data) => sign('sha256', Buffer.from(data), { key, ...raw }).toString('base64url');
const verifyWith = (key) => async (data, sig) =>
  verify('sha256', Buffer.from(data), { key, ...raw }, Buffer.from(sig, 'base64url'));

// The median over slices. Of a slice counts what is smaller: the time that went by, or the processor
// time of all threads. So other work on the machine does not make the peers look slow.
async function measure(op, fn, runs = 0) {
  for (let i = 0; i < (runs || 500); i++) await fn(i);
  const slices = [];
  for (let i = 0, left = seconds * 1e6; left > 0;) {
    const start = process.hrtime.bigint(), cpu = process.cpuUsage();
    let n = 0, gone = 0;
    do { await fn(i++); n++; gone = Number(process.hrtime.bigint() - start) / 1e3; } while (gone < 20e3);
    const used = process.cpuUsage(cpu);
    slices.push(Math.min(gone, used.user + used.system) / n);
    left -= gone;
  }
  const us = slices.sort((a, b) => a - b)[slices.length >> 1];
  console.log(JSON.stringify({ lib: 'peer', op, us: +us.toFixed(2) }));
}

const issuer = p256();
const holders = Array.from({ length: 64 }, p256);
const vc = new SDJwtVcInstance({
  signAlg: 'ES256', hashAlg: 'sha-256',
  hasher: (data) => createHash('sha256').update(typeof data === 'string' ? data : Buffer.from(data)).digest(),
  saltGenerator: (n) => randomBytes(n).toString('base64url'),
  signer: signWith(issuer.privateKey), verifier: verifyWith(issuer.publicKey), kbSignAlg: 'ES256',
  kbVerifier: async (data, sig, payload) =>
    verify('sha256', Buffer.from(data), { key: createPublicKey({ key: payload.cnf.jwk, format: 'jwk' }), ...raw }, Buffer.from(sig, 'base64url')),
});
const now = Math.floor(Date.now() / 1000);
const frame = { _sd: Object.keys(claims) };
const envelope = (i) => ({ iss: 'https://issuer.example', iat: now, exp: now + 1e6, vct: 'eu.we-build.pda1.1',
  cnf: { jwk: holders[i % 64].publicKey.export({ format: 'jwk' }) }, ...claims });
const envelopes = holders.map((_, i) => envelope(i));
const presentations = [];
for (let i = 0; i < 64; i++) {
  const credential = await vc.issue(envelopes[i], frame);
  vc.userConfig.kbSigner = signWith(holders[i].privateKey);
  presentations.push(await vc.present(credential, Object.fromEntries(Object.keys(claims).map((k) => [k, true])), {
    kb: { payload: { iat: now, aud: 'https://verifier.example', nonce: 'n-0S6_WzA2Mj' } } }));
}
const options = { keyBindingNonce: 'n-0S6_WzA2Mj' };
const good = await vc.verify(presentations[0], options);
if (Object.keys(good.payload).filter((k) => k in claims).length !== 25) throw new Error('not all 25 claims came back');
const broken = presentations[0].replace(/~([^~]{20})/, (m) => m.slice(0, -1) + (m.endsWith('A') ? 'B' : 'A'));
await vc.verify(broken, options).then(() => { throw new Error('a broken presentation was accepted'); }, () => {});

const digest = createHash('sha256').update('x').digest();
const signature = sign('sha256', digest, { key: issuer.privateKey, ...raw });
await measure('raw_sign', () => sign('sha256', digest, { key: issuer.privateKey, ...raw }));
await measure('raw_verify', () => verify('sha256', digest, { key: issuer.publicKey, ...raw }, signature));
await measure('sdjwt_issue', (i) => vc.issue(envelopes[i % 64], frame));
await measure('sdjwt_verify', (i) => vc.verify(presentations[i % 64], options));

// A COSE_Sign1 over the same facts as an A11 code, compressed and in base45.
const cbor = new Encoder({ mapsAsObjects: false, useRecords: false, tagUint8Array: false });
const a1 = new Map([[0, 1], [1, claims.document_id], [2, new Map([[1, claims.surnames], [2, claims.forenames], [3, 7411]])],
  [3, ['PL', 20485, 20849, 1]], [4, 1], [5, [[1, claims.employer.name, claims.employer.employerID, 3, [claims.employer_address.town, 'PL']]]],
  [6, new Map([['DE', [[claims.site, [claims.site_address.town], claims.site_id, 3]]]])]]);
const cwt = new Map([[1, 'PL:ZUSTEST02'], [4, now + 1e6], [6, now],
  [65535, new Map([['status_list', new Map([['idx', 4711], ['uri', 'https://issuer.example/status/1']])]])], [-65883, a1]]);
const headers = cbor.encode(new Map([[1, -7], [4, Buffer.alloc(8, 7)], [16, 'application/a1+cwt']]));
const toBeSigned = (payload) => cbor.encode(['Signature1', headers, Buffer.alloc(0), payload]);
const make = () => {
  const payload = cbor.encode(cwt);
  const sig = sign('sha256', toBeSigned(payload), { key: issuer.privateKey, ...raw });
  const token = Buffer.concat([Buffer.from([0xd2]), cbor.encode([headers, new Map(), payload, sig])]);
  return 'A11:' + base45.encode(deflateSync(token, { level: 9 }));
};
const code = make();
const read = () => {
  const token = inflateSync(base45.decode(code.slice(4)), { maxOutputLength: 16384 });
  const [protectedHeaders, , payload, sig] = cbor.decode(token.subarray(1));
  if (!verify('sha256', toBeSigned(payload), { key: issuer.publicKey, ...raw }, sig)) throw new Error('signature');
  cbor.decode(protectedHeaders);
  return cbor.decode(payload);
};
if (read().get(1) !== 'PL:ZUSTEST02') throw new Error('the code does not read back');
await measure('a11_make', make);
await measure('a11_verify', read);

// A status list of 2^20 entries, one in a hundred set.
const entries = 1 << 20;
const bits = new Array(entries).fill(0);
for (let i = 0; i < entries / 100; i++) bits[(i * 104729) % entries] = 1;
const uri = 'https://issuer.example/status/1';
const build = async () => {
  const { header, payload } = createHeaderAndPayload(new StatusList(bits, 1), { sub: uri, iat: now, exp: now + 86400, iss: 'https://issuer.example' }, { alg: 'ES256', typ: 'statuslist+jwt' });
  const part = (o) => Buffer.from(JSON.stringify(o)).toString('base64url');
  const input = part(header) + '.' + part(payload);
  return input + '.' + sign('sha256', Buffer.from(input), { key: issuer.privateKey, ...raw }).toString('base64url');
};
const list = await build();
const check = async () => {
  const dot = list.lastIndexOf('.');
  if (!verify('sha256', Buffer.from(list.slice(0, dot)), { key: issuer.publicKey, ...raw }, Buffer.from(list.slice(dot + 1), 'base64url'))) throw new Error('signature');
  return getListFromStatusListJWT(list).getStatus(104729);
};
if (await check() !== 1) throw new Error('the list does not read back');
await measure('status_build', build, 2);
await measure('status_check', check, 2);
