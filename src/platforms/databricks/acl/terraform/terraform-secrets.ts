import type { ReadContext } from '../file-reader.js';
import type { TerraformDocument } from './terraform-documents.js';
import type { TerraformResource } from './terraform-resource.js';

/** What the provider of Databricks keeps as it is in a state. */
const STORED: ReadonlyMap<string, { readonly attribute: string; readonly isToken: boolean }> =
  new Map([
    ['databricks_token', { attribute: 'token_value', isToken: true }],
    ['databricks_obo_token', { attribute: 'token_value', isToken: true }],
    ['databricks_secret', { attribute: 'string_value', isToken: false }],
    ['databricks_service_principal_secret', { attribute: 'secret', isToken: false }],
  ]);

/** Attributes that are secrets whatever a file marks: old versions of Terraform mark none. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'token_value',
  'token',
  'access_token',
  'refresh_token',
  'string_value',
  'bytes_value',
  'client_secret',
  'secret',
  'secret_value',
  'password',
  'private_key',
  'secret_access_key',
]);
const SECRET_ADDRESS = /(?:secret|password|token)(?:_value)?$/i;

/** Gives every secret of a file to be masked, and notes where the stored ones stand. */
export function collectSecrets(document: TerraformDocument, context: ReadContext): void {
  const { facts } = context.collector;
  for (const resource of [...document.resources, ...document.earlier]) {
    for (const [name, value] of Object.entries(resource.values)) {
      maskSensitive(name, value, memberOf(resource.sensitive, name), context);
    }
  }
  for (const resource of document.resources) {
    const stored = STORED.get(resource.type);
    if (stored !== undefined && isStored(resource, stored.attribute))
      facts.storedSecrets.push({ address: resource.address, ...stored });
  }
  for (const { address, value, sensitive } of document.others) {
    const isSecret = sensitive || (typeof value === 'string' && SECRET_ADDRESS.test(address));
    if (!isSecret || value === null || value === undefined) continue;
    addStrings(address, value, context);
    facts.storedSecrets.push({
      address,
      attribute: 'value',
      isToken: /token(?:_value)?$/i.test(address),
    });
  }
}

/** Whether the value is there, or will be once a plan is applied. */
function isStored({ values, unknown }: TerraformResource, attribute: string): boolean {
  return Boolean(values[attribute]) || memberOf(unknown, attribute) === true;
}

function maskSensitive(name: string, value: unknown, mark: unknown, context: ReadContext): void {
  if (mark === true || SECRET_NAMES.has(name)) {
    addStrings(name, value, context);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    maskSensitive(key, member, memberOf(mark, key), context);
  }
}

function addStrings(name: string, value: unknown, context: ReadContext): void {
  if (value === '') return;
  if (typeof value === 'string') context.addSecret({ name, value });
  else if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) addStrings(name, member, context);
  }
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
