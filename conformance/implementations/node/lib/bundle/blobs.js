// Blobs that records refer to (FSEP-REF-007), and the texts that are kept in some.

import { createHash } from 'node:crypto';
import { LimitReached } from '../form/limits.js';
import { decodeUtf8 } from '../form/strict-json.js';
import { Unreadable } from '../container/unreadable.js';

const MOST_TEXT = 64 * 2 ** 20;
const MOST_HELD = 128 * 2 ** 20;

export class Blobs {
  constructor(files, outcomes) {
    this.files = files;
    this.outcomes = outcomes;
    this.texts = new Map();
    this.held = 0;
  }

  /** Of a blob: `ok`; `broken` where it is there and cannot be read, or may be; or `absent`. */
  state(digest) {
    const path = `blobs/${digest}`;
    if (this.files.sound.get(path)?.role === 'blob') return 'ok';
    const misnamed = this.outcomes.failed.has('FSEP-BND-009');
    return misnamed || this.files.brokenPaths('blob').has(path) ? 'broken' : 'absent';
  }

  /** The text of a blob that is there; undefined where it is not UTF-8. */
  async text(digest) {
    if (this.texts.has(digest)) return this.texts.get(digest);
    const path = `blobs/${digest}`;
    const { size } = this.files.container.members.get(path);
    if (size > MOST_TEXT) throw new LimitReached();
    const chunks = [];
    for await (const chunk of this.files.content(path)) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    if (createHash('sha256').update(bytes).digest('hex') !== digest) throw new Unreadable();
    const text = decodeUtf8(bytes);
    this.held += size;
    if (this.held > MOST_HELD) {
      this.texts.clear();
      this.held = size;
    }
    this.texts.set(digest, text);
    return text;
  }
}
