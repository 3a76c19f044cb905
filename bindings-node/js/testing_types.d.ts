// Generated from the Rust types by `make generate`. Do not edit.

/** Conditions on a request; all that are given must hold. */
export interface When {
  /** The model asked for, exactly. */
  model?: string | null;
  /** A text that occurs anywhere in the request's body as it was sent. */
  contains?: string | null;
  /** A text that occurs in the request's path. */
  path?: string | null;
  /** Whether a stream is asked for. */
  stream?: boolean | null;
  /** Only the n-th request, from 1, of those for which the other conditions hold. */
  attempt?: number | null;
}

/** What a request must look like. */
export interface Expect {
  /**
   * What the body must have: of an object the fields that are named, of an
   * array every element in order.
   */
  body?: unknown;
  /** Headers and their exact values. */
  headers?: { [name: string]: string };
  /** How many requests this script must have answered in the end. */
  requests?: number | null;
}

/** A call of a tool. */
export interface ToolCall {
  /** Else counted; Gemini's calls have one only where it is given. */
  id?: string | null;
  name: string;
  /** JSON, or a text that is sent as it is. */
  arguments?: unknown;
}

/**
 * Tokens of a request, as OpenAI counts them: cached tokens are among the
 * prompt's, reasoning tokens among the completion's.
 */
export interface TokenUsage {
  prompt_tokens?: number;
  completion_tokens?: number;
  /** Read from a cache. */
  cached_tokens?: number;
  /** Written to a cache. */
  cache_write_tokens?: number;
  reasoning_tokens?: number;
}

/** What to say. */
export interface Reply {
  /** The text. Without it, tool calls and chunks, the mock says back what it was told. */
  content?: string | null;
  /** The text of the model's thinking. */
  reasoning?: string | null;
  /** The signature of the thinking, where the wire has one. */
  signature?: string | null;
  tool_calls?: readonly ToolCall[];
  /**
   * OpenAI's word (`stop`, `length`, `tool_calls`, `content_filter`), said in
   * the wire's own; another is sent as it is.
   */
  finish_reason?: string | null;
  /** Else counted in words. */
  usage?: TokenUsage | null;
  /** Says nothing of usage, as some services do. */
  omit_usage?: boolean;
  /** The model said to have answered; else the one asked for. */
  model?: string | null;
  /** Unix time of the answer, where the wire has one. Fixed unless given. */
  created?: number | null;
  /** Added to the response, such as a rate limit's. */
  headers?: { [name: string]: string };
  /**
   * The whole body instead, for a plain answer on any path: a text is sent as
   * it is, the rest as JSON.
   */
  body?: unknown;
}

/** How content is cut. */
export type Chunks = number | readonly string[];

/** How a streamed answer is cut and paced. */
export interface StreamPlan {
  /** How the content is cut: a number of chunks, or their texts. Else by words. */
  chunks?: Chunks | null;
  /** Wait before the first chunk with content, in milliseconds. */
  first_token_ms?: number;
  /** Wait between chunks with content, in milliseconds. */
  chunk_interval_ms?: number;
  /** The same said as a rate; give one of the two. */
  tokens_per_second?: number | null;
  /**
   * Puts before each chunk of content the time of its writing and a space:
   * nanoseconds since 1970, 19 digits. Another process on the machine can
   * so measure the delay. Not on Bedrock's wire, whose events have checksums.
   */
  timestamps?: boolean;
}

/** An HTTP error in the wire's own form. */
export interface StatusFault {
  kind: "status";
  status: number;
  /** Added to the response, such as `retry-after`. */
  headers?: { [name: string]: string };
  /** The error's message, where the usual one will not do. */
  message?: string | null;
  /** The error's code (OpenAI), type (Anthropic) or status (Gemini). */
  code?: string | null;
  /** The whole body instead: a text is sent as it is, the rest as JSON. */
  body?: unknown;
}

/** Nothing more comes, until the client leaves. */
export interface HangFault {
  kind: "hang";
  after_chunks?: number | null;
}

/** The connection is reset. */
export interface ResetFault {
  kind: "reset";
  after_chunks?: number | null;
}

/** The connection is closed in the middle of the response. */
export interface CutFault {
  kind: "cut";
  after_chunks?: number | null;
}

/** The response ends as HTTP has it, but its last events are missing. */
export interface TruncateFault {
  kind: "truncate";
  after_chunks?: number;
}

/** A body that is not JSON, or in a stream an event that is not. */
export interface MalformedFault {
  kind: "malformed";
  after_chunks?: number;
  /** What to send in place of JSON. */
  text?: string | null;
}

/** The body drips. */
export interface SlowFault {
  kind: "slow";
  bytes_per_write?: number;
  interval_ms?: number;
}

/** An error inside a response of status 200. */
export interface ErrorEventFault {
  kind: "error_event";
  after_chunks?: number;
  /** The status whose error the event says. */
  status?: number;
  message?: string | null;
  code?: string | null;
  /** The event's whole data instead. */
  body?: unknown;
}

/**
 * In process, the connection is refused. A request that reached the server
 * can no longer be refused and is reset; for a port that refuses, see the
 * server's `set_refusing`.
 */
export interface RefuseFault {
  kind: "refuse";
}

/**
 * A way to fail. `after_chunks` counts the chunks of a stream that carry
 * content (text, reasoning or tool arguments): 0 is before the first of them,
 * left out is before the response's head. Of a plain answer, any number is
 * after half its body.
 */
export type Fault = StatusFault | HangFault | ResetFault | CutFault | TruncateFault | MalformedFault | SlowFault | ErrorEventFault | RefuseFault;

/**
 * One answer of a mock, and the requests it is for.
 *
 * A mock holds a list of them; the first that matches and has `times` left
 * answers. Where none does, the mock says back what it was told.
 */
export interface Script {
  /** Named in messages; else the script's place in the list is. */
  name?: string | null;
  /** Which requests it answers; all of them where nothing is said. */
  when?: When;
  /**
   * What the request must look like; else it is answered with status 400 and
   * `assert_satisfied` fails.
   */
  expect?: Expect;
  /** What to say. */
  reply?: Reply;
  /** How a streamed answer is cut and paced. */
  stream?: StreamPlan;
  /** Wait before the response's head, in milliseconds. */
  latency_ms?: number;
  /** How to fail. */
  fault?: Fault | null;
  /** How many requests it answers before the next script does; no end where left out. */
  times?: number | null;
}

/** How a mock is set up. All of it may be left out. */
export interface MockOptions {
  /** What to answer, first match first. */
  scripts?: readonly Script[];
  /** Requests without this key are refused, in the wire's own form. */
  api_key?: string | null;
  /** The models that a list of models has. */
  models?: readonly string[];
  /** How many requests are remembered, the latest ones. Default 1000. */
  log_limit?: number;
  /** The server's port on 127.0.0.1; 0, the default, is any free one. */
  port?: number;
  /** The server starts with its port closed. */
  refusing?: boolean;
}

/** How an exchange ended. */
export type Outcome = "active" | "complete" | "client_left" | "cut" | "reset" | "refused";

/** A request that a mock received. */
export interface RecordedRequest {
  /** Counted from 1. */
  number: number;
  method: string;
  path: string;
  /** Credentials are `***`. */
  query: { [name: string]: string };
  /** Names in lower case; values of one name joined by commas; credentials are `***`. */
  headers: { [name: string]: string };
  /**
   * Parsed where it is JSON, else its text; of a form its fields, and of its files `filename`,
   * `content_type` and `size` alone.
   */
  body: unknown;
  /** `openai`, `anthropic`, `gemini` or `responses`; nothing for a path that none of them has. */
  wire: string | null;
  model: string | null;
  stream: boolean;
  /** The place in the list of the script that answered. */
  script: number | null;
  /** The status answered, if any was. */
  status: number | null;
  /** Milliseconds from the mock's start to the request. */
  received_ms: number;
  /** Milliseconds from the request to its end. */
  duration_ms: number | null;
  /** Bytes of the body handed to the connection so far. */
  bytes_sent: number;
  outcome: Outcome;
}

/** How much goes on in a mock. */
export interface Counters {
  /** Connections open now. */
  open_connections: number;
  /** Connections ever accepted. */
  connections: number;
  /** Requests not yet ended. */
  active_requests: number;
  /** Requests ever received. */
  requests: number;
  /** Requests whose client went away before the end. */
  clients_left: number;
}
