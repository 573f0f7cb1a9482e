// Steps that take a value out of others: `extract` out of a text, `collect` out of what the rounds of a loop left.

import { runPipeline } from './pipeline.js';
import { List, Text } from './values.js';

export function runExtract(machine, { name, from: template, try: pipelines, otherwise }) {
  const from = machine.render(template);
  for (const pipeline of pipelines) {
    const value = runPipeline(pipeline, from, machine.work);
    if (value !== undefined) {
      machine.names.assign(name, value);
      return;
    }
  }
  const rendered = Array.isArray(otherwise) ? new List(otherwise.map((each) => machine.render(each).text)) : machine.render(otherwise);
  machine.names.assign(name, rendered);
}

/** The text that is taken, which is the one there is, or all that are joined. */
function join(texts, separator, work) {
  const size = texts.reduce((sum, text) => sum + text.size, separator.size * (texts.length - 1));
  work.given({ size });
  const joined = new Text(texts.map(({ text }) => text).join(separator.text), size);
  work.on(joined);
  return joined;
}

export function runCollect(machine, { name, over, value, how, separator, otherwise }) {
  const left = machine.names.collected(over, value);
  const taken = how === 'last' ? left.slice(-1) : left;
  const isLeft = taken.length > 0;
  machine.names.assign(name, isLeft ? join(taken, new Text(separator ?? ''), machine.work) : machine.render(otherwise));
}
