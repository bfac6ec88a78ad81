export const STAGING = '7f3a1c52-0d4e-4b8f-9a61-2c5d7e8f9011';
export const PROD = '7f3a1c52-0d4e-4b8f-9a61-2c5d7e8f9022';
export const REMOTES = {
  staging: { host: 'https://adb-2.azuredatabricks.net', workspaceId: '2002' },
  prod: { host: 'https://adb-3.azuredatabricks.net', workspaceId: '3003' },
} as const;
export const MADE_AT: number = Date.UTC(2026, 0, 1);

const LIFETIME_SECONDS = 8_640_000;
const PROVIDER = 'provider["registry.terraform.io/databricks/databricks"]';
const GROUP = 'mlops-service-principals';

type Remote = keyof typeof REMOTES;

/** A resource as `terraform show -json` writes it. */
export interface StateResource {
  readonly address: string;
  readonly mode: 'managed' | 'data';
  readonly type: string;
  readonly name: string;
  readonly provider_name: string;
  readonly schema_version: number;
  readonly values: Readonly<Record<string, unknown>>;
  readonly sensitive_values: Readonly<Record<string, unknown>>;
}

export interface ModuleWorld {
  readonly remotes?: Readonly<
    Record<Remote, { readonly host: string; readonly workspaceId: string }>
  >;
  /** When the tokens were made, in milliseconds since 1970. */
  readonly madeAt?: number;
}

function resource(
  address: string,
  values: StateResource['values'],
  sensitive: StateResource['sensitive_values'] = {},
): StateResource {
  const [name = '', type = '', before] = address.split('.').reverse();
  return {
    address,
    mode: before === 'data' ? 'data' : 'managed',
    type,
    name: name.replace(/\[.*$/, ''),
    provider_name: `registry.terraform.io/${type === 'external' ? 'hashicorp/external' : 'databricks/databricks'}`,
    schema_version: 0,
    values,
    sensitive_values: sensitive,
  };
}

const entry = (values: Readonly<Record<string, string>>) => ({
  user_name: '',
  group_name: '',
  service_principal_name: '',
  ...values,
});

function remoteResources(remote: Remote, madeAt: number): readonly StateResource[] {
  const groupId = remote === 'staging' ? '501' : '502';
  const use = [entry({ group_name: GROUP, permission_level: 'CAN_USE' })];
  return [
    resource(`databricks_group.${remote}_sp_group`, {
      id: groupId,
      display_name: GROUP,
      allow_cluster_create: false,
    }),
    resource(`databricks_permissions.${remote}_token_usage`, {
      id: '/authorization/tokens',
      object_type: 'tokens',
      authorization: 'tokens',
      registered_model_id: '',
      access_control: use,
    }),
    resource(
      `databricks_token.${remote}_sp_token`,
      {
        id: `id-of-${remote}`,
        comment: 'PAT on behalf of a service principal',
        lifetime_seconds: LIFETIME_SECONDS,
        creation_time: madeAt,
        expiry_time: madeAt + LIFETIME_SECONDS * 1000,
        token_value: `dapi-value-of-${remote}`,
      },
      { token_value: true },
    ),
  ];
}

function principalResources(remote: Remote, applicationId: string): readonly StateResource[] {
  const [id, groupId] = remote === 'staging' ? ['9001', '501'] : ['9002', '502'];
  const at = `module.link_${remote}_sp`;
  return [
    resource(`${at}.databricks_service_principal.sp`, {
      id,
      application_id: applicationId,
      display_name: 'READ-only Model Registry Service Principal',
      allow_cluster_create: true,
      active: true,
    }),
    resource(`${at}.databricks_group_member.add_sp_to_group`, {
      id: `${groupId}|${id}`,
      group_id: groupId,
      member_id: id,
    }),
    resource(
      `${at}.data.external.token`,
      {
        id: '-',
        program: ['python', './get-aad-token.py'],
        query: { client_id: applicationId, client_secret: `aad-secret-of-${remote}` },
        result: { token: `aad-token-of-${remote}` },
      },
      { query: { client_secret: true } },
    ),
  ];
}

function linkResources(
  from: string,
  to: Remote,
  applicationId: string,
  { host, workspaceId }: { readonly host: string; readonly workspaceId: string },
): readonly StateResource[] {
  const at = `module.remote_model_registry_${from}_to_${to}`;
  const scope = `remote-mr-${to}`;
  const secret = (part: string, value: string): StateResource =>
    resource(
      `${at}.databricks_secret.remote_${part.replace('-', '_')}`,
      { id: `${scope}|||${to}-${part}`, scope, key: `${to}-${part}`, string_value: value },
      { string_value: true },
    );
  return [
    resource(`${at}.databricks_secret_scope.local_secret_scope`, {
      id: scope,
      name: scope,
      backend_type: 'DATABRICKS',
      initial_manage_principal: null,
      keyvault_metadata: [],
    }),
    secret('workspace-id', workspaceId),
    secret('host', host),
    secret('token', `dapi-value-of-${to}`),
    resource(`${at}.databricks_secret_acl.local_secret_scope_acl["users"]`, {
      id: `${scope}|||users`,
      scope,
      principal: 'users',
      permission: 'READ',
    }),
    resource(`${at}.databricks_permissions.remote_model_registry_permissions`, {
      id: '/registered-models/root',
      object_type: 'registered-model',
      registered_model_id: 'root',
      authorization: '',
      access_control: [
        entry({ service_principal_name: applicationId, permission_level: 'CAN_READ' }),
      ],
    }),
  ];
}

/**
 * What the public module leaves in its state: root three times, a list of token users for each
 * remote, `users` alone in ACLs.
 */
export function moduleResources(world: ModuleWorld = {}): readonly StateResource[] {
  const { remotes = REMOTES, madeAt = MADE_AT } = world;
  return [
    ...remoteResources('staging', madeAt),
    ...remoteResources('prod', madeAt),
    ...principalResources('staging', STAGING),
    ...principalResources('prod', PROD),
    ...linkResources('dev', 'staging', STAGING, remotes.staging),
    ...linkResources('dev', 'prod', PROD, remotes.prod),
    ...linkResources('staging', 'prod', PROD, remotes.prod),
  ];
}

/** Changes values of the resources of a type. */
export function withValues(
  resources: readonly StateResource[],
  type: string,
  change: (values: StateResource['values'], address: string) => StateResource['values'],
): readonly StateResource[] {
  return resources.map((one) =>
    one.type === type
      ? { ...one, values: { ...one.values, ...change(one.values, one.address) } }
      : one,
  );
}

/** `terraform show -json`, with the resources of each module in it. */
export function shownState(resources: readonly StateResource[]): unknown {
  const modules = new Map<string, StateResource[]>();
  for (const one of resources) {
    const [module = ''] = /^module\.[^.]+/.exec(one.address) ?? [];
    modules.set(module, [...(modules.get(module) ?? []), one]);
  }
  return {
    format_version: '1.0',
    terraform_version: '1.11.4',
    values: {
      outputs: {},
      root_module: {
        resources: modules.get('') ?? [],
        child_modules: [...modules]
          .filter(([address]) => address !== '')
          .map(([address, own]) => ({ address, resources: own })),
      },
    },
  };
}

/** The workspace that each resource of the module is in. */
export function workspaceOf({ address, type }: StateResource): string {
  const [, from = '', to = ''] = /registry_(\w+)_to_(\w+)/.exec(address) ?? [];
  if (from !== '') return type === 'databricks_permissions' ? to : from;
  return address.includes('staging') ? 'staging' : 'prod';
}

/**
 * @param aliasOf the workspaces, where the file says them; the same resources as a state file in a
 *   backend
 */
export function stateFile(
  resources: readonly StateResource[],
  aliasOf?: (resource: StateResource) => string,
): unknown {
  return {
    version: 4,
    terraform_version: '1.11.4',
    serial: 1,
    lineage: 'a',
    outputs: {},
    resources: resources.map((one) => {
      const { address, mode, type, name, values } = one;
      const [module] = /^module\.[^.]+/.exec(address) ?? [];
      return {
        ...(module === undefined ? {} : { module }),
        mode,
        type,
        name,
        ...(aliasOf === undefined ? {} : { provider: `${PROVIDER}.${aliasOf(one)}` }),
        instances: [{ schema_version: 0, attributes: values }],
      };
    }),
  };
}
