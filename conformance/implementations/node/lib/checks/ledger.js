// The runner's ledger: an unbroken chain (FSEP-PRV-001) of starts and ends of every run (FSEP-PRV-002).

import { sha256 } from '../form/digest.js';
import { recordsOf } from '../bundle/records.js';
import { scanRecord } from './credentials.js';

class Ledger {
  constructor() {
    this.usable = true;
    this.runs = new Map(); // id of a run to its lines, in order
  }

  /** Of a run with more lines than a start and an end one more is enough to be a fault. */
  add({ run, what, status, events_sha256: digest }) {
    if (!this.runs.has(run)) this.runs.set(run, []);
    const lines = this.runs.get(run);
    if (lines.length < 3) lines.push({ what, status, events_sha256: digest });
  }
}

/** Reads the ledger; undefined where there is none. Gives the lines of each run, in order. */
export async function readLedger(files, outcomes) {
  const [entry] = files.ofRole('ledger');
  if (entry === undefined) {
    if (files.isBroken('ledger')) outcomes.block('FSEP-PRV-001', 'FSEP-PRV-002');
    return undefined;
  }
  const ledger = new Ledger();
  let number = 0;
  let previous = null; // undefined where the line before is none, so that nothing can be said of the link to it
  for await (const lines of recordsOf(files, entry, outcomes)) {
    for (const { bytes, record, lost } of lines) {
      if (record === undefined) {
        outcomes.block('FSEP-PRV-001');
        ledger.usable = false;
        number += lost;
        previous = undefined;
        continue;
      }
      scanRecord(record, outcomes);
      if (record.n !== number || (previous !== undefined && record.previous !== previous)) {
        outcomes.fail('FSEP-PRV-001');
        ledger.usable = false;
      }
      ledger.add(record);
      number += 1;
      previous = sha256(bytes);
    }
  }
  return ledger;
}

/** Whether the lines of a run are one start, and then at most one end. */
function isInOrder(lines) {
  return lines.length > 0 && lines.length <= 2 && lines[0].what === 'start' && (lines.length === 1 || lines[1].what === 'end');
}

/** FSEP-PRV-002. `places` has the runs of the bundle; where the place of some is not known, others cannot be missed. */
export function checkLedger(ledger, places, documents, outcomes) {
  if (ledger === undefined) return;
  if (!ledger.usable) {
    outcomes.block('FSEP-PRV-002');
    return;
  }
  if (places.unknown > 0) outcomes.block('FSEP-PRV-002');
  const known = new Set();
  for (const run of places.runs) {
    known.add(run.id);
    const lines = ledger.runs.get(run.id) ?? [];
    const end = lines[1];
    if (!isInOrder(lines) || (end === undefined && run.status !== 'failed')) outcomes.fail('FSEP-PRV-002');
    else if (end === undefined) continue;
    else if (end.status !== run.status) outcomes.fail('FSEP-PRV-002');
    else if (run.eventsDigest === null) outcomes.block('FSEP-PRV-002');
    else if (end.events_sha256 !== run.eventsDigest) {
      if (run.withheld) outcomes.withhold('FSEP-PRV-002');
      else outcomes.fail('FSEP-PRV-002');
    }
  }
  let dropped = 0;
  for (const [id, lines] of ledger.runs) {
    if (known.has(id) || places.unplacedIds.has(id)) continue;
    dropped += 1;
    if (!isInOrder(lines) && places.unknown === 0) outcomes.fail('FSEP-PRV-002');
  }
  if (dropped === 0 || places.unknown > 0) return;
  if (documents.isLost('departures')) {
    outcomes.block('FSEP-PRV-002');
    return;
  }
  const declared = (documents.one('departures')?.departures ?? []).filter(({ kind }) => kind === 'run-missing').length;
  if (declared < dropped) outcomes.fail('FSEP-PRV-002');
}
