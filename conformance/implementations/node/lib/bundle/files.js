// The files of a bundle against the manifest: FSEP-BND-003 to FSEP-BND-009.

import { createHash } from 'node:crypto';
import { LimitReached } from '../form/limits.js';
import { LineCounter } from '../form/lines.js';
import { expand } from '../container/zstandard.js';
import { Unreadable } from '../container/unreadable.js';
import { ROLES, roleOfPath } from './roles.js';

const KEPT_FILE = 16 * 2 ** 20;
const KEPT_ALL = 256 * 2 ** 20;
const isExpanded = (path) => path.endsWith('.jsonl.zst');

class Files {
  constructor(container, limits) {
    this.container = container;
    this.limits = limits;
    /** Path to entry, of the files that are sound. */
    this.sound = new Map();
    /** Role to the paths that are there, or belong there, and cannot be read. */
    this.broken = new Map();
    this.kept = new Map();
    this.keptBytes = 0;
  }

  addBroken(path, role) {
    for (const each of new Set([role, roleOfPath(path)?.role])) {
      if (each === undefined) continue;
      if (!this.broken.has(each)) this.broken.set(each, new Set());
      this.broken.get(each).add(path);
    }
  }

  isBroken(role) {
    return this.broken.has(role);
  }

  brokenPaths(role) {
    return this.broken.get(role) ?? new Set();
  }

  /** The sound files of a role, in the order of their paths. */
  ofRole(role) {
    return [...this.sound.values()].filter((entry) => entry.role === role).sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** The bytes of a file as they lie in the bundle. */
  async* raw(path) {
    const kept = this.kept.get(path);
    if (kept !== undefined) yield kept;
    else yield* this.container.read(path);
  }

  /** The bytes of which the lines of a file are made. */
  lineBytes(path) {
    const { size } = this.container.members.get(path);
    return isExpanded(path) ? expand(this.raw(path), size, this.limits) : this.raw(path);
  }

  /** Reads a file once: digest, size and number of lines; short ones are kept. Throws Unreadable. */
  async measure(path) {
    const { size } = this.container.members.get(path);
    const keep = size <= KEPT_FILE && this.keptBytes + size <= KEPT_ALL;
    const hash = createHash('sha256');
    const pieces = [];
    const lines = new LineCounter();
    const expanded = isExpanded(path);
    const { container } = this;
    async function* passing() {
      for await (const chunk of container.read(path)) {
        hash.update(chunk);
        if (keep) pieces.push(chunk);
        if (!expanded) lines.update(chunk);
        yield chunk;
      }
    }
    if (expanded) for await (const chunk of expand(passing(), size, this.limits)) lines.update(chunk);
    else for await (const chunk of passing()) void chunk;
    if (keep) {
      this.kept.set(path, pieces.length === 1 ? pieces[0] : Buffer.concat(pieces));
      this.keptBytes += size;
    }
    return { sha256: hash.digest('hex'), bytes: size, lines: lines.count };
  }
}

/** FSEP-BND-004 and FSEP-BND-005: what is listed and what is there. Gives the entries to be looked at. */
function compareLists(manifest, files, names, outcomes) {
  const listed = new Map();
  for (const entry of manifest.files) {
    if (entry.path === 'bundle.json' || listed.has(entry.path)) outcomes.fail('FSEP-BND-004');
    else listed.set(entry.path, entry);
  }
  for (const path of files.container.members.keys()) {
    if (path === 'bundle.json' || listed.has(path)) continue;
    files.addBroken(path);
    if (!names.bad.has(path) && !files.irregular.has(path)) outcomes.fail('FSEP-BND-004');
  }
  const present = [];
  for (const entry of listed.values()) {
    if (names.bad.has(entry.path) || files.irregular.has(entry.path)) {
      files.addBroken(entry.path, entry.role);
    } else if (!files.container.members.has(entry.path)) {
      outcomes.fail('FSEP-BND-005');
      files.addBroken(entry.path, entry.role);
    } else {
      present.push(entry);
    }
  }
  return { listed, present };
}

/** FSEP-BND-008: role, path and number. */
function checkRoles(listed, files, outcomes) {
  const misplaced = new Set();
  const count = new Map();
  for (const entry of listed.values()) {
    count.set(entry.role, (count.get(entry.role) ?? 0) + 1);
    if (!ROLES[entry.role].path.test(entry.path)) misplaced.add(entry.path);
  }
  if (misplaced.size > 0) outcomes.fail('FSEP-BND-008');
  for (const [role, { least }] of Object.entries(ROLES)) {
    if ((count.get(role) ?? 0) >= least) continue;
    // A file that lies at the place and is not listed is one fault, and not two.
    if (files.isBroken(role)) outcomes.block('FSEP-BND-008');
    else outcomes.fail('FSEP-BND-008');
  }
  return misplaced;
}

async function checkContent(entry, files, outcomes) {
  const { path, role } = entry;
  let found;
  try {
    found = await files.measure(path);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    outcomes.fail('FSEP-BND-003');
    return false;
  }
  if (found.sha256 !== entry.sha256 || found.bytes !== entry.bytes) {
    outcomes.fail('FSEP-BND-006');
    return false;
  }
  if (ROLES[role].lines !== undefined && found.lines !== entry.records) outcomes.fail('FSEP-BND-007');
  return true;
}

/** Looks at every file, and gives those that can be read further. */
export async function checkFiles(container, manifest, names, limits, outcomes) {
  const files = new Files(container, limits);
  files.irregular = new Set([...container.members].filter(([, { regular }]) => !regular).map(([path]) => path));
  const paths = new Set(manifest?.files.map(({ path }) => path));
  for (const path of container.members.keys()) {
    if (path === 'bundle.json' || paths.has(path) || names.bad.has(path) || files.irregular.has(path)) continue;
    try {
      if (isExpanded(path)) await files.measure(path);
      else await container.touch(path);
    } catch (error) {
      if (error instanceof LimitReached || !(error instanceof Unreadable)) throw error;
      files.irregular.add(path);
    }
  }
  if (files.irregular.size > 0) outcomes.fail('FSEP-BND-003');
  if (manifest === undefined) return files;
  const { listed, present } = compareLists(manifest, files, names, outcomes);
  const misplaced = checkRoles(listed, files, outcomes);
  for (const entry of present) {
    if (misplaced.has(entry.path)) {
      files.addBroken(entry.path, entry.role);
      if (isExpanded(entry.path) || container.zip !== undefined) await checkReadable(entry.path, files, outcomes);
      continue;
    }
    if (await checkContent(entry, files, outcomes)) {
      if (entry.role !== 'blob' || blobNamed(entry, outcomes)) files.sound.set(entry.path, entry);
      else files.addBroken(entry.path, entry.role);
    } else {
      files.addBroken(entry.path, entry.role);
    }
  }
  return files;
}

async function checkReadable(path, files, outcomes) {
  try {
    await files.measure(path);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    outcomes.fail('FSEP-BND-003');
  }
}

/** FSEP-BND-009: a blob is named by its digest. */
function blobNamed(entry, outcomes) {
  if (entry.path === `blobs/${entry.sha256}`) return true;
  outcomes.fail('FSEP-BND-009');
  return false;
}
