import {
  type CompiledSnapshot,
  compiledOf,
  type PermissionSet,
  type Snapshot,
} from '../engine/index.js';
import { checkOptions, type OptionNames } from '../foundation/options.js';
import type { Resource } from '../model/index.js';
import type { AccessCondition } from './access-condition.js';
import { answerFor } from './can-what.js';
import { type PageRequest, paginate } from './page.js';
import { attributeKey, NAMED_USER, type NamedPrincipal } from './principal.js';
import { typesAskedFor } from './question.js';
import { type ResourceReference, referToResource } from './references.js';
import { SnapshotAccess } from './snapshot-access.js';

/** What one role, group or namespace alone allows. */
export interface MatrixCell {
  readonly principal: NamedPrincipal;
  readonly actions: readonly string[];
  /** Further actions that policies of your own kinds could allow, which nothing is known of. */
  readonly conditional: readonly string[];
}

/** Who may do what to one resource. */
export interface MatrixRow extends ResourceReference {
  /** Actions that everyone may do, the anonymous user included. They are in no cell. */
  readonly everyone: readonly string[];
  /** Actions that every user with a name may do. They are in no cell. */
  readonly namedUsers: readonly string[];
  /** Principals with at least one action. */
  readonly cells: readonly MatrixCell[];
  /**
   * Actions that no principal alone allows, and that several together or policies of your own kinds
   * do.
   */
  readonly combined: readonly string[];
}

/** Roles, groups and namespaces, by registered resources, by actions. */
export interface AccessMatrix {
  /** All principals that a policy names, in the order in which they first occur. */
  readonly principals: readonly NamedPrincipal[];
  /** In the order of the registry. */
  readonly rows: readonly MatrixRow[];
  /** The token of the next page; null for the last page. */
  readonly next: string | null;
  /** Number of rows on all pages. */
  readonly total: number;
}

/** What {@link accessMatrix} looks at, and which part of the answer is given. */
export interface AccessMatrixOptions {
  /** Resource types, with their sub-types. Default: all. */
  readonly types?: readonly string[] | undefined;
  /** Default: all resources. */
  readonly page?: PageRequest | undefined;
}

const MATRIX_OPTIONS: OptionNames<AccessMatrixOptions> = {
  types: true,
  page: { limit: true, token: true },
};

/**
 * What each role, group and namespace alone allows on each registered resource, each action asked
 * for alone. Exact for every strategy.
 *
 * @throws TypeError if an option is invalid
 * @throws RequestInvalidError if a page does not fit the question
 * @example
 * accessMatrix(snapshot, { types: ['FeatureView'] }).rows[0]?.cells;
 * // [{ principal: { kind: 'role', name: 'analyst' }, actions: ['READ_ONLINE'], conditional: [] }]
 */
export function accessMatrix(snapshot: Snapshot, options: AccessMatrixOptions = {}): AccessMatrix {
  checkOptions<AccessMatrixOptions>(options, MATRIX_OPTIONS);
  const compiled = compiledOf(snapshot);
  const isAsked = typesAskedFor(compiled, options.types);
  const resources = [...compiled.resources()].filter(({ type }) => isAsked(type));
  const question = ['matrix', snapshot.version, options.types];
  const { items, next, total } = paginate(resources, options.page, question);
  const rows = Array.from(
    walkAccess(compiled, items),
    ({ resource, access }): MatrixRow => ({ ...referToResource(resource), ...access }),
  );
  return { principals: listPrincipals(compiled), rows, next, total };
}

/** Who may do what to a resource, without the resource. */
export type Access = Omit<MatrixRow, keyof ResourceReference>;

/** A resource with who may do what to it. Resources with one set of permissions share `access`. */
export interface SharedAccess {
  readonly resource: Resource;
  readonly access: Access;
  /** Whether a permission covers it. */
  readonly secured: boolean;
}

/** Walks resources with who may do what to them. */
export function* walkAccess(
  snapshot: CompiledSnapshot,
  resources: Iterable<Resource>,
): Generator<SharedAccess> {
  const known = new Map<PermissionSet, Access>();
  for (const resource of resources) {
    const permissionSet = snapshot.permissionSetOf(resource);
    let access = known.get(permissionSet);
    if (access === undefined) {
      access = rowOf(snapshot, permissionSet);
      known.set(permissionSet, access);
    }
    yield { resource, access, secured: permissionSet.kind === 'covered' };
  }
}

function rowOf(snapshot: CompiledSnapshot, permissionSet: PermissionSet): Access {
  const { actions } = snapshot.vocabulary;
  const conditions = SnapshotAccess.of(snapshot).conditionsOf(permissionSet);
  const conditionOf = (id: number): AccessCondition => conditions[id] as AccessCondition;
  const isOpen = (id: number): boolean => conditionOf(id).needed === 0;
  const isNamed = (id: number): boolean => !isOpen(id) && conditionOf(id).allows([NAMED_USER.key]);
  const left = actions.map((_, id) => id).filter((id) => !isOpen(id) && !isNamed(id));
  const cells = cellsOf(actions, left, conditionOf);
  const isAlone = (action: string): boolean => cells.some((cell) => cell.actions.includes(action));
  return {
    everyone: actions.filter((_, id) => isOpen(id)),
    namedUsers: actions.filter((_, id) => isNamed(id)),
    cells,
    combined: left
      .filter((id) => conditionOf(id).isSatisfiable && !isAlone(actions[id] as string))
      .map((id) => actions[id] as string),
  };
}

function cellsOf(
  actions: readonly string[],
  ids: readonly number[],
  conditionOf: (id: number) => AccessCondition,
): readonly MatrixCell[] {
  const principals = new Map<string, NamedPrincipal>();
  for (const id of ids) {
    for (const { key, principal } of conditionOf(id).atoms()) {
      if ('name' in principal) principals.set(key, principal);
    }
  }
  return Array.from(principals.values(), (principal) => {
    const key = attributeKey(principal);
    const answers = ids.map((id) => answerFor(conditionOf(id), key));
    const having = (wanted: string): readonly string[] =>
      ids.filter((_, index) => answers[index] === wanted).map((id) => actions[id] as string);
    return { principal, actions: having('yes'), conditional: having('conditional') };
  }).filter((cell) => cell.actions.length + cell.conditional.length > 0);
}

/** All roles, groups and namespaces that the policies of a snapshot name. */
export function listPrincipals(snapshot: CompiledSnapshot): readonly NamedPrincipal[] {
  const principals = new Map<string, NamedPrincipal>();
  for (const { test } of snapshot.permissions) {
    for (const principal of test?.attributes() ?? []) {
      principals.set(attributeKey(principal), principal);
    }
  }
  return [...principals.values()];
}
