// The values that names have while a program runs, and what rounds of loops left in them.

import { NeedsWithheld } from './ends.js';
import { List, Text, WITHHELD } from './values.js';

const NOTHING = new Set();

export class Names {
  constructor(item, watched) {
    this.item = item;
    this.watched = watched;
    this.values = new Map();
    this.fields = new Map();
    this.rounds = new Map(); // loop to what the rounds of its last time left: name to values
    this.frames = []; // of the rounds that are under way: what was assigned in each, of what is collected
  }

  field(name) {
    let value = this.fields.get(name);
    if (value === undefined) {
      const raw = this.item.fields[name];
      if (typeof raw === 'string') value = new Text(raw);
      else value = Array.isArray(raw) ? new List(raw.map((each) => new Text(each))) : WITHHELD;
      this.fields.set(name, value);
    }
    return value;
  }

  /** A value that is needed now; throws NeedsWithheld where it is withheld. */
  need({ name, field }) {
    const value = name === undefined ? this.field(field) : this.values.get(name);
    if (value === WITHHELD) throw new NeedsWithheld();
    return value;
  }

  assign(name, value) {
    this.values.set(name, value);
    for (const frame of this.frames) if (frame.watched.has(name)) frame.assigned.add(name);
  }

  beginLoop(loop) {
    this.rounds.set(loop, new Map());
  }

  beginRound(loop) {
    this.frames.push({ watched: this.watched.get(loop) ?? NOTHING, assigned: new Set() });
  }

  endRound(loop) {
    const left = this.rounds.get(loop);
    for (const name of this.frames.pop().assigned) {
      if (!left.has(name)) left.set(name, []);
      left.get(name).push(this.values.get(name));
    }
  }

  /** What the rounds of a loop left in a name, in order. */
  collected(loop, name) {
    return this.rounds.get(loop)?.get(name) ?? [];
  }
}
