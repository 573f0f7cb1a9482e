// The design: program digests of what it fixes (FSEP-DSG-001, FSEP-DSG-002), and names of systems (FSEP-DSG-003).

import { kindOfField } from '../bundle/items.js';
import { programDigest } from '../program/defaults.js';

const KINDS = [['scaffold', 'scaffolds'], ['simulator', 'simulators'], ['environment', 'environments']];
const SHORTEST_NAME = 3;

/** FSEP-DSG-001. Gives what is not as the design fixed it, as `role id`. */
export function checkLocks(documents, outcomes) {
  const changed = new Set();
  const design = documents.one('design');
  if (design === undefined) {
    outcomes.block('FSEP-DSG-001');
    return changed;
  }
  for (const [role, member] of KINDS) {
    for (const { id, program_sha256: stated } of design[member] ?? []) {
      const document = documents.all(role).get(id);
      if (document === undefined) outcomes.block('FSEP-DSG-001');
      else if (programDigest(role, document) !== stated) changed.add(`${role} ${id}`);
    }
  }
  if (changed.size > 0) outcomes.fail('FSEP-DSG-001');
  return changed;
}

/** FSEP-DSG-002: whether the items are not known to be others than those that the design fixed. */
export function checkItems(documents, items, outcomes) {
  const design = documents.one('design');
  if (design === undefined || items.lost || items.brokenLines > 0 || items.repeated.size > 0) {
    outcomes.block('FSEP-DSG-002');
    return true;
  }
  const { sha256, count } = design.items;
  const agrees = items.byId.size === count;
  if (agrees && items.digest === sha256) return true;
  if (agrees && items.withheld) {
    outcomes.withhold('FSEP-DSG-002');
    return true;
  }
  outcomes.fail('FSEP-DSG-002');
  return false;
}

/** Names as they are looked for: in lower case, none of fewer than three characters. */
function namesOf(systems) {
  const names = new Set();
  for (const { model, aliases } of systems) for (const name of [model.name, ...(aliases ?? [])]) names.add(name);
  return [...names].filter((name) => [...name].length >= SHORTEST_NAME).map((name) => name.toLowerCase());
}

const isLetterOrDigit = (sign) => sign !== undefined && /[A-Za-z0-9]/.test(sign);

function holdsName(text, names) {
  const lower = text.toLowerCase();
  return names.some((name) => {
    for (let at = lower.indexOf(name); at >= 0; at = lower.indexOf(name, at + 1)) {
      if (!isLetterOrDigit(lower[at - 1]) && !isLetterOrDigit(lower[at + name.length])) return true;
    }
    return false;
  });
}

function anyText(value, test) {
  if (typeof value === 'string') return test(value);
  if (value === null || typeof value !== 'object') return false;
  return Object.values(value).some((each) => anyText(each, test));
}

/** FSEP-DSG-003: no name of a system occurs in a program or an item. */
export function checkNamesOfSystems(documents, items, limits, outcomes) {
  const names = namesOf(documents.all('system').values());
  const lost = documents.isLost('system') || documents.isLost('scaffold') || items.lost || items.brokenLines > 0;
  if (lost) outcomes.block('FSEP-DSG-003');
  const test = (text) => {
    limits.time();
    return holdsName(text, names);
  };
  for (const { program } of documents.all('scaffold').values()) if (anyText(program, test)) outcomes.fail('FSEP-DSG-003');
  for (const item of items.all) {
    for (const name of Object.keys(item.fields)) {
      if (kindOfField(item, name) === 'withheld') outcomes.withhold('FSEP-DSG-003');
      else if (anyText(item.fields[name], test)) outcomes.fail('FSEP-DSG-003');
    }
  }
}
