// Occurrences of one text in another, in linear time also for texts that were made to be slow.

const SMALL_WORK = 1e7;

/** Knuth, Morris, Pratt: yields where the needle occurs, overlapping. */
function* occurrences(text, needle) {
  const size = needle.length;
  const back = new Int32Array(size);
  for (let at = 1, matched = 0; at < size; at += 1) {
    const unit = needle.charCodeAt(at);
    while (matched > 0 && needle.charCodeAt(matched) !== unit) matched = back[matched - 1];
    if (needle.charCodeAt(matched) === unit) matched += 1;
    back[at] = matched;
  }
  for (let at = 0, matched = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    while (matched > 0 && needle.charCodeAt(matched) !== unit) matched = back[matched - 1];
    if (needle.charCodeAt(matched) === unit) matched += 1;
    if (matched === size) {
      yield at - size + 1;
      matched = back[matched - 1];
    }
  }
}

const isSmall = (text, needle) => needle.length <= 1 || text.length * needle.length <= SMALL_WORK;

export function firstIndex(text, needle) {
  if (isSmall(text, needle)) return text.indexOf(needle);
  for (const at of occurrences(text, needle)) return at;
  return -1;
}

export function lastIndex(text, needle) {
  if (isSmall(text, needle)) return text.lastIndexOf(needle);
  let last = -1;
  for (const at of occurrences(text, needle)) last = at;
  return last;
}

/** What stands between occurrences, found from left to right without overlap. */
export function split(text, needle) {
  if (isSmall(text, needle)) return text.split(needle);
  const parts = [];
  let from = 0;
  for (const at of occurrences(text, needle)) {
    if (at < from) continue;
    parts.push(text.slice(from, at));
    from = at + needle.length;
  }
  parts.push(text.slice(from));
  return parts;
}
