// Steps in which an environment is asked: by an actor that calls tools, and by the program itself.

import { sameJson } from '../form/digest.js';
import { areWithheld, messageContent, WITHHELD } from './content.js';
import { Difference, NeedsWithheld } from './ends.js';

/** A `tools` step: the actor speaks, and its calls are answered, until it calls none or the bound is met. */
export function runTools(machine, step) {
  const offered = machine.world.offered(step);
  for (let round = 0; round < step.max_rounds; round += 1) {
    const { content, tool_calls: calls } = machine.speak(step, [round], offered);
    if (calls === undefined || round + 1 === step.max_rounds) machine.names.assign(step.id, machine.textValue(content));
    if (calls === undefined) return;
    for (const call of calls) answer(machine, step, round, call, offered);
  }
  machine.bound(step);
}

/** The scaffold's own answer to a call, where it gives one: first the tool is looked at, and then the arguments. */
function ownAnswer(machine, step, call, offered) {
  if (!offered.has(call.name)) return machine.render(step.unknown_tool).text;
  return typeof call.arguments === 'string' ? machine.render(step.bad_arguments).text : undefined;
}

function answer(machine, step, round, call, offered) {
  const own = ownAnswer(machine, step, call, offered);
  const event = machine.record.next({
    kind: 'tool-result',
    step: machine.path(step.id, round),
    thread: step.thread,
    role: 'tool',
    tool_call_id: call.id,
    actor: own === undefined ? step.environment : 'program',
    origin: own === undefined ? 'environment' : 'program',
  });
  if (own !== undefined) machine.record.holds(event.content, own);
  const content = messageContent(event.content, machine.blobs, false);
  if (content === WITHHELD) throw new NeedsWithheld();
  machine.views.of(step.thread, step.actor).add({ role: 'tool', content, tool_call_id: call.id });
}

/** What a program asks of an environment. */
function asked(machine, step) {
  const name = machine.render(step.tool).text;
  const texts = Object.entries(step.arguments).map(([key, text]) => [key, machine.render(text).text]);
  return { name, arguments: Object.fromEntries(texts) };
}

/** A `call` step: the program asks; no view has the answer. */
export function runCall(machine, step) {
  const call = asked(machine, step);
  const isOffered = machine.world.offered(step).has(call.name);
  const own = isOffered ? undefined : machine.render(step.unknown_tool).text;
  const event = machine.record.next({
    kind: 'call',
    step: machine.path(step.id),
    actor: isOffered ? step.environment : 'program',
    origin: isOffered ? 'environment' : 'program',
  });
  if (event.call.name !== call.name) throw new Difference('FSEP-ADH-002');
  if (areWithheld(event.call.arguments)) throw new NeedsWithheld(); // before the answer, which comes after what was asked
  if (!sameJson(event.call.arguments, call.arguments)) throw new Difference('FSEP-ADH-002');
  if (own !== undefined) machine.record.holds(event.content, own);
  machine.names.assign(step.id, machine.textValue(event.content));
}
