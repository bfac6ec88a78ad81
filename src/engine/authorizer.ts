import type {
  ActionOf,
  Decision,
  FeastVocabulary,
  ResourceOf,
  Subject,
  Vocabulary,
} from '../model/index.js';
import type { SnapshotOptions } from './options.js';
import type { Snapshot } from './snapshot.js';

/** One action, or several that one permission must hold together. */
export type Actions<V extends Vocabulary> = ActionOf<V> | readonly ActionOf<V>[];

/** A proposed change of what the registry holds. */
export interface ProposedChange<V extends Vocabulary = FeastVocabulary> {
  /**
   * The resource as it is; missing where it is new. What the registry knows of it wins, but one
   * that it does not know is believed: take it from your own look-up and never from the request, or
   * CREATE is not asked for.
   */
  readonly existing?: ResourceOf<V> | null | undefined;
  /** The resource as it is to be, with its tags. */
  readonly proposed: ResourceOf<V>;
}

/** The questions that can be asked of an {@link Authorizer}, for one subject. */
export interface SubjectAuthorizer<V extends Vocabulary = FeastVocabulary> {
  /** The subject that all questions are about. */
  readonly subject: Subject | null;
  /** {@link Authorizer.can} for the subject. */
  can(actions: Actions<V>, resource: ResourceOf<V>): boolean;
  /** {@link Authorizer.decide} for the subject. */
  decide(actions: Actions<V>, resource: ResourceOf<V>): Decision;
  /** {@link Authorizer.decideDescribed} for the subject. */
  decideDescribed(actions: Actions<V>, resource: ResourceOf<V>): Decision;
  /** {@link Authorizer.assert} for the subject. */
  assert(actions: Actions<V>, resources: ResourceOf<V> | readonly ResourceOf<V>[]): void;
  /** {@link Authorizer.filter} for the subject. */
  filter<R extends ResourceOf<V>>(actions: Actions<V>, resources: readonly R[]): R[];
  /** {@link Authorizer.decideChange} for the subject. */
  decideChange(change: ProposedChange<V>): Decision;
}

/** Decides on one snapshot at a time; a new one takes its place between two decisions. */
export interface Authorizer<V extends Vocabulary = FeastVocabulary> {
  /** The snapshot in force. */
  readonly snapshot: Snapshot<V>;

  /**
   * Whether `subject` may do all of `actions` to `resource`. Allocates nothing for a registered
   * resource, unless there is an `onDecision` or a `shadow`.
   *
   * @param subject `null` for the anonymous one
   * @throws TypeError on arguments of a wrong type: no actions, an unknown action or resource type,
   *   a project that is missing
   */
  can(subject: Subject | null, actions: Actions<V>, resource: ResourceOf<V>): boolean;

  /**
   * The same with the reasons: which rule spoke, which permissions decided, and a sentence for
   * each.
   *
   * @throws TypeError as {@link Authorizer.can} does
   * @example
   * const { allowed, reason, explanation } = authorizer.decide(subject, 'READ_ONLINE', {
   *   type: 'FeatureView',
   *   name: 'risk_scores',
   * });
   */
  decide(subject: Subject | null, actions: Actions<V>, resource: ResourceOf<V>): Decision;

  /**
   * The same about a resource as it is described: its tags are believed, whatever the registry
   * knows under its name.
   *
   * SECURITY: for descriptions from a trusted place, as an older version of a view from the
   * registry's history. Never for what a request says.
   */
  decideDescribed(subject: Subject | null, actions: Actions<V>, resource: ResourceOf<V>): Decision;

  /**
   * Returns if `subject` may do all of `actions` to all of `resources`.
   *
   * @throws {@link PermissionDeniedError} on the first resource that is refused, carrying its
   *   decision
   */
  assert(
    subject: Subject | null,
    actions: Actions<V>,
    resources: ResourceOf<V> | readonly ResourceOf<V>[],
  ): void;

  /**
   * Those of `resources` that {@link Authorizer.can} allows, in their order. A denial throws
   * nothing.
   *
   * @throws TypeError as {@link Authorizer.can} does
   * @example
   * const readable = authorizer.filter(subject, 'DESCRIBE', [
   *   { type: 'FeatureView', name: 'risk_scores' },
   *   { type: 'FeatureView', name: 'salaries' },
   * ]);
   */
  filter<R extends ResourceOf<V>>(
    subject: Subject | null,
    actions: Actions<V>,
    resources: readonly R[],
  ): R[];

  /**
   * Whether `subject` may make a change: the vocabulary's actions for creating, on a new resource;
   * its actions for updating, on the resource as it is and as it is to be, otherwise. What the
   * registry knows under the proposed name is there, whatever the caller says. The decision is the
   * first refusal, or else the last grant.
   *
   * @throws TypeError when the vocabulary does not say what a change asks for
   * @source model.md: updating asks for DESCRIBE and UPDATE on both the existing and the new object
   * @example
   * const { allowed } = authorizer.decideChange(subject, {
   *   existing: { type: 'FeatureView', name: 'risk_scores', tags: { team: 'risk' } },
   *   proposed: { type: 'FeatureView', name: 'risk_scores', tags: { team: 'fraud' } },
   * });
   */
  decideChange(subject: Subject | null, change: ProposedChange<V>): Decision;

  /**
   * A handle of a resource: a frozen copy that every question takes in its place. It is found once,
   * and once more after each change of the snapshot, so questions about it look nothing up; for a
   * bound subject they are the fastest of all. Keep it where one resource is asked about often.
   *
   * @throws TypeError on an unknown resource type, or a project that is missing
   * @example
   * const scores = authorizer.resource({ type: 'FeatureView', name: 'risk_scores' });
   * const bound = authorizer.for(subject);
   * bound.can('READ_ONLINE', scores);
   */
  resource(resource: ResourceOf<V>): ResourceOf<V>;

  /** The same questions for one subject, of which a frozen copy is made: the fastest form. */
  for(subject: Subject | null): SubjectAuthorizer<V>;

  /**
   * Puts a new snapshot in force, for the next question. Options that are not given stay as they
   * are. If the new one does not compile, the error is thrown and the old one stays in force.
   *
   * @throws {@link PermissionInvalidError} or {@link PatternUnsupportedError}, with all problems in
   *   its `errors`
   * @throws TypeError if an option is invalid, or the snapshot is of another installed copy of the
   *   package
   * @example
   * authorizer.replace({ permissions, version: '42' });
   * authorizer.replace(await prepareSnapshot({ permissions, resources }));
   */
  replace(next: Partial<SnapshotOptions<V>> | Snapshot<V>): void;
}
