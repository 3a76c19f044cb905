// The JavaScript end of the queue: one for each environment (the main thread, or
// a worker thread). Native code wakes it once; it takes the events of all calls
// and streams as one JSON text and hands them out.

// Taken now: a test may later put a fake in the global's place.
const { setInterval } = require('node:timers');
const native = require('./native.js');
const { fromDetails } = require('./errors.js');
const { Channel } = require('./channel.js');
const { withContent } = require('./content.js');
const { routedTrace, shownTrace, withTrace } = require('./trace.js');

// As in `Tag` of src/hub.rs.
const REPLY = 0;
const FAILURE = 1;
const OPENED = 2;
const CHUNK = 3;
const END = 4;
const PAUSED = 5;
const LONG_REPLY = 6;
const ROUTED = 7;

/** A rejection whose error is yet to be made, where the caller's stack is at hand. */
class Failure {
  constructor(details) {
    this.details = details;
  }

  toError() {
    return fromDetails(this.details);
  }
}

/** A call that waits for its reply, or for the beginning of its stream. */
class Call {
  constructor(environment, id) {
    this.environment = environment;
    this.id = id;
    /** The head of the response, once it is there. */
    this.head = undefined;
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /** Rejects with `reason` and closes the connection. */
  abort(reason) {
    const { environment, id, reject } = this;
    // The outcome is there already, and its reader sees the signal.
    if (!reject) return;
    environment.calls.delete(id);
    environment.bridge.cancel(id);
    this.settled();
    reject(reason);
  }

  /** Nothing may hold the promise from here on: it holds the stream, which must be free to go. */
  settled() {
    this.resolve = this.reject = this.promise = undefined;
    this.environment.release();
  }
}

class Environment {
  constructor() {
    this.calls = new Map();
    this.lastId = 0;
    this.waiting = 0;
    /** The page of decisions that is being filled: native code's own. */
    this.page = undefined;
    /** The place on it of the decision of the reply that comes next; -1: it has none. */
    this.place = -1;
    this.bridge = new native.Bridge(() => this.drain());
    // Native code does not keep the process alive; this timer does while somebody waits.
    this.alive = setInterval(() => {}, 0x7fffffff);
    this.alive.unref();
  }

  hold() {
    if (this.waiting++ === 0) this.alive.ref();
  }

  release() {
    if (--this.waiting === 0) this.alive.unref();
  }

  /** Starts a call; bad input that native code finds comes as its rejection too. */
  start(client, operation, stream, body, options, files) {
    const id = ++this.lastId;
    const call = new Call(this, id);
    // Held while somebody waits: the functions of its routes go with it.
    call.client = client;
    this.bridge.ask(client, id, operation, stream, body.text, options, body.mark, body.strings, files);
    this.calls.set(id, call);
    this.hold();
    return call;
  }

  drain() {
    const events = JSON.parse(this.bridge.drain());
    for (let at = 0; at < events.length; at += 3) {
      if (events[at + 1] === ROUTED) {
        this.place = events[at + 2];
        if (this.place === 0) this.page = this.bridge.nextPage();
        continue;
      }
      // An event of a call that was left meanwhile has nobody to go to.
      const call = this.calls.get(events[at]);
      if (call) this.hand(call, events[at], events[at + 1], events[at + 2]);
      this.place = -1;
    }
  }

  hand(call, id, tag, payload) {
    switch (tag) {
      case CHUNK:
        withTrace(payload);
        call.push(payload);
        break;
      case REPLY:
        this.reply(call, id, payload);
        break;
      case LONG_REPLY:
        this.reply(call, id, JSON.parse(this.bridge.take(id)));
        break;
      case OPENED: {
        const channel = new Channel(this, id);
        const { resolve } = call;
        this.calls.set(id, channel);
        call.head = payload;
        call.settled();
        resolve(channel);
        break;
      }
      case PAUSED:
        call.pause();
        break;
      case END:
        this.calls.delete(id);
        call.end();
        break;
      case FAILURE:
        this.calls.delete(id);
        this.fail(call, new Failure(payload));
        break;
    }
  }

  reply(call, id, payload) {
    const { resolve } = call;
    this.calls.delete(id);
    call.head = payload.head;
    call.settled();
    if (payload.bytes) withContent(payload.data, this.bridge.takeBytes(id));
    if (this.place >= 0) routedTrace(payload.data.route, this.page, this.place);
    else shownTrace(payload.data.route);
    resolve(payload.data);
  }

  fail(call, failure) {
    if (call instanceof Channel) {
      call.fail(failure.toError());
      return;
    }
    const { reject } = call;
    call.settled();
    reject(failure);
  }
}

let environment;

/** This thread's environment, made by the first call. */
function current() {
  environment ??= new Environment();
  return environment;
}

module.exports = { current, Failure };
