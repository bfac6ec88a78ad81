import type { Gate } from '../../../src/gate/gate.js';

/** A request as it goes over the wire: nothing in it is tidied up. */
export interface CaseRequest {
  readonly method: string;
  /** Sent as it stands, whether it is a path or not. */
  readonly path: string;
  /** In their order; a name may come more than once. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
  /** Announce this many bytes, send `body`, and hang up. */
  readonly hangUpBefore?: number;
}

export interface CaseAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** What the app under test is built on. */
export interface StartOptions {
  readonly gate: Gate;
  /** What the adapter does about a route that says nothing of what it requires. */
  readonly unguarded: 'refuse' | 'report' | 'allow';
  /** To be called by the adapter, for `report`. */
  readonly onUnguarded: (route: string) => void;
  /** Whether the app is to have `GET /unguarded`, a route without any requirement. */
  readonly withUnguarded: boolean;
}

/** An app under test. Each test starts its own. */
export interface CaseServer {
  readonly url: string;
  close(): Promise<void>;
  /** How often a handler ran, that of `GET /health` left out. */
  handlerRuns(): number;
  /** How often a body parser was started; missing where it cannot be seen. */
  bodyReads?(): number;
}

export interface Suite {
  readonly name: string;
  readonly start: (options: StartOptions) => Promise<CaseServer>;
  /** Carries a request and its answer in the adapter's own protocol. Default: HTTP/1.1. */
  readonly request?: (server: CaseServer, request: CaseRequest) => Promise<CaseAnswer>;
  /** Cases that cannot be asked of this adapter, by their names, and why. */
  readonly skip?: readonly { readonly case: string; readonly reason: string }[];
}

/** What one case works with. */
export interface CaseContext {
  /** Starts the app on a gate, the one that counts its calls unless another is given. */
  start(options?: Partial<StartOptions>): Promise<CaseServer>;
  request(server: CaseServer, request: CaseRequest): Promise<CaseAnswer>;
  readonly gate: CountingGate;
}

/** A gate that counts how often it was asked. */
export interface CountingGate extends Gate {
  readonly asked: { authenticate: number; authorize: number; granted: number };
}

export interface Case {
  readonly name: string;
  readonly run: (context: CaseContext) => Promise<void>;
}
