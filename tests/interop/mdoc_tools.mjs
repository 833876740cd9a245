// What the mdoc tests with other libraries share: a folder for a run, keys and certificates by openssl,
// our program, counting.
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const dir = mkdtempSync(join(tmpdir(), 'nw-interop-mdoc-'));
let passed = 0;
let failed = 0;

export const path = (name) => join(dir, name);
export const hex = (bytes) => Buffer.from(bytes).toString('hex');
export function file(name, text) {
  writeFileSync(path(name), text);
  return path(name);
}

export function keys(name, curve = 'P-256') {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: curve });
  // without a kid, @auth0/mdl writes "undefined" as one, which RFC 9052 3.1 does not allow
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid: name };
  const { d: _d, ...publicJwk } = jwk;
  return {
    jwk,
    publicJwk,
    pem: file(`${name}.pem`, privateKey.export({ format: 'pem', type: 'pkcs8' })),
    jwkFile: file(`${name}.jwk`, JSON.stringify(publicJwk)),
  };
}

export function check(name, good, why) {
  if (good) {
    passed++;
  } else {
    failed++;
    console.log(`FAILED: ${name}${why === undefined ? '' : `: ${why}`}`);
  }
}

export function ours(...args) {
  try {
    const out = execFileSync(process.argv[2], args,
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return { status: 0, out: out.trim() };
  } catch (e) {
    return { status: e.status, out: '', err: String(e.stderr).trim() };
  }
}

// Root and document signer by openssl, with what ISO/IEC 18013-5 annex B asks of them; returns the
// time, after their making: they begin then.
export function certificates(signer) {
  const openssl = (...args) => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' });
  const root = keys('root');
  file('root.ext', 'basicConstraints=critical,CA:TRUE,pathlen:0\n'
    + 'keyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n');
  file('signer.ext', 'keyUsage=critical,digitalSignature\n'
    + 'extendedKeyUsage=critical,1.0.18013.5.1.2\n'
    + 'subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n');
  openssl('req', '-new', '-key', root.pem, '-subj', '/C=DE/CN=Test root', '-out', 'root.csr');
  openssl('x509', '-req', '-in', 'root.csr', '-signkey', root.pem, '-days', '30', '-extfile',
    'root.ext', '-out', 'root.crt');
  openssl('req', '-new', '-key', signer.pem, '-subj', '/C=DE/CN=Test signer', '-out', 'signer.csr');
  openssl('x509', '-req', '-in', 'signer.csr', '-CA', 'root.crt', '-CAkey', root.pem,
    '-set_serial', '4711', '-days', '20', '-extfile', 'signer.ext', '-out', 'signer.crt');
  return Math.floor(Date.now() / 1000);
}

// Ends the run: its folder goes, its count is told.
export function finish(name) {
  rmSync(dir, { recursive: true, force: true });
  console.log(`${name}: ${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}
