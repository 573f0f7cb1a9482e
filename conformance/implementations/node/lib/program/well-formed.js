// Well-formed programs: FSEP-SCF-001 to FSEP-SCF-007, each by itself.

import { isDefinitelyAssigned } from './assignment.js';
import { isPattern } from './i-regexp.js';
import { hasOneKindEach } from './kinds.js';
import { hasOwnIds, refersToItsOwn } from './names.js';
import { allSteps, allTemplates, allTests, testOf } from './steps.js';
import { parseTemplate } from './templates.js';

const DEEPEST = 16;

function* testsOf(program) {
  for (const { step, depth } of allSteps(program.steps)) yield* allTests(testOf(step), depth);
}

function hasTemplates(program) {
  for (const template of allTemplates(program)) if (parseTemplate(template) === undefined) return false;
  return true;
}

function hasPatterns(program) {
  for (const { test } of testsOf(program)) if (test.test === 'matches' && !isPattern(test.pattern)) return false;
  return true;
}

function isShallow(program) {
  for (const { depth } of allSteps(program.steps)) if (depth > DEEPEST) return false;
  for (const { depth } of testsOf(program)) if (depth > DEEPEST) return false;
  return true;
}

const REQUIREMENTS = [
  ['FSEP-SCF-001', hasOwnIds],
  ['FSEP-SCF-002', refersToItsOwn],
  ['FSEP-SCF-003', hasTemplates],
  ['FSEP-SCF-004', isDefinitelyAssigned],
  ['FSEP-SCF-005', hasOneKindEach],
  ['FSEP-SCF-006', hasPatterns],
  ['FSEP-SCF-007', isShallow],
];

/** Whether a program is well formed; what it fails is noted. */
export function checkProgram(program, outcomes) {
  let sound = true;
  for (const [id, holds] of REQUIREMENTS) {
    if (holds(program)) continue;
    outcomes.fail(id);
    sound = false;
  }
  return sound;
}
