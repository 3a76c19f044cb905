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

const DECISIONS = Symbol('decisions');
const PLACE = Symbol('place');

const put = (trace, value) =>
  Object.defineProperty(trace, 'routing', { value, configurable: true, enumerable: true, writable: true });

// One pair of functions for all traces: V8 keeps objects fast whose accessors are alike.
const LATER = {
  [DECISIONS]: { value: undefined, configurable: true, writable: true, enumerable: false },
  [PLACE]: { value: 0, configurable: true, writable: true, enumerable: false },
  routing: {
    configurable: true,
    enumerable: true,
    get() {
      const routing = shownRouting(JSON.parse(native.decisionJson(this[DECISIONS], this[PLACE])));
      put(this, routing);
      delete this[DECISIONS];
      return routing;
    },
    set(value) {
      put(this, value);
      delete this[DECISIONS];
    },
  },
};

/** Puts its decision into a trace: native code makes it when somebody looks, for few do. */
function putRouting(trace, decisions, place) {
  Object.defineProperties(trace, LATER);
  trace[DECISIONS] = decisions;
  trace[PLACE] = place;
}

/** The same trace, showing itself as text. */
function shownTrace(trace) {
  if (!trace) return trace;
  shownRouting(trace.routing);
  return Object.defineProperties(trace, OF_TRACE);
}

/** A reply or chunk whose trace shows itself as text. */
function withTrace(reply) {
  shownTrace(reply?.route);
  return reply;
}

module.exports = { putRouting, shownRouting, shownTrace, withTrace };
