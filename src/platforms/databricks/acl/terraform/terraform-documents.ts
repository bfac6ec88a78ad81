import * as z from 'zod';
import { ConfigInvalidError, isPlainObject } from '../../../../model/index.js';
import { checkShape } from '../check-shape.js';
import {
  numberWorkspaces,
  type WorkspaceFinder,
  workspaceIdOf,
  workspaceOfState,
  workspacesOfPlan,
} from './provider-workspaces.js';
import type { TerraformResource } from './terraform-resource.js';

const resource = z.looseObject({
  address: z.string(),
  mode: z.string().nullish(),
  type: z.string(),
  values: z.record(z.string(), z.unknown()).nullish(),
  sensitive_values: z.unknown().optional(),
});

const output = z.looseObject({ sensitive: z.boolean().nullish(), value: z.unknown().optional() });

// A getter, because modules hold modules. The depth of the file was checked before.
const terraformModule = z.looseObject({
  resources: z.array(resource).nullish(),
  get child_modules() {
    return z.array(terraformModule).nullish();
  },
});

const values = z.looseObject({
  outputs: z.record(z.string(), output).nullish(),
  root_module: terraformModule.nullish(),
});

const change = z.looseObject({
  address: z.string(),
  mode: z.string().nullish(),
  type: z.string(),
  change: z.looseObject({
    before: z.unknown().optional(),
    after: z.unknown().optional(),
    after_unknown: z.unknown().optional(),
    before_sensitive: z.unknown().optional(),
    after_sensitive: z.unknown().optional(),
  }),
});

const calledModule = z.looseObject({
  resources: z
    .array(z.looseObject({ address: z.string(), provider_config_key: z.string().nullish() }))
    .nullish(),
  get module_calls() {
    return z.record(z.string(), z.looseObject({ module: calledModule.nullish() })).nullish();
  },
});

const configuration = z.looseObject({
  provider_config: z
    .record(z.string(), z.looseObject({ expressions: z.unknown().optional() }))
    .nullish(),
  root_module: calledModule
    .extend({
      variables: z
        .record(z.string(), z.looseObject({ sensitive: z.boolean().nullish() }))
        .nullish(),
    })
    .nullish(),
});

const shown = z.looseObject({
  values: values.nullish(),
  planned_values: values.nullish(),
  prior_state: z.looseObject({ values: values.nullish() }).nullish(),
  resource_changes: z.array(change).nullish(),
  resource_drift: z.array(change).nullish(),
  errored: z.boolean().nullish(),
  variables: z.record(z.string(), z.looseObject({ value: z.unknown().optional() })).nullish(),
  configuration: configuration.nullish(),
});

const stateFile = z.looseObject({
  outputs: z.record(z.string(), output).nullish(),
  resources: z.array(
    z.looseObject({
      module: z.string().nullish(),
      mode: z.string().nullish(),
      type: z.string(),
      name: z.string(),
      provider: z.string().nullish(),
      instances: z.array(
        z.looseObject({
          index_key: z.union([z.string(), z.number()]).nullish(),
          attributes: z.record(z.string(), z.unknown()).nullish(),
          sensitive_attributes: z.unknown().optional(),
        }),
      ),
    }),
  ),
});

/** A value that is not part of a resource: an output or a variable. */
export interface TerraformValue {
  readonly address: string;
  readonly value: unknown;
  readonly sensitive: boolean;
}

/** What a Terraform file says, without its form. */
export interface TerraformDocument {
  /** As they are, or as they will be once a plan is applied. */
  readonly resources: readonly TerraformResource[];
  /**
   * What else stands in the file: as it was before, and as it changed. Looked at for secrets only.
   */
  readonly earlier: readonly TerraformResource[];
  readonly others: readonly TerraformValue[];
}

/**
 * What `terraform show -json` writes of a state or of a plan.
 *
 * @source Terraform documentation, "JSON Output Format", format versions 0.1 to 1.x
 * @throws ConfigInvalidError when it has another form, or is a plan that failed
 */
export function readShown(value: unknown, file: string): TerraformDocument {
  const document = checkShape(shown, value, file);
  const { planned_values, prior_state, resource_changes, resource_drift, errored } = document;
  if (errored === true) throw new ConfigInvalidError('is a failed plan', { file });
  const changes = resource_changes ?? [];
  const unknown = new Map(changes.map((one) => [one.address, one.change.after_unknown]));
  const workspaceOf = workspacesOfPlan(document.configuration);
  const whole = document.values ?? planned_values;
  const after = changes.map((one) => changed(one, 'after', workspaceOf(one.address)));
  const prior = resourcesOf(prior_state?.values?.root_module, new Map(), workspaceOf);
  const resources = whole
    ? resourcesOf(whole.root_module, unknown, workspaceOf)
    : after.filter(hasValues);
  return {
    resources: numberWorkspaces(resources, prior),
    earlier: [
      ...prior,
      ...(whole ? after : []),
      ...[...changes, ...(resource_drift ?? [])].map((one) => changed(one, 'before')),
    ],
    others: [
      ...outputsOf(whole?.outputs),
      ...outputsOf(prior_state?.values?.outputs),
      ...variablesOf(document),
    ],
  };
}

/**
 * A state file of Terraform, as it lies in a backend.
 *
 * @throws ConfigInvalidError when it has another form
 */
export function readStateFile(value: unknown, file: string): TerraformDocument {
  const { resources, outputs } = checkShape(stateFile, value, file);
  return {
    resources: numberWorkspaces(
      resources.flatMap(({ module, mode, type, name, provider, instances }) =>
        instances.map(({ index_key, attributes, sensitive_attributes }) => {
          const index =
            index_key === null || index_key === undefined ? '' : JSON.stringify(index_key);
          return {
            address:
              [module, mode === 'data' ? 'data' : '', type, name].filter(Boolean).join('.') +
              (index === '' ? '' : `[${index}]`),
            isData: mode === 'data',
            type,
            workspace: workspaceOfState(provider),
            workspaceId: workspaceIdOf(attributes),
            values: attributes ?? {},
            sensitive: marksOf(sensitive_attributes, attributes),
            unknown: undefined,
          };
        }),
      ),
    ),
    earlier: [],
    others: outputsOf(outputs),
  };
}

/**
 * Marks of a state file as `show -json` writes them: `true` where a path ends.
 *
 * Shape: a path is an array of steps, each with the name of an attribute or an index as `value`. A
 * step of any other form, as into a set, marks the whole attribute before it.
 *
 * @source Terraform, `internal/states/statefile/version4.go`: `sensitive_attributes`
 */
function marksOf(paths: unknown, attributes: unknown): unknown {
  const root: Record<string, unknown> = Object.create(null);
  for (const path of Array.isArray(paths) ? paths : []) {
    const steps = (Array.isArray(path) ? path : []).map(stepOf);
    const end = steps.indexOf(undefined);
    const written = (end < 0 ? steps : steps.slice(0, end)) as readonly string[];
    const names = pathIn(attributes, written);
    if (names.length === 0) return true;
    let at = root;
    for (const [index, name] of names.entries()) {
      const next = at[name];
      if (next === true) break;
      if (index === names.length - 1) at[name] = true;
      else {
        const inner = (next ?? Object.create(null)) as Record<string, unknown>;
        at[name] = inner;
        at = inner;
      }
    }
  }
  return root;
}

/**
 * A path with the step into `value` where the state holds an attribute of any type as its value
 * beside its type. The steps of Terraform leave that out.
 */
function pathIn(attributes: unknown, names: readonly string[]): readonly string[] {
  const path: string[] = [];
  let held = attributes;
  const enter = (name: string): void => {
    path.push(name);
    held = isPlainObject(held) || Array.isArray(held) ? Reflect.get(held, name) : undefined;
  };
  for (const name of names) {
    if (isPlainObject(held) && 'type' in held && 'value' in held && !Object.hasOwn(held, name)) {
      enter('value');
    }
    enter(name);
  }
  return path;
}

function stepOf(step: unknown): string | undefined {
  const value: unknown = isPlainObject(step) ? step['value'] : undefined;
  // An index is a value with its type.
  const plain: unknown = isPlainObject(value) ? value['value'] : value;
  return typeof plain === 'string' || typeof plain === 'number' ? String(plain) : undefined;
}

function resourcesOf(
  root: z.output<typeof terraformModule> | null | undefined,
  unknown: ReadonlyMap<string, unknown>,
  workspaceOf: WorkspaceFinder,
): readonly TerraformResource[] {
  const found: TerraformResource[] = [];
  const open = [root];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const one of next.resources ?? []) {
      const { address, mode, type, values: held, sensitive_values } = one;
      found.push({
        address,
        isData: mode === 'data',
        type,
        workspace: workspaceOf(address),
        workspaceId: workspaceIdOf(held),
        values: held ?? {},
        sensitive: sensitive_values,
        unknown: unknown.get(address),
      });
    }
    for (const child of next.child_modules ?? []) open.push(child);
  }
  return found;
}

function changed(
  { address, mode, type, change: { before, after, ...marks } }: z.output<typeof change>,
  side: 'before' | 'after',
  workspace?: string,
): TerraformResource {
  const held = side === 'before' ? before : after;
  return {
    address,
    isData: mode === 'data',
    type,
    workspace,
    workspaceId: workspaceIdOf(held),
    values: isPlainObject(held) ? held : {},
    sensitive: marks[`${side}_sensitive`],
    unknown: side === 'after' ? marks.after_unknown : undefined,
  };
}

function hasValues({ values: held }: TerraformResource): boolean {
  return Object.keys(held).length > 0;
}

function outputsOf(
  outputs: Readonly<Record<string, z.output<typeof output>>> | null | undefined,
): readonly TerraformValue[] {
  return Object.entries(outputs ?? {}).map(([name, { value, sensitive }]) => ({
    address: `output.${name}`,
    value,
    sensitive: sensitive === true,
  }));
}

function variablesOf({
  variables,
  configuration,
}: z.output<typeof shown>): readonly TerraformValue[] {
  const declared = new Map(Object.entries(configuration?.root_module?.variables ?? {}));
  return Object.entries(variables ?? {}).map(([name, { value }]) => ({
    address: `var.${name}`,
    value,
    sensitive: declared.get(name)?.sensitive === true,
  }));
}
