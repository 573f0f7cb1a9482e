// The end of a zip archive: whether the central directory is as the end record says, in its place, its size and the number
// of its members. Readers go by the one or the other of these, so that two could see different members.

const END = 22;
const LOCATOR = 20;
const LOCATOR_SIGN = 0x07064b50;
const RECORD = 56;
const IN_ZIP64 = 0xffffffff;
const COUNT_IN_ZIP64 = 0xffff;

/** Where the record for ZIP64 lies, whether it is one or not; undefined where nothing leads to one. */
function zip64At(file, endAt) {
  const locator = file.bytes(endAt - LOCATOR, LOCATOR);
  if (locator.length < LOCATOR || locator.readUInt32LE(0) !== LOCATOR_SIGN) return undefined;
  return Number(locator.readBigUInt64LE(8));
}

/** Whether the record for ZIP64 ends where its locator begins, and says what was found. */
function isZip64(file, recordAt, locatorAt, { from, to, count }) {
  const record = file.bytes(recordAt, RECORD);
  const number = (at) => Number(record.readBigUInt64LE(at));
  return recordAt + 12 + number(4) === locatorAt && recordAt === to
    && number(24) === count && number(32) === count && number(40) === to - from && number(48) === from;
}

/** Whether a central directory that was found, with its comment and so many members, is the one that the end record states. */
export function isAsStated(file, found) {
  const { from, to, count, comment } = found;
  const endAt = file.size - END - comment.length;
  const recordAt = zip64At(file, endAt);
  if (recordAt === undefined ? endAt !== to : !isZip64(file, recordAt, endAt - LOCATOR, found)) return false;
  const record = file.bytes(endAt, END);
  const says = (stated, value, wide) => stated === value || (recordAt !== undefined && stated === wide);
  return says(record.readUInt16LE(8), count, COUNT_IN_ZIP64) && says(record.readUInt16LE(10), count, COUNT_IN_ZIP64)
    && says(record.readUInt32LE(12), to - from, IN_ZIP64) && says(record.readUInt32LE(16), from, IN_ZIP64);
}
