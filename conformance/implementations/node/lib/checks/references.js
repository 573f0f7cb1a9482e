// References between documents: FSEP-REF-002 to FSEP-REF-004.

import { kindOfField } from '../bundle/items.js';
import { fieldsOf } from '../program/kinds.js';
import { allSteps } from '../program/steps.js';

const KINDS = [['scaffold', 'scaffolds'], ['simulator', 'simulators'], ['environment', 'environments']];

const idsOf = (locks) => (locks ?? []).map(({ id }) => id);

/** The simulators and environments that a program uses. */
function usedBy(program) {
  const simulators = new Set();
  const environments = new Set();
  for (const actor of Object.values(program.actors)) if (actor.kind === 'simulator') simulators.add(actor.simulator);
  for (const { step } of allSteps(program.steps)) if (step.environment !== undefined) environments.add(step.environment);
  return { simulators, environments };
}

/** FSEP-REF-002: the bundle holds what the design names, and no other. */
function checkNamed(design, documents, outcomes) {
  let sound = true;
  for (const [role, member] of KINDS) {
    const named = new Set(idsOf(design[member]));
    if (documents.isLost(role)) outcomes.block('FSEP-REF-002');
    for (const id of named) {
      if (documents.state(role, id) !== 'absent') continue;
      outcomes.fail('FSEP-REF-002');
      sound = false;
    }
    for (const id of documents.all(role).keys()) {
      if (named.has(id)) continue;
      outcomes.fail('FSEP-REF-002');
      sound = false;
    }
  }
  return sound;
}

/** FSEP-REF-003: the baseline is a scaffold of the design, and what its scaffolds use is bound in it. */
function checkBound(design, documents, unfit, outcomes) {
  const scaffolds = idsOf(design.scaffolds);
  const simulators = new Set(idsOf(design.simulators));
  const environments = new Set(idsOf(design.environments));
  let sound = scaffolds.includes(design.baseline);
  for (const id of scaffolds) {
    const scaffold = documents.all('scaffold').get(id);
    if (scaffold === undefined || unfit.has(`scaffold ${id}`)) {
      outcomes.block('FSEP-REF-003');
      continue;
    }
    const used = usedBy(scaffold.program);
    for (const each of used.simulators) if (!simulators.has(each)) sound = false;
    for (const each of used.environments) if (!environments.has(each)) sound = false;
  }
  if (!sound) outcomes.fail('FSEP-REF-003');
  return sound;
}

/**
 * Whether the design and what it names hold together, so that runs can be replayed at all. What a scaffold uses is not
 * looked at where it is not well formed: `unfit` has such scaffolds, as `scaffold id`.
 */
export function checkReferences(documents, unfit, outcomes) {
  const design = documents.one('design');
  if (design === undefined) {
    outcomes.block('FSEP-REF-002', 'FSEP-REF-003');
    return false;
  }
  const named = checkNamed(design, documents, outcomes);
  const bound = checkBound(design, documents, unfit, outcomes);
  return named && bound;
}

/** FSEP-REF-004: items have the fields that scaffolds use. Gives the ids of the items that do not. */
export function checkFields(documents, items, unfit, outcomes) {
  const lacking = new Set();
  const needs = new Set();
  if (documents.isLost('scaffold') || items.lost || items.brokenLines > 0) outcomes.block('FSEP-REF-004');
  for (const [id, { program }] of documents.all('scaffold')) {
    if (unfit.has(`scaffold ${id}`)) outcomes.block('FSEP-REF-004');
    else for (const [name, kind] of fieldsOf(program)) needs.add(`${kind} ${name}`);
  }
  for (const item of items.all) {
    for (const need of needs) {
      const [kind, name] = need.split(' ');
      const found = kindOfField(item, name);
      if (found !== kind && found !== 'withheld') lacking.add(item.id);
    }
  }
  if (lacking.size > 0) outcomes.fail('FSEP-REF-004');
  return lacking;
}
