import { quote } from '../../../model/errors.js';
import {
  type CollectedServices,
  type MemberFact,
  mayBeSame,
  mergeFacts,
  type SecretFact,
  type ServicesFacts,
  type TokenFact,
} from '../acl/index.js';
import { type Principal, USERS_GROUP } from '../vocabulary/index.js';
import { type AccessPlace, accessTaker, levelsOf, type TakeAccess } from './file-access.js';
import { checkFilesRules, type LinkFilesRules } from './link-files-rules.js';
import {
  clusterFindings,
  registryFindings,
  type ScopeAcl,
  scopeFindings,
  tokenEndsSoon,
} from './link-findings.js';
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
import { type FindPlace, placedTaker, placeFinder } from './link-places.js';
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
 * A resource counts in the workspace whose number the file gives it (`provider_config`), which
 * takes `rules.remotes`. Older files do not say which workspace a resource is in, so that each is
 * counted: what two workspaces need must be there twice. What a file does not say, as a plan before
 * it is applied, counts as missing. Whether a token works is not in a file.
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
  const placeOf = placeFinder(rules);
  const compared = { rules, facts, placeOf, take: accessTaker(facts, placeOf) };
  return [
    ...findServicePrincipals(compared),
    ...findReaders(compared),
    ...findClusters(compared),
    ...findSecrets(compared, rules.remotes === undefined ? facts.secrets : confirmed),
    ...findScopeReaders(compared),
    ...findTokenUse(compared),
    ...findTokens(compared),
    ...findGroups(compared),
  ];
}

/** What files say, and what they should say. */
interface ComparedFiles {
  readonly rules: LinkFilesRules;
  readonly facts: ServicesFacts;
  readonly placeOf: FindPlace;
  readonly take: TakeAccess;
}

const REMOTES: readonly RemoteName[] = ['staging', 'prod'];

function findServicePrincipals({
  rules: { applicationIds },
  facts: { servicePrincipals, groups, members },
  placeOf,
}: ComparedFiles): readonly LinkFinding[] {
  const group = SERVICE_PRINCIPAL_GROUP;
  const own = groups.filter(({ name }) => name === group);
  const takePrincipal = placedTaker(
    servicePrincipals,
    (one) => one.applicationId?.toLowerCase(),
    placeOf,
  );
  const memberships = members
    .filter((one) => own.some(({ id, workspace }) => isMember(one.groupId, id, one, workspace)))
    .flatMap((one) =>
      servicePrincipals
        .filter(({ id, workspace }) => isMember(one.memberId, id, one, workspace))
        .map(({ applicationId }) => ({ applicationId, workspace: one.workspace })),
    );
  const takeMember = placedTaker(memberships, (one) => one.applicationId?.toLowerCase(), placeOf);
  return REMOTES.flatMap((workspace) => {
    const applicationId = applicationIds[workspace].toLowerCase();
    return [
      ...(takePrincipal(applicationId, workspace)
        ? []
        : [changeMissing({ kind: 'create-service-principal', workspace, applicationId })]),
      ...(takeMember(applicationId, workspace)
        ? []
        : [changeMissing({ kind: 'add-member', workspace, group, applicationId })]),
    ];
  });
}

/** Whether a membership is about the principal or the group of a number. */
function isMember(
  named: string,
  id: string | undefined,
  { workspace }: MemberFact,
  other: string | undefined,
): boolean {
  return named === id && mayBeSame(workspace, other);
}

function findReaders({
  rules: { applicationIds },
  facts,
  placeOf,
  take,
}: ComparedFiles): readonly LinkFinding[] {
  return REMOTES.flatMap((workspace) => {
    const applicationId = applicationIds[workspace];
    const principal: Principal = { kind: 'service-principal', name: applicationId };
    const root = { type: 'RegisteredModel', name: REGISTRY_ROOT, principal };
    const { placed, unplaced } = levelsOf(facts, root, workspace, placeOf);
    return [
      ...(take({ ...root, action: 'CAN_READ' }, workspace)
        ? []
        : [changeMissing({ kind: 'grant-registry', workspace, applicationId })]),
      ...registryFindings(workspace, [...placed, ...unplaced]),
    ];
  });
}

function findClusters({ rules, facts, placeOf }: ComparedFiles): readonly LinkFinding[] {
  return REMOTES.flatMap((workspace) => {
    const applicationId = rules.applicationIds[workspace].toLowerCase();
    const own = facts.servicePrincipals.filter(
      (one) =>
        one.applicationId?.toLowerCase() === applicationId &&
        (placeOf(one) ?? workspace) === workspace,
    );
    const creates = own.some(({ createsClusters }) => createsClusters);
    return clusterFindings(rules, workspace, creates);
  });
}

/** @param confirmed those whose host or number is as it should be */
function findSecrets(
  { facts: { secrets }, placeOf }: ComparedFiles,
  confirmed: readonly SecretFact[],
): readonly LinkFinding[] {
  const nameOf = ({ scope, key }: SecretFact): string => JSON.stringify([scope, key]);
  const takers = {
    there: placedTaker(secrets, nameOf, placeOf),
    confirmed: placedTaker(confirmed, nameOf, placeOf),
  };
  return REGISTRY_LINKS.flatMap(({ from, scope, prefix }) =>
    (['workspace-id', 'host', 'token'] as const).flatMap((part): readonly LinkFinding[] => {
      const key = secretKey(prefix, part);
      const take = part === 'token' ? takers.there : takers.confirmed;
      const message = `put secret ${quote(key)} into scope ${quote(scope)}`;
      return take(nameOf({ scope, key }), from)
        ? []
        : [{ rule: 'change-missing', workspace: from, message }];
    }),
  );
}

function findScopeReaders(files: ComparedFiles): readonly LinkFinding[] {
  const { rules, take } = files;
  const group = rules.compatibility === undefined ? SERVICE_PRINCIPAL_GROUP : USERS_GROUP;
  return REGISTRY_LINKS.flatMap((link) => {
    const { from: workspace, scope } = link;
    const principal: Principal = { kind: 'group', name: group };
    return [
      ...(take({ type: 'SecretScope', name: scope, action: 'READ', principal }, workspace)
        ? []
        : [changeMissing({ kind: 'grant-scope', workspace, scope, group })]),
      ...scopeFindings(rules, link, aclsOf(link, files)),
    ];
  });
}

/**
 * The groups in the list of a scope. Of several scopes of one name, each is given one of the
 * entries that a group has, where no file says which workspace they are of.
 */
function aclsOf(link: RegistryLink, { facts, placeOf }: ComparedFiles): readonly ScopeAcl[] {
  const sharing = REGISTRY_LINKS.filter(({ scope }) => scope === link.scope);
  const at = sharing.indexOf(link);
  const end = at === sharing.length - 1 ? undefined : at + 1;
  return [USERS_GROUP, SERVICE_PRINCIPAL_GROUP].flatMap((name) => {
    const place: AccessPlace = {
      type: 'SecretScope',
      name: link.scope,
      principal: { kind: 'group', name },
    };
    const { placed, unplaced } = levelsOf(facts, place, link.from, placeOf);
    return [...placed, ...unplaced.slice(at, end)].map((permission) => ({
      principal: name,
      permission,
    }));
  });
}

function findTokenUse({ rules, take }: ComparedFiles): readonly LinkFinding[] {
  return tokenUsers(rules).flatMap((group) =>
    REMOTES.flatMap((workspace) => {
      const principal: Principal = { kind: 'group', name: group };
      const needed = { type: 'Tokens', name: 'tokens', action: 'CAN_USE', principal };
      return take(needed, workspace)
        ? []
        : [changeMissing({ kind: 'grant-token-use', workspace, group })];
    }),
  );
}

/**
 * A token is of the link whose secret keeps it. Where a file does not say which one that is, it is
 * of any in its workspace.
 */
function findTokens({ rules, facts: { tokens }, placeOf }: ComparedFiles): readonly LinkFinding[] {
  const spare = tokens.filter(({ keptIn }) => keptIn === undefined);
  return REMOTES.flatMap((workspace) => {
    const isThere = (token: TokenFact): boolean => (placeOf(token) ?? workspace) === workspace;
    const places = new Set<string | undefined>(
      linksTo(workspace).map(({ scope, prefix }) => `${scope}/${secretKey(prefix, 'token')}`),
    );
    const kept = tokens.filter(
      (token) => token.keptIn !== undefined && places.has(token.keptIn) && isThere(token),
    );
    const at = spare.findIndex(isThere);
    const own = kept.length > 0 || at < 0 ? kept : spare.splice(at, 1);
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

function findGroups({
  rules: { compatibility },
  facts: { groups },
  placeOf,
}: ComparedFiles): readonly LinkFinding[] {
  const group = SERVICE_PRINCIPAL_GROUP;
  const take = placedTaker(groups, ({ name }) => name, placeOf);
  const needed: readonly WorkspaceName[] =
    compatibility === undefined ? [...REMOTES, 'dev'] : REMOTES;
  return needed.flatMap((workspace) =>
    take(group, workspace) ? [] : [changeMissing({ kind: 'create-group', workspace, group })],
  );
}
