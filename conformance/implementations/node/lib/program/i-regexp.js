// I-Regexps (RFC 9485) without \p and \P: read by the grammar of the RFC, and matched in linear time by RE2.

import { RE2JS } from 're2js';
import { LimitReached } from '../form/limits.js';

const MOST_REPEATS = 1000;
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
      return { kind: 'group', of: inner };
    }
    if (this.accept('.')) return ANY_BUT_LINE_END;
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

const ANY_BUT_LINE_END = { kind: 'class', negated: true, ranges: [[0x0a, 0x0a], [0x0d, 0x0d]], size: 1 };

function read(pattern) {
  const reader = new PatternReader(pattern);
  const tree = reader.alternatives();
  if (reader.at !== reader.signs.length) throw new NoPattern();
  return tree;
}

/** The bound of a repetition that counts: of two the second, and 0 as 1. */
const boundOf = ({ least, most }) => Math.max(1, most === Infinity ? least : most);

/** The product of the bounds of repetitions within one another, where it is greatest. */
function boundsOf(tree) {
  switch (tree.kind) {
    case 'class': return 1;
    case 'group': return boundsOf(tree.of);
    case 'repeat': return boundOf(tree) * boundsOf(tree.of);
    default: return Math.max(1, ...tree.of.map(boundsOf));
  }
}

/** The size of a pattern, as chapter 3 counts it. */
function sizeOf(tree) {
  switch (tree.kind) {
    case 'class': return tree.size ?? tree.ranges.length;
    case 'group': return 1 + sizeOf(tree.of);
    case 'repeat': return boundOf(tree) * sizeOf(tree.of);
    case 'or': return tree.of.reduce((sum, each) => sum + sizeOf(each), tree.of.length - 1);
    default: return tree.of.reduce((sum, each) => sum + sizeOf(each), 0);
  }
}

/** The size of a pattern that this protocol admits by itself; undefined for any other. */
export function sizeOfPattern(pattern) {
  try {
    const tree = read(pattern);
    return boundsOf(tree) > MOST_REPEATS ? undefined : sizeOf(tree);
  } catch (error) {
    if (error instanceof NoPattern) return undefined;
    throw error;
  }
}

const hex = (code) => `\\x{${code.toString(16)}}`;

/** The pattern in RE2's syntax, which bounds repetitions within one another as this protocol does. */
function toRe2(tree) {
  switch (tree.kind) {
    case 'class': return `[${tree.negated ? '^' : ''}${tree.ranges.map(([from, to]) => `${hex(from)}-${hex(to)}`).join('')}]`;
    case 'group': return `(?:${toRe2(tree.of)})`;
    case 'row': return tree.of.map(toRe2).join('');
    case 'or': return tree.of.map(toRe2).join('|');
    default: return `(?:${toRe2(tree.of)}){${tree.least},${tree.most === Infinity ? '' : tree.most}}`;
  }
}

/** A pattern that is ready to be matched; what is too large for this program throws LimitReached. */
export class Pattern {
  constructor(pattern) {
    const tree = read(pattern);
    this.size = sizeOf(tree);
    try {
      this.compiled = RE2JS.compile(toRe2(tree));
    } catch {
      throw new LimitReached();
    }
  }

  /** Whether the pattern matches the whole text. */
  matches(text) {
    return this.compiled.testExact(text);
  }
}
