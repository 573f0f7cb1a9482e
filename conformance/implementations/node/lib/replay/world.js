// What is the same for all runs of a scaffold by a system.

import { Adaptations } from './adaptations.js';

/** The tools that a step offers: those of the environment, or those of them that it lists, in the environment's order. */
class Offered {
  constructor(environment, offer) {
    this.isUnknown = environment.tools === undefined;
    const listed = offer === 'all' ? null : new Set(offer);
    this.definitions = (environment.tools ?? [])
      .filter(({ name }) => listed === null || listed.has(name))
      .map(({ name, description, parameters }) => ({ name, description, parameters }));
    this.names = new Set(this.definitions.map(({ name }) => name));
  }

  /** Where an environment does not state its tools, every name counts as offered. */
  has(name) {
    return this.isUnknown || this.names.has(name);
  }
}

export class World {
  constructor({ prepared, system, documents, designDigest, limits }) {
    this.prepared = prepared;
    this.system = system;
    this.simulators = documents.all('simulator');
    this.environments = documents.all('environment');
    this.designDigest = designDigest;
    this.limits = limits;
    this.adaptations = new Adaptations(system.adaptations);
    this.tools = new Map();
  }

  offered(step) {
    let offered = this.tools.get(step);
    if (offered === undefined) {
      offered = new Offered(this.environments.get(step.environment), step.offer);
      this.tools.set(step, offered);
    }
    return offered;
  }
}
