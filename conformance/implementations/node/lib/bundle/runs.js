// Runs as they stand in the transcripts: one line each, or several that follow one another (FSEP-TRN-001).

import { scanRun } from '../checks/credentials.js';
import { recordsOf } from './records.js';

const MOST_BYTES = 128 * 2 ** 20;

/**
 * Puts the lines of a file together. Gives for each run `{ first, events, intact, tooLong }`, where `intact` says that
 * its lines are whole, and events of lines that belong to no run as `{ first: undefined, events }`. Counts in `unplaced`
 * the lines of which nobody can say what run they are.
 */
export class RunReader {
  constructor(files, outcomes) {
    this.files = files;
    this.outcomes = outcomes;
    this.unplaced = 0;
  }

  async* all() {
    for (const entry of this.files.ofRole('transcripts')) {
      yield* this.file(entry);
      this.files.kept.delete(entry.path);
    }
  }

  /** FSEP-TRN-001 fails for a run, which is then neither replayed nor placed. */
  failParts() {
    this.outcomes.fail('FSEP-TRN-001');
    this.unplaced += 1;
  }

  async* file(entry) {
    let open = null; // the run that waits for further lines
    let blind = false; // whether the line before could not be read, and may have been of the run that goes on here
    for await (const { bytes, record } of recordsOf(this.files, entry, this.outcomes)) {
      if (record === undefined) {
        if (open !== null) yield this.spoil(open);
        else this.unplaced += 1;
        open = null;
        blind = true;
        continue;
      }
      scanRun(record, this.outcomes);
      if (record.continues !== undefined) {
        if (open !== null && open.first.run === record.continues && record.part === open.lines) {
          this.grow(open, record, bytes);
          if (open.lines === open.first.parts) {
            yield open;
            open = null;
          }
          continue;
        }
        if (open !== null) yield this.end(open);
        else if (blind) this.outcomes.block('FSEP-TRN-001');
        else this.failParts();
        open = null;
        yield { first: undefined, events: record.events };
        continue;
      }
      if (open !== null) yield this.end(open);
      open = null;
      blind = false;
      const run = { first: record, events: record.events, lines: 1, bytes: bytes.length, intact: true, tooLong: false };
      if (record.parts === undefined) yield run;
      else open = run;
    }
    if (open !== null) yield this.end(open);
  }

  grow(open, record, bytes) {
    open.lines += 1;
    open.bytes += bytes.length;
    if (open.bytes > MOST_BYTES) {
      open.tooLong = true;
      open.events = [];
    } else {
      for (const event of record.events) open.events.push(event);
    }
  }

  /** The run lacks lines, or others stand between them. */
  end(open) {
    this.failParts();
    open.intact = false;
    return open;
  }

  /** A line of the run cannot be read. */
  spoil(open) {
    this.outcomes.block('FSEP-TRN-001');
    this.unplaced += 1;
    open.intact = false;
    return open;
  }
}
