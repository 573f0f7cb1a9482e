// A bundle in a zip archive, read in place: nothing is extracted, and every member is inflated in bounded memory.

import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';
import { decodeUtf8 } from '../form/strict-json.js';
import { isPath } from '../form/path-grammar.js';
import { LimitReached } from '../form/limits.js';
import { EncryptedArchive, NoBundle, Unreadable } from './unreadable.js';

const MOST_ENTRIES = 1_000_000;
const ENCRYPTED = 0x0001 | 0x0040 | 0x2000;
const STRONG_ENCRYPTION = /strong encryption/; // what the zip reader says, which reads such an archive no further
const FORMAT = 0xf000;
const REGULAR = 0x8000;

function nameOf(bytes) {
  return decodeUtf8(bytes) ?? `\ufffd${bytes.toString('latin1')}`;
}

/** Whether a member is a plain file: stored or deflated, not encrypted, and by its Unix mode, where it has one, a regular file. */
function isPlain(entry) {
  if ((entry.generalPurposeBitFlag & ENCRYPTED) !== 0) return false;
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) return false;
  const format = (entry.externalFileAttributes >>> 16) & FORMAT;
  return format === 0 || format === REGULAR;
}

export class Archive {
  constructor(path, limits) {
    this.path = path;
    this.limits = limits;
    this.members = new Map();
    this.badFolders = [];
    this.zip = null;
  }

  async list() {
    try {
      this.zip = await yauzl.openPromise(this.path, { decodeStrings: false, autoClose: false, validateEntrySizes: false });
      this.zip.on('error', () => {});
      let count = 0;
      for await (const entry of this.zip.eachEntry()) {
        count += 1;
        if (count > MOST_ENTRIES) throw new LimitReached();
        this.limits.tick();
        this.add(entry);
      }
    } catch (error) {
      await this.close();
      if (error instanceof LimitReached) throw error;
      if (STRONG_ENCRYPTION.test(error?.message)) throw new EncryptedArchive();
      throw new NoBundle();
    }
    return this;
  }

  add(entry) {
    const name = nameOf(entry.fileName);
    if (name.endsWith('/')) {
      if (!isPath(name.slice(0, -1))) this.badFolders.push(name);
      return;
    }
    const known = this.members.get(name);
    if (known !== undefined) {
      known.twice = true;
      return;
    }
    this.members.set(name, { entry, size: entry.uncompressedSize, regular: isPlain(entry), twice: false });
  }

  /** The bytes of a member as they are when inflated, in chunks; throws Unreadable. */
  async* read(name) {
    const { entry, regular } = this.members.get(name);
    if (!regular) throw new Unreadable();
    if (entry.compressionMethod === 0 && entry.compressedSize !== entry.uncompressedSize) throw new Unreadable();
    let stream;
    try {
      stream = await this.zip.openReadStreamPromise(entry);
    } catch {
      throw new Unreadable();
    }
    let size = 0;
    let check = 0;
    try {
      for await (const chunk of stream) {
        size += chunk.length;
        if (size > entry.uncompressedSize) throw new Unreadable();
        check = crc32(chunk, check);
        this.limits.read(chunk.length);
        yield chunk;
      }
    } catch (error) {
      throw error instanceof LimitReached ? error : new Unreadable();
    } finally {
      stream.destroy();
    }
    if (size !== entry.uncompressedSize || check !== entry.crc32) throw new Unreadable();
  }

  /** Whether a member that is not listed can be read. */
  async touch(name) {
    for await (const chunk of this.read(name)) void chunk;
  }

  async close() {
    if (this.zip !== null) this.zip.close();
  }
}
