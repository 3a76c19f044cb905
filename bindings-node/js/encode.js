// JavaScript values to JSON text, without the losses of JSON.stringify: it makes
// null of NaN and Infinity, {} of a Map, and nothing of a function. Each of these
// is an error here that names its place. The caller's objects are only read.

const { randomUUID } = require('node:crypto');
const { badRequest } = require('./errors.js');

// Rust's parser goes 128 deep; no request comes near.
const DEEPEST = 120;
// Escaping a megabyte twice costs ten times its copy: strings above this cross as they are.
const LONG_STRING = 64 * 1024;

// No caller's string begins with this, for it is made anew in each process.
const MARK = `roocode-long-string-${randomUUID()}-`;

/** What is wrong with a value, or undefined. `found` notes whether a long string is inside. */
function problemOf(value, depth, found) {
  switch (typeof value) {
    case 'string':
      if (value.length > LONG_STRING) found.long = true;
      return value.isWellFormed() ? undefined : problem('holds half of a surrogate pair, which is no text');
    case 'number':
      return Number.isFinite(value) ? undefined : problem(`is ${value}; only finite numbers can be sent`);
    case 'boolean':
    case 'undefined':
      return undefined;
    case 'object':
      return value === null ? undefined : problemInside(value, depth, found);
    case 'bigint':
      return problem('is a BigInt; give a number or a string');
    default:
      return problem(`is a ${typeof value}, which cannot be sent`);
  }
}

function problemInside(given, depth, found) {
  if (depth > DEEPEST) return problem('');
  let value = given;
  if (value instanceof Date && Number.isNaN(value.getTime())) return problem('is an invalid date');
  if (typeof value.toJSON === 'function' && !ArrayBuffer.isView(value)) {
    value = value.toJSON('');
    if (typeof value !== 'object' || value === null) return problemOf(value, depth, found);
  }
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const item = value[index];
      const wrong = item === undefined ? problem('is undefined') : problemOf(item, depth + 1, found);
      if (wrong) return within(`[${index}]`, wrong);
    }
    return undefined;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    const wrong = unsendable(value);
    if (wrong) return wrong;
  }
  for (const key of Object.keys(value)) {
    const wrong = problemOf(value[key], depth + 1, found);
    if (wrong) return within(/^[\w$]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`, wrong);
    if (!key.isWellFormed()) return problem('has a key that holds half of a surrogate pair');
  }
  return undefined;
}

const UNSENDABLE = [Map, Set, WeakMap, WeakSet, Promise, RegExp, ArrayBuffer, Error];

function unsendable(value) {
  if (ArrayBuffer.isView(value)) {
    return problem(`is a ${value.constructor?.name ?? 'buffer'}; give its bytes as a base64 string`);
  }
  const type = UNSENDABLE.find((each) => value instanceof each);
  return type && problem(`is a ${type.name}, which cannot be sent; give a plain object or array`);
}

function problem(message) {
  return { path: '', message };
}

// Past a few levels the place is cut: the path of a cycle would say nothing more.
function within(step, wrong) {
  wrong.path = wrong.message === '' ? step : step + wrong.path;
  return wrong;
}

function refersToItself(value, above) {
  if (typeof value !== 'object' || value === null) return false;
  if (above.has(value)) return true;
  if (above.size > DEEPEST) return false;
  above.add(value);
  const found = Object.values(value).some((item) => refersToItself(item, above));
  above.delete(value);
  return found;
}

/** A copy in which long strings stand aside in `strings`. */
function setAside(given, strings) {
  if (typeof given === 'string') {
    if (given.length <= LONG_STRING) return given;
    strings.push(given);
    return MARK + (strings.length - 1);
  }
  if (typeof given !== 'object' || given === null) return given;
  const value = typeof given.toJSON === 'function' ? given.toJSON('') : given;
  if (typeof value !== 'object' || value === null) return setAside(value, strings);
  if (Array.isArray(value)) return value.map((item) => setAside(item, strings));
  // Without a prototype, so that a key `__proto__` is a key.
  const copy = Object.create(null);
  for (const key of Object.keys(value)) copy[key] = setAside(value[key], strings);
  return copy;
}

/**
 * `value` as JSON text, with its long strings aside.
 * @param {object} value
 * @param {string} name of the argument, for a message
 * @returns {{ text: string, mark?: string, strings?: string[] }}
 */
function encode(value, name) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest(
      name,
      `must be an object, not ${value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value}`,
    );
  }
  const found = { long: false };
  const wrong = problemOf(value, 0, found);
  if (wrong) {
    const message =
      wrong.message ||
      (refersToItself(value, new Set()) ? 'refers to itself' : `is nested more than ${DEEPEST} levels deep`);
    throw badRequest(wrong.path.replace(/^\./, '') || name, message);
  }
  try {
    if (!found.long) return { text: JSON.stringify(value) };
    const strings = [];
    return { text: JSON.stringify(setAside(value, strings)), mark: MARK, strings };
  } catch (cause) {
    const error = badRequest(name, `cannot be written as JSON: ${cause.message}`);
    error.cause = cause;
    throw error;
  }
}

module.exports = { encode };
