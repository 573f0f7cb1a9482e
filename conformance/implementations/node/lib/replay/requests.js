// Requests and their digests. The digest of a view is a chain, so it is carried on where the view only grew.

import { canonical, canonicalDigest, sha256Bytes } from '../form/digest.js';
import { LimitReached } from '../form/limits.js';
import { MessageAdapter } from './adaptations.js';

const START = sha256Bytes('fsep-view-1');
const MOST_BYTES = 2 ** 31;

/** What has been hashed in a run: a run that merges long texts over and over has its bounds. */
export class HashingBudget {
  constructor() {
    this.left = MOST_BYTES;
  }

  link(chain, fields) {
    const form = canonical(fields);
    this.left -= form.length;
    if (this.left < 0) throw new LimitReached();
    return sha256Bytes(Buffer.concat([chain, sha256Bytes(form)]));
  }
}

/** The digest of one view for one actor, carried on from request to request. */
export class ViewDigest {
  constructor(view, adaptations, budget) {
    this.view = view;
    this.adaptations = adaptations;
    this.budget = budget;
    this.restart();
  }

  restart() {
    this.edition = this.view.edition;
    this.done = 0;
    this.chain = START;
    this.adapter = new MessageAdapter(this.adaptations, (fields) => {
      this.chain = this.budget.link(this.chain, fields);
    });
  }

  /** The view digest as it is now. */
  now() {
    if (this.edition !== this.view.edition) this.restart();
    const { messages } = this.view;
    for (; this.done < messages.length; this.done += 1) {
      this.adapter.add(messages[this.done]);
    }
    return this.adapter.rest().reduce((chain, fields) => this.budget.link(chain, fields), this.chain).toString('hex');
  }
}

export function requestDigest({ model, parameters, tools, view }) {
  return canonicalDigest({
    fsep_request: '1.0',
    model,
    parameters,
    tools: tools.length === 0 ? null : canonicalDigest(tools),
    view,
  });
}

/** The seed that is derived for a step: the same for every system. */
export function derivedSeed(designDigest, item, replicate, path) {
  return sha256Bytes(canonical(['fsep-seed-1', designDigest, item, replicate, path])).readUInt32BE(0) & 0x7fffffff;
}
