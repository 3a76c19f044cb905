const native = require('./native.js');
const { APIPromise } = require('./api_promise.js');
const { badRequest, guarded } = require('./errors.js');
const { encode } = require('./encode.js');
const { Providers, Routes } = require('./inventory.js');
const { clientOptions, requestOptions } = require('./options.js');
const { ask, callback, takeFunctions } = require('./order.js');
const { replay } = require('./replay.js');
const { current, Failure } = require('./environment.js');
const { Stream } = require('./stream.js');
const { shownRouting } = require('./trace.js');
const { takeFiles, takesFiles } = require('./uploads.js');

/** The operations that have streams; a chat has no name. */
const STREAMED = new Set([undefined, 'responses', 'messages', 'completions']);

/** Asks for one operation, a chat without its name; `call` gets what was started, for the head of its response. */
async function send(client, operation, body, options, call) {
  const signal = options?.signal ?? undefined;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw badRequest('signal', 'must be an AbortSignal');
  }
  if (options !== undefined && (typeof options !== 'object' || options === null || Array.isArray(options))) {
    throw badRequest('options', 'must be an object');
  }
  if (signal?.aborted) throw signal.reason;
  let [asked, files] = [body];
  if (takesFiles(operation) && typeof body === 'object' && body !== null) {
    ({ body: asked, files } = await takeFiles(operation, body));
    if (signal?.aborted) throw signal.reason;
  }
  const encoded = encode(asked, 'body');
  const given = options && encode(requestOptions(options), 'options');
  if (given?.strings) throw badRequest('options', 'holds a string longer than 64 KiB');
  const streaming = STREAMED.has(operation) && body.stream === true;
  const started = guarded(() => current().start(client, operation, streaming, encoded, given?.text, files));
  call.started = started;

  const onAbort = signal && (() => started.abort(signal.reason));
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const data = await started.promise;
    return streaming ? Stream.ofChannel(data, signal) : data;
  } catch (reason) {
    // The error is made here and not in the queue, so that its stack shows the caller.
    throw reason instanceof Failure ? reason.toError() : reason;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

/** One operation of a client's. */
class Resource {
  #client;
  #operation;

  constructor(client, operation) {
    this.#client = client;
    this.#operation = operation;
  }

  create(body, options) {
    const call = {};
    return APIPromise.of(send(this.#client, this.#operation, body, options, call), call);
  }
}

class Completions extends Resource {}
class Embeddings extends Resource {}
class Rerank extends Resource {}
class Speech extends Resource {}
class Transcriptions extends Resource {}
class Translations extends Resource {}
class Moderations extends Resource {}

class Audio {
  constructor(client) {
    this.speech = new Speech(client, 'speech');
    this.transcriptions = new Transcriptions(client, 'transcriptions');
    this.translations = new Translations(client, 'translations');
  }
}

class Images {
  #client;

  constructor(client) {
    this.#client = client;
  }

  generate(body, options) {
    const call = {};
    return APIPromise.of(send(this.#client, 'images', body, options, call), call);
  }

  edit(body, options) {
    const call = {};
    return APIPromise.of(send(this.#client, 'image_edits', body, options, call), call);
  }
}
class Responses extends Resource {}
class Messages extends Resource {}

class TextCompletions extends Resource {}

class Tokens {
  #client;

  constructor(client) {
    this.#client = client;
  }

  count(body, options) {
    const call = {};
    return APIPromise.of(send(this.#client, 'count_tokens', body, options, call), call);
  }
}

/** Many chats handed in at once. */
class Batches {
  #client;

  constructor(client) {
    this.#client = client;
  }

  #ask(body, options) {
    const call = {};
    return APIPromise.of(send(this.#client, 'batches', body, options, call), call);
  }

  create(body, options) {
    return this.#ask(body, options);
  }

  retrieve(id, options) {
    return this.#ask({ action: 'retrieve', id }, options);
  }

  cancel(id, options) {
    return this.#ask({ action: 'cancel', id }, options);
  }

  list(body = {}, options = undefined) {
    return this.#ask({ ...body, action: 'list' }, options);
  }

  results(id, options) {
    return this.#ask({ action: 'results', id }, options);
  }

  async *watch(id, options) {
    for (let poll = 0; ; poll += 1) {
      const batch = await this.#ask({ action: 'retrieve', id, poll }, options);
      yield batch;
      if (batch.ended) return;
    }
  }

  async wait(id, options = {}) {
    const { onProgress, ...others } = options;
    let last;
    for await (const batch of this.watch(id, others)) {
      onProgress?.(batch);
      last = batch;
    }
    return last;
  }
}

class Models {
  #client;

  constructor(client) {
    this.#client = client;
  }

  list(options) {
    const call = {};
    return APIPromise.of(send(this.#client, 'models', {}, options, call), call);
  }
}

class Chat {
  constructor(client) {
    this.completions = new Completions(client);
  }
}

const DERIVED = Symbol('derived');

class Roocode {
  #client;

  constructor(options = {}, from = undefined) {
    this.#client = from?.[DERIVED] ?? open(options);
    this.chat = new Chat(this.#client);
    this.embeddings = new Embeddings(this.#client, 'embeddings');
    this.rerank = new Rerank(this.#client, 'rerank');
    this.models = new Models(this.#client);
    this.responses = new Responses(this.#client, 'responses');
    this.messages = new Messages(this.#client, 'messages');
    this.tokens = new Tokens(this.#client);
    this.completions = new TextCompletions(this.#client, 'completions');
    this.batches = new Batches(this.#client);
    this.images = new Images(this.#client);
    this.audio = new Audio(this.#client);
    this.moderations = new Moderations(this.#client, 'moderations');
    this.providers = new Providers(this.#client);
    this.routes = new Routes(this.#client);
  }

  /** Asks for an operation that providers declare. */
  call(operation, input = {}, options = undefined) {
    const body = { operation, input };
    let others = options;
    if (options?.idempotencyKey !== undefined) {
      ({ idempotencyKey: body.idempotency_key, ...others } = options);
    }
    const call = {};
    return APIPromise.of(send(this.#client, 'service', body, others, call), call);
  }

  /** A client with other options that shares this one's connections. */
  withOptions(options) {
    const derived = guarded(() => this.#client.withOptions(settings(options)));
    derived.functions = this.#client.functions;
    return new this.constructor({}, { [DERIVED]: derived });
  }

  /** How the target of a request would be chosen now; nothing is sent. */
  explain(body, options) {
    const { text, mark, strings } = encode(body, 'body');
    const given = options && encode(requestOptions(options), 'options').text;
    const { functions } = this.#client;
    const answers = functions.size > 0 ? this.#answers(text, given, mark, strings) : undefined;
    return shownRouting(JSON.parse(guarded(() => this.#client.explain(text, given, mark, strings, answers))));
  }

  /** What functions of the routes say to this request: native code cannot ask this thread while it is in there. */
  #answers(...request) {
    const questions = JSON.parse(guarded(() => this.#client.orderQuestions(...request)));
    return JSON.stringify(questions.map((question) => ask(this.#client.functions, question)));
  }

  /** Tells how good a reply was, from 0 to 1; the strategy `bandit` learns from it. */
  reportReward(reward, of) {
    if (typeof of !== 'object' || of === null) throw badRequest('reply', 'give `{ reply }`, or `{ route, target }`');
    const { text, mark, strings } = encode({ ...of, reward }, 'report');
    guarded(() => this.#client.reportReward(text, mark, strings));
  }

  /** The same as `replay` of this module. */
  replay(trace) {
    return replay(trace);
  }

  /** What was seen of every target that was asked, by name. */
  stats() {
    return JSON.parse(guarded(() => this.#client.stats()));
  }

  /** Ends this client: a later call is an error. */
  close() {
    guarded(() => this.#client.close());
  }

  async [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]() {
    this.close();
  }
}

/** A native client. The functions of its routes live as long as it is held here. */
function open(given) {
  checkObject(given);
  const { options, functions } = takeFunctions(given);
  const text = settings(options);
  const asked = functions.size > 0 ? [[...functions.keys()], callback(functions)] : [];
  const client = guarded(() => native.NativeClient.open(text, ...asked));
  client.functions = functions;
  return client;
}

function checkObject(options) {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw badRequest('options', 'must be an object');
  }
}

function settings(options) {
  checkObject(options);
  const { text, strings } = encode(clientOptions(options), 'options');
  if (strings) throw badRequest('options', 'holds a string longer than 64 KiB');
  return text;
}

let shared;

/** A client of the environment's settings, made when it is first used. */
const roocode = {
  get chat() {
    return client().chat;
  },
  get embeddings() {
    return client().embeddings;
  },
  get rerank() {
    return client().rerank;
  },
  get models() {
    return client().models;
  },
  get tokens() {
    return client().tokens;
  },
  get completions() {
    return client().completions;
  },
  get images() {
    return client().images;
  },
  get audio() {
    return client().audio;
  },
  get moderations() {
    return client().moderations;
  },
  get batches() {
    return client().batches;
  },
  get responses() {
    return client().responses;
  },
  get messages() {
    return client().messages;
  },
  get providers() {
    return client().providers;
  },
  get routes() {
    return client().routes;
  },
  call: (operation, input, options) => client().call(operation, input, options),
  withOptions: (options) => client().withOptions(options),
  explain: (body, options) => client().explain(body, options),
  stats: () => client().stats(),
  reportReward: (reward, of) => client().reportReward(reward, of),
  replay: (trace) => replay(trace),
  close() {
    shared?.close();
    shared = undefined;
  },
};

function client() {
  shared ??= new Roocode();
  return shared;
}

module.exports = { Roocode, roocode };
