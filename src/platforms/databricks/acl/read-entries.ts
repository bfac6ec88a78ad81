import { isPlainObject } from '../../../model/index.js';
import { ADMINS_GROUP, type Principal, principalFromName } from '../vocabulary/index.js';
import type { ListEntry } from './list-entries.js';
import { UNREADABLE_LEVEL } from './services-facts.js';

/** The members that name a principal, with what they name. */
const PRINCIPAL_FIELDS: readonly (readonly [field: string, kind: Principal['kind']])[] = [
  ['user_name', 'user'],
  ['group_name', 'group'],
  ['service_principal_name', 'service-principal'],
];

/**
 * The entries of an access control list, in the form of requests (`permission_level`) and in that
 * of answers (`all_permissions`).
 *
 * Every element yields at least one entry, so that the audit can report it. Exceptions: an empty
 * `all_permissions` grants nothing, and an inherited entry of `admins` without a level repeats what
 * administrators always have.
 *
 * @param missingLevel the level of an entry that names none
 * @source databricks-sdk-py 0.162: its enum of token levels lacks CAN_MANAGE, so that `admins` has
 *   no level in its output
 */
export function readAccessEntries(
  list: readonly unknown[],
  missingLevel: string = UNREADABLE_LEVEL,
): readonly ListEntry[] {
  return list.flatMap((entry): readonly ListEntry[] => {
    const fields = isPlainObject(entry) ? entry : {};
    const principal = principalOf(fields);
    const held = fields['all_permissions'];
    const hasLevel = isSet(fields['permission_level']);
    const own = hasLevel || !isSet(held) ? [{ principal, ...readLevel(fields, missingLevel) }] : [];
    if (!isSet(held)) return own;
    if (!Array.isArray(held)) return [...own, { principal, level: missingLevel }];
    const granted = held
      .map((permission): ListEntry => ({ principal, ...readLevel(permission, missingLevel) }))
      .filter((granted) => !isDefaultOfAdmins(granted, missingLevel));
    return [...own, ...granted];
  });
}

/** One ACL of a secret scope. */
export function readSecretAcl(item: unknown): ListEntry {
  const { principal, permission } = isPlainObject(item) ? item : {};
  return { principal: readPrincipalName(principal), level: readText(permission, UNREADABLE_LEVEL) };
}

/**
 * What Unity Catalog grants one principal: each privilege is an entry, by its name alone or, where
 * it is effective, with the object that it comes from.
 *
 * A principal that is deleted has an empty name, or none.
 *
 * @param missingLevel the level of a grant that names no privilege
 * @source Databricks REST API reference, "Grants"
 */
export function readGrant(
  grant: unknown,
  missingLevel: string = UNREADABLE_LEVEL,
): readonly ListEntry[] {
  const fields = isPlainObject(grant) ? grant : {};
  const principal = readPrincipalName(fields['principal']);
  const { privileges } = fields;
  if (!Array.isArray(privileges)) return [{ principal, level: missingLevel }];
  return privileges.map((privilege) => toEntry(principal, privilege, missingLevel));
}

/** Databricks writes privileges with spaces or with `_`, in either case. */
function toEntry(
  principal: Principal | undefined,
  written: unknown,
  missingLevel: string,
): ListEntry {
  const { privilege, inherited_from_name: from } = isPlainObject(written)
    ? written
    : { privilege: written, inherited_from_name: undefined };
  const name = readText(privilege, '').trim().replaceAll(' ', '_').toUpperCase();
  const level = name === '' ? missingLevel : name;
  if (typeof from !== 'string' || from === '') return { principal, level, inherited: false };
  return { principal, level, inherited: true, from };
}

function readLevel(permission: unknown, missingLevel: string): Omit<ListEntry, 'principal'> {
  const fields = isPlainObject(permission) ? permission : {};
  const { inherited, inherited_from_object: from } = fields;
  const level = readText(fields['permission_level'], missingLevel);
  if (inherited !== true) return { level, inherited: false };
  const objects = Array.isArray(from) ? from.filter((one) => typeof one === 'string') : [];
  return { level, inherited: true, ...(objects.length === 0 ? {} : { from: objects.join(', ') }) };
}

function isDefaultOfAdmins(
  { principal, level, inherited }: ListEntry,
  missingLevel: string,
): boolean {
  const isOfAdmins = principal?.kind === 'group' && principal.name === ADMINS_GROUP;
  return isOfAdmins && inherited === true && level === missingLevel;
}

/**
 * The principal that an entry names; undefined: it names none, several, or one that is not text.
 */
function principalOf(fields: Readonly<Record<string, unknown>>): Principal | undefined {
  // Terraform writes an empty string for what is not set.
  const named = PRINCIPAL_FIELDS.filter(([field]) => isSet(fields[field]));
  const [only, ...others] = named;
  if (only === undefined || others.length > 0) return undefined;
  const [field, kind] = only;
  const name = fields[field];
  return typeof name === 'string' ? { kind, name } : undefined;
}

function readPrincipalName(name: unknown): Principal | undefined {
  return typeof name === 'string' && name !== '' ? principalFromName(name) : undefined;
}

function readText(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}
