import { z } from 'zod';
import { checkShape } from './check-shape.js';
import type { ServicesFileReader } from './file-reader.js';

const prefix = z.string().nullish();
const spec = z.looseObject({
  name: z.string().min(1).optional(),
  table_name: z.string().min(1).optional(),
  read_secret_prefix: prefix,
  write_secret_prefix: prefix,
});

/**
 * Specifications of online stores: one, or several in `online_stores`. A prefix is a scope and the start of its keys:
 * `scope/prefix`.
 *
 * @source Databricks documentation, "Authentication for working with online stores"
 */
export const onlineStoresReader: ServicesFileReader = {
  kind: 'online-stores',
  detect: (value) =>
    Array.isArray(value['online_stores']) ||
    'read_secret_prefix' in value ||
    'write_secret_prefix' in value,
  read(value, { name: file, collector }) {
    const list = Array.isArray(value['online_stores']) ? value['online_stores'] : [value];
    for (const one of checkShape(z.array(spec), list, file)) {
      const name = one.name ?? one.table_name ?? file;
      collector.addResource('OnlineStore', name);
      collector.facts.onlineStores.push({
        name,
        readPrefix: one.read_secret_prefix || undefined,
        writePrefix: one.write_secret_prefix || undefined,
      });
    }
  },
};

/** The scope in `scope/prefix`. */
export function scopeOfPrefix(prefix: string): string {
  const slash = prefix.lastIndexOf('/');
  return slash < 0 ? prefix : prefix.slice(0, slash);
}
