// The work of a run, in units.

import { OutOfWork } from './ends.js';

const MOST_UNITS = 2 ** 22;
const LONGEST = 2 ** 22;
const PER_UNIT = 64;
const MANY = 10_000;

export class Work {
  constructor(limits) {
    this.units = 0;
    this.limits = limits;
  }

  spend(units) {
    this.units += units;
    if (this.units > MOST_UNITS) throw new OutOfWork();
    this.limits.tick();
  }

  /** A text or list that was made. */
  made(value) {
    const { size } = value;
    if (size > LONGEST) throw new OutOfWork();
    if (value.elements?.length > MANY) this.limits.time();
    this.spend(1 + Math.floor(size / PER_UNIT));
    return value;
  }

  round() {
    this.spend(1);
  }
}
