// How requirements end: what fails, and what was left open (not checked, or withheld). All else is met or does not apply.

import { readFileSync } from 'node:fs';

const TABLE = JSON.parse(readFileSync(new URL('../../../../spec/1.0/requirements.json', import.meta.url), 'utf8'));
const BINDING = TABLE.requirements.filter(({ keyword, tested }) => tested === 'from-the-bundle' && /^MUST( NOT)?$/.test(keyword));

/** The facets that this program checks. */
export const FACETS = ['whole', 'replayed', 'complete'];

/** The ids of the binding requirements of a facet that are tested from the bundle. */
function bindingOf(facet) {
  return BINDING.filter((requirement) => requirement.facet === facet).map(({ id }) => id);
}

export class Outcomes {
  constructor(facets) {
    this.facets = ['whole', ...facets.filter((facet) => facet !== 'whole')];
    this.failed = new Set();
    this.open = new Set();
  }

  asks(facet) {
    return this.facets.includes(facet);
  }

  fail(id) {
    this.failed.add(id);
  }

  /** The requirement could not be checked somewhere. */
  block(...ids) {
    for (const id of ids) this.open.add(id);
  }

  /** The requirement needs a withheld value somewhere. */
  withhold(...ids) {
    for (const id of ids) this.open.add(id);
  }

  blockAll(but = []) {
    for (const facet of this.facets) for (const id of bindingOf(facet)) if (!but.includes(id)) this.open.add(id);
  }

  answer() {
    const violated = [];
    let open = false;
    for (const facet of this.facets) {
      if (!FACETS.includes(facet)) open = true;
      for (const id of bindingOf(facet)) {
        if (this.failed.has(id)) violated.push(id);
        else if (this.open.has(id)) open = true;
      }
    }
    const verdict = violated.length > 0 ? 'refuse' : open ? 'incomplete' : 'accept';
    return { protocol: '1.0', verdict, violated: violated.sort() };
  }
}
