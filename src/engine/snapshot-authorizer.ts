import { listOf } from '../foundation/list-of.js';
import { notify } from '../foundation/notify.js';
import { checkOptions, type OptionNames } from '../foundation/options.js';
import {
  type AuthzError,
  assertSubject,
  type Decision,
  freezeSubject,
  ownSubject,
  PermissionDeniedError,
  type Resource,
  type Subject,
  type Vocabulary,
} from '../model/index.js';
import type { DerivedSubject } from '../policy/index.js';
import type { Authorizer, ProposedChange, SubjectAuthorizer } from './authorizer.js';
import type { AuthorizerOptions } from './authorizer-options.js';
import { type BindableAuthorizer, BoundAuthorizer } from './bound-authorizer.js';
import { compileSnapshot } from './compile-snapshot.js';
import type { CompiledSnapshot } from './compiled-snapshot.js';
import { decide } from './decide.js';
import { decideRemembered } from './decide-remembered.js';
import { AUTHORIZER_OPTIONS, SNAPSHOT_OPTIONS, type SnapshotOptions } from './options.js';
import { assertQuestion, decisionOn, described, known, requested, touchedBy } from './question.js';
import { type SnapshotShadow, shadowOf } from './shadow.js';
import { compiledOf, isSnapshot, type Snapshot } from './snapshot.js';

const PROPOSED_CHANGE: OptionNames<ProposedChange<Vocabulary>> = {
  existing: true,
  proposed: true,
};

/** Answers questions on the snapshot in force. */
export class SnapshotAuthorizer implements Authorizer<Vocabulary>, BindableAuthorizer {
  #snapshot: Snapshot;
  #compiled: CompiledSnapshot;
  #suspended: (() => AuthzError) | undefined;
  /**
   * The snapshot in force where its compiled decisions are the whole answer: enforced, neither
   * suspended nor restricted, and without anyone to report to.
   */
  direct: CompiledSnapshot | undefined;
  /** A newer snapshot, which must grant too what is granted. */
  #restriction: CompiledSnapshot | undefined;
  readonly #onDecision: ((decision: Decision) => void) | undefined;
  readonly #shadow: SnapshotShadow | undefined;

  constructor(snapshot: Snapshot, { onDecision, shadow }: AuthorizerOptions) {
    if (onDecision !== undefined && typeof onDecision !== 'function') {
      throw new TypeError('option onDecision must be a function');
    }
    this.#snapshot = snapshot;
    this.#compiled = compiledOf(snapshot);
    this.#onDecision = onDecision;
    this.#shadow = shadowOf(shadow);
    this.direct = this.#findDirect();
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /**
   * What the snapshot in force stands for. Every question is answered by it.
   *
   * @throws what {@link SnapshotAuthorizer.suspend} was given
   */
  get compiled(): CompiledSnapshot {
    if (this.#suspended !== undefined) throw this.#suspended();
    return this.#compiled;
  }

  /**
   * Answers no question until the next snapshot, or until it is called with `undefined`.
   *
   * @param makeError makes the error that every question throws
   */
  suspend(makeError: (() => AuthzError) | undefined): void {
    this.#suspended = makeError;
    this.direct = this.#findDirect();
  }

  /**
   * Grants only what a newer snapshot grants too, until the next snapshot, or until it is called
   * with `undefined`.
   */
  restrict(newer: Snapshot | undefined): void {
    this.#restriction = newer === undefined ? undefined : compiledOf(newer);
    this.direct = this.#findDirect();
  }

  /** All snapshots that must grant what is granted. */
  get deciding(): readonly CompiledSnapshot[] {
    const snapshot = this.compiled;
    return this.#restriction === undefined ? [snapshot] : [snapshot, this.#restriction];
  }

  can(subject: Subject | null, actions: string | readonly string[], resource: Resource): boolean {
    const snapshot = this.direct;
    if (snapshot === undefined) return this.#canByAll(ownSubject(subject), actions, resource);
    const own = ownSubject(subject);
    if (typeof actions === 'string') {
      const permissionSet = snapshot.permissionSetIdOf(resource);
      const action = snapshot.actionIds.get(actions);
      if (permissionSet !== undefined && action !== undefined) {
        return snapshot.decisions.passes(permissionSet, action, own);
      }
    }
    return decisionOn(snapshot, actions, resource).passes(own);
  }

  decide(
    subject: Subject | null,
    actions: string | readonly string[],
    resource: Resource,
  ): Decision {
    const own = ownSubject(subject);
    return this.#report(
      this.#firstRefusal((snapshot) => decideKnown(snapshot, own, actions, resource)),
    );
  }

  /** {@link Authorizer.decide} for a subject that is derived from: remembered where it can be. */
  decideDerived(
    derived: DerivedSubject,
    actions: string | readonly string[],
    resource: Resource,
  ): Decision {
    return this.#report(
      this.#firstRefusal((snapshot) =>
        snapshot === this.#compiled
          ? decideRemembered(snapshot, derived, actions, resource)
          : decideKnown(snapshot, derived.subject, actions, resource),
      ),
    );
  }

  decideDescribed(
    subject: Subject | null,
    actions: string | readonly string[],
    resource: Resource,
  ): Decision {
    assertSubject(subject);
    return this.#report(
      this.#firstRefusal((snapshot) => {
        const asked = requested(snapshot, actions);
        return decide(snapshot, { subject, ...asked, ...described(snapshot, resource) });
      }),
    );
  }

  assert(
    subject: Subject | null,
    actions: string | readonly string[],
    resources: Resource | readonly Resource[],
  ): void {
    assertQuestion(this.compiled, subject, actions);
    for (const resource of listOf(resources)) {
      const decision = this.decide(subject, actions, resource);
      if (!decision.allowed) throw new PermissionDeniedError(decision);
    }
  }

  filter<R extends Resource>(
    subject: Subject | null,
    actions: string | readonly string[],
    resources: readonly R[],
  ): R[] {
    return this.for(subject).filter(actions, resources);
  }

  decideChange(given: Subject | null, change: ProposedChange<Vocabulary>): Decision {
    const subject = ownSubject(given);
    // Misspelt, `existing` would turn an update into a creation.
    checkOptions<ProposedChange<Vocabulary>>(change, PROPOSED_CHANGE);
    const [snapshot, ...others] = this.deciding as [CompiledSnapshot, ...CompiledSnapshot[]];
    let last: Decision | undefined;
    for (const decision of decisionsOnChange(snapshot, subject, change)) {
      last = this.#report(decision);
      if (!last.allowed) return last;
    }
    for (const other of others) {
      for (const decision of decisionsOnChange(other, subject, change)) {
        if (!decision.allowed) return this.#report(decision);
      }
    }
    return last as Decision;
  }

  resource(resource: Resource): Resource {
    return this.#compiled.handleOf(resource);
  }

  for(subject: Subject | null): SubjectAuthorizer<Vocabulary> {
    return new BoundAuthorizer(this, freezeSubject(subject));
  }

  canDerived(
    derived: DerivedSubject,
    actions: string | readonly string[],
    resource: Resource,
  ): boolean {
    const snapshot = this.direct;
    return snapshot === undefined
      ? this.#canByAll(derived.subject, actions, resource)
      : decisionOn(snapshot, actions, resource).passesDerived(derived);
  }

  /** `can` by all deciding snapshots, or with a report. */
  #canByAll(own: Subject | null, actions: string | readonly string[], resource: Resource): boolean {
    const { deciding } = this;
    const isReported = this.#onDecision !== undefined || this.#shadow !== undefined;
    if (isReported || deciding.some(({ enforced }) => !enforced)) {
      return this.decide(own, actions, resource).allowed;
    }
    return deciding.every((snapshot) => decisionOn(snapshot, actions, resource).passes(own));
  }

  replace(next: Partial<SnapshotOptions<Vocabulary>> | Snapshot): void {
    if (isSnapshot(next)) {
      this.#put(next);
      return;
    }
    checkOptions<SnapshotOptions<Vocabulary>>(next, SNAPSHOT_OPTIONS, {
      '`createAuthorizer`': AUTHORIZER_OPTIONS,
    });
    const { version: _, ...current } = this.#compiled.options;
    for (const [option, value] of Object.entries(next)) {
      // SECURITY: it would fall back to its default, which may be laxer than what is in force.
      if (value === undefined)
        throw new TypeError(`option ${option} is undefined: leave it out to keep it`);
    }
    const keepsResources = next.resources === undefined;
    const predecessor = { snapshot: this.#compiled, keepsResources };
    this.#put(compileSnapshot({ ...current, ...next }, predecessor));
  }

  #put(snapshot: Snapshot): void {
    this.#compiled = compiledOf(snapshot);
    this.#snapshot = snapshot;
    this.#suspended = undefined;
    this.#restriction = undefined;
    this.direct = this.#findDirect();
  }

  #findDirect(): CompiledSnapshot | undefined {
    const isDirect =
      this.#compiled.enforced &&
      this.#suspended === undefined &&
      this.#restriction === undefined &&
      this.#onDecision === undefined &&
      this.#shadow === undefined;
    return isDirect ? this.#compiled : undefined;
  }

  /** The decision of the first snapshot that refuses, otherwise that of the one in force. */
  #firstRefusal(decideBy: (snapshot: CompiledSnapshot) => Decision): Decision {
    const [snapshot, ...others] = this.deciding as [CompiledSnapshot, ...CompiledSnapshot[]];
    const decision = decideBy(snapshot);
    if (!decision.allowed) return decision;
    for (const other of others) {
      const further = decideBy(other);
      if (!further.allowed) return further;
    }
    return decision;
  }

  #report(decision: Decision): Decision {
    notify(this.#onDecision, decision);
    this.#shadow?.compare(decision, this.#compiled);
    return decision;
  }
}

function decideKnown(
  snapshot: CompiledSnapshot,
  subject: Subject | null,
  actions: string | readonly string[],
  resource: Resource,
): Decision {
  const asked = requested(snapshot, actions);
  return decide(snapshot, { subject, ...asked, ...known(snapshot, resource) });
}

/** The decisions that a change needs, one after the other. All of them must be grants. */
function* decisionsOnChange(
  snapshot: CompiledSnapshot,
  subject: Subject | null,
  change: ProposedChange<Vocabulary>,
): Generator<Decision> {
  const { changes } = snapshot.vocabulary;
  if (changes === undefined) {
    throw new TypeError(
      `vocabulary \`${snapshot.vocabulary.name}\` does not say what a change asks for`,
    );
  }
  const asProposed = described(snapshot, change.proposed);
  const touched = touchedBy(snapshot, change);
  const asked = requested(snapshot, touched.length === 0 ? changes.create : changes.update);
  for (const found of [...touched, asProposed]) {
    yield decide(snapshot, { subject, ...asked, ...found });
  }
}

/**
 * Restricts an authorizer of this package to what a newer snapshot grants too, until its next
 * snapshot.
 *
 * @param newer undefined: ends the restriction
 */
export function restrict(authorizer: unknown, newer: Snapshot | undefined): void {
  if (!(authorizer instanceof SnapshotAuthorizer)) throw new TypeError('expected an authorizer');
  authorizer.restrict(newer);
}

/**
 * Suspends an authorizer of this package: every question throws until its next snapshot.
 *
 * @param makeError undefined: ends the suspension
 */
export function suspend(authorizer: unknown, makeError: (() => AuthzError) | undefined): void {
  if (!(authorizer instanceof SnapshotAuthorizer)) throw new TypeError('expected an authorizer');
  authorizer.suspend(makeError);
}
