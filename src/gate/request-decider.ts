import { BoundAuthorizer } from '../engine/bound-authorizer.js';
import type { Authorizer, CompiledSnapshot } from '../engine/index.js';
import { type Shadow, type SnapshotShadow, shadowOf } from '../engine/shadow.js';
import { compiledOf } from '../engine/snapshot.js';
import { listOf } from '../foundation/list-of.js';
import { notify } from '../foundation/notify.js';
import { runAtOnce, runInSlices } from '../foundation/time-slices.js';
import { type Decision, PermissionDeniedError, type Vocabulary } from '../model/index.js';
import { type DecideOptions, decideRequirement, prepareAll } from './decide-requirement.js';
import { maxDecisionMs } from './decision-time.js';
import type { AnyRequirement, Caller, GateDecision, Requirement } from './gate.js';
import { type NameLimitOptions, NameLimits } from './name-limits.js';
import { type CheckRecord, NO_RECORD } from './telemetry.js';

/** What decides on requests, and who hears of it. */
export interface DeciderOptions<V extends Vocabulary> extends NameLimitOptions {
  readonly authorizer: Authorizer<V>;
  readonly onDecision?: ((decision: GateDecision) => unknown) | undefined;
  readonly shadow?: Shadow | undefined;
  readonly maxDecisionSeconds?: number | undefined;
  readonly now?: (() => number) | undefined;
}

/** A request with more resources may be worth more than one slice of time. */
const MAX_QUICK_RESOURCES = 16;
/** The same where a listener may read the reasons of each decision. */
const MAX_TOLD_RESOURCES = 4;

/** Decides on all that requests need, and tells of it. */
export class RequestDecider<V extends Vocabulary> {
  readonly #options: DeciderOptions<V>;
  readonly #limits: NameLimits;
  readonly #maxMs: number;
  readonly #shadow: SnapshotShadow | undefined;

  /** @throws TypeError when a limit is wrong */
  constructor(options: DeciderOptions<V>) {
    this.#options = options;
    this.#maxMs = maxDecisionMs(options);
    this.#shadow = shadowOf(options.shadow);
    this.#limits = new NameLimits(options);
  }

  /**
   * Decides on all that a request needs without a break.
   *
   * @throws PermissionDeniedError on the first refusal, and what `Gate.authorize` throws besides
   */
  decide(
    caller: Caller<V>,
    requirements: readonly AnyRequirement<V>[],
    operation: string | undefined,
    record: CheckRecord,
  ): void {
    if (this.#isQuick(requirements, record)) {
      this.#decideQuickly(caller, requirements, operation, record);
    } else {
      runAtOnce(this.#decideInSteps(caller, requirements, operation, record), this.#maxMs);
    }
  }

  /**
   * Decides on all that a request needs in slices of time: at once for most requests, and otherwise
   * later.
   *
   * @throws as {@link RequestDecider.decide}, or the promise rejects with it
   */
  decideInSlices(
    caller: Caller<V>,
    requirements: readonly AnyRequirement<V>[],
    operation: string | undefined,
    record: CheckRecord,
  ): void | Promise<void> {
    if (this.#isQuick(requirements, record)) {
      this.#decideQuickly(caller, requirements, operation, record);
      return undefined;
    }
    const steps = this.#decideInSteps(caller, requirements, operation, record);
    return runInSlices(steps, this.#maxMs);
  }

  /** Silent: without anyone to tell, reasons need not be worked out for what is granted. */
  #isSilent(record: CheckRecord): boolean {
    return (
      this.#options.onDecision === undefined && this.#shadow === undefined && record === NO_RECORD
    );
  }

  /**
   * Whether a request needs a few registered resources and nothing else: most do, and deserve no
   * detour.
   */
  #isQuick(requirements: readonly AnyRequirement<V>[], record: CheckRecord): boolean {
    const { snapshot: given } = this.#options.authorizer;
    if (!given.enforced) return false;
    const snapshot = compiledOf(given);
    const most = this.#isSilent(record) ? MAX_QUICK_RESOURCES : MAX_TOLD_RESOURCES;
    let count = 0;
    for (const requirement of requirements) {
      if (!('resources' in requirement)) return false;
      const resources = listOf(requirement.resources);
      count += resources.length;
      if (resources.length === 0 || count > most) return false;
      for (const resource of resources) {
        if (!this.#limits.fits(resource) || snapshot.permissionSetIdOf(resource) === undefined)
          return false;
      }
    }
    return count > 0;
  }

  /** Decides on what {@link #isQuick} holds for. */
  #decideQuickly(
    caller: Caller<V>,
    requirements: readonly AnyRequirement<V>[],
    operation: string | undefined,
    record: CheckRecord,
  ): void {
    const isSilent = this.#isSilent(record);
    for (const requirement of requirements as readonly Requirement<V>[]) {
      const { actions, resources } = requirement;
      for (const resource of listOf(resources)) {
        if (isSilent && caller.can(actions, resource)) continue;
        this.#conclude(caller.decide(actions, resource), operation, record);
      }
    }
  }

  /** Decides on all that a request needs, with pauses. */
  *#decideInSteps(
    caller: Caller<V>,
    requirements: readonly AnyRequirement<V>[],
    operation: string | undefined,
    record: CheckRecord,
  ): Generator<undefined, void> {
    const { authorizer } = this.#options;
    if (requirements.length === 0) {
      throw new TypeError('a request must have at least one requirement');
    }
    const { enforced } = authorizer.snapshot;
    if (enforced) yield* this.#limits.check(requirements, compiledOf(authorizer.snapshot));
    const options: DecideOptions<V> = {
      isSilent: this.#isSilent(record),
      prepare: (resource, asDescribed) =>
        prepareAll(this.#decidingFor(caller), resource, asDescribed),
    };
    for (const requirement of requirements) {
      if ('missing' in requirement) {
        if (enforced) throw requirement.missing;
        continue;
      }
      for (const decision of decideRequirement(caller, requirement, options)) {
        if (decision !== undefined) this.#conclude(decision, operation, record);
        yield;
      }
    }
  }

  #decidingFor(caller: Caller<V>): readonly CompiledSnapshot[] {
    const behind = BoundAuthorizer.decidingBehind(caller as unknown as Caller<Vocabulary>);
    return behind.length > 0 ? behind : [compiledOf(this.#options.authorizer.snapshot)];
  }

  /** Tells of a decision. @throws PermissionDeniedError if it refuses */
  #conclude(decision: Decision, operation: string | undefined, record: CheckRecord): void {
    record.decided(decision);
    const { authorizer, onDecision, now = Date.now } = this.#options;
    if (onDecision !== undefined) notify(onDecision, { decision, operation, time: now() });
    this.#shadow?.compare(decision, compiledOf(authorizer.snapshot), operation);
    if (!decision.allowed) throw new PermissionDeniedError(decision);
  }
}
