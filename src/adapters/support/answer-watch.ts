import { destroyResponse } from '../../foundation/destroy-response.js';
import { notify } from '../../foundation/notify.js';
import type { Gate } from '../../gate/index.js';
import type { Vocabulary } from '../../model/index.js';
import { authorizationOf } from './authorization-of.js';
import { type ExpiredStream, readStreamOptions, type StreamOptions } from './stream-options.js';

const SWEEP_MS = 1000;
/** Bounds the time of one sweep. Tokens that are not read wait for the next sweep. */
const MAX_TOKENS_READ_PER_SWEEP = 1000;
/** Responses of one connection that are kept before those that have ended are dropped. */
const MIN_COMPACTED = 8;
/** CANCEL of RFC 9113 7: the client cannot take the half answer for a whole one. */
const CANCEL = 8;

/** What is used of a response of `node:http`, or of the one that `node:http2` has in its place. */
export interface NodeResponse {
  readonly req: { readonly rawHeaders: readonly string[]; readonly socket: object | null };
  /** HTTP/2 only. */
  readonly stream?: Http2Stream | undefined;
  /** HTTP/1.1 only. */
  readonly destroyed?: boolean | undefined;
  readonly writableFinished: boolean;
  destroy(): unknown;
}

interface Http2Stream {
  readonly destroyed: boolean;
  readonly closed: boolean;
  readonly session?: object | undefined;
  close(code: number): void;
}

/** An answer that may not have ended yet. */
interface OpenAnswer<Request> {
  readonly response: NodeResponse;
  readonly request: Request;
  /** Sweeps that were made before it began. */
  readonly since: number;
  expiresAt?: number | undefined;
  isTold?: boolean;
}

interface Connection<Request> {
  /** In their order. Several for pipelined requests and streams of HTTP/2. */
  answers: OpenAnswer<Request>[];
  /** Length at which those that have ended are dropped. */
  compactAt: number;
}

/**
 * Watches answers over HTTP, and ends those that go on longer than `streamGraceSeconds` after the
 * token of their request expired.
 *
 * An answer that has begun can only be cut off: its connection is closed or, in HTTP/2, its stream
 * is reset. Answers are looked at once a second, and no process is kept alive for that.
 *
 * Shape of the function: it is called once for each request whose caller is known. It does nothing
 * where `response` is not one of Node.js, as on other runtimes and in tests. Never throws.
 *
 * Cost: one small object for each request, and a look-up where its answer has not ended when the
 * next begins. Memory: for each connection the answers that have not ended, and the last one until
 * the next sweep.
 *
 * @param operationOf names the request in events; called for answers whose token has expired
 * @throws TypeError if an option is invalid
 * @example
 * const watchAnswer = createAnswerWatch(gate, options, operationOf);
 * watchAnswer(response, request);
 */
export function createAnswerWatch<Request>(
  gate: Gate<Vocabulary>,
  options: StreamOptions,
  operationOf: (request: Request) => string,
): (response: Partial<NodeResponse> | undefined, request: Request) => void {
  const watch = new AnswerWatch(gate, readStreamOptions(options), operationOf);
  if (gate.expiryOf === undefined) return () => {};
  return (response, request) => {
    if (isNodeResponse(response)) watch.add(response, request);
  };
}

/**
 * The response of Node.js among the bindings that a server passes to a Hono app; undefined on other
 * runtimes.
 */
export function nodeResponseOf(bindings: unknown): NodeResponse | undefined {
  const outgoing = (bindings as { readonly outgoing?: Partial<NodeResponse> } | undefined)
    ?.outgoing;
  return isNodeResponse(outgoing) ? outgoing : undefined;
}

function isNodeResponse(response: Partial<NodeResponse> | undefined): response is NodeResponse {
  return response?.req?.rawHeaders !== undefined && typeof response.destroy === 'function';
}

class AnswerWatch<Request> {
  readonly #gate: Gate<Vocabulary>;
  readonly #graceMs: number;
  readonly #onStreamExpired: StreamOptions['onStreamExpired'];
  readonly #operationOf: (request: Request) => string;
  /** By connection, as an entry for each request costs the garbage collector more than the gate. */
  readonly #connections = new WeakMap<object, Connection<Request>>();
  /** Connections with answers that may not have ended. */
  readonly #listed = new Set<Connection<Request>>();
  /**
   * The last answer that began. Nearly all have ended when the next begins, and are not kept: what
   * is kept survives collections of young garbage, which costs a busy server a µs for each request.
   */
  #latest: OpenAnswer<Request> | undefined;
  #sweeps = 0;
  #tokensRead = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    gate: Gate<Vocabulary>,
    options: ReturnType<typeof readStreamOptions>,
    operationOf: (request: Request) => string,
  ) {
    this.#gate = gate;
    this.#graceMs = options.streamGraceSeconds * 1000;
    this.#onStreamExpired = options.onStreamExpired;
    this.#operationOf = operationOf;
  }

  add(response: NodeResponse, request: Request): void {
    const latest = this.#latest;
    // An app that gives a request to itself again is asked who makes it again.
    if (latest?.response === response) return;
    this.#latest = { response, request, since: this.#sweeps };
    if (latest !== undefined && !isOver(latest.response)) this.#keep(latest);
    if (this.#timer === undefined) this.#start();
  }

  #keep(answer: OpenAnswer<Request>): void {
    const { stream, req } = answer.response;
    const key = stream?.session ?? req.socket ?? answer.response;
    let connection = this.#connections.get(key);
    if (connection === undefined) {
      connection = { answers: [], compactAt: MIN_COMPACTED };
      this.#connections.set(key, connection);
    }
    const { answers } = connection;
    const last = answers.at(-1);
    if (last?.response === answer.response) return;
    if (last !== undefined && isOver(last.response)) answers[answers.length - 1] = answer;
    else answers.push(answer);
    if (answers.length >= connection.compactAt) compact(connection);
    this.#listed.add(connection);
  }

  #start(): void {
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS);
    // Runtimes without Node.js give numbers.
    if (typeof this.#timer === 'object') this.#timer.unref();
  }

  #sweep(): void {
    const now = Date.now();
    this.#tokensRead = 0;
    const latest = this.#latest;
    this.#latest = undefined;
    if (latest !== undefined && !isOver(latest.response)) this.#keep(latest);
    for (const connection of this.#listed) {
      connection.answers = connection.answers.filter((answer) => this.#isWatched(answer, now));
      if (connection.answers.length === 0) this.#listed.delete(connection);
    }
    this.#sweeps += 1;
    if (this.#listed.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Ends an answer whose time is over. False: it needs no more looks. */
  #isWatched(answer: OpenAnswer<Request>, now: number): boolean {
    if (isOver(answer.response)) return false;
    // Nearly all answers end before their token has to be read.
    if (answer.since === this.#sweeps) return true;
    if (answer.expiresAt === undefined) {
      if (this.#tokensRead >= MAX_TOKENS_READ_PER_SWEEP) return true;
      this.#tokensRead += 1;
      answer.expiresAt = this.#readExpiry(answer.response, now);
      if (answer.expiresAt === undefined) return false;
    }
    if (now < answer.expiresAt) return true;
    if (now < answer.expiresAt + this.#graceMs) {
      if (!answer.isTold) this.#tell(answer, 'continues', now);
      answer.isTold = true;
      return this.#graceMs !== Number.POSITIVE_INFINITY;
    }
    end(answer.response);
    this.#tell(answer, 'ended', now);
    return false;
  }

  #readExpiry({ req }: NodeResponse, now: number): number | undefined {
    try {
      return this.#gate.expiryOf?.(authorizationOf(req.rawHeaders));
    } catch {
      // SECURITY: a gate of another make that fails must not make an answer endless.
      return now;
    }
  }

  #tell({ request }: OpenAnswer<Request>, outcome: ExpiredStream['outcome'], time: number): void {
    const operationOf = this.#operationOf;
    // A name that cannot be found changes as little as a listener that throws.
    const tell = (): unknown =>
      this.#onStreamExpired?.({ operation: operationOf(request), outcome, time });
    notify(tell, undefined);
  }
}

function isOver({ stream, destroyed, writableFinished }: NodeResponse): boolean {
  return writableFinished || (stream === undefined ? destroyed === true : stream.destroyed);
}

/** What has ended is dropped when the list has doubled, so that each answer costs the same. */
function compact<Request>(connection: Connection<Request>): void {
  connection.answers = connection.answers.filter(({ response }) => !isOver(response));
  connection.compactAt = Math.max(MIN_COMPACTED, 2 * connection.answers.length);
}

function end(response: NodeResponse): void {
  try {
    if (response.stream === undefined) destroyResponse(response);
    else response.stream.close(CANCEL);
  } catch {
    // Thrown out of a timer it would end the process.
  }
}
