// Runs as they stand in the transcripts: one line each, or several that follow one another (FSEP-TRN-001).

import { scanRun } from '../checks/credentials.js';
import { recordsOf } from './records.js';

const MOST_BYTES = 128 * 2 ** 20;
const UNREAD = { unread: true };

/**
 * Puts the lines of a file together. Gives for each run `{ first, events, intact, tooLong }`, where `intact` says that
 * its lines are whole. What may have lines that cannot be read is given as `{ unread: true }`, since nothing is said of it.
 * Of a line that goes on with nothing no more is said than that. Counts in `unplaced` the lines of which nobody can say
 * what run they are.
 */
export class RunReader {
  constructor(files, outcomes) {
    this.files = files;
    this.outcomes = outcomes;
    this.unplaced = 0;
    this.open = null; // the run that waits for further lines
    this.lacking = undefined; // the id of a run of which a line was passed over: what else of it follows is its fault, and no other
    this.blind = false; // whether the line before could not be read, and may have been of the run that goes on here
  }

  async* all() {
    for (const entry of this.files.ofRole('transcripts')) {
      for await (const lines of recordsOf(this.files, entry, this.outcomes)) yield* this.runs(lines);
      yield* this.end();
      this.startAnew();
      this.files.kept.delete(entry.path);
    }
  }

  * runs(lines) {
    for (const { bytes, record, lost } of lines) {
      if (record === undefined) {
        this.unplaced += lost;
        if (this.open !== null || !this.blind) yield UNREAD;
        this.startAnew();
        this.blind = true;
      } else if (record.continues !== undefined) {
        yield* this.further(record, bytes);
      } else {
        yield* this.first(record, bytes);
      }
    }
  }

  /** Nothing of the lines before has to do with those that follow. */
  startAnew() {
    this.open = null;
    this.lacking = undefined;
    this.blind = false;
  }

  * first(record, bytes) {
    yield* this.end();
    this.startAnew();
    scanRun(record, this.outcomes);
    const run = { first: record, events: record.events, lines: 1, bytes: bytes.length, intact: true, tooLong: false };
    if (record.parts === undefined) yield run;
    else this.open = run;
  }

  * further(record, bytes) {
    const { open } = this;
    if (open === null) {
      if (this.blind) yield UNREAD;
      else if (record.continues !== this.lacking) this.failParts();
    } else if (open.first.run !== record.continues) {
      yield* this.end();
      this.failParts();
    } else if (record.part !== open.lines) {
      yield* this.end();
      this.lacking = record.continues;
    } else {
      scanRun(record, this.outcomes);
      this.grow(record, bytes);
      if (open.lines < open.first.parts) return;
      this.open = null;
      yield open;
    }
  }

  grow({ events }, bytes) {
    const { open } = this;
    open.lines += 1;
    open.bytes += bytes.length;
    if (open.bytes > MOST_BYTES) {
      open.tooLong = true;
      open.events = [];
    } else {
      for (const event of events) open.events.push(event);
    }
  }

  /** A run that still waits here lacks lines, or others stand between them: FSEP-TRN-001, unless FSEP-REF-005 comes before it. */
  * end() {
    const { open } = this;
    if (open === null) return;
    this.open = null;
    open.intact = false;
    yield open;
  }

  /** FSEP-TRN-001 fails for a line that goes on with nothing: nobody can say of what run it was. */
  failParts() {
    this.outcomes.fail('FSEP-TRN-001');
    this.unplaced += 1;
  }
}
