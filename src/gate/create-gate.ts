import { listOf } from '../foundation/list-of.js';
import { readBearerToken, readMaxTokenLength } from '../identity/token/read-bearer-token.js';
import {
  type FeastVocabulary,
  IdentityInvalidError,
  isFrozenSubject,
  type Subject,
  type Vocabulary,
} from '../model/index.js';
import type { RegistryRelations } from '../registry/relations.js';
import { type FeastVersion, parseFeastVersion } from './endpoints/feast-version.js';
import type {
  AnyRequirement,
  AuthorizationHeader,
  Caller,
  Gate,
  Refusal,
  RefusedRequest,
} from './gate.js';
import { assertGateOptions, type GateOptions } from './gate-options.js';
import { type RefusalOptions, refuse } from './refusal.js';
import { RefusalLog } from './refusal-log.js';
import { RequestDecider } from './request-decider.js';
import { createTelemetry } from './telemetry.js';
import { readTokenHints } from './token-hints.js';
import { withoutToken } from './without-token.js';

const VISIBLE = /^[\x21-\x7e]+$/;

const NOT_ENFORCED = 'auth is no_auth: every request is let through';

/**
 * Makes the gate of a server: what stands between its requests and its handlers.
 *
 * @throws TypeError when an option is wrong
 * @example
 * const gate = createGate({ authenticator, authorizer });
 * const caller = await gate.authenticate(request.headers.authorization);
 * const resources = { type: 'FeatureView', name };
 * gate.authorize(caller, { actions: 'READ_ONLINE', resources }, 'POST /read');
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
  /**
   * Of subjects that never change. Authenticators give the same one for the same token for a while.
   */
  readonly #callers = new WeakMap<Subject, Caller<V>>();
  readonly #refusals: RefusalLog;
  readonly feastVersion: FeastVersion;
  readonly #versionWarning: string | undefined;

  constructor(options: GateOptions<V>) {
    assertGateOptions(options);
    const { realm = 'feast', explain = 'none', hideUnknown = false } = options;
    const { maxTokenLength, telemetry } = options;
    this.#options = { ...options };
    this.#refusal = { realm, explain, hideUnknown };
    const { version, warning } = parseFeastVersion(options.feastVersion);
    this.feastVersion = version;
    this.#versionWarning = warning;
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
      ...(this.#versionWarning === undefined ? [] : [this.#versionWarning]),
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

  get maxDecisionSeconds(): number | undefined {
    return this.#options.maxDecisionSeconds;
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
    // SECURITY: what the authenticator gets is the one token that was read here, and no header to
    // read otherwise.
    const token = readBearerToken({ authorization }, this.#maxTokenLength);
    if (!VISIBLE.test(token)) {
      throw new IdentityInvalidError('a token must consist of visible ASCII characters');
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
