import { isPlainObject } from '../model/index.js';
import type { PermissionReference, ResourceReference } from './references.js';

/** What a record of a decision log says of one decision. */
export interface RecordedDecision {
  readonly timestamp: string;
  readonly actions: readonly string[];
  readonly resource: ResourceReference;
  readonly allowed: boolean;
  /** The permissions that granted, as far as the record names them. */
  readonly granting: readonly PermissionReference[];
  /** Whether more permissions decided than the record names. */
  readonly isCut: boolean;
}

/** Longest name, in UTF-16 code units. Longer ones are not of a gate of this package. */
const MAX_NAME = 16_384;
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/**
 * Reads what `createDecisionLog` wrote.
 *
 * @returns null: a request that was refused before a decision
 * @throws TypeError if it is not such a record
 */
export function readDecisionRecord(value: unknown): RecordedDecision | null {
  const { path, event_type, timestamp, input, result } = objectAt(value, 'the record');
  if (event_type !== undefined) {
    throw new TypeError(
      'a record in the shape of Feast does not list permissions: use shape `opa`',
    );
  }
  if (path === 'feast_permissions/refusal') return null;
  if (path !== 'feast_permissions/decision') throw invalid('path', 'a record of this package');
  if (typeof timestamp !== 'string' || !TIMESTAMP.test(timestamp)) {
    throw invalid('timestamp', 'a time in UTC');
  }
  const { actions, resource } = objectAt(input, 'input');
  const { allowed, permissions, permission_count: count } = objectAt(result, 'result');
  if (typeof allowed !== 'boolean') throw invalid('result.allowed', 'a boolean');
  const named = arrayAt(permissions, 'result.permissions').map(readPermission);
  if (typeof count !== 'number' || !(count >= named.length)) {
    throw invalid('result.permission_count', 'at least the number of permissions');
  }
  const { type, ...reference } = objectAt(resource, 'input.resource');
  return {
    timestamp,
    actions: arrayAt(actions, 'input.actions').map((action) => nameAt(action, 'input.actions')),
    resource: { ...readReference(reference, 'input.resource'), type: nameAt(type, 'type') },
    allowed,
    granting: named.filter(({ granted }) => granted),
    isCut: count > named.length,
  };
}

function readPermission(value: unknown): PermissionReference & { readonly granted: boolean } {
  const { granted, ...reference } = objectAt(value, 'result.permissions');
  if (typeof granted !== 'boolean') throw invalid('result.permissions.granted', 'a boolean');
  return { ...readReference(reference, 'result.permissions'), granted };
}

function readReference(
  { project, name }: Readonly<Record<string, unknown>>,
  at: string,
): PermissionReference {
  return {
    project: project === null ? null : nameAt(project, `${at}.project`),
    name: nameAt(name, `${at}.name`),
  };
}

function objectAt(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (!isPlainObject(value)) throw invalid(at, 'an object');
  return value;
}

function arrayAt(value: unknown, at: string): readonly unknown[] {
  if (!Array.isArray(value)) throw invalid(at, 'an array');
  return value;
}

function nameAt(value: unknown, at: string): string {
  if (typeof value !== 'string' || value.length > MAX_NAME) throw invalid(at, 'a name');
  return value;
}

function invalid(at: string, expected: string): TypeError {
  return new TypeError(`\`${at}\` must be ${expected}`);
}
