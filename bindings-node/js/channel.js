// The chunks of one stream between the queue and its reader. It knows nothing of
// `Stream`, so that a stream that nobody holds can be collected and its
// connection closed.

const { withTrace } = require('./trace.js');

// Native code pauses when the reader is hundreds of chunks behind, and goes on
// when this many are left, so that the reader need not wait for the wire.
const RESUME_BELOW = 64;

class Channel {
  constructor(environment, id) {
    this.environment = environment;
    this.id = id;
    this.chunks = [];
    this.at = 0;
    this.waiters = [];
    this.paused = false;
    /** Set once no more chunks come. */
    this.over = false;
    this.error = undefined;
    /** Whether it came to its proper end, so that native code has its sum. */
    this.complete = false;
    this.text = undefined;
    /** Called once when it is over. */
    this.onOver = undefined;
  }

  push(value) {
    const waiter = this.waiters.shift();
    if (waiter === undefined) {
      this.chunks.push(value);
      return;
    }
    this.environment.release();
    waiter.resolve({ value, done: false });
  }

  pause() {
    this.paused = true;
    this.resumeIfRead();
  }

  resumeIfRead() {
    if (this.chunks.length - this.at > RESUME_BELOW) return;
    this.paused = false;
    this.environment.bridge.resume(this.id);
  }

  next() {
    if (this.at < this.chunks.length) {
      const value = this.chunks[this.at];
      this.chunks[this.at++] = undefined;
      if (this.at === this.chunks.length) {
        this.chunks = [];
        this.at = 0;
      }
      if (this.paused) this.resumeIfRead();
      return Promise.resolve({ value, done: false });
    }
    if (this.error !== undefined) {
      const { error } = this;
      this.error = undefined;
      return Promise.reject(error.reason);
    }
    if (this.over) return Promise.resolve({ value: undefined, done: true });
    this.environment.hold();
    return new Promise((resolve, reject) => {
      this.waiters.push({ resolve, reject });
    });
  }

  end() {
    this.complete = true;
    this.finish();
    for (const waiter of this.takeWaiters()) waiter.resolve({ value: undefined, done: true });
  }

  /** The next reader, after the chunks that are here, gets `reason`, even if that is undefined. */
  fail(reason) {
    this.finish();
    const [first, ...others] = this.takeWaiters();
    if (first) first.reject(reason);
    else this.error = { reason };
    for (const waiter of others) waiter.resolve({ value: undefined, done: true });
  }

  /** Leaves the stream: its connection is closed at once, and what was not read is gone. */
  leave() {
    if (!this.over) this.environment.calls.delete(this.id);
    this.environment.bridge.release(this.id);
    this.chunks = [];
    this.at = 0;
    this.error = undefined;
    this.finish();
    for (const waiter of this.takeWaiters()) waiter.resolve({ value: undefined, done: true });
  }

  /** As `leave`, but the reader gets `reason`. */
  abort(reason) {
    if (this.over) return;
    this.environment.calls.delete(this.id);
    this.environment.bridge.release(this.id);
    this.chunks = [];
    this.at = 0;
    this.fail(reason);
  }

  takeWaiters() {
    const { waiters } = this;
    this.waiters = [];
    for (let count = waiters.length; count > 0; count--) this.environment.release();
    return waiters;
  }

  finish() {
    this.over = true;
    const { onOver } = this;
    this.onOver = undefined;
    onOver?.();
  }

  /** The sum of all chunks, or undefined where the end was not reached. */
  sum() {
    if (!this.complete) return undefined;
    this.text ??= this.environment.bridge.take(this.id) ?? undefined;
    return this.text === undefined ? undefined : withTrace(JSON.parse(this.text));
  }
}

module.exports = { Channel };
