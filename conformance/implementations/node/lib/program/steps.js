// Walks through the steps of a program, and says which templates and tests stand in a step.

const LOOPS = new Set(['repeat', 'each']);

export const isLoop = (step) => LOOPS.has(step.do);

/** The lists of steps inside of a step. */
export function bodiesOf(step) {
  if (step.do === 'when') return [step.then, step.else ?? []];
  return isLoop(step) ? [step.steps] : [];
}

/** All steps in the order of the document, with their depth. */
export function* allSteps(steps, depth = 1) {
  for (const step of steps) {
    yield { step, depth };
    for (const body of bodiesOf(step)) yield* allSteps(body, depth + 1);
  }
}

/** The test of a step, where it has one. */
export function testOf(step) {
  if (step.do === 'when') return step.if;
  return step.do === 'repeat' ? step.until : undefined;
}

/** A test and all tests inside of it, with their depth. */
export function* allTests(test, depth) {
  if (test === undefined) return;
  yield { test, depth };
  const inner = test.test === 'not' ? [test.of] : test.test === 'all' || test.test === 'any' ? test.of : [];
  for (const each of inner) yield* allTests(each, depth + 1);
}

/** The templates of a test itself, without those of tests inside of it. */
export function templatesOfTest(test) {
  switch (test.test) {
    case 'equals':
    case 'contains': return [test.text, test.value];
    case 'matches': return [test.text];
    default: return [];
  }
}

/** Whether a step names a list, and not a text. */
export const givesList = (step) => step.do === 'extract' && Array.isArray(step.otherwise);

/** The templates of a step itself, without its test and without the steps inside of it. */
export function templatesOfStep(step) {
  switch (step.do) {
    case 'say':
    case 'let': return [step.text];
    case 'tools': return [step.unknown_tool, step.bad_arguments];
    case 'call': return [step.tool, ...Object.values(step.arguments), step.unknown_tool];
    case 'extract': return [step.from, ...(Array.isArray(step.otherwise) ? step.otherwise : [step.otherwise])];
    case 'collect': return [step.otherwise];
    case 'edit': return step.text === undefined ? [] : [step.text];
    default: return [];
  }
}

/** All templates of a program. */
export function* allTemplates(program) {
  for (const { step } of allSteps(program.steps)) {
    yield* templatesOfStep(step);
    for (const { test } of allTests(testOf(step), 1)) yield* templatesOfTest(test);
  }
  for (const { text } of program.result) yield text;
}

/** The name to which a step gives a value when it is done; loops name theirs only inside of them. */
export function assignedBy(step) {
  switch (step.do) {
    case 'generate':
    case 'tools':
    case 'call':
    case 'external': return step.id;
    case 'let':
    case 'extract':
    case 'collect': return step.name;
    default: return undefined;
  }
}
