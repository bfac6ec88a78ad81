/** A workspace of the chain. */
export type WorkspaceName = 'dev' | RemoteName;
/** A workspace whose registry others read. */
export type RemoteName = 'staging' | 'prod';

/** One workspace that reads the registry of another. */
export interface RegistryLink {
  readonly from: WorkspaceName;
  readonly to: RemoteName;
  /** The secret scope in `from`. */
  readonly scope: string;
  /** What its keys start with. */
  readonly prefix: string;
}

/**
 * The links, and what they are called. @source Terraform module
 * `mlops-azure-infrastructure-with-sp-linking`, `main.tf`
 */
export const REGISTRY_LINKS: readonly RegistryLink[] = Object.freeze([
  link('dev', 'staging', 'remote-mr-staging', 'staging'),
  link('dev', 'prod', 'remote-mr-prod', 'prod'),
  link('staging', 'prod', 'remote-mr-prod', 'prod'),
]);

/** The group of the service principals that may have tokens. */
export const SERVICE_PRINCIPAL_GROUP = 'mlops-service-principals';
/** The model that stands for the whole registry. */
export const REGISTRY_ROOT = 'root';
/** What the service principals are called that are made. */
export const READER_NAME = 'READ-only Model Registry Service Principal';
/** The life of a token: 100 days. */
export const TOKEN_LIFETIME_SECONDS = 8_640_000;
/** How long before its end a token is made anew: 14 days. */
export const RENEW_WITHIN_SECONDS: number = 14 * 24 * 60 * 60;

/** What a secret of a link holds, by the end of its key. */
export type SecretPart = 'workspace-id' | 'host' | 'token';

/**
 * The key of a secret.
 *
 * @example
 * secretKey('staging', 'workspace-id') // 'staging-workspace-id'
 */
export function secretKey(prefix: string, part: SecretPart): string {
  return `${prefix}-${part}`;
}

/** The links to a registry, by the workspace that reads it. */
export function linksTo(remote: RemoteName): readonly RegistryLink[] {
  return REGISTRY_LINKS.filter(({ to }) => to === remote);
}

/** What the links are called, for those who use them. Names of the module's outputs. */
export interface LinkOutputs {
  readonly dev_secret_scope_name_for_staging: string;
  readonly dev_secret_scope_name_for_prod: string;
  readonly staging_secret_scope_name_for_prod: string;
  readonly dev_secret_scope_prefix_for_staging: string;
  readonly dev_secret_scope_prefix_for_prod: string;
  readonly staging_secret_scope_prefix_for_prod: string;
  readonly service_principal_group_name: string;
}

const [DEV_STAGING, DEV_PROD, STAGING_PROD] = REGISTRY_LINKS as readonly [
  RegistryLink,
  RegistryLink,
  RegistryLink,
];

/**
 * The outputs of the module. A registry is read as `databricks://<scope>:<prefix>`.
 *
 * @source Terraform module `mlops-azure-infrastructure-with-sp-linking`, "Outputs"
 */
export const LINK_OUTPUTS: LinkOutputs = Object.freeze({
  dev_secret_scope_name_for_staging: DEV_STAGING.scope,
  dev_secret_scope_name_for_prod: DEV_PROD.scope,
  staging_secret_scope_name_for_prod: STAGING_PROD.scope,
  dev_secret_scope_prefix_for_staging: DEV_STAGING.prefix,
  dev_secret_scope_prefix_for_prod: DEV_PROD.prefix,
  staging_secret_scope_prefix_for_prod: STAGING_PROD.prefix,
  service_principal_group_name: SERVICE_PRINCIPAL_GROUP,
});

function link(from: WorkspaceName, to: RemoteName, scope: string, prefix: string): RegistryLink {
  return Object.freeze({ from, to, scope, prefix });
}
