import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { create, toBinary } from '@bufbuild/protobuf';
import { ALL_ACTIONS, type FeastType, type Resource } from '../src/index.js';
import { RegistrySchema } from '../src/registry/gen/registry_pb.js';
import type { GeneratedStore } from './generate-store.js';

/** Feast's numbers for the types that are generated. */
const TYPE_NUMBERS: ReadonlyMap<FeastType, number> = new Map([
  ['FeatureView', 0],
  ['Entity', 4],
  ['FeatureService', 5],
  ['DataSource', 6],
]);

/**
 * A generated store in Feast's own format: what `feast apply` leaves in a registry file, without
 * what permissions do not depend on.
 */
export function encodeRegistry({ permissions, resources }: GeneratedStore): Uint8Array {
  const [first] = resources;
  const project = first?.project ?? 'store';
  const ofType = (type: FeastType): readonly Resource[] =>
    resources.filter((resource) => resource.type === type);
  const spec = ({ name, tags }: Resource) => ({ name, project, tags: { ...tags } });
  return toBinary(
    RegistrySchema,
    create(RegistrySchema, {
      registrySchemaVersion: '1',
      versionId: 'generated',
      lastUpdated: { seconds: 1_700_000_000n, nanos: 0 },
      projects: [{ spec: { name: project } }],
      featureViews: ofType('FeatureView').map((view) => ({ spec: spec(view) })),
      featureServices: ofType('FeatureService').map((service) => ({ spec: spec(service) })),
      entities: ofType('Entity').map((entity) => ({ spec: spec(entity) })),
      dataSources: ofType('DataSource').map(spec),
      permissions: permissions.map(({ name, types, namePatterns, actions, policy }) => ({
        spec: {
          name,
          project,
          types: types.map((type) => TYPE_NUMBERS.get(type) as number),
          namePatterns: [...namePatterns],
          actions: actions.map((action) => ALL_ACTIONS.indexOf(action)),
          policy: {
            policyType: { case: 'roleBasedPolicy' as const, value: { roles: [...policy.roles] } },
          },
        },
      })),
    }),
  );
}

/** Writes a feature repository: `feature_store.yaml` and the registry file that it names. */
export async function writeFeatureRepo(folder: string, store: GeneratedStore): Promise<void> {
  await mkdir(join(folder, 'data'), { recursive: true });
  await writeFile(join(folder, 'data', 'registry.db'), encodeRegistry(store));
  await writeFile(
    join(folder, 'feature_store.yaml'),
    `project: ${store.resources[0]?.project ?? 'store'}\nprovider: local\nregistry: data/registry.db\n`,
  );
}
