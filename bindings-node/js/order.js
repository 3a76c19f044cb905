// Functions of the caller's that order a route's targets. Native code asks them on
// this thread through one callback, and goes on without them after a while.

const { classes } = require('./errors.js');

function configurationError(place, why) {
  return new classes.ConfigurationError(`${place}: ${why}`, { param: place, attempts: 0 });
}

function isPlain(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Takes the function out of a strategy; there is one at most. */
function takeOne(strategy, place) {
  if (typeof strategy === 'function') return { strategy: 'custom', function: strategy };
  if (!isPlain(strategy)) return { strategy };
  const { function: given, ...options } = strategy;
  if (given !== undefined && given !== null && typeof given !== 'function') {
    throw configurationError(`${place}.function`, 'must be a function');
  }
  if (options.then === undefined) return { strategy: options, function: given };
  const then = takeOne(options.then, `${place}.then`);
  if (given && then.function) {
    throw configurationError(`${place}.then`, 'a route has one function, and this is a second one');
  }
  return { strategy: { ...options, then: then.strategy }, function: given ?? then.function };
}

/** Takes the function out of one route, which is not changed. */
function takeFunction(name, route) {
  if (!isPlain(route)) return { route };
  const taken = takeOne(route.strategy, `routes.${name}.strategy`);
  return taken.function ? { route: { ...route, strategy: taken.strategy }, order: taken.function } : { route };
}

/** Takes the functions out of a client's options, which are not changed. */
function takeFunctions(options) {
  const functions = new Map();
  if (!isPlain(options.routes)) return { options, functions };
  const routes = Object.entries(options.routes).map(([name, given]) => {
    const { route, order } = takeFunction(name, given);
    if (order) functions.set(name, order);
    return [name, route];
  });
  return { options: { ...options, routes: Object.fromEntries(routes) }, functions };
}

function nameOf(target) {
  const name = isPlain(target) ? target.name : target;
  if (typeof name === 'string' && name.isWellFormed()) return name;
  throw new TypeError(`it returned ${name === null ? 'null' : typeof name} where a target's name was expected`);
}

function namesOf(answer) {
  if (typeof answer?.then === 'function') {
    // Nobody is told of what it comes to.
    Promise.resolve(answer).catch(() => {});
    throw new TypeError('it is async; a plain function is needed');
  }
  return Array.isArray(answer) ? answer.map(nameOf) : [nameOf(answer)];
}

function told(error) {
  try {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return text.toWellFormed();
  } catch {
    return 'it threw something that cannot be shown';
  }
}

/** Asks a route's function: its names, or why there are none, in the core's form. */
function ask(functions, { route, candidates, request }) {
  const order = functions?.get(route);
  if (!order) return { Err: 'its client is gone' };
  try {
    return { Ok: namesOf(order(candidates, request)) };
  } catch (error) {
    return { Err: told(error) };
  }
}

/**
 * What native code calls. It holds the functions weakly, for native code holds it:
 * a function that holds its client would keep it for ever.
 */
function callback(functions) {
  const held = new WeakRef(functions);
  return (question) => JSON.stringify(ask(held.deref(), JSON.parse(question)));
}

module.exports = { ask, callback, takeFunction, takeFunctions };
