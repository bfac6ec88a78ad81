import { isPlainObject } from '../../../../model/index.js';
import type { FactLists } from '../services-facts.js';
import type { ResourceHandler } from './permission-resources.js';
import {
  blockAt,
  isTrueAt,
  type TerraformResource,
  type TerraformValues,
  textAt,
} from './terraform-resource.js';

/** An instance profile, in the place of a role. */
const PROFILE_ARN = /^arn:[^:]+:iam::\d*:instance-profile\//;
const ACCOUNT_ADMIN = 'account_admin';
const WORKSPACE_ADMIN = 'WORKSPACE_ADMIN';

/** The attributes of entitlements, by what the REST API calls them. */
const ENTITLEMENTS: readonly (readonly [attribute: string, name: string])[] = [
  ['allow_cluster_create', 'allow-cluster-create'],
  ['allow_instance_pool_create', 'allow-instance-pool-create'],
  ['databricks_sql_access', 'databricks-sql-access'],
  ['workspace_access', 'workspace-access'],
];

/** The entitlements that attributes give. @source provider, `databricks_entitlements` */
export function entitlementsAt(values: TerraformValues): readonly string[] {
  return ENTITLEMENTS.flatMap(([attribute, name]) => (isTrueAt(values, attribute) ? name : []));
}

/** Entitlements in a list, as newer interfaces write them: `ALLOW_CLUSTER_CREATE`. */
function listedEntitlements(values: TerraformValues): readonly string[] {
  const listed = textsAt(values, 'entitlements');
  return listed.map((name) => name.toLowerCase().replaceAll('_', '-'));
}

/** Entitlements of a service principal or a group, apart from it. */
export const entitlementsResource: ResourceHandler = (resource, { collector: { facts } }) => {
  const { values } = resource;
  const entitlements = entitlementsAt(values);
  if (entitlements.length === 0) return;
  const id = textAt(values, 'service_principal_id');
  if (id !== undefined) addPrincipal(facts, resource, id, entitlements);
  const groupId = textAt(values, 'group_id');
  if (groupId !== undefined) addGroup(facts, resource, groupId, entitlements);
};

/**
 * Who is assigned to a workspace, by an account or within it.
 *
 * @source provider, `databricks_mws_permission_assignment`, `databricks_permission_assignment`
 */
export const assignmentResource: ResourceHandler = (resource, { collector: { facts } }) => {
  const { address, values } = resource;
  if (!textsAt(values, 'permissions').includes('ADMIN')) return;
  facts.administrators.push({
    scope: 'workspace',
    by: address,
    id: textAt(values, 'principal_id'),
    applicationId: textAt(values, 'service_principal_name'),
    group: textAt(values, 'group_name'),
    isUser: textAt(values, 'user_name') !== undefined,
    workspace: textAt(values, 'workspace_id') ?? resource.workspaceId,
  });
};

/**
 * Who is assigned to a workspace with which entitlements.
 *
 * @source provider 1.128.0, `databricks_workspace_iam_workspace_assignment_v2`, and
 *   `databricks_account_iam_workspace_assignment_v2`
 */
export const assignmentV2Resource: ResourceHandler = (resource, { collector: { facts } }) => {
  const { address, values } = resource;
  const id = textAt(values, 'principal_id');
  const workspace = textAt(values, 'workspace_id') ?? resource.workspaceId;
  const type = textAt(values, 'principal_type');
  if (textsAt(values, 'entitlements').includes(WORKSPACE_ADMIN)) {
    const isUser = type === 'USER';
    facts.administrators.push({ scope: 'workspace', by: address, id, isUser, workspace });
  }
  const entitlements = listedEntitlements(values);
  if (id === undefined || entitlements.length === 0) return;
  const of = { ...resource, workspaceId: workspace };
  if (type === 'GROUP') addGroup(facts, of, id, entitlements);
  else if (type !== 'USER') addPrincipal(facts, of, id, entitlements);
};

/** @source provider 1.128.0, `databricks_workspace_iam_direct_group_member_v2` */
export const memberV2Resource: ResourceHandler = ({ values, workspaceId }, { collector }) => {
  const groupId = textAt(values, 'group_id');
  const memberId = textAt(values, 'principal_id');
  if (groupId !== undefined && memberId !== undefined) {
    collector.facts.members.push({ groupId, memberId, workspace: workspaceId });
  }
};

/** @source provider 1.128.0, `databricks_workspace_iam_service_principal_v2` */
export const servicePrincipalV2Resource: ResourceHandler = (resource, { collector }) => {
  const { address, values, workspaceId } = resource;
  collector.facts.servicePrincipals.push({
    applicationId: textAt(values, 'application_id'),
    displayName: textAt(values, 'display_name') ?? address,
    id: textAt(values, 'service_principal_id') ?? textAt(values, 'internal_id'),
    createsClusters: false,
    workspace: workspaceId,
  });
};

/** @source provider 1.128.0, `databricks_workspace_iam_group_v2` */
export const groupV2Resource: ResourceHandler = ({ values, workspaceId }, { collector }) => {
  collector.facts.groups.push({
    id: textAt(values, 'group_id') ?? textAt(values, 'internal_id'),
    name: textAt(values, 'group_name') ?? textAt(values, 'display_name'),
    createsClusters: false,
    workspace: workspaceId,
  });
};

/**
 * Roles of users, groups and service principals: administrator of the account, or an instance
 * profile that they may attach.
 *
 * @source provider, `databricks_service_principal_role`, `databricks_group_role`,
 *   `databricks_user_role`, `databricks_group_instance_profile`, `databricks_user_instance_profile`
 */
export const roleResource: ResourceHandler = (resource, { collector: { facts } }) => {
  const { address, values, workspaceId: workspace } = resource;
  const role = textAt(values, 'role') ?? textAt(values, 'instance_profile_id');
  const groupId = textAt(values, 'group_id');
  const id = textAt(values, 'service_principal_id') ?? groupId ?? textAt(values, 'user_id');
  if (role === ACCOUNT_ADMIN) {
    const isUser = values['user_id'] !== undefined;
    facts.administrators.push({ scope: 'account', by: address, id, isUser, workspace });
  }
  if (role === undefined || !PROFILE_ARN.test(role)) return;
  const kind = groupId === undefined ? kindOf(values) : 'group';
  facts.instanceProfiles.push({ arn: role, use: 'publish', by: `${kind} of ${address}` });
  facts.profileUsers.push({ arn: role, by: address, groupId, workspace });
};

/**
 * Who may become a service principal without a secret.
 *
 * @source provider, `databricks_service_principal_federation_policy`,
 *   `databricks_account_federation_policy`
 */
export const federationResource: ResourceHandler = (resource, { collector: { facts } }) => {
  const { address, type, values } = resource;
  const policy = blockAt(values, 'oidc_policy') ?? {};
  facts.federationPolicies.push({
    address,
    scope: type === 'databricks_account_federation_policy' ? 'account' : 'service-principal',
    servicePrincipalId: textAt(values, 'service_principal_id'),
    issuer: textAt(policy, 'issuer'),
    subject: textAt(policy, 'subject'),
    audiences: textsAt(policy, 'audiences'),
  });
};

/**
 * Roles that a rule set gives, with whom it names.
 *
 * @source provider, `databricks_access_control_rule_set`
 */
export const ruleSetResource: ResourceHandler = ({ address, values }, { collector: { facts } }) => {
  const name = textAt(values, 'name') ?? address;
  const rules = Array.isArray(values['grant_rules']) ? values['grant_rules'] : [];
  for (const rule of rules) {
    const fields = isPlainObject(rule) ? rule : {};
    const role = textAt(fields, 'role') ?? 'an unknown role';
    facts.roleGrants.push({ name, role, principals: textsAt(fields, 'principals') });
  }
};

function addPrincipal(
  facts: FactLists,
  { address, workspaceId }: TerraformResource,
  id: string,
  entitlements: readonly string[],
): void {
  facts.servicePrincipals.push({
    applicationId: undefined,
    displayName: address,
    id,
    createsClusters: entitlements.includes('allow-cluster-create'),
    entitlements,
    workspace: workspaceId,
  });
}

function addGroup(
  facts: FactLists,
  { workspaceId }: TerraformResource,
  id: string,
  entitlements: readonly string[],
): void {
  facts.groups.push({
    id,
    name: undefined,
    createsClusters: entitlements.includes('allow-cluster-create'),
    entitlements,
    workspace: workspaceId,
  });
}

function kindOf(values: TerraformValues): string {
  return values['user_id'] === undefined ? 'service principal' : 'user';
}

function textsAt(values: TerraformValues, field: string): readonly string[] {
  const list = values[field];
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
}
