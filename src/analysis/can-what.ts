import {
  type CompiledSnapshot,
  compiledOf,
  type PermissionSet,
  type Snapshot,
} from '../engine/index.js';
import { checkOptions, type OptionNames } from '../foundation/options.js';
import { freezeSubject, isPlainObject, type Resource, type Subject } from '../model/index.js';
import type { AccessCondition } from './access-condition.js';
import { type PageRequest, paginate } from './page.js';
import { attributeKey, NAMED_USER, type NamedPrincipal } from './principal.js';
import { readActions, typesAskedFor } from './question.js';
import { type ResourceReference, referToResource } from './references.js';
import { SnapshotAccess } from './snapshot-access.js';

/** What somebody may do to one registered resource. */
export interface ResourceRights extends ResourceReference {
  /**
   * Actions that are allowed, each asked for alone; with `options.actions`, all of them together.
   */
  readonly actions: readonly string[];
  /**
   * For a principal: further actions that policies of your own kinds could allow, which nothing is
   * known of. Empty for a user, whose policies are asked.
   */
  readonly conditional: readonly string[];
}

/** Resources with what somebody may do to them. */
export interface CanWhat {
  /** Resources with at least one right, in the order of the registry. */
  readonly resources: readonly ResourceRights[];
  /** The token of the next page; null for the last page. */
  readonly next: string | null;
  /** Number of resources on all pages. */
  readonly total: number;
}

/** What {@link canWhat} looks at, and which part of the answer is given. */
export interface CanWhatOptions {
  /** Actions that are asked for together. Default: each action of the vocabulary alone. */
  readonly actions?: readonly string[] | undefined;
  /** Resource types, with their sub-types. Default: all. */
  readonly types?: readonly string[] | undefined;
  /** Default: all resources. */
  readonly page?: PageRequest | undefined;
}

const CAN_WHAT_OPTIONS: OptionNames<CanWhatOptions> = {
  actions: true,
  types: true,
  page: { limit: true, token: true },
};

/**
 * Everything that a user may do to registered resources; or what a role, group or namespace alone
 * allows to a user with a name.
 *
 * An action set is more than its actions: `READ_ONLINE` and `READ_OFFLINE` of two permissions are
 * allowed one by one, and not together. Ask for a set with `options.actions`.
 *
 * @param who a user, null for the anonymous user, or a principal such as `{ kind: 'role', name:
 *   'analyst' }`
 * @throws TypeError if an argument is invalid
 * @throws RequestInvalidError if a page does not fit the question
 * @example
 * canWhat(snapshot, { username: 'ann', roles: ['analyst'] }, { types: ['FeatureView'] }).resources;
 * // [{ project: 'risk', type: 'FeatureView', name: 'scores',
 * //    actions: ['READ_ONLINE'], conditional: [] }]
 */
export function canWhat(
  snapshot: Snapshot,
  who: Subject | null | NamedPrincipal,
  options: CanWhatOptions = {},
): CanWhat {
  checkOptions<CanWhatOptions>(options, CAN_WHAT_OPTIONS);
  const compiled = compiledOf(snapshot);
  const asker = isPrincipal(who) ? askPrincipal(compiled, who) : askSubject(compiled, who);
  const { actions } = options;
  const mask = actions === undefined ? undefined : readActions(compiled, actions).mask;
  const isAsked = typesAskedFor(compiled, options.types);
  const known = new Map<PermissionSet, Rights>();
  const resources: ResourceRights[] = [];
  for (const resource of compiled.resources()) {
    if (!isAsked(resource.type)) continue;
    const permissionSet = compiled.permissionSetOf(resource);
    let rights = known.get(permissionSet);
    if (rights === undefined) {
      rights = rightsOn(compiled, asker, permissionSet, actions, mask);
      known.set(permissionSet, rights);
    }
    if (rights.actions.length + rights.conditional.length > 0) {
      resources.push({ ...referToResource(resource), ...rights });
    }
  }
  const question = ['can-what', snapshot.version, who, mask, options.types];
  const { items, next, total } = paginate(resources, options.page, question);
  return { resources: items, next, total };
}

/** What somebody may do to one resource, registered or unregistered: each action alone. */
export function rightsOnResource(
  snapshot: CompiledSnapshot,
  who: Subject | null | NamedPrincipal,
  resource: Resource,
): Rights {
  const asker = isPrincipal(who) ? askPrincipal(snapshot, who) : askSubject(snapshot, who);
  return rightsOn(snapshot, asker, snapshot.permissionSetOf(resource), undefined, undefined);
}

export type Rights = Pick<ResourceRights, 'actions' | 'conditional'>;

/** Answers: allowed, refused, or allowed if policies of your own kinds are satisfied. */
type Answer = 'yes' | 'no' | 'conditional';
/** @param masks action masks that are asked for, each by itself */
type Asker = (permissionSet: PermissionSet, masks: readonly number[]) => readonly Answer[];

function rightsOn(
  { vocabulary }: CompiledSnapshot,
  ask: Asker,
  permissionSet: PermissionSet,
  together: readonly string[] | undefined,
  mask: number | undefined,
): Rights {
  if (mask !== undefined && together !== undefined) {
    const [answer] = ask(permissionSet, [mask]);
    return {
      actions: answer === 'yes' ? together : [],
      conditional: answer === 'conditional' ? together : [],
    };
  }
  const { actions } = vocabulary;
  const answers = ask(
    permissionSet,
    actions.map((_, id) => 1 << id),
  );
  return {
    actions: actions.filter((_, id) => answers[id] === 'yes'),
    conditional: actions.filter((_, id) => answers[id] === 'conditional'),
  };
}

function askSubject({ enforced }: CompiledSnapshot, given: Subject | null): Asker {
  const subject = freezeSubject(given);
  return (permissionSet, masks) =>
    masks.map((mask) =>
      !enforced || permissionSet.decisionOn(mask).passes(subject) ? 'yes' : 'no',
    );
}

function askPrincipal(snapshot: CompiledSnapshot, { kind, name }: NamedPrincipal): Asker {
  const access = SnapshotAccess.of(snapshot);
  const key = attributeKey({ kind, name });
  return (permissionSet, masks) =>
    masks.map((mask) => answerFor(access.conditionOn(permissionSet, mask), key));
}

/**
 * The answer for a user with a name who has one role, group or namespace, and nothing else that is
 * known.
 */
export function answerFor(condition: AccessCondition, key: string): Answer {
  const keys = [key, NAMED_USER.key];
  if (condition.allows(keys)) return 'yes';
  const opaque = condition.atoms().filter(({ principal }) => principal.kind === 'policy');
  if (opaque.length === 0) return 'no';
  return condition.allows([...keys, ...opaque.map((one) => one.key)]) ? 'conditional' : 'no';
}

/** @throws TypeError on a principal of an unknown kind */
function isPrincipal(who: unknown): who is NamedPrincipal {
  if (!isPlainObject(who) || !('kind' in who)) return false;
  const { kind, name } = who as Readonly<Record<string, unknown>>;
  if (typeof name === 'string' && PRINCIPAL_KINDS.includes(kind as never)) return true;
  throw new TypeError(
    `a principal has a \`name\` and a \`kind\`, which is one of ${PRINCIPAL_KINDS.join(', ')}`,
  );
}

/** The kinds of principals that have names. */
export const PRINCIPAL_KINDS: readonly NamedPrincipal['kind'][] = Object.freeze([
  'role',
  'group',
  'namespace',
] as const);
