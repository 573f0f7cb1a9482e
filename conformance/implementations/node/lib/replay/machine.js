// The machine: runs a program on an item and the recorded outputs of a run, and compares what follows with the record.

import { sameJson } from '../form/digest.js';
import { runCall, runTools } from './calls.js';
import { messageCalls, messageContent, textOf } from './content.js';
import { BrokenOff, Difference, NeedsWithheld, OutOfWork, Stopped } from './ends.js';
import { Names } from './names.js';
import { Record } from './record.js';
import { Requests } from './speaking.js';
import { runPipeline } from './pipeline.js';
import { isTrue } from './tests.js';
import { List, Text, WITHHELD } from './values.js';
import { Message, Views } from './views.js';
import { Work } from './work.js';

const ROLES = { model: 'assistant', simulator: 'user', human: 'user' };
const LONGEST = 2 ** 22;

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

  finish(status) {
    if (!this.record.isAtEnd) throw new Difference('FSEP-ADH-001');
    if (this.run.first.status !== status) throw new Difference('FSEP-ADH-005');
    return status === 'completed' ? this.result(this.run.first.result) : 'passed';
  }

  result(recorded) {
    const texts = this.program.result;
    if (recorded.length !== texts.length) throw new Difference('FSEP-ADH-004');
    if (recorded.some(({ name }, at) => name !== texts[at].name)) throw new Difference('FSEP-ADH-004');
    let withheld = false;
    texts.forEach(({ text }, at) => {
      try {
        this.record.holds(recorded[at].content, this.render(text).text);
      } catch (error) {
        if (error instanceof Difference) throw new Difference('FSEP-ADH-004');
        if (!(error instanceof NeedsWithheld)) throw error;
        withheld = true;
      }
    });
    return withheld ? 'withheld' : 'passed';
  }

  render(template) {
    let text = '';
    let size = 0;
    for (const part of this.prepared.template(template)) {
      const value = part instanceof Text ? part : this.names.need(part);
      text += value.text;
      size += value.size;
      if (size > LONGEST) throw new OutOfWork();
    }
    return this.work.made(new Text(text, size));
  }

  path(id, ...own) {
    return id + [...this.indices, ...own].map((index) => `[${index}]`).join('');
  }

  body(steps) {
    for (const step of steps) {
      this.world.limits.tick();
      this[step.do](step);
    }
  }

  bound({ at_bound: what }) {
    if (what === 'stop') throw new Stopped();
  }

  say(step) {
    const { thread, role } = step;
    const event = this.record.next({
      kind: 'message', step: this.path(step.id), thread, actor: 'program', origin: 'program', role, to: step.to, for: step.for,
    });
    const content = this.render(step.text).text;
    this.record.holds(event.content, content);
    if (role === 'system') {
      this.views.of(thread, step.to).add(new Message({ role, content }));
      return;
    }
    for (const [speaker, view] of this.views.in(thread)) {
      view.add(new Message({ role: speaker === step.for ? 'assistant' : 'user', content }));
    }
  }

  generate(step) {
    const { content } = this.speak(step, []);
    this.names.assign(step.id, this.textValue(content));
  }

  textValue(content) {
    const text = textOf(content, this.blobs);
    return text === WITHHELD ? WITHHELD : new Text(text);
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

  hear(thread, actor, content, calls) {
    for (const [speaker, view] of this.views.in(thread)) {
      const isOwn = speaker === actor;
      if (calls !== undefined && !isOwn) continue;
      const fields = { role: isOwn ? 'assistant' : 'user' };
      fields.content = messageContent(content, this.blobs, isOwn && this.requests.echoes(actor));
      if (calls !== undefined) fields.tool_calls = messageCalls(calls);
      view.add(new Message(fields, fields.content === WITHHELD || fields.tool_calls === WITHHELD));
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
    this.work.round();
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
    const { elements } = this.names.need(isField ? { field: step.in.slice(5) } : { name: step.in });
    this.names.beginLoop(step.id);
    const rounds = Math.min(elements.length, step.max);
    for (let index = 0; index < rounds; index += 1) this.round(step, index, elements[index]);
    if (elements.length > step.max) this.bound(step);
  }

  let(step) {
    this.names.assign(step.name, this.render(step.text));
  }

  extract(step) {
    const from = this.render(step.from);
    for (const pipeline of step.try) {
      const value = runPipeline(pipeline, from, this.work);
      if (value !== undefined) {
        this.names.assign(step.name, value);
        return;
      }
    }
    const { otherwise } = step;
    const value = Array.isArray(otherwise) ? new List(otherwise.map((each) => this.render(each))) : this.render(otherwise);
    this.names.assign(step.name, value);
  }

  collect(step) {
    const values = this.names.collected(step.over, step.value);
    const taken = step.how === 'last' ? values.slice(-1) : values;
    for (const value of taken) if (value === WITHHELD) this.work.spend(1); else this.work.made(value);
    if (taken.length === 0) this.names.assign(step.name, this.render(step.otherwise));
    else if (taken.includes(WITHHELD)) this.names.assign(step.name, WITHHELD);
    else this.names.assign(step.name, this.join(taken, new Text(step.separator ?? '')));
  }

  join(texts, separator) {
    const size = new List(texts).size + separator.size * (texts.length - 1);
    if (size > LONGEST) throw new OutOfWork();
    return new Text(texts.map(({ text }) => text).join(separator.text), size);
  }

  edit(step) {
    const { thread, actor, how, count } = step;
    const event = this.record.next({
      kind: 'edit', step: this.path(step.id), thread, actor: 'program', origin: 'program', to: actor,
    });
    const view = this.views.of(thread, actor);
    this.work.spend(1 + view.messages.length);
    const text = how === 'replace' ? this.render(step.text).text : undefined;
    const asked = how === 'replace' ? { how, text } : { how, count };
    if (typeof event.edit.text === 'object' && how === 'replace' && event.edit.how === how) throw new NeedsWithheld();
    if (!sameJson(event.edit, asked)) throw new Difference('FSEP-ADH-002');
    view.edit(step, text);
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
    if (last !== undefined) this.hear(step.thread, step.actor, last.content, undefined);
    if (count === step.max_events) this.bound(step);
  }
}
