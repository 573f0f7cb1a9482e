// Judges one bundle: reads it in the order in which one thing needs another, and gives the answer.

import { Limits, LimitReached } from './form/limits.js';
import { openContainer } from './container/open.js';
import { NoBundle, TooManyFiles } from './container/unreadable.js';
import { Blobs } from './bundle/blobs.js';
import { readDocuments } from './bundle/documents.js';
import { checkFiles } from './bundle/files.js';
import { readItems } from './bundle/items.js';
import { readManifest, VERSION } from './bundle/manifest.js';
import { checkNames } from './bundle/names.js';
import { recordsOf } from './bundle/records.js';
import { scanRecord } from './checks/credentials.js';
import { checkItems, checkLocks, checkNamesOfSystems } from './checks/design.js';
import { checkEnvironments, checkExternal, checkIdentities } from './checks/environments.js';
import { checkLedger, readLedger } from './checks/ledger.js';
import { checkPlan } from './checks/plan.js';
import { checkFields, checkReferences } from './checks/references.js';
import { checkRubric } from './checks/rubric.js';
import { Transcripts } from './checks/transcripts.js';
import { Outcomes } from './outcomes.js';
import { checkProgram } from './program/well-formed.js';
import { Replayer } from './replay/replayer.js';

const CHECKED_ANYWAY = ['FSEP-BND-002', 'FSEP-BND-003'];

async function readRatings(files, outcomes) {
  for (const entry of files.ofRole('ratings')) {
    for await (const lines of recordsOf(files, entry, outcomes)) {
      for (const { record } of lines) if (record !== undefined) scanRecord(record, outcomes);
    }
  }
  if (files.isBroken('ratings')) outcomes.block('FSEP-DOC-004');
}

/** FSEP-SCF-001 to FSEP-SCF-007; gives the scaffolds that are not well formed, as `scaffold id`. */
function checkPrograms(documents, outcomes) {
  const illFormed = new Set();
  if (documents.isLost('scaffold')) for (let n = 1; n <= 7; n += 1) outcomes.block(`FSEP-SCF-00${n}`);
  for (const [id, { program }] of documents.all('scaffold')) {
    if (!checkProgram(program, outcomes)) illFormed.add(`scaffold ${id}`);
  }
  return illFormed;
}

async function judgeContent(files, limits, outcomes) {
  const documents = await readDocuments(files, VERSION, outcomes);
  const items = await readItems(files, outcomes);
  await readRatings(files, outcomes);
  const ledger = await readLedger(files, outcomes);
  limits.time();
  const illFormed = checkPrograms(documents, outcomes);
  const referred = checkReferences(documents, illFormed, outcomes);
  const unfit = new Set([...illFormed, ...checkLocks(documents, outcomes)]);
  const sameItems = checkItems(documents, items, outcomes);
  const lacking = checkFields(documents, items, illFormed, outcomes);
  checkRubric(documents, items, outcomes);
  if (outcomes.asks('replayed')) {
    checkNamesOfSystems(documents, items, limits, outcomes);
    checkEnvironments(documents, outcomes);
    checkIdentities(documents, outcomes);
    checkExternal(documents, outcomes);
  }
  const replayer = new Replayer({ documents, items, unfit, lacking, possible: referred && sameItems, limits, outcomes });
  const blobs = new Blobs(files, outcomes);
  const transcripts = new Transcripts({ files, documents, items, blobs, replayer, ledger, outcomes, limits });
  const places = await transcripts.check();
  checkLedger(ledger, places, documents, outcomes);
  if (outcomes.asks('complete')) checkPlan(documents, items, places, outcomes);
}

async function judgeContainer(container, limits, outcomes) {
  const names = checkNames(container, limits, outcomes);
  const manifest = await readManifest(container, names, outcomes);
  if (manifest === undefined) outcomes.blockAll(CHECKED_ANYWAY);
  const files = await checkFiles(container, manifest, names, limits, outcomes);
  if (manifest !== undefined) await judgeContent(files, limits, outcomes);
}

/** The answer for a bundle: what of the facets asked about it violates. */
export async function judge(path, facets) {
  const outcomes = new Outcomes(facets);
  const limits = new Limits();
  let container;
  try {
    container = await openContainer(path, limits);
    await judgeContainer(container, limits, outcomes);
  } catch (error) {
    if (error instanceof NoBundle) outcomes.fail('FSEP-BND-001');
    else if (error instanceof TooManyFiles) outcomes.fail('FSEP-BND-003');
    else if (!(error instanceof LimitReached)) throw error;
    outcomes.blockAll();
  } finally {
    await container?.close();
  }
  return outcomes.answer();
}
