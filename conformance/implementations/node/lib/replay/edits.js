// A step that edits an actor's history of a thread.

import { sameJson } from '../form/digest.js';
import { Difference, NeedsWithheld } from './ends.js';

/** What the record says of an edit has to be what the program does; a member more makes it another edit. */
function compare(recorded, expected) {
  const isKnown = typeof recorded.text !== 'object';
  const known = ({ text, ...rest }) => (text === undefined ? rest : { ...rest, text: isKnown ? text : '' });
  if (!sameJson(known(recorded), known(expected))) throw new Difference('FSEP-ADH-002');
  if (!isKnown) throw new NeedsWithheld();
}

export function runEdit(machine, step) {
  const { thread, actor, how, count } = step;
  const text = how === 'replace' ? machine.render(step.text).text : undefined;
  const event = machine.record.next({
    kind: 'edit', step: machine.path(step.id), thread, actor: 'program', origin: 'program', to: actor,
  });
  compare(event.edit, how === 'replace' ? { how, text } : { how, count });
  const view = machine.views.of(thread, actor);
  machine.work.spend(view.messages.length);
  view.edit(step, text);
}
