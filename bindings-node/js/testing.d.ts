/**
 * One answer of a mock, and the requests it is for: `when`, `expect`, `reply`,
 * `stream`, `latency_ms`, `fault`, `times`. A field that is wrong is an error
 * that names its place and what is allowed.
 */
export interface Script {
  name?: string;
  /** Which requests it answers: `model`, `contains`, `path`, `stream`, `attempt`. */
  when?: { [condition: string]: unknown };
  /** What the request must look like: `body`, `headers`, and how many `requests`. */
  expect?: { [expectation: string]: unknown };
  /** What to say: `content`, `reasoning`, `tool_calls`, `finish_reason`, `usage`, `headers`, … */
  reply?: { [field: string]: unknown };
  /** How a stream is cut and paced: `chunks`, `first_token_ms`, `chunk_interval_ms`, `tokens_per_second`. */
  stream?: { [field: string]: unknown };
  /** Wait before the response's head, in milliseconds. */
  latency_ms?: number;
  /** How to fail: `{ kind: 'status', status: 429 }`, `hang`, `reset`, `cut`, `malformed`, … */
  fault?: { kind: string; [field: string]: unknown };
  /** How many requests it answers before the next script does. */
  times?: number;
}

export interface MockOptions {
  /** What to answer, first match first. Without any, the mock says back what it was told. */
  scripts?: readonly Script[];
  /** Requests without this key are refused. */
  api_key?: string;
  models?: readonly string[];
  /** How many requests are remembered. */
  log_limit?: number;
  port?: number;
  refusing?: boolean;
}

/** A request that the mock received. */
export interface RecordedRequest {
  number: number;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: unknown;
  model: string | null;
  stream: boolean;
  status: number | null;
  /** `active`, `complete`, `client_left`, `cut`, `reset`, `refused`. */
  outcome: string;
  [field: string]: unknown;
}

/** A mock provider on a port of 127.0.0.1. */
export declare class MockServer {
  private constructor();
  /** Starts a server on a thread of its own; `options` may be a list of scripts alone. */
  static start(options?: MockOptions | readonly Script[]): MockServer;
  /** `http://127.0.0.1:PORT`: clients of OpenAI and Anthropic add `/v1`, of Gemini `/v1beta`. */
  get url(): string;
  get port(): number;
  /** The requests received, oldest first; credentials are not kept. */
  get requests(): RecordedRequest[];
  get counters(): Record<string, number>;
  /** Puts other scripts in place of those there; what was recorded stays. */
  setScripts(scripts: readonly Script[]): void;
  /** Closes the port to new connections, or opens it again. */
  setRefusing(refusing: boolean): void;
  /** Forgets the requests, and lets every script begin anew. */
  clear(): void;
  /** Throws an `AssertionError` that says all that was not as the scripts expect. */
  assertSatisfied(): void;
  /** Stops the server and closes its connections. */
  stop(): void;
  [Symbol.dispose](): void;
}
