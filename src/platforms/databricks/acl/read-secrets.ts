import * as z from 'zod';
import { checkShape } from './check-shape.js';
import type { ServicesFileReader } from './file-reader.js';
import { readSecretAcl } from './read-entries.js';

const acls = z.looseObject({
  scope: z.string().min(1).optional(),
  items: z.array(z.unknown()).nullish(),
});

const scopes = z.looseObject({
  scopes: z.array(z.looseObject({ name: z.string().min(1), backend_type: z.string().nullish() })),
});

const keys = z.looseObject({
  scope: z.string().min(1).optional(),
  secrets: z.array(z.looseObject({ key: z.string().min(1) })),
});

/**
 * The list of the ACLs of one scope, which does not say of which: `{ "scope": …, "items": […] }`,
 * or with the address that it was asked from.
 *
 * @source Databricks REST API reference, "Secrets"
 */
export const secretAclsReader: ServicesFileReader = {
  kind: 'secret-acls',
  detect: (value, path) =>
    ('items' in value && typeof value['scope'] === 'string') ||
    (path !== undefined && scopeIn(path, 'acls/list') !== undefined),
  read(value, { name, path, collector }) {
    const { items, scope } = checkShape(acls, value, name);
    const resource = collector.addResource('SecretScope', scope ?? scopeOf(path, 'acls/list'));
    const entries = (items ?? []).map(readSecretAcl);
    collector.addAcls(resource, { groups: [{ items: entries }], isCertain: true });
  },
};

/** The list of all scopes. */
export const secretScopesReader: ServicesFileReader = {
  kind: 'secret-scopes',
  detect: (value) => Array.isArray(value['scopes']),
  read(value, context) {
    for (const { name, backend_type } of checkShape(scopes, value, context.name).scopes) {
      context.collector.addResource('SecretScope', name, {
        backend: backend_type ?? 'DATABRICKS',
      });
    }
  },
};

/** The list of the keys of one scope. */
export const secretKeysReader: ServicesFileReader = {
  kind: 'secret-keys',
  detect: (value, path) =>
    Array.isArray(value['secrets']) &&
    (typeof value['scope'] === 'string' || scopeIn(path ?? '', 'list') !== undefined),
  read(value, { name, path, collector }) {
    const { secrets, scope } = checkShape(keys, value, name);
    const resource = collector.addResource('SecretScope', scope ?? scopeOf(path, 'list'));
    for (const { key } of secrets) collector.facts.secrets.push({ scope: resource.name, key });
  },
};

function scopeOf(path: string | undefined, call: string): string {
  // Detection saw that there is one.
  return scopeIn(path ?? '', call) as string;
}

function scopeIn(path: string, call: string): string | undefined {
  const [address, query = ''] = path.split('?', 2);
  if (address !== `/api/2.0/secrets/${call}`) return undefined;
  return new URLSearchParams(query).get('scope') || undefined;
}
