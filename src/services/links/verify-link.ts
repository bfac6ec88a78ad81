import { quote } from '../../model/errors.js';
import { type CollectedServices, mergeFacts, type ServicesFacts } from '../acl/index.js';
import { isApplicationId, type Principal, principalKey } from '../vocabulary/index.js';
import {
  REGISTRY_LINKS,
  REGISTRY_ROOT,
  type RemoteName,
  SERVICE_PRINCIPAL_GROUP,
  secretKey,
  TOKEN_LIFETIME_SECONDS,
  type WorkspaceName,
} from './link-names.js';
import { describeLinkChange, type LinkChange, type LinkFinding } from './link-plan.js';
import { planLink } from './plan-link.js';
import {
  checkRules,
  type LinkRules,
  type RegistryLinks,
  scopeReaders,
  tokenUsers,
} from './registry-links.js';

/**
 * Where live workspaces differ from the links: what stands in their way, what is missing, and the findings of the plan. Reads
 * only.
 */
export async function verifyLink(links: RegistryLinks): Promise<readonly LinkFinding[]> {
  const { changes, findings, blocked } = await planLink(links);
  const blocks = blocked.map(
    (message): LinkFinding => ({ rule: 'blocked', workspace: 'all', message }),
  );
  return [...blocks, ...changes.map(missing), ...findings];
}

/** What links should be like in files that describe workspaces. */
export interface LinkFilesRules extends LinkRules {
  /** Application ids of the service principals. */
  readonly applicationIds: Readonly<Record<RemoteName, string>>;
}

/**
 * Where files, such as `terraform show -json` of the module's state, differ from the links. Asks nobody.
 *
 * Files do not say which workspace a resource is in, so that each is counted: what two workspaces need must be there twice. What a token is and whether it works is not in a file.
 *
 * @param files of `readServicesFile`
 * @throws TypeError when a value is none that can be
 */
export function verifyLinkFiles(
  rules: LinkFilesRules,
  files: readonly CollectedServices[],
): readonly LinkFinding[] {
  checkRules(rules);
  const ids = Object.values(rules.applicationIds);
  if (!ids.every((id) => isApplicationId(id))) {
    throw new TypeError('applicationIds must be application ids of service principals');
  }
  const facts = mergeFacts(files.map((file) => file.facts));
  const take = accessTaker(facts);
  return [
    ...findReaders(rules, take),
    ...findSecrets(facts),
    ...findScopeReaders(rules, take),
    ...findTokenUse(rules, take),
    ...findTokens(rules, facts),
    ...findGroups(rules, facts),
  ];
}

/** Access that is needed once. */
interface NeededAccess {
  readonly type: string;
  readonly name: string;
  readonly action: string;
  readonly principal: Principal;
}

/** Whether there is such an access that nothing before needed. */
type TakeAccess = (needed: NeededAccess) => boolean;

const REMOTES: readonly RemoteName[] = ['staging', 'prod'];

function findReaders({ applicationIds }: LinkFilesRules, take: TakeAccess): readonly LinkFinding[] {
  return REMOTES.flatMap((workspace) => {
    const applicationId = applicationIds[workspace];
    const has = take({
      type: 'RegisteredModel',
      name: REGISTRY_ROOT,
      action: 'CAN_READ',
      principal: { kind: 'service-principal', name: applicationId },
    });
    return has ? [] : [missing({ kind: 'grant-registry', workspace, applicationId })];
  });
}

function findSecrets(facts: ServicesFacts): readonly LinkFinding[] {
  const counted = new Map<string, number>();
  for (const { scope, key } of facts.secrets) {
    const name = `${scope}/${key}`;
    counted.set(name, (counted.get(name) ?? 0) + 1);
  }
  return REGISTRY_LINKS.flatMap(({ from, scope, prefix }) =>
    (['workspace-id', 'host', 'token'] as const).flatMap((part): readonly LinkFinding[] => {
      const key = secretKey(prefix, part);
      const left = counted.get(`${scope}/${key}`) ?? 0;
      counted.set(`${scope}/${key}`, left - 1);
      const message = `put secret ${quote(key)} into scope ${quote(scope)}`;
      return left > 0 ? [] : [{ rule: 'change-missing', workspace: from, message }];
    }),
  );
}

function findScopeReaders(rules: LinkFilesRules, take: TakeAccess): readonly LinkFinding[] {
  return REGISTRY_LINKS.flatMap((link) => {
    const { from: workspace, scope } = link;
    return scopeReaders(link, rules).flatMap((group) => {
      const principal: Principal = { kind: 'group', name: group };
      return take({ type: 'SecretScope', name: scope, action: 'READ', principal })
        ? []
        : [missing({ kind: 'grant-scope', workspace, scope, group })];
    });
  });
}

function findTokenUse(rules: LinkFilesRules, take: TakeAccess): readonly LinkFinding[] {
  return tokenUsers(rules).flatMap((group) =>
    REMOTES.flatMap((workspace) => {
      const principal: Principal = { kind: 'group', name: group };
      return take({ type: 'Tokens', name: 'tokens', action: 'CAN_USE', principal })
        ? []
        : [missing({ kind: 'grant-token-use', workspace, group })];
    }),
  );
}

function findTokens(
  { tokenLifetimeSeconds = TOKEN_LIFETIME_SECONDS }: LinkFilesRules,
  { tokens }: ServicesFacts,
): readonly LinkFinding[] {
  const bounded = tokens.filter(
    ({ lifetimeSeconds: life }) => typeof life === 'number' && life <= tokenLifetimeSeconds,
  );
  const message = `make a token of at most ${tokenLifetimeSeconds} s`;
  return REMOTES.slice(bounded.length).map((workspace) => ({
    rule: 'change-missing',
    workspace,
    message,
  }));
}

function findGroups(
  { compatibility }: LinkFilesRules,
  { groups }: ServicesFacts,
): readonly LinkFinding[] {
  const group = SERVICE_PRINCIPAL_GROUP;
  const made = groups.filter(({ name }) => name === group).length;
  const needed: readonly WorkspaceName[] =
    compatibility === undefined ? [...REMOTES, 'dev'] : REMOTES;
  return needed.slice(made).map((workspace) => missing({ kind: 'create-group', workspace, group }));
}

function accessTaker(facts: ServicesFacts): TakeAccess {
  const taken = new Map<string, number>();
  return (needed) => {
    const { type, name, action, principal } = needed;
    const key = JSON.stringify([type, name, action, principalKey(principal)]);
    const before = taken.get(key) ?? 0;
    taken.set(key, before + 1);
    return before < countAccess(facts, needed);
  };
}

function countAccess(
  { entries, repeated }: ServicesFacts,
  { type, name, action, principal }: NeededAccess,
): number {
  const key = principalKey(principal);
  const isMeant = (entry: Pick<ServicesFacts['entries'][number], 'resource' | 'principal'>) =>
    entry.resource.type === type &&
    entry.resource.name === name &&
    entry.principal !== undefined &&
    principalKey(entry.principal) === key;
  const found = entries.filter(
    (entry) => isMeant(entry) && entry.actions?.some((each) => each === action) === true,
  ).length;
  // Scopes of one name in two workspaces are one scope in a file. What is left of its entries is the weakest one.
  if (type !== 'SecretScope' || found === 0) return found;
  return repeated.filter(isMeant).reduce((count, { levels }) => count + levels.length - 1, found);
}

function missing(change: LinkChange): LinkFinding {
  return {
    rule: 'change-missing',
    workspace: change.workspace,
    message: describeLinkChange(change),
  };
}
