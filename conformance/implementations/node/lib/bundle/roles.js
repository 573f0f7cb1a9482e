// Roles of files: the place that belongs to each, and how many there are.

const ANY = '([^/]+)'; // one segment; whether it is the id or the digest is FSEP-REF-001's and FSEP-BND-009's to say

const place = (source) => new RegExp(`^(?:${source})$`);

/** Of each role: the pattern of its path; the schema of its document or of its lines; and how many files it has. */
export const ROLES = {
  design: { path: place('design\\.json'), document: 'design', least: 1 },
  items: { path: place('items\\.jsonl'), lines: 'item', least: 1 },
  scaffold: { path: place(`scaffolds/${ANY}\\.json`), document: 'scaffold', many: true, least: 1 },
  system: { path: place(`systems/${ANY}\\.json`), document: 'system', many: true, least: 1 },
  transcripts: { path: place(`transcripts/${ANY}\\.jsonl(?:\\.zst)?`), lines: 'run', many: true, least: 1 },
  simulator: { path: place(`simulators/${ANY}\\.json`), document: 'simulator', many: true, least: 0 },
  environment: { path: place(`environments/${ANY}\\.json`), document: 'environment', many: true, least: 0 },
  blob: { path: place(`blobs/${ANY}`), many: true, least: 0 },
  proof: { path: place(`proofs/${ANY}`), many: true, least: 0 },
  departures: { path: place('departures\\.json'), document: 'departures', least: 0 },
  commitments: { path: place('commitments\\.json'), document: 'commitments', least: 0 },
  'loss-report': { path: place('loss\\.json'), document: 'loss-report', least: 0 },
  ledger: { path: place('ledger\\.jsonl'), lines: 'ledger', least: 0 },
  rubric: { path: place('rubric\\.json'), document: 'rubric', least: 0 },
  raters: { path: place('raters\\.json'), document: 'raters', least: 0 },
  blinding: { path: place('blinding\\.json'), document: 'blinding', least: 0 },
  profile: { path: place('profile\\.json'), document: 'profile', least: 0 },
  claims: { path: place('claims\\.json'), document: 'claims', least: 0 },
  ratings: { path: place(`ratings/${ANY}\\.jsonl`), lines: 'rating', many: true, least: 0 },
};

/** The role that belongs to a path, with the id that the path names, where it names one. */
export function roleOfPath(path) {
  for (const [role, { path: pattern }] of Object.entries(ROLES)) {
    const found = pattern.exec(path);
    if (found !== null) return { role, id: found[1] };
  }
  return undefined;
}
