// The central directory of a zip archive, read by itself: what the zip reader makes of members goes by more than chapter 1
// does, which looks at extra fields for ZIP64 alone and reads on where a member is encrypted.

import { NoBundle } from './unreadable.js';

const SIGN = 0x02014b50;
const HEADER = 46;
const IN_ZIP64 = 0xffffffff;
const ZIP64 = 0x0001;

/** The data of the extra field for ZIP64; empty where there is none. */
function zip64Of(extra) {
  for (let at = 0; at + 4 <= extra.length;) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === ZIP64 && end <= extra.length) return extra.subarray(at + 4, end);
    at = end;
  }
  return Buffer.alloc(0);
}

/** Puts sizes and place of a member from the extra field, in its order, where the header has no room for them. */
function widen(entry, extra) {
  const wide = zip64Of(extra);
  let at = 0;
  for (const name of ['size', 'compressedSize', 'headerAt']) {
    if (entry[name] !== IN_ZIP64 || wide.length === 0) continue;
    entry[name] = Number(wide.readBigUInt64LE(at));
    at += 8;
  }
}

/** The entry at a place, and where the next one begins; throws where there is none. */
export function readEntry(file, at) {
  const header = file.bytes(at, HEADER);
  if (header.length < HEADER || header.readUInt32LE(0) !== SIGN) throw new NoBundle();
  const entry = {
    flags: header.readUInt16LE(8),
    method: header.readUInt16LE(10),
    crc32: header.readUInt32LE(16),
    compressedSize: header.readUInt32LE(20),
    size: header.readUInt32LE(24),
    mode: header.readUInt16LE(40), // the upper half of the external attributes
    headerAt: header.readUInt32LE(42),
  };
  const nameEnd = header.readUInt16LE(28);
  const extraEnd = nameEnd + header.readUInt16LE(30);
  const end = extraEnd + header.readUInt16LE(32);
  const rest = file.bytes(at + HEADER, end);
  if (rest.length < end) throw new NoBundle();
  entry.name = Buffer.from(rest.subarray(0, nameEnd)); // without the window, since it is kept
  widen(entry, rest.subarray(nameEnd, extraEnd));
  return { entry, next: at + HEADER + end };
}
