import { quote } from '../../../model/errors.js';
import {
  type CollectedServices,
  mergeFacts,
  type SecretFact,
  type ServicesFacts,
  type TokenFact,
} from '../acl/index.js';
import { type Principal, USERS_GROUP } from '../vocabulary/index.js';
import { accessTaker, levelsOf, type TakeAccess } from './file-access.js';
import { checkFilesRules, type LinkFilesRules } from './link-files-rules.js';
import { registryFindings, type ScopeAcl, scopeFindings, tokenEndsSoon } from './link-findings.js';
import {
  linksTo,
  REGISTRY_LINKS,
  REGISTRY_ROOT,
  RENEW_WITHIN_SECONDS,
  type RegistryLink,
  type RemoteName,
  SERVICE_PRINCIPAL_GROUP,
  secretKey,
  TOKEN_LIFETIME_SECONDS,
  type WorkspaceName,
} from './link-names.js';
import type { LinkFinding } from './link-plan.js';
import type { LinkStateFile } from './read-link-state.js';
import { tokenUsers } from './registry-links.js';
import { changeMissing } from './verify-link.js';

/** A file of `readLinkState`, or of `readServicesFile`, whose secrets are not yet registered. */
export type LinkFileFacts = CollectedServices & Partial<Pick<LinkStateFile, 'confirmedSecrets'>>;

/**
 * Where files, such as `terraform show -json` of the module's state, differ from the links. Sends
 * no request.
 *
 * Files do not say which workspace a resource is in, so that each is counted: what two workspaces
 * need must be there twice. What a file does not say, as a plan before it is applied, counts as
 * missing. Whether a token works is not in a file.
 *
 * With `compatibility: terraform-module` it is enough that everyone may read the scopes, as the
 * code of the module has it; its document names the group of the service principals as well.
 *
 * @param files with `rules.remotes`, those of `readLinkState`: in others no host and no number is
 *   as it should be
 * @throws TypeError if a value is not one that can be, ConfigInvalidError if a host is not an https
 *   address
 * @source Terraform module `mlops-azure-infrastructure-with-sp-linking`
 */
export function verifyLinkFiles(
  rules: LinkFilesRules,
  files: readonly LinkFileFacts[],
): readonly LinkFinding[] {
  checkFilesRules(rules);
  const facts = mergeFacts(files.map((file) => file.facts));
  const confirmed = files.flatMap(({ confirmedSecrets = [] }) => confirmedSecrets);
  const take = accessTaker(facts);
  return [
    ...findServicePrincipals(rules, facts),
    ...findReaders(rules, facts, take),
    ...findSecrets(facts.secrets, rules.remotes === undefined ? facts.secrets : confirmed),
    ...findScopeReaders(rules, facts, take),
    ...findTokenUse(rules, take),
    ...findTokens(rules, facts),
    ...findGroups(rules, facts),
  ];
}

const REMOTES: readonly RemoteName[] = ['staging', 'prod'];

function findServicePrincipals(
  { applicationIds }: LinkFilesRules,
  { servicePrincipals, groups, members }: ServicesFacts,
): readonly LinkFinding[] {
  const group = SERVICE_PRINCIPAL_GROUP;
  const groupIds = new Set(groups.filter(({ name }) => name === group).map(({ id }) => id));
  const needed = new Map<string, number>();
  return REMOTES.flatMap((workspace) => {
    const applicationId = applicationIds[workspace].toLowerCase();
    const count = (needed.get(applicationId) ?? 0) + 1;
    needed.set(applicationId, count);
    const own = servicePrincipals.filter(
      (principal) => principal.applicationId?.toLowerCase() === applicationId,
    );
    const ids = new Set(own.map(({ id }) => id));
    const memberships = members.filter(
      ({ groupId, memberId }) => groupIds.has(groupId) && ids.has(memberId),
    );
    return [
      ...(own.length < count
        ? [changeMissing({ kind: 'create-service-principal', workspace, applicationId })]
        : []),
      ...(memberships.length < count
        ? [changeMissing({ kind: 'add-member', workspace, group, applicationId })]
        : []),
    ];
  });
}

function findReaders(
  { applicationIds }: LinkFilesRules,
  facts: ServicesFacts,
  take: TakeAccess,
): readonly LinkFinding[] {
  return REMOTES.flatMap((workspace) => {
    const applicationId = applicationIds[workspace];
    const principal: Principal = { kind: 'service-principal', name: applicationId };
    const root = { type: 'RegisteredModel', name: REGISTRY_ROOT, principal };
    const levels = levelsOf(facts, root);
    return [
      ...(take({ ...root, action: 'CAN_READ' })
        ? []
        : [changeMissing({ kind: 'grant-registry', workspace, applicationId })]),
      ...registryFindings(workspace, levels),
    ];
  });
}

/** @param confirmed those whose host or number is as it should be */
function findSecrets(
  secrets: readonly SecretFact[],
  confirmed: readonly SecretFact[],
): readonly LinkFinding[] {
  const takers = { there: secretTaker(secrets), confirmed: secretTaker(confirmed) };
  return REGISTRY_LINKS.flatMap(({ from, scope, prefix }) =>
    (['workspace-id', 'host', 'token'] as const).flatMap((part): readonly LinkFinding[] => {
      const key = secretKey(prefix, part);
      const take = part === 'token' ? takers.there : takers.confirmed;
      const message = `put secret ${quote(key)} into scope ${quote(scope)}`;
      return take({ scope, key }) ? [] : [{ rule: 'change-missing', workspace: from, message }];
    }),
  );
}

function secretTaker(secrets: readonly SecretFact[]): (secret: SecretFact) => boolean {
  const left = new Map<string, number>();
  const nameOf = ({ scope, key }: SecretFact): string => JSON.stringify([scope, key]);
  for (const secret of secrets) left.set(nameOf(secret), (left.get(nameOf(secret)) ?? 0) + 1);
  return (secret) => {
    const count = left.get(nameOf(secret)) ?? 0;
    left.set(nameOf(secret), count - 1);
    return count > 0;
  };
}

function findScopeReaders(
  rules: LinkFilesRules,
  facts: ServicesFacts,
  take: TakeAccess,
): readonly LinkFinding[] {
  const group = rules.compatibility === undefined ? SERVICE_PRINCIPAL_GROUP : USERS_GROUP;
  return REGISTRY_LINKS.flatMap((link) => {
    const { from: workspace, scope } = link;
    const principal: Principal = { kind: 'group', name: group };
    return [
      ...(take({ type: 'SecretScope', name: scope, action: 'READ', principal })
        ? []
        : [changeMissing({ kind: 'grant-scope', workspace, scope, group })]),
      ...scopeFindings(rules, link, aclsOf(link, facts)),
    ];
  });
}

/**
 * The groups in the list of a scope. Of several scopes of one name, each is given one of the
 * entries that a group has.
 */
function aclsOf(link: RegistryLink, facts: ServicesFacts): readonly ScopeAcl[] {
  const sharing = REGISTRY_LINKS.filter(({ scope }) => scope === link.scope);
  const at = sharing.indexOf(link);
  const end = at === sharing.length - 1 ? undefined : at + 1;
  return [USERS_GROUP, SERVICE_PRINCIPAL_GROUP].flatMap((name) =>
    levelsOf(facts, {
      type: 'SecretScope',
      name: link.scope,
      principal: { kind: 'group', name },
    })
      .slice(at, end)
      .map((permission) => ({ principal: name, permission })),
  );
}

function findTokenUse(rules: LinkFilesRules, take: TakeAccess): readonly LinkFinding[] {
  return tokenUsers(rules).flatMap((group) =>
    REMOTES.flatMap((workspace) => {
      const principal: Principal = { kind: 'group', name: group };
      return take({ type: 'Tokens', name: 'tokens', action: 'CAN_USE', principal })
        ? []
        : [changeMissing({ kind: 'grant-token-use', workspace, group })];
    }),
  );
}

/**
 * A token is of the link whose secret keeps it. Where a file does not say which one that is, it is
 * of any.
 */
function findTokens(rules: LinkFilesRules, { tokens }: ServicesFacts): readonly LinkFinding[] {
  const spare = tokens.filter(({ keptIn }) => keptIn === undefined);
  return REMOTES.flatMap((workspace) => {
    const places = new Set<string | undefined>(
      linksTo(workspace).map(({ scope, prefix }) => `${scope}/${secretKey(prefix, 'token')}`),
    );
    const kept = tokens.filter(({ keptIn }) => keptIn !== undefined && places.has(keptIn));
    const own = kept.length > 0 ? kept : spare.splice(0, 1);
    return own.length > 0
      ? own.flatMap((token) => findToken(workspace, token, rules))
      : [boundedTokenMissing(workspace, rules)];
  });
}

function findToken(
  workspace: RemoteName,
  { lifetimeSeconds, expiresAt }: TokenFact,
  rules: LinkFilesRules,
): readonly LinkFinding[] {
  const { tokenLifetimeSeconds: most = TOKEN_LIFETIME_SECONDS, now = Date.now } = rules;
  const { renewWithinSeconds = RENEW_WITHIN_SECONDS } = rules;
  if (typeof lifetimeSeconds !== 'number' || lifetimeSeconds > most) {
    return [boundedTokenMissing(workspace, rules)];
  }
  if (expiresAt === null) return [tokenEndsSoon(workspace, null)];
  if (expiresAt === undefined) {
    const message = `the file does not say when the token that reads the registry of ${workspace} ends`;
    return [{ rule: 'token-ends-soon', workspace, message }];
  }
  const left = expiresAt - now();
  if (left <= 0) return [changeMissing({ kind: 'renew-token', workspace, reason: 'none' })];
  return left < renewWithinSeconds * 1000 ? [tokenEndsSoon(workspace, expiresAt)] : [];
}

function boundedTokenMissing(
  workspace: RemoteName,
  { tokenLifetimeSeconds = TOKEN_LIFETIME_SECONDS }: LinkFilesRules,
): LinkFinding {
  const message = `make a token of at most ${tokenLifetimeSeconds} s`;
  return { rule: 'change-missing', workspace, message };
}

function findGroups(
  { compatibility }: LinkFilesRules,
  { groups }: ServicesFacts,
): readonly LinkFinding[] {
  const group = SERVICE_PRINCIPAL_GROUP;
  const made = groups.filter(({ name }) => name === group).length;
  const needed: readonly WorkspaceName[] =
    compatibility === undefined ? [...REMOTES, 'dev'] : REMOTES;
  return needed
    .slice(made)
    .map((workspace) => changeMissing({ kind: 'create-group', workspace, group }));
}
