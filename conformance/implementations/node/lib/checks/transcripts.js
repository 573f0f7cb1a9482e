// All runs of a bundle: what they refer to, what stands in their events, and their replay.

import { canonicalDigest } from '../form/digest.js';
import { LimitReached } from '../form/limits.js';
import { RunReader } from '../bundle/runs.js';
import { Unreadable } from '../container/unreadable.js';
import { REPLAY } from '../replay/replayer.js';
import {
  blobsOfRun, checkAttempts, checkRebuilt, checkRecorded, checkReturned, hasOwnCallIds, holdsWithheld, textBlobsOfRun,
} from './runs.js';

const OF_EVENTS = [
  'FSEP-REF-007', 'FSEP-TRN-002', 'FSEP-TRN-003', 'FSEP-TRN-004', 'FSEP-REQ-001', 'FSEP-REQ-003', 'FSEP-REQ-005', 'FSEP-REQ-007',
];
const OF_PLACE = ['FSEP-REF-006'];

export class Transcripts {
  constructor({ files, documents, items, blobs, replayer, ledger, outcomes, limits }) {
    Object.assign(this, { files, documents, items, blobs, replayer, outcomes, limits });
    this.needsDigests = ledger !== undefined;
    this.places = { runs: [], unknown: 0, unplacedIds: new Set() };
  }

  async check() {
    const { outcomes, files } = this;
    const reader = new RunReader(files, outcomes);
    for await (const run of reader.all()) await this.run(run);
    this.places.unknown += reader.unplaced;
    if (files.isBroken('transcripts')) {
      this.places.unknown += 1;
      outcomes.block('FSEP-DOC-004', 'FSEP-TRN-001', 'FSEP-REF-005', ...OF_EVENTS, ...REPLAY);
    }
    this.settleIds();
    return this.places;
  }

  /** FSEP-REF-006: runs that share an id have no place in the plan. */
  settleIds() {
    const { places, outcomes } = this;
    const count = new Map();
    for (const { id } of places.runs) count.set(id, (count.get(id) ?? 0) + 1);
    const alone = places.runs.filter(({ id }) => count.get(id) === 1);
    if (alone.length < places.runs.length) outcomes.fail('FSEP-REF-006');
    for (const [id, times] of count) if (times > 1) this.leaveOut(id);
    places.runs = alone;
    if (places.unknown > 0) outcomes.block(...OF_PLACE);
  }

  leaveOut(id) {
    this.places.unknown += 1;
    this.places.unplacedIds.add(id);
  }

  async run(run) {
    const { outcomes } = this;
    this.limits.time();
    if (run.unread || run.tooLong) outcomes.block(...OF_EVENTS);
    if (run.unread) {
      outcomes.block('FSEP-TRN-001', 'FSEP-REF-005', ...REPLAY);
      return;
    }
    const named = this.named(run);
    const texts = await this.blobTexts(run);
    const ownIds = hasOwnCallIds(run.events);
    if (!ownIds) outcomes.fail('FSEP-TRN-002');
    if (outcomes.asks('replayed')) this.events(run);
    if (named) this.place(run);
    else this.leaveOut(run.first.run);
    if (!outcomes.asks('replayed')) return;
    const isClear = named && ownIds && texts !== undefined && !this.items.repeated.has(run.first.item);
    if (isClear && !run.tooLong) this.replayer.replay(run, texts);
    else outcomes.block(...REPLAY);
  }

  /** FSEP-REF-005, and FSEP-TRN-001 where that does not fail: whether a run is whole, and names what is there and can be read. */
  named(run) {
    const { system, scaffold, item } = run.first;
    const states = [this.documents.state('system', system), this.documents.state('scaffold', scaffold), this.items.state(item)];
    run.names = !states.includes('absent');
    if (!run.names) this.outcomes.fail('FSEP-REF-005');
    else if (!run.intact) this.outcomes.fail('FSEP-TRN-001');
    else if (states.includes('broken')) this.outcomes.block('FSEP-REF-005');
    return run.intact && states.every((state) => state === 'ok');
  }

  place(run) {
    const { run: id, system, scaffold, item, replicate, status } = run.first;
    const withheld = this.needsDigests && holdsWithheld(run.events);
    const eventsDigest = this.needsDigests && !run.tooLong ? canonicalDigest(run.events) : null;
    this.places.runs.push({ id, system, scaffold, item, replicate, status, withheld, eventsDigest });
  }

  /** FSEP-REF-007: the texts kept in blobs; undefined where blobs are missing, unreadable or no texts. */
  async blobTexts({ first, events }) {
    const states = [...blobsOfRun(events, first.result)].map((digest) => this.blobs.state(digest));
    if (states.includes('absent')) this.outcomes.fail('FSEP-REF-007');
    else if (states.includes('broken')) this.outcomes.block('FSEP-REF-007');
    let sound = states.every((state) => state === 'ok');
    const texts = new Map();
    for (const digest of textBlobsOfRun(events, first.result)) {
      if (this.blobs.state(digest) !== 'ok') continue;
      const text = await this.textOfBlob(digest);
      if (text === undefined) sound = false;
      texts.set(digest, text);
    }
    return sound ? texts : undefined;
  }

  async textOfBlob(digest) {
    try {
      const text = await this.blobs.text(digest);
      if (text === undefined) this.outcomes.fail('FSEP-REF-007');
      return text;
    } catch (error) {
      if (error instanceof LimitReached) {
        this.limits.time();
        this.outcomes.block('FSEP-REF-007');
      } else if (error instanceof Unreadable) {
        this.outcomes.fail('FSEP-BND-003');
      } else {
        throw error;
      }
      return undefined;
    }
  }

  /** What is looked at in events whether or not the run is replayed. */
  events({ first, events }) {
    const { documents, outcomes } = this;
    checkAttempts(events, first.failure, outcomes);
    checkRebuilt(events, outcomes);
    checkRecorded(events, outcomes);
    const program = documents.all('scaffold').get(first.scaffold)?.program;
    checkReturned(events, program, documents.all('system').get(first.system), documents.all('simulator'), outcomes);
  }
}
