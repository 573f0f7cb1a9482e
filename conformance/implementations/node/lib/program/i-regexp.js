// I-Regexps (RFC 9485) without \p and \P: read by the grammar of the RFC, and matched in linear time by RE2.

import { RE2JS } from 're2js';
import { LimitReached } from '../form/limits.js';

const MOST_REPEATS = 1000;
const MOST_EXPANDED = 20_000;
const MOST_WORK = 1e8;
const SPECIAL = new Set('()*+.?[\\]{|}');
const ESCAPED = new Set('()*+-.?[\\]^{|}');
const CONTROLS = { n: 0x0a, r: 0x0d, t: 0x09 };

class NoPattern extends Error {}

class PatternReader {
  constructor(pattern) {
    this.signs = [...pattern];
    this.at = 0;
  }

  get next() {
    return this.signs[this.at];
  }

  accept(sign) {
    if (this.next !== sign) return false;
    this.at += 1;
    return true;
  }

  expect(sign) {
    if (!this.accept(sign)) throw new NoPattern();
  }

  alternatives() {
    const branches = [this.branch()];
    while (this.accept('|')) branches.push(this.branch());
    return branches.length === 1 ? branches[0] : { kind: 'or', of: branches };
  }

  branch() {
    const pieces = [];
    while (this.next !== undefined && this.next !== '|' && this.next !== ')') pieces.push(this.piece());
    return { kind: 'row', of: pieces };
  }

  piece() {
    const atom = this.atom();
    if (this.accept('*')) return { kind: 'repeat', of: atom, least: 0, most: Infinity };
    if (this.accept('+')) return { kind: 'repeat', of: atom, least: 1, most: Infinity };
    if (this.accept('?')) return { kind: 'repeat', of: atom, least: 0, most: 1 };
    if (!this.accept('{')) return atom;
    const least = this.bound();
    let most = least;
    if (this.accept(',')) most = this.next === '}' ? Infinity : this.bound();
    this.expect('}');
    if (most < least) throw new NoPattern();
    return { kind: 'repeat', of: atom, least, most };
  }

  bound() {
    let digits = '';
    while (this.next >= '0' && this.next <= '9') digits += this.signs[this.at++];
    if (digits === '' || Number(digits) > MOST_REPEATS) throw new NoPattern();
    return Number(digits);
  }

  atom() {
    if (this.accept('(')) {
      const inner = this.alternatives();
      this.expect(')');
      return inner;
    }
    if (this.accept('.')) return { kind: 'class', negated: true, ranges: [[0x0a, 0x0a], [0x0d, 0x0d]] };
    if (this.accept('[')) return this.charClass();
    const code = this.next === '\\' ? this.escape() : this.plain(SPECIAL);
    return { kind: 'class', negated: false, ranges: [[code, code]] };
  }

  plain(special) {
    const sign = this.next;
    if (sign === undefined || special.has(sign)) throw new NoPattern();
    this.at += 1;
    return sign.codePointAt(0);
  }

  escape() {
    this.expect('\\');
    const sign = this.next;
    this.at += 1;
    if (sign !== undefined && Object.hasOwn(CONTROLS, sign)) return CONTROLS[sign];
    if (!ESCAPED.has(sign)) throw new NoPattern();
    return sign.codePointAt(0);
  }

  charClass() {
    const negated = this.accept('^');
    const ranges = [];
    if (this.accept('-')) ranges.push([0x2d, 0x2d]);
    while (this.next !== ']') {
      if (this.next === '-') {
        this.at += 1;
        if (this.next !== ']') throw new NoPattern();
        ranges.push([0x2d, 0x2d]);
        break;
      }
      const from = this.classSign();
      let to = from;
      if (this.next === '-' && this.signs[this.at + 1] !== ']') {
        this.at += 1;
        to = this.classSign();
      }
      if (to < from) throw new NoPattern();
      ranges.push([from, to]);
    }
    this.expect(']');
    if (ranges.length === 0) throw new NoPattern();
    return { kind: 'class', negated, ranges };
  }

  classSign() {
    return this.next === '\\' ? this.escape() : this.plain(CLASS_SPECIAL);
  }
}

const CLASS_SPECIAL = new Set('-[\\]');

function read(pattern) {
  const reader = new PatternReader(pattern);
  const tree = reader.alternatives();
  if (reader.at !== reader.signs.length) throw new NoPattern();
  return tree;
}

/** Whether this protocol admits a pattern. */
export function isPattern(pattern) {
  try {
    read(pattern);
    return true;
  } catch (error) {
    if (error instanceof NoPattern) return false;
    throw error;
  }
}

const hex = (code) => `\\x{${code.toString(16)}}`;

/** How many characters a pattern stands for at most when all its repetitions are written out. */
function sizeOf(tree) {
  if (tree.kind === 'class') return 1;
  if (tree.kind !== 'repeat') return tree.of.reduce((sum, each) => sum + sizeOf(each), 1);
  const times = tree.most === Infinity ? Math.max(tree.least, 1) : Math.max(tree.most, 1);
  return sizeOf(tree.of) * times;
}

/** The pattern in RE2's syntax. RE2 bounds nested repetitions together, so those inside of others are written out. */
function toRe2(tree, repeated) {
  if (tree.kind === 'class') {
    return `[${tree.negated ? '^' : ''}${tree.ranges.map(([from, to]) => `${hex(from)}-${hex(to)}`).join('')}]`;
  }
  if (tree.kind === 'row') return tree.of.map((each) => group(toRe2(each, repeated))).join('');
  if (tree.kind === 'or') return tree.of.map((each) => toRe2(each, repeated)).join('|');
  const { least, most } = tree;
  if (most === Infinity && least <= 1) return `${group(toRe2(tree.of, repeated))}${least === 0 ? '*' : '+'}`;
  if (least === 0 && most === 1) return `${group(toRe2(tree.of, repeated))}?`;
  const inner = group(toRe2(tree.of, true));
  if (!repeated) return `${inner}{${least}${most === Infinity ? ',' : `,${most}`}}`;
  if (most === Infinity) return `${inner.repeat(least)}${inner}*`;
  return inner.repeat(least) + `(?:${inner}`.repeat(most - least) + ')?'.repeat(most - least);
}

const group = (text) => `(?:${text})`;

/** A pattern that is ready to be matched; what is too large for this program throws LimitReached. */
export class Pattern {
  constructor(pattern) {
    const tree = read(pattern);
    this.size = sizeOf(tree);
    if (this.size > MOST_EXPANDED) throw new LimitReached();
    try {
      this.compiled = RE2JS.compile(toRe2(tree, false));
    } catch {
      throw new LimitReached();
    }
  }

  /** Whether the pattern matches the whole text. */
  matches(text) {
    if (text.length * this.size > MOST_WORK) throw new LimitReached();
    return this.compiled.testExact(text);
  }
}
