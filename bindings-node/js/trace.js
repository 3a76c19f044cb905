// Traces as people see them: `String(trace)` and `console.log(trace)` give the core's
// text. They stay plain objects, so that they can be copied, compared and sent on: the
// two methods are hidden properties of their own, no class.

const native = require('./native.js');

const CUSTOM = Symbol.for('nodejs.util.inspect.custom');

function methods(write) {
  // What the user changed until it is no trace any more shows itself as any object.
  const text = (trace) => {
    try {
      return write(JSON.stringify(trace));
    } catch {
      return undefined;
    }
  };
  const hidden = (value) => ({ value, configurable: true, writable: true, enumerable: false });
  return {
    toString: hidden(function () {
      return text(this) ?? Object.prototype.toString.call(this);
    }),
    [CUSTOM]: hidden(function (depth, options, inspect) {
      if (depth < 0) return '[Trace]';
      return text(this) ?? inspect({ ...this }, options);
    }),
  };
}

const OF_TRACE = methods(native.traceText);
const OF_ROUTING = methods(native.routingText);

/** The same decision, showing itself as text. */
function shownRouting(routing) {
  return routing && Object.defineProperties(routing, OF_ROUTING);
}

/** The same trace, showing itself as text. */
function shownTrace(trace) {
  if (!trace) return trace;
  shownRouting(trace.routing);
  return Object.defineProperties(trace, OF_TRACE);
}

const PAGE = Symbol('page');
const PLACE = Symbol('place');

const put = (trace, value) =>
  Object.defineProperty(trace, 'routing', { value, configurable: true, enumerable: true, writable: true });

// One pair of functions for all traces: V8 keeps objects fast whose accessors are alike.
const OF_ROUTED_TRACE = {
  ...OF_TRACE,
  [PAGE]: { value: undefined, configurable: true, writable: true, enumerable: false },
  [PLACE]: { value: 0, configurable: true, writable: true, enumerable: false },
  routing: {
    configurable: true,
    enumerable: true,
    get() {
      const routing = shownRouting(JSON.parse(native.decisionJson(this[PAGE], this[PLACE])));
      put(this, routing);
      delete this[PAGE];
      return routing;
    },
    set(value) {
      put(this, value);
      delete this[PAGE];
    },
  },
};

/** The same trace, whose decision native code makes when somebody looks, for few do. */
function routedTrace(trace, page, place) {
  Object.defineProperties(trace, OF_ROUTED_TRACE);
  trace[PAGE] = page;
  trace[PLACE] = place;
  return trace;
}

/** A reply, chunk or event whose trace shows itself as text. */
function withTrace(reply) {
  const route = reply?.route ?? reply?.response?.route ?? reply?.message?.route;
  if (route) shownTrace(route);
  return reply;
}

module.exports = { routedTrace, shownRouting, shownTrace, withTrace };
