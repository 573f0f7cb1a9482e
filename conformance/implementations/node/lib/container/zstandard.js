// Zstandard (RFC 8878) as chapter 1 admits it (FSEP-BND-003): whole frames with checksums and nothing else, with windows
// of at most 8 MiB, expanded piece by piece. The decoder at hand checks neither checksums nor sizes, so both are checked here.

import { Decompress } from 'fzstd';
import xxhash from 'xxhash-wasm';
import { LimitReached } from '../form/limits.js';
import { Unreadable } from './unreadable.js';

const MAGIC = 0xfd2fb528;
const MOST_WINDOW = 8 * 2 ** 20;
const MOST_BLOCK = 128 * 1024;
const FREE_SIZE = 4 * 2 ** 20;
const FREE_RATIO = 256;
const CHECKSUM_FLAG = 4;

const { create64 } = await xxhash();

class ByteQueue {
  constructor(chunks) {
    this.source = chunks[Symbol.asyncIterator]();
    this.held = Buffer.alloc(0);
  }

  async more() {
    const { done, value } = await this.source.next();
    if (done) return false;
    this.held = this.held.length === 0 ? value : Buffer.concat([this.held, value]);
    return true;
  }

  async close() {
    await this.source.return?.();
  }

  async atEnd() {
    while (this.held.length === 0) if (!(await this.more())) return true;
    return false;
  }

  /** The next bytes, so many of them; throws Unreadable where there are not. */
  async take(count) {
    while (this.held.length < count) if (!(await this.more())) throw new Unreadable();
    const taken = this.held.subarray(0, count);
    this.held = this.held.subarray(count);
    return taken;
  }
}

async function readHeader(queue) {
  const magic = await queue.take(4);
  if (magic.readUInt32LE(0) !== MAGIC) throw new Unreadable();
  const [descriptor] = await queue.take(1);
  const single = (descriptor & 0x20) !== 0;
  const sizeLength = [single ? 1 : 0, 2, 4, 8][descriptor >> 6];
  const idLength = [0, 1, 2, 4][descriptor & 3];
  if ((descriptor & 8) !== 0 || (descriptor & CHECKSUM_FLAG) === 0) throw new Unreadable();
  const rest = await queue.take((single ? 0 : 1) + idLength + sizeLength);
  const idAt = single ? 0 : 1;
  if (rest.subarray(idAt, idAt + idLength).some((byte) => byte !== 0)) throw new Unreadable();
  const size = sizeLength === 0 ? null : readSize(rest.subarray(idAt + idLength), sizeLength);
  const window = single ? size : (1 + (rest[0] & 7) / 8) * 2 ** (10 + (rest[0] >> 3));
  if (window > MOST_WINDOW) throw new Unreadable();
  const plain = Buffer.concat([magic, Buffer.from([descriptor & ~CHECKSUM_FLAG]), rest]);
  return { bytes: plain, window, size };
}

function readSize(bytes, length) {
  if (length === 1) return bytes[0];
  if (length === 2) return bytes.readUInt16LE(0) + 256;
  if (length === 4) return bytes.readUInt32LE(0);
  return Number(bytes.readBigUInt64LE(0));
}

async function* expandFrame(queue, limits) {
  const header = await readHeader(queue);
  const most = Math.min(MOST_BLOCK, header.window);
  const hash = create64();
  let pieces = [];
  const decoder = new Decompress((piece) => pieces.push(piece));
  let pending = header.bytes;
  let total = 0;
  for (let last = false; !last;) {
    const mark = await queue.take(3);
    const bits = mark.readUIntLE(0, 3);
    last = (bits & 1) !== 0;
    const kind = (bits >> 1) & 3;
    const size = bits >> 3;
    if (kind === 3 || size > most) throw new Unreadable();
    const body = await queue.take(kind === 1 ? 1 : size);
    limits.time();
    decoder.push(Buffer.concat([pending, mark, body]), last);
    pending = Buffer.alloc(0);
    for (const piece of pieces) {
      if (piece.length > most) throw new Unreadable();
      total += piece.length;
      hash.update(piece);
      if (piece.length > 0) yield Buffer.from(piece);
    }
    pieces = [];
  }
  if (header.size !== null && header.size !== total) throw new Unreadable();
  const stated = (await queue.take(4)).readUInt32LE(0);
  if (Number(hash.digest() & 0xffffffffn) !== stated) throw new Unreadable();
}

/** What a file of a size expands to, in chunks; throws Unreadable. */
export async function* expand(chunks, size, limits) {
  const queue = new ByteQueue(chunks);
  const most = Math.max(FREE_SIZE, FREE_RATIO * size);
  let total = 0;
  try {
    do {
      for await (const piece of expandFrame(queue, limits)) {
        total += piece.length;
        if (total > most) throw new Unreadable();
        limits.read(piece.length);
        yield piece;
      }
    } while (!(await queue.atEnd()));
  } catch (error) {
    throw error instanceof LimitReached ? error : new Unreadable();
  } finally {
    await queue.close();
  }
}
