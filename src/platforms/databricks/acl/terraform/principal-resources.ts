import { checkShape } from '../check-shape.js';
import type { ReadContext } from '../file-reader.js';
import { addServingEndpoint, servingConfig } from '../read-serving-endpoints.js';
import { lifetimeOf, readExpiry } from '../read-tokens.js';
import { addCredential } from '../read-unity-catalog.js';
import type { ResourceHandler } from './permission-resources.js';
import {
  blockAt,
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
          // Without a lifetime a token has no end.
          (isUnknownAt(resource, 'lifetime_seconds') ? undefined : null)),
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
    workspace: workspaceId,
  });
};

export const groupResource: ResourceHandler = ({ values, workspaceId }, { collector }) => {
  collector.facts.groups.push({
    id: textAt(values, 'id'),
    name: textAt(values, 'display_name'),
    createsClusters: isTrueAt(values, 'allow_cluster_create'),
    workspace: workspaceId,
  });
};

export const groupMemberResource: ResourceHandler = ({ values, workspaceId }, { collector }) => {
  const groupId = textAt(values, 'group_id');
  const memberId = textAt(values, 'member_id');
  if (groupId !== undefined && memberId !== undefined)
    collector.facts.members.push({ groupId, memberId, workspace: workspaceId });
};

/** Entitlements of a service principal or a group, apart from it. */
export const entitlementsResource: ResourceHandler = (
  { address, values, workspaceId },
  { collector },
) => {
  if (!isTrueAt(values, 'allow_cluster_create')) return;
  const id = textAt(values, 'service_principal_id');
  const groupId = textAt(values, 'group_id');
  if (id !== undefined) {
    collector.facts.servicePrincipals.push({
      applicationId: undefined,
      displayName: address,
      id,
      createsClusters: true,
      workspace: workspaceId,
    });
  }
  if (groupId !== undefined) {
    collector.facts.groups.push({
      id: groupId,
      name: undefined,
      createsClusters: true,
      workspace: workspaceId,
    });
  }
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
  const config = blockAt(values, 'config');
  addServingEndpoint(context, textAt(values, 'serving_endpoint_id') ?? address, name, [
    config === undefined ? undefined : checkShape(servingConfig, config, context.name),
  ]);
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

/** Clusters publish features with the instance profile that is attached to them. */
export const clusterResource: ResourceHandler = ({ address, values }, { collector }) => {
  const arn = textAt(blockAt(values, 'aws_attributes') ?? {}, 'instance_profile_arn');
  if (arn !== undefined)
    collector.facts.instanceProfiles.push({ arn, use: 'publish', by: `cluster ${address}` });
};

/** Rule sets grant roles, which the vocabulary does not have. */
export const ruleSetResource: ResourceHandler = ({ address, values }, { collector }) => {
  const rules = values['grant_rules'];
  collector.facts.unmodelled.push({
    type: 'access-control-rule-set',
    name: textAt(values, 'name') ?? address,
    entries: Array.isArray(rules) ? rules.length : 0,
  });
};
