// Extractions: pipelines of operations, which begin with a text.

import { canonical } from '../form/digest.js';
import { NotStrictJson, parseArrayAt, parseText } from '../form/strict-json.js';
import { firstIndex, lastIndex, split } from './search.js';
import { List, Text } from './values.js';

const MOST_BRACKETS = 64;

class Failed extends Error {}

function trim(text) {
  let from = 0;
  let to = text.length;
  const isBlank = (at) => '\t\n\r '.includes(text[at]);
  while (from < to && isBlank(from)) from += 1;
  while (to > from && isBlank(to - 1)) to -= 1;
  return text.slice(from, to);
}

function find(text, { marker, which }) {
  const at = which === 'first' ? firstIndex(text, marker) : lastIndex(text, marker);
  if (at < 0) throw new Failed();
  return at;
}

const asText = (value) => (typeof value === 'string' ? value : canonical(value));

/** The value that an RFC 6901 pointer leads to. */
function follow(value, pointer) {
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) {
      if (!/^(?:0|[1-9][0-9]*)$/.test(name) || Number(name) >= value.length) throw new Failed();
      value = value[Number(name)];
    } else if (value !== null && typeof value === 'object' && Object.hasOwn(value, name)) {
      value = value[name];
    } else {
      throw new Failed();
    }
  }
  return value;
}

function pointed(text, pointer) {
  let value;
  try {
    value = parseText(trim(text));
  } catch (error) {
    if (error instanceof NotStrictJson) throw new Failed();
    throw error;
  }
  return asText(follow(value, pointer));
}

function firstArray(text) {
  let at = -1;
  for (let tried = 0; tried < MOST_BRACKETS; tried += 1) {
    at = text.indexOf('[', at + 1);
    if (at < 0) break;
    const array = parseArrayAt(text, at);
    if (array !== undefined) return array.map(asText);
  }
  throw new Failed();
}

function lines(text) {
  return text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}

const ON_TEXT = {
  trim: (text) => trim(text),
  before: (text, operation) => text.slice(0, find(text, operation)),
  after: (text, operation) => text.slice(find(text, operation) + operation.marker.length),
  'json-pointer': (text, { pointer }) => pointed(text, pointer),
};

const TO_LIST = {
  lines: (text) => lines(text),
  split: (text, { at }) => split(text, at),
  'json-array': (text) => firstArray(text),
};

const ON_LIST = {
  nonempty: (elements) => elements.filter(({ text }) => text !== ''),
  first: (elements, { count }) => elements.slice(0, count),
};

function apply(value, operation) {
  const { op } = operation;
  if (Object.hasOwn(ON_TEXT, op)) {
    if (value instanceof Text) return new Text(ON_TEXT[op](value.text, operation));
    return new List(value.elements.map(({ text }) => new Text(ON_TEXT[op](text, operation))));
  }
  if (Object.hasOwn(TO_LIST, op)) return new List(TO_LIST[op](value.text, operation).map((text) => new Text(text)));
  return new List(ON_LIST[op](value.elements, operation));
}

/** What a pipeline takes out of a text; undefined where it fails. */
export function runPipeline(pipeline, text, work) {
  let value = text;
  try {
    for (const operation of pipeline) {
      value = work.made(apply(value, operation));
      if (value instanceof List && value.elements.length === 0) throw new Failed();
    }
  } catch (error) {
    if (error instanceof Failed) return undefined;
    throw error;
  }
  return value;
}
