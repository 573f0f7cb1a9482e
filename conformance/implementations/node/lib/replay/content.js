// Contents of events: the text of one, what the program said, and what of it stands in a message.

/** Stands for a value that is not published. */
export const WITHHELD = Symbol('withheld');

/** Whether arguments of a call are withheld: one member `withheld`, which has exactly the members of a commitment. */
export function areWithheld(value) {
  return hasExactly(value, ['withheld']) && hasExactly(value.withheld, ['commitment', 'kind', 'reason']);
}

function hasExactly(value, names) {
  return isObject(value) && Object.keys(value).length === names.length && names.every((name) => Object.hasOwn(value, name));
}

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

/** The text of a part, from its blob where it is kept in one. */
function textOfPart(part, blobs) {
  if (part.blob !== undefined) return blobs.get(part.blob);
  return isObject(part.text) ? WITHHELD : part.text;
}

function join(parts, blobs) {
  const texts = parts.map((part) => textOfPart(part, blobs));
  return texts.includes(WITHHELD) ? WITHHELD : texts.join('');
}

/** The text of an output: its text parts in order, nothing between them; or WITHHELD. */
export function textOf(content, blobs) {
  if (content === null || content === undefined) return '';
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return WITHHELD;
  return join(content.filter(({ type }) => type === 'text'), blobs);
}

/**
 * What a content says in the program's place: a text; WITHHELD where one of its texts is, whatever stands beside it; or
 * undefined where it holds anything but texts.
 */
export function programTextOf(content, blobs) {
  const text = textOf(content, blobs);
  if (text === WITHHELD) return WITHHELD;
  return Array.isArray(content) && content.some(({ type }) => type !== 'text') ? undefined : text;
}

function messagePart(part, blobs) {
  if (part.type === 'text') {
    const text = textOfPart(part, blobs);
    return text === WITHHELD ? WITHHELD : { type: 'text', text };
  }
  if (isObject(part.text)) return WITHHELD;
  const kept = {};
  for (const name of ['type', 'blob', 'media_type', 'form', 'text', 'signature']) {
    if (part[name] !== undefined) kept[name] = part[name];
  }
  return kept;
}

/** The `content` of a message; or WITHHELD. */
export function messageContent(content, blobs, keepsReasoning) {
  if (!Array.isArray(content)) return textOf(content, blobs);
  const stays = content.filter(({ type }) => keepsReasoning || type !== 'reasoning');
  if (stays.every(({ type }) => type === 'text')) return join(stays, blobs);
  const parts = stays.map((part) => messagePart(part, blobs));
  return parts.includes(WITHHELD) ? WITHHELD : parts;
}

/** The tool calls of a message, as recorded; or WITHHELD. */
export function messageCalls(calls) {
  if (calls.some((call) => areWithheld(call.arguments))) return WITHHELD;
  return calls.map(({ id, name, arguments: given }) => ({ id, name, arguments: given }));
}

/** All blobs that a content refers to. */
export function blobsOf(content) {
  if (!Array.isArray(content)) return [];
  return content.filter(({ blob }) => blob !== undefined).map(({ blob }) => blob);
}
