// The work of a run, in units (chapter 6, "Limits of replay").

import { OutOfWork } from './ends.js';
import { PER_UNIT } from './values.js';

const MOST_UNITS = 2 ** 22;
const LONGEST = 2 ** 22;

export class Work {
  constructor(limits) {
    this.units = 0;
    this.limits = limits;
  }

  spend(units) {
    this.units += units;
    if (this.units > MOST_UNITS) throw new OutOfWork();
    if (units > 1) this.limits.time();
    else this.limits.tick();
  }

  /** One thing that is done with a text or a list. */
  on({ weight }) {
    this.spend(1 + weight);
  }

  /** A pattern that is matched against a text. */
  match(characters, size) {
    this.spend(Math.floor((characters * size) / PER_UNIT));
  }

  /** A text or list that a template, an operation or a `collect` gives. */
  given(value) {
    if (value.size > LONGEST) throw new OutOfWork();
    return value;
  }
}
