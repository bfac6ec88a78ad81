import type { Decision, Resource, Subject, Vocabulary } from '../model/index.js';
import type { DerivedSubject } from '../policy/index.js';
import type { Authorizer, ProposedChange, SubjectAuthorizer } from './authorizer.js';
import type { CompiledSnapshot } from './compiled-snapshot.js';
import { assertQuestion } from './question.js';

/** What a subject can be bound to. */
export interface BindableAuthorizer
  extends Pick<Authorizer<Vocabulary>, 'assert' | 'decideChange' | 'decideDescribed'> {
  /** The tables of the snapshot in force. */
  readonly compiled: CompiledSnapshot;
  /** All snapshots that must grant what is granted. */
  readonly deciding: readonly CompiledSnapshot[];
  /** The same where compiled decisions are the whole answer; undefined where they are not. */
  readonly direct: CompiledSnapshot | undefined;
  /** `can` for a derived subject, by the slow path. */
  canDerived(
    derived: DerivedSubject,
    actions: string | readonly string[],
    resource: Resource,
  ): boolean;
  /** `decide` for a derived subject. */
  decideDerived(
    derived: DerivedSubject,
    actions: string | readonly string[],
    resource: Resource,
  ): Decision;
}

/** The questions of an authorizer for one frozen subject. */
export class BoundAuthorizer implements SubjectAuthorizer<Vocabulary> {
  readonly subject: Subject | null;
  readonly #authorizer: BindableAuthorizer;
  #snapshot: CompiledSnapshot;
  #derived: DerivedSubject;
  #attributes: readonly number[];

  constructor(authorizer: BindableAuthorizer, subject: Subject | null) {
    this.subject = subject;
    this.#authorizer = authorizer;
    this.#snapshot = authorizer.compiled;
    this.#derived = this.#snapshot.derive(subject);
    this.#attributes = this.#derived.attributes;
  }

  /**
   * The snapshots that decide behind the questions of a subject; none for an authorizer of another
   * make.
   */
  static decidingBehind(value: SubjectAuthorizer<Vocabulary>): readonly CompiledSnapshot[] {
    return #authorizer in value ? value.#authorizer.deciding : [];
  }

  // The hot path, written out: what a call of the authorizer would look up again is at hand here.
  can(actions: string | readonly string[], resource: Resource): boolean {
    const snapshot = this.#authorizer.direct ?? this.#authorizer.compiled;
    if (snapshot !== this.#snapshot) this.#derive(snapshot);
    if (typeof actions === 'string' && snapshot === this.#authorizer.direct) {
      const permissionSet = snapshot.permissionSetIdOf(resource);
      const action = snapshot.actionIds.get(actions);
      if (permissionSet !== undefined && action !== undefined) {
        return snapshot.decisions.passesDerived(
          permissionSet,
          action,
          this.#derived,
          this.#attributes,
        );
      }
    }
    return this.#authorizer.canDerived(this.#derived, actions, resource);
  }

  decide(actions: string | readonly string[], resource: Resource): Decision {
    const snapshot = this.#authorizer.compiled;
    if (snapshot !== this.#snapshot) this.#derive(snapshot);
    return this.#authorizer.decideDerived(this.#derived, actions, resource);
  }

  #derive(snapshot: CompiledSnapshot): void {
    this.#snapshot = snapshot;
    this.#derived = snapshot.derive(this.subject);
    this.#attributes = this.#derived.attributes;
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
