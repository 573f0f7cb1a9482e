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

/** The outputs of models and simulators: those whose origin says so (chapter 4, FSEP-REQ-001). */
function outputsOf(events) {
  return events.filter(({ kind, origin }) => kind === 'output' && (origin === 'model' || origin === 'simulator'));
}

/** FSEP-REQ-001, FSEP-REQ-003 and FSEP-REQ-005: what is recorded with outputs. */
export function checkRecorded(events, outcomes) {
  for (const event of outputsOf(events)) {
    if (event.request_sha256 === undefined) outcomes.fail('FSEP-REQ-001');
    if (event.parameters === undefined) outcomes.fail('FSEP-REQ-003');
    if (event.returned_model === undefined) outcomes.fail('FSEP-REQ-005');
  }
}

/** FSEP-REQ-007: no output is of a model whose identity is not declared. Whose output it is, its actor in the program says. */
export function checkReturned(events, program, system, simulators, outcomes) {
  const outputs = outputsOf(events);
  if (program === undefined) {
    if (outputs.length > 0) outcomes.block('FSEP-REQ-007');
    return;
  }
  const actors = new Map(Object.entries(program.actors));
  for (const { actor, returned_model: identity } of outputs) {
    const { kind, simulator } = actors.get(actor) ?? {};
    const asked = kind === 'simulator' ? simulators.get(simulator) : system;
    const declared = asked?.model.returned;
    if (identity === undefined || declared === undefined) outcomes.block('FSEP-REQ-007');
    else if (!declared.includes(identity)) outcomes.fail('FSEP-REQ-007');
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

/** Whether the events of a run hold a withheld value. */
export function holdsWithheld(events) {
  return events.some((event) =>
    holdsWithheldContent(event.content ?? null)
    || (event.tool_calls ?? []).some((call) => areWithheld(call.arguments))
    || (event.call !== undefined && areWithheld(event.call.arguments))
    || isWithheld(event.edit?.text ?? null)
    || holdsPartial(event.attempts));
}
