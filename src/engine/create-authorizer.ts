import { listOf } from '../foundation/list-of.js';
import { notify } from '../foundation/notify.js';
import { checkOptions, type OptionNames } from '../foundation/options.js';
import {
  assertSubject,
  type Decision,
  type FeastVocabulary,
  freezeSubject,
  ownSubject,
  PermissionDeniedError,
  quote,
  type Resource,
  type Subject,
  type Vocabulary,
} from '../model/index.js';
import type { DerivedSubject } from '../policy/index.js';
import type { Authorizer, ProposedChange, SubjectAuthorizer } from './authorizer.js';
import { compileSnapshot } from './compile-snapshot.js';
import type { CompiledDecision } from './compiled-decision.js';
import type { CompiledSnapshot } from './compiled-snapshot.js';
import { decide, type Question } from './decide.js';
import {
  AUTHORIZER_OPTIONS,
  type AuthorizerOptions,
  SNAPSHOT_OPTIONS,
  type SnapshotOptions,
} from './options.js';
import { compiledOf, isSnapshot, type Snapshot } from './snapshot.js';

/**
 * Compiles permissions and resources into an authorizer.
 *
 * @param from options, or a snapshot from `prepareSnapshot`, which compiles a large one without holding up the process
 * @throws {@link PermissionInvalidError} or {@link PatternUnsupportedError}, with all problems in its `errors`
 * @throws TypeError on resources or options that contradict each other
 * @example
 * const authorizer = createAuthorizer({ permissions, resources });
 * authorizer.can(subject, 'READ_ONLINE', { type: 'FeatureView', name: 'risk_scores' });
 */
export function createAuthorizer<V extends Vocabulary = FeastVocabulary>(
  from: SnapshotOptions<V> & AuthorizerOptions,
): Authorizer<V>;
export function createAuthorizer<V extends Vocabulary = FeastVocabulary>(
  from: SnapshotOptions<V> | Snapshot<V>,
  options?: AuthorizerOptions,
): Authorizer<V>;
export function createAuthorizer(
  from: (SnapshotOptions<Vocabulary> & AuthorizerOptions) | Snapshot,
  options: AuthorizerOptions = {},
): Authorizer<Vocabulary> {
  checkOptions<AuthorizerOptions>(options, AUTHORIZER_OPTIONS, {
    'the first argument': SNAPSHOT_OPTIONS,
  });
  if (isSnapshot(from)) return new SnapshotAuthorizer(from, options.onDecision);
  checkOptions<SnapshotOptions<Vocabulary> & AuthorizerOptions>(from, {
    ...SNAPSHOT_OPTIONS,
    ...AUTHORIZER_OPTIONS,
  });
  const { onDecision = options.onDecision, ...rest } = from;
  return new SnapshotAuthorizer(compileSnapshot(rest), onDecision);
}

const PROPOSED_CHANGE: OptionNames<ProposedChange<Vocabulary>> = {
  existing: true,
  proposed: true,
};

class SnapshotAuthorizer implements Authorizer<Vocabulary> {
  #snapshot: Snapshot;
  #compiled: CompiledSnapshot;
  readonly #onDecision: ((decision: Decision) => void) | undefined;

  constructor(snapshot: Snapshot, onDecision: ((decision: Decision) => void) | undefined) {
    if (onDecision !== undefined && typeof onDecision !== 'function') {
      throw new TypeError('option onDecision must be a function');
    }
    this.#snapshot = snapshot;
    this.#compiled = compiledOf(snapshot);
    this.#onDecision = onDecision;
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** What the snapshot in force stands for. */
  get compiled(): CompiledSnapshot {
    return this.#compiled;
  }

  can(subject: Subject | null, actions: string | readonly string[], resource: Resource): boolean {
    const snapshot = this.#compiled;
    if (!this.isDirect) {
      return this.decide(subject, actions, resource).allowed;
    }
    const own = ownSubject(subject);
    if (typeof actions === 'string') {
      const permissionSet = snapshot.permissionSetIdOf(resource);
      const action = snapshot.vocabulary.actionIds.get(actions);
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
    const snapshot = this.#compiled;
    const asked = requested(snapshot, actions);
    return this.#report(decide(snapshot, { subject: own, ...asked, ...known(snapshot, resource) }));
  }

  decideDescribed(
    subject: Subject | null,
    actions: string | readonly string[],
    resource: Resource,
  ): Decision {
    assertSubject(subject);
    const snapshot = this.#compiled;
    const asked = requested(snapshot, actions);
    return this.#report(decide(snapshot, { subject, ...asked, ...described(snapshot, resource) }));
  }

  assert(
    subject: Subject | null,
    actions: string | readonly string[],
    resources: Resource | readonly Resource[],
  ): void {
    assertQuestion(this.#compiled, subject, actions);
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
    const snapshot = this.#compiled;
    const { changes } = snapshot.vocabulary;
    if (changes === undefined) {
      throw new TypeError(
        `vocabulary \`${snapshot.vocabulary.name}\` does not say what a change asks for`,
      );
    }
    const asProposed = described(snapshot, change.proposed);
    const touched = touchedBy(snapshot, change);
    const asked = requested(snapshot, touched.length === 0 ? changes.create : changes.update);
    for (const found of touched) {
      const decision = this.#report(decide(snapshot, { subject, ...asked, ...found }));
      if (!decision.allowed) return decision;
    }
    return this.#report(decide(snapshot, { subject, ...asked, ...asProposed }));
  }

  for(subject: Subject | null): SubjectAuthorizer<Vocabulary> {
    return new BoundAuthorizer(this, freezeSubject(subject));
  }

  /** Whether a question is answered by its compiled decision alone, without anyone to report to. */
  get isDirect(): boolean {
    return this.#onDecision === undefined && this.#compiled.enforced;
  }

  /** {@link Authorizer.can} for a subject that is frozen and derived from, by the long way. */
  canDerived(
    derived: DerivedSubject,
    actions: string | readonly string[],
    resource: Resource,
  ): boolean {
    const snapshot = this.#compiled;
    if (!this.isDirect) {
      return this.decide(derived.subject, actions, resource).allowed;
    }
    return decisionOn(snapshot, actions, resource).passesDerived(derived);
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
    this.#put(compileSnapshot({ ...current, ...next }));
  }

  #put(snapshot: Snapshot): void {
    this.#compiled = compiledOf(snapshot);
    this.#snapshot = snapshot;
  }

  #report(decision: Decision): Decision {
    notify(this.#onDecision, decision);
    return decision;
  }
}

class BoundAuthorizer implements SubjectAuthorizer<Vocabulary> {
  readonly subject: Subject | null;
  readonly #authorizer: SnapshotAuthorizer;
  #snapshot: CompiledSnapshot;
  #derived: DerivedSubject;

  constructor(authorizer: SnapshotAuthorizer, subject: Subject | null) {
    this.subject = subject;
    this.#authorizer = authorizer;
    this.#snapshot = authorizer.compiled;
    this.#derived = this.#snapshot.derive(subject);
  }

  // The hot path, written out: what a call of the authorizer would look up again is at hand here.
  can(actions: string | readonly string[], resource: Resource): boolean {
    const snapshot = this.#authorizer.compiled;
    if (snapshot !== this.#snapshot) {
      this.#snapshot = snapshot;
      this.#derived = snapshot.derive(this.subject);
    }
    if (typeof actions === 'string' && this.#authorizer.isDirect) {
      const permissionSet = snapshot.permissionSetIdOf(resource);
      const action = snapshot.vocabulary.actionIds.get(actions);
      if (permissionSet !== undefined && action !== undefined) {
        return snapshot.decisions.passesDerived(permissionSet, action, this.#derived);
      }
    }
    return this.#authorizer.canDerived(this.#derived, actions, resource);
  }

  decide(actions: string | readonly string[], resource: Resource): Decision {
    return this.#authorizer.decide(this.subject, actions, resource);
  }

  decideDescribed(actions: string | readonly string[], resource: Resource): Decision {
    return this.#authorizer.decideDescribed(this.subject, actions, resource);
  }

  assert(actions: string | readonly string[], resources: Resource | readonly Resource[]): void {
    this.#authorizer.assert(this.subject, actions, resources);
  }

  filter<R extends Resource>(actions: string | readonly string[], resources: readonly R[]): R[] {
    assertQuestion(this.#authorizer.compiled, this.subject, actions);
    return resources.filter((resource) => this.can(actions, resource));
  }

  decideChange(change: ProposedChange<Vocabulary>): Decision {
    return this.#authorizer.decideChange(this.subject, change);
  }
}

/** The compiled decision by the long way: for several actions, and for resources that the registry does not know. */
function decisionOn(
  snapshot: CompiledSnapshot,
  actions: string | readonly string[],
  resource: Resource,
): CompiledDecision {
  const permissionSet = snapshot.permissionSetOf(resource);
  return permissionSet.decisionOn(maskOf(snapshot.vocabulary, actions));
}

type Found = Pick<Question, 'resource' | 'permissionSet'>;

/** A resource with what covers it: as the registry knows it, or else as it is described. */
function known(snapshot: CompiledSnapshot, resource: Resource): Found {
  const permissionSet = snapshot.permissionSetOf(resource);
  return {
    permissionSet,
    resource: snapshot.registered(resource) ?? snapshot.asDescribed(resource),
  };
}

/** A resource with what covers it, as it is described. */
function described(snapshot: CompiledSnapshot, resource: Resource): Found {
  const permissionSet = snapshot.permissionSetAsDescribed(resource);
  return { permissionSet, resource: snapshot.asDescribed(resource) };
}

/**
 * What is there now and would be changed or overwritten.
 *
 * SECURITY: what the registry knows is there, whatever the caller says of it; under the proposed name too.
 */
function touchedBy(
  snapshot: CompiledSnapshot,
  { existing, proposed }: ProposedChange<Vocabulary>,
): Found[] {
  const touched: Found[] = [];
  if (existing) touched.push(known(snapshot, existing));
  const overwritten = snapshot.registered(proposed);
  if (overwritten !== undefined && overwritten !== touched[0]?.resource) {
    touched.push(known(snapshot, overwritten));
  }
  return touched;
}

/** For questions about lists, which may be empty. */
function assertQuestion(
  snapshot: CompiledSnapshot,
  subject: Subject | null,
  actions: string | readonly string[],
): void {
  assertSubject(subject);
  maskOf(snapshot.vocabulary, actions);
}

function requested(
  snapshot: CompiledSnapshot,
  actions: string | readonly string[],
): Pick<Question, 'actions' | 'mask'> {
  const mask = maskOf(snapshot.vocabulary, actions);
  return { mask, actions: Object.freeze(typeof actions === 'string' ? [actions] : [...actions]) };
}

/** @throws TypeError on no actions, and on actions that the vocabulary does not have */
function maskOf(vocabulary: Vocabulary, actions: string | readonly string[]): number {
  const list = typeof actions === 'string' ? [actions] : actions;
  if (!Array.isArray(list) || list.length === 0) {
    throw new TypeError('actions must be an action or a list of at least one');
  }
  let mask = 0;
  for (const action of list) {
    const id = vocabulary.actionIds.get(action);
    if (id === undefined) {
      throw new TypeError(
        `action ${quote(String(action))} is not one of ${vocabulary.actions.join(', ')}`,
      );
    }
    mask |= 1 << id;
  }
  return mask;
}
