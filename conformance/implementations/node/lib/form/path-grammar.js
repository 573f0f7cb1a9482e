// The grammar of paths inside a bundle.

const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const RESERVED = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/i;

function isSegment(segment) {
  return SEGMENT.test(segment) && !segment.endsWith('.') && !RESERVED.test(segment.split('.', 1)[0]);
}

export const LONGEST_PATH = 200;
const MOST_SEGMENTS = 8;

export function isPath(path) {
  if (path.length > LONGEST_PATH) return false;
  const segments = path.split('/');
  return segments.length <= MOST_SEGMENTS && segments.every(isSegment);
}

const DOTLESS_I = '\u0131'; // its capital is the ASCII letter I, but it folds to itself

const fold = (text) => text.toLowerCase().toUpperCase().toLowerCase();

/** What two names have in common that are alike: Unicode's normal form and case folding. */
export function likeness(path) {
  return path.normalize('NFC').split(DOTLESS_I).map(fold).join(DOTLESS_I).normalize('NFC');
}
