// Lines of JSON Lines files: strict JSON (FSEP-DOC-004), valid against their schema (FSEP-DOC-002).

import { isValid } from '../form/schemas.js';
import { linesOf } from '../form/lines.js';
import { NotStrictJson, parseBytes } from '../form/strict-json.js';
import { Unreadable } from '../container/unreadable.js';
import { ROLES } from './roles.js';

function parseLine(bytes, schema, outcomes) {
  let record;
  try {
    if (bytes === null) throw new NotStrictJson();
    record = parseBytes(bytes);
  } catch (error) {
    if (!(error instanceof NotStrictJson)) throw error;
    outcomes.fail('FSEP-DOC-004');
    return undefined;
  }
  if (!isValid(schema, record)) {
    outcomes.fail('FSEP-DOC-002');
    return undefined;
  }
  return record;
}

/** The lines of a file, each with its bytes (null where it is too long) and its record (undefined where it is none). */
export async function* recordsOf(files, { path, role }, outcomes) {
  try {
    for await (const bytes of linesOf(files.lineBytes(path))) {
      files.limits.tick();
      const record = parseLine(bytes, ROLES[role].lines, outcomes);
      if (record === undefined) outcomes.block('FSEP-SEC-001');
      yield { bytes, record };
    }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    outcomes.fail('FSEP-BND-003');
    yield { bytes: null, record: undefined };
  }
}
