// Values of a program: texts, which know how many characters they have, and lists of texts.

/** So many characters weigh one unit of work (chapter 6, "Limits of replay"). */
export const PER_UNIT = 64;

/** The number of Unicode code points of a text without lone surrogates. */
export function countCharacters(text) {
  let count = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit >= 0xd800 && unit <= 0xdbff) count -= 1;
  }
  return count;
}

export class Text {
  constructor(text, size = undefined) {
    this.text = text;
    this.known = size;
  }

  get size() {
    this.known ??= countCharacters(this.text);
    return this.known;
  }

  get weight() {
    return Math.floor(this.size / PER_UNIT);
  }
}

/** A list of texts, given as strings: there may be very many of them. */
export class List {
  constructor(elements) {
    this.elements = elements;
    this.known = undefined;
  }

  /** The characters of all elements together. */
  get size() {
    if (this.known === undefined) {
      this.known = 0;
      for (const element of this.elements) if (element !== '') this.known += countCharacters(element);
    }
    return this.known;
  }

  get weight() {
    return Math.floor(this.size / PER_UNIT) + this.elements.length;
  }
}
