import { quote } from '../../../model/errors.js';
import { LEVELS, USERS_GROUP } from '../vocabulary/index.js';
import type { RegistryLink, RemoteName } from './link-names.js';
import type { LinkFinding } from './link-plan.js';
import { type LinkRules, scopeReaders } from './registry-links.js';

/** An entry of the list of who may read a scope. */
export interface ScopeAcl {
  /** Name of a group, user or service principal. */
  readonly principal: string;
  readonly permission: string;
}

/** What is more than reading among the levels that a service principal has on a registry. */
export function registryFindings(
  workspace: RemoteName,
  levels: readonly string[],
): readonly LinkFinding[] {
  const known: readonly string[] = LEVELS.RegisteredModel.levels;
  const unknown = levels.filter((level) => !known.includes(level));
  const stronger = levels.filter((level) => known.indexOf(level) > 0);
  const who = `the service principal that reads the registry of ${workspace}`;
  return [
    ...unknown.map(
      (): LinkFinding => ({
        rule: 'registry-level-unknown',
        workspace,
        message: `the level of ${who} is not known`,
      }),
    ),
    ...stronger.map(
      (level): LinkFinding => ({
        rule: 'registry-level-stronger',
        workspace,
        message: `${who} has ${level}, and keeps it, where CAN_READ is enough`,
      }),
    ),
  ];
}

/** Who may do more with the scope of a link than the rules say. */
export function scopeFindings(
  rules: LinkRules,
  link: RegistryLink,
  acls: readonly ScopeAcl[],
): readonly LinkFinding[] {
  const { from: workspace, scope } = link;
  const readers = scopeReaders(link, rules);
  return acls.flatMap(({ principal, permission }): readonly LinkFinding[] => {
    if (readers.includes(principal)) {
      if (permission === 'READ') return [];
      const message = `group ${quote(principal)} has ${permission} on secret scope ${quote(scope)} of ${workspace}, and keeps it, where READ is enough`;
      return [{ rule: 'scope-level-stronger', workspace, message }];
    }
    if (principal !== USERS_GROUP) return [];
    const message = `everyone in the workspace of ${workspace} may read the token in secret scope ${quote(scope)}`;
    return [{ rule: 'scope-open-to-everyone', workspace, message }];
  });
}

/** What only reads needs no clusters; the Terraform module lets it create them. */
export function clusterFindings(
  { compatibility }: LinkRules,
  workspace: RemoteName,
  createsClusters: boolean,
): readonly LinkFinding[] {
  if (!createsClusters || compatibility !== undefined) return [];
  const message = `the service principal that reads the registry of ${workspace} may create clusters: take \`allow_cluster_create\` away from it`;
  return [{ rule: 'reader-creates-clusters', workspace, message }];
}

/** @param endsAt milliseconds since 1970; null: never */
export function tokenEndsSoon(workspace: RemoteName, endsAt: number | null): LinkFinding {
  const end = endsAt === null ? 'has no end' : `ends at ${new Date(endsAt).toISOString()}`;
  const message = `the token that reads the registry of ${workspace} ${end}: rotate it`;
  return { rule: 'token-ends-soon', workspace, message };
}
