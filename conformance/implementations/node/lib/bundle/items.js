// The items: their ids (FSEP-REF-001), their digests, and what of them is withheld.

import { canonicalDigest, digestOfDigests } from '../form/digest.js';
import { LimitReached } from '../form/limits.js';
import { scanRecord } from '../checks/credentials.js';
import { recordsOf } from './records.js';

const MOST_BYTES = 512 * 2 ** 20;

const isText = (value) => typeof value === 'string';

function programDigest({ id, fields, cluster }) {
  return canonicalDigest(cluster === undefined ? { id, fields } : { id, fields, cluster });
}

class Items {
  constructor() {
    this.lost = false; // nothing of the file can be read
    this.brokenLines = 0;
    this.byId = new Map(); // in the order of the file
    this.repeated = new Set();
    this.digests = [];
    this.withheld = false;
  }

  /** Of items that have one id only the first is kept: nothing is checked of the others (chapter 10). */
  add(item) {
    if (this.byId.has(item.id)) {
      this.repeated.add(item.id);
      return;
    }
    this.byId.set(item.id, item);
    this.digests.push(programDigest(item));
    for (const name of Object.keys(item.fields)) if (kindOfField(item, name) === 'withheld') this.withheld = true;
  }

  get all() {
    return [...this.byId.values()];
  }

  get digest() {
    return digestOfDigests(this.digests);
  }

  /** Of an item: `ok`; `broken` where it cannot be told whether it is there; or `absent`. */
  state(id) {
    if (this.byId.has(id)) return 'ok';
    return this.lost || this.brokenLines > 0 ? 'broken' : 'absent';
  }
}

/** `text`, `list`, `withheld`, or undefined where the item has no such field. */
export function kindOfField(item, name) {
  if (!Object.hasOwn(item.fields, name)) return undefined;
  const value = item.fields[name];
  if (isText(value)) return 'text';
  return Array.isArray(value) ? 'list' : 'withheld';
}

export async function readItems(files, outcomes) {
  const items = new Items();
  const [entry] = files.ofRole('items');
  if (entry === undefined) {
    items.lost = true;
    outcomes.block('FSEP-DOC-004', 'FSEP-REF-001');
    return items;
  }
  let bytes = 0;
  for await (const lines of recordsOf(files, entry, outcomes)) {
    for (const line of lines) {
      if (line.record === undefined) {
        items.brokenLines += line.lost;
        continue;
      }
      bytes += line.bytes.length;
      if (bytes > MOST_BYTES) throw new LimitReached();
      if (!items.byId.has(line.record.id)) scanRecord(line.record, outcomes);
      items.add(line.record);
    }
  }
  if (items.repeated.size > 0) outcomes.fail('FSEP-REF-001');
  files.kept.delete(entry.path);
  return items;
}
