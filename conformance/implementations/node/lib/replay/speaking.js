// What an actor is sent for its next words: parameters (FSEP-REQ-004) and request digest (FSEP-REQ-002).

import { sameJson } from '../form/digest.js';
import { NO_ADAPTATIONS } from './adaptations.js';
import { Difference } from './ends.js';
import { derivedSeed, HashingBudget, requestDigest, ViewDigest } from './requests.js';

export class Requests {
  constructor(world, views, item, run) {
    this.world = world;
    this.views = views;
    this.item = item;
    this.run = run;
    this.budget = new HashingBudget();
    this.digests = new Map();
    this.unchecked = new Set();
  }

  kindOf(actor) {
    return this.world.prepared.program.actors[actor].kind;
  }

  adaptations(actor) {
    return this.kindOf(actor) === 'model' ? this.world.adaptations : NO_ADAPTATIONS;
  }

  echoes(actor) {
    return this.adaptations(actor).echoesReasoning;
  }

  model(actor) {
    if (this.kindOf(actor) === 'model') return this.world.system.model.name;
    return this.world.simulators.get(this.world.prepared.program.actors[actor].simulator).model.name;
  }

  parameters(step, path) {
    const parameters = { ...step.parameters };
    if (step.seed === 'derived') {
      parameters.seed = derivedSeed(this.world.designDigest, this.item.id, this.run.first.replicate, path);
    } else if (step.seed !== 'none') {
      parameters.seed = step.seed;
    }
    return this.adaptations(step.actor).parameters(parameters);
  }

  viewDigest({ thread, actor }) {
    const key = `${thread} ${actor}`;
    if (!this.digests.has(key)) {
      this.digests.set(key, new ViewDigest(this.views.of(thread, actor), this.adaptations(actor), this.budget));
    }
    return this.digests.get(key).now();
  }

  /** Compares what the record says of a request with what it has to be. */
  check(step, path, event, offered) {
    if (this.kindOf(step.actor) === 'human') return;
    const parameters = this.parameters(step, path);
    if (event.parameters === undefined) this.unchecked.add('FSEP-REQ-004');
    else if (!sameJson(event.parameters, parameters)) throw new Difference('FSEP-REQ-004');
    if (event.request_sha256 === undefined || offered?.isUnknown) {
      this.unchecked.add('FSEP-REQ-002');
      return;
    }
    const digest = requestDigest({
      model: this.model(step.actor),
      parameters,
      tools: offered?.definitions ?? [],
      view: this.viewDigest(step),
    });
    if (digest !== event.request_sha256) throw new Difference('FSEP-REQ-002');
  }
}
