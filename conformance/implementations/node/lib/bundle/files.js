// The files of a bundle against the manifest: FSEP-BND-003 to FSEP-BND-009.

import { createHash } from 'node:crypto';
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
    /** Path to the bytes of which the lines or the document are made, of files that are short. */
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

  /** Of a role that a bundle has to have no file is listed, and none lies at its place. */
  addMissing(role) {
    this.broken.set(role, new Set());
  }

  isMissing(role) {
    return this.broken.get(role)?.size === 0;
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

  /** What stands in a file: its bytes, or what they expand to. */
  async* content(path) {
    const kept = this.kept.get(path);
    if (kept !== undefined) yield kept;
    else yield* this.expanded(path, this.container.read(path));
  }

  expanded(path, chunks) {
    return isExpanded(path) ? expand(chunks, this.container.members.get(path).size, this.limits) : chunks;
  }

  /** Whether a file is named as one has to be, and is a plain one, so that it may be read at all. */
  isPlain(path, names) {
    return !names.bad.has(path) && this.container.members.get(path)?.regular !== false;
  }

  /** Reads a file once: digest, size and number of lines; short ones are kept. Throws Unreadable. */
  async measure(path) {
    const { container } = this;
    const hash = createHash('sha256');
    async function* passing() {
      for await (const chunk of container.read(path)) {
        hash.update(chunk);
        yield chunk;
      }
    }
    const lines = new LineCounter();
    const most = Math.min(KEPT_FILE, KEPT_ALL - this.keptBytes);
    let pieces = [];
    let held = 0;
    for await (const chunk of this.expanded(path, passing())) {
      lines.update(chunk);
      held += chunk.length;
      if (held <= most) pieces.push(chunk);
      else pieces = [];
    }
    if (held <= most) {
      this.kept.set(path, pieces.length === 1 ? pieces[0] : Buffer.concat(pieces));
      this.keptBytes += held;
    }
    return { sha256: hash.digest('hex'), bytes: container.members.get(path).size, lines: lines.count };
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
    if (files.isPlain(path, names)) outcomes.fail('FSEP-BND-004');
  }
  const present = [];
  for (const entry of listed.values()) {
    if (!files.isPlain(entry.path, names)) {
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
    if (files.isBroken(role)) {
      outcomes.block('FSEP-BND-008');
    } else {
      outcomes.fail('FSEP-BND-008');
      files.addMissing(role);
    }
  }
  return misplaced;
}

/** FSEP-BND-006, FSEP-BND-007 and FSEP-BND-009; whether a file can be read further. */
async function checkContent(entry, misplaced, files, outcomes) {
  const { path, role } = entry;
  let found;
  try {
    found = await files.measure(path);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    outcomes.fail('FSEP-BND-003');
    return false;
  }
  if (misplaced.has(path)) return false;
  if (found.sha256 !== entry.sha256 || found.bytes !== entry.bytes) {
    outcomes.fail('FSEP-BND-006');
    return false;
  }
  if (ROLES[role].lines !== undefined && found.lines !== entry.records) outcomes.fail('FSEP-BND-007');
  if (role !== 'blob' || path === `blobs/${entry.sha256}`) return true;
  outcomes.fail('FSEP-BND-009');
  return false;
}

/** FSEP-BND-003 as far as nothing need be read for it. */
function checkRegular(container, outcomes) {
  let sound = !container.hasOddFolder;
  for (const { regular } of container.members.values()) sound &&= regular;
  if (!sound) outcomes.fail('FSEP-BND-003');
  if (container.unseen) outcomes.block('FSEP-BND-003');
}

/** Looks at every file, and gives those that can be read further. Without a manifest none is read (chapter 1, FSEP-BND-004). */
export async function checkFiles(container, manifest, names, limits, outcomes) {
  const files = new Files(container, limits);
  checkRegular(container, outcomes);
  if (manifest === undefined) return files;
  const { listed, present } = compareLists(manifest, files, names, outcomes);
  const misplaced = checkRoles(listed, files, outcomes);
  for (const entry of present) {
    if (await checkContent(entry, misplaced, files, outcomes)) files.sound.set(entry.path, entry);
    else files.addBroken(entry.path, entry.role);
  }
  return files;
}
