// Completeness: the plan, the runs that are there, and what is declared (FSEP-CMP-001 to FSEP-CMP-005).

const keyOf = ({ system, scaffold, item, replicate }) => `${system} ${scaffold} ${item} ${replicate}`;
const cellOf = ({ system, scaffold }) => `${system} ${scaffold}`;

const ALL = ['FSEP-CMP-001', 'FSEP-CMP-002', 'FSEP-CMP-003', 'FSEP-CMP-004', 'FSEP-CMP-005'];

class Plan {
  constructor(design, documents, items) {
    this.scaffolds = new Set(design.scaffolds.map(({ id }) => id));
    this.systems = new Set(documents.all('system').keys());
    this.items = items;
    this.replicates = design.replicates;
    this.perCell = items.byId.size * design.replicates;
    this.isLostSystem = (system) => documents.state('system', system) === 'broken';
  }

  /** Whether it cannot be told if a place is in the plan. */
  isDoubtful({ system, scaffold, item, replicate }) {
    const isPossible = this.scaffolds.has(scaffold) && replicate < this.replicates;
    return isPossible && (this.isLostSystem(system) || (this.items.brokenLines > 0 && !this.items.byId.has(item)));
  }

  has({ system, scaffold, item, replicate }) {
    return this.systems.has(system) && this.scaffolds.has(scaffold) && this.items.byId.has(item) && replicate < this.replicates;
  }

  * cells() {
    for (const system of this.systems) for (const scaffold of this.scaffolds) yield cellOf({ system, scaffold });
  }
}

/** The planned runs that are there: how each ended, and which cells have runs that are there twice or not planned. */
function sortRuns(plan, runs, outcomes) {
  const byPlace = new Map();
  const spoilt = new Set();
  for (const run of runs) {
    const key = keyOf(run);
    const others = byPlace.get(key);
    if (others !== undefined || !plan.has(run)) {
      outcomes.fail('FSEP-CMP-002');
      spoilt.add(cellOf(run));
    }
    if (others === undefined) byPlace.set(key, { run, planned: plan.has(run), failed: run.status === 'failed' });
    else others.failed ||= run.status === 'failed';
  }
  return { byPlace, spoilt };
}

/** FSEP-CMP-004, and which places are declared at all. */
function sortDepartures(plan, byPlace, departures, unsure, outcomes) {
  const named = new Set();
  const seen = new Set();
  for (const departure of departures) {
    const { kind } = departure;
    if (kind !== 'run-missing' && kind !== 'run-failed') continue;
    const key = keyOf(departure);
    named.add(key);
    if (seen.has(`${kind} ${key}`)) outcomes.fail('FSEP-CMP-004');
    seen.add(`${kind} ${key}`);
    const there = byPlace.get(key);
    if (!plan.has(departure)) {
      // What is not planned is no departure, whether or not there is a run of it.
      if (plan.isDoubtful(departure)) outcomes.block('FSEP-CMP-004');
      else outcomes.fail('FSEP-CMP-004');
    } else if (kind === 'run-missing') {
      if (there !== undefined) outcomes.fail('FSEP-CMP-004');
    } else if (there === undefined || !there.failed) {
      if (unsure) outcomes.block('FSEP-CMP-004');
      else outcomes.fail('FSEP-CMP-004');
    }
  }
  return named;
}

/** `places.runs` are the runs whose place is known; `places.unknown` counts the others. */
export function checkPlan(documents, items, places, outcomes) {
  const design = documents.one('design');
  if (design === undefined || items.lost || items.repeated.size > 0 || documents.nameless.has('system')) {
    outcomes.block(...ALL);
    return;
  }
  const plan = new Plan(design, documents, items);
  const unsure = places.unknown > 0;
  if (unsure || items.brokenLines > 0 || documents.isLost('system')) outcomes.block(...ALL);
  const { byPlace, spoilt } = sortRuns(plan, places.runs, outcomes);
  const lost = documents.isLost('departures');
  const named = sortDepartures(plan, byPlace, documents.one('departures')?.departures ?? [], unsure, outcomes);
  checkMissing({ plan, byPlace, spoilt, named, lost, unsure }, outcomes);
  checkFailed({ byPlace, spoilt, named, lost }, outcomes);
  if (lost) outcomes.block('FSEP-CMP-004');
  if (!unsure) checkShares(plan, byPlace, spoilt, design.limits.missing_share, outcomes);
}

/** FSEP-CMP-001: counted, cell by cell, so that a plan need not be written out. */
function checkMissing({ plan, byPlace, spoilt, named, lost, unsure }, outcomes) {
  const accounted = new Map();
  const count = (cell) => accounted.set(cell, (accounted.get(cell) ?? 0) + 1);
  for (const { run, planned } of byPlace.values()) if (planned) count(cellOf(run));
  for (const key of named) {
    const [system, scaffold, item, replicate] = key.split(' ');
    if (!byPlace.has(key) && plan.has({ system, scaffold, item, replicate: Number(replicate) })) count(`${system} ${scaffold}`);
  }
  for (const cell of plan.cells()) {
    if ((accounted.get(cell) ?? 0) >= plan.perCell) continue;
    if (lost || unsure) outcomes.block('FSEP-CMP-001');
    else outcomes.fail('FSEP-CMP-001');
    spoilt.add(cell);
  }
}

/** FSEP-CMP-003; a run that is not planned is FSEP-CMP-002's alone. */
function checkFailed({ byPlace, spoilt, named, lost }, outcomes) {
  for (const [key, { run, planned, failed }] of byPlace) {
    if (!failed || !planned || named.has(key)) continue;
    if (lost) outcomes.block('FSEP-CMP-003');
    else outcomes.fail('FSEP-CMP-003');
    spoilt.add(cellOf(run));
  }
}

/** FSEP-CMP-005, for cells of which nothing else is amiss. */
function checkShares(plan, byPlace, spoilt, limit, outcomes) {
  const done = new Map();
  for (const { run, planned, failed } of byPlace.values()) {
    if (planned && !failed) done.set(cellOf(run), (done.get(cellOf(run)) ?? 0) + 1);
  }
  for (const cell of plan.cells()) {
    if (spoilt.has(cell)) outcomes.block('FSEP-CMP-005');
    else if (plan.perCell > 0 && (plan.perCell - (done.get(cell) ?? 0)) / plan.perCell > limit) outcomes.fail('FSEP-CMP-005');
  }
}
