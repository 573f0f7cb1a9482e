// A scaffold made ready for replay: templates read, patterns compiled, and what loops have to remember.

import { withDefaults } from '../program/defaults.js';
import { Pattern } from '../program/i-regexp.js';
import { fieldsOf } from '../program/kinds.js';
import { allSteps } from '../program/steps.js';
import { parseTemplate } from '../program/templates.js';
import { Text } from './values.js';

export class Prepared {
  constructor(program) {
    this.program = withDefaults(program);
    this.templates = new Map();
    this.patterns = new Map();
    /** Loop to the names that are collected over it. */
    this.watched = new Map();
    this.simulators = Object.values(program.actors).filter(({ kind }) => kind === 'simulator').map(({ simulator }) => simulator);
    this.environments = new Set();
    /** The fields of the item that the program uses, whether or not a run comes to them. */
    this.fields = [...fieldsOf(program).keys()];
    for (const { step } of allSteps(this.program.steps)) {
      if (step.do === 'collect') this.watch(step.over, step.value);
      if (step.environment !== undefined) this.environments.add(step.environment);
    }
  }

  watch(loop, name) {
    if (!this.watched.has(loop)) this.watched.set(loop, new Set());
    this.watched.get(loop).add(name);
  }

  /** The parts of a template: texts, and references. */
  template(template) {
    let parts = this.templates.get(template);
    if (parts === undefined) {
      parts = parseTemplate(template).map((part) => (typeof part === 'string' ? new Text(part) : part));
      this.templates.set(template, parts);
    }
    return parts;
  }

  pattern(pattern) {
    let compiled = this.patterns.get(pattern);
    if (compiled === undefined) {
      compiled = new Pattern(pattern);
      this.patterns.set(pattern, compiled);
    }
    return compiled;
  }
}
