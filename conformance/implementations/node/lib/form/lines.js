// Lines of a JSON Lines file: a line ends at the byte 0x0A and nowhere else, and the last one may lack it.

const LF = 0x0a;
const LONGEST_LINE = 16 * 2 ** 20;

/** The lines in chunks of bytes, without their line feeds; null in the place of a line that is too long. */
export async function* linesOf(chunks) {
  let pieces = [];
  let held = 0;
  let tooLong = false;
  const finish = () => {
    const line = tooLong ? null : pieces.length === 1 ? pieces[0] : Buffer.concat(pieces, held);
    pieces = [];
    held = 0;
    tooLong = false;
    return line;
  };
  let open = false;
  for await (const chunk of chunks) {
    let from = 0;
    while (from < chunk.length) {
      const found = chunk.indexOf(LF, from);
      const to = found < 0 ? chunk.length : found;
      held += to - from;
      if (held > LONGEST_LINE) {
        tooLong = true;
        pieces = [];
      } else if (!tooLong) {
        pieces.push(chunk.subarray(from, to));
      }
      open = true;
      if (found < 0) break;
      open = false;
      yield finish();
      from = found + 1;
    }
  }
  if (open) yield finish();
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
