import { checkOptions } from '../../../foundation/options.js';
import { assertAskedAs } from '../endpoints/endpoint-token.js';
import { createWorkspaceClient, type ManagedTokenInfo } from '../workspace/index.js';
import { WorkspaceError } from '../workspace/workspace-error.js';
import { linksTo, READER_NAME, REGISTRY_ROOT, type RemoteName, secretKey } from './link-names.js';
import type { LinkChange, LinkPlan } from './link-plan.js';
import { tokenComment, tokensOfLink, type WorkspaceIds } from './link-token.js';
import { planSession, type Renewal, secretValue } from './plan-link.js';
import { readWorkspaceIds } from './read-links.js';
import { findGroup, isMissing } from './read-workspace.js';
import { type LinkSession, openLinks, type RegistryLinks } from './registry-links.js';

/** Who hears of the changes that put a link in place. */
export interface ApplyLinkOptions {
  /** Called before each change. */
  readonly onChange?: ((change: LinkChange) => void) | undefined;
}

/** What was done, and how things stand after it. */
export interface AppliedLink {
  readonly changes: readonly LinkChange[];
  /** Read anew. Its list of changes is empty, unless somebody else changed something meanwhile. */
  readonly plan: LinkPlan;
}

/**
 * Puts the links in place: does what {@link planLink} says, and nothing twice.
 *
 * A run may break off at any request: the next one goes on. A token that a broken run made and did
 * not store is ended by the next one, after another token is stored in its place. One run at a
 * time: of two that make tokens, the later one wins.
 *
 * @returns rejects before anything is changed: with WorkspaceError when the plan is blocked, with
 *   what the tokens of a reader reject with when it needs a new one; later with ConfigInvalidError
 *   when they are not those of its service principal
 * @example
 * const readers = { staging: reader, prod: other };
 * const { plan } = await applyLink({ workspaces: { dev, staging, prod }, readers });
 */
export async function applyLink(
  links: RegistryLinks,
  options: ApplyLinkOptions = {},
): Promise<AppliedLink> {
  checkOptions<ApplyLinkOptions>(options, { onChange: true }, { rotateLink: { force: true } });
  return applySession(openLinks(links), 'broken', options);
}

/**
 * Makes new tokens where they end soon, or do not do: new token, stored in all scopes, and only
 * then the old one ended. What is stored works at any moment, wherever the run breaks off.
 *
 * @param options.force all tokens, whenever they end
 * @returns rejects with WorkspaceError when the links are not in place but for their tokens
 */
export async function rotateLink(
  links: RegistryLinks,
  options: ApplyLinkOptions & { readonly force?: boolean | undefined } = {},
): Promise<AppliedLink> {
  checkOptions<typeof options>(options, { onChange: true, force: true });
  return applySession(openLinks(links), options.force === true ? 'all' : 'due', options);
}

async function applySession(
  session: LinkSession,
  renewal: Renewal,
  { onChange }: ApplyLinkOptions,
): Promise<AppliedLink> {
  const plan = await planSession(session, renewal);
  assertApplicable(plan, renewal);
  const { changes } = plan;
  const ids = await readWorkspaceIds(session);
  // Before anything is changed: whether there is a token to ask as who needs a new one.
  for (const { kind, workspace } of changes) {
    if (kind === 'renew-token') await session.links.readers[workspace].tokens.getToken();
  }
  for (const change of changes) {
    onChange?.(change);
    await carryOut(change, session, ids);
  }
  return { changes, plan: await planSession(session, 'broken') };
}

/** @throws WorkspaceError when nothing of a plan may be carried out */
export function assertApplicable({ blocked, changes }: LinkPlan, renewal: Renewal): void {
  if (blocked.length > 0) throw refusal(`nothing was changed: ${blocked.join('; ')}`);
  const ofTokens = new Set<LinkChange['kind']>(['renew-token', 'end-module-tokens']);
  if (renewal !== 'broken' && changes.some(({ kind }) => !ofTokens.has(kind))) {
    throw refusal('no token was renewed: the links are not in place, and have to be applied first');
  }
}

async function carryOut(
  change: LinkChange,
  session: LinkSession,
  ids: WorkspaceIds,
): Promise<void> {
  const workspace = session.clients[change.workspace];
  switch (change.kind) {
    case 'create-service-principal': {
      const { applicationId } = change;
      await workspace.scim.createServicePrincipal({ displayName: READER_NAME, applicationId });
      return;
    }
    case 'create-group':
      await workspace.scim.createGroup({ displayName: change.group });
      return;
    case 'add-member':
      return addMember(change, session);
    case 'grant-registry':
      await workspace.permissions.patch('registered-models', REGISTRY_ROOT, [
        { service_principal_name: change.applicationId, permission_level: 'CAN_READ' },
      ]);
      return;
    case 'grant-token-use':
      // PATCH: who may use tokens already must go on doing so, or loses them at once.
      await workspace.permissions.patch('authorization', 'tokens', [
        { group_name: change.group, permission_level: 'CAN_USE' },
      ]);
      return;
    case 'create-scope':
      return workspace.secrets.createScope(change.scope);
    case 'grant-scope':
      return workspace.secrets.putAcl({
        scope: change.scope,
        principal: change.group,
        permission: 'READ',
      });
    case 'put-secret':
      return putPlainSecret(change, session);
    case 'renew-token':
      return renewToken(change.workspace, session, ids);
    case 'end-module-tokens':
      for (const id of change.tokenIds) {
        await revoke(id, workspace.tokenManagement);
      }
      return;
    default:
      throw new TypeError('unknown change');
  }
}

/** Only secrets are registered for masking: a host name is in every message. */
async function putPlainSecret(
  { workspace, link, part }: Extract<LinkChange, { readonly kind: 'put-secret' }>,
  session: LinkSession,
): Promise<void> {
  const key = secretKey(link.prefix, part);
  await session.clients[workspace].request({
    method: 'POST',
    path: '/api/2.0/secrets/put',
    body: { scope: link.scope, key, string_value: secretValue(link, part, session) },
    idempotent: true,
  });
}

async function addMember(
  change: Extract<LinkChange, { readonly kind: 'add-member' }>,
  { clients }: LinkSession,
): Promise<void> {
  const { scim } = clients[change.workspace];
  const { applicationId } = change;
  const filter = { attribute: 'applicationId', value: applicationId } as const;
  const [principal] = await scim.listServicePrincipals(filter);
  const group = await findGroup(clients[change.workspace], change.group);
  if (principal === undefined || group === undefined) {
    throw refusal('a service principal or a group that was just there is gone');
  }
  await scim.addGroupMembers(group.id, [principal.id]);
}

async function renewToken(
  remote: RemoteName,
  session: LinkSession,
  ids: WorkspaceIds,
): Promise<void> {
  const { links, clients, tokenLifetimeSeconds: lifetimeSeconds } = session;
  const { tokens } = links.readers[remote];
  const reader = createWorkspaceClient({ ...links.workspaces[remote], tokens });
  await assertAskedAs(reader, session.applicationIds[remote]);
  const comment = tokenComment(remote, ids, session);
  const created = await reader.tokens.create({ comment, lifetimeSeconds });
  for (const { from, scope, prefix } of linksTo(remote)) {
    const key = secretKey(prefix, 'token');
    await clients[from].secrets.putSecret({ scope, key, value: created.token_value });
  }
  const { tokenManagement } = clients[remote];
  const { token_id: newId } = created.token_info;
  const ours = tokensOfLink(await tokenManagement.list(), remote, ids, session);
  const own = ours.find(({ token_id: id }) => id === newId);
  if (own === undefined) {
    throw refusal('a new token is stored, and is not in the list of tokens: none was ended');
  }
  for (const token of ours) {
    if (token.token_id !== newId && !isLater(token, own)) {
      await revoke(token.token_id, tokenManagement);
    }
  }
}

/** One that somebody else made meanwhile is stored instead of ours. */
function isLater(
  { creation_time: time = 0 }: ManagedTokenInfo,
  { creation_time: own = 0 }: ManagedTokenInfo,
): boolean {
  return time > own;
}

async function revoke(
  id: string,
  tokenManagement: LinkSession['clients']['dev']['tokenManagement'],
): Promise<void> {
  try {
    await tokenManagement.delete(id);
  } catch (error) {
    // Sent again after an answer that was lost.
    if (!isMissing(error)) throw error;
  }
}

function refusal(message: string): WorkspaceError {
  return new WorkspaceError(message, { status: 0, retriable: false });
}
