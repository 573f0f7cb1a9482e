// Decides which runs can be replayed, and replays them.

import { kindOfField } from '../bundle/items.js';
import { LimitReached } from '../form/limits.js';
import { programDigest } from '../program/defaults.js';
import { Machine } from './machine.js';
import { Prepared } from './prepared.js';
import { World } from './world.js';

/** The requirements that a replay decides. */
export const REPLAY = [
  'FSEP-ADH-001', 'FSEP-ADH-002', 'FSEP-ADH-003', 'FSEP-ADH-004', 'FSEP-ADH-005', 'FSEP-REQ-002', 'FSEP-REQ-004',
];

export class Replayer {
  /** `unfit` has, as `role id`, what no run that uses it is replayed with; `lacking` the items that lack fields. */
  constructor({ documents, items, unfit, lacking, possible, limits, outcomes }) {
    Object.assign(this, { documents, items, unfit, lacking, limits, outcomes });
    const design = documents.one('design');
    this.possible = possible && design !== undefined;
    this.designDigest = design === undefined ? undefined : programDigest('design', design);
    this.prepared = new Map();
    this.worlds = new Map();
  }

  isFit(role, id) {
    return this.documents.state(role, id) === 'ok' && !this.unfit.has(`${role} ${id}`);
  }

  /** The scaffold made ready, or null where no run of it can be replayed. */
  prepare(id) {
    let prepared = this.prepared.get(id);
    if (prepared === undefined) {
      prepared = this.isFit('scaffold', id) ? new Prepared(this.documents.all('scaffold').get(id).program) : null;
      const fit = prepared !== null
        && prepared.simulators.every((each) => this.isFit('simulator', each))
        && [...prepared.environments].every((each) => this.isFit('environment', each));
      if (!fit) prepared = null;
      this.prepared.set(id, prepared);
    }
    return prepared;
  }

  world(prepared, scaffold, system) {
    const key = `${scaffold} ${system}`;
    let world = this.worlds.get(key);
    if (world === undefined) {
      const { documents, designDigest, limits } = this;
      world = new World({ prepared, system: documents.all('system').get(system), documents, designDigest, limits });
      this.worlds.set(key, world);
    }
    return world;
  }

  /** Replays a run whose system, scaffold and item are there; `texts` has the texts kept in blobs. */
  replay(run, texts) {
    const { system, scaffold, item } = run.first;
    const prepared = this.possible && !this.lacking.has(item) ? this.prepare(scaffold) : null;
    if (prepared === null) {
      this.outcomes.block(...REPLAY);
      return;
    }
    const given = this.items.byId.get(item);
    if (prepared.fields.some((name) => kindOfField(given, name) === 'withheld')) {
      this.outcomes.withhold(...REPLAY);
      return;
    }
    try {
      const machine = new Machine(this.world(prepared, scaffold, system), given, run, texts);
      this.settle(machine.replay());
      this.outcomes.block(...machine.unchecked);
    } catch (error) {
      if (!(error instanceof LimitReached)) throw error;
      this.limits.time();
      this.outcomes.block(...REPLAY);
    }
  }

  settle(end) {
    if (end === 'passed') return;
    if (end === 'withheld') this.outcomes.withhold(...REPLAY);
    else if (end === 'out-of-work') this.outcomes.block(...REPLAY);
    else this.outcomes.fail(end);
  }
}
