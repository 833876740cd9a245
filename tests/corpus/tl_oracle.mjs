// What national lists say of their services, read by nothing of ours (TS 119 612 5.5, 5.6; TS 119 615
// 4.3): at the beginning of every entry, and a second before and after it. Usage: node tl_oracle.mjs
// OUT LIST... Writes "territory role key time answers": the role as in docs/PROTOCOL.bundle, the SHA-256 of
// the SubjectPublicKeyInfo, and for each service of that key one of
//   n (no entry yet), g or w, then uses (1 signatures, 2 seals, 4 open), then ":" and the qualifiers of
//   each element in the words of docs/PROTOCOL.bundle.
// At the end "services ROLE COUNT", and "elements 6 COUNT": in all periods together.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const TOKEN = /<!--[^]*?-->|<\?[^]*?\?>|<!\[CDATA\[([^]*?)\]\]>|<(\/?)(?:[\w.-]+:)?([\w.-]+)([^>]*?)(\/?)>|([^<]+)/g;
const ENTITY = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function parse(text) {
  const root = { name: '', kids: [], text: '', attrs: '' };
  const stack = [root];
  for (const [, cdata, close, name, attrs, empty, plain] of text.matchAll(TOKEN)) {
    const top = stack.at(-1);
    if (name === undefined) {
      top.text += cdata ?? (plain ?? '').replace(/&(\w+);/g, (all, e) => ENTITY[e] ?? all);
    } else if (close) {
      if (stack.pop().name !== name) throw new Error(`</${name}> out of place`);
    } else {
      const node = { name, kids: [], text: '', attrs };
      top.kids.push(node);
      if (!empty) stack.push(node);
    }
  }
  if (stack.length !== 1) throw new Error('not closed');
  return root.kids[0];
}
const all = (node, name) => node ? node.kids.filter((k) => k.name === name) : [];
const at = (node, ...path) => path.reduce((n, name) => all(n, name)[0], node);
const words = (node) => (node?.text ?? '').trim();
const last = (uri) => uri.split('/').at(-1);
const attr = (node, name) => new RegExp(`\\b${name}\\s*=\\s*["']([^"']*)["']`).exec(node.attrs)?.[1];
const seconds = (node) => Date.parse(words(node)) / 1000;

function* deep(node, name) {
  for (const kid of node.kids) {
    if (kid.name === name) yield kid;
    yield* deep(kid, name);
  }
}

// SHA-256 of the seventh member of tbsCertificate, version counted
function keyOf(der) {
  const head = (p) => {
    let n = der[p + 1], size = 2;
    if (n > 0x80) {
      size += n - 0x80;
      n = der.subarray(p + 2, p + size).reduce((v, b) => v * 256 + b, 0);
    }
    return [p + size, p + size + n];
  };
  let p = head(head(0)[0])[0];
  if (der[p] === 0xa0) p = head(p)[1];
  for (let i = 0; i < 5; i++) p = head(p)[1];
  return createHash('sha256').update(der.subarray(p, head(p)[1])).digest('hex');
}

const QUALIFIERS = { NotQualified: 1, QCStatement: 2, QCForESig: 4, QCForESeal: 8, QCForWSA: 16, QCForLegalPerson: 32 };
const USES = { ForeSignatures: 1, ForeSeals: 2 };
const READ = ['AdditionalServiceInformation', 'Qualifications', 'TakenOverBy', 'ExpiredCertsRevocationInfo'];

const criteria = (node) => node && [node.name, attr(node, 'assert') ?? attr(node, 'name'), words(node).replace('urn:oid:', ''),
                                    node.kids.filter((k) => k.name !== 'Description').map(criteria)];

function readEntry(info) {
  const entry = { from: seconds(at(info, 'StatusStartingTime')),
                  type: words(at(info, 'ServiceTypeIdentifier')).replace(/^.*\/Svctype\//, ''),
                  status: last(words(at(info, 'ServiceStatus'))), uses: 0, open: false, elements: [], raw: [] };
  for (const x of all(at(info, 'ServiceInformationExtensions'), 'Extension')) {
    const what = x.kids[0];
    if (attr(x, 'Critical') !== 'false' && (x.kids.length !== 1 || !READ.includes(what.name))) entry.open = true;
    if (what.name === 'AdditionalServiceInformation') entry.uses |= USES[last(words(at(what, 'URI')))] ?? 0;
    for (const element of what.name === 'Qualifications' ? all(what, 'QualificationElement') : []) {
      const bits = all(at(element, 'Qualifiers'), 'Qualifier').map((q) => last(attr(q, 'uri')))
        .reduce((sum, q) => sum | (QUALIFIERS[q] ?? (/SSCD|QSCD/.test(q) ? 0 : 64)), 0);
      if (bits) {
        entry.elements.push(bits);
        entry.raw.push(JSON.stringify([bits, criteria(at(element, 'CriteriaList'))]));
      }
    }
  }
  if (entry.status !== 'granted' && entry.status !== 'withdrawn') entry.open = true;
  return entry;
}

const same = (e) => JSON.stringify([e.type, e.status, e.uses, e.open, e.raw]);
function answer(service, role, t) {
  const type = role === 6 ? 'CA/QC' : 'EAA/Q';
  const covering = service.entries.filter((e) => e.from <= t);
  const latest = Math.max(...covering.map((e) => e.from));
  const now = covering.filter((e) => e.from === latest);
  if (now.length === 0) return 'n';
  const e = now[0];
  const open = e.open || now.some((o) => same(o) !== same(e));
  const ended = service.closed !== undefined && t >= service.closed && e.status === 'granted';
  const state = e.type === type && e.status === 'granted' && !open && !ended ? 'g' : 'w';
  const uses = role === 6 && e.type === type ? e.uses | (open ? 4 : 0) : 0;
  return `${state}${uses}:${uses === 0 || ended ? '' : e.elements.join(';')}`;
}

const carried = { 5: 0, 6: 0 };
const lines = new Map();
const services = [];
const [out, ...files] = process.argv.slice(2);
for (const file of files) {
  const list = parse(readFileSync(file, 'utf8'));
  const scheme = at(list, 'SchemeInformation');
  const territory = words(at(scheme, 'SchemeTerritory')).replace('EL', 'GR').replace('UK', 'GB');
  const closed = at(scheme, 'NextUpdate', 'dateTime') ? undefined : seconds(at(scheme, 'ListIssueDateTime'));
  for (const node of deep(list, 'TSPService')) {
    const info = at(node, 'ServiceInformation');
    const entries = [info, ...all(at(node, 'ServiceHistory'), 'ServiceHistoryInstance')].map(readEntry);
    const keys = new Set([...deep(at(info, 'ServiceDigitalIdentity') ?? info, 'X509Certificate')]
      .map((c) => keyOf(Buffer.from(words(c), 'base64'))));
    const times = new Set(entries.flatMap((e) => [e.from - 1, e.from, e.from + 1]));
    services.push({ territory, closed, entries, keys, times });
  }
}
for (const s of services) {
  for (const role of [5, 6]) {
    const granted = s.entries.some((e) => {
      const said = answer(s, role, e.from);
      return said[0] === 'g' && (role === 5 || (said[1] & 2) !== 0);
    });
    s[role] = granted && s.keys.size > 0;
    carried[role] += s[role];
  }
}
// Entries that say the same one after the other are one period.
let elements = 0;
for (const s of services.filter((x) => x[6])) {
  let before = '';
  for (const e of s.entries.filter((x, i, every) => every.findIndex((o) => o.from === x.from) === i).reverse()) {
    const said = answer(s, 6, e.from);
    const now = said + e.raw.join();
    if (now !== before) elements += said.split(/[:;]/).slice(1).filter(Boolean).length;
    before = now;
  }
}
for (const role of [5, 6]) {
  for (const s of services.filter((x) => x[role])) {
    for (const key of s.keys) {
      const others = services.filter((x) => x[role] && x.territory === s.territory && x.keys.has(key));
      for (const t of s.times) {
        const said = [...new Set(others.map((o) => answer(o, role, t)))].sort().join(',');
        lines.set(`${s.territory}\t${role}\t${key}\t${t}`, said);
      }
    }
  }
}
writeFileSync(out, ['territory\trole\tkey\ttime\tanswers', ...[...lines].map(([where, said]) => `${where}\t${said}`),
                    ...[5, 6].map((role) => `services\t${role}\t${carried[role]}`), `elements\t6\t${elements}`, ''].join('\n'));
