import * as z from 'zod';
import { checkShape, decodeSegment } from './check-shape.js';
import type { ReadContext, ServicesFileReader } from './file-reader.js';
import type { ListEntry } from './list-entries.js';
import { readGrant } from './read-entries.js';

const grants = z.looseObject({
  securable_type: z.string().optional(),
  full_name: z.string().min(1).optional(),
  privilege_assignments: z.array(z.unknown()).nullish(),
});

const credential = z.looseObject({
  name: z.string().min(1),
  purpose: z.string().nullish(),
  isolation_mode: z.string().nullish(),
});

const PATH = /^\/api\/2\.1\/unity-catalog\/(?:effective-)?permissions\/([\w-]+)\/([^/?]+)(?:\?|$)/;
const CREDENTIAL_TYPES: ReadonlySet<string> = new Set(['credential', 'service_credential']);

/**
 * Grants on an object of Unity Catalog, direct or effective. The answer does not say on which: that
 * is in its address, or beside it as `securable_type` and `full_name`.
 *
 * @source Databricks REST API reference, "Grants"
 */
export const grantsReader: ServicesFileReader = {
  kind: 'grants',
  detect: (value, path) =>
    (typeof value['securable_type'] === 'string' && typeof value['full_name'] === 'string') ||
    (path !== undefined && PATH.test(path)),
  read(value, context) {
    const { privilege_assignments, ...named } = checkShape(grants, value, context.name);
    const [, type = '', encoded = ''] = PATH.exec(context.path ?? '') ?? [];
    const entries = (privilege_assignments ?? []).flatMap((grant) => readGrant(grant));
    const name = named.full_name ?? decodeSegment(encoded, context.name);
    addGrants(context, named.securable_type ?? type, name, entries);
  },
};

/** One service credential, or the list of all. */
export const credentialsReader: ServicesFileReader = {
  kind: 'service-credentials',
  detect: (value) =>
    Array.isArray(value['credentials']) ||
    (typeof value['name'] === 'string' && 'purpose' in value && 'isolation_mode' in value),
  read(value, context) {
    const list = Array.isArray(value['credentials']) ? value['credentials'] : [value];
    for (const one of checkShape(z.array(credential), list, context.name)) {
      addCredential(context, one.name, one.purpose, one.isolation_mode);
    }
  },
};

/** Notes grants on an object, or that the vocabulary does not have its type. */
export function addGrants(
  { collector }: ReadContext,
  securableType: string,
  name: string,
  entries: readonly ListEntry[],
  workspace?: string,
): void {
  const type = securableType.toLowerCase();
  if (!CREDENTIAL_TYPES.has(type)) {
    collector.facts.unmodelled.push({ type, name, entries: entries.length });
    return;
  }
  const resource = collector.addResource('ServiceCredential', name);
  // Privileges do not include one another: each one that a principal has is an entry of its own.
  collector.addList(resource, entries, { duplicates: 'all', workspace });
}

/** Notes a service credential. One for storage has other privileges, and is not looked at. */
export function addCredential(
  { collector }: ReadContext,
  name: string,
  purpose: string | null | undefined,
  isolationMode: string | null | undefined,
): void {
  if (purpose === 'STORAGE') return;
  collector.addResource('ServiceCredential', name);
  collector.facts.serviceCredentials.push({
    name,
    open: isolationMode ? /(?:^|_)OPEN$/.test(isolationMode) : undefined,
  });
}
