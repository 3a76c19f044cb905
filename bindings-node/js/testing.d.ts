import type { Counters, MockOptions, RecordedRequest, Script } from './testing_types';

export type * from './testing_types';

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
  get counters(): Counters;
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
