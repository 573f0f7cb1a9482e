// The manifest: read first, since it names the version by which everything else is judged.

import { isValid } from '../form/schemas.js';
import { NotStrictJson, parseBytes } from '../form/strict-json.js';
import { Unreadable } from '../container/unreadable.js';
import { scanDocument } from '../checks/credentials.js';

export const VERSION = '1.0';
export const LONGEST_DOCUMENT = 16 * 2 ** 20;

/** What a document says that its version is, whatever that be; undefined where it says nothing. */
function versionOf(document) {
  return document !== null && typeof document === 'object' ? document.fsep : undefined;
}

/** Whether a document names a version, and not the one given; where it names none, its schema has to say so. */
export function isOfOtherVersion(document, version) {
  const named = versionOf(document);
  return typeof named === 'string' && named !== version;
}

/** The bytes of a file as one, or null where it is longer than a document may be. */
export async function readDocument(container, path) {
  if (container.members.get(path).size > LONGEST_DOCUMENT) return null;
  const chunks = [];
  for await (const chunk of container.read(path)) chunks.push(chunk);
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
}

/** The manifest, or undefined where nothing can be judged by it; what it fails is noted. */
export async function readManifest(container, names, outcomes) {
  const member = container.members.get('bundle.json');
  if (member === undefined) {
    outcomes.fail('FSEP-BND-001');
    return undefined;
  }
  if (names.bad.has('bundle.json')) return undefined;
  let bytes;
  try {
    if (member.size > LONGEST_DOCUMENT) await container.touch(member);
    bytes = await readDocument(container, 'bundle.json');
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    outcomes.fail('FSEP-BND-003');
    return undefined;
  }
  let manifest;
  try {
    if (bytes === null) throw new NotStrictJson();
    manifest = parseBytes(bytes);
  } catch (error) {
    if (!(error instanceof NotStrictJson)) throw error;
    outcomes.fail('FSEP-DOC-001');
    return undefined;
  }
  if (versionOf(manifest) !== VERSION) {
    outcomes.fail('FSEP-DOC-003');
    return undefined;
  }
  if (!isValid('bundle', manifest)) {
    outcomes.fail('FSEP-DOC-002');
    return undefined;
  }
  scanDocument(manifest, outcomes);
  return manifest;
}
