// Definite assignment (FSEP-SCF-004): a name is used only where it has a value on every way to that place.

import { referencesOf } from './templates.js';
import { allSteps, allTests, assignedBy, templatesOfStep, templatesOfTest, testOf } from './steps.js';

class Assignment {
  constructor(program) {
    this.counts = new Map(); // name to how often it is on the log
    this.log = [];
    this.sound = true;
    this.speaking = new Set();
    for (const { step } of allSteps(program.steps)) {
      if (step.do === 'generate' || step.do === 'tools') this.speaking.add(step.id);
    }
  }

  assign(name) {
    this.log.push(name);
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  /** Takes back what was assigned since a place of the log, and gives it. */
  undo(mark) {
    const names = new Set(this.log.splice(mark));
    for (const name of names) this.counts.delete(name);
    return names;
  }

  use(name) {
    if (!this.counts.has(name)) this.sound = false;
  }

  template(template) {
    for (const { name } of referencesOf(template)) if (name !== undefined) this.use(name);
  }

  test(test) {
    for (const { test: each } of allTests(test, 1)) {
      for (const template of templatesOfTest(each)) this.template(template);
      if (each.test === 'has-tool-calls') {
        this.use(each.step);
        if (!this.speaking.has(each.step)) this.sound = false;
      }
    }
  }

  steps(list) {
    for (const step of list) this.step(step);
  }

  step(step) {
    if (step.do === 'when') {
      this.test(testOf(step));
      this.branches(step.then, step.else ?? []);
      return;
    }
    if (step.do === 'each') this.each(step);
    else if (step.do === 'repeat') this.repeat(step);
    else for (const template of templatesOfStep(step)) this.template(template);
    const name = assignedBy(step);
    if (name !== undefined) this.define(name);
  }

  define(name) {
    if (!this.counts.has(name)) this.assign(name);
  }

  branches(then, otherwise) {
    const mark = this.log.length;
    this.steps(then);
    const first = this.undo(mark);
    this.steps(otherwise);
    const second = this.undo(mark);
    for (const name of first) if (second.has(name)) this.define(name);
  }

  each(step) {
    if (!step.in.startsWith('item.')) this.use(step.in);
    const mark = this.log.length;
    this.define(step.id);
    this.define(step.as);
    this.steps(step.steps);
    this.undo(mark);
  }

  repeat(step) {
    const mark = this.log.length;
    this.define(step.id);
    this.steps(step.steps);
    this.test(step.until);
    const inside = this.undo(mark);
    inside.delete(step.id);
    for (const name of inside) this.define(name);
  }
}

export function isDefinitelyAssigned(program) {
  const assignment = new Assignment(program);
  assignment.steps(program.steps);
  for (const { text } of program.result) assignment.template(text);
  return assignment.sound;
}
