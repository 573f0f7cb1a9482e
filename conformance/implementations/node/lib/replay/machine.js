// The machine: runs a program on an item and the recorded outputs of a run, and compares what follows with the record.

import { runCall, runTools } from './calls.js';
import { messageCalls, messageContent, textOf, WITHHELD } from './content.js';
import { runEdit } from './edits.js';
import { BrokenOff, Difference, NeedsWithheld, OutOfWork, Stopped } from './ends.js';
import { Names } from './names.js';
import { Record } from './record.js';
import { Requests } from './speaking.js';
import { runCollect, runExtract } from './taking.js';
import { isTrue } from './tests.js';
import { Text } from './values.js';
import { Views } from './views.js';
import { Work } from './work.js';

const ROLES = { model: 'assistant', simulator: 'user', human: 'user' };

export class Machine {
  /** `world` has what is the same for all runs of a scaffold by a system; `run` has its events as one list. */
  constructor(world, item, run, blobs) {
    this.world = world;
    this.prepared = world.prepared;
    this.program = world.prepared.program;
    this.run = run;
    this.blobs = blobs;
    this.record = new Record(run.events, run.first.status, blobs);
    this.names = new Names(item, this.prepared.watched);
    this.views = new Views(this.program.threads);
    this.requests = new Requests(world, this.views, item, run);
    this.work = new Work(world.limits);
    this.called = new Map(); // step to the names of the tools that its last output called
    this.indices = [];
  }

  /** The requirements that were not checked somewhere, whatever else came of it. */
  get unchecked() {
    return this.requests.unchecked;
  }

  /** Replays the run: `passed`; `withheld`; `out-of-work`; or the requirement that it does not meet. */
  replay() {
    try {
      return this.finish(this.steps());
    } catch (error) {
      if (error instanceof Difference) return error.requirement;
      if (error instanceof NeedsWithheld) return 'withheld';
      if (error instanceof OutOfWork) return 'out-of-work';
      if (error instanceof BrokenOff) return 'passed';
      throw error;
    }
  }

  /** Runs all steps; gives the status with which the run ends. */
  steps() {
    try {
      this.body(this.program.steps);
      return 'completed';
    } catch (error) {
      if (error instanceof Stopped) return 'limit-reached';
      throw error;
    }
  }

  /** The end: what the program renders then is rendered before the end is looked at. */
  finish(status) {
    const isCompleted = status === 'completed';
    const texts = isCompleted ? this.program.result.map(({ text }) => this.render(text).text) : [];
    if (!this.record.isAtEnd) throw new Difference('FSEP-ADH-001');
    if (this.run.first.status !== status) throw new Difference('FSEP-ADH-005');
    if (isCompleted) this.result(this.run.first.result, texts);
    return 'passed';
  }

  /** FSEP-ADH-004: name and text of each part in order, and then how many there are. */
  result(recorded, texts) {
    const expected = this.program.result;
    try {
      for (let at = 0; at < Math.min(recorded.length, expected.length); at += 1) {
        if (recorded[at].name !== expected[at].name) throw new Difference('FSEP-ADH-004');
        this.record.holds(recorded[at].content, texts[at]);
      }
    } catch (error) {
      throw error instanceof Difference ? new Difference('FSEP-ADH-004') : error;
    }
    if (recorded.length !== expected.length) throw new Difference('FSEP-ADH-004');
  }

  render(template) {
    let text = '';
    let size = 0;
    for (const part of this.prepared.template(template)) {
      const value = part instanceof Text ? part : this.names.value(part);
      text += value.text;
      size += value.size;
      this.work.given({ size });
    }
    const rendered = new Text(text, size);
    this.work.on(rendered);
    return rendered;
  }

  path(id, ...own) {
    return id + [...this.indices, ...own].map((index) => `[${index}]`).join('');
  }

  body(steps) {
    for (const step of steps) {
      this.work.spend(1);
      this[step.do](step);
    }
  }

  bound({ at_bound: what }) {
    if (what === 'stop') throw new Stopped();
  }

  say(step) {
    const { thread, role } = step;
    const content = this.render(step.text).text;
    const event = this.record.next({
      kind: 'message', step: this.path(step.id), thread, actor: 'program', origin: 'program', role, to: step.to, for: step.for,
    });
    this.record.holds(event.content, content);
    if (role === 'system') {
      this.views.of(thread, step.to).add({ role, content });
      return;
    }
    for (const [speaker, view] of this.views.in(thread)) {
      view.add({ role: speaker === step.for ? 'assistant' : 'user', content });
    }
  }

  generate(step) {
    const { content } = this.speak(step, []);
    this.names.assign(step.id, this.textValue(content));
  }

  /** The text of a recorded content, which is needed at its event (chapter 9). */
  textValue(content) {
    const text = textOf(content, this.blobs);
    if (text === WITHHELD) throw new NeedsWithheld();
    return new Text(text);
  }

  /** One output of an actor: compared, and put into the views. */
  speak(step, own, offered = undefined) {
    const { kind } = this.program.actors[step.actor];
    const path = this.path(step.id, ...own);
    const event = this.record.next({
      kind: 'output', step: path, thread: step.thread, actor: step.actor, role: ROLES[kind], origin: kind,
    });
    this.requests.check(step, path, event, offered);
    this.called.set(step.id, (event.tool_calls ?? []).map(({ name }) => name));
    this.hear(step.thread, step.actor, event.content, event.tool_calls);
    return event;
  }

  /** Puts an output into the views in which it stands. */
  hear(thread, actor, content, calls) {
    for (const [speaker, view] of this.views.in(thread)) {
      const isOwn = speaker === actor;
      if (calls !== undefined && !isOwn) continue;
      const fields = { role: isOwn ? 'assistant' : 'user' };
      fields.content = messageContent(content, this.blobs, isOwn && this.requests.echoes(actor));
      if (calls !== undefined) fields.tool_calls = messageCalls(calls);
      if (fields.content === WITHHELD || fields.tool_calls === WITHHELD) throw new NeedsWithheld();
      view.add(fields);
    }
  }

  tools(step) {
    runTools(this, step);
  }

  call(step) {
    runCall(this, step);
  }

  when(step) {
    this.body(isTrue(step.if, this) ? step.then : step.else);
  }

  /** One round of a loop. */
  round(step, index, element) {
    this.work.spend(1);
    for (const thread of step.fresh) this.views.refresh(thread);
    this.indices.push(index);
    this.names.beginRound(step.id);
    this.names.assign(step.id, new Text(String(index)));
    if (element !== undefined) this.names.assign(step.as, element);
    this.body(step.steps);
    this.names.endRound(step.id);
    this.indices.pop();
  }

  repeat(step) {
    this.names.beginLoop(step.id);
    for (let index = 0; index < step.max; index += 1) {
      this.round(step, index);
      if (step.until !== undefined && isTrue(step.until, this)) return;
    }
    this.bound(step);
  }

  each(step) {
    const isField = step.in.startsWith('item.');
    const { elements } = this.names.value(isField ? { field: step.in.slice(5) } : { name: step.in });
    this.names.beginLoop(step.id);
    const rounds = Math.min(elements.length, step.max);
    for (let index = 0; index < rounds; index += 1) this.round(step, index, new Text(elements[index]));
    if (elements.length > step.max) this.bound(step);
  }

  let(step) {
    this.names.assign(step.name, this.render(step.text));
  }

  extract(step) {
    runExtract(this, step);
  }

  collect(step) {
    runCollect(this, step);
  }

  edit(step) {
    runEdit(this, step);
  }

  external(step) {
    const place = { step: this.path(step.id), thread: step.thread };
    let count = 0;
    let last;
    while (count < step.max_events) {
      const event = this.record.nextExternal(place);
      if (event === undefined) break;
      count += 1;
      if (event.role === 'assistant') last = event;
    }
    this.names.assign(step.id, this.textValue(last?.content));
    this.hear(step.thread, step.actor, last?.content, undefined);
    if (count === step.max_events) this.bound(step);
  }
}
