import { principalKey } from '../vocabulary/index.js';
import type {
  AccessControlResponse,
  ManagedTokenInfo,
  ScimGroup,
  SecretAcl,
  WorkspaceClient,
} from '../workspace/index.js';
import { WorkspaceError } from '../workspace/workspace-error.js';
import { REGISTRY_ROOT, type RegistryLink, type SecretPart, secretKey } from './link-names.js';

/** What a workspace has whose registry others read. */
export interface RemoteState {
  /** The SCIM id of the service principal; undefined: it is not there. */
  readonly principalId: string | undefined;
  /** Whether it may create clusters by an entitlement of its own. */
  readonly createsClusters: boolean;
  /** What the service principal has on the whole registry. */
  readonly registryLevels: readonly string[];
  /** Who may use tokens; undefined before the first token, when the list does not exist yet. */
  readonly tokenUsage: readonly AccessControlResponse[] | undefined;
  readonly tokens: readonly ManagedTokenInfo[];
}

/** A secret that is stored. */
export interface StoredSecret {
  /** Decoded; a secret. */
  readonly value: string;
  /** Milliseconds since 1970. */
  readonly updatedAt: number | undefined;
}

/** The scope of a link, as it is. */
export interface ScopeState {
  readonly backend: string | undefined;
  readonly acls: readonly SecretAcl[];
  readonly secrets: ReadonlyMap<SecretPart, StoredSecret>;
}

const CREATE_CLUSTERS = 'allow-cluster-create';
const PARTS: readonly SecretPart[] = ['workspace-id', 'host', 'token'];

/** Asks as an admin. */
export async function readRemote(
  workspace: WorkspaceClient,
  applicationId: string,
): Promise<RemoteState> {
  const found = await workspace.scim.listServicePrincipals({
    attribute: 'applicationId',
    value: applicationId,
  });
  const principal = found.find((each) => each.applicationId?.toLowerCase() === applicationId);
  const registry = await workspace.permissions.get('registered-models', REGISTRY_ROOT);
  const tokens = await workspace.tokenManagement.list();
  return {
    principalId: principal?.id,
    createsClusters: principal?.entitlements?.includes(CREATE_CLUSTERS) === true,
    registryLevels: levelsOf(registry.access_control_list, applicationId),
    tokenUsage: await readTokenUsage(workspace),
    tokens,
  };
}

/** A group by its exact name, with its members. */
export async function findGroup(
  workspace: WorkspaceClient,
  name: string,
): Promise<ScimGroup | undefined> {
  const found = await workspace.scim.listGroups({ attribute: 'displayName', value: name });
  const group = found.find(({ displayName }) => displayName === name);
  // A list may leave members out.
  return group && workspace.scim.getGroup(group.id);
}

/** Asks as an admin, who may read what is in the scope. */
export async function readScope(
  workspace: WorkspaceClient,
  { scope, prefix }: RegistryLink,
): Promise<ScopeState | undefined> {
  const scopes = await workspace.secrets.listScopes();
  const found = scopes.find(({ name }) => name === scope);
  if (found === undefined) return undefined;
  const backend = found.backend_type;
  // SECURITY: the content of a vault is not ours.
  if (isVault(backend)) return { backend, acls: [], secrets: new Map() };
  const acls = await workspace.secrets.listAcls(scope);
  const listed = await workspace.secrets.listSecrets(scope);
  const secrets = new Map<SecretPart, StoredSecret>();
  for (const part of PARTS) {
    const key = secretKey(prefix, part);
    const metadata = listed.find((each) => each.key === key);
    if (metadata === undefined) continue;
    const { value } = await workspace.secrets.getSecret({ scope, key });
    secrets.set(part, {
      value: Buffer.from(value, 'base64').toString('utf8'),
      updatedAt: metadata.last_updated_timestamp,
    });
  }
  return { backend, acls, secrets };
}

/** Whether a scope is a view of a vault: only those of the workspace itself can be written. */
export function isVault(backend: string | undefined): boolean {
  return backend !== undefined && backend !== 'DATABRICKS';
}

/** Whether an error says that something is not there. */
export function isMissing(error: unknown): boolean {
  // SCIM has errors without a code, and newer services another one.
  return (
    error instanceof WorkspaceError &&
    (error.status === 404 || error.errorCode === 'RESOURCE_DOES_NOT_EXIST')
  );
}

async function readTokenUsage(
  workspace: WorkspaceClient,
): Promise<readonly AccessControlResponse[] | undefined> {
  try {
    return (await workspace.permissions.get('authorization', 'tokens')).access_control_list;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function levelsOf(
  list: readonly AccessControlResponse[],
  applicationId: string,
): readonly string[] {
  const key = principalKey({ kind: 'service-principal', name: applicationId });
  return list
    .filter(
      ({ service_principal_name: name }) =>
        name !== undefined && principalKey({ kind: 'service-principal', name }) === key,
    )
    .flatMap((entry) => entry.all_permissions.map(({ permission_level: level }) => level));
}
