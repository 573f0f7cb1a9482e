// Defaults of steps, written out; and the program digests of things.

import { canonicalDigest } from '../form/digest.js';

const DEFAULTS = {
  generate: () => ({ parameters: {}, seed: 'none' }),
  tools: () => ({ parameters: {}, seed: 'none', offer: 'all' }),
  call: () => ({ offer: 'all' }),
  when: () => ({ else: [] }),
  repeat: () => ({ fresh: [] }),
  each: () => ({ fresh: [] }),
};

function withDefaultsOfStep(step) {
  const full = { ...(DEFAULTS[step.do]?.() ?? {}), ...step };
  for (const body of ['then', 'else', 'steps']) {
    if (Array.isArray(full[body])) full[body] = full[body].map(withDefaultsOfStep);
  }
  return full;
}

/** A program with the defaults of its steps written out. */
export function withDefaults(program) {
  return { ...program, steps: program.steps.map(withDefaultsOfStep) };
}

function only(document, names) {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(document, name)).map((name) => [name, document[name]]));
}

const PROGRAM_DIGESTS = {
  scaffold: ({ program }) => canonicalDigest(withDefaults(program)),
  simulator: ({ model }) => canonicalDigest({ model }),
  environment: (document) => canonicalDigest(only(document, ['version', 'tools', 'implementation'])),
  rubric: ({ packets, dimensions }) => canonicalDigest({ packets, dimensions }),
  design: ({ fsep, title, description, extensions, ...rest }) => canonicalDigest(rest),
};

/** The program digest of a document of a role. */
export function programDigest(role, document) {
  return PROGRAM_DIGESTS[role](document);
}
