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
import { describeLinkChange, type LinkFinding } from './link-plan.js';
import { planLink } from './plan-link.js';
import {
  checkRules,
  type LinkRules,
  type RegistryLinks,
  scopeReaders,
  tokenUsers,
} from './registry-links.js';

/**
 * Where live workspaces differ from the links: what is missing, beside the findings of the plan. Reads only.
 */
export async function verifyLink(links: RegistryLinks): Promise<readonly LinkFinding[]> {
  const { changes, findings } = await planLink(links);
  const missing = changes.map(
    (change): LinkFinding => ({
      rule: 'change-missing',
      workspace: change.workspace,
      message: describeLinkChange(change),
    }),
  );
  return [...missing, ...findings];
}

/** What links should be like in files that describe workspaces. */
export interface LinkFilesRules extends LinkRules {
  /** Application ids of the service principals. */
  readonly applicationIds: Readonly<Record<RemoteName, string>>;
}

/**
 * Where files, such as `terraform show -json` of the module's state, differ from the links. Asks nobody.
 *
 * Files do not say which workspace a resource is in, so that each is counted: a scope that two workspaces have must be there
 * twice. What a token is and whether it works is not in a file.
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
  return [
    ...findReaders(rules, facts),
    ...findScopes(rules, facts),
    ...findTokenUse(rules, facts),
    ...findTokenLives(rules, facts),
  ];
}

function findReaders({ applicationIds }: LinkFilesRules, facts: ServicesFacts) {
  return (['staging', 'prod'] as const).flatMap((workspace) => {
    const name = applicationIds[workspace];
    const principal = { kind: 'service-principal', name } as const;
    return hasAccess(facts, 'RegisteredModel', REGISTRY_ROOT, 'CAN_READ', principal)
      ? []
      : [
          missing(
            workspace,
            describeLinkChange({ kind: 'grant-registry', workspace, applicationId: name }),
          ),
        ];
  });
}

function findScopes(rules: LinkFilesRules, facts: ServicesFacts): readonly LinkFinding[] {
  const counted = new Map<string, number>();
  for (const { scope, key } of facts.secrets) {
    const name = `${scope}/${key}`;
    counted.set(name, (counted.get(name) ?? 0) + 1);
  }
  return REGISTRY_LINKS.flatMap((link) => {
    const { from, scope, prefix } = link;
    const secrets = (['workspace-id', 'host', 'token'] as const).flatMap((part) => {
      const key = secretKey(prefix, part);
      const left = counted.get(`${scope}/${key}`) ?? 0;
      counted.set(`${scope}/${key}`, left - 1);
      return left > 0 ? [] : [missing(from, `put secret ${quote(key)} into scope ${quote(scope)}`)];
    });
    const acls = scopeReaders(link, rules).flatMap((name) => {
      const group: Principal = { kind: 'group', name };
      return hasAccess(facts, 'SecretScope', scope, 'READ', group)
        ? []
        : [
            missing(
              from,
              describeLinkChange({ kind: 'grant-scope', workspace: from, scope, group: name }),
            ),
          ];
    });
    return [...secrets, ...acls];
  });
}

/** Both workspaces have a list of their own, and files do not say whose one is. */
function findTokenUse(rules: LinkFilesRules, facts: ServicesFacts): readonly LinkFinding[] {
  return tokenUsers(rules).flatMap((name) =>
    hasAccess(facts, 'Tokens', 'tokens', 'CAN_USE', { kind: 'group', name })
      ? []
      : [
          missing(
            'prod',
            describeLinkChange({ kind: 'grant-token-use', workspace: 'prod', group: name }),
          ),
        ],
  );
}

function findTokenLives(
  { tokenLifetimeSeconds = TOKEN_LIFETIME_SECONDS }: LinkFilesRules,
  { tokens, groups }: ServicesFacts,
): readonly LinkFinding[] {
  const bounded = tokens.filter(
    ({ lifetimeSeconds: life }) => typeof life === 'number' && life <= tokenLifetimeSeconds,
  );
  const made = groups.filter(({ name }) => name === SERVICE_PRINCIPAL_GROUP);
  return (['staging', 'prod'] as const).flatMap((workspace, index) => [
    ...(bounded.length > index
      ? []
      : [missing(workspace, `make a token of at most ${tokenLifetimeSeconds} s`)]),
    ...(made.length > index
      ? []
      : [
          missing(
            workspace,
            describeLinkChange({ kind: 'create-group', workspace, group: SERVICE_PRINCIPAL_GROUP }),
          ),
        ]),
  ]);
}

function hasAccess(
  { entries }: ServicesFacts,
  type: string,
  name: string,
  action: string,
  principal: Principal,
): boolean {
  const key = principalKey(principal);
  return entries.some(
    (entry) =>
      entry.resource.type === type &&
      entry.resource.name === name &&
      entry.principal !== undefined &&
      principalKey(entry.principal) === key &&
      entry.actions?.some((each) => each === action) === true,
  );
}

function missing(workspace: WorkspaceName, message: string): LinkFinding {
  return { rule: 'change-missing', workspace, message };
}
