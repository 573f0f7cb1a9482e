// The values that names have while a program runs, and what rounds of loops left in them.

import { List, Text } from './values.js';

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
      value = typeof raw === 'string' ? new Text(raw) : new List(raw);
      this.fields.set(name, value);
    }
    return value;
  }

  /** The value of a name or of a field. None is withheld: a replay does not begin, or has ended, where one would be. */
  value({ name, field }) {
    return name === undefined ? this.field(field) : this.values.get(name);
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
