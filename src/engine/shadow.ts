import { notify } from '../foundation/notify.js';
import { checkOptions, type OptionNames } from '../foundation/options.js';
import { runInSlices } from '../foundation/time-slices.js';
import { type Decision, freezeSubject } from '../model/index.js';
import type { CompiledSnapshot } from './compiled-snapshot.js';
import { decide } from './decide.js';
import { described, known, requested } from './question.js';
import { compiledOf, type Snapshot } from './snapshot.js';

/** What {@link createShadow} compares with, and who hears of differences. */
export interface ShadowOptions {
  /** The snapshot that is tried out. */
  readonly candidate: Snapshot;
  /**
   * Called once for each difference in who asks, what for and the answer. What it throws or rejects
   * with changes no answer.
   */
  readonly onDifference?: ((difference: ShadowDifference) => unknown) | undefined;
  /** Maximum number of differences that are reported; more are counted. Default: 1,000. */
  readonly maxDifferences?: number | undefined;
}

/** A decision that the candidate would make otherwise. */
export interface ShadowDifference {
  /** The decision in force. */
  readonly decision: Decision;
  /** The candidate's decision on the same question. */
  readonly candidate: Decision;
  /** What the request was, if a gate decided, such as `POST /push`. */
  readonly operation: string | undefined;
}

/** Numbers of decisions since the shadow was made, or since its candidate was replaced. */
export interface ShadowCounts {
  readonly same: number;
  /** The candidate allows what is refused. */
  readonly gained: number;
  /** The candidate refuses what is allowed. */
  readonly lost: number;
  /** The candidate could not decide, such as on a resource type that it does not know. */
  readonly failed: number;
  /** Not compared: too many comparisons of unregistered names were going on. */
  readonly skipped: number;
  /** Differences beyond `maxDifferences`. */
  readonly unreported: number;
}

/** A candidate beside the snapshot in force, for the option `shadow` of an authorizer or a gate. */
export interface Shadow {
  readonly candidate: Snapshot;
  readonly counts: ShadowCounts;
  /** Tries out another candidate; counts and reports start again. */
  replace(candidate: Snapshot): void;
}

const OPTIONS: OptionNames<ShadowOptions> = {
  candidate: true,
  onDifference: true,
  maxDifferences: true,
};
const DEFAULT_DIFFERENCES = 1000;
/** Comparisons in slices of time that may go on at once. */
const MAX_PENDING = 100;
/** Work on one name, in milliseconds. */
const MAX_MS = 1000;

/**
 * Tries a snapshot out beside the one in force: every decision is made on both, the one in force
 * counts, and differences are reported. Nothing that the candidate does changes an answer.
 *
 * Policies of your own kinds are asked on both snapshots.
 *
 * @throws TypeError if an option is unknown or invalid
 * @example
 * const shadow = createShadow({
 *   candidate: await prepareSnapshot({ permissions, resources }),
 *   onDifference: ({ decision, candidate }) => log.info({ decision, candidate }),
 * });
 * const gate = createGate({ authenticator, authorizer, shadow });
 */
export function createShadow(options: ShadowOptions): Shadow {
  checkOptions<ShadowOptions>(options, OPTIONS);
  const { onDifference, maxDifferences = DEFAULT_DIFFERENCES } = options;
  if (onDifference !== undefined && typeof onDifference !== 'function') {
    throw new TypeError('option onDifference must be a function');
  }
  if (!(Number.isInteger(maxDifferences) && maxDifferences >= 0)) {
    throw new TypeError('option maxDifferences must be an integer of at least 0');
  }
  return new SnapshotShadow(options.candidate, onDifference, maxDifferences);
}

/** One decision to compare. */
interface Comparison {
  readonly decision: Decision;
  readonly operation: string | undefined;
  /** Whether the tags of the resource are believed, whatever a registry knows. */
  readonly isDescribed: boolean;
  readonly compiled: CompiledSnapshot;
}

/** Compares decisions with those of a candidate. */
export class SnapshotShadow implements Shadow {
  #candidate: Snapshot;
  #compiled: CompiledSnapshot;
  readonly #onDifference: ShadowOptions['onDifference'];
  readonly #maxDifferences: number;
  #counts = noCounts();
  #reported = new Set<string>();
  #pending = 0;

  constructor(
    candidate: Snapshot,
    onDifference: ShadowOptions['onDifference'],
    maxDifferences: number,
  ) {
    this.#compiled = compiledOf(candidate);
    this.#candidate = candidate;
    this.#onDifference = onDifference;
    this.#maxDifferences = maxDifferences;
  }

  get candidate(): Snapshot {
    return this.#candidate;
  }

  get counts(): ShadowCounts {
    return { ...this.#counts };
  }

  replace(candidate: Snapshot): void {
    this.#compiled = compiledOf(candidate);
    this.#candidate = candidate;
    this.#counts = noCounts();
    this.#reported = new Set();
  }

  /**
   * Compares a decision. Never throws.
   *
   * @param inForce the snapshot that it was made on
   */
  compare(decision: Decision, inForce: CompiledSnapshot, operation?: string): void {
    const { resource } = decision;
    try {
      const registered = inForce.registered(resource);
      const isDescribed = registered !== undefined && registered !== resource;
      const compiled = this.#compiled;
      const comparison = { decision, operation, isDescribed, compiled };
      const isQuick = !isDescribed && compiled.permissionSetIdOf(resource) !== undefined;
      if (isQuick) this.#conclude(comparison);
      else this.#compareInSlices(comparison);
    } catch {
      this.#counts.failed += 1;
    }
  }

  /** An unregistered name must be matched: what takes long goes on while requests are served. */
  #compareInSlices(comparison: Comparison): void {
    if (this.#pending >= MAX_PENDING) {
      this.#counts.skipped += 1;
      return;
    }
    const { decision, isDescribed, compiled } = comparison;
    const subject = freezeSubject(decision.subject);
    this.#pending += 1;
    const work = function* (conclude: () => void): Generator<undefined, void> {
      const ready = yield* compiled.prepare(decision.resource, isDescribed);
      ready();
      conclude();
    };
    const done = (): void => {
      this.#pending -= 1;
    };
    const fail = (): void => {
      this.#counts.failed += 1;
      done();
    };
    try {
      const later = runInSlices(
        work(() => this.#conclude(comparison, subject)),
        MAX_MS,
      );
      if (later === undefined) done();
      else later.then(done, fail);
    } catch {
      fail();
    }
  }

  #conclude(
    { decision, operation, isDescribed, compiled }: Comparison,
    subject: Decision['subject'] = decision.subject,
  ): void {
    const { actions, resource, allowed } = decision;
    const found = isDescribed ? described(compiled, resource) : known(compiled, resource);
    const candidate = decide(compiled, { subject, ...requested(compiled, actions), ...found });
    if (compiled !== this.#compiled) return;
    if (candidate.allowed === allowed) {
      this.#counts.same += 1;
      return;
    }
    this.#counts[candidate.allowed ? 'gained' : 'lost'] += 1;
    if (this.#isNew(decision)) notify(this.#onDifference, { decision, candidate, operation });
  }

  /** Whether a difference is to be reported. SECURITY: callers choose names, so it is bounded. */
  #isNew({ subject, actions, resource, allowed }: Decision): boolean {
    const { project, type, name } = resource;
    const key = JSON.stringify([subject?.username ?? null, actions, project, type, name, allowed]);
    if (this.#reported.has(key)) return false;
    if (this.#reported.size >= this.#maxDifferences) {
      this.#counts.unreported += 1;
      return false;
    }
    this.#reported.add(key);
    return true;
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function noCounts(): Mutable<ShadowCounts> {
  return { same: 0, gained: 0, lost: 0, failed: 0, skipped: 0, unreported: 0 };
}

/**
 * What compares for an option `shadow`.
 *
 * @throws TypeError if {@link createShadow} did not make it
 */
export function shadowOf(shadow: Shadow | undefined): SnapshotShadow | undefined {
  if (shadow === undefined || shadow instanceof SnapshotShadow) return shadow;
  throw new TypeError('option shadow must be made by `createShadow`');
}
