// Limits of this program: time and bytes for one bundle. What meets one is not checked, and never passes.

export class LimitReached extends Error {}

export class Limits {
  constructor({ seconds = 18, bytes = 6 * 2 ** 30 } = {}) {
    this.deadline = performance.now() + seconds * 1000;
    this.bytes = bytes;
    this.ticks = 0;
  }

  time() {
    if (performance.now() > this.deadline) throw new LimitReached();
  }

  /** To be called often: looks at the clock once in a while. */
  tick() {
    this.ticks += 1;
    if ((this.ticks & 1023) === 0) this.time();
  }

  read(count) {
    this.bytes -= count;
    if (this.bytes < 0) throw new LimitReached();
    this.time();
  }
}
