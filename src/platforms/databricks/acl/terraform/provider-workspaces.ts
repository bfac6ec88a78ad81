import { isPlainObject } from '../../../../model/index.js';

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
