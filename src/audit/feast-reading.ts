import {
  type Authorizer,
  type CompiledSnapshot,
  compiledOf,
  createAuthorizer,
  type Snapshot,
} from '../engine/index.js';
import {
  type DecidingPermission,
  type Decision,
  type DecisionReason,
  type FeastVocabulary,
  quote,
  type ResourceOf,
  type Subject,
  type Tags,
} from '../model/index.js';

/** What Feast's own servers would answer. */
export interface FeastAnswer {
  readonly allowed: boolean;
  /** `unreadable`: Feast cannot read the permissions of the project, and fails at every request. */
  readonly reason: DecisionReason | 'unreadable';
  readonly explanation: string;
  /** Those that decided. */
  readonly permissions: readonly DecidingPermission[];
}

/** Decides as Feast's own servers do. */
export interface FeastReading {
  /** @throws TypeError if an argument is invalid, as `authorizer.decide` does */
  decide(
    subject: Subject | null,
    actions: Decision['actions'],
    resource: ResourceOf<FeastVocabulary>,
  ): FeastAnswer;
}

/** The versions of Feast whose servers {@link createFeastReading} answers for. */
export const FEAST_READING_VERSIONS: readonly string[] = Object.freeze(['0.66', '0.67']);

type Source = Snapshot['permissions'][number];

/**
 * Reads the permissions of a snapshot as Feast 0.66 and 0.67 do, to compare its answers with ours.
 *
 * Feast compares `required_tags` with an attribute that only permissions have: their own
 * `required_tags`. On every other resource, and on a permission without required tags, the filter
 * passes. Feast cannot read a project that has a permission with the allow-all policy. Permissions
 * that this package does not understand stay excluded.
 *
 * Cost: the permissions are compiled again at the first question, once for permissions and once for
 * all other resources.
 *
 * @source Feast 0.66.0, feast/permissions/matcher.py and policy.py
 * @example
 * const feast = createFeastReading(snapshot);
 * feast.decide(subject, ['WRITE_ONLINE'], { type: 'FeatureView', name: 'sales' }).allowed;
 */
export function createFeastReading(given: Snapshot<FeastVocabulary>): FeastReading {
  const snapshot = compiledOf(given);
  const sources = given.permissions;
  const untagged = once(() => compile(snapshot, sources.map(withoutTags)));
  const tagged = once(() => compile(snapshot, sources));
  return {
    decide(subject, actions, resource) {
      const { type, name, project } = snapshot.asDescribed(resource);
      const unreadable = sources.find((one) => isFor(one, project) && isUnreadable(one));
      if (unreadable !== undefined) return explainUnreadable(unreadable);
      const own = type === 'Permission' ? tagsOfPermission(sources, name, project) : undefined;
      const { allowed, reason, explanation, permissions } =
        type !== 'Permission' || own === 'none'
          ? untagged().decide(subject, actions as never, { type, name, project } as never)
          : tagged().decide(subject, actions as never, { type, name, project, tags: own } as never);
      return { allowed, reason, explanation, permissions };
    },
  };
}

/** Whether Feast fails to read a permission back from a registry that it wrote itself. */
export function isUnreadable(source: object): boolean {
  return 'policy' in source && (source.policy as { readonly type: unknown }).type === 'AllowAll';
}

function explainUnreadable({ name }: Source): FeastAnswer {
  return {
    allowed: false,
    reason: 'unreadable',
    explanation: `permission ${quote(name)} has the allow-all policy, which Feast cannot read back: every request fails`,
    permissions: [],
  };
}

/** The required tags of a registered permission; undefined: not known. */
function tagsOfPermission(
  sources: readonly Source[],
  name: string,
  project: string | undefined,
): Tags | 'none' | undefined {
  const tags = sources.find((one) => one.name === name && isFor(one, project))?.requiredTags;
  return tags !== undefined && Object.keys(tags).length === 0 ? 'none' : tags;
}

function isFor(source: Source, project: string | undefined): boolean {
  return source.project === undefined || source.project === project;
}

/**
 * The mark of a parsed permission stays: text in it that begins with `glob:` is a regular
 * expression.
 */
function withoutTags(source: Source): Source {
  const members = Object.getOwnPropertyDescriptors(source);
  const requiredTags = { value: Object.freeze({}), enumerable: true };
  return Object.freeze(Object.create(Object.prototype, { ...members, requiredTags }) as Source);
}

/**
 * Without resources: the registered tags must not speak. Every other option is what Feast's servers
 * do.
 */
function compile(
  { options, projects }: CompiledSnapshot,
  permissions: readonly Source[],
): Authorizer<FeastVocabulary> {
  const { defaultProject, policyKinds = [], python } = options;
  return createAuthorizer({
    permissions: permissions as never,
    projects: [...projects.keys()].filter((name) => name !== undefined),
    ...(defaultProject === undefined ? {} : { defaultProject }),
    policyKinds,
    onUnsupportedPattern: 'exclude',
    python,
  });
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
