// Medians and ratios of bench/run as Markdown, and the limits of the project with pass or miss.
import { readFileSync } from 'node:fs';

const rows = readFileSync(process.argv[2], 'utf8').trim().split('\n').map((l) => JSON.parse(l));
const median = (lib, op) => {
  const v = rows.filter((r) => r.lib === lib && r.op === op).map((r) => r.us).sort((a, b) => a - b);
  return v[v.length >> 1];
};
const ops = [
  ['raw_sign', 'P-256 sign', null], ['raw_verify', 'P-256 verify', null],
  ['sdjwt_issue', 'SD-JWT VC issued, 25 claims', ['raw_sign', 1]],
  ['sdjwt_verify', 'SD-JWT VC and KB-JWT verified, 25 claims', ['raw_verify', 2]],
  ['mdoc_issue', 'mdoc issued, 25 elements', ['raw_sign', 1]],
  ['mdoc_verify', 'IssuerSigned verified, 25 elements', ['raw_verify', 1]],
  ['mdoc_device', 'DeviceResponse with device signature verified, 25 elements', ['raw_verify', 2]],
  ['a11_make', 'A11 made', ['raw_sign', 1]], ['a11_verify', 'A11 verified', ['raw_verify', 1]],
  ['status_build', 'status list of 2^20 built, compressed, signed', ['raw_sign', 1]],
  ['status_check', 'status list of 2^20 checked cold', ['raw_verify', 1]],
  ['tsl_least', 'trusted list of 3 MB parsed, made canonical, hashed', null],
  ['tsl_verify', 'the same list verified and read', ['tsl_least', 1]],
];
const f = (x) => (x === undefined ? '' : x >= 100 ? x.toFixed(0) : x.toFixed(1));
console.log('| work | libcrypto µs | PSA µs | peer µs | libcrypto to its raw work | peer to libcrypto |');
console.log('| --- | ---: | ---: | ---: | ---: | ---: |');
for (const [op, name, raw] of ops) {
  if (median('libcrypto', op) === undefined) continue; // without $NW_DATA
  const ours = median('libcrypto', op), peer = median('peer', op);
  const ratio = raw ? `${(ours / (raw[1] * median('libcrypto', raw[0]))).toFixed(2)} x ${raw[1] === 2 ? 'two' : 'one'}` : '';
  console.log(`| ${name} | ${f(ours)} | ${f(median('psa', op))} | ${f(peer)} | ${ratio} | ${raw && peer !== undefined ? (peer / ours).toFixed(1) + ' x' : ''} |`);
}
const us = (op) => median('libcrypto', op), sign = us('raw_sign'), verify = us('raw_verify');
const limits = [
  ['SD-JWT VC with KB-JWT verified <= 1.3 x two raw checks', us('sdjwt_verify') / (2 * verify), 1.3],
  ['SD-JWT VC verified at least 5 x faster than the peer', 5, median('peer', 'sdjwt_verify') / us('sdjwt_verify')],
  ['SD-JWT VC issued <= 1.8 x one raw signature', us('sdjwt_issue') / sign, 1.8],
  ['SD-JWT VC issued at least 10 x faster than the peer', 10, median('peer', 'sdjwt_issue') / us('sdjwt_issue')],
  ['IssuerSigned verified <= 1.25 x one raw check', us('mdoc_verify') / verify, 1.25],
  ['DeviceResponse verified <= 1.25 x two raw checks', us('mdoc_device') / (2 * verify), 1.25],
  ['A11 verified <= 1.25 x one raw check', us('a11_verify') / verify, 1.25],
  ['status list built in under 1 ms', us('status_build') / 1000, 1],
  ['status list checked cold in under 0.3 ms', us('status_check') / 1000, 0.3],
  ['trusted list verified not slower than by xmlsec1', us('tsl_verify') / median('peer', 'tsl_verify'), 1],
];
console.log('');
for (const [text, value, limit] of limits) console.log(`${Number.isNaN(value) ? 'SKIPPED' : value <= limit ? 'met    ' : 'MISSED '} ${text}: ${value.toFixed(2)} against ${limit.toFixed(2)}`);
