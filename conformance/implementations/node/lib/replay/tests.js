// Tests of a program.

import { firstIndex } from './search.js';

/** Whether a test is true; `machine` renders templates and knows which tools were called. */
export function isTrue(test, machine) {
  machine.work.spend(1);
  switch (test.test) {
    case 'equals': return machine.render(test.text).text === machine.render(test.value).text;
    case 'contains': {
      const { text } = machine.render(test.text);
      return firstIndex(text, machine.render(test.value).text) >= 0;
    }
    case 'matches': {
      const { text, size } = machine.render(test.text);
      const pattern = machine.prepared.pattern(test.pattern);
      machine.work.match(size, pattern.size);
      return pattern.matches(text);
    }
    case 'has-tool-calls': {
      const called = machine.called.get(test.step);
      return test.tool === undefined ? called.length > 0 : called.includes(test.tool);
    }
    case 'not': return !isTrue(test.of, machine);
    case 'all': return test.of.every((each) => isTrue(each, machine));
    case 'any': return test.of.some((each) => isTrue(each, machine));
    default: throw new Error(test.test);
  }
}
