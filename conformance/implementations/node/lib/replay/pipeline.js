// Extractions: pipelines of operations, which begin with a text.

import { canonical } from '../form/digest.js';
import { NotStrictJson, parseArrayAt, parseText } from '../form/strict-json.js';
import { firstIndex, lastIndex, split } from './search.js';
import { countCharacters, List, Text } from './values.js';

const MOST_BRACKETS = 64;

class Failed extends Error {}

const FAILED = new Failed(); // one for all, since a stack is dear and a pipeline may fail very often

const isBlank = (code) => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

function trim(text) {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text.charCodeAt(from))) from += 1;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1;
  return to - from === text.length ? text : text.slice(from, to);
}

function find(text, { marker, which }) {
  const at = which === 'first' ? firstIndex(text, marker) : lastIndex(text, marker);
  if (at < 0) throw FAILED;
  return at;
}

const asText = (value) => (typeof value === 'string' ? value : canonical(value));

/** The value that an RFC 6901 pointer leads to. */
function follow(value, pointer) {
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) {
      if (!/^(?:0|[1-9][0-9]{0,8})$/.test(name) || Number(name) >= value.length) throw FAILED;
      value = value[Number(name)];
    } else if (value !== null && typeof value === 'object' && Object.hasOwn(value, name)) {
      value = value[name];
    } else {
      throw FAILED;
    }
  }
  return value;
}

function pointed(text, pointer) {
  let value;
  try {
    value = parseText(trim(text));
  } catch (error) {
    if (error instanceof NotStrictJson) throw FAILED;
    throw error;
  }
  return asText(follow(value, pointer));
}

function firstArray({ text, size }, work) {
  let left = size; // characters from the bracket to the end
  let at = 0;
  for (let tried = 0; tried < MOST_BRACKETS; tried += 1) {
    const found = text.indexOf('[', at);
    if (found < 0) break;
    left -= countCharacters(text.slice(at, found));
    work.on(new Text(text.slice(found), left));
    const array = parseArrayAt(text, found);
    if (array !== undefined) return array.map(asText);
    left -= 1;
    at = found + 1;
  }
  throw FAILED;
}

function lines(text) {
  const all = text.split('\n');
  return text.includes('\r\n') || text.endsWith('\r') ? all.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)) : all;
}

const ON_TEXT = {
  trim: (text) => trim(text),
  before: (text, operation) => text.slice(0, find(text, operation)),
  after: (text, operation) => text.slice(find(text, operation) + operation.marker.length),
  'json-pointer': (text, { pointer }) => pointed(text, pointer),
};

const TO_LIST = {
  lines: ({ text }) => lines(text),
  split: ({ text }, { at }) => split(text, at),
  'json-array': (text, operation, work) => firstArray(text, work),
};

const ON_LIST = {
  nonempty: (elements) => elements.filter((element) => element !== ''),
  first: (elements, { count }) => elements.slice(0, count),
};

/** An operation on each element; the list itself where none is changed, since its size is known. */
function onEach(list, operate, operation) {
  const { elements } = list;
  let made = null;
  for (let at = 0; at < elements.length; at += 1) {
    const text = operate(elements[at], operation);
    if (made === null && text !== elements[at]) made = elements.slice(0, at);
    if (made !== null) made.push(text);
  }
  return made === null ? list : new List(made);
}

function apply(value, operation, work) {
  const { op } = operation;
  if (Object.hasOwn(ON_TEXT, op)) {
    if (value instanceof Text) return new Text(ON_TEXT[op](value.text, operation));
    return onEach(value, ON_TEXT[op], operation);
  }
  if (Object.hasOwn(TO_LIST, op)) return new List(TO_LIST[op](value, operation, work));
  return new List(ON_LIST[op](value.elements, operation));
}

/** What a pipeline takes out of a text; undefined where it fails. */
export function runPipeline(pipeline, text, work) {
  let value = text;
  try {
    for (const operation of pipeline) {
      work.on(value);
      value = work.given(apply(value, operation, work));
      if (value instanceof List && value.elements.length === 0) throw FAILED;
    }
    work.spend(value.weight);
  } catch (error) {
    if (error instanceof Failed) return undefined;
    throw error;
  }
  return value;
}
