// Credentials (FSEP-SEC-001): looked for by the names of members and by the shapes of texts, and never repeated.

import { RE2JS } from 're2js';

const NAMES = new Set([
  'apikey', 'apisecret', 'accesstoken', 'authtoken', 'authorization', 'bearer', 'bearertoken', 'clientsecret',
  'password', 'privatekey', 'secretkey', 'xapikey',
]);

// Each shape, with a literal that every match of it holds (in lower case), so that most texts are passed over quickly.
const SHAPES = [
  ['k-', '\\b(?:sk|pk|rk)-[A-Za-z0-9_-]{20,}'],
  ['akia', '\\bAKIA[0-9A-Z]{16}\\b'],
  ['aiza', '\\bAIza[0-9A-Za-z_-]{35}'],
  ['gh', '\\bgh[pousr]_[A-Za-z0-9]{36,}'],
  ['github_pat_', '\\bgithub_pat_[A-Za-z0-9_]{22,}'],
  ['hf_', '\\bhf_[A-Za-z0-9]{30,}'],
  ['xox', '\\bxox[abprs]-[A-Za-z0-9-]{10,}'],
  ['bearer', '(?i)\\bbearer[ \\t]+[A-Za-z0-9._~+/-]{20,}'],
  ['private key', '-----BEGIN [A-Z ]*PRIVATE KEY-----'],
].map(([literal, source]) => ({ literal, pattern: RE2JS.compile(source) }));

const HINT = new RegExp(SHAPES.map(({ literal }) => literal).join('|'), 'i');
const SHORTEST = 15;

function hasShape(text) {
  if (text.length < SHORTEST || !HINT.test(text)) return false;
  const lower = text.toLowerCase();
  return SHAPES.some(({ literal, pattern }) => lower.includes(literal) && pattern.test(text));
}

function isNamed(name, value) {
  return typeof value === 'string' && value !== '' && NAMES.has(name.toLowerCase().replace(/[-_]/g, ''));
}

/** Whether a value holds a credential; `byName` says whether names of members count in it. */
function holds(value, byName) {
  if (typeof value === 'string') return hasShape(value);
  if (value === null || typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.some((each) => holds(each, byName));
  for (const name of Object.keys(value)) {
    const member = value[name];
    if (hasShape(name) || (byName && isNamed(name, member))) return true;
    if (holds(member, byName)) return true;
  }
  return false;
}

export function scanDocument(document, outcomes) {
  if (holds(document, true)) outcomes.fail('FSEP-SEC-001');
}

/** Looks at a record that is no run: by shape everywhere, by name in its `extensions`. */
export function scanRecord(record, outcomes) {
  const { extensions, ...rest } = record;
  if (holds(rest, false) || holds(extensions ?? null, true)) outcomes.fail('FSEP-SEC-001');
}

/** Looks at a line of a run: by name in the `parameters` of its events, too. */
export function scanRun(line, outcomes) {
  const { events, ...rest } = line;
  scanRecord(rest, outcomes);
  for (const event of events) {
    const { parameters, ...others } = event;
    scanRecord(others, outcomes);
    if (holds(parameters ?? null, true)) outcomes.fail('FSEP-SEC-001');
  }
}
