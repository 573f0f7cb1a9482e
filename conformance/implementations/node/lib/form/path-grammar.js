// The grammar of paths inside a bundle.

const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const RESERVED = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/i;

function isSegment(segment) {
  return SEGMENT.test(segment) && !segment.endsWith('.') && !RESERVED.test(segment.split('.', 1)[0]);
}

export function isPath(path) {
  if (path.length > 200) return false;
  const segments = path.split('/');
  return segments.length <= 8 && segments.every(isSegment);
}

/** What two names have in common that are alike. */
export function likeness(path) {
  return path.normalize('NFC').toLowerCase().toUpperCase().toLowerCase().normalize('NFC');
}
