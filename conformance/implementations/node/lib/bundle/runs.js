// Runs as they stand in the transcripts: one line each, or several that follow one another (FSEP-TRN-001).

import { scanRun } from '../checks/credentials.js';
import { recordsOf } from './records.js';

const MOST_BYTES = 128 * 2 ** 20;
const UNREAD = { unread: true };

/**
 * Puts the lines of a file together. Gives for each run `{ first, events, intact, tooLong }`, where `intact` says that
 * its lines are whole. What may have lines that cannot be read is given as `{ unread: true }`, since nothing is said of it.
 * Of a line that goes on with nothing no more is said than that, and of one that goes on with a run that has failed nothing
 * at all: who is given a run notes in its `names` whether it names what is there (FSEP-REF-005). Counts in `unplaced` the
 * lines of which nobody can say what run they are.
 */
export class RunReader {
  constructor(files, outcomes) {
    this.files = files;
    this.outcomes = outcomes;
    this.unplaced = 0;
    this.open = null; // the run that waits for further lines
    this.failed = new Set(); // ids of runs of the file that are not whole, or name what is not there
    this.blind = false; // whether the line before could not be read, and may have been of the run that goes on here
  }

  async* all() {
    for (const entry of this.files.ofRole('transcripts')) {
      for await (const lines of recordsOf(this.files, entry, this.outcomes)) yield* this.runs(lines);
      yield* this.end();
      this.startAnew();
      this.failed.clear();
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
    this.blind = false;
  }

  * first(record, bytes) {
    yield* this.end();
    this.startAnew();
    scanRun(record, this.outcomes);
    const run = { first: record, events: record.events, lines: 1, bytes: bytes.length, intact: true, tooLong: false };
    if (record.parts === undefined) yield* this.give(run);
    else this.open = run;
  }

  * further(record, bytes) {
    const { open } = this;
    if (open === null) {
      if (this.blind) yield UNREAD;
      else this.passOver(record);
    } else if (open.first.run !== record.continues || open.lines !== record.part) {
      yield* this.end();
      this.passOver(record);
    } else {
      scanRun(record, this.outcomes);
      this.grow(record, bytes);
      if (open.lines < open.first.parts) return;
      this.open = null;
      yield* this.give(open);
    }
  }

  /** Gives a run, and remembers it where it turns out to have failed FSEP-TRN-001 or FSEP-REF-005. */
  * give(run) {
    yield run;
    if (!run.intact || !run.names) this.failed.add(run.first.run);
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
    yield* this.give(open);
  }

  /** FSEP-TRN-001 fails for a line that goes on with nothing, since nobody can say of what run it was; not for one of a failed run. */
  passOver({ continues }) {
    if (this.failed.has(continues)) return;
    this.outcomes.fail('FSEP-TRN-001');
    this.unplaced += 1;
  }
}
