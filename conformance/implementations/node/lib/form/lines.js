// Lines of a JSON Lines file: a line ends at the byte 0x0A and nowhere else, and the last one may lack it.

const LF = 0x0a;
const LONGEST_LINE = 16 * 2 ** 20;

/** Puts lines together out of chunks, without their line feeds; null stands in the place of a line that is too long. */
class Splitter {
  constructor() {
    this.pieces = [];
    this.held = 0;
    this.open = false; // whether the last line has begun, and not ended
  }

  hold(piece) {
    this.open = true;
    this.held += piece.length;
    if (this.held > LONGEST_LINE) this.pieces = [];
    else this.pieces.push(piece);
  }

  finish() {
    const { pieces, held } = this;
    this.pieces = [];
    this.held = 0;
    this.open = false;
    if (held > LONGEST_LINE) return null;
    return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces, held);
  }

  /** The lines that end in a chunk. */
  * ended(chunk) {
    let from = 0;
    for (let to = chunk.indexOf(LF); to >= 0; to = chunk.indexOf(LF, from)) {
      this.hold(chunk.subarray(from, to));
      yield this.finish();
      from = to + 1;
    }
    if (from < chunk.length) this.hold(chunk.subarray(from));
  }

  /** The last line, where it lacks its line feed. */
  * rest() {
    if (this.open) yield this.finish();
  }
}

/** The lines in chunks of bytes, chunk by chunk: there may be millions, and each to be waited for would take its time. */
export async function* linesOf(chunks) {
  const splitter = new Splitter();
  for await (const chunk of chunks) yield splitter.ended(chunk);
  yield splitter.rest();
}

/** Counts lines as chunks of bytes pass by. */
export class LineCounter {
  constructor() {
    this.feeds = 0;
    this.last = LF;
  }

  update(chunk) {
    let at = chunk.indexOf(LF);
    while (at >= 0) {
      this.feeds += 1;
      at = chunk.indexOf(LF, at + 1);
    }
    if (chunk.length > 0) this.last = chunk[chunk.length - 1];
  }

  get count() {
    return this.feeds + (this.last === LF ? 0 : 1);
  }
}
