import type { StrategyOption } from './index';
import type { RoutingTrace, StrategyName, Why } from './types';
import type { Counters, MockOptions, RecordedRequest, Script } from './testing_types';

export type * from './testing_types';

/** A decision over targets that are made up; its form is in `tests/cases/README.md` of the project. */
export interface Decided {
  /** With `decisions`: the first target of each. */
  first?: (string | null)[];
  /** The targets in the order in which they are taken. */
  order: string[];
  /** Of each taken: the reason, the strategy that had the last word, what it compared. */
  why: Why[];
  by: StrategyName[];
  scores: (number | null)[];
  /** When the first shortage ends, in seconds since 1970. */
  earliest: number | null;
  /** What is wrong with the `order` that was given. */
  order_failed: string | null;
  /** The record of it; not with `decisions`. */
  trace?: RoutingTrace;
}

/** Decides over targets that are made up: what a strategy would do. Nothing is sent. */
export declare function decide(decisionCase: {
  targets: readonly { name: string; [fact: string]: unknown }[];
  strategy: StrategyOption;
  [field: string]: unknown;
}): Decided;

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
