// Mock providers for your own tests: a server on 127.0.0.1 that speaks the
// wires of OpenAI, Anthropic and Gemini, and answers and fails as scripted.

const { AssertionError } = require('node:assert');
const native = require('./native.js');
const { encode } = require('./encode.js');
const { guarded } = require('./errors.js');

/** `value` as JSON, whole: scripts are read once, so speed is nothing here. */
function json(value) {
  const { text, strings } = encode(Array.isArray(value) ? { scripts: value } : value, 'options');
  return strings ? JSON.stringify(Array.isArray(value) ? { scripts: value } : value) : text;
}

// A server runs until it is stopped, also when nothing but its address is held.
const running = new Set();

class MockServer {
  #native;

  constructor(started) {
    this.#native = started;
    running.add(this);
  }

  /** Starts a server on a thread of its own; `options` may be a list of scripts alone. */
  static start(options = {}) {
    const text = json(options);
    return new MockServer(guarded(() => native.NativeMock.start(text)));
  }

  /** `http://127.0.0.1:PORT`: clients of OpenAI and Anthropic add `/v1`, of Gemini `/v1beta`. */
  get url() {
    return guarded(() => this.#native.url());
  }

  get port() {
    return guarded(() => this.#native.port());
  }

  /** The requests received, oldest first; credentials are not kept. */
  get requests() {
    return JSON.parse(guarded(() => this.#native.requests()));
  }

  get counters() {
    return JSON.parse(guarded(() => this.#native.counters()));
  }

  /** Puts other scripts in place of those there; what was recorded stays. */
  setScripts(scripts) {
    const text = json(scripts);
    guarded(() => this.#native.setScripts(text));
  }

  /** Closes the port to new connections, or opens it again. */
  setRefusing(refusing) {
    guarded(() => this.#native.setRefusing(refusing));
  }

  /** Forgets the requests, and lets every script begin anew. */
  clear() {
    guarded(() => this.#native.clear());
  }

  /** Throws an `AssertionError` that says all that was not as the scripts expect. */
  assertSatisfied() {
    const message = guarded(() => this.#native.unsatisfied());
    if (message) throw new AssertionError({ message, stackStartFn: this.assertSatisfied });
  }

  /** Stops the server and closes its connections. */
  stop() {
    running.delete(this);
    this.#native.stop();
  }

  [Symbol.dispose ?? Symbol.for('Symbol.dispose')]() {
    this.stop();
  }
}

/** Decides over targets that are made up: what a strategy would do. Nothing is sent. */
function decide(decisionCase) {
  const { text, strings } = encode(decisionCase, 'case');
  return JSON.parse(guarded(() => native.decide(strings ? JSON.stringify(decisionCase) : text)));
}

module.exports = { MockServer, decide };
