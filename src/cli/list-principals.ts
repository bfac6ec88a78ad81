import {
  accessMatrix,
  type MatrixRow,
  type NamedPrincipal,
  type PermissionReference,
  type ResourceReference,
} from '../analysis/index.js';
import { compiledOf, type Snapshot } from '../engine/index.js';
import { PRINCIPAL_KINDS } from './command.js';

/** A role, group or namespace as `list-roles` writes it. */
export interface ListedPrincipal extends NamedPrincipal {
  /** Those whose policy names it, in the order of the registry. */
  readonly permissions: readonly PermissionReference[];
  /** What it alone allows to a user with a name; missing where that was not asked for. */
  readonly resources?: readonly ListedRights[];
}

/** Actions that are allowed on a registered resource, each asked for alone. */
export interface ListedRights extends ResourceReference {
  readonly actions: readonly string[];
}

/**
 * The roles, groups and namespaces that the policies of a snapshot name: by kind and name. An
 * excluded permission has no policy that is understood.
 */
export function listPrincipals(
  snapshot: Snapshot,
  withResources: boolean,
): readonly ListedPrincipal[] {
  const found = new Map<string, NamedPrincipal & { readonly permissions: PermissionReference[] }>();
  for (const { test, source } of compiledOf(snapshot).permissions) {
    for (const { kind, name } of test?.attributes() ?? []) {
      const key = principalKey(kind, name);
      const listed = found.get(key) ?? { kind, name, permissions: [] };
      listed.permissions.push({ project: source.project ?? null, name: source.name });
      found.set(key, listed);
    }
  }
  const principals = [...found.values()].sort(
    (a, b) =>
      PRINCIPAL_KINDS.indexOf(a.kind) - PRINCIPAL_KINDS.indexOf(b.kind) ||
      (a.name < b.name ? -1 : 1),
  );
  return withResources ? addResources(snapshot, principals) : principals;
}

/** From the matrix: one evaluation for each set of permissions, not for each principal. */
function addResources(
  snapshot: Snapshot,
  principals: readonly ListedPrincipal[],
): readonly ListedPrincipal[] {
  const rights = new Map(
    principals.map(({ kind, name }) => [principalKey(kind, name), [] as ListedRights[]]),
  );
  const { actions } = snapshot.vocabulary;
  for (const row of accessMatrix(snapshot).rows) {
    const { project, type, name } = row;
    for (const [key, allowed] of rightsIn(row, rights.keys())) {
      const inOrder = actions.filter((action) => allowed.has(action));
      rights.get(key)?.push({ project, type, name, actions: inOrder });
    }
  }
  return principals.map((one) => ({
    ...one,
    resources: rights.get(principalKey(one.kind, one.name)) ?? [],
  }));
}

/** By principal: what everyone, every user with a name, or the principal may do. */
function* rightsIn(
  { everyone, namedUsers, cells }: MatrixRow,
  keys: Iterable<string>,
): Generator<readonly [key: string, actions: ReadonlySet<string>]> {
  const own = new Map(
    cells.map(({ principal, actions }) => [principalKey(principal.kind, principal.name), actions]),
  );
  for (const key of keys) {
    const actions = new Set([...everyone, ...namedUsers, ...(own.get(key) ?? [])]);
    if (actions.size > 0) yield [key, actions];
  }
}

function principalKey(kind: string, name: string): string {
  return `${kind}:${name}`;
}
