import type { ReadContext } from '../file-reader.js';
import { addServingEndpoint } from '../read-serving-endpoints.js';
import { lifetimeOf, readExpiry } from '../read-tokens.js';
import { addCredential } from '../read-unity-catalog.js';
import { entitlementsAt } from './identity-resources.js';
import type { ResourceHandler } from './permission-resources.js';
import { profilesIn } from './profile-resources.js';
import {
  isTrueAt,
  isUnknownAt,
  numberAt,
  type TerraformResource,
  textAt,
} from './terraform-resource.js';

/**
 * Takes tokens of the user who applies the configuration, or on behalf of service principals.
 *
 * @param resources of the whole file: among them are the secrets that keep tokens
 */
export function tokenHandler(resources: readonly TerraformResource[]): ResourceHandler {
  const places = new Map<string, string>();
  for (const { type, values } of resources) {
    const value = textAt(values, 'string_value');
    const [scope, key] = [textAt(values, 'scope'), textAt(values, 'key')];
    if (type !== 'databricks_secret' || !value || !scope || !key) continue;
    if (!places.has(value)) places.set(value, `${scope}/${key}`);
  }
  return (resource, context) => {
    const token = textAt(resource.values, 'token_value');
    addToken(resource, token === undefined ? undefined : places.get(token), context);
  };
}

function addToken(
  resource: TerraformResource,
  keptIn: string | undefined,
  { collector }: ReadContext,
): void {
  const { address, type, values, workspaceId } = resource;
  const applicationId = textAt(values, 'application_id');
  const onBehalf = type === 'databricks_obo_token';
  const createdAt = numberAt(values, 'creation_time');
  const expiresAt = readExpiry(numberAt(values, 'expiry_time'));
  const lifetime = numberAt(values, 'lifetime_seconds');
  const isOpen =
    !(lifetime && lifetime > 0) &&
    expiresAt === undefined &&
    !isUnknownAt(resource, 'lifetime_seconds');
  collector.facts.tokens.push({
    name: address,
    owner:
      onBehalf && applicationId !== undefined
        ? { kind: 'service-principal', name: applicationId }
        : undefined,
    ownerId: undefined,
    onBehalf,
    createdAt,
    expiresAt,
    lifetimeSeconds:
      lifetime && lifetime > 0
        ? lifetime
        : (lifetimeOf(createdAt, expiresAt) ??
          // One on behalf of a service principal has no end without a lifetime. @source provider,
          // `databricks_obo_token`
          (isOpen && onBehalf ? null : undefined)),
    withoutLifetime: isOpen,
    managed: true,
    keptIn,
    workspace: workspaceId,
  });
}

export const servicePrincipalResource: ResourceHandler = (
  { address, values, workspaceId },
  { collector },
) => {
  collector.facts.servicePrincipals.push({
    applicationId: textAt(values, 'application_id'),
    displayName: textAt(values, 'display_name') ?? address,
    id: textAt(values, 'id'),
    createsClusters: isTrueAt(values, 'allow_cluster_create'),
    entitlements: entitlementsAt(values),
    workspace: workspaceId,
  });
};

export const groupResource: ResourceHandler = ({ values, workspaceId }, { collector }) => {
  collector.facts.groups.push({
    id: textAt(values, 'id'),
    name: textAt(values, 'display_name'),
    createsClusters: isTrueAt(values, 'allow_cluster_create'),
    entitlements: entitlementsAt(values),
    workspace: workspaceId,
  });
};

export const groupMemberResource: ResourceHandler = ({ values, workspaceId }, { collector }) => {
  const groupId = textAt(values, 'group_id');
  const memberId = textAt(values, 'member_id');
  if (groupId !== undefined && memberId !== undefined)
    collector.facts.members.push({ groupId, memberId, workspace: workspaceId });
};

export const secretResource: ResourceHandler = ({ values, workspaceId }, { collector }) => {
  const scope = textAt(values, 'scope');
  const key = textAt(values, 'key');
  if (scope === undefined || key === undefined) return;
  collector.addResource('SecretScope', scope);
  collector.facts.secrets.push({ scope, key, workspace: workspaceId });
};

export const servingResource: ResourceHandler = ({ address, values }, context) => {
  const name = textAt(values, 'name') ?? address;
  const id = textAt(values, 'serving_endpoint_id') ?? address;
  addServingEndpoint(context, id, name, profilesIn(values['config']));
};

export const registeredModelResource: ResourceHandler = ({ values }, { collector }) => {
  const id = textAt(values, 'registered_model_id');
  const name = textAt(values, 'name');
  if (id !== undefined)
    collector.addResource('RegisteredModel', id, name === undefined ? {} : { model_name: name });
};

export const credentialResource: ResourceHandler = ({ address, values }, context) => {
  const name = textAt(values, 'name') ?? address;
  addCredential(context, name, textAt(values, 'purpose'), textAt(values, 'isolation_mode'));
};
