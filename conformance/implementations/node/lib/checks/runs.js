// What is looked at in the events of a run, whether or not it can be replayed.

import { areWithheld, blobsOf } from '../replay/content.js';

const isWithheld = (value) => value !== null && typeof value === 'object' && !Array.isArray(value) && value.withheld !== undefined;

/** FSEP-TRN-002: the calls of one message have ids that differ. */
export function hasOwnCallIds(events) {
  return events.every(({ tool_calls: calls }) => calls === undefined || new Set(calls.map(({ id }) => id)).size === calls.length);
}

/** FSEP-TRN-003: nothing was asked again after a complete response. */
export function checkAttempts(events, failure, outcomes) {
  const isComplete = ({ outcome }) => outcome === 'complete';
  for (const { kind, attempts } of events) {
    if (kind !== 'output' || attempts === undefined) continue;
    if (attempts.findIndex(isComplete) !== attempts.length - 1) outcomes.fail('FSEP-TRN-003');
  }
  const first = (failure?.attempts ?? []).findIndex(isComplete);
  if (first >= 0 && first !== failure.attempts.length - 1) outcomes.fail('FSEP-TRN-003');
}

/** FSEP-TRN-004: nothing was rebuilt. */
export function checkRebuilt(events, outcomes) {
  if (events.some(({ rebuilt }) => rebuilt === true)) outcomes.fail('FSEP-TRN-004');
}

/** FSEP-REQ-001, FSEP-REQ-003, FSEP-REQ-005 and FSEP-REQ-007: what is recorded with outputs of models and simulators. */
export function checkOutputs(events, program, system, documents, outcomes) {
  const actors = new Map(Object.entries(program.actors));
  for (const event of events) {
    if (event.kind !== 'output') continue;
    const actor = actors.get(event.actor);
    if (actor === undefined || actor.kind !== event.origin || actor.kind === 'human') continue;
    if (event.request_sha256 === undefined) outcomes.fail('FSEP-REQ-001');
    if (event.parameters === undefined) outcomes.fail('FSEP-REQ-003');
    if (event.returned_model === undefined) {
      outcomes.fail('FSEP-REQ-005');
      continue;
    }
    const asked = actor.kind === 'model' ? system : documents.all('simulator').get(actor.simulator);
    const returned = asked?.model.returned;
    if (returned === undefined) outcomes.block('FSEP-REQ-007');
    else if (!returned.includes(event.returned_model)) outcomes.fail('FSEP-REQ-007');
  }
}

/** All blobs that the events and the result of a run refer to. */
export function blobsOfRun(events, result) {
  const blobs = new Set();
  for (const { content } of [...events, ...(result ?? [])]) for (const blob of blobsOf(content)) blobs.add(blob);
  return blobs;
}

/** The blobs in which texts of a run are kept. */
export function textBlobsOfRun(events, result) {
  const blobs = new Set();
  for (const { content } of [...events, ...(result ?? [])]) {
    if (!Array.isArray(content)) continue;
    for (const { type, blob } of content) if (type === 'text' && blob !== undefined) blobs.add(blob);
  }
  return blobs;
}

function holdsWithheldContent(content) {
  if (Array.isArray(content)) return content.some(({ text }) => isWithheld(text ?? null));
  return isWithheld(content);
}

const holdsPartial = (attempts) => (attempts ?? []).some(({ partial }) => isWithheld(partial ?? null));

/** Whether a run holds a withheld value. */
export function holdsWithheld({ first, events }) {
  if (isWithheld(first.failure?.message ?? null) || holdsPartial(first.failure?.attempts)) return true;
  if ((first.result ?? []).some(({ content }) => holdsWithheldContent(content))) return true;
  return events.some((event) =>
    holdsWithheldContent(event.content ?? null)
    || (event.tool_calls ?? []).some((call) => areWithheld(call.arguments))
    || (event.call !== undefined && areWithheld(event.call.arguments))
    || isWithheld(event.edit?.text ?? null)
    || holdsPartial(event.attempts));
}
