// Kinds of values (FSEP-SCF-005): each name, and each field of the item, is a text or a list throughout a program.

import { referencesOf } from './templates.js';
import { allSteps, allTemplates, assignedBy, givesList } from './steps.js';

const TEXT = 'text';
const LIST = 'list';
const EACH_OR_TEXT = new Set(['trim', 'before', 'after', 'json-pointer']);
const TEXT_TO_LIST = new Set(['lines', 'split', 'json-array']);

/** The kind that a pipeline gives, which begins with a text; undefined where an operation cannot take what it is given. */
function kindOfPipeline(pipeline) {
  let kind = TEXT;
  for (const { op } of pipeline) {
    if (EACH_OR_TEXT.has(op)) continue;
    if (kind !== (TEXT_TO_LIST.has(op) ? TEXT : LIST)) return undefined;
    kind = LIST;
  }
  return kind;
}

class Kinds {
  constructor() {
    this.names = new Map();
    this.fields = new Map();
    this.sound = true;
  }

  is(map, name, kind) {
    const known = map.get(name);
    if (known === undefined) map.set(name, kind);
    else if (known !== kind) this.sound = false;
  }

  reference({ name, field }) {
    if (name !== undefined) this.is(this.names, name, TEXT);
    else this.is(this.fields, field, TEXT);
  }

  step(step) {
    if (step.do === 'extract') {
      const kind = givesList(step) ? LIST : TEXT;
      if (step.try.some((pipeline) => kindOfPipeline(pipeline) !== kind)) this.sound = false;
      this.is(this.names, step.name, kind);
      return;
    }
    const name = assignedBy(step);
    if (name !== undefined) this.is(this.names, name, TEXT);
    if (step.do === 'each') {
      this.is(this.names, step.as, TEXT);
      if (step.in.startsWith('item.')) this.is(this.fields, step.in.slice(5), LIST);
      else this.is(this.names, step.in, LIST);
    }
    if (step.do === 'each' || step.do === 'repeat') this.is(this.names, step.id, TEXT);
  }
}

function inspect(program) {
  const kinds = new Kinds();
  for (const { step } of allSteps(program.steps)) kinds.step(step);
  for (const template of allTemplates(program)) for (const each of referencesOf(template)) kinds.reference(each);
  return kinds;
}

export function hasOneKindEach(program) {
  return inspect(program).sound;
}

/** The fields of the item that a program which is well formed uses, each with its kind. */
export function fieldsOf(program) {
  return inspect(program).fields;
}
