// Members of a zip archive, as they are when inflated.

import { pipeline, Readable } from 'node:stream';
import { createInflateRaw, inflateRawSync } from 'node:zlib';
import { Unreadable } from './unreadable.js';

const LOCAL_SIGN = 0x04034b50;
const LOCAL_HEADER = 30;
const SHORT = 64 * 1024;

/** Where the data of a member begin; its local header has the name that the central directory has. */
function dataStart(file, entry) {
  const at = entry.headerAt;
  const header = file.bytes(at, LOCAL_HEADER);
  if (header.length < LOCAL_HEADER || header.readUInt32LE(0) !== LOCAL_SIGN) throw new Unreadable();
  const nameLength = header.readUInt16LE(26);
  const start = at + LOCAL_HEADER + nameLength + header.readUInt16LE(28);
  if (!file.bytes(at + LOCAL_HEADER, nameLength).equals(entry.name)) throw new Unreadable();
  return start;
}

/** The chunks of a member; what goes wrong in it is thrown in one way or another. */
export async function* inflate(file, entry) {
  const { compressedSize, size } = entry;
  const start = dataStart(file, entry);
  const end = start + compressedSize;
  if (entry.method === 0) {
    if (compressedSize !== size) throw new Unreadable();
    for (const chunk of file.chunks(start, end)) yield Buffer.from(chunk); // without the window, since it may be kept
    return;
  }
  if (compressedSize <= SHORT && size <= SHORT) {
    yield inflateRawSync(file.bytes(start, compressedSize), { maxOutputLength: size + 1 });
    return;
  }
  const inflated = createInflateRaw();
  pipeline(Readable.from(file.chunks(start, end)), inflated, () => {}); // where one fails the other does, and the reader below is told
  yield* inflated;
}
