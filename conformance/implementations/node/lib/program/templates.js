// Templates: texts in which `{{name}}` and `{{item.field}}` stand for values, and `{{{{` for two opening braces.

const NAME = /\{\{(item\.)?([a-z][a-z0-9_]{0,63})\}\}/y;

/**
 * The parts of a template, in order: texts, `{ name }` and `{ field }`. Undefined where a delimiter in it neither names
 * a value nor is escaped.
 */
export function parseTemplate(template) {
  const parts = [];
  let at = 0;
  let plain = '';
  for (;;) {
    const found = template.indexOf('{{', at);
    if (found < 0) break;
    plain += template.slice(at, found);
    if (template.startsWith('{{', found + 2)) {
      plain += '{{';
      at = found + 4;
      continue;
    }
    NAME.lastIndex = found;
    const match = NAME.exec(template);
    if (match === null) return undefined;
    if (plain !== '') parts.push(plain);
    plain = '';
    parts.push(match[1] === undefined ? { name: match[2] } : { field: match[2] });
    at = NAME.lastIndex;
  }
  plain += template.slice(at);
  if (plain !== '') parts.push(plain);
  return parts;
}

/** What a template refers to: the parts of it that are no texts; none where it is no template. */
export function referencesOf(template) {
  return (parseTemplate(template) ?? []).filter((part) => typeof part !== 'string');
}
