// The JSON Schemas of this version, compiled once; nothing is loaded from anywhere else.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { LimitReached } from './limits.js';

const FOLDER = fileURLToPath(new URL('../../../../../schemas/1.0/', import.meta.url));
const PREFIX = 'https://w3id.org/fsep/1.0/';
const IN_BUNDLES = [
  'bundle', 'design', 'scaffold', 'item', 'system', 'simulator', 'environment', 'run', 'ledger', 'departures', 'commitments',
];

const ajv = new Ajv2020({
  strict: false,
  allErrors: false,
  ownProperties: true,
  validateSchema: false,
  logger: false,
  code: { optimize: false }, // the schemas are compiled sooner, and hardly run slower
});
addFormats(ajv, { mode: 'full', formats: ['date-time'] });
for (const name of readdirSync(FOLDER).sort()) {
  if (name.endsWith('.schema.json')) ajv.addSchema(JSON.parse(readFileSync(join(FOLDER, name), 'utf8')));
}

const validators = new Map();

function validatorOf(name) {
  let validate = validators.get(name);
  if (validate === undefined) {
    validate = ajv.getSchema(`${PREFIX}${name}.schema.json`);
    if (validate === undefined) throw new Error(`no schema ${name}`);
    validators.set(name, validate);
  }
  return validate;
}

/** Whether a value is valid against the schema of a name, `scaffold` for instance. */
export function isValid(name, value) {
  const validate = validatorOf(name);
  try {
    return validate(value) === true;
  } catch (error) {
    // A pattern that ran out of stack on a very long text is a limit of this program.
    if (error instanceof RangeError) throw new LimitReached();
    // Members named as methods of objects are can make a comparison throw; objects that are compared have none.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** Compiles beforehand the schemas of what stands in a bundle. */
export function compileAll() {
  for (const name of IN_BUNDLES) validatorOf(name);
}
