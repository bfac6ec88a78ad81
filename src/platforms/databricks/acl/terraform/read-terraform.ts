import type { ReadContext, ServicesFileReader } from '../file-reader.js';
import { readExternal } from './external-resources.js';
import {
  grantsResource,
  PermissionsGatherer,
  type ResourceHandler,
} from './permission-resources.js';
import {
  clusterResource,
  credentialResource,
  entitlementsResource,
  groupMemberResource,
  groupResource,
  registeredModelResource,
  ruleSetResource,
  secretResource,
  servicePrincipalResource,
  servingResource,
  tokenHandler,
} from './principal-resources.js';
import { SecretAclGatherer } from './secret-acl-resources.js';
import { readShown, readStateFile, type TerraformDocument } from './terraform-documents.js';
import { collectSecrets } from './terraform-secrets.js';

/** What is read, by the type of the resource. What is not here grants nothing in a workspace. */
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
  ['databricks_cluster', clusterResource],
  ['databricks_access_control_rule_set', ruleSetResource],
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
  for (const resource of document.resources) handlers.get(resource.type)?.(resource, context);
  permissions.finish(context);
  acls.finish(context);
}
