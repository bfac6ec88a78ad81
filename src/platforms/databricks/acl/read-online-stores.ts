import * as z from 'zod';
import { checkShape } from './check-shape.js';
import type { ServicesFileReader } from './file-reader.js';

const text = z.string().nullish();
const profiles = z.looseObject({ lookup: text, publish: text }).nullish();
const spec = z.looseObject({
  name: z.string().min(1).optional(),
  table_name: z.string().min(1).optional(),
  tableName: z.string().min(1).optional(),
  provider: text,
  region: text,
  host: text,
  endpoint: text,
  tls: z.union([z.boolean(), z.looseObject({})]).nullish(),
  read_secret_prefix: text,
  write_secret_prefix: text,
  instance_profiles: profiles,
  readSecretPrefix: text,
  writeSecretPrefix: text,
  instanceProfiles: profiles,
});

/** What tells a store: as Databricks writes it, and as an `OnlineStore` does. */
const FIELDS = [
  'read_secret_prefix',
  'write_secret_prefix',
  'instance_profiles',
  'readSecretPrefix',
  'writeSecretPrefix',
  'instanceProfiles',
];

/**
 * Specifications of online stores: one, or several in `online_stores`. A prefix is a scope and the
 * start of its keys: `scope/prefix`.
 *
 * @source Databricks documentation, "Authentication for working with online stores"
 */
export const onlineStoresReader: ServicesFileReader = {
  kind: 'online-stores',
  detect: (value) =>
    Array.isArray(value['online_stores']) || FIELDS.some((field) => Object.hasOwn(value, field)),
  read(value, { name: file, collector }) {
    const list = Array.isArray(value['online_stores']) ? value['online_stores'] : [value];
    for (const one of checkShape(z.array(spec), list, file)) {
      const table = one.table_name ?? one.tableName;
      const name = one.name ?? table ?? file;
      const { project } = collector.addResource('OnlineStore', name);
      const { lookup, publish } = one.instance_profiles ?? one.instanceProfiles ?? {};
      collector.facts.onlineStores.push({
        name,
        project,
        provider: one.provider || undefined,
        region: one.region || undefined,
        table,
        host: one.host || undefined,
        endpoint: one.endpoint || undefined,
        tls: one.tls === false ? false : undefined,
        readSecretPrefix: one.read_secret_prefix || one.readSecretPrefix || undefined,
        writeSecretPrefix: one.write_secret_prefix || one.writeSecretPrefix || undefined,
        instanceProfiles: { lookup: lookup || undefined, publish: publish || undefined },
      });
    }
  },
};
