// The record of a run, compared event by event with what the program does.

import { BrokenOff, Difference, NeedsWithheld } from './ends.js';
import { programTextOf, WITHHELD } from './content.js';

const COMPARED = ['kind', 'thread', 'actor', 'role', 'step', 'tool_call_id'];
const ADDRESSED = new Set(['message', 'edit']);

export class Record {
  constructor(events, status, blobs) {
    this.events = events;
    this.failed = status === 'failed';
    this.blobs = blobs;
    this.at = 0;
  }

  get isAtEnd() {
    return this.at === this.events.length;
  }

  /** The next event, which has to be the one expected. */
  next(expected) {
    const event = this.events[this.at];
    if (event === undefined) {
      if (this.failed) throw new BrokenOff();
      throw new Difference('FSEP-ADH-001');
    }
    for (const name of COMPARED) if (event[name] !== expected[name]) throw new Difference('FSEP-ADH-001');
    if (ADDRESSED.has(event.kind) && (event.to !== expected.to || event.for !== expected.for)) {
      throw new Difference('FSEP-ADH-001');
    }
    if (event.origin !== expected.origin) throw new Difference('FSEP-ADH-003');
    this.at += 1;
    return event;
  }

  /** The next event if it is one of an external part, of which nothing follows from the program but its place. */
  nextExternal({ step, thread }) {
    const event = this.events[this.at];
    if (event === undefined && this.failed) throw new BrokenOff(); // the part might have said more
    if (event?.kind !== 'external' || event.step !== step || event.thread !== thread) return undefined;
    this.at += 1;
    return event;
  }

  /** What the program said has to be what it renders. */
  holds(content, text) {
    const recorded = programTextOf(content, this.blobs);
    if (recorded === undefined) throw new Difference('FSEP-ADH-002');
    if (recorded === WITHHELD) throw new NeedsWithheld();
    if (recorded !== text) throw new Difference('FSEP-ADH-002');
  }
}
