// A bundle in a zip archive, read in place: nothing is extracted, and every member is inflated in bounded memory.

import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';
import { decodeUtf8 } from '../form/strict-json.js';
import { LimitReached } from '../form/limits.js';
import { ArchiveFile } from './archive-file.js';
import { readEntry } from './central-directory.js';
import { isAsStated } from './end-record.js';
import { Listing } from './listing.js';
import { inflate } from './members.js';
import { NoBundle, TooManyFiles, Unreadable } from './unreadable.js';

const OPTIONS = { decodeStrings: false, autoClose: false };
const MOST_DIRECTORY = 256 * 2 ** 20;
const ENCRYPTED = 0x0001 | 0x0040 | 0x2000;
const METHODS = new Set([0, 8]); // stored and deflated
const FORMAT = 0xf000;
const REGULAR = 0x8000;
const FOLDER = 0x4000;

function nameOf(bytes) {
  return decodeUtf8(bytes) ?? `\ufffd${bytes.toString('latin1')}`;
}

/** Whether an entry is said to be what its name has it be, or nothing. */
function isSaidToBe({ mode }, ...formats) {
  return (mode & FORMAT) === 0 || formats.includes(mode & FORMAT);
}

export class Archive extends Listing {
  constructor(path, limits) {
    super();
    this.path = path;
    this.limits = limits;
    this.file = null;
    this.zip = null;
  }

  async list() {
    try {
      this.file = new ArchiveFile(this.path);
      this.zip = await yauzl.fromRandomAccessReaderPromise(this.file, this.file.size, OPTIONS);
      this.listEntries();
    } catch (error) {
      await this.close();
      if (error instanceof LimitReached || error instanceof TooManyFiles) throw error;
      throw new NoBundle();
    }
    return this;
  }

  listEntries() {
    const { readEntryCursor: from, entryCount: count, comment } = this.zip;
    let to = from;
    let first = Infinity;
    for (let read = 0; read < count; read += 1) {
      const { entry, next } = readEntry(this.file, to);
      to = next;
      if (to - from > MOST_DIRECTORY) throw new LimitReached();
      this.limits.time();
      first = Math.min(first, entry.headerAt);
      this.add(entry);
    }
    // Bytes before the first member make a file no zip archive; those after the end record are the zip reader's to refuse.
    if (first !== 0 || !isAsStated(this.file, { from, to, count, comment })) throw new NoBundle();
  }

  add(entry) {
    const name = nameOf(entry.name);
    if (name.endsWith('/')) {
      this.addFolderEntry(name.slice(0, -1), entry);
      return;
    }
    const regular = isSaidToBe(entry, REGULAR) && (entry.flags & ENCRYPTED) === 0 && METHODS.has(entry.method);
    this.addFile(name, { entry, size: entry.size, regular });
  }

  /** A directory entry, of which no more is looked at than what it is said to be and that it holds nothing. */
  addFolderEntry(name, entry) {
    if (!isSaidToBe(entry, REGULAR, FOLDER)) {
      this.addOddFolder(name);
      return;
    }
    this.addFolder(name);
    if (entry.size > 0) this.hasOddFolder = true;
  }

  /** The bytes of a member as they are when inflated, in chunks; throws Unreadable. */
  async* readMember({ entry, regular }) {
    if (!regular) throw new Unreadable();
    this.limits.time();
    let size = 0;
    let check = 0;
    try {
      for await (const chunk of inflate(this.file, entry)) {
        size += chunk.length;
        if (size > entry.size) throw new Unreadable();
        check = crc32(chunk, check);
        this.limits.read(chunk.length);
        yield chunk;
      }
    } catch (error) {
      throw error instanceof LimitReached ? error : new Unreadable();
    }
    if (size !== entry.size || check !== entry.crc32) throw new Unreadable();
  }

  read(name) {
    return this.readMember(this.members.get(name));
  }

  /** Whether a member can be read, whatever is in it. */
  async touch(member) {
    for await (const chunk of this.readMember(member)) void chunk;
  }

  async close() {
    if (this.zip !== null) this.zip.close();
    else if (this.file !== null) this.file.close(() => {});
  }
}
