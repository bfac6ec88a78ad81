import type { Authorizer } from '../engine/index.js';
// Not from the index, which would load every engine of patterns into the gate.
import { type Shadow, shadowOf } from '../engine/shadow.js';
import { compiledOf, isSnapshot } from '../engine/snapshot.js';
import { checkOptions, type OptionNames } from '../foundation/options.js';
import type { Authenticator } from '../identity/token/authenticator.js';
import type { FeastVocabulary, Vocabulary } from '../model/index.js';
import type { RegistryRelations } from '../registry/relations.js';
import { parseFeastVersion } from './endpoints/feast-version.js';
import type { GateDecision, GateRefusal } from './gate.js';
import type { TelemetryApi } from './telemetry.js';

/**
 * Options of `createGate`: who callers are, what decides, what a request may cost, and who hears of
 * it.
 */
export interface GateOptions<V extends Vocabulary = FeastVocabulary> {
  /** Who a token belongs to. Not asked without a bearer token, nor under `no_auth`. */
  readonly authenticator: Pick<Authenticator, 'authenticate'> & Partial<Authenticator>;
  /** Decides on requests. */
  readonly authorizer: Authorizer<V>;
  /**
   * What refers to what in the registry; a function where the registry may change while the server
   * runs.
   */
  readonly relations?: RegistryRelations | (() => RegistryRelations | undefined) | undefined;
  /**
   * The project that the server serves, for requests that name none. Default: the only one of the
   * registry.
   */
  readonly project?: string | undefined;
  /**
   * The version of Feast whose endpoints are guarded, as `0.66.0`: which there are, and what each
   * asks for. One that is not known stands for the newest, with a warning. Default: the newest
   * known version.
   */
  readonly feastVersion?: string | undefined;
  /**
   * Called with every decision that the gate makes, in the order of the requirements, up to the
   * first refusal. What it throws or rejects with changes no answer.
   */
  readonly onDecision?: ((decision: GateDecision) => unknown) | undefined;
  /**
   * Called with every request that is refused before anything is decided on: 401, 415, 422 and 503.
   * What it throws or rejects with changes no answer.
   */
  readonly onRefusal?: ((refusal: GateRefusal) => unknown) | undefined;
  /**
   * Compares every decision that the gate makes with that of a candidate: `createShadow`. Default:
   * none.
   */
  readonly shadow?: Shadow | undefined;
  /** Name of the protected space, told with a 401. Default: `feast`. */
  readonly realm?: string | undefined;
  /** Whether a 403 says why. `full` names roles, groups, tags and patterns. Default: `none`. */
  readonly explain?: 'none' | 'full' | undefined;
  /**
   * Whether the answer to who has no rights is the same for what the registry does not know and for
   * what is not permitted: a 403 that names nothing. Who has the rights is told what is missing.
   * Default: `false`, as Feast, which says 404 to everyone.
   */
  readonly hideUnknown?: boolean | undefined;
  /**
   * The longest name of a resource or project that a request may name, in UTF-16 code units.
   * Default: 256.
   */
  readonly maxNameLength?: number | undefined;
  /**
   * How long all names together may be that a request names and the registry does not know, each
   * counted once, in UTF-16 code units. Default: 65,536.
   */
  readonly maxUnknownNamesLength?: number | undefined;
  /**
   * How long one request may be decided on, in seconds of work, without waits: one that takes
   * longer is answered with 422. Work grows with the names that the registry does not know and the
   * patterns that each must be tried on. Default: 10.
   */
  readonly maxDecisionSeconds?: number | undefined;
  /** The longest token that is passed on to the authenticator, in characters. Default: 16,384. */
  readonly maxTokenLength?: number | undefined;
  /**
   * Spans and counters. Default: those of `@opentelemetry/api` where that is installed; `false`:
   * none.
   */
  readonly telemetry?: TelemetryApi | false | undefined;
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: (() => number) | undefined;
}

export const GATE_OPTIONS: OptionNames<GateOptions<Vocabulary>> = {
  authenticator: true,
  authorizer: true,
  relations: true,
  project: true,
  feastVersion: true,
  onDecision: true,
  onRefusal: true,
  shadow: true,
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

/** @throws TypeError if an option is unknown or invalid */
export function assertGateOptions(options: GateOptions<Vocabulary>): void {
  checkOptions<GateOptions<Vocabulary>>(options, GATE_OPTIONS);
  const { authenticator, authorizer, onDecision, onRefusal } = options;
  const { project, feastVersion, realm, explain, hideUnknown } = options;
  parseFeastVersion(feastVersion);
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
  shadowOf(options.shadow);
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
