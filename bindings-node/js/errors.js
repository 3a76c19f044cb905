// The error classes, made once from the core's own table.

const native = require('./native.js');
const { shownTrace } = require('./trace.js');

/** The base of every error of this package. `kind` is its class name. */
class RoocodeError extends Error {
  /**
   * @param {string} message
   * @param {object} [details] fields in the wire's names, as `status` or `request_id`
   */
  constructor(message, details) {
    super(message);
    this.kind = new.target.name;
    if (details) {
      const { kind: _kind, message: _message, text: _text, source, ...fields } = details;
      Object.assign(this, fields);
      if (source !== undefined) {
        Object.defineProperty(this, 'cause', { value: source, configurable: true, writable: true });
      }
    }
  }

  get requestId() {
    return this.request_id;
  }

  get retryAfter() {
    return this.retry_after;
  }
}
Object.defineProperty(RoocodeError.prototype, 'name', { value: 'RoocodeError', configurable: true });

const classes = { RoocodeError };
const table = new Map(native.errorClasses());

function make(name) {
  if (classes[name]) return classes[name];
  const parent = table.get(name);
  const base = parent ? make(parent) : RoocodeError;
  // A computed key gives the class its name.
  const made = { [name]: class extends base {} }[name];
  Object.defineProperty(made.prototype, 'name', { value: name, configurable: true });
  classes[name] = made;
  return made;
}
for (const name of table.keys()) make(name);

/** The error of what the core says went wrong. */
function fromDetails(details) {
  const known = classes[details.kind] ?? RoocodeError;
  shownTrace(details.route);
  return new known(details.text ?? details.message, details);
}

/** The error of an exception that native code threw: its message is JSON, unless it panicked. */
function fromThrown(thrown) {
  let details;
  try {
    details = JSON.parse(thrown.message);
  } catch {
    details = { text: 'roocode has a defect: native code failed. Please report it.', source: thrown.message };
    return new classes.InternalError(details.text, details);
  }
  return fromDetails(details);
}

function badRequest(param, message) {
  const text = param ? `${param}: ${message}` : message;
  return new classes.BadRequestError(text, { param: param || undefined, attempts: 0 });
}

/** Calls native code, with its exceptions as our errors. */
function guarded(call) {
  try {
    return call();
  } catch (thrown) {
    throw thrown instanceof RoocodeError ? thrown : fromThrown(thrown);
  }
}

module.exports = { classes, fromDetails, badRequest, guarded };
