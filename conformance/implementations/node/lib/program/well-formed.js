// Well-formed programs: FSEP-SCF-001 to FSEP-SCF-007, each by itself.

import { isDefinitelyAssigned } from './assignment.js';
import { sizeOfPattern } from './i-regexp.js';
import { hasOneKindEach } from './kinds.js';
import { hasOwnIds, refersToItsOwn } from './names.js';
import { allSteps, allTemplates, allTests, testOf } from './steps.js';
import { parseTemplate } from './templates.js';

const DEEPEST = 16;
const MOST_OF_PATTERNS = 10_000;

function* testsOf(program) {
  for (const { step, depth } of allSteps(program.steps)) yield* allTests(testOf(step), depth);
}

function hasTemplates(program) {
  for (const template of allTemplates(program)) if (parseTemplate(template) === undefined) return false;
  return true;
}

/** Whether each pattern is one, and all of them together, repeated ones too, are of a size that is admitted. */
function hasPatterns(program) {
  let size = 0;
  for (const { test } of testsOf(program)) if (test.test === 'matches') size += sizeOfPattern(test.pattern) ?? Infinity;
  return size <= MOST_OF_PATTERNS;
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
