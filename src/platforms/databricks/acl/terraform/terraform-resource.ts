import { isPlainObject } from '../../../../model/index.js';

/** A resource of Terraform with its values, wherever they stand in a file. */
export interface TerraformResource {
  /** For example `module.staging.databricks_token.reader`. */
  readonly address: string;
  /** Whether Terraform only reads it. */
  readonly isData: boolean;
  readonly type: string;
  /** The same for resources of one workspace; undefined: the file does not say which one it is. */
  readonly workspace: string | undefined;
  /** The number of the workspace, if the file says it. */
  readonly workspaceId: string | undefined;
  readonly values: TerraformValues;
  /** `true` where the value at the same place is sensitive. */
  readonly sensitive: unknown;
  /** `true` where the value at the same place is known only after a plan is applied. */
  readonly unknown: unknown;
}

export type TerraformValues = Readonly<Record<string, unknown>>;

/** A text that is not empty: providers write an empty one for what is not set. */
export function textAt(values: TerraformValues, field: string): string | undefined {
  const value = values[field];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function numberAt(values: TerraformValues, field: string): number | undefined {
  const value = values[field];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function isTrueAt(values: TerraformValues, field: string): boolean {
  return values[field] === true;
}

/** Whether a value is known only after a plan is applied. */
export function isUnknownAt({ unknown }: TerraformResource, field: string): boolean {
  return isPlainObject(unknown) && Object.hasOwn(unknown, field) && unknown[field] === true;
}

/** The first of a block that is written as a list of at most one. */
export function blockAt(values: TerraformValues, field: string): TerraformValues | undefined {
  const value = values[field];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'object' && first !== null ? (first as TerraformValues) : undefined;
}
