import type { ScimGroup } from '../workspace/index.js';
import {
  linksTo,
  REGISTRY_LINKS,
  type RegistryLink,
  type RemoteName,
  SERVICE_PRINCIPAL_GROUP,
  type WorkspaceName,
} from './link-names.js';
import { readTokenState, type TokenState, type WorkspaceIds } from './link-token.js';
import {
  findGroup,
  type RemoteState,
  readRemote,
  readScope,
  type ScopeState,
} from './read-workspace.js';
import type { LinkSession } from './registry-links.js';

/** All that is looked at of the three workspaces. */
export interface LinkState {
  readonly ids: WorkspaceIds;
  /** The group of the service principals, where it is there. */
  readonly groups: Readonly<Record<WorkspaceName, ScimGroup | undefined>>;
  readonly remotes: Readonly<Record<RemoteName, RemoteState>>;
  readonly scopes: ReadonlyMap<RegistryLink, ScopeState | undefined>;
  readonly tokens: Readonly<Record<RemoteName, TokenState>>;
}

/** Reads one after the other: a workspace limits how many questions it takes at a time. */
export async function readLinkState(
  session: LinkSession,
  acceptsModule = false,
): Promise<LinkState> {
  const { clients, applicationIds } = session;
  const ids = await readWorkspaceIds(session);
  const groups = {
    dev: await findGroup(clients.dev, SERVICE_PRINCIPAL_GROUP),
    staging: await findGroup(clients.staging, SERVICE_PRINCIPAL_GROUP),
    prod: await findGroup(clients.prod, SERVICE_PRINCIPAL_GROUP),
  };
  const remotes = {
    staging: await readRemote(clients.staging, applicationIds.staging),
    prod: await readRemote(clients.prod, applicationIds.prod),
  };
  const scopes = new Map<RegistryLink, ScopeState | undefined>();
  for (const link of REGISTRY_LINKS) scopes.set(link, await readScope(clients[link.from], link));
  const tokenState = (remote: RemoteName): Promise<TokenState> => {
    const stored = linksTo(remote).map((link) => scopes.get(link)?.secrets.get('token'));
    return readTokenState(remotes[remote].tokens, stored, remote, ids, session, acceptsModule);
  };
  const tokens = { staging: await tokenState('staging'), prod: await tokenState('prod') };
  return { ids, groups, remotes, scopes, tokens };
}

/** The numbers that the workspaces say they have. */
export async function readWorkspaceIds({ clients }: LinkSession): Promise<WorkspaceIds> {
  return {
    dev: await clients.dev.getWorkspaceId(),
    staging: await clients.staging.getWorkspaceId(),
    prod: await clients.prod.getWorkspaceId(),
  };
}
