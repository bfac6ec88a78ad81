import type { ReadContext, ServicesFileReader } from '../file-reader.js';
import { appResource } from './app-access.js';
import { readAwsPolicies } from './aws-policies.js';
import { readExternal } from './external-resources.js';
import { mayGrant } from './harmless-types.js';
import {
  assignmentResource,
  assignmentV2Resource,
  entitlementsResource,
  federationResource,
  groupV2Resource,
  memberV2Resource,
  roleResource,
  ruleSetResource,
  servicePrincipalV2Resource,
} from './identity-resources.js';
import {
  grantsResource,
  PermissionsGatherer,
  type ResourceHandler,
} from './permission-resources.js';
import {
  credentialResource,
  groupMemberResource,
  groupResource,
  registeredModelResource,
  secretResource,
  servicePrincipalResource,
  servingResource,
  tokenHandler,
} from './principal-resources.js';
import { PROFILE_USERS, profileResource } from './profile-resources.js';
import { SecretAclGatherer } from './secret-acl-resources.js';
import { readShown, readStateFile, type TerraformDocument } from './terraform-documents.js';
import { collectSecrets } from './terraform-secrets.js';

/** What is read, by the type of the resource. */
const HANDLERS: ReadonlyMap<string, ResourceHandler> = new Map([
  ['databricks_grants', grantsResource],
  ['databricks_grant', grantsResource],
  ['databricks_service_principal', servicePrincipalResource],
  ['databricks_group', groupResource],
  ['databricks_group_member', groupMemberResource],
  ['databricks_entitlements', entitlementsResource],
  ['databricks_secret', secretResource],
  ['databricks_model_serving', servingResource],
  ['databricks_mlflow_model', registeredModelResource],
  ['databricks_credential', credentialResource],
  ['databricks_access_control_rule_set', ruleSetResource],
  ['databricks_app', appResource],
  ['databricks_mws_permission_assignment', assignmentResource],
  ['databricks_permission_assignment', assignmentResource],
  ['databricks_service_principal_role', roleResource],
  ['databricks_group_role', roleResource],
  ['databricks_user_role', roleResource],
  ['databricks_group_instance_profile', roleResource],
  ['databricks_user_instance_profile', roleResource],
  ['databricks_service_principal_federation_policy', federationResource],
  ['databricks_account_federation_policy', federationResource],
  ...Array.from(PROFILE_USERS.keys(), (type) => [type, profileResource] as const),
  ...['workspace', 'account'].flatMap((scope) => [
    [`databricks_${scope}_iam_workspace_assignment_v2`, assignmentV2Resource] as const,
    [`databricks_${scope}_iam_direct_group_member_v2`, memberV2Resource] as const,
    [`databricks_${scope}_iam_service_principal_v2`, servicePrincipalV2Resource] as const,
    [`databricks_${scope}_iam_group_v2`, groupV2Resource] as const,
  ]),
]);

/**
 * Managed resources whose rights stand elsewhere: persons, and what only keeps a secret, which is
 * found by its marks.
 */
const SILENT: ReadonlySet<string> = new Set([
  'databricks_user',
  'databricks_workspace_iam_user_v2',
  'databricks_account_iam_user_v2',
  'databricks_service_principal_secret',
  'databricks_secret_uc',
  'databricks_instance_profile',
]);

/** What an empty state has. */
const STATE_KEYS: ReadonlySet<string> = new Set([
  'format_version',
  'terraform_version',
  'checks',
  'timestamp',
]);

/** `terraform show -json` of a state. @source Terraform documentation, "JSON Output Format" */
export const terraformStateReader: ServicesFileReader = {
  kind: 'terraform-state',
  // Terraform writes other documents with a version too, such as the schemas of providers.
  detect: (value) =>
    isShown(value) && ('values' in value || Object.keys(value).every((key) => STATE_KEYS.has(key))),
  read: (value, context) => readDocument(readShown(value, context.name), context),
};

/** `terraform show -json` of a plan: what will be, once it is applied. */
export const terraformPlanReader: ServicesFileReader = {
  kind: 'terraform-plan',
  detect: (value) => isShown(value) && ('planned_values' in value || 'resource_changes' in value),
  read: (value, context) => readDocument(readShown(value, context.name), context),
};

/** A state file, as it lies in a backend. */
export const terraformStateFileReader: ServicesFileReader = {
  kind: 'terraform-state-file',
  detect: (value) => value['version'] === 4 && Array.isArray(value['resources']),
  read: (value, context) => readDocument(readStateFile(value, context.name), context),
};

function isShown(value: Readonly<Record<string, unknown>>): boolean {
  const version = value['format_version'];
  return typeof version === 'string' && /^[01]\.\d+$/.test(version);
}

function readDocument(document: TerraformDocument, context: ReadContext): void {
  // First: what fails later may print what was read.
  collectSecrets(document, context);
  // A plan has what it read outside in the state before.
  for (const resource of [...document.resources, ...document.earlier]) {
    if (resource.type === 'external') readExternal(resource, context);
  }
  const addToken = tokenHandler(document.resources);
  const permissions = new PermissionsGatherer();
  const acls = new SecretAclGatherer();
  const handlers = new Map<string, ResourceHandler>([
    ...HANDLERS,
    ['databricks_token', addToken],
    ['databricks_obo_token', addToken],
    ['databricks_permissions', permissions.add],
    ['databricks_secret_scope', acls.addScope],
    ['databricks_secret_acl', acls.add],
  ]);
  for (const resource of document.resources) {
    const { type, address, isData } = resource;
    const handler = handlers.get(type);
    if (handler !== undefined) handler(resource, context);
    else if (!isData && !SILENT.has(type) && mayGrant(type))
      context.collector.facts.unread.push({ type, address });
  }
  readAwsPolicies(document.resources, context);
  permissions.finish(context);
  acls.finish(context);
}
