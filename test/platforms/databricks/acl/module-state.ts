import { readFileSync } from 'node:fs';
import { fixturePath } from './read-fixture.js';

/** A resource as `terraform show -json` writes it. */
interface Shown {
  readonly address: string;
  readonly mode: string;
  readonly type: string;
  readonly name: string;
  readonly index?: string | number;
  readonly values: Readonly<Record<string, unknown>>;
}

interface ShownModule {
  readonly address?: string;
  readonly resources: readonly Shown[];
  readonly child_modules?: readonly ShownModule[];
}

interface ShownState {
  readonly values: { readonly root_module: ShownModule };
}

/**
 * What `terraform show -json` writes of the state of the public module that links model registries.
 */
export function moduleState(): ShownState {
  const path = fixturePath('registry-links-module-state.json');
  return JSON.parse(readFileSync(path, 'utf8')) as ShownState;
}

/** The alias of the provider that the module gives a resource. */
function aliasOf({ address, type, name }: Shown): string {
  const link = /remote_model_registry_([a-z]+)_to_([a-z]+)/.exec(address);
  if (link !== null) return link[type === 'databricks_permissions' ? 2 : 1] ?? '';
  const [workspace = ''] = /staging|prod/.exec(address) ?? [];
  return name.endsWith('sp_token') ? `${workspace}_sp` : workspace;
}

function allOf({ resources, child_modules = [] }: ShownModule): readonly Shown[] {
  return [...resources, ...child_modules.flatMap(allOf)];
}

/** The same state as it lies in a backend, which says the provider of each resource. */
export function moduleStateFile(): unknown {
  return {
    version: 4,
    terraform_version: '1.11.4',
    resources: allOf(moduleState().values.root_module).map((one) => {
      const [module] = /^module\.[a-z_]+/.exec(one.address) ?? [];
      return {
        ...(module === undefined ? {} : { module }),
        mode: one.mode,
        type: one.type,
        name: one.name,
        provider:
          one.type === 'external'
            ? 'provider["registry.terraform.io/hashicorp/external"]'
            : `provider["registry.terraform.io/databricks/databricks"].${aliasOf(one)}`,
        instances: [{ attributes: one.values, index_key: one.index ?? null }],
      };
    }),
  };
}

/** A plan that changes nothing of it; its configuration says the provider of each resource. */
export function modulePlan(): unknown {
  const { values } = moduleState();
  const { root_module: root } = values;
  const configured = ({ resources }: ShownModule): readonly object[] =>
    resources.map((one) => ({
      address: [...(one.mode === 'data' ? ['data'] : []), one.type, one.name].join('.'),
      provider_config_key: one.type === 'external' ? 'external' : `databricks.${aliasOf(one)}`,
    }));
  const calls = (root.child_modules ?? []).map((module) => [
    module.address?.replace('module.', '') ?? '',
    { module: { resources: configured(module) } },
  ]);
  return {
    format_version: '1.2',
    planned_values: values,
    configuration: {
      root_module: { resources: configured(root), module_calls: Object.fromEntries(calls) },
    },
  };
}
