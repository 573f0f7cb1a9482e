// Names of steps, actors, threads and loops: FSEP-SCF-001 and FSEP-SCF-002.

import { allSteps, assignedBy, bodiesOf, givesList, isLoop } from './steps.js';

/** FSEP-SCF-001: each step has an id that no other step and no value bears; parts of the result have names that differ. */
export function hasOwnIds(program) {
  const ids = new Set();
  const values = new Set();
  let sound = true;
  for (const { step } of allSteps(program.steps)) {
    if (step.id !== undefined) {
      if (ids.has(step.id)) sound = false;
      ids.add(step.id);
    } else if (step.name !== undefined) {
      values.add(step.name);
    }
    if (step.do === 'each') values.add(step.as);
  }
  for (const id of ids) if (values.has(id)) sound = false;
  const names = program.result.map(({ name }) => name);
  return sound && new Set(names).size === names.length;
}

class References {
  constructor(program) {
    this.actors = new Map(Object.entries(program.actors));
    this.threads = new Map(Object.entries(program.threads).map(([name, { speakers }]) => [name, new Set(speakers)]));
    /** Loops that have ended before this place in the document, with the texts assigned in each. */
    this.ended = new Map();
    this.sound = true;
  }

  need(condition) {
    if (!condition) this.sound = false;
  }

  speaks(actor, thread) {
    this.need(this.actors.has(actor));
    this.need(this.threads.has(thread));
    this.need(this.threads.get(thread)?.has(actor) ?? true);
  }

  step(step) {
    switch (step.do) {
      case 'say':
        this.need(this.threads.has(step.thread));
        if (step.to !== undefined) this.speaks(step.to, step.thread);
        if (step.for !== undefined) this.speaks(step.for, step.thread);
        break;
      case 'generate':
      case 'tools':
      case 'edit':
      case 'external':
        this.speaks(step.actor, step.thread);
        break;
      case 'repeat':
      case 'each':
        for (const thread of step.fresh ?? []) this.need(this.threads.has(thread));
        break;
      case 'collect':
        this.need(this.ended.get(step.over)?.has(step.value) ?? false);
        break;
      default:
    }
  }

  /** Goes through steps in the order of the document; gives the names of the texts that they assign. */
  steps(list) {
    const assigned = new Set();
    for (const step of list) {
      this.step(step);
      const name = assignedBy(step);
      if (name !== undefined && !givesList(step)) assigned.add(name);
      const inside = new Set(isLoop(step) ? [step.id, step.as].filter((each) => each !== undefined) : []);
      for (const body of bodiesOf(step)) for (const each of this.steps(body)) inside.add(each);
      for (const each of inside) assigned.add(each);
      if (isLoop(step)) this.ended.set(step.id, inside);
    }
    return assigned;
  }
}

/** FSEP-SCF-002: what the program refers to is there, and speaks where it is said to speak. */
export function refersToItsOwn(program) {
  const references = new References(program);
  references.need(references.actors.get(program.primary)?.kind === 'model');
  for (const speakers of references.threads.values()) {
    for (const speaker of speakers) references.need(references.actors.has(speaker));
  }
  references.steps(program.steps);
  return references.sound;
}
