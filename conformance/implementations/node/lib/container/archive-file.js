// The bytes of an archive, for the zip reader and for members: read in windows, since what is asked for lies close together
// and there may be very much of it.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import yauzl from 'yauzl';
import { Unreadable } from './unreadable.js';

const WINDOW = 64 * 1024;

export class ArchiveFile extends yauzl.RandomAccessReader {
  constructor(path) {
    super();
    this.descriptor = openSync(path, 'r');
    this.size = fstatSync(this.descriptor).size;
    this.window = Buffer.alloc(0);
    this.from = 0;
  }

  /** The bytes at a place, fewer where the file ends. They keep their window from being let go. */
  bytes(at, count) {
    if (at < 0) return Buffer.alloc(0);
    if (at < this.from || at + count > this.from + this.window.length) {
      const window = Buffer.allocUnsafe(Math.max(WINDOW, count));
      this.window = window.subarray(0, readSync(this.descriptor, window, 0, window.length, at));
      this.from = at;
    }
    return this.window.subarray(at - this.from, at - this.from + count);
  }

  /** The bytes between two places, in chunks; throws Unreadable where the file ends before. */
  * chunks(start, end) {
    for (let at = start; at < end;) {
      const chunk = this.bytes(at, Math.min(WINDOW, end - at));
      if (chunk.length === 0) throw new Unreadable();
      at += chunk.length;
      yield chunk;
    }
  }

  /** What the zip reader reads by. */
  read(buffer, offset, length, position, callback) {
    let count;
    try {
      count = this.bytes(position, length).copy(buffer, offset);
    } catch (error) {
      process.nextTick(callback, error);
      return;
    }
    process.nextTick(callback, null, count);
  }

  close(callback) {
    closeSync(this.descriptor);
    setImmediate(callback);
  }
}
