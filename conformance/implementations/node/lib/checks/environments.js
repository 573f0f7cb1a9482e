// What is declared of environments and models: FSEP-ENV-001, FSEP-REQ-006, and FSEP-ADH-006 of scaffolds.

import { allSteps } from '../program/steps.js';

export function checkEnvironments(documents, outcomes) {
  if (documents.isLost('environment')) outcomes.block('FSEP-ENV-001');
  for (const { version, tools } of documents.all('environment').values()) {
    if (version === undefined || tools === undefined) outcomes.fail('FSEP-ENV-001');
  }
}

export function checkIdentities(documents, outcomes) {
  for (const role of ['system', 'simulator']) {
    if (documents.isLost(role)) outcomes.block('FSEP-REQ-006');
    for (const { model } of documents.all(role).values()) if (model.returned === undefined) outcomes.fail('FSEP-REQ-006');
  }
}

export function checkExternal(documents, outcomes) {
  if (documents.isLost('scaffold')) outcomes.block('FSEP-ADH-006');
  for (const { program } of documents.all('scaffold').values()) {
    for (const { step } of allSteps(program.steps)) if (step.do === 'external') outcomes.fail('FSEP-ADH-006');
  }
}
