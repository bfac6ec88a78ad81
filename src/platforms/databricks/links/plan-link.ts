import { checkOptions } from '../../../foundation/options.js';
import { quote } from '../../../model/errors.js';
import { parseHostAddress } from '../tokens/index.js';
import {
  clusterFindings,
  registryFindings,
  scopeFindings,
  tokenEndsSoon,
} from './link-findings.js';
import {
  LINK_OUTPUTS,
  REGISTRY_LINKS,
  type RegistryLink,
  type RemoteName,
  SERVICE_PRINCIPAL_GROUP,
  type SecretPart,
  type WorkspaceName,
} from './link-names.js';
import type { LinkChange, LinkFinding, LinkPlan } from './link-plan.js';
import type { RenewalReason, TokenState } from './link-token.js';
import { type LinkState, readLinkState } from './read-links.js';
import { isVault, type ScopeState } from './read-workspace.js';
import {
  type LinkSession,
  openLinks,
  type RegistryLinks,
  scopeReaders,
  tokenUsers,
} from './registry-links.js';

/**
 * Which tokens are renewed: those that do not do (`broken`), those that end soon, too (`due`), or
 * all.
 */
export type Renewal = 'broken' | 'due' | 'all';

const REMOTES: readonly RemoteName[] = ['staging', 'prod'];

/**
 * What would have to be done for the links to be in place. Reads only, the secrets of the links
 * included.
 *
 * The links are `REGISTRY_LINKS`: each has a scope with three secrets, which the group
 * `mlops-service-principals` may read; each registry has a service principal that may read it, is
 * in that group, may have tokens, and has one.
 *
 * @param options.renewal which tokens would be renewed; `broken` unless given, as `applyLink` does
 * @returns rejects with WorkspaceError or CredentialUnavailableError, and with TypeError if a value
 *   is not one that can be
 * @source Terraform module `mlops-azure-infrastructure-with-sp-linking`; differs: who may use
 *   tokens is added to, and not replaced, the scopes are not open to everyone, and the service
 *   principals may create no clusters
 */
export async function planLink(
  links: RegistryLinks,
  options: { readonly renewal?: Renewal | undefined } = {},
): Promise<LinkPlan> {
  checkOptions<typeof options>(options, { renewal: true });
  return planSession(openLinks(links), options.renewal ?? 'broken');
}

/** What is to be done, with the tokens to renew that `renewal` says. Reads only. */
export async function planSession(
  session: LinkSession,
  renewal: Renewal,
  acceptsModule = false,
): Promise<LinkPlan> {
  const state = await readLinkState(session, acceptsModule);
  const { remotes, scopes, tokens } = state;
  const reasons = {
    staging: renewalOf(tokens.staging, renewal),
    prod: renewalOf(tokens.prod, renewal),
  };
  return {
    changes: [
      ...planGroups(session, state),
      ...REMOTES.flatMap((remote) => planRemote(session, remote, state)),
      ...REGISTRY_LINKS.flatMap((link) => planScope(session, link, scopes.get(link))),
      ...REMOTES.flatMap((workspace): readonly LinkChange[] => {
        const reason = reasons[workspace];
        return reason === undefined ? [] : [{ kind: 'renew-token', workspace, reason }];
      }),
      // Last: what is stored works at any moment.
      ...REMOTES.flatMap((workspace): readonly LinkChange[] => {
        const tokenIds = tokens[workspace].ofModule.map(({ token_id: id }) => id);
        return tokenIds.length === 0 || acceptsModule
          ? []
          : [{ kind: 'end-module-tokens', workspace, tokenIds }];
      }),
    ],
    findings: [
      ...REMOTES.flatMap((remote) => registryFindings(remote, remotes[remote].registryLevels)),
      ...REMOTES.flatMap((remote) =>
        clusterFindings(session.links, remote, remotes[remote].createsClusters),
      ),
      ...REGISTRY_LINKS.flatMap((link) =>
        scopeFindings(session.links, link, scopes.get(link)?.acls ?? []),
      ),
      ...REMOTES.flatMap((remote) => findTokens(remote, tokens[remote], reasons[remote])),
    ],
    blocked: findBlocks(session, state),
    tokens: {
      staging: { expiresAt: tokens.staging.expiresAt, renewal: tokens.staging.renewal },
      prod: { expiresAt: tokens.prod.expiresAt, renewal: tokens.prod.renewal },
    },
    outputs: LINK_OUTPUTS,
  };
}

/** What a secret other than the token has to hold. */
export function secretValue(
  { to }: RegistryLink,
  part: Exclude<SecretPart, 'token'>,
  { links }: LinkSession,
): string {
  return part === 'workspace-id'
    ? links.readers[to].workspaceId
    : parseHostAddress(links.workspaces[to].host).origin;
}

function findBlocks(
  { links }: LinkSession,
  { ids, remotes, scopes }: LinkState,
): readonly string[] {
  const blocks: string[] = [];
  for (const remote of REMOTES) {
    const { workspaceId } = links.readers[remote];
    if (ids[remote] !== workspaceId) {
      blocks.push(`the workspace of ${remote} is ${ids[remote]}, not ${workspaceId}`);
    }
    const { tokenUsage, tokens } = remotes[remote];
    if (tokenUsage === undefined || tokens.length === 0) {
      blocks.push(
        `the workspace of ${remote} has no personal access tokens. Create one there, as any user, before granting token permissions`,
      );
    }
  }
  if (new Set(Object.values(ids)).size < Object.keys(ids).length) {
    blocks.push('two of the workspaces are the same one');
  }
  for (const [{ scope, from }, state] of scopes) {
    if (!isVault(state?.backend)) continue;
    blocks.push(
      `secret scope ${quote(scope)} of ${from} is backed by a vault, and cannot be written`,
    );
  }
  return blocks;
}

function planGroups({ links }: LinkSession, { groups }: LinkState): readonly LinkChange[] {
  const group = SERVICE_PRINCIPAL_GROUP;
  const needed = new Set<WorkspaceName>(REMOTES);
  for (const link of REGISTRY_LINKS) {
    if (scopeReaders(link, links).includes(group)) needed.add(link.from);
  }
  return [...needed].flatMap((workspace): readonly LinkChange[] =>
    groups[workspace] === undefined ? [{ kind: 'create-group', workspace, group }] : [],
  );
}

function planRemote(
  { links, applicationIds }: LinkSession,
  workspace: RemoteName,
  { remotes, groups }: LinkState,
): readonly LinkChange[] {
  const applicationId = applicationIds[workspace];
  const { principalId, registryLevels, tokenUsage = [] } = remotes[workspace];
  const changes: LinkChange[] = [];
  if (principalId === undefined) {
    changes.push({ kind: 'create-service-principal', workspace, applicationId });
  }
  const members = groups[workspace]?.members ?? [];
  if (principalId === undefined || !members.some(({ value }) => value === principalId)) {
    changes.push({ kind: 'add-member', workspace, group: SERVICE_PRINCIPAL_GROUP, applicationId });
  }
  if (registryLevels.length === 0) {
    changes.push({ kind: 'grant-registry', workspace, applicationId });
  }
  for (const group of tokenUsers(links)) {
    const has = tokenUsage.some(
      ({ group_name: name, all_permissions: all }) => name === group && all.length > 0,
    );
    if (!has) changes.push({ kind: 'grant-token-use', workspace, group });
  }
  return changes;
}

function planScope(
  session: LinkSession,
  link: RegistryLink,
  state: ScopeState | undefined,
): readonly LinkChange[] {
  const { from: workspace, scope } = link;
  const changes: LinkChange[] = [];
  if (state === undefined) changes.push({ kind: 'create-scope', workspace, scope });
  for (const group of scopeReaders(link, session.links)) {
    if (state?.acls.some(({ principal }) => principal === group) === true) continue;
    changes.push({ kind: 'grant-scope', workspace, scope, group });
  }
  for (const part of ['workspace-id', 'host'] as const) {
    if (state?.secrets.get(part)?.value === secretValue(link, part, session)) continue;
    changes.push({ kind: 'put-secret', workspace, link, part });
  }
  return changes;
}

function renewalOf({ renewal: found }: TokenState, wanted: Renewal): RenewalReason | undefined {
  if (found === undefined) return wanted === 'all' ? 'asked' : undefined;
  return found === 'due' && wanted === 'broken' ? undefined : found;
}

function findTokens(
  workspace: RemoteName,
  { others, expiresAt, renewal }: TokenState,
  reason: RenewalReason | undefined,
): readonly LinkFinding[] {
  const findings: LinkFinding[] = [];
  if (renewal === 'due' && reason === undefined) {
    const isEndless = expiresAt === undefined || expiresAt < 0;
    findings.push(tokenEndsSoon(workspace, isEndless ? null : expiresAt));
  }
  if (others > 0) {
    const message = `the service principal that reads the registry of ${workspace} made ${others} other tokens, which belong to no link`;
    findings.push({ rule: 'tokens-of-no-link', workspace, message });
  }
  return findings;
}
