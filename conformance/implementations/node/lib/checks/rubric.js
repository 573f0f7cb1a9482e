// The rubric and the plan of ratings: FSEP-RUB-001 to FSEP-RUB-004.

import { programDigest } from '../program/defaults.js';
import { allSteps } from '../program/steps.js';

const differ = (list) => new Set(list).size === list.length;

function isSound({ packets, dimensions }) {
  const shown = new Map(packets.map((packet) => [packet.id, packet.shows]));
  if (!differ(packets.map(({ id }) => id)) || !differ(dimensions.map(({ id }) => id))) return false;
  return dimensions.every(({ scale, attained, packet, unit }) => {
    const values = scale.values.map(({ value }) => value);
    if (!differ(values) || !attained.every((value) => values.includes(value)) || attained.length >= values.length) return false;
    if (packet === undefined) return true;
    return shown.has(packet) && (unit !== 'output' || shown.get(packet) === 'thread');
  });
}

/** FSEP-RUB-002: whether the rubric is the one that the design fixes; undefined where it cannot be told. */
function isFixed(design, documents) {
  const rubric = documents.one('rubric');
  if (rubric === undefined) return documents.isLost('rubric') ? undefined : design.rubric === undefined;
  return design.rubric !== undefined && programDigest('rubric', rubric) === design.rubric;
}

/** FSEP-RUB-003: threads of the primary actor in every scaffold, and fields of every item. */
function namesWhatIsThere(rubric, documents, items) {
  const threads = [...rubric.packets, ...rubric.dimensions].map(({ thread }) => thread).filter((thread) => thread !== undefined);
  const fields = rubric.packets.flatMap((packet) => packet.fields);
  for (const { program } of documents.all('scaffold').values()) {
    for (const thread of threads) {
      if (!Object.hasOwn(program.threads, thread) || !program.threads[thread].speakers.includes(program.primary)) return false;
    }
  }
  for (const item of items.all) if (!fields.every((field) => Object.hasOwn(item.fields, field))) return false;
  return true;
}

/** FSEP-RUB-004, of the scripted users. */
function checkScripted(design, documents, outcomes) {
  const scripted = design.users?.scripted ?? [];
  const fixed = new Set(design.scaffolds.map(({ id }) => id));
  let sound = differ(scripted.map(({ scaffold }) => scaffold));
  for (const { scaffold, steps } of scripted) {
    if (!fixed.has(scaffold)) {
      sound = false;
      continue;
    }
    const document = documents.all('scaffold').get(scaffold);
    if (document === undefined) {
      outcomes.block('FSEP-RUB-004');
      continue;
    }
    const said = new Set();
    for (const { step } of allSteps(document.program.steps)) if (step.do === 'say' && step.role === 'user') said.add(step.id);
    if (!steps.every((step) => said.has(step))) sound = false;
  }
  return sound;
}

/** FSEP-RUB-004, of the plans and entries for dimensions. */
function plansDimensions(design, rubric) {
  const dimensions = new Map(rubric.dimensions.map((dimension) => [dimension.id, dimension]));
  const rated = rubric.dimensions.filter(({ by }) => by === 'raters').map(({ id }) => id);
  const planned = (design.rating ?? []).map(({ dimension }) => dimension);
  const analysed = (design.analysis?.dimensions ?? []).map(({ dimension }) => dimension);
  if (!differ(planned) || planned.length !== rated.length || !rated.every((id) => planned.includes(id))) return false;
  if (!differ(analysed) || !analysed.every((id) => dimensions.has(id))) return false;
  return (design.rating ?? []).every(({ dimension, combine }) =>
    combine !== 'low-median' || dimensions.get(dimension).scale.kind === 'ordinal');
}

export function checkRubric(documents, items, outcomes) {
  const design = documents.one('design');
  const rubric = documents.one('rubric');
  let usable = true;
  if (rubric !== undefined && !isSound(rubric)) {
    outcomes.fail('FSEP-RUB-001');
    usable = false;
  }
  if (documents.isLost('rubric')) outcomes.block('FSEP-RUB-001');
  const fixed = design === undefined ? undefined : isFixed(design, documents);
  if (fixed === undefined) outcomes.block('FSEP-RUB-002', 'FSEP-RUB-003', 'FSEP-RUB-004');
  else if (!fixed) outcomes.fail('FSEP-RUB-002');
  if (!fixed || !usable) {
    outcomes.block('FSEP-RUB-003', 'FSEP-RUB-004');
    return;
  }
  if (rubric !== undefined) {
    if (documents.isLost('scaffold') || items.lost || items.brokenLines > 0) outcomes.block('FSEP-RUB-003');
    if (!namesWhatIsThere(rubric, documents, items)) outcomes.fail('FSEP-RUB-003');
    if (!plansDimensions(design, rubric)) outcomes.fail('FSEP-RUB-004');
  }
  if (!checkScripted(design, documents, outcomes)) outcomes.fail('FSEP-RUB-004');
}
