import type { Authorizer } from '../engine/index.js';
// Not from the index, which would load every engine of patterns into the gate.
import { compiledOf, isSnapshot } from '../engine/snapshot.js';
import { listOf } from '../foundation/list-of.js';
import { checkOptions, type OptionNames } from '../foundation/options.js';
import type { Authenticator } from '../identity/token/authenticator.js';
import { readBearerToken, readMaxTokenLength } from '../identity/token/read-bearer-token.js';
import {
  type FeastVocabulary,
  IdentityInvalidError,
  isFrozenSubject,
  type Subject,
  type Vocabulary,
} from '../model/index.js';
import type { RegistryRelations } from '../registry/relations.js';
import type {
  AnyRequirement,
  AuthorizationHeader,
  Caller,
  Gate,
  GateDecision,
  GateRefusal,
  Refusal,
  RefusedRequest,
} from './gate.js';
import { type RefusalOptions, refuse } from './refusal.js';
import { RefusalLog } from './refusal-log.js';
import { RequestDecider } from './request-decider.js';
import { createTelemetry, type TelemetryApi } from './telemetry.js';
import { readTokenHints } from './token-hints.js';
import { withoutToken } from './without-token.js';

/**
 * Options of `createGate`: who callers are, what decides, what a request may cost, and who hears of it.
 */
export interface GateOptions<V extends Vocabulary = FeastVocabulary> {
  /** Who a token belongs to. Not asked when there is no bearer token, nor under `no_auth`. */
  readonly authenticator: Pick<Authenticator, 'authenticate'> & Partial<Authenticator>;
  readonly authorizer: Authorizer<V>;
  /** What refers to what in the registry; a function where the registry may change while the server runs. */
  readonly relations?: RegistryRelations | (() => RegistryRelations | undefined) | undefined;
  /** The project that the server serves, for requests that name none. Default: the only one of the registry. */
  readonly project?: string | undefined;
  /**
   * Called with every decision that the gate makes, in the order of the requirements, up to the first refusal. What it throws
   * or rejects with changes no answer.
   */
  readonly onDecision?: ((decision: GateDecision) => unknown) | undefined;
  /**
   * Called with every request that is refused before anything is decided on: 401, 415, 422 and 503. What it throws or rejects with
   * changes no answer.
   */
  readonly onRefusal?: ((refusal: GateRefusal) => unknown) | undefined;
  /** Name of the protected space, told with a 401. Default: `feast`. */
  readonly realm?: string | undefined;
  /** Whether a 403 says why. `full` names roles, groups, tags and patterns. Default: `none`. */
  readonly explain?: 'none' | 'full' | undefined;
  /**
   * Whether the answer to who has no rights is the same for what the registry does not know and for what is not permitted: a 403
   * that names nothing. Who has the rights is told what is missing. Default: `false`, as Feast, which says 404 to everyone.
   */
  readonly hideUnknown?: boolean | undefined;
  /** The longest name of a resource or project that a request may name, in UTF-16 code units. Default: 256. */
  readonly maxNameLength?: number | undefined;
  /**
   * How long all names together may be that a request names and the registry does not know, each counted once, in UTF-16 code
   * units. Default: 65,536.
   */
  readonly maxUnknownNamesLength?: number | undefined;
  /**
   * How long one request may be decided on, in seconds of work, without waits: one that takes longer is answered with 422. Work
   * grows with the names that the registry does not know and the patterns that each must be tried on. Default: 10.
   */
  readonly maxDecisionSeconds?: number | undefined;
  /** The longest token that is passed on to the authenticator, in characters. Default: 16,384. */
  readonly maxTokenLength?: number | undefined;
  /** Spans and counters. Default: those of `@opentelemetry/api` where that is installed; `false`: none. */
  readonly telemetry?: TelemetryApi | false | undefined;
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: (() => number) | undefined;
}

export const GATE_OPTIONS: OptionNames<GateOptions<Vocabulary>> = {
  authenticator: true,
  authorizer: true,
  relations: true,
  project: true,
  onDecision: true,
  onRefusal: true,
  realm: true,
  explain: true,
  hideUnknown: true,
  maxNameLength: true,
  maxUnknownNamesLength: true,
  maxDecisionSeconds: true,
  maxTokenLength: true,
  telemetry: true,
  now: true,
};

/** What may stand between quotes in a header without an escape (RFC 9110 5.6.4). */
const REALM = /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/;

const VISIBLE = /^[\x21-\x7e]+$/;

const NOT_ENFORCED = 'auth is no_auth: every request is let through';

/**
 * Makes the gate of a server: what stands between its requests and its handlers.
 *
 * @throws TypeError when an option is wrong
 * @example
 * const gate = createGate({ authenticator, authorizer });
 * const caller = await gate.authenticate(request.headers.authorization);
 * gate.authorize(caller, { actions: 'READ_ONLINE', resources: { type: 'FeatureView', name } }, 'POST /read');
 */
export function createGate<V extends Vocabulary = FeastVocabulary>(
  options: GateOptions<V>,
): Gate<V> {
  return new AuthorizerGate(options);
}

class AuthorizerGate<V extends Vocabulary> implements Gate<V> {
  readonly #options: GateOptions<V>;
  readonly #refusal: RefusalOptions;
  readonly #decider: RequestDecider<V>;
  readonly #maxTokenLength: number;
  readonly #telemetry: ReturnType<typeof createTelemetry>;
  /** Of subjects that never change. Authenticators give the same one for the same token for a while. */
  readonly #callers = new WeakMap<Subject, Caller<V>>();
  readonly #refusals: RefusalLog;

  constructor(options: GateOptions<V>) {
    assertOptions(options);
    const { realm = 'feast', explain = 'none', hideUnknown = false } = options;
    const { maxTokenLength, telemetry } = options;
    this.#options = { ...options };
    this.#refusal = { realm, explain, hideUnknown };
    this.#decider = new RequestDecider(this.#options);
    this.#maxTokenLength = readMaxTokenLength(maxTokenLength);
    this.#telemetry = createTelemetry(telemetry);
    const { onRefusal, now = Date.now } = options;
    this.#refusals = new RefusalLog({ onRefusal, telemetry: this.#telemetry, now });
  }

  get warnings(): readonly string[] {
    const { authenticator, authorizer } = this.#options;
    const { snapshot } = authorizer;
    return Object.freeze([
      ...(snapshot.enforced ? [] : [NOT_ENFORCED]),
      ...(authenticator.warnings ?? []),
      ...snapshot.warnings,
    ]);
  }

  get vocabulary(): V | undefined {
    return this.#options.authorizer.snapshot?.vocabulary as V | undefined;
  }

  get project(): string | undefined {
    return this.#options.project;
  }

  get enforced(): boolean {
    return this.#options.authorizer.snapshot.enforced;
  }

  get hideUnknown(): boolean {
    return this.#options.hideUnknown ?? false;
  }

  get relations(): RegistryRelations | undefined {
    const { relations } = this.#options;
    return typeof relations === 'function' ? relations() : relations;
  }

  authenticate(authorization: AuthorizationHeader): Caller<V> | Promise<Caller<V>> {
    try {
      return this.#recall(authorization) ?? this.#authenticate(authorization);
    } catch (error) {
      this.#refusals.keep(error, authorization);
      return Promise.reject(error);
    }
  }

  expiryOf(authorization: AuthorizationHeader): number | undefined {
    // Under `no_auth` no token counts, an expired one included.
    if (!this.enforced) return undefined;
    const [only] = [authorization].flat();
    return readTokenHints(only).expiresAt;
  }

  /** Who it is, where that is known without a wait. */
  #recall(authorization: AuthorizationHeader): Caller<V> | undefined {
    const { authenticator, authorizer } = this.#options;
    if (!this.#telemetry.isReady) return undefined;
    if (!authorizer.snapshot.enforced) return authorizer.for(null);
    if (authenticator.recall === undefined) return undefined;
    const token = this.#readToken(authorization);
    let subject: Subject | undefined;
    try {
      subject = authenticator.recall(token);
    } catch (error) {
      throw withoutToken(error, token);
    }
    return subject === undefined ? undefined : this.#callerOf(subject);
  }

  async #authenticate(authorization: AuthorizationHeader): Promise<Caller<V>> {
    const { authorizer } = this.#options;
    if (!this.#telemetry.isReady) await this.#telemetry.ready;
    if (!authorizer.snapshot.enforced) return authorizer.for(null);
    try {
      const token = this.#readToken(authorization);
      const subject = await this.#subjectOf(token);
      return this.#callerOf(subject);
    } catch (error) {
      this.#refusals.keep(error, authorization);
      throw error;
    }
  }

  async #subjectOf(token: string): Promise<Subject | null> {
    try {
      return await this.#options.authenticator.authenticate({ token });
    } catch (error) {
      // SECURITY: an authenticator of another make may put the token into its errors.
      throw withoutToken(error, token);
    }
  }

  #readToken(authorization: AuthorizationHeader): string {
    // SECURITY: what the authenticator gets is the one token that was read here, and no header to read otherwise.
    const token = readBearerToken({ authorization }, this.#maxTokenLength);
    if (!VISIBLE.test(token)) {
      throw new IdentityInvalidError('a token must be made of visible ASCII characters');
    }
    return token;
  }

  #callerOf(subject: Subject | null): Caller<V> {
    const { authorizer } = this.#options;
    if (subject === null || !isFrozenSubject(subject)) return authorizer.for(subject);
    let caller = this.#callers.get(subject);
    if (caller === undefined) {
      caller = authorizer.for(subject);
      this.#callers.set(subject, caller);
    }
    return caller;
  }

  authorize(
    caller: Caller<V>,
    requirements: AnyRequirement<V> | readonly AnyRequirement<V>[],
    operation?: string,
  ): void {
    const record = this.#telemetry.startCheck();
    try {
      this.#decider.decide(caller, listOf(requirements), operation, record);
    } catch (error) {
      record.failed(error);
      throw error;
    } finally {
      record.end();
    }
  }

  authorizeInSlices(
    caller: Caller<V>,
    requirements: AnyRequirement<V> | readonly AnyRequirement<V>[],
    operation?: string,
  ): void | Promise<void> {
    const record = this.#telemetry.startCheck();
    const fail = (error: unknown): never => {
      record.failed(error);
      record.end();
      throw error;
    };
    let later: void | Promise<void>;
    try {
      later = this.#decider.decideInSlices(caller, listOf(requirements), operation, record);
    } catch (error) {
      return fail(error);
    }
    if (later !== undefined) return later.then(() => record.end(), fail);
    record.end();
  }

  async check(request: {
    readonly authorization: AuthorizationHeader;
    readonly requirements: AnyRequirement<V> | readonly AnyRequirement<V>[];
    readonly operation?: string | undefined;
  }): Promise<Caller<V>> {
    const { authorization, requirements, operation } = request;
    if (!this.#telemetry.isReady) await this.#telemetry.ready;
    const record = this.#telemetry.startCheck();
    try {
      const caller = await this.authenticate(authorization);
      await this.#decider.decideInSlices(caller, listOf(requirements), operation, record);
      return caller;
    } catch (error) {
      record.failed(error);
      this.#refusals.tellCheck(error, operation);
      throw error;
    } finally {
      record.end();
    }
  }

  refuse(error: unknown, { operation }: RefusedRequest = {}): Refusal {
    this.#refusals.tellAnswer(error, operation);
    return refuse(error, this.#refusal);
  }
}

function assertOptions(options: GateOptions<Vocabulary>): void {
  checkOptions<GateOptions<Vocabulary>>(options, GATE_OPTIONS);
  const { authenticator, authorizer, onDecision, onRefusal } = options;
  const { project, realm, explain, hideUnknown } = options;
  if (typeof authenticator?.authenticate !== 'function') {
    throw new TypeError('option authenticator must be an authenticator');
  }
  if (typeof authorizer?.for !== 'function') {
    throw new TypeError('option authorizer must be an authorizer');
  }
  // Refuses an authorizer of another installed copy of the package when the server starts.
  if (isSnapshot(authorizer.snapshot)) compiledOf(authorizer.snapshot);
  if (onDecision !== undefined && typeof onDecision !== 'function') {
    throw new TypeError('option onDecision must be a function');
  }
  if (onRefusal !== undefined && typeof onRefusal !== 'function') {
    throw new TypeError('option onRefusal must be a function');
  }
  if (project !== undefined && typeof project !== 'string') {
    throw new TypeError('option project must be a string');
  }
  if (realm !== undefined && !(typeof realm === 'string' && REALM.test(realm))) {
    throw new TypeError('option realm must be printable ASCII without quotes and backslashes');
  }
  if (explain !== undefined && explain !== 'none' && explain !== 'full') {
    throw new TypeError('option explain must be `none` or `full`');
  }
  if (hideUnknown !== undefined && typeof hideUnknown !== 'boolean') {
    throw new TypeError('option hideUnknown must be a boolean');
  }
  if (hideUnknown && explain === 'full') {
    throw new TypeError('options explain and hideUnknown contradict each other: leave one out');
  }
}
