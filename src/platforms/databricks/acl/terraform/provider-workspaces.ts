import { isPlainObject } from '../../../../model/index.js';
import { blockAt, type TerraformResource, textAt } from './terraform-resource.js';

/** The parts of a plan's configuration that say which provider a resource has. */
export interface PlanConfiguration {
  readonly provider_config?:
    | Readonly<Record<string, { readonly expressions?: unknown }>>
    | null
    | undefined;
  readonly root_module?: ModuleConfiguration | null | undefined;
}

interface ModuleConfiguration {
  readonly resources?: readonly ConfiguredResource[] | null | undefined;
  readonly module_calls?:
    | Readonly<Record<string, { readonly module?: ModuleConfiguration | null | undefined }>>
    | null
    | undefined;
}

interface ConfiguredResource {
  /** Within its module. */
  readonly address: string;
  readonly provider_config_key?: string | null | undefined;
}

/** The workspace of a resource by its address; undefined where a file does not tell it. */
export type WorkspaceFinder = (address: string) => string | undefined;

/**
 * What a plan says of workspaces: the configuration of the provider that each resource has, by its
 * host where that is written out.
 *
 * A configuration that a module has of its own tells nothing: two of them can be of one workspace.
 *
 * @source Terraform documentation, "JSON Output Format", configuration representation:
 *   `provider_config_key`
 */
export function workspacesOfPlan(plan: PlanConfiguration | null | undefined): WorkspaceFinder {
  const keys = new Map<string, string>();
  const open: (readonly [path: string, module: ModuleConfiguration])[] = [];
  if (plan?.root_module) open.push(['', plan.root_module]);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [path, { resources: own, module_calls }] = next;
    for (const { address, provider_config_key: key } of own ?? []) {
      if (key && !key.includes(':')) keys.set(path + address, key);
    }
    for (const [name, { module }] of Object.entries(module_calls ?? {})) {
      if (module) open.push([`${path}module.${name}.`, module]);
    }
  }
  const hosts = new Map(
    Object.entries(plan?.provider_config ?? {}).flatMap(([key, { expressions }]) => {
      const host = memberOf(memberOf(expressions, 'host'), 'constant_value');
      return typeof host === 'string' && host !== '' ? [[key, hostName(host)]] : [];
    }),
  );
  return (address) => {
    const key = keys.get(withoutIndexes(address));
    return key === undefined ? undefined : (hosts.get(key) ?? key);
  };
}

/** What a state file says of the workspace of a resource, by the same rules. */
export function workspaceOfState(provider: string | null | undefined): string | undefined {
  return provider && /^provider\["[^"]{1,300}"\](?:\.[\w-]{1,300})?$/.test(provider)
    ? provider
    : undefined;
}

/**
 * The number of the workspace that a resource says it is of, as a list of one object or as an
 * object.
 *
 * @source terraform-provider-databricks 1.128.0, `provider_config` of the resources of a workspace;
 *   1.114.0 and resources of the plugin framework write the object
 */
export function workspaceIdOf(values: unknown): string | undefined {
  const config = isPlainObject(values) ? blockAt(values, 'provider_config') : undefined;
  const id = config === undefined ? undefined : textAt(config, 'workspace_id');
  return id !== undefined && /^\d{1,20}$/.test(id) ? id : undefined;
}

/**
 * Resources with the workspace that each one says it is of, before its provider's configuration.
 *
 * A resource without a number is of the workspace of the others of its configuration. If these are
 * of several workspaces, as below an account, it is not known which one is meant.
 *
 * @param others say more of configurations
 */
export function numberWorkspaces(
  resources: readonly TerraformResource[],
  others: readonly TerraformResource[] = [],
): readonly TerraformResource[] {
  const numbers = new Map<string, Set<string>>();
  for (const { workspace, workspaceId } of [...resources, ...others]) {
    if (workspace === undefined || workspaceId === undefined) continue;
    const known = numbers.get(workspace);
    if (known === undefined) numbers.set(workspace, new Set([workspaceId]));
    else known.add(workspaceId);
  }
  return resources.map((resource) => {
    const { workspace, workspaceId } = resource;
    const [other, second] = workspace === undefined ? [] : (numbers.get(workspace) ?? []);
    if (workspaceId === undefined && second !== undefined) {
      return { ...resource, workspace: undefined };
    }
    const number = workspaceId ?? other;
    return number === undefined ? resource : { ...resource, workspace: `workspace ${number}` };
  });
}

/**
 * The module that a resource stands in, without indexes; empty: the root module.
 *
 * All instances of a module have the same providers, and so the same workspaces.
 *
 * @example
 * moduleOf('module.link["dev"].databricks_permissions.root') // 'module.link.'
 */
export function moduleOf(address: string): string {
  return /^(?:module\.[^.]+\.)*/.exec(withoutIndexes(address))?.[0] ?? '';
}

function withoutIndexes(address: string): string {
  return address.replace(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g, '');
}

function memberOf(value: unknown, key: string): unknown {
  return isPlainObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function hostName(host: string): string {
  return `host ${host
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/[/?#].*$/, '')}`;
}
