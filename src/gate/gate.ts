import type { Actions, ProposedChange, SubjectAuthorizer } from '../engine/index.js';
import type {
  AuthzError,
  Decision,
  FeastVocabulary,
  ResourceOf,
  Subject,
  Vocabulary,
} from '../model/index.js';
import type { RegistryRelations } from '../registry/relations.js';

/** What a request needs: all of the actions on each of the resources. */
export interface Requirement<V extends Vocabulary = FeastVocabulary> {
  readonly actions: Actions<V>;
  readonly resources: ResourceOf<V> | readonly ResourceOf<V>[];
}

/**
 * What a request needs that changes the registry: CREATE where the object is new, and DESCRIBE and
 * UPDATE on the object as it is and as it is to be otherwise.
 */
export interface ChangeRequirement<V extends Vocabulary = FeastVocabulary> {
  readonly change: ProposedChange<V>;
}

/**
 * All of the actions on each of some resources as they are described, whatever the registry knows
 * under their names: versions of a view, and what is to be.
 */
export interface DescribedRequirement<V extends Vocabulary = FeastVocabulary> {
  readonly actions: Actions<V>;
  readonly described: ResourceOf<V> | readonly ResourceOf<V>[];
}

/** One of several requirements. A refusal is that of the first. */
export interface AlternativeRequirement<V extends Vocabulary = FeastVocabulary> {
  readonly anyOf: readonly Requirement<V>[];
}

/**
 * All of the actions on at least one of some resources, of which the handler serves the permitted
 * ones: see `permittedNames`. A refusal is that of the first.
 */
export interface PartialRequirement<V extends Vocabulary = FeastVocabulary> {
  readonly actions: Actions<V>;
  readonly someOf: readonly ResourceOf<V>[];
}

/** A name that the registry does not know: 404 for callers who pass the requirements before it. */
export interface MissingRequirement {
  readonly missing: AuthzError;
}

/** One requirement of a request, of any kind. */
export type AnyRequirement<V extends Vocabulary = FeastVocabulary> =
  | Requirement<V>
  | ChangeRequirement<V>
  | DescribedRequirement<V>
  | AlternativeRequirement<V>
  | PartialRequirement<V>
  | MissingRequirement;

/** Who makes a request: a verified subject, bound to the snapshot in force. */
export type Caller<V extends Vocabulary = FeastVocabulary> = SubjectAuthorizer<V>;

/** What a decision was made for, as a log of decisions wants it. Holds no token. */
export interface GateDecision {
  readonly decision: Decision;
  /**
   * What the request was, for example `POST /push`; as the adapter says it, without query and body.
   */
  readonly operation: string | undefined;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** A request that was refused before anything was decided on, for a log. Holds no token. */
export interface GateRefusal {
  readonly code: AuthzError['code'];
  /** What was not kept, in a sentence: the message of the error. */
  readonly rule: string;
  /**
   * What the request was, as far as that was known: for example `POST /push`, or `POST` alone
   * before a route was found.
   */
  readonly operation: string | undefined;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** The key that the token names. Not verified: for finding mistakes, and for nothing else. */
  readonly kid: string | undefined;
  /** The issuer that the token names. Not verified either. */
  readonly iss: string | undefined;
}

/**
 * Values of the `Authorization` header (or of gRPC's `authorization` metadata): undefined or an
 * empty list for none. A list of more than one value is refused.
 */
export type AuthorizationHeader = string | readonly string[] | undefined;

/**
 * How an error is told to a client: no roles, patterns or policies, and nothing of what went wrong
 * inside.
 */
export interface Refusal {
  /** HTTP status. */
  readonly status: number;
  /**
   * With `content-type: application/problem+json`, and `www-authenticate` where the status is 401.
   * Names in lower case.
   */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON of RFC 9457. */
  readonly body: string;
  readonly grpc: { readonly code: number; readonly message: string };
}

/** What is known of a request that is refused. */
export interface RefusedRequest {
  /** As in {@link GateRefusal}. */
  readonly operation?: string | undefined;
}

/** What stands between requests and handlers. Adapters of frameworks are made of nothing else. */
export interface Gate<V extends Vocabulary = FeastVocabulary> {
  /** Known from the start: what should be known before the gate is relied on, one sentence each. */
  readonly warnings: readonly string[];
  /** The actions and types that decisions are about, where it is known before the first one. */
  readonly vocabulary?: V | undefined;
  /** The project that the server serves, where its configuration says so. */
  readonly project?: string | undefined;
  /**
   * What refers to what in the registry that decisions are made on; undefined: the gate was not
   * told.
   */
  readonly relations?: RegistryRelations | undefined;
  /** The version of Feast whose endpoints are guarded, as `0.67`. Default: the newest known one. */
  readonly feastVersion?: string | undefined;
  /** False under `no_auth`, where nothing is refused. Default: true. */
  readonly enforced?: boolean | undefined;
  /**
   * Whether who has no rights is told "not permitted" of what the registry does not know. Default:
   * false.
   */
  readonly hideUnknown?: boolean | undefined;
  /**
   * Seconds of work, without waits, that deciding on one request may take, and filtering one
   * answer. Default: `10`.
   */
  readonly maxDecisionSeconds?: number | undefined;

  /**
   * Says who makes a request, before its body is read.
   *
   * Synchronous when the token is cached, since every wait costs a request time;
   * otherwise later. Never throws.
   *
   * @returns rejects with IdentityMissingError, IdentityInvalidError or IdentityUnavailableError
   */
  authenticate(authorization: AuthorizationHeader): Caller<V> | Promise<Caller<V>>;

  /**
   * Decides on all that a request needs, in one go, before any handler runs.
   *
   * @throws PermissionDeniedError on the first refusal
   * @throws ResourceNotFoundError where something is missing, once all before it is granted
   * @throws RequestInvalidError on names that are longer than the gate takes, and where the
   *   decision takes longer
   * @throws TypeError when nothing is required: an endpoint without requirements is a mistake, and
   *   no open door
   */
  authorize(
    caller: Caller<V>,
    requirements: AnyRequirement<V> | readonly AnyRequirement<V>[],
    operation?: string,
  ): void;

  /**
   * {@link Gate.authorize} that holds up no other request: what takes longer than a slice of some
   * milliseconds goes on in later turns of the event loop. At once for most requests, and otherwise
   * a promise: to be awaited. It throws, or rejects with, the same.
   */
  authorizeInSlices?(
    caller: Caller<V>,
    requirements: AnyRequirement<V> | readonly AnyRequirement<V>[],
    operation?: string,
  ): void | Promise<void>;

  /** {@link Gate.authenticate} and {@link Gate.authorizeInSlices} in one. */
  check(request: {
    readonly authorization: AuthorizationHeader;
    readonly requirements: AnyRequirement<V> | readonly AnyRequirement<V>[];
    readonly operation?: string | undefined;
  }): Promise<Caller<V>>;

  /**
   * When the token in these values says that it ends, in milliseconds since 1970; undefined where
   * it does not say, and under `no_auth`. Read without verifying anything: to be asked about values
   * that were accepted.
   */
  expiryOf?(authorization: AuthorizationHeader): number | undefined;

  /**
   * How any error, one of this package or another, is answered. Refusals for which nothing was
   * decided are told to `onRefusal`. Never throws.
   */
  refuse(error: unknown, request?: RefusedRequest): Refusal;
}

/** The subject of a caller; null for the anonymous one. */
export type CallerSubject = Subject | null;
