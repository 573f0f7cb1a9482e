// The documents of a bundle: FSEP-DOC-001 to FSEP-DOC-003 and FSEP-REF-001 for each.

import { isValid } from '../form/schemas.js';
import { NotStrictJson, parseBytes } from '../form/strict-json.js';
import { scanDocument } from '../checks/credentials.js';
import { Unreadable } from '../container/unreadable.js';
import { isOfOtherVersion, LONGEST_DOCUMENT, readDocument } from './manifest.js';
import { ROLES, roleOfPath } from './roles.js';

class Documents {
  constructor() {
    /** Role to a map from id (or from the role itself, where there is one) to document. */
    this.byRole = new Map();
    /** Role to the ids of documents that are there and cannot be read, as far as they are known. */
    this.brokenIds = new Map();
    /** Roles of which a document is there that cannot be read, and whose id nobody can tell. */
    this.nameless = new Set();
  }

  one(role) {
    return this.byRole.get(role)?.get(role);
  }

  all(role) {
    return this.byRole.get(role) ?? new Map();
  }

  broken(role) {
    return this.brokenIds.get(role) ?? new Set();
  }

  /** Whether the one document of a role is there and cannot be read. */
  isLost(role) {
    return this.broken(role).size > 0 || this.nameless.has(role);
  }

  /** Of a named document: `ok`, `broken` where it is there and cannot be read, or `absent`. */
  state(role, id) {
    if (this.all(role).has(id)) return 'ok';
    return this.broken(role).has(id) || this.nameless.has(role) ? 'broken' : 'absent';
  }

  add(role, id, document) {
    if (!this.byRole.has(role)) this.byRole.set(role, new Map());
    this.byRole.get(role).set(id, document);
  }

  addBroken(role, id) {
    if (id === undefined) {
      this.nameless.add(role);
      return;
    }
    if (!this.brokenIds.has(role)) this.brokenIds.set(role, new Set());
    this.brokenIds.get(role).add(id);
  }
}

function readOne(bytes, role, version, outcomes) {
  let document;
  try {
    if (bytes === null) throw new NotStrictJson();
    document = parseBytes(bytes);
  } catch (error) {
    if (!(error instanceof NotStrictJson)) throw error;
    outcomes.fail('FSEP-DOC-001');
    return undefined;
  }
  if (isOfOtherVersion(document, version)) {
    outcomes.fail('FSEP-DOC-003');
    return undefined;
  }
  if (!isValid(ROLES[role].document, document)) {
    outcomes.fail('FSEP-DOC-002');
    return undefined;
  }
  return document;
}

function idOfPath(path, role) {
  const place = roleOfPath(path);
  return place?.role === role ? place.id : undefined;
}

async function bytesOf(files, path) {
  const kept = files.kept.get(path);
  if (kept !== undefined) return kept.length > LONGEST_DOCUMENT ? null : kept;
  return readDocument(files.container, path);
}

export async function readDocuments(files, version, outcomes) {
  const documents = new Documents();
  for (const role of Object.keys(ROLES)) {
    if (ROLES[role].document === undefined) continue;
    if (files.isMissing(role)) documents.addBroken(role, ROLES[role].many ? undefined : role);
    for (const path of files.brokenPaths(role)) {
      documents.addBroken(role, ROLES[role].many ? idOfPath(path, role) : role);
    }
    if (files.isBroken(role)) outcomes.block('FSEP-DOC-001', 'FSEP-DOC-002', 'FSEP-DOC-003', 'FSEP-REF-001', 'FSEP-SEC-001');
    for (const { path } of files.ofRole(role)) {
      const id = ROLES[role].many ? roleOfPath(path).id : role;
      let bytes;
      try {
        bytes = await bytesOf(files, path);
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        outcomes.fail('FSEP-BND-003');
        documents.addBroken(role, id);
        continue;
      }
      const document = readOne(bytes, role, version, outcomes);
      files.kept.delete(path);
      if (document === undefined) {
        documents.addBroken(role, id);
        outcomes.block('FSEP-SEC-001');
      } else if (ROLES[role].many && document.id !== id) {
        outcomes.fail('FSEP-REF-001');
        documents.addBroken(role, id);
        documents.addBroken(role, document.id);
      } else {
        scanDocument(document, outcomes);
        documents.add(role, id, document);
      }
    }
  }
  return documents;
}
