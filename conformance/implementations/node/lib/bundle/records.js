// Lines of JSON Lines files: strict JSON (FSEP-DOC-004), valid against their schema (FSEP-DOC-002).

import { isValid } from '../form/schemas.js';
import { linesOf } from '../form/lines.js';
import { NotStrictJson, parseBytes } from '../form/strict-json.js';
import { Unreadable } from '../container/unreadable.js';
import { ROLES } from './roles.js';

const SHORT = 64;
const MOST_REMEMBERED = 2 ** 16;

/** Reads lines of one kind. Short ones that are no records are remembered, since a file may have millions that are alike. */
class LineReader {
  constructor(role, limits, outcomes) {
    Object.assign(this, { schema: ROLES[role].lines, limits, outcomes });
    this.bad = new Set();
  }

  /** The line is no record, and is not searched for credentials. */
  fail(id) {
    this.outcomes.fail(id);
    this.outcomes.block('FSEP-SEC-001');
    return undefined;
  }

  /** The record of a line; undefined where it is none. */
  record(bytes) {
    let record;
    try {
      if (bytes === null) throw new NotStrictJson();
      record = parseBytes(bytes);
    } catch (error) {
      if (!(error instanceof NotStrictJson)) throw error;
      return this.fail('FSEP-DOC-004');
    }
    return isValid(this.schema, record) ? record : this.fail('FSEP-DOC-002');
  }

  recordUnlessKnown(bytes) {
    if (bytes === null || bytes.length > SHORT) return this.record(bytes);
    const key = bytes.latin1Slice();
    if (this.bad.has(key)) return undefined;
    const record = this.record(bytes);
    if (record === undefined && this.bad.size < MOST_REMEMBERED) this.bad.add(key);
    return record;
  }

  /** Records with their bytes; and `{ lost }` for so many lines one after another that are none. */
  * all(lines) {
    let lost = 0;
    for (const bytes of lines) {
      this.limits.tick();
      const record = this.recordUnlessKnown(bytes);
      if (record === undefined) {
        lost += 1;
        continue;
      }
      if (lost > 0) yield { lost };
      lost = 0;
      yield { bytes, record };
    }
    if (lost > 0) yield { lost };
  }
}

/** The lines of a file, some at a time: each record with its bytes, and of lines that are none how many follow one another. */
export async function* recordsOf(files, { path, role }, outcomes) {
  const reader = new LineReader(role, files.limits, outcomes);
  try {
    for await (const lines of linesOf(files.content(path))) yield reader.all(lines);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    outcomes.fail('FSEP-BND-003');
    yield [{ lost: 1 }];
  }
}
