#!/usr/bin/env node
// A validator for bundles of the Fixed-Scaffolding Evaluation Protocol (FSEP) 1.0.
//
//   node validator.js                                    a session: JSON lines on standard input and output
//   node validator.js BUNDLE [FACETS [TRUST]]            one bundle: the answer on standard output, the verdict as exit code

import { createInterface } from 'node:readline';
import { readFileSync } from 'node:fs';
import { judge } from './lib/judge.js';
import { compileAll } from './lib/form/schemas.js';

const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'));
const NAME = 'fsep-validator-node';
const EXIT_CODES = { accept: 0, refuse: 1, incomplete: 3 };

/** The answer; a fault of this program leaves everything unchecked, and is told on standard error without the bundle's words. */
async function answer(bundle, facets) {
  try {
    return await judge(bundle, facets);
  } catch (error) {
    process.stderr.write(`internal error: ${describe(error)}\n`);
    return { protocol: '1.0', verdict: 'incomplete', violated: [] };
  }
}

/** Kind and place of an error; its message may repeat what stands in a bundle. */
function describe(error) {
  const frames = String(error?.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)).slice(0, 6);
  return [error?.constructor?.name ?? typeof error, ...frames].join('\n');
}

function write(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

async function session() {
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    let message;
    try {
      message = JSON.parse(line);
    } catch {
      continue;
    }
    if (message?.do === 'start') {
      compileAll();
      write({ ready: true, name: NAME, version });
    }
    if (message?.do === 'judge') write({ case: message.case, ...(await answer(message.bundle, message.facets ?? [])) });
    if (message?.do === 'stop') break;
  }
  process.stdin.destroy();
}

async function once([bundle, facets = '']) {
  const given = await answer(bundle, facets.split(',').filter((facet) => facet !== ''));
  write(given);
  process.exitCode = EXIT_CODES[given.verdict];
}

process.stdout.on('error', () => process.exit(0)); // nobody listens any more
const given = process.argv.slice(2);
if (given.length === 0) await session();
else await once(given);
