// Generated from the Rust types by `make generate`. Do not edit.

import type { Content, Uploaded } from './content';

// A name that ends in `Param` is what a caller writes; the others are replies.

export type ReasoningDetailType = "reasoning.text" | "reasoning.summary" | "reasoning.encrypted" | (string & {});

/** One block of reasoning. The shape is OpenRouter's `reasoning_details`. */
export interface ReasoningDetail {
  type: ReasoningDetailType;
  id?: string | null;
  /** Whose form this is, such as `anthropic-claude-v1` or `google-gemini-v1`. */
  format?: string | null;
  /** Position among the reply's blocks; deltas of one block share it. */
  index?: number | null;
  text?: string | null;
  summary?: string | null;
  /** Encrypted reasoning. */
  data?: string | null;
  /** Proof that the provider wrote this block; needed to hand it back. */
  signature?: string | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

export interface FunctionCall {
  name: string;
  /** JSON, exactly as the model wrote it; free text for a custom tool. */
  arguments: string;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** A call of a tool by the model. */
export interface ToolCall {
  id: string;
  /** `function`, or `custom` for a tool whose input is free text. */
  type: string;
  function: FunctionCall;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

export interface UrlCitation {
  /** First character of the cited span of the answer. */
  start_index?: number | null;
  /** One past the last character. */
  end_index?: number | null;
  title?: string | null;
  url?: string | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** A citation: where in the answer, and of what. */
export interface Annotation {
  /** `url_citation`, `document_citation`, … */
  type: string;
  url_citation?: UrlCitation | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** An audio answer, or a piece of it in a stream. */
export interface AudioOutput {
  id?: string | null;
  /** Base64. */
  data?: string | null;
  transcript?: string | null;
  /** Unix time in seconds until which `id` can be referred to. */
  expires_at?: number | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

export interface ImageOutputUrl {
  url: string;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** An image the model made. */
export interface ImageOutput {
  /** `image_url`. */
  type: string;
  image_url: ImageOutputUrl;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/**
 * A provider's own blocks of one assistant message, verbatim and in order.
 *
 * Present only where the plain fields cannot reproduce them (signed thinking,
 * server-side tools, citations, signatures on parts). A dialect uses them when
 * the message is handed back to it and its plain fields still say the same;
 * an edited message is encoded from its plain fields.
 */
export interface NativeBlocks {
  /** The dialect whose blocks these are. */
  dialect: string;
  blocks: unknown[];
}

/** What the model said. Hand it back as a message of the next request as it is. */
export interface ChatMessage {
  /** `assistant`. */
  role: string;
  content: string | null;
  refusal?: string | null;
  /** The model's reasoning as text. */
  reasoning_content?: string | null;
  /** The model's reasoning as typed blocks with signatures or encrypted data. */
  reasoning_details?: ReasoningDetail[] | null;
  tool_calls?: ToolCall[] | null;
  /** Citations. */
  annotations?: Annotation[] | null;
  audio?: AudioOutput | null;
  /** Images the model made, as `data:` URLs. */
  images?: ImageOutput[] | null;
  /** The provider's own blocks, verbatim, for an exact second turn. */
  native_blocks?: NativeBlocks | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter" | "function_call" | (string & {});

export interface TopLogprob {
  token: string;
  logprob: number;
  bytes: number[] | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

export interface TokenLogprob {
  token: string;
  logprob: number;
  bytes: number[] | null;
  top_logprobs?: TopLogprob[];
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** Log probabilities of the answer's tokens. */
export interface Logprobs {
  content?: TokenLogprob[] | null;
  refusal?: TokenLogprob[] | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** One of the `n` answers. */
export interface Choice {
  index: number;
  message: ChatMessage;
  finish_reason: FinishReason | null;
  /** The provider's own word, where it differs. */
  native_finish_reason?: string | null;
  logprobs?: Logprobs | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** Parts of `prompt_tokens`. */
export interface PromptTokensDetails {
  /** Read from the provider's prompt cache. */
  cached_tokens?: number | null;
  /** Written to the provider's prompt cache. */
  cache_write_tokens?: number | null;
  audio_tokens?: number | null;
  image_tokens?: number | null;
  text_tokens?: number | null;
  video_tokens?: number | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** Parts of `completion_tokens`. */
export interface CompletionTokensDetails {
  reasoning_tokens?: number | null;
  audio_tokens?: number | null;
  image_tokens?: number | null;
  text_tokens?: number | null;
  accepted_prediction_tokens?: number | null;
  rejected_prediction_tokens?: number | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** Tokens of one reply. Details are parts of the totals, not added to them. */
export interface Usage {
  /** All input, cached included. */
  prompt_tokens: number;
  /** All output, reasoning included. */
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details?: PromptTokensDetails | null;
  completion_tokens_details?: CompletionTokensDetails | null;
  /** Seconds of audio, where the provider counts these in place of tokens. */
  seconds?: number | null;
  /** True where these numbers are our estimate, not the provider's. */
  estimated?: boolean;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** Why a rule could not be evaluated. No value of the request is in it. */
export interface RuleNote {
  /** Its place, from 0. */
  rule: number;
  message: string;
}

/** That a request was dealt to a variant, for the trace and the variant's numbers. */
export interface Exposure {
  split: string;
  /** `base` for what the variants leave. */
  variant: string;
  /**
   * The hash of split and key (or seed) that decided: equal for equal keys, and
   * not the key itself. 16 hexadecimal digits: JavaScript's numbers would round it.
   */
  key_hash: string;
  /**
   * Whether the same key gets the same variant again. False where the request
   * had no key and its seed decided.
   */
  sticky: boolean;
}

/** What became of a copy when its request was sent. */
export type ShadowFate = "sent" | "queued" | "dropped";

/** A copy of a request, whose answer nobody waits for. */
export interface ShadowCopy {
  /** The route or target that gets it. */
  to: string;
  fate: ShadowFate;
}

/** One route on the way, and why it was left for the next. */
export interface Hop {
  route: string;
  /** The rule that held: its name, else its place in the list, from 0. */
  rule?: string | null;
  /** Rules before it that could not be evaluated, and so did not hold. */
  rule_notes?: RuleNote[];
  /** The variant of its split that the request was dealt to. */
  exposure?: Exposure | null;
  /** The copy of the request, where one was drawn. */
  shadow?: ShadowCopy | null;
  /** Where the request went on to. None: the targets of this route. */
  to?: string | null;
}

/** The strategies by name. */
export type StrategyName = "priority" | "round_robin" | "weighted" | "random" | "least_latency" | "least_busy" | "cheapest" | "fastest_output" | "balanced" | "region" | "sticky" | "bandit" | "custom";

export type StrategyConfig = StrategyName | { [name: string]: unknown };

/** Something that can be asked of a target. */
export type Operation = "chat" | "embeddings" | "rerank" | "models" | "count_tokens" | "completions" | "batches" | "moderations" | "service" | "images" | "image_edits" | "speech" | "transcriptions" | "translations" | "responses" | "messages";

/** Something that a request can need and a model can lack. */
export type Capability = "tools" | "parallel_tools" | "audio_input" | "audio_output" | "image_output" | "json_schema" | "json_mode" | "reasoning" | "streaming" | "logprobs" | "embeddings" | "rerank" | "moderations" | "vision" | "document" | "video" | "chat" | "models" | "service" | "count_tokens" | "completions" | "batches" | "images" | "image_edits" | "speech" | "transcriptions" | "translations" | "native_responses" | "text_document" | "native_messages";

export type Capabilities = Capability[];

/** What filters and strategies looked at in a request. */
export interface RequestRecord {
  /** What was asked for; absent: a chat. */
  operation?: Operation;
  needs?: Capabilities;
  /** Tokens of the input, estimated. */
  input_tokens: number;
  /** Tokens of the largest of several inputs, each of which has the context window for itself. */
  largest_input_tokens?: number | null;
  /** The most tokens of output that the request allows. */
  output_limit?: number | null;
  /** Tokens of output that costs and times were reckoned with. */
  expected_output_tokens: number;
  provider?: string | null;
  tags?: string[];
  region?: string | null;
  residency?: string[] | null;
  data_policy?: string[];
  allow_degraded?: boolean | null;
  /** The hash of the session. */
  session_key?: string | null;
  /** The hash of the prompt's start; absent where no strategy asked for it. */
  prompt_key?: string | null;
}

/** Whether a provider takes part. */
export type ProviderStatus = "active" | "draft" | "inactive";

/** What is known of a target before any request: all that a hard filter looks at. */
export interface TargetFacts {
  /** `provider/model`. Its hash is the target's identity for sticky routing. */
  name: string;
  provider: string;
  status?: ProviderStatus;
  tags?: string[];
  region?: string | null;
  /** Where data is processed, in law, such as `eu`. */
  jurisdiction?: string | null;
  /** What the provider promises about data, such as `no_training`. */
  data_policies?: string[];
  /**
   * What the model is known to lack. What is not listed is had, or unknown:
   * both pass, since catalogues lag behind models and a provider's own
   * refusal is exact, while a wrong exclusion could not be undone.
   */
  lacks?: Capabilities;
  /** Tokens of input and output together. Absent: unknown, which passes. */
  context_window?: number | null;
  /** Tokens of output. Absent: unknown, which passes. */
  output_limit?: number | null;
  /** Whether the route declares it as a degradation. */
  degraded?: boolean;
  /** First served, in seconds since 1970. Absent: already. */
  available_from?: number | null;
  /** No longer served from, in seconds since 1970. Absent: no end is known. */
  retired_from?: number | null;
}

/** Its provider is inactive, or a draft that was not asked for by name. */
export interface StatusExclusion {
  filter: "status";
  status: ProviderStatus;
}

/** Another provider was asked for. */
export interface ProviderExclusion {
  filter: "provider";
  wanted: string;
}

/** It does not carry a tag that was asked for. */
export interface TagExclusion {
  filter: "tag";
  missing: string;
}

/** Its region is another, or not known. */
export interface RegionExclusion {
  filter: "region";
  wanted: string;
  region?: string | null;
}

/** Data would be processed elsewhere than allowed, or nobody says where. */
export interface ResidencyExclusion {
  filter: "residency";
  allowed: string[];
  jurisdiction?: string | null;
}

/** Its provider does not promise what was asked. */
export interface DataPolicyExclusion {
  filter: "data_policy";
  missing: string;
}

/** Its route declares it as a degradation, and the request allows none. */
export interface DegradedExclusion {
  filter: "degraded";
}

/** The model is known to lack this. */
export interface CapabilityExclusion {
  filter: "capability";
  missing: Capability;
}

/** Estimated input and allowed output are more than its window. */
export interface ContextWindowExclusion {
  filter: "context_window";
  window: number;
  needed: number;
}

/** More output is asked for than it can give. */
export interface OutputLimitExclusion {
  filter: "output_limit";
  limit: number;
  wanted: number;
}

/** It is not served yet; seconds since 1970. */
export interface NotYetExclusion {
  filter: "not_yet";
  available_from: number;
}

/** It is no longer served; seconds since 1970. */
export interface RetiredExclusion {
  filter: "retired";
  since: number;
}

/** Why a target can never serve a request: the first hard filter it fails. */
export type Exclusion = StatusExclusion | ProviderExclusion | TagExclusion | RegionExclusion | ResidencyExclusion | DataPolicyExclusion | DegradedExclusion | CapabilityExclusion | ContextWindowExclusion | OutputLimitExclusion | NotYetExclusion | RetiredExclusion;

/** What a quota counts. */
export type QuotaOf = "requests" | "tokens";

/** It failed too often of late. */
export interface BreakerShortage {
  filter: "breaker";
  until?: number | null;
}

/** The background checks of its provider fail. */
export interface UnhealthyShortage {
  filter: "unhealthy";
}

/** The provider asked to wait. */
export interface CooldownShortage {
  filter: "cooldown";
  until?: number | null;
}

/** A limit on requests or tokens per time is used up. */
export interface QuotaShortage {
  filter: "quota";
  of: QuotaOf;
  until?: number | null;
}

/** As many requests are in flight as are allowed. */
export interface ConcurrencyShortage {
  filter: "concurrency";
  limit: number;
}

/** Others came before, and wait for room. */
export interface QueueShortage {
  filter: "queue";
  waiting: number;
}

/** A spending limit is reached. */
export interface BudgetShortage {
  filter: "budget";
  until?: number | null;
}

/**
 * Why a target cannot serve at this moment. `until` is in seconds since 1970,
 * absent where nobody can say.
 */
export type Shortage = BreakerShortage | UnhealthyShortage | CooldownShortage | QuotaShortage | ConcurrencyShortage | QueueShortage | BudgetShortage;

/** One target of the route, and what became of it. */
export interface Candidate {
  facts: TargetFacts;
  /** 1 is used first. */
  tier: number;
  /** Why it can never serve this request. */
  excluded?: Exclusion | null;
  /** Why it cannot serve now. */
  short?: Shortage | null;
  /** The reason of either, in a sentence. */
  why?: string | null;
}

/** Why a strategy took a target. */
export type Why = "only" | "declared" | "turn" | "drawn" | "best" | "tie" | "unknown" | "home" | "next_home" | "all_loaded" | "sampled" | "ordered" | "not_ordered";

/** What a strategy can ask of a target, as a number. */
export type Term = "weight" | "credit" | "in_flight" | "first_token_seconds" | "token_seconds" | "output_tokens_per_second" | "expected_cost_usd" | "quality" | "success_rate" | "round_trip_seconds" | "reward_mean" | "reward_count" | "order";

/** One value that a strategy read. */
export interface Reading {
  target: number;
  term: Term;
  /** Absent: unknown. */
  value?: number | null;
}

/** A target was chosen to be asked next. */
export interface PickedStep {
  step: "picked";
  target: number;
  /** The strategy that had the last word: the declared one, or its `then`. */
  by: StrategyName;
  why: Why;
  /** What was compared, where something was. */
  score?: number | null;
  /**
   * How likely it was to be chosen, given what was read; for estimates from
   * logged choices. Only where a strategy draws by known chances (`bandit`,
   * `random`), and for `bandit` only up to 32 targets: of more, ask
   * `propensities`.
   */
  propensity?: number | null;
  /** What was read for it, each value once: by target, then in the order of the terms. */
  read?: Reading[];
}

/** Targets that were left were given up, because of how an attempt ended. */
export interface LeftOutStep {
  step: "left_out";
  targets: number[];
  why: string;
}

/** The caller's function gave no order that can be used. */
export interface OrderFailedStep {
  step: "order_failed";
  why: string;
}

/** Nothing was left: those whose health spoke against them are asked after all. */
export interface LastResortStep {
  step: "last_resort";
}

/** One step of a decision. Targets are given by their place among the candidates. */
export type Step = PickedStep | LeftOutStep | OrderFailedStep | LastResortStep;

/** How one decision was made. */
export interface RoutingTrace {
  /**
   * The way to this route, in what `explain` gives; of a request that was sent, the
   * trace has it beside this.
   */
  path?: Hop[];
  /**
   * What ranks: a hash of the strategy and of the version of its code. Equal
   * where the same inputs must give the same decision.
   */
  policy_version: string;
  strategy: StrategyConfig;
  /** Those of tiers that rank by another one: a route within the route. */
  tier_strategies?: { [name: string]: unknown };
  /** The seed of every random choice. */
  seed: string;
  /** When the decision was made, in seconds since 1970. */
  now: number;
  request: RequestRecord;
  /** Every target of the route, in its order. */
  candidates: Candidate[];
  /** What was done, in order. */
  steps: Step[];
  /**
   * Whether targets were asked although their health spoke against it,
   * because none was left.
   */
  last_resort?: boolean;
  /** Whether what strategies read was recorded: else it cannot be replayed. */
  recorded: boolean;
  /** Readings above the bound of the record: with any, it cannot be replayed. */
  unrecorded?: number;
}

/** Why an attempt is made. */
export type Cause = "first" | "retry" | "fallback" | "larger_window" | "content_policy" | "hedge" | "continuation";

/** How an attempt ended. */
export type Outcome = "success" | "failure" | "pending" | "cancelled";

/** What went wrong, in terms of what can be done about it. */
export type ErrorKind = "AuthenticationError" | "PermissionDeniedError" | "BadRequestError" | "ContextWindowExceededError" | "ContentPolicyError" | "NotFoundError" | "RateLimitError" | "QuotaExceededError" | "OverloadedError" | "InternalServerError" | "APITimeoutError" | "APIConnectionError" | "StreamInterruptedError" | "ResponseDecodeError" | "NoTargetAvailableError" | "BudgetExceededError" | "ConfigurationError" | "RequestCancelledError" | "InternalError";

export interface AttemptError {
  kind: ErrorKind;
  message: string;
}

/** What one attempt took. */
export interface AttemptUsage {
  input_tokens: number;
  output_tokens: number;
  /** US dollars, where the price is known. */
  cost_usd?: number | null;
  /** True where the token counts were estimated. */
  estimated?: boolean;
}

/** One HTTP exchange with one target. */
export interface Attempt {
  /** `provider/model`. */
  target: string;
  /** Why it was made. */
  cause: Cause;
  /** When it started. */
  started_ms: number;
  /** When its first content was in. */
  first_token_ms?: number | null;
  /** When it ended: with its last byte, or its failure. */
  ended_ms?: number | null;
  outcome: Outcome;
  /** HTTP status, if there was a response. */
  status?: number | null;
  error?: AttemptError | null;
  /**
   * What it took, where the provider said so. Of a stream that was continued elsewhere
   * an estimate, where it did not.
   */
  usage?: AttemptUsage | null;
  /** Seconds waited before the next attempt. */
  waited_s?: number | null;
  /**
   * Why it was not repeated, or not at another target, where that could have helped: what was
   * asked may have been done.
   */
  not_repeated?: string | null;
}

/** What was done to a parameter. */
export type TranslationAction = "dropped" | "renamed" | "clamped" | "emulated" | "added";

/** A parameter that was changed on its way to the target's wire form. */
export interface Translation {
  /** Its place in the request, such as `tools[0].function.strict`. */
  param: string;
  action: TranslationAction;
  /** What was done and why, in a sentence. */
  detail: string;
}

/** Where a price came from. */
export type PriceSource = "declared" | "catalogue";

/** What a request cost, by the user's price, else the catalogue's. */
export interface Cost {
  /** US dollars, everything included. */
  total_usd: number;
  input_usd: number;
  output_usd: number;
  /** True where the token counts were estimated. */
  estimated?: boolean;
  /** Whose price it is. */
  source?: PriceSource | null;
}

/** How a request shared the reply of identical ones. */
export interface Coalesced {
  /** How many asked, those who left meanwhile included. */
  callers: number;
  /** Milliseconds from the start of the one that went out to this one's. */
  joined_ms: number;
}

/** What happened to one request. Times are milliseconds from its start. */
export interface Trace {
  /** Tells this request from all others; what is reported of it later names it. */
  id: string;
  /** The model name that the caller asked for. */
  requested_model: string;
  /** The provider that answered. */
  provider?: string | null;
  /** That provider's kind. */
  kind?: string | null;
  /** The upstream model that was asked. */
  model?: string | null;
  /** `provider/model`. */
  target?: string | null;
  /** The route that was asked for, where the model name is one. */
  route?: string | null;
  /** Whether the target that answered is one that the route declares as a degradation. */
  degraded?: boolean;
  /**
   * The way from that route to the one that served it, where rules, splits or shadow
   * copies had a say.
   */
  path?: Hop[];
  /** How the target was chosen, where there were several. */
  routing?: RoutingTrace | null;
  /** Every HTTP exchange, in order. */
  attempts?: Attempt[];
  /** What could not be said in the target's wire form as it was asked. */
  translation?: Translation[];
  /** How long it waited in line because every target was at a limit. */
  queued_ms?: number | null;
  /** From the request's start to the first content. */
  time_to_first_token_ms?: number | null;
  /** From the request's start to the end of the answer. */
  total_ms?: number | null;
  /** What was paid. Absent on all but one of the requests that shared a reply. */
  cost?: Cost | null;
  /** Where identical requests went out as one (`coalesce`): this trace is that one's. */
  coalesced?: Coalesced | null;
}

/** A reply. Unknown fields of the provider's are in `provider_fields`. */
export interface ChatCompletion {
  /** The provider's id of the reply; empty where it sent none, as Gemini's wire may. */
  id: string;
  /** `chat.completion`. */
  object: string;
  /** Unix time in seconds: the provider's, or of the reply's arrival where it says none. */
  created: number;
  /** The model that answered, in the provider's words. */
  model: string;
  choices: Choice[];
  usage?: Usage | null;
  service_tier?: string | null;
  system_fingerprint?: string | null;
  /** The provider's id of the request, from the response's headers. */
  request_id?: string | null;
  /** How the request was routed, what was tried, how long it took, what it cost. */
  route?: Trace | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

export interface FunctionCallDelta {
  name?: string | null;
  /** The next piece of the arguments' text. */
  arguments?: string | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** A piece of a tool call in a stream. Pieces with one `index` are one call. */
export interface ToolCallDelta {
  index: number;
  id?: string | null;
  type?: string | null;
  function?: FunctionCallDelta | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** What a chunk adds to the message. */
export interface Delta {
  role?: string | null;
  content?: string | null;
  refusal?: string | null;
  reasoning_content?: string | null;
  /** Pieces with one `index` are one block: texts join, other fields replace. */
  reasoning_details?: ReasoningDetail[] | null;
  tool_calls?: ToolCallDelta[] | null;
  annotations?: Annotation[] | null;
  audio?: AudioOutput | null;
  images?: ImageOutput[] | null;
  /** Once, on the choice's last chunk. */
  native_blocks?: NativeBlocks | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

export interface ChunkChoice {
  index: number;
  delta: Delta;
  finish_reason: FinishReason | null;
  native_finish_reason?: string | null;
  logprobs?: Logprobs | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** How a target is told the beginning of the answer that it goes on with. */
export type ContinuedBy = "prefill" | "instruction";

/** Where a stream that broke goes on. */
export interface Continuation {
  /** `provider/model` whose stream broke. */
  from_target: string;
  /** `provider/model` that goes on. */
  target: string;
  /** How it was told what was said before. */
  by: ContinuedBy;
  /** Characters of text before this chunk: from there on it is the new target's. */
  after_characters: number;
}

/** A piece of a streamed reply. */
export interface ChatCompletionChunk {
  /** The provider's id of the reply; empty where it sent none, as Gemini's wire may. */
  id: string;
  /** `chat.completion.chunk`. */
  object: string;
  /** Unix time in seconds: the provider's, or of the stream's start where it says none. */
  created: number;
  model: string;
  choices: ChunkChoice[];
  /** On one of the last chunks. */
  usage?: Usage | null;
  service_tier?: string | null;
  system_fingerprint?: string | null;
  /** On the last chunk. */
  route?: Trace | null;
  /**
   * On the first chunk after a break of the stream, where `stream_recovery` is `continue`:
   * from here on another attempt speaks.
   */
  continuation?: Continuation | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** A vector: numbers, or base64 of little-endian 32-bit floats where that was asked for. */
export type Vector = number[] | string;

/** The vector of one input. */
export interface Embedding {
  /** `embedding`. */
  object: string;
  /** The place of the input, from 0. */
  index: number;
  embedding: Vector;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/**
 * The vectors of the inputs, in their order. Unknown fields of the provider's are in
 * `provider_fields`.
 */
export interface Embeddings {
  /** `list`. */
  object: string;
  /** One for each input, in the order of the inputs. */
  data: Embedding[];
  /** The model that answered, in the provider's words. */
  model: string;
  usage?: Usage | null;
  /** The provider's id of the request, from the response's headers. */
  request_id?: string | null;
  /** How the request was routed, what was tried, how long it took, what it cost. */
  route?: Trace | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** How relevant one document is. */
export interface RerankResult {
  /** The document's place in the request, from 0. */
  index: number;
  /** Higher is more relevant; the scale is the model's own. */
  relevance_score: number;
  /** The document, where `return_documents` asked for it; a text alone is its `text`. */
  document?: { [name: string]: unknown } | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/**
 * Documents by relevance, the most relevant first. Unknown fields of the provider's are
 * in `provider_fields`.
 */
export interface Reranking {
  /** The provider's id of the reply; empty where it sent none. */
  id: string;
  /** The model that answered, in the provider's words. */
  model: string;
  /** The most relevant first. */
  results: RerankResult[];
  usage?: Usage | null;
  /** The provider's id of the request, from the response's headers. */
  request_id?: string | null;
  /** How the request was routed, what was tried, how long it took, what it cost. */
  route?: Trace | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** One model of one provider. What else the provider says of it is in `provider_fields`. */
export interface ListedModel {
  /** `provider/model`: what a request names as its `model`. */
  id: string;
  /** `model`. */
  object: string;
  /** The provider's name in this client. */
  provider: string;
  /** The model in the provider's words. */
  model: string;
  /** Its name for people, where the provider gives one. */
  name?: string | null;
  /** When it was made or released, in seconds since 1970. */
  created?: number | null;
  owned_by?: string | null;
  /** Tokens that it reads at most: the provider's word, else the catalogue's. */
  context_window?: number | null;
  /** Tokens that it writes at most: the provider's word, else the catalogue's. */
  max_output_tokens?: number | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** Which of the four time limits ran out. */
export type TimeLimit = "connect" | "first_byte" | "idle" | "total";

/** Why a response is incomplete. */
export interface ResponseIncomplete {
  /** `max_output_tokens` or `content_filter`. */
  reason?: string | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** A part of a message or of reasoning. */
export interface ResponsePart {
  /** `output_text`, `refusal`, `summary_text` or `reasoning_text`. */
  type: string;
  text?: string | null;
  refusal?: string | null;
  /** Citations. */
  annotations?: ({ [name: string]: unknown })[] | null;
  logprobs?: ({ [name: string]: unknown })[] | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** An item of a response: a message, a call of a tool, reasoning, or what else the service sends. */
export interface ResponseItem {
  /** `message`, `function_call`, `reasoning`, or another of the service's. */
  type: string;
  id?: string | null;
  /** `in_progress`, `completed` or `incomplete`. */
  status?: string | null;
  /** Of a message: `assistant`. */
  role?: string | null;
  /** The parts of a message, or the texts of reasoning. */
  content?: ResponsePart[] | null;
  /** Of a call: what its result names it by. */
  call_id?: string | null;
  /** Of a call: the tool. */
  name?: string | null;
  /** Of a call of a function: JSON, exactly as the model wrote it. */
  arguments?: string | null;
  /** Of a call of a custom tool: what the model wrote. */
  input?: string | null;
  /** Of reasoning: its summary. */
  summary?: ResponsePart[] | null;
  /** Of reasoning: what its provider needs to have it back. Hand the item back as it is. */
  encrypted_content?: string | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** Parts of `input_tokens`. */
export interface ResponseInputTokens {
  /** Read from the provider's prompt cache. */
  cached_tokens?: number | null;
  /** Written to the provider's prompt cache. */
  cache_write_tokens?: number | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** Parts of `output_tokens`. */
export interface ResponseOutputTokens {
  reasoning_tokens?: number | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** Tokens of one response. Details are parts of the totals, not added to them. */
export interface ResponseUsage {
  /** All input, cached included. */
  input_tokens: number;
  input_tokens_details?: ResponseInputTokens | null;
  /** All output, reasoning included. */
  output_tokens: number;
  output_tokens_details?: ResponseOutputTokens | null;
  total_tokens: number;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** A response. Unknown fields of the provider's are in `provider_fields`. */
export interface ModelResponse {
  id: string;
  /** `response`. */
  object: string;
  /** Unix time in seconds. */
  created_at: number;
  /** Unix time in seconds, where the service says it. */
  completed_at?: number | null;
  /**
   * `completed`, or `incomplete` for a reason that `incomplete_details` says. Of a response that the
   * service works on while nobody waits `queued`, `in_progress` or `cancelled`.
   */
  status?: string | null;
  incomplete_details?: ResponseIncomplete | null;
  error?: { [name: string]: unknown } | null;
  /** The model that answered, in the provider's words. */
  model: string;
  /** The items of the answer. Hand them back as items of the next request's `input`. */
  output: ResponseItem[];
  /** All text of the output, joined; empty where there is none. */
  output_text: string;
  usage?: ResponseUsage | null;
  /** As in the request, in the service's form. */
  instructions?: unknown;
  max_output_tokens?: number | null;
  metadata?: { [name: string]: unknown } | null;
  parallel_tool_calls?: boolean | null;
  previous_response_id?: string | null;
  reasoning?: unknown;
  service_tier?: string | null;
  store?: boolean | null;
  temperature?: number | null;
  text?: { [name: string]: unknown } | null;
  tool_choice?: unknown;
  tools?: ({ [name: string]: unknown })[] | null;
  top_p?: number | null;
  truncation?: string | null;
  /** The provider's id of the request, from the response's headers. */
  request_id?: string | null;
  /** How the request was routed, what was tried, how long it took, what it cost. */
  route?: Trace | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** A block of a message: text, a call of a tool, thinking, or what else the service sends. */
export interface MessageBlock {
  /** `text`, `tool_use`, `thinking`, `redacted_thinking`, or another of the service's. */
  type: string;
  text?: string | null;
  citations?: ({ [name: string]: unknown })[] | null;
  /** Of a call: what its result names it by. */
  id?: string | null;
  /** Of a call: the tool. */
  name?: string | null;
  /** Of a call: an object. */
  input?: { [name: string]: unknown } | null;
  thinking?: string | null;
  /** Of thinking: what its provider needs to have it back. Hand the block back as it is. */
  signature?: string | null;
  /** Of thinking that only its provider can read. */
  data?: string | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** Tokens of one message. */
export interface MessageUsage {
  /** Input that was neither read from the provider's prompt cache nor written to it. */
  input_tokens: number;
  /** All output, thinking included. */
  output_tokens: number;
  cache_creation_input_tokens?: number | null;
  cache_read_input_tokens?: number | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** A message. Unknown fields of the provider's are in `provider_fields`. */
export interface MessageReply {
  id: string;
  /** `message`. */
  type: string;
  /** `assistant`. */
  role: string;
  /** The model that answered, in the provider's words. */
  model: string;
  /** The blocks of the answer. Hand them back as the content of a turn of the assistant's. */
  content: MessageBlock[];
  /** `end_turn`, `max_tokens`, `stop_sequence`, `tool_use`, `refusal`, … */
  stop_reason?: string | null;
  stop_sequence?: string | null;
  usage?: MessageUsage | null;
  /** The provider's id of the request, from the response's headers. */
  request_id?: string | null;
  /** How the request was routed, what was tried, how long it took, what it cost. */
  route?: Trace | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** One text that completes a prompt, or a piece of it. */
export interface CompletionChoice {
  /** Its place among all of the answer, from 0. */
  index: number;
  text: string;
  /** Why it ended; null on a piece that is not the last. */
  finish_reason: FinishReason | null;
  /** The provider's own word, where it is not ours. */
  native_finish_reason?: string | null;
  /**
   * Log probabilities of its tokens, in the provider's form: OpenAI's has `tokens`,
   * `token_logprobs`, `top_logprobs` and `text_offset`.
   */
  logprobs?: { [name: string]: unknown } | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/**
 * Texts that complete prompts, or a piece of them. Unknown fields of the provider's are in
 * `provider_fields`.
 */
export interface Completion {
  /** The provider's id of the reply; empty where it sent none. */
  id: string;
  /** `text_completion`. */
  object: string;
  /** When it was made, in seconds since 1970; 0 where the provider does not say. */
  created: number;
  /** The model that answered, in the provider's words. */
  model: string;
  /** `n` of the first prompt, then `n` of the next. */
  choices: CompletionChoice[];
  usage?: Usage | null;
  system_fingerprint?: string | null;
  /** The provider's id of the request, from the response's headers. */
  request_id?: string | null;
  /** How the request was routed, what was tried, how long it took, what it cost. */
  route?: Trace | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** The fields of an [`Error`]. Serialises to what the bindings hand to the user. */
export interface ErrorDetails {
  kind: ErrorKind;
  message: string;
  /** The place in the input that is wrong, such as `messages[2].content[0].type`. */
  param?: string | null;
  /** The provider's own error code. */
  code?: string | null;
  /** The provider's own error type. */
  type?: string | null;
  provider?: string | null;
  model?: string | null;
  /** `provider/model` of the target that failed last. */
  target?: string | null;
  /** HTTP status of the response. */
  status?: number | null;
  /** The provider's id of the request. */
  request_id?: string | null;
  /** Seconds that the provider asks to wait. */
  retry_after?: number | null;
  /** The time limit that ran out. */
  limit?: TimeLimit | null;
  /**
   * Of an operation that a provider declares: whether it is sure that it was not done, because
   * nothing was sent or the service said so. False: it may have been done, by any of the attempts.
   */
  not_done?: boolean | null;
  /** HTTP exchanges made for this request, this failure included. */
  attempts: number;
  /** The provider's error body: parsed when it is JSON, else its text. */
  body?: unknown;
  /** What a stream had delivered before it broke. */
  partial?: ChatCompletion | null;
  /** What the stream of a response had delivered before it broke. */
  partial_response?: ModelResponse | null;
  /** What the stream of a message had delivered before it broke. */
  partial_message?: MessageReply | null;
  /** What the stream of a completion of a text had delivered before it broke. */
  partial_completion?: Completion | null;
  route?: Trace | null;
  /** The cause in the words of the layer below. */
  source?: string | null;
}

/** How it went to ask one provider for its models. What else it said is in `provider_fields`. */
export interface ListedProvider {
  /** The provider's name in this client. */
  provider: string;
  /** How many models it listed. */
  models: number;
  /** Why its models are not in the list, where they are not. */
  error?: ErrorDetails | null;
  /** What was tried and how long it took; of a list in pages, for its last one. */
  route?: Trace | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** The models that can be asked for, in the order of the providers and then in the provider's own. */
export interface ModelList {
  /** `list`. */
  object: string;
  data: ListedModel[];
  /** Every provider that was asked, and how that went. */
  providers: ListedProvider[];
  /** Of a list that was asked of one provider: the provider's id of the request. */
  request_id?: string | null;
}

/** What a service answered. */
export interface ServiceReply {
  /**
   * By the names of the operation's `answer`; without one the whole body. A text where that is
   * no JSON, null where there is none.
   */
  data: unknown;
  /** HTTP status of the response. */
  status: number;
  /** The service's id of the request, from the response's headers. */
  request_id?: string | null;
  /** How the request was routed, what was tried, how long it took, what it cost. */
  route?: Trace | null;
}

/** How tokens were counted. */
export type CountMethod = "provider" | "vocabulary" | "estimate";

/**
 * The number of tokens of a chat request's input. Unknown fields of the provider's are in
 * `provider_fields`.
 */
export interface TokenCount {
  /** Tokens of messages, tools and all else that the model would read. */
  input_tokens: number;
  /**
   * Whether it is an estimate. A rule of thumb is off by 45 % for half of all requests, more for
   * very short ones and for media; of a service or vocabulary that counts texts alone, what stands
   * around the texts (roles, tools, media) is estimated.
   */
  estimated: boolean;
  /** Who counted. */
  method: CountMethod;
  /** The model it was counted for, in the provider's words; as asked for where none was asked. */
  model: string;
  /** The provider's id of the request, from the response's headers. */
  request_id?: string | null;
  /** How the request was routed and what was tried. Counting is not priced. */
  route?: Trace | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

export type BatchStatus = "validating" | "in_progress" | "finalizing" | "completed" | "failed" | "expired" | "cancelling" | "cancelled" | (string & {});

/** How many requests of a batch are where; together they are `total`. */
export interface BatchCounts {
  /** 0 as long as the provider has not counted them. */
  total: number;
  /** Not answered yet. */
  processing: number;
  succeeded: number;
  failed: number;
  cancelled: number;
  expired: number;
}

/** Many chats handed in at once. Unknown fields of the provider's are in `provider_fields`. */
export interface Batch {
  /** What it is asked for by: the provider that has it, and its id there: `openai/batch_67d4…`. */
  id: string;
  /** `batch`. */
  object: string;
  /** The provider that has it; `openai#2` for the second of several keys. */
  provider: string;
  status: BatchStatus;
  /** The provider's own word, where it is not ours. */
  native_status?: string | null;
  /** Whether nothing more comes: its results can be had. */
  ended: boolean;
  /** How many of its requests are where. */
  request_counts: BatchCounts;
  /** The model that is asked, in the provider's words, where it says so. */
  model?: string | null;
  /** In seconds since 1970, as all times here; 0 where the provider does not say. */
  created_at: number;
  ended_at?: number | null;
  /** When the time runs out that the provider gives itself. */
  expires_at?: number | null;
  /** What is wrong with the batch as a whole, in the provider's words. */
  errors?: unknown;
  /** Labels stored with it at the provider. */
  metadata?: { [name: string]: unknown } | null;
  /** The provider's id of the request, from the response's headers. */
  request_id?: string | null;
  /** How this request for it was routed, and what was tried. */
  route?: Trace | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** Batches of one provider, the newest first. */
export interface BatchList {
  data: Batch[];
  /** Where the list goes on, for `after`; absent at its end. */
  next?: string | null;
  /** The provider's id of the request, from the response's headers. */
  request_id?: string | null;
  /** How this request was routed, and what was tried. */
  route?: Trace | null;
}

/** The result of one request of a batch: a completion or an error. */
export interface BatchResult {
  /** What the request was named; `request-0` for the first that was given no name. */
  custom_id: string;
  completion?: ChatCompletion | null;
  /** What it cost at the provider's price for batches, where that is known. */
  cost?: Cost | null;
  /** Why it has no completion. Of a request that was cancelled or expired, `type` says so. */
  error?: ErrorDetails | null;
}

/**
 * The results of a batch: in the order of its requests where no id was given to them, else in the
 * provider's.
 */
export interface BatchResults {
  data: BatchResult[];
  /** What all of them took together. */
  usage?: Usage | null;
  /**
   * What all of them cost together at the provider's price for batches. Absent where a price is
   * not known, of the model or of batches.
   */
  cost?: Cost | null;
  /** The provider's id of the request, from the response's headers. */
  request_id?: string | null;
  /** How this request was routed, and what was tried. */
  route?: Trace | null;
}

/** An image: where it is, or what it is. */
export interface Image {
  /** Where it can be fetched, for a while. */
  url?: string | null;
  /** The image itself, as base64. */
  b64_json?: string | null;
  /** The prompt that the model made of the one given. */
  revised_prompt?: string | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/**
 * Images, in the order in which the provider gave them. Unknown fields of the provider's are in
 * `provider_fields`.
 */
export interface Images {
  /** Seconds since 1970; 0 where the provider did not say. */
  created: number;
  data: Image[];
  /** The model that was asked, or that the provider says answered. */
  model: string;
  usage?: Usage | null;
  /** The provider's id of the request, from the response's headers. */
  request_id?: string | null;
  /** How the request was routed, what was tried, how long it took, what it cost. */
  route?: Trace | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** Speech: the bytes of a sound file. */
export interface Speech extends Content {
  /** What they are, such as `audio/mpeg`, as the provider says. */
  content_type: string;
  /** The model that was asked. */
  model: string;
  /** Characters of the text that was read aloud. */
  characters: number;
  usage?: Usage | null;
  /** The provider's id of the request, from the response's headers. */
  request_id?: string | null;
  /** How the request was routed, what was tried, how long it took, what it cost. */
  route?: Trace | null;
}

/** A word, and when it was said. */
export interface TranscriptionWord {
  word: string;
  /** Seconds from the beginning. */
  start: number;
  /** Seconds from the beginning. */
  end: number;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** A part of the text, and when it was said. */
export interface TranscriptionSegment {
  text: string;
  /** Seconds from the beginning. */
  start: number;
  /** Seconds from the beginning. */
  end: number;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** What was said. Unknown fields of the provider's are in `provider_fields`. */
export interface Transcription {
  /** The whole text; of `srt` and `vtt` the file as it came. */
  text: string;
  /** The language spoken, in the provider's words. */
  language?: string | null;
  /** Seconds of the recording. */
  duration?: number | null;
  /** Each word with its times, where they were asked for. */
  words?: TranscriptionWord[] | null;
  /** Each part with its times, where they were asked for. */
  segments?: TranscriptionSegment[] | null;
  /** The model that was asked, or that the provider says answered. */
  model: string;
  usage?: Usage | null;
  /** The provider's id of the request, from the response's headers. */
  request_id?: string | null;
  /** How the request was routed, what was tried, how long it took, what it cost. */
  route?: Trace | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** What is objectionable in one input. */
export interface ModerationResult {
  /** Whether anything is: as the provider says, else whether any category holds. */
  flagged: boolean;
  /** Whether each category holds, in the provider's words. */
  categories: { [name: string]: boolean };
  /** How much of each category there is, from 0 to 1, in the provider's words. */
  category_scores: { [name: string]: number };
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** A judgement of each input. Unknown fields of the provider's are in `provider_fields`. */
export interface Moderation {
  /** The provider's id of the reply; empty where it sent none. */
  id: string;
  /** The model that answered, in the provider's words. */
  model: string;
  /** One for each text, in their order; of parts one. */
  results: ModerationResult[];
  usage?: Usage | null;
  /** The provider's id of the request, from the response's headers. */
  request_id?: string | null;
  /** How the request was routed, what was tried, how long it took, what it cost. */
  route?: Trace | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/**
 * An event of a streamed response; which fields it has, its type says. The last one is
 * `response.completed` or `response.incomplete`, and has the response as a whole, with its `route`.
 */
export interface ResponseEvent {
  /** Such as `response.output_text.delta`. */
  type: string;
  /** Its number in the stream, from 0. */
  sequence_number?: number | null;
  /** The place of the item among those of the output. */
  output_index?: number | null;
  item_id?: string | null;
  /** The place of the part in the item's content. */
  content_index?: number | null;
  /** The place of the part in the item's summary. */
  summary_index?: number | null;
  /** The next piece of a text, of arguments or of reasoning. */
  delta?: string | null;
  /** The text as a whole. */
  text?: string | null;
  /** The refusal as a whole. */
  refusal?: string | null;
  /** The arguments as a whole: JSON. */
  arguments?: string | null;
  item?: ResponseItem | null;
  part?: ResponsePart | null;
  annotation?: { [name: string]: unknown } | null;
  /** The response so far; in the last event as a whole. */
  response?: ModelResponse | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** What an event adds to a block, or to the message. */
export interface MessageDelta {
  /**
   * `text_delta`, `input_json_delta`, `thinking_delta`, `signature_delta` or `citations_delta`; of
   * `message_delta` none.
   */
  type?: string | null;
  text?: string | null;
  partial_json?: string | null;
  thinking?: string | null;
  signature?: string | null;
  citation?: { [name: string]: unknown } | null;
  stop_reason?: string | null;
  stop_sequence?: string | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/**
 * An event of a streamed message; which fields it has, its type says. The last one is `message_stop`,
 * and has the message as a whole, with its `route`.
 */
export interface MessageEvent {
  /**
   * `message_start`, `content_block_start`, `content_block_delta`, `content_block_stop`,
   * `message_delta`, `message_stop`, `ping`, or another of the service's.
   */
  type: string;
  /** The place of the block. */
  index?: number | null;
  content_block?: MessageBlock | null;
  delta?: MessageDelta | null;
  usage?: MessageUsage | null;
  /** The message so far; in the last event as a whole. */
  message?: MessageReply | null;
  /** Fields that have no name here, as the provider sent them. */
  [field: string]: unknown;
}

/** Which state a circuit breaker is in. */
export type BreakerState = "closed" | "open" | "half_open";

/**
 * What background checks found of a provider, and what they took. None of it is
 * part of the other numbers.
 */
export interface HealthStats {
  healthy: boolean;
  /** Checks begun. */
  checks: number;
  /** Checks that failed. */
  failures: number;
  /** Why the last of those failed. */
  last_failure: string | null;
  input_tokens: number;
  output_tokens: number;
  /** US dollars, of what has a known price. */
  cost: number;
}

/** The usual percentiles of durations, in seconds. */
export interface Percentiles {
  /** How many they are of. */
  count: number;
  mean: number;
  min: number;
  p50: number;
  p90: number;
  p95: number;
  p99: number;
  max: number;
}

/** What of a configured limit is left. */
export interface QuotaLeft {
  /** The field of the configuration, such as `tokens_per_minute`. */
  name: string;
  limit: number;
  remaining: number;
}

/** What a limit counts. */
export type LimitUnit = "requests" | "input_tokens" | "output_tokens" | "tokens";

/** What is left of a limit that the provider's responses told. */
export interface LimitLeft {
  unit: LimitUnit;
  /** The time that `limit` is for. */
  window_s: number | null;
  limit: number | null;
  remaining: number;
  /** When all of it is given back. */
  resets_in_s: number;
}

/** What was seen of one target. Times are seconds, money is US dollars. */
export interface TargetStats {
  /** `provider/model`. */
  target: string;
  /** Attempts begun. */
  requests: number;
  /** Attempts answered. */
  successes: number;
  /** Attempts left by the caller, or lost to a hedge. */
  cancelled: number;
  /** Attempts that failed, by the class of their error. */
  errors: { [name: string]: number };
  /** Attempts begun and not ended. */
  in_flight: number;
  input_tokens: number;
  output_tokens: number;
  /** US dollars, of what has a known price. */
  cost: number;
  /** Attempts with usage whose price is not known: `cost` is too low by them. */
  unpriced: number;
  /** The share of ended attempts that were answered, cancelled ones left out. */
  success_rate: number | null;
  breaker: BreakerState;
  /**
   * What the background checks of its provider found, where it has any: the same
   * at each target of a provider.
   */
  health_check: HealthStats | null;
  /** For how long it is still left alone, by its breaker or a cooldown. */
  unavailable_for_s: number | null;
  /** Of the last five minutes. A plain call has its first token at its end. */
  time_to_first_token_s: Percentiles | null;
  /** From the attempt's start to its end, of the last five minutes. */
  total_s: Percentiles | null;
  /**
   * What routing expects of the next stream: 0 of an idle target never seen. Where
   * only plain calls were seen, their whole time.
   */
  expected_first_token_s: number;
  /** None before a stream was seen. */
  expected_output_tokens_per_s: number | null;
  /**
   * The shortest round trip on the network to its address: of the last five to ten
   * minutes, or of the last time when a connection was made.
   */
  round_trip_s: number | null;
  /** Requests at a time that it gets by now, where `adaptive_concurrency` finds that out. */
  concurrency_limit: number | null;
  /** What is left of the configured limits. */
  quota_left: QuotaLeft[];
  /** What the provider's responses said is left. */
  limits_left: LimitLeft[];
}

/**
 * What was seen of the requests of one variant of a split, or of the copies of a
 * route. Times are seconds, money is US dollars.
 */
export interface VariantStats {
  route: string;
  /** None: the copies of the route's requests. */
  split: string | null;
  /** `base` for what the variants of the split leave, `shadow` for copies. */
  variant: string;
  /** Requests begun, each once, whatever attempts it took. */
  requests: number;
  successes: number;
  /** Left by the caller. */
  cancelled: number;
  /** By the class of the error that the caller got. */
  errors: { [name: string]: number };
  in_flight: number;
  input_tokens: number;
  output_tokens: number;
  /** US dollars, of what has a known price. */
  cost: number;
  /** Requests with usage whose price is not known: `cost` is too low by them. */
  unpriced: number;
  /** The share of ended requests that were answered, cancelled ones left out. */
  success_rate: number | null;
  /**
   * Copies that were drawn and never sent: there was no room, or they waited for it past
   * their deadline. Not among `requests`; 0 of the variants of a split.
   */
  dropped: number;
  /** Of the last five minutes. */
  time_to_first_token_s: Percentiles | null;
  /** From the request's start to its end, of the last five minutes. */
  total_s: Percentiles | null;
}

/** One target that can serve the request. A number that is not known is absent. */
export interface OrderCandidate {
  /** `provider/model`: what the function returns. */
  name: string;
  /** 1 is used first, whatever the order says. */
  tier: number;
  /** Whether it can be asked now: no breaker, cooldown or limit is against it. */
  available: boolean;
  /** Why it cannot be asked now. */
  why?: string | null;
  facts: TargetFacts;
  /** The declared weight. */
  weight?: number | null;
  /** Requests in flight. */
  in_flight?: number | null;
  /** Expected seconds to the first token; of a plain call to its end. */
  first_token_seconds?: number | null;
  /** Expected seconds per token of output after that; 0 of a plain call. */
  token_seconds?: number | null;
  /** Measured tokens of output per second. */
  output_tokens_per_second?: number | null;
  /** Expected cost of this request in US dollars. */
  expected_cost_usd?: number | null;
  /** The declared quality of the model. */
  quality?: number | null;
  /** The share of requests that succeeded, 0 to 1. */
  success_rate?: number | null;
  /** The mean of the reported rewards. */
  reward_mean?: number | null;
}

/**
 * What the caller says about a request for the sake of routing. None of it
 * reaches the model.
 */
export interface RoutingOptions {
  /** Only targets of this provider. The one way to reach a provider in `draft`. */
  provider?: string | null;
  /** Only targets that carry all of these. */
  tags?: string[];
  /** Only targets in this region. To prefer regions, use the strategy `region`. */
  region?: string | null;
  /**
   * The jurisdictions where the data may be processed, such as `["eu", "ch"]`.
   * A target that does not say its own is left out. Default: anywhere.
   */
  residency?: string[] | null;
  /** Only targets that promise all of these, such as `no_training`. */
  data_policy?: string[];
  /** What the request is for, such as `summarise`; rules read it. */
  task?: string | null;
  /** Anything else that rules read. */
  metadata?: { [name: string]: unknown };
  /** On whose behalf; queues are fair between tenants, by estimated tokens. */
  tenant?: string | null;
  /** Place in a queue: higher first, always. Default 0. */
  priority?: number | null;
  /** Requests of one session stay with one target under the strategy `sticky`. */
  session?: string | null;
  /** The seed of every random choice. Default: a new one for each request. */
  seed?: number | null;
  /**
   * Tokens that the answer will have, for expected cost and time.
   * Default: 256, or the request's limit where that is lower.
   */
  expected_output_tokens?: number | null;
  /**
   * Whether a target that its route declares as a degradation (`degraded`) may answer.
   * Default true.
   */
  allow_degraded?: boolean | null;
}

/** What the function is told of the request. */
export interface OrderRequest {
  /** The model name that the caller asked for: the route's. */
  model: string;
  /** What it needs of a model, such as `tools` or `vision`. */
  needs: Capabilities;
  /** Tokens of the input, estimated. */
  input_tokens: number;
  /** The most tokens of output that the request allows. */
  output_limit?: number | null;
  /** Tokens of output that costs and times are reckoned with. */
  expected_output_tokens: number;
  /** What the caller said for the sake of routing: task, tenant, metadata, … */
  routing: RoutingOptions;
}

/** What the function of the strategy `custom` is asked: which of these comes first. */
export interface OrderQuestion {
  /** The targets that can serve the request, in the route's order. */
  candidates: OrderCandidate[];
  request: OrderRequest;
}

/** One place at which a decision comes out otherwise than it was recorded. */
export interface Difference {
  /** Such as `steps[0].target`. */
  place: string;
  /** What the record says there; null: nothing. */
  recorded: unknown;
  /** What comes out today. */
  replayed: unknown;
}

/** A recorded decision, made again. */
export interface Replay {
  /** Whether everything came out as it was recorded. */
  same: boolean;
  /** Where it did not. */
  differences: Difference[];
  /** The decision as it is made today. */
  trace: RoutingTrace;
}

/** How likely a target was to be chosen. */
export interface Propensity {
  /** Its place among the candidates. */
  target: number;
  name: string;
  /** 0 to 1. */
  propensity: number;
}

/** Marks the end of a prefix that the provider should cache. */
export interface CacheControlParam {
  /** `ephemeral`. */
  type: string;
  /** How long, such as `5m` or `1h`. Default: the provider's. */
  ttl?: string | null;
}

/** Where an image is: an `https:` URL, a `data:` URL, or a provider's file id. */
export interface ImageUrlParam {
  url: string;
  /** `auto`, `low` or `high`. */
  detail?: string | null;
}

export interface InputAudioParam {
  /** Base64. */
  data: string;
  /** `wav`, `mp3`, … */
  format: string;
}

/** Where a document is: give `file_data` or `file_id`. */
export interface FileDataParam {
  /** The id of a file uploaded to the provider. */
  file_id?: string | null;
  /** A `data:` URL, bare base64, or an `https:` URL where the service takes one. */
  file_data?: string | null;
  filename?: string | null;
}

/** Where a video is: an `https:` URL, a `data:` URL, or a provider's file id. */
export interface VideoUrlParam {
  url: string;
}

export interface TextPartParam {
  type: "text";
  text: string;
  cache_control?: CacheControlParam | null;
}

export interface ImagePartParam {
  type: "image_url";
  image_url: ImageUrlParam;
  cache_control?: CacheControlParam | null;
}

export interface AudioPartParam {
  type: "input_audio";
  input_audio: InputAudioParam;
  cache_control?: CacheControlParam | null;
}

/** A document. */
export interface FilePartParam {
  type: "file";
  file: FileDataParam;
  cache_control?: CacheControlParam | null;
}

/** A document by URL, as Mistral's wire has it. */
export interface DocumentUrlPartParam {
  type: "document_url";
  document_url: unknown;
  document_name?: string | null;
  cache_control?: CacheControlParam | null;
}

export interface VideoPartParam {
  type: "video_url";
  video_url: VideoUrlParam;
  cache_control?: CacheControlParam | null;
}

export interface RefusalPartParam {
  type: "refusal";
  refusal: string;
}

/** A block in the target's own wire form. Other dialects refuse it. */
export interface NativePartParam {
  type: "native";
  /** The dialect whose block this is; default: whichever the target speaks. */
  dialect?: string | null;
  block: unknown;
}

export type ContentPartParam = TextPartParam | ImagePartParam | AudioPartParam | FilePartParam | DocumentUrlPartParam | VideoPartParam | RefusalPartParam | NativePartParam;

/** A text, or a list of parts. */
export type ContentParam = string | readonly ContentPartParam[];

export type ReasoningDetailTypeParam = "reasoning.text" | "reasoning.summary" | "reasoning.encrypted" | (string & {});

/** One block of reasoning. The shape is OpenRouter's `reasoning_details`. */
export interface ReasoningDetailParam {
  type: ReasoningDetailTypeParam;
  id?: string | null;
  /** Whose form this is, such as `anthropic-claude-v1` or `google-gemini-v1`. */
  format?: string | null;
  /** Position among the reply's blocks; deltas of one block share it. */
  index?: number | null;
  text?: string | null;
  summary?: string | null;
  /** Encrypted reasoning. */
  data?: string | null;
  /** Proof that the provider wrote this block; needed to hand it back. */
  signature?: string | null;
}

export interface FunctionCallParam {
  name: string;
  /** JSON, exactly as the model wrote it; free text for a custom tool. */
  arguments?: string;
}

/** A call of a tool by the model. */
export interface ToolCallParam {
  id: string;
  /** `function`, or `custom` for a tool whose input is free text. */
  type: string;
  function: FunctionCallParam | FunctionCall;
}

/**
 * A provider's own blocks of one assistant message, verbatim and in order.
 *
 * Present only where the plain fields cannot reproduce them (signed thinking,
 * server-side tools, citations, signatures on parts). A dialect uses them when
 * the message is handed back to it and its plain fields still say the same;
 * an edited message is encoded from its plain fields.
 */
export interface NativeBlocksParam {
  /** The dialect whose blocks these are. */
  dialect: string;
  blocks: readonly unknown[];
}

/** Instructions that come before the conversation. */
export interface SystemMessageParam {
  role: "system";
  content: ContentParam;
  name?: string | null;
  /** Marks the end of a prefix worth caching. */
  cache_control?: CacheControlParam | null;
}

/** Instructions that come before the conversation. */
export interface DeveloperMessageParam {
  role: "developer";
  content: ContentParam;
  name?: string | null;
  /** Marks the end of a prefix worth caching. */
  cache_control?: CacheControlParam | null;
}

/** What the user said. */
export interface UserMessageParam {
  role: "user";
  content: ContentParam;
  name?: string | null;
  cache_control?: CacheControlParam | null;
}

/** What the model said. A reply's message handed back is one of these. */
export interface AssistantMessageParam {
  role: "assistant";
  content?: ContentParam | null;
  refusal?: string | null;
  name?: string | null;
  /** The model's reasoning as text. */
  reasoning_content?: string | null;
  /** The model's reasoning as typed blocks with signatures or encrypted data. */
  reasoning_details?: readonly (ReasoningDetailParam | ReasoningDetail)[] | null;
  tool_calls?: readonly (ToolCallParam | ToolCall)[] | null;
  /** The id of an earlier audio answer. */
  audio?: unknown;
  /** The provider's own blocks, verbatim, for an exact second turn. */
  native_blocks?: NativeBlocksParam | NativeBlocks | null;
  cache_control?: CacheControlParam | null;
}

/** The result of a tool call. */
export interface ToolMessageParam {
  role: "tool";
  /** The id of the call this answers. */
  tool_call_id: string;
  /** Text, or parts (text, images, documents). */
  content: ContentParam;
  name?: string | null;
  /** Whether the tool failed. Sent where the wire can say so. */
  is_error?: boolean | null;
  cache_control?: CacheControlParam | null;
}

/** The result of a call by the deprecated `functions` API. */
export interface FunctionMessageParam {
  role: "function";
  name: string;
  content?: string | null;
}

export type MessageParam = SystemMessageParam | DeveloperMessageParam | UserMessageParam | AssistantMessageParam | ToolMessageParam | FunctionMessageParam;

/** One stop text or several. */
export type StopParam = string | readonly string[];

export interface FunctionDefinitionParam {
  name: string;
  description?: string | null;
  /** A JSON Schema of an object. Default: no parameters. */
  parameters?: unknown;
  /** Whether arguments must follow the schema exactly. */
  strict?: boolean | null;
}

export interface FunctionToolParam {
  type: "function";
  function: FunctionDefinitionParam;
  cache_control?: CacheControlParam | null;
}

export type ToolParam = FunctionToolParam | { type: string & {}; [field: string]: unknown };

export type ToolChoiceParam = "auto" | "none" | "required" | { [name: string]: unknown };

/** The schema that the answer must follow. */
export interface JsonSchemaFormatParam {
  name: string;
  description?: string | null;
  /** A JSON Schema. */
  schema?: unknown;
  /** Whether the schema must be followed exactly. */
  strict?: boolean | null;
}

export interface TextResponseFormatParam {
  type: "text";
}

export interface JsonObjectResponseFormatParam {
  type: "json_object";
}

export interface JsonSchemaResponseFormatParam {
  type: "json_schema";
  json_schema: JsonSchemaFormatParam;
}

export type ResponseFormatParam = TextResponseFormatParam | JsonObjectResponseFormatParam | JsonSchemaResponseFormatParam | { type: string & {}; [field: string]: unknown };

export type ReasoningEffortParam = "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max" | (string & {});

/** How to think. */
export interface ReasoningOptionsParam {
  effort?: ReasoningEffortParam | null;
  /** The most tokens to think with. */
  max_tokens?: number | null;
  /** Whether to think at all. */
  enabled?: boolean | null;
  /** Whether to leave the reasoning out of the answer. */
  exclude?: boolean | null;
  /** `auto`, `concise` or `detailed`. */
  summary?: string | null;
}

/** Voice and format of an audio answer. */
export interface AudioOptionsParam {
  voice?: unknown;
  /** `wav`, `mp3`, `flac`, `opus`, `aac` or `pcm16`. */
  format?: string | null;
}

/** What a stream reports beside its content. */
export interface StreamOptionsParam {
  /**
   * Whether a last chunk tells the usage. Roocode asks for it in any case
   * and hands it out on the last chunk.
   */
  include_usage?: boolean | null;
}

/** What is done with a stream that breaks after its first content. */
export type StreamRecoveryParam = "error" | "continue";

/** What to do with a parameter that the target cannot honour. */
export type UnsupportedParam = "error" | "drop";

/** Seconds, or limits by name. */
export type TimeoutParam = number | { [name: string]: unknown };

/**
 * What the caller says about a request for the sake of routing. None of it
 * reaches the model.
 */
export interface RoutingOptionsParam {
  /** Only targets of this provider. The one way to reach a provider in `draft`. */
  provider?: string | null;
  /** Only targets that carry all of these. */
  tags?: readonly string[];
  /** Only targets in this region. To prefer regions, use the strategy `region`. */
  region?: string | null;
  /**
   * The jurisdictions where the data may be processed, such as `["eu", "ch"]`.
   * A target that does not say its own is left out. Default: anywhere.
   */
  residency?: readonly string[] | null;
  /** Only targets that promise all of these, such as `no_training`. */
  data_policy?: readonly string[];
  /** What the request is for, such as `summarise`; rules read it. */
  task?: string | null;
  /** Anything else that rules read. */
  metadata?: { [name: string]: unknown };
  /** On whose behalf; queues are fair between tenants, by estimated tokens. */
  tenant?: string | null;
  /** Place in a queue: higher first, always. Default 0. */
  priority?: number | null;
  /** Requests of one session stay with one target under the strategy `sticky`. */
  session?: string | null;
  /** The seed of every random choice. Default: a new one for each request. */
  seed?: number | null;
  /**
   * Tokens that the answer will have, for expected cost and time.
   * Default: 256, or the request's limit where that is lower.
   */
  expected_output_tokens?: number | null;
  /**
   * Whether a target that its route declares as a degradation (`degraded`) may answer.
   * Default true.
   */
  allow_degraded?: boolean | null;
}

/** A request for a chat completion. */
export interface ChatRequestParam {
  /**
   * `provider/model`, `kind/model`, a bare model name, or the name of a route.
   * Without it, the client's `default_route` is taken.
   */
  model?: string | null;
  /** The conversation so far; at least one message. */
  messages: readonly (MessageParam | ChatMessage)[];
  /** Most tokens to generate, reasoning included. */
  max_completion_tokens?: number | null;
  /** The older name of `max_completion_tokens`; give one of the two. */
  max_tokens?: number | null;
  /** Sampling temperature, 0 to 2. */
  temperature?: number | null;
  /** Nucleus sampling: the share of probability mass considered, 0 to 1. */
  top_p?: number | null;
  /** Sample from the k most likely tokens. */
  top_k?: number | null;
  /** Number of answers. */
  n?: number | null;
  /** Where to stop: one text or several. */
  stop?: StopParam | null;
  /** Seed for repeatable sampling, best effort. */
  seed?: number | null;
  /** -2 to 2. */
  frequency_penalty?: number | null;
  /** -2 to 2. */
  presence_penalty?: number | null;
  /** Token id to bias, -100 to 100. */
  logit_bias?: { [name: string]: unknown } | null;
  /** Whether to return log probabilities of the answer's tokens. */
  logprobs?: boolean | null;
  /** How many alternatives to return at each position, 0 to 20. */
  top_logprobs?: number | null;
  /** Tools the model may call. */
  tools?: readonly ToolParam[] | null;
  /** `none`, `auto`, `required`, or one named tool. */
  tool_choice?: ToolChoiceParam | null;
  /** Whether several tools may be called in one turn. */
  parallel_tool_calls?: boolean | null;
  /**
   * The form of the answer: text, any JSON, or JSON of a schema. Where a tool emulates it
   * and the model gives several answers, the first is the content and the choice's
   * `other_json_answers` keeps the others.
   */
  response_format?: ResponseFormatParam | null;
  /** How hard to think; `reasoning` says it with more detail. */
  reasoning_effort?: ReasoningEffortParam | null;
  /** How to think: effort or a budget of tokens. */
  reasoning?: ReasoningOptionsParam | null;
  /** `low`, `medium` or `high`. */
  verbosity?: string | null;
  /** What the answer may consist of: `text`, `audio`, `image`. */
  modalities?: readonly string[] | null;
  /** Voice and format of an audio answer. */
  audio?: AudioOptionsParam | null;
  /** Text that most of the answer is known to equal. */
  prediction?: { [name: string]: unknown } | null;
  /** Labels stored with the request at the provider. */
  metadata?: { [name: string]: unknown } | null;
  /** A stable id of the end user. */
  user?: string | null;
  /** A stable hashed id of the end user, for abuse detection. */
  safety_identifier?: string | null;
  /** Requests with one key share a prompt cache more often. */
  prompt_cache_key?: string | null;
  /** `in_memory` or `24h`. */
  prompt_cache_retention?: string | null;
  /** Whether the provider stores the completion. */
  store?: boolean | null;
  /** The provider's tier of service, such as `auto`, `default`, `flex`, `priority`. */
  service_tier?: string | null;
  /** The provider's web search. */
  web_search_options?: { [name: string]: unknown } | null;
  /** Whether to stream the answer. Default false. */
  stream?: boolean | null;
  stream_options?: StreamOptionsParam | null;
}

/** One input or several. */
export type EmbeddingsInputParam = string | readonly string[] | readonly number[] | readonly (readonly number[])[] | readonly ({ [name: string]: unknown })[];

/** How vectors are given. */
export type EncodingFormatParam = "float" | "base64";

/** A request for embeddings. */
export interface EmbeddingsRequestParam {
  /**
   * A text, a list of texts, the token ids of a text, or a list of such. More inputs than the
   * provider takes at once are sent in several requests, and the vectors put together in order.
   */
  input: EmbeddingsInputParam;
  /**
   * `provider/model`, `kind/model`, a bare model name, or the name of a route.
   * Without it, the client's `default_route` is taken.
   */
  model?: string | null;
  /** The length of the vectors, for models that can shorten them. */
  dimensions?: number | null;
  /** How the vectors are given: `float` (default), or `base64` of little-endian 32-bit floats. */
  encoding_format?: EncodingFormatParam | null;
  /**
   * What the texts are for, where the model distinguishes: `query`, `document`, or a
   * provider's own word, such as `classification`.
   */
  input_type?: string | null;
  /** A stable id of the end user. */
  user?: string | null;
}

/** A document to rank. */
export type RerankDocumentParam = string | { [name: string]: unknown };

/** A request to rank documents. */
export interface RerankRequestParam {
  /** What the documents are to be relevant to. */
  query: string;
  /** Texts, or objects with a `text`. */
  documents: readonly RerankDocumentParam[];
  /**
   * `provider/model`, `kind/model`, a bare model name, or the name of a route.
   * Without it, the client's `default_route` is taken.
   */
  model?: string | null;
  /** How many of the most relevant to return. Default: all. */
  top_n?: number | null;
  /** Whether results hold the documents themselves. Default false. */
  return_documents?: boolean | null;
}

/** A request for an operation that providers declare. */
export interface ServiceRequestParam {
  /**
   * The operation, such as `sms.send`: of every active provider that declares it, in order. With
   * a provider in front (`twilio/sms.send`) of that one alone. Or the name of a route.
   */
  operation: string;
  /** What the operation is to have, by the names that its declaration uses. */
  input?: { [name: string]: unknown } | null;
  /**
   * What a service that takes such a key is to know the request again by, where it may be sent
   * once more later, by another call. Default: a new one for each request, the same in all of
   * its attempts.
   */
  idempotency_key?: string | null;
}

/** How tokens were counted. */
export type CountMethodParam = "provider" | "vocabulary" | "estimate";

/** A request to count the tokens of a chat request's input. */
export interface CountTokensRequestParam {
  /**
   * `provider/model`, `kind/model`, a bare model name, or the name of a route.
   * Without it, the client's `default_route` is taken.
   */
  model?: string | null;
  /** The conversation so far; at least one message. */
  messages: readonly (MessageParam | ChatMessage)[];
  /** Most tokens to generate, reasoning included. */
  max_completion_tokens?: number | null;
  /** The older name of `max_completion_tokens`; give one of the two. */
  max_tokens?: number | null;
  /** Sampling temperature, 0 to 2. */
  temperature?: number | null;
  /** Nucleus sampling: the share of probability mass considered, 0 to 1. */
  top_p?: number | null;
  /** Sample from the k most likely tokens. */
  top_k?: number | null;
  /** Number of answers. */
  n?: number | null;
  /** Where to stop: one text or several. */
  stop?: StopParam | null;
  /** Seed for repeatable sampling, best effort. */
  seed?: number | null;
  /** -2 to 2. */
  frequency_penalty?: number | null;
  /** -2 to 2. */
  presence_penalty?: number | null;
  /** Token id to bias, -100 to 100. */
  logit_bias?: { [name: string]: unknown } | null;
  /** Whether to return log probabilities of the answer's tokens. */
  logprobs?: boolean | null;
  /** How many alternatives to return at each position, 0 to 20. */
  top_logprobs?: number | null;
  /** Tools the model may call. */
  tools?: readonly ToolParam[] | null;
  /** `none`, `auto`, `required`, or one named tool. */
  tool_choice?: ToolChoiceParam | null;
  /** Whether several tools may be called in one turn. */
  parallel_tool_calls?: boolean | null;
  /**
   * The form of the answer: text, any JSON, or JSON of a schema. Where a tool emulates it
   * and the model gives several answers, the first is the content and the choice's
   * `other_json_answers` keeps the others.
   */
  response_format?: ResponseFormatParam | null;
  /** How hard to think; `reasoning` says it with more detail. */
  reasoning_effort?: ReasoningEffortParam | null;
  /** How to think: effort or a budget of tokens. */
  reasoning?: ReasoningOptionsParam | null;
  /** `low`, `medium` or `high`. */
  verbosity?: string | null;
  /** What the answer may consist of: `text`, `audio`, `image`. */
  modalities?: readonly string[] | null;
  /** Voice and format of an audio answer. */
  audio?: AudioOptionsParam | null;
  /** Text that most of the answer is known to equal. */
  prediction?: { [name: string]: unknown } | null;
  /** Labels stored with the request at the provider. */
  metadata?: { [name: string]: unknown } | null;
  /** A stable id of the end user. */
  user?: string | null;
  /** A stable hashed id of the end user, for abuse detection. */
  safety_identifier?: string | null;
  /** Requests with one key share a prompt cache more often. */
  prompt_cache_key?: string | null;
  /** `in_memory` or `24h`. */
  prompt_cache_retention?: string | null;
  /** Whether the provider stores the completion. */
  store?: boolean | null;
  /** The provider's tier of service, such as `auto`, `default`, `flex`, `priority`. */
  service_tier?: string | null;
  /** The provider's web search. */
  web_search_options?: { [name: string]: unknown } | null;
  /** Whether to stream the answer. Default false. */
  stream?: boolean | null;
  stream_options?: StreamOptionsParam | null;
  /**
   * How to count. Default: `vocabulary` where one is given, else `provider` where one of the
   * targets counts, else `estimate`. `provider` is an error where none does.
   */
  method?: CountMethodParam | null;
  /**
   * The path of a file of OpenAI's published form, such as `o200k_base.tiktoken`: a line for each
   * token, its bytes as base64 and its rank. It is read once, and nothing is sent.
   */
  vocabulary?: string | null;
}

/** One text or several. */
export type PromptParam = string | readonly string[] | readonly number[] | readonly (readonly number[])[];

/** A request to complete a text. */
export interface CompletionRequestParam {
  /** A text, a list of texts, the token ids of a text, or a list of such; each is completed. */
  prompt: PromptParam;
  /**
   * `provider/model`, `kind/model`, a bare model name, or the name of a route.
   * Without it, the client's `default_route` is taken.
   */
  model?: string | null;
  /** What comes after the completion, for models that fill a gap. */
  suffix?: string | null;
  /** Most tokens to generate. Default: the service's, 16 at OpenAI. */
  max_tokens?: number | null;
  /** Sampling temperature, 0 to 2. */
  temperature?: number | null;
  /** Nucleus sampling: the share of probability mass considered, 0 to 1. */
  top_p?: number | null;
  /** Number of completions of each prompt. */
  n?: number | null;
  /** Completions generated of which the best `n` are given. Not with streams. */
  best_of?: number | null;
  /** Whether the prompt is said again before the completion. Default false. */
  echo?: boolean | null;
  /** How many alternatives of each token to return with their log probabilities, 0 to 5 at OpenAI. */
  logprobs?: number | null;
  /** Where to stop: one text or several. */
  stop?: StopParam | null;
  /** -2 to 2. */
  presence_penalty?: number | null;
  /** -2 to 2. */
  frequency_penalty?: number | null;
  /** Token id to bias, -100 to 100. */
  logit_bias?: { [name: string]: unknown } | null;
  /** Seed for repeatable sampling, best effort. */
  seed?: number | null;
  /** A stable id of the end user. */
  user?: string | null;
  /** Whether to stream the answer. Default false. */
  stream?: boolean | null;
  stream_options?: StreamOptionsParam | null;
}

/** One chat of a batch. */
export interface BatchItemParam {
  /**
   * What its result is told by: letters, digits, `-` and `_`, at most 64, and no other's.
   * Default: `request-0` of the first, and so on; the results then come in that order.
   */
  custom_id?: string | null;
  /**
   * `provider/model`, `kind/model`, a bare model name, or the name of a route.
   * Without it, the client's `default_route` is taken.
   */
  model?: string | null;
  /** The conversation so far; at least one message. */
  messages: readonly (MessageParam | ChatMessage)[];
  /** Most tokens to generate, reasoning included. */
  max_completion_tokens?: number | null;
  /** The older name of `max_completion_tokens`; give one of the two. */
  max_tokens?: number | null;
  /** Sampling temperature, 0 to 2. */
  temperature?: number | null;
  /** Nucleus sampling: the share of probability mass considered, 0 to 1. */
  top_p?: number | null;
  /** Sample from the k most likely tokens. */
  top_k?: number | null;
  /** Number of answers. */
  n?: number | null;
  /** Where to stop: one text or several. */
  stop?: StopParam | null;
  /** Seed for repeatable sampling, best effort. */
  seed?: number | null;
  /** -2 to 2. */
  frequency_penalty?: number | null;
  /** -2 to 2. */
  presence_penalty?: number | null;
  /** Token id to bias, -100 to 100. */
  logit_bias?: { [name: string]: unknown } | null;
  /** Whether to return log probabilities of the answer's tokens. */
  logprobs?: boolean | null;
  /** How many alternatives to return at each position, 0 to 20. */
  top_logprobs?: number | null;
  /** Tools the model may call. */
  tools?: readonly ToolParam[] | null;
  /** `none`, `auto`, `required`, or one named tool. */
  tool_choice?: ToolChoiceParam | null;
  /** Whether several tools may be called in one turn. */
  parallel_tool_calls?: boolean | null;
  /**
   * The form of the answer: text, any JSON, or JSON of a schema. Where a tool emulates it
   * and the model gives several answers, the first is the content and the choice's
   * `other_json_answers` keeps the others.
   */
  response_format?: ResponseFormatParam | null;
  /** How hard to think; `reasoning` says it with more detail. */
  reasoning_effort?: ReasoningEffortParam | null;
  /** How to think: effort or a budget of tokens. */
  reasoning?: ReasoningOptionsParam | null;
  /** `low`, `medium` or `high`. */
  verbosity?: string | null;
  /** What the answer may consist of: `text`, `audio`, `image`. */
  modalities?: readonly string[] | null;
  /** Voice and format of an audio answer. */
  audio?: AudioOptionsParam | null;
  /** Text that most of the answer is known to equal. */
  prediction?: { [name: string]: unknown } | null;
  /** Labels stored with the request at the provider. */
  metadata?: { [name: string]: unknown } | null;
  /** A stable id of the end user. */
  user?: string | null;
  /** A stable hashed id of the end user, for abuse detection. */
  safety_identifier?: string | null;
  /** Requests with one key share a prompt cache more often. */
  prompt_cache_key?: string | null;
  /** `in_memory` or `24h`. */
  prompt_cache_retention?: string | null;
  /** Whether the provider stores the completion. */
  store?: boolean | null;
  /** The provider's tier of service, such as `auto`, `default`, `flex`, `priority`. */
  service_tier?: string | null;
  /** The provider's web search. */
  web_search_options?: { [name: string]: unknown } | null;
  /** Whether to stream the answer. Default false. */
  stream?: boolean | null;
  stream_options?: StreamOptionsParam | null;
}

/** A request to answer many chats within a day, at a lower price. */
export interface CreateBatchRequestParam {
  /**
   * The chats. Each has the fields of a chat request, without `model` and `stream`, and may have a
   * `custom_id` by which its result is told.
   */
  requests: readonly BatchItemParam[];
  /**
   * `provider/model`, `kind/model`, a bare model name, or the name of a route: all requests go to
   * one model of one provider. Without it, the client's `default_route` is taken.
   */
  model?: string | null;
  /** Labels stored with the batch at the provider, where it takes them. */
  metadata?: { [name: string]: unknown } | null;
}

/** A request for the batches of one provider. */
export interface ListBatchesRequestParam {
  /** How many at most. Default: the provider's, 20 as a rule. */
  limit?: number | null;
  /** Where the list goes on: `next` of the page before. */
  after?: string | null;
}

/** A request to make images. */
export interface ImagesRequestParam {
  /** What the images are to show. */
  prompt: string;
  /**
   * `provider/model`, `kind/model`, a bare model name, or the name of a route.
   * Without it, the client's `default_route` is taken.
   */
  model?: string | null;
  /** How many. Default: one. */
  n?: number | null;
  /** In pixels, such as `1024x1536`, or `auto`. */
  size?: string | null;
  /** Such as `low`, `high`, `hd` or `auto`, in the words of the model. */
  quality?: string | null;
  /** `url` or `b64_json`, for models that give a choice. */
  response_format?: string | null;
  /** `png`, `jpeg` or `webp`, for models that give a choice. */
  output_format?: string | null;
  /** `transparent`, `opaque` or `auto`. */
  background?: string | null;
  /** `vivid` or `natural`, for models that give a choice. */
  style?: string | null;
  /** A stable id of the end user. */
  user?: string | null;
}

export type UploadParam = Uploaded;

/** A file or several. For the schema alone. */
export type UploadsParam = UploadParam | readonly UploadParam[];

/** A request to change images. */
export interface ImageEditsRequestParam {
  /** The image, or several that are put together. */
  image: UploadsParam;
  /** What is to become of them. */
  prompt: string;
  /**
   * `provider/model`, `kind/model`, a bare model name, or the name of a route.
   * Without it, the client's `default_route` is taken.
   */
  model?: string | null;
  /** An image whose transparent parts say what of the first one may be changed. */
  mask?: UploadParam | null;
  /** How many. Default: one. */
  n?: number | null;
  /** In pixels, such as `1024x1536`, or `auto`. */
  size?: string | null;
  /** Such as `low`, `high` or `auto`, in the words of the model. */
  quality?: string | null;
  /** `url` or `b64_json`, for models that give a choice. */
  response_format?: string | null;
  /** A stable id of the end user. */
  user?: string | null;
}

/** A voice: its name, or an object that names one of the caller's own. */
export type VoiceParam = string | { [name: string]: unknown };

/** A request to read a text aloud. */
export interface SpeechRequestParam {
  /** The text. */
  input: string;
  /**
   * `provider/model`, `kind/model`, a bare model name, or the name of a route.
   * Without it, the client's `default_route` is taken.
   */
  model?: string | null;
  /** The name or the id of a voice of the provider's. */
  voice?: VoiceParam | null;
  /** `mp3` (most services' default), `opus`, `aac`, `flac`, `wav` or `pcm`. */
  response_format?: string | null;
  /** 1 is the voice's own. */
  speed?: number | null;
  /** How it is to be spoken, for models that can be told. */
  instructions?: string | null;
}

/** A request for the text of speech. A translation has the same, but that its text is English. */
export interface TranscriptionRequestParam {
  /** The sound file. */
  file: UploadParam;
  /**
   * `provider/model`, `kind/model`, a bare model name, or the name of a route.
   * Without it, the client's `default_route` is taken.
   */
  model?: string | null;
  /** The language spoken, such as `en` (ISO 639-1). Default: the model finds out. */
  language?: string | null;
  /** What came before, or words that will come: it guides the model. */
  prompt?: string | null;
  /**
   * `json` (default), `verbose_json` (with times), `text`, `srt` or `vtt`; the last three are in `text`
   * of the answer as they came.
   */
  response_format?: string | null;
  /** From 0 to 1; higher is more random. */
  temperature?: number | null;
  /** Which times to give: `word`, `segment`. Most services want `verbose_json` for it. */
  timestamp_granularities?: readonly string[] | null;
}

/** What is to be judged. */
export type ModerationInputParam = string | readonly string[] | readonly ({ [name: string]: unknown })[];

/** A request to judge texts or images. */
export interface ModerationRequestParam {
  /** A text, a list of texts, or a list of parts: `{"type": "text", …}`, `{"type": "image_url", …}`. */
  input: ModerationInputParam;
  /**
   * `provider/model`, `kind/model`, a bare model name, or the name of a route.
   * Without it, the client's `default_route` is taken.
   */
  model?: string | null;
}

/** A part of a message or of a tool's result. */
export interface ResponseInputPartParam {
  /** `input_text`, `input_image`, `input_file`, `input_audio`; of the model's own, `output_text` or `refusal`. */
  type: string;
  text?: string | null;
  refusal?: string | null;
  /** An `https:` or `data:` URL. */
  image_url?: string | null;
  /** `auto`, `low` or `high`. */
  detail?: string | null;
  /** The id of a file uploaded to the provider. */
  file_id?: string | null;
  /** A `data:` URL. */
  file_data?: string | null;
  file_url?: string | null;
  filename?: string | null;
  /** `data` (base64) and `format`. */
  input_audio?: { [name: string]: unknown } | null;
}

export type ResponseInputContentParam = string | readonly ResponseInputPartParam[];

/** An item of a request; its other fields are those of its type. */
export interface ResponseInputItemParam {
  /** `message` (default), `function_call`, `function_call_output`, `reasoning`, or another of the service's. */
  type?: string | null;
  /** Of a message: `user`, `assistant`, `system` or `developer`. */
  role?: string | null;
  /** Of a message: a text, or parts. */
  content?: ResponseInputContentParam | null;
  /** Of a result of a tool: a text, or parts. */
  output?: ResponseInputContentParam | null;
  /** What a call and its result have in common. */
  call_id?: string | null;
  /** Of a call: the tool. */
  name?: string | null;
  /** Of a call of a function: JSON. */
  arguments?: string | null;
  /** Of a call of a custom tool. */
  input?: string | null;
  /** Of reasoning. */
  summary?: readonly ({ [name: string]: unknown })[] | null;
  /** Of reasoning: what its provider needs to have it back. */
  encrypted_content?: string | null;
  id?: string | null;
  status?: string | null;
}

export type ResponsesInputParam = string | readonly (ResponseInputItemParam | ResponseItem)[];

/** A tool: a function of the caller's, or one of the service's, whose fields are its own. */
export interface ResponseToolParam {
  /** `function`, `custom`, or a tool that the service runs, such as `web_search`. */
  type: string;
  name?: string | null;
  description?: string | null;
  /** A JSON Schema of an object. */
  parameters?: unknown;
  /** Whether arguments must follow the schema exactly. */
  strict?: boolean | null;
}

export type ResponseToolChoiceParam = "auto" | "none" | "required" | { [name: string]: unknown };

/** How to think, and what to tell of it. */
export interface ResponseReasoningParam {
  effort?: ReasoningEffortParam | null;
  /** `auto`, `concise` or `detailed`. */
  summary?: string | null;
}

/** The form of the answer. */
export interface ResponseTextParam {
  /** Of `type` `text`, `json_object`, or `json_schema` with `name`, `schema` and `strict`. */
  format?: { [name: string]: unknown } | null;
  /** `low`, `medium` or `high`. */
  verbosity?: string | null;
}

/**
 * A request for a response. Targets without this API are asked for a chat completion, which is
 * then put into this form; what only the API itself can do (`previous_response_id`, tools that
 * the service runs) leaves such targets out, unless `unsupported` is `drop`.
 */
export interface ResponsesRequestParam {
  /**
   * A text, or the items of the conversation so far. Items of a response's `output` may be
   * handed back as they are.
   */
  input?: ResponsesInputParam | null;
  /**
   * `provider/model`, `kind/model`, a bare model name, or the name of a route.
   * Without it, the client's `default_route` is taken.
   */
  model?: string | null;
  /** What the model is told before the conversation. */
  instructions?: string | null;
  /** Most tokens to generate, reasoning included. */
  max_output_tokens?: number | null;
  /** Tools that the model may call: functions of the caller's, and those of the service. */
  tools?: readonly ResponseToolParam[] | null;
  /** `none`, `auto`, `required`, or an object that names a tool. */
  tool_choice?: ResponseToolChoiceParam | null;
  /** Whether several tools may be called in one turn. Default: the service's, true at OpenAI. */
  parallel_tool_calls?: boolean | null;
  /** How to think, and what to tell of it: `effort`, `summary`. */
  reasoning?: ResponseReasoningParam | null;
  /** The form of the answer: `format` and `verbosity`. */
  text?: ResponseTextParam | null;
  /** Sampling temperature, 0 to 2. */
  temperature?: number | null;
  /** Nucleus sampling: the share of probability mass considered, 0 to 1. */
  top_p?: number | null;
  /** How many likely tokens to tell at each position, 0 to 20. */
  top_logprobs?: number | null;
  /** The response that this one goes on from; the service must have stored it. */
  previous_response_id?: string | null;
  /** A conversation that the service keeps: its id, or an object with it. */
  conversation?: unknown;
  /** Whether the service works on while nobody waits. Default false. */
  background?: boolean | null;
  /** Whether the service stores the response. Default: the service's, true at OpenAI. */
  store?: boolean | null;
  /** What else the response is to hold, such as `reasoning.encrypted_content`. */
  include?: readonly string[] | null;
  /** What happens to input beyond the context window: `disabled` (default, an error) or `auto`. */
  truncation?: string | null;
  /** A prompt that is kept at the service, by its id. */
  prompt?: { [name: string]: unknown } | null;
  /** Most calls of the service's own tools. */
  max_tool_calls?: number | null;
  /** Labels stored with the response at the provider. */
  metadata?: { [name: string]: unknown } | null;
  /** A stable id of the end user. */
  user?: string | null;
  /** A stable hashed id of the end user, for abuse detection. */
  safety_identifier?: string | null;
  /** Requests with one key share a prompt cache more often. */
  prompt_cache_key?: string | null;
  /** `in_memory` or `24h`. */
  prompt_cache_retention?: string | null;
  /** The provider's tier of service, such as `auto`, `default`, `flex`, `priority`. */
  service_tier?: string | null;
  /** Whether to stream the answer. Default false. */
  stream?: boolean | null;
  stream_options?: { [name: string]: unknown } | null;
}

/** A block of a turn; its other fields are those of its type. */
export interface MessageInputBlockParam {
  /** `text`, `image`, `document`, `tool_use`, `tool_result`, `thinking`, or another of the service's. */
  type: string;
  text?: string | null;
  /** Of an image or a document: of `type` `base64`, `url`, `file` or `text`. */
  source?: { [name: string]: unknown } | null;
  /** Of a document. */
  title?: string | null;
  /** Of a document: what is to be known of it. */
  context?: string | null;
  /** Of a document: whether to cite it, `enabled`; of a text its citations. */
  citations?: unknown;
  /** Of a call: what its result names it by. */
  id?: string | null;
  /** Of a call: the tool. */
  name?: string | null;
  /** Of a call: an object. */
  input?: unknown;
  /** Of a result: the call that it answers. */
  tool_use_id?: string | null;
  /** Of a result: a text, or blocks. */
  content?: unknown;
  /** Of a result: whether the tool failed. */
  is_error?: boolean | null;
  thinking?: string | null;
  signature?: string | null;
  /** Of thinking that only its provider can read. */
  data?: string | null;
  cache_control?: { [name: string]: unknown } | null;
}

export type MessageContentParam = string | readonly (MessageInputBlockParam | MessageBlock)[];

/** One turn of the conversation. */
export interface MessageTurnParam {
  /** `user` or `assistant`. */
  role: string;
  content: MessageContentParam;
}

/** A tool: one of the caller's, or one of the service's, whose fields are its own. */
export interface MessageToolParam {
  name: string;
  description?: string | null;
  /** A JSON Schema of an object. */
  input_schema?: unknown;
  /** `custom` (default), or a tool that the service runs, such as `web_search_20250305`. */
  type?: string | null;
  /** Whether inputs must follow the schema exactly. */
  strict?: boolean | null;
  cache_control?: { [name: string]: unknown } | null;
  /** Of a tool that the service runs: how often it may be called. */
  max_uses?: number | null;
  /** Of a search. */
  allowed_domains?: readonly string[] | null;
  /** Of a search. */
  blocked_domains?: readonly string[] | null;
  /** Of a search. */
  user_location?: { [name: string]: unknown } | null;
}

/**
 * A request for a message. Targets of another wire than Anthropic's are asked for a chat completion,
 * which is then put into this form; what only the wire itself has (tools that the service runs,
 * containers) leaves such targets out, unless `unsupported` is `drop`.
 */
export interface MessagesRequestParam {
  /**
   * The conversation so far: turns of `user` and `assistant`. The `content` of a reply may be handed
   * back as it is.
   */
  messages: readonly MessageTurnParam[];
  /** Most tokens to generate, thinking included. */
  max_tokens: number;
  /**
   * `provider/model`, `kind/model`, a bare model name, or the name of a route.
   * Without it, the client's `default_route` is taken.
   */
  model?: string | null;
  /** What the model is told before the conversation: a text, or blocks of text. */
  system?: MessageContentParam | null;
  /** Tools that the model may call: those of the caller's, and those of the service. */
  tools?: readonly MessageToolParam[] | null;
  /** Of `type` `auto`, `any`, `none`, or `tool` with its `name`. */
  tool_choice?: { [name: string]: unknown } | null;
  /** Of `type` `enabled` with `budget_tokens`, `adaptive`, or `disabled`. */
  thinking?: { [name: string]: unknown } | null;
  /** `effort`, and the `format` of the answer. */
  output_config?: { [name: string]: unknown } | null;
  /** Sampling temperature, 0 to 1. */
  temperature?: number | null;
  /** Nucleus sampling: the share of probability mass considered, 0 to 1. */
  top_p?: number | null;
  /** Sample from the k most likely tokens. */
  top_k?: number | null;
  /** Texts to stop at. */
  stop_sequences?: readonly string[] | null;
  /** `user_id`: a stable id of the end user. */
  metadata?: { [name: string]: unknown } | null;
  /** `auto` or `standard_only`. */
  service_tier?: string | null;
  /** Beta features of Anthropic's to use, such as `context-management-2025-06-27`: its header `anthropic-beta`. */
  betas?: readonly string[] | null;
  /** Whether to stream the answer. Default false. */
  stream?: boolean | null;
}

/** How a call is sent, beside what is asked. */
export interface CallOptionsParam {
  /** The provider (or kind) to ask; `model` is then its own name for the model. */
  provider?: string | null;
  /** What routing is to know of this request: tags, region, session, task, … */
  routing?: RoutingOptionsParam | RoutingOptions | null;
  /** Time limits. Default: the client's. */
  timeout?: TimeoutParam | null;
  /** Retries after the first attempt. Default: the client's. */
  max_retries?: number | null;
  /** Headers added to the request, over all others. */
  extra_headers?: { [name: string]: string } | null;
  /** Query parameters added to the request's URL. */
  extra_query?: { [name: string]: string } | null;
  /** Fields put into the wire body last, over what the dialect wrote. */
  extra_body?: { [name: string]: unknown } | null;
  /** What to do with parameters the target cannot honour. Default: the client's. */
  unsupported?: UnsupportedParam | null;
  /**
   * What is done with a stream that breaks after its first content: `error`, or `continue`
   * at another target. Default: the route's, else the client's `resilience.stream_recovery`.
   */
  stream_recovery?: StreamRecoveryParam | null;
  /**
   * Whether it may share the reply of an identical request (with equal options) that is on its
   * way already. Plain calls only. Default false.
   */
  coalesce?: boolean | null;
}

/** The fields of an [`Error`]. Serialises to what the bindings hand to the user. */
export interface ErrorDetails {
  kind: ErrorKind;
  message: string;
  /** The place in the input that is wrong, such as `messages[2].content[0].type`. */
  param?: string | null;
  /** The provider's own error code. */
  code?: string | null;
  /** The provider's own error type. */
  type?: string | null;
  provider?: string | null;
  model?: string | null;
  /** `provider/model` of the target that failed last. */
  target?: string | null;
  /** HTTP status of the response. */
  status?: number | null;
  /** The provider's id of the request. */
  request_id?: string | null;
  /** Seconds that the provider asks to wait. */
  retry_after?: number | null;
  /** The time limit that ran out. */
  limit?: TimeLimit | null;
  /**
   * Of an operation that a provider declares: whether it is sure that it was not done, because
   * nothing was sent or the service said so. False: it may have been done, by any of the attempts.
   */
  not_done?: boolean | null;
  /** HTTP exchanges made for this request, this failure included. */
  attempts: number;
  /** The provider's error body: parsed when it is JSON, else its text. */
  body?: unknown;
  /** What a stream had delivered before it broke. */
  partial?: ChatCompletion | null;
  /** What the stream of a response had delivered before it broke. */
  partial_response?: ModelResponse | null;
  /** What the stream of a message had delivered before it broke. */
  partial_message?: MessageReply | null;
  /** What the stream of a completion of a text had delivered before it broke. */
  partial_completion?: Completion | null;
  route?: Trace | null;
  /** The cause in the words of the layer below. */
  source?: string | null;
}
