// A streamed reply, as the OpenAI SDK for Node has it.

const native = require('./native.js');
const { classes, guarded } = require('./errors.js');
const { withTrace } = require('./trace.js');

// A stream that nobody holds any more closes its connection.
const forgotten = new FinalizationRegistry((channel) => channel.leave());

/** Walks a stream, and holds it so that it is not collected meanwhile. */
class Walk {
  constructor(stream, source) {
    this.stream = stream;
    this.source = source;
  }

  next() {
    return this.source.next();
  }

  async return(value) {
    this.stream.abort();
    return { value, done: true };
  }

  async throw(error) {
    this.stream.abort();
    throw error;
  }

  [Symbol.asyncIterator]() {
    return this;
  }
}

/**
 * Where the chunks come from: `next()` as of an iterator, `leave()` to stop, and
 * `sum()`, which gives the sum of all chunks once the end was reached.
 */
class Stream {
  #source;
  #controller;

  constructor(source) {
    this.#source = source;
  }

  /** The stream of a channel: collected with it, ended by `signal`. */
  static ofChannel(channel, signal) {
    const stream = new Stream(channel);
    forgotten.register(stream, channel);
    if (signal && !channel.over) {
      if (signal.aborted) {
        channel.abort(signal.reason);
      } else {
        const onAbort = () => channel.abort(signal.reason);
        signal.addEventListener('abort', onAbort, { once: true });
        channel.onOver = () => signal.removeEventListener('abort', onAbort);
      }
    }
    return stream;
  }

  /** The chunks of what `toReadableStream` made, such as the body of a response of your own server. */
  static fromReadableStream(readable, controller) {
    const stream = new Stream(new Lines(readable));
    if (controller) stream.#control(controller);
    return stream;
  }

  [Symbol.asyncIterator]() {
    return new Walk(this, this.#source);
  }

  /** Stops: closes the connection, and ends the iteration without an error. */
  abort() {
    this.#source.leave();
  }

  /** Its `abort()` is this stream's. */
  get controller() {
    if (!this.#controller) this.#control(new AbortController());
    return this.#controller;
  }

  #control(controller) {
    this.#controller = controller;
    const source = this.#source;
    controller.signal.addEventListener('abort', () => source.leave(), { once: true });
  }

  /** Two streams that each get every chunk, at their own pace. */
  tee() {
    const fork = new Fork(this, this.#source);
    return [new Stream(fork.branch(0)), new Stream(fork.branch(1))];
  }

  /** One line of JSON for each chunk, as bytes. */
  toReadableStream() {
    const encoder = new TextEncoder();
    const walk = this[Symbol.asyncIterator]();
    return new ReadableStream({
      async pull(sink) {
        const { value, done } = await walk.next();
        if (done) sink.close();
        else sink.enqueue(encoder.encode(`${JSON.stringify(value)}\n`));
      },
      async cancel() {
        await walk.return();
      },
    });
  }

  /** Reads what is left and gives the reply that the plain call would have given. */
  async finalCompletion() {
    for await (const _ of { [Symbol.asyncIterator]: () => ({ next: () => this.#source.next() }) });
    const sum = this.#source.sum();
    if (sum === undefined) {
      throw new classes.StreamInterruptedError('the stream did not reach its end, so there is no whole of it');
    }
    return sum;
  }

  /** The same of a streamed response. */
  finalResponse() {
    return this.finalCompletion();
  }

  /** The same of a streamed message. */
  finalMessage() {
    return this.finalCompletion();
  }

  async [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]() {
    this.abort();
  }
}

/** One source for two readers; what one has read and the other not waits. */
class Fork {
  constructor(stream, source) {
    this.stream = stream;
    this.source = source;
    this.queues = [[], []];
    this.left = [false, false];
  }

  branch(index) {
    const { queues, left, source } = this;
    return {
      next: () => {
        if (left[index]) return Promise.resolve({ value: undefined, done: true });
        if (queues[index].length === 0) {
          const result = source.next();
          for (const side of [0, 1]) if (!left[side]) queues[side].push(result);
          // Each side sees a failure; a side that never looks must not make it unhandled.
          result.catch(() => {});
        }
        return queues[index].shift();
      },
      leave: () => {
        left[index] = true;
        queues[index] = [];
        // Held until here, so that the source is not collected before its branches.
        if (left[0] && left[1]) this.stream.abort();
      },
      sum: () => source.sum(),
    };
  }
}

/** The chunks of lines of JSON. */
class Lines {
  constructor(readable) {
    this.reader = readable.getReader();
    this.decoder = new TextDecoder();
    this.rest = '';
    this.lines = [];
    this.seen = [];
    this.over = false;
    this.complete = false;
    this.turn = Promise.resolve();
  }

  next() {
    // One after the other, as with a generator.
    const result = this.turn.then(() => this.read());
    this.turn = result.catch(() => {});
    return result;
  }

  async read() {
    while (!this.over && this.lines.length === 0) {
      const { value, done } = await this.reader.read();
      const text = this.rest + (done ? this.decoder.decode() : this.textOf(value));
      const lines = text.split('\n');
      this.rest = done ? '' : lines.pop();
      this.lines = lines.filter((line) => line.trim() !== '');
      if (done) this.over = this.complete = true;
    }
    const line = this.lines.shift();
    if (line === undefined) return { value: undefined, done: true };
    this.seen.push(line);
    try {
      return { value: withTrace(JSON.parse(line)), done: false };
    } catch (cause) {
      this.leave();
      const error = new classes.ResponseDecodeError('a line of the readable stream is not JSON', { body: line });
      error.cause = cause;
      throw error;
    }
  }

  textOf(value) {
    return typeof value === 'string' ? value : this.decoder.decode(value, { stream: true });
  }

  leave() {
    this.lines = [];
    if (this.over) return;
    this.over = true;
    this.reader.cancel().catch(() => {});
  }

  sum() {
    if (!this.complete) return undefined;
    return withTrace(JSON.parse(guarded(() => native.accumulate(`[${this.seen.join(',')}]`))));
  }
}

module.exports = { Stream };
