// Values of a program: texts, which know how many characters they have, and lists of texts.

/** The number of Unicode code points of a text without lone surrogates. */
function countCharacters(text) {
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
}

export class List {
  constructor(elements) {
    this.elements = elements;
  }

  get size() {
    return this.elements.reduce((sum, { size }) => sum + size, 0);
  }
}

/** Stands for a value that is not published. */
export const WITHHELD = Symbol('withheld');
