/// <reference types="node" />

import type {
  Batch,
  BatchList,
  BatchResults,
  ChatCompletion,
  ChatCompletionChunk,
  ChatRequestParam,
  Completion,
  CompletionRequestParam,
  CountTokensRequestParam,
  CreateBatchRequestParam,
  Embeddings as EmbeddingsReply,
  EmbeddingsRequestParam,
  ErrorDetails,
  ErrorKind,
  ImageEditsRequestParam,
  Images as ImagesReply,
  ImagesRequestParam,
  ListBatchesRequestParam,
  MessageEvent,
  MessageReply,
  MessagesRequestParam,
  ModelList,
  ModelResponse,
  Moderation,
  ModerationRequestParam,
  OrderCandidate,
  OrderRequest,
  Propensity,
  Replay,
  Reranking,
  RerankRequestParam,
  ResponseEvent,
  ResponsesRequestParam,
  RoutingOptionsParam,
  RoutingTrace,
  ServiceReply,
  ServiceRequestParam,
  Speech,
  SpeechRequestParam,
  StrategyName,
  TargetStats,
  TokenCount,
  Trace,
  Transcription,
  TranscriptionRequestParam,
  VariantStats,
} from './types';

export type * from './content';
export type * from './types';

/** Limits in milliseconds, by what they limit. */
export interface Timeouts {
  /** From the start of a connection to its end, TLS included. */
  connect?: number;
  /** From the request's start to the response's head. */
  firstByte?: number;
  /** Between two reads of a response's body. */
  idle?: number;
  /** From the request's start to the body's end. */
  total?: number;
}

/** What to do with a parameter that the target cannot honour. */
export type Unsupported = 'error' | 'drop';

/** How one request is sent, beside what is asked. */
export interface RequestOptions {
  /** Ends the request, and the stream after it; the promise rejects with the signal's reason. */
  signal?: AbortSignal | null;
  /** The configured provider to ask, whatever the model's name says. */
  provider?: string;
  /** What routing is to know of this request: tags, region, residency, session, seed, … */
  routing?: RoutingOptionsParam;
  /** Milliseconds for the whole call, or limits by name. */
  timeout?: number | Timeouts;
  /** How often a failed exchange is tried again. */
  maxRetries?: number;
  unsupported?: Unsupported;
  /** Headers added to the HTTP request. */
  headers?: Record<string, string>;
  /** Query parameters added to the URL. */
  query?: Record<string, string>;
  /** Fields added to the JSON body, in the target's own words. */
  body?: Record<string, unknown>;
  /** What is done with a stream that breaks after its first content. Default: the route's, else the client's. */
  streamRecovery?: 'error' | 'continue';
  /** Whether it may share the reply of an identical request that is on its way. Plain calls only. Default false. */
  coalesce?: boolean;
}

/** A provider: an account at one service. The core's documentation names all fields. */
export interface ProviderOptions {
  /** What requests call it. Default: the name of its kind. */
  name?: string;
  /** What it speaks and where: `openai`, `anthropic`, `groq`, `custom`, … */
  kind: string;
  apiKey?: string;
  /** The environment variable that holds the key. Default: the kind's. */
  apiKeyEnv?: string;
  baseURL?: string;
  /** Milliseconds, or limits by name. */
  timeout?: number | Timeouts;
  maxRetries?: number;
  /** Headers added to every request to it. */
  headers?: Record<string, string>;
  query?: Record<string, string>;
  /**
   * A client certificate (mutual TLS) and authorities of its own, each as PEM or the path of a file. Default of `key`:
   * it stands beside the certificate.
   */
  tls?: { certificate?: string; key?: string; authorities?: string };
  /** How many requests at a time each of its targets gets, found out by trying; `{}`: with the defaults. */
  adaptiveConcurrency?: Record<string, unknown>;
  /** Asks it in the background whether it works; times in seconds. See "Routing" in the README. */
  healthCheck?: Record<string, unknown>;
  /** Further settings: `variables`, `dialect`, `auth`, `models`, `prices`, `region`, `tags`, … */
  [setting: string]: unknown;
}

/** What holds for every request of a client. */
export interface RequestDefaults {
  /** Milliseconds, or limits by name. */
  timeout?: number | Timeouts;
  /** How often a failed exchange is tried again. */
  maxRetries?: number;
  /** What to do with a parameter that a target cannot honour. */
  unsupported?: Unsupported;
  defaultHeaders?: Record<string, string>;
  defaultQuery?: Record<string, string>;
}

export interface ClientOptions extends RequestDefaults {
  /** The providers. Without them, every kind whose key is in the environment. */
  providers?: readonly ProviderOptions[];
  /** Shorthand for one provider: its kind. */
  provider?: string;
  /** Shorthand for one provider: its key. */
  apiKey?: string;
  /** Shorthand for one provider: where it is. */
  baseURL?: string;
  /** Your own kinds, as rows like the built-in ones. */
  kinds?: Record<string, Record<string, unknown>>;
  /** Named sets of targets; a request names one as its `model`. See "Routing" in the README. */
  routes?: Record<string, RouteOptions>;
  /** The route of requests that name no model. */
  defaultRoute?: string;
  /** How failures are treated: `retry`, `retry_budget`, `breaker`, `cooldown`, `hedge`, `queue`, `adaptive_concurrency`, … */
  resilience?: Record<string, unknown>;
  /** A proxy for every request, such as `http://host:8080` or `socks5://host:1080`. */
  proxy?: string;
  /** Bytes of a request's body above which it is refused. */
  maxRequestBytes?: number;
  /** Bytes of a response's body above which it is refused. */
  maxResponseBytes?: number;
}

/**
 * Orders the targets of a route: gives their names, the first first, or one name; targets that it
 * leaves out come after. Asked once for each request that has a choice. Where it throws, is async,
 * names what it was not given or is not answered in time (`timeout_seconds`, default 1), `then`
 * decides, else the order of the route; the trace says why (a step `order_failed`).
 */
export type OrderFunction = (
  candidates: OrderCandidate[],
  request: OrderRequest,
) => string | OrderCandidate | readonly (string | OrderCandidate)[];

/** A strategy's name, a function of your own, or an object of `type` and options. */
export type StrategyOption =
  | StrategyName
  | OrderFunction
  | {
      type: StrategyName;
      /** For `custom`. */
      function?: OrderFunction;
      then?: StrategyOption;
      [option: string]: unknown;
    };

/** What a reward is for: a reply of a route (the last chunk of a stream, or its trace), or a target of one. */
export type Rewarded =
  | {
      reply: ChatCompletion | ChatCompletionChunk | ModelResponse | ResponseEvent | MessageReply | MessageEvent | Trace;
    }
  | {
      route: string;
      /** `provider/model`. */
      target: string;
      /** The trace's `id`, where it is known. */
      id?: string;
    };

/** A named set of targets and how one is chosen among them. */
export interface RouteOptions {
  /** `provider/model`, or an object of `target`, `weight`, `priority`, `quality`, `parameters` and `degraded`. */
  targets?: readonly (string | { target: string; [setting: string]: unknown })[];
  /** A strategy's name, or an object of its `type` and options. */
  strategy?: StrategyOption;
  /** Other targets that one request may be shown after failures. */
  maxFallbacks?: number;
  /** Whether content that one target refuses is shown to another. */
  contentPolicyFallback?: boolean;
  /** Conditions, in order: the first that holds sends the request to another route or target. */
  rules?: readonly { when: string; to: string; name?: string; utc_offset?: string }[];
  /** Shares of the requests, in percent, that go to other routes or targets. */
  split?: {
    name: string;
    /** What stays with its variant: `session`, `user`, `tenant`, `metadata.<name>`, or `request` for nothing. */
    key?: string;
    variants: readonly { to: string; share: number; name?: string }[];
  };
  /** A split with one variant, in short. */
  canary?: { to: string; share: number; key?: string };
  /** A share of the requests, in percent, is copied to another route or target; replies are not touched. */
  shadow?: { to: string; share: number; max_in_flight?: number; max_queue?: number; timeout?: number };
  /** What every request of this route asks of its targets, beside what it asks itself. */
  requires?: { tags?: string[]; region?: string; residency?: string[]; data_policy?: string[] };
  /** What is done with a stream that breaks after its first content. Default: the client's, else `error`. */
  streamRecovery?: 'error' | 'continue';
}

/** What stands behind a mark: replayed traffic, the service's schema, its own server. None: not verified. */
export type Evidence = 'recording' | 'schema' | 'live';

/** What a kind can do, by operation (`chat`, `embeddings`, …), and the features of each (`tools`, `vision`, …). */
export type Capabilities = Record<string, { evidence: Evidence[]; features?: Record<string, Evidence[]> }>;

/** A configured provider, without its credentials. */
export interface ProviderInfo {
  name: string;
  kind: string;
  capabilities: Capabilities;
  [field: string]: unknown;
}

/** A kind of provider: what it speaks and where. */
export interface KindInfo {
  kind: string;
  ready: boolean;
  capabilities: Capabilities;
  [field: string]: unknown;
}

/** The head of the response. */
export interface ResponseHead {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: Headers;
  /** The provider's id of the request. */
  readonly requestId: string | undefined;
  readonly request_id: string | undefined;
}

/** The promise of a reply, which can also give the head of its response. */
export declare class APIPromise<T> extends Promise<T> {
  /** The reply and the head of the response that brought it. */
  withResponse(): Promise<{ data: T; response: ResponseHead }>;
}

/** A streamed reply. Leaving its `for await` closes the connection at once. */
export declare class Stream<T = ChatCompletionChunk> implements AsyncIterable<T> {
  private constructor();
  /** The chunks of what `toReadableStream` made, such as the body of a response of your own server. */
  static fromReadableStream<T = ChatCompletionChunk>(
    readable: ReadableStream<Uint8Array | string>,
    controller?: AbortController,
  ): Stream<T>;
  [Symbol.asyncIterator](): AsyncIterableIterator<T>;
  /** Stops: closes the connection, and ends the iteration without an error. */
  abort(): void;
  /** Its `abort()` is this stream's. */
  get controller(): AbortController;
  /** Two streams that each get every chunk, at their own pace. */
  tee(): [Stream<T>, Stream<T>];
  /** One line of JSON for each chunk, as bytes. */
  toReadableStream(): ReadableStream<Uint8Array>;
  /** Reads what is left and gives the reply that the plain call would have given. */
  finalCompletion(): Promise<T extends Completion ? Completion : ChatCompletion>;
  /** The same of a streamed response. */
  finalResponse(): Promise<ModelResponse>;
  /** The same of a streamed message. */
  finalMessage(): Promise<MessageReply>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface Completions {
  create(body: ChatRequestParam & { stream: true }, options?: RequestOptions): APIPromise<Stream<ChatCompletionChunk>>;
  create(body: ChatRequestParam & { stream?: false | null }, options?: RequestOptions): APIPromise<ChatCompletion>;
  create(body: ChatRequestParam, options?: RequestOptions): APIPromise<ChatCompletion | Stream<ChatCompletionChunk>>;
}

export interface Chat {
  readonly completions: Completions;
}

/** Texts to vectors. */
export interface EmbeddingsResource {
  create(body: EmbeddingsRequestParam, options?: RequestOptions): APIPromise<EmbeddingsReply>;
}

/** Documents by relevance. */
export interface RerankResource {
  create(body: RerankRequestParam, options?: RequestOptions): APIPromise<Reranking>;
}

/** How much a request is, before it is sent. */
export interface TokensResource {
  /**
   * Counts the tokens of a chat request's input, by the service that would answer where it counts, else by a rule
   * of thumb; the result says which. The fields are those of a chat: what says nothing of the input has no effect.
   */
  count(body: CountTokensRequestParam, options?: RequestOptions): APIPromise<TokenCount>;
}

/** What follows a text, in OpenAI's older API. */
export interface TextCompletionsResource {
  create(body: CompletionRequestParam & { stream: true }, options?: RequestOptions): APIPromise<Stream<Completion>>;
  create(body: CompletionRequestParam & { stream?: false | null }, options?: RequestOptions): APIPromise<Completion>;
  create(body: CompletionRequestParam, options?: RequestOptions): APIPromise<Completion | Stream<Completion>>;
}

/** Makes images, and changes them. */
export interface ImagesResource {
  generate(body: ImagesRequestParam, options?: RequestOptions): APIPromise<ImagesReply>;
  edit(body: ImageEditsRequestParam, options?: RequestOptions): APIPromise<ImagesReply>;
}

/** Text to speech. */
export interface SpeechResource {
  create(body: SpeechRequestParam, options?: RequestOptions): APIPromise<Speech>;
}

/** Speech to text. */
export interface TranscriptionsResource {
  create(body: TranscriptionRequestParam, options?: RequestOptions): APIPromise<Transcription>;
}

/** Speech to English text. */
export interface TranslationsResource {
  create(
    body: Omit<TranscriptionRequestParam, 'language' | 'timestamp_granularities'>,
    options?: RequestOptions,
  ): APIPromise<Transcription>;
}

/** Speech of texts, and texts of speech. */
export interface Audio {
  readonly speech: SpeechResource;
  readonly transcriptions: TranscriptionsResource;
  readonly translations: TranslationsResource;
}

/** Whether texts or images are objectionable. */
export interface ModerationsResource {
  create(body: ModerationRequestParam, options?: RequestOptions): APIPromise<Moderation>;
}

/** Many chats handed in at once, answered within a day at a lower price. */
export interface BatchesResource {
  create(body: CreateBatchRequestParam, options?: RequestOptions): APIPromise<Batch>;
  /** How far a batch has come. `id` as `create` gave it. */
  retrieve(id: string, options?: RequestOptions): APIPromise<Batch>;
  /** Ends a batch early: what is answered until then has results. */
  cancel(id: string, options?: RequestOptions): APIPromise<Batch>;
  /**
   * The batches of a provider, the newest first: of the one that `provider` of the options names, which may be left
   * out where only one has batches. `after`: the `next` of the page before.
   */
  list(body?: ListBatchesRequestParam, options?: RequestOptions): APIPromise<BatchList>;
  /** The completions and errors of a batch that has ended, with what they took and cost. */
  results(id: string, options?: RequestOptions): APIPromise<BatchResults>;
  /** Looks at a batch until it has ended: at once, after 2 s, and then at most every minute. */
  watch(id: string, options?: RequestOptions): AsyncGenerator<Batch, void, undefined>;
  /** Waits until a batch has ended. `onProgress` is told of each look at it; a `signal` ends the wait. */
  wait(id: string, options?: RequestOptions & { onProgress?: (batch: Batch) => void }): Promise<Batch>;
}

/** OpenAI's Responses API, at every provider that chats. */
export interface Responses {
  create(body: ResponsesRequestParam & { stream: true }, options?: RequestOptions): APIPromise<Stream<ResponseEvent>>;
  create(body: ResponsesRequestParam & { stream?: false | null }, options?: RequestOptions): APIPromise<ModelResponse>;
  create(body: ResponsesRequestParam, options?: RequestOptions): APIPromise<ModelResponse | Stream<ResponseEvent>>;
}

/** Anthropic's Messages, at every provider that chats. */
export interface Messages {
  create(body: MessagesRequestParam & { stream: true }, options?: RequestOptions): APIPromise<Stream<MessageEvent>>;
  create(body: MessagesRequestParam & { stream?: false | null }, options?: RequestOptions): APIPromise<MessageReply>;
  create(body: MessagesRequestParam, options?: RequestOptions): APIPromise<MessageReply | Stream<MessageEvent>>;
}

/** The models that can be asked for. */
export interface Models {
  /**
   * Asks every active provider that has a key and such a list for its models, and puts the lists together.
   * With `provider` that one alone is asked. A provider that fails is told of among the `providers` of the list;
   * it is an error where it is the only one, or all fail.
   */
  list(options?: RequestOptions): APIPromise<ModelList>;
}

/** What a service answered; `Data` is by the `answer` that its operation declares. */
export type ServiceAnswer<Data> = Omit<ServiceReply, 'data'> & { data: Data };

/** How a call of an operation is sent. */
export interface CallOptions extends RequestOptions {
  /** What a service that takes such a key is to know the request again by, in later calls too. */
  idempotencyKey?: string;
}

export interface Providers {
  /** The configured providers, without their credentials. */
  list(): ProviderInfo[];
  /** Every kind of provider there is, and whether it is ready to use. */
  kinds(): KindInfo[];
  /** Adds a provider, after all others. */
  add(config: ProviderOptions): void;
  /**
   * Changes a provider: each field replaces that of its declaration, null brings back the default. With
   * another address, key or limit it begins anew: what was learned of it is forgotten.
   */
  update(name: string, changes: { [Setting in keyof ProviderOptions]?: ProviderOptions[Setting] | null }): void;
  /** Lets a provider take part again, with what is known of it. */
  activate(name: string): void;
  /** Lets a provider rest: no new request goes there. Routes keep its targets. */
  deactivate(name: string): void;
  /** Takes a provider away. An error where a route names it. */
  remove(name: string): void;
}

/** A route as it was declared. */
export interface RouteInfo {
  name: string;
  /** Whether requests that name no model take it. */
  default: boolean;
  [field: string]: unknown;
}

/**
 * The routes of a client. A change holds for requests that begin after it; those under way end as they
 * began. What is refused throws a `ConfigurationError` and leaves everything as it was.
 */
export interface Routes {
  /** Every route as it was declared, with its name. */
  list(): RouteInfo[];
  /**
   * What was seen of each variant of the routes' splits, and of copies, by route, split and variant. Requests are
   * counted, not attempts.
   */
  variants(): VariantStats[];
  /** Sets a route, in place of another of its name. */
  set(name: string, config: RouteOptions): void;
  /** Sets the weights of some targets, each by its name as the route declares it. */
  setWeights(name: string, weights: Record<string, number>): void;
  /** Takes a route away. An error where another route leads to it. */
  remove(name: string): void;
}

/** A client: providers, and the connections to them. Make one and keep it. */
export declare class Roocode {
  constructor(options?: ClientOptions);
  readonly chat: Chat;
  readonly embeddings: EmbeddingsResource;
  readonly rerank: RerankResource;
  readonly models: Models;
  readonly responses: Responses;
  readonly messages: Messages;
  readonly tokens: TokensResource;
  readonly completions: TextCompletionsResource;
  readonly batches: BatchesResource;
  readonly images: ImagesResource;
  readonly audio: Audio;
  readonly moderations: ModerationsResource;
  readonly providers: Providers;
  readonly routes: Routes;
  /**
   * Asks for an operation that providers declare, such as `sms.send`: of every active provider that
   * has it, in order; with a provider in front (`twilio/sms.send`) of that one alone; or a route's.
   */
  call<Data = unknown>(
    operation: string,
    input?: { readonly [field: string]: unknown },
    options?: CallOptions,
  ): APIPromise<ServiceAnswer<Data>>;
  /** A client with other options that shares this one's connections. */
  withOptions(options: RequestDefaults): Roocode;
  /**
   * How the target of a request would be chosen now: why each target of the route is left out, and
   * in which order the others come. Nothing is sent.
   */
  explain(body: ChatRequestParam & { operation?: 'chat' }, options?: RequestOptions): RoutingTrace;
  explain(body: EmbeddingsRequestParam & { operation: 'embeddings' }, options?: RequestOptions): RoutingTrace;
  explain(body: ResponsesRequestParam & { operation: 'responses' }, options?: RequestOptions): RoutingTrace;
  explain(body: MessagesRequestParam & { operation: 'messages' }, options?: RequestOptions): RoutingTrace;
  explain(body: RerankRequestParam & { operation: 'rerank' }, options?: RequestOptions): RoutingTrace;
  explain(body: CountTokensRequestParam & { operation: 'count_tokens' }, options?: RequestOptions): RoutingTrace;
  explain(body: CompletionRequestParam & { operation: 'completions' }, options?: RequestOptions): RoutingTrace;
  explain(body: ImagesRequestParam & { operation: 'images' }, options?: RequestOptions): RoutingTrace;
  explain(body: ImageEditsRequestParam & { operation: 'image_edits' }, options?: RequestOptions): RoutingTrace;
  explain(body: SpeechRequestParam & { operation: 'speech' }, options?: RequestOptions): RoutingTrace;
  explain(
    body: TranscriptionRequestParam & { operation: 'transcriptions' | 'translations' },
    options?: RequestOptions,
  ): RoutingTrace;
  explain(body: ModerationRequestParam & { operation: 'moderations' }, options?: RequestOptions): RoutingTrace;
  explain(body: ServiceRequestParam, options?: RequestOptions): RoutingTrace;
  /**
   * Tells how good a reply was, from 0 to 1; the strategy `bandit` learns from it. Sends nothing,
   * and may come at any time after the reply: it counts from now on. A second report of the same
   * reply takes the place of the first, as far as that is among the latest 4,096 of the route; a
   * report without an id always counts. A route of another strategy keeps the rewards too. A reply
   * whose request a rule or a split sent on counts for the route that served it.
   *
   * Throws BadRequestError for a reward outside 0 to 1, a route that is not there, a target that is
   * none of it, and a reply that no route served, because a rule or a split led straight to a
   * target; `param` names the place.
   */
  reportReward(reward: number, of: Rewarded): void;
  /** The same as `replay` of this module. */
  replay(trace: Recorded): Replay;
  /** What was seen of every target that was asked, by name; clients that share connections share it. */
  stats(): TargetStats[];
  /** Ends this client: a later call is an error. */
  close(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A client of the environment's settings, made when it is first used. */
export declare const roocode: Pick<
  Roocode,
  | 'chat'
  | 'embeddings'
  | 'rerank'
  | 'models'
  | 'responses'
  | 'messages'
  | 'tokens'
  | 'completions'
  | 'batches'
  | 'images'
  | 'audio'
  | 'moderations'
  | 'call'
  | 'providers'
  | 'routes'
  | 'withOptions'
  | 'explain'
  | 'stats'
  | 'reportReward'
  | 'replay'
  | 'close'
>;

/** A recorded decision, or what holds one. */
export type Recorded = RoutingTrace | Trace | ChatCompletion | ChatCompletionChunk | ModelResponse | MessageReply;

/**
 * Makes a recorded decision again, and says where it comes out otherwise. The record alone is
 * enough: values, seed and request are in it, and the order that a function of yours gave.
 *
 * Throws BadRequestError where it was not recorded in full, or was made by a version of the
 * strategies that decides otherwise.
 */
export declare function replay(trace: Recorded): Replay;

/**
 * How likely each target was to be chosen, for each choice of a recorded decision; for estimates from
 * logged choices. Empty for strategies that do not draw by known chances (`bandit`, `random`); of
 * `random` as the `then` of another strategy only that of the target taken is told.
 */
export declare function propensities(trace: Recorded): Propensity[][];

export declare const version: string;

type ErrorFields = Partial<Omit<ErrorDetails, 'kind' | 'message' | 'source'>>;

/** The base of every error of this package. */
export declare class RoocodeError extends Error {
  constructor(message: string, details?: ErrorFields);
  /** The name of the class. */
  readonly kind: ErrorKind | 'RoocodeError';
  /** The provider's id of the request. */
  readonly requestId: ErrorDetails['request_id'];
  /** Seconds that the provider asks to wait. */
  readonly retryAfter: ErrorDetails['retry_after'];
}
export interface RoocodeError extends Readonly<ErrorFields> {}

/** The credential is missing or was refused (401). */
export declare class AuthenticationError extends RoocodeError {}
/** The credential is valid but not allowed to do this (403). */
export declare class PermissionDeniedError extends RoocodeError {}
/** The request is wrong (400, 413, 422, or found wrong before sending). */
export declare class BadRequestError extends RoocodeError {}
/** The prompt does not fit the model's context window. */
export declare class ContextWindowExceededError extends BadRequestError {}
/** The service refused the content. */
export declare class ContentPolicyError extends BadRequestError {}
/** No such model or deployment (404). */
export declare class NotFoundError extends RoocodeError {}
/** Too many requests (429). */
export declare class RateLimitError extends RoocodeError {}
/** The account has run out of credit or quota. */
export declare class QuotaExceededError extends RateLimitError {}
/** The service failed (5xx). */
export declare class InternalServerError extends RoocodeError {}
/** The service is overloaded (503, 529). */
export declare class OverloadedError extends InternalServerError {}
/** DNS, TLS, connection refused or reset. */
export declare class APIConnectionError extends RoocodeError {}
/** A time limit ran out; `limit` says which. */
export declare class APITimeoutError extends APIConnectionError {}
/** A stream broke after its first content; `partial` has what was received. */
export declare class StreamInterruptedError extends RoocodeError {}
/** The response is not what its wire form promises; `body` has it. */
export declare class ResponseDecodeError extends RoocodeError {}
/** No target is left; `route` lists each candidate and why. */
export declare class NoTargetAvailableError extends RoocodeError {}
/** A spending limit of yours was reached. */
export declare class BudgetExceededError extends RoocodeError {}
/** The configuration is wrong; the message names the place and what is allowed. */
export declare class ConfigurationError extends RoocodeError {}
/** The request was cancelled. */
export declare class RequestCancelledError extends RoocodeError {}
/** A defect of this library: please report it. */
export declare class InternalError extends RoocodeError {}

export { Roocode as default };
