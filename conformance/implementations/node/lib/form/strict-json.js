// Strict JSON: RFC 8259 within I-JSON, without duplicate names, within limits of number, nesting and size.

const MAX_DEPTH = 64;
const MAX_MARKS = 1_000_000; // commas, `[` and `{` outside of strings
const MAX_WHOLE = 2 ** 53;

export class NotStrictJson extends Error {}

const NOT_STRICT_JSON = new NotStrictJson(); // one for all, since a stack is dear and a bundle may have millions of such lines

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const SPACE = /[ \t\n\r]*/y;
const HEX4 = /[0-9a-fA-F]{4}/y;
const ESCAPES = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

class Reader {
  constructor(text, at, mostMarks) {
    this.text = text;
    this.at = at;
    this.depth = 0;
    this.marksLeft = mostMarks;
  }

  fail() {
    throw NOT_STRICT_JSON;
  }

  take(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return null;
    this.at = pattern.lastIndex;
    return found;
  }

  space() {
    const code = this.text.charCodeAt(this.at);
    if (code <= 32) this.take(SPACE);
  }

  mark() {
    this.marksLeft -= 1;
    if (this.marksLeft < 0) this.fail();
  }

  word(word, value) {
    if (!this.text.startsWith(word, this.at)) this.fail();
    this.at += word.length;
    return value;
  }

  value() {
    switch (this.text[this.at]) {
      case '{': return this.object();
      case '[': return this.array();
      case '"': return this.string();
      case 't': return this.word('true', true);
      case 'f': return this.word('false', false);
      case 'n': return this.word('null', null);
      default: return this.number();
    }
  }

  number() {
    const found = this.take(NUMBER);
    if (found === null) this.fail();
    const value = Number(found[0]);
    if (!Number.isFinite(value)) this.fail();
    const whole = found[1] === undefined && found[2] === undefined;
    if (whole && Math.abs(value) >= MAX_WHOLE) this.fail();
    return value;
  }

  string() {
    this.at += 1;
    const start = this.at;
    this.take(PLAIN);
    if (this.text[this.at] === '"') {
      this.at += 1;
      return this.text.slice(start, this.at - 1);
    }
    const pieces = [this.text.slice(start, this.at)];
    for (;;) {
      const next = this.text[this.at];
      if (next === '"') break;
      if (next !== '\\') this.fail();
      pieces.push(this.escape());
      const from = this.at;
      this.take(PLAIN);
      if (this.at > from) pieces.push(this.text.slice(from, this.at));
    }
    this.at += 1;
    return pieces.join('');
  }

  escape() {
    const letter = this.text[this.at + 1];
    this.at += 2;
    if (letter !== 'u') {
      if (letter === undefined || !Object.hasOwn(ESCAPES, letter)) this.fail();
      return ESCAPES[letter];
    }
    const high = this.unit();
    if (high < 0xd800 || high > 0xdfff) return String.fromCharCode(high);
    // A pair of escaped surrogates is one character; a surrogate alone is none.
    if (high > 0xdbff || !this.text.startsWith('\\u', this.at)) this.fail();
    this.at += 2;
    const low = this.unit();
    if (low < 0xdc00 || low > 0xdfff) this.fail();
    return String.fromCharCode(high, low);
  }

  unit() {
    const found = this.take(HEX4);
    if (found === null) this.fail();
    return Number.parseInt(found[0], 16);
  }

  enter() {
    this.mark();
    this.depth += 1;
    if (this.depth > MAX_DEPTH) this.fail();
    this.at += 1;
    this.space();
  }

  // After an element: true where another follows, false at the closing sign.
  another(closing) {
    this.space();
    const next = this.text[this.at];
    this.at += 1;
    if (next === closing) {
      this.depth -= 1;
      return false;
    }
    if (next !== ',') this.fail();
    this.mark();
    this.space();
    return true;
  }

  array() {
    this.enter();
    const list = [];
    if (this.text[this.at] === ']') {
      this.at += 1;
      this.depth -= 1;
      return list;
    }
    do list.push(this.value()); while (this.another(']'));
    return list;
  }

  object() {
    this.enter();
    const object = {};
    if (this.text[this.at] === '}') {
      this.at += 1;
      this.depth -= 1;
      return object;
    }
    do this.member(object); while (this.another('}'));
    return object;
  }

  member(object) {
    if (this.text[this.at] !== '"') this.fail();
    const name = this.string();
    this.space();
    if (this.text[this.at] !== ':') this.fail();
    this.at += 1;
    this.space();
    const value = this.value();
    if (Object.hasOwn(object, name)) this.fail();
    if (name === '__proto__') {
      Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
    } else {
      object[name] = value;
    }
  }
}

/**
 * The value of a text that is strict JSON; throws NotStrictJson for any other. The text has no lone surrogates. What is
 * neither a document nor a line may have any number of commas and brackets (chapter 3, "Extractions").
 */
export function parseText(text, mostMarks = Infinity) {
  const reader = new Reader(text, 0, mostMarks);
  reader.space();
  const value = reader.value();
  reader.space();
  if (reader.at !== text.length) reader.fail();
  return value;
}

/** The strict JSON array that begins at a `[`, whatever follows it; undefined where there is none. */
export function parseArrayAt(text, at) {
  try {
    return new Reader(text, at, Infinity).array();
  } catch (error) {
    if (error instanceof NotStrictJson) return undefined;
    throw error;
  }
}

const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of bytes that are UTF-8 (a byte order mark stays in it); undefined for other bytes. */
export function decodeUtf8(bytes) {
  try {
    return DECODER.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The value of a document or line that is strict JSON; throws NotStrictJson for any other. */
export function parseBytes(bytes) {
  const text = decodeUtf8(bytes);
  if (text === undefined) throw NOT_STRICT_JSON;
  return parseText(text, MAX_MARKS);
}
