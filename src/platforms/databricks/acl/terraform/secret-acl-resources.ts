import { type Principal, principalFromName, principalKey } from '../../vocabulary/index.js';
import type { ReadContext } from '../file-reader.js';
import type { ListEntry } from '../list-entries.js';
import { UNKNOWN_LEVEL } from '../services-facts.js';
import type { ResourceHandler } from './permission-resources.js';
import { type TerraformResource, textAt } from './terraform-resource.js';

/** The ACLs of the scopes of one name in one workspace. */
interface ScopeAcls {
  /** The number of the workspace, if the file says it. */
  readonly workspaceId: string | undefined;
  readonly entries: ListEntry[];
  /** Who manages it from its beginning. */
  initial: Principal | undefined;
}

/** The ACLs of secret scopes, gathered: each resource has one entry of one scope. */
export class SecretAclGatherer {
  /** By scope, and by workspace as far as it is known. */
  readonly #byScope = new Map<string, Map<string | undefined, ScopeAcls>>();

  readonly addScope: ResourceHandler = (resource, { collector }) => {
    const { address, values } = resource;
    const name = textAt(values, 'name') ?? address;
    const backend = textAt(values, 'backend_type') ?? 'DATABRICKS';
    collector.addResource('SecretScope', name, { backend });
    const manager = textAt(values, 'initial_manage_principal');
    if (manager === undefined) return;
    this.#aclsOf(name, resource).initial = { kind: 'group', name: manager };
  };

  readonly add: ResourceHandler = (resource) => {
    const { address, values } = resource;
    const scope = textAt(values, 'scope') ?? address;
    const principal = textAt(values, 'principal');
    this.#aclsOf(scope, resource).entries.push({
      principal: principal === undefined ? undefined : principalFromName(principal),
      level: textAt(values, 'permission') ?? UNKNOWN_LEVEL,
    });
  };

  finish({ collector }: ReadContext): void {
    for (const [scope, byWorkspace] of this.#byScope) {
      const isCertain = !byWorkspace.has(undefined);
      const all = [...byWorkspace.values()];
      const groups = (isCertain ? all : [together(all)]).map((acls) => ({
        workspace: acls.workspaceId,
        items: listOf(acls),
      }));
      collector.addAcls(collector.addResource('SecretScope', scope), { groups, isCertain });
    }
  }

  #aclsOf(scope: string, { workspace, workspaceId }: TerraformResource): ScopeAcls {
    const byWorkspace = this.#byScope.get(scope) ?? new Map<string | undefined, ScopeAcls>();
    this.#byScope.set(scope, byWorkspace);
    const acls = byWorkspace.get(workspace) ?? { workspaceId, entries: [], initial: undefined };
    byWorkspace.set(workspace, acls);
    return acls;
  }
}

/** In doubt all of them are of one scope. */
function together(all: readonly ScopeAcls[]): ScopeAcls {
  return {
    workspaceId: undefined,
    entries: all.flatMap(({ entries }) => entries),
    initial: all.find(({ initial }) => initial !== undefined)?.initial,
  };
}

/** An ACL for who manages a scope from the beginning takes the place of that. */
function listOf({ entries, initial }: ScopeAcls): readonly ListEntry[] {
  if (initial === undefined) return entries;
  const key = principalKey(initial);
  const isReplaced = entries.some(
    ({ principal }) => principal !== undefined && principalKey(principal) === key,
  );
  return isReplaced ? entries : [{ principal: initial, level: 'MANAGE' }, ...entries];
}
