import { readFileSync } from 'node:fs';
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { type PermissionSchema, RegistrySchema } from '../../src/registry/gen/registry_pb.js';

export type RegistryInit = Omit<MessageInitShape<typeof RegistrySchema>, '$typeName'>;
export type PermissionInit = Omit<MessageInitShape<typeof PermissionSchema>, '$typeName'>;

/** Two projects, 16 and 2 permissions, objects of all types: as Feast wrote it. */
export const CREDIT_SCORING = 'examples/credit_scoring/data/registry.db';
/** One permission with Feast's allow-all policy: as Feast wrote it. */
export const ALLOW_ALL = 'test/conformance/registries/allow_all/registry.db';
/** Sources in MLflow and Lance, a dataset with columns, a view with versions: of Feast 0.67. */
export const SOURCES = 'test/conformance/registries/sources/registry.db';

export function fixtureBytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(path));
}

/** A whole registry with the project `p`, unless told otherwise. */
export function registryBytes(fields: RegistryInit = {}): Uint8Array {
  return toBinary(
    RegistrySchema,
    create(RegistrySchema, {
      registrySchemaVersion: '1',
      versionId: 'v1',
      lastUpdated: { seconds: 1_700_000_000n, nanos: 500_000_000 },
      projects: [{ spec: { name: 'p' } }],
      ...fields,
    }),
  );
}

/** A permission of project `p` that Feast could have written, with `spec` on top. */
export function permissionInit(spec: NonNullable<PermissionInit['spec']> = {}): PermissionInit {
  return {
    spec: {
      name: 'perm',
      project: 'p',
      types: [0],
      actions: [1],
      policy: { policyType: { case: 'roleBasedPolicy', value: { roles: ['admin'] } } },
      ...spec,
    } as NonNullable<PermissionInit['spec']>,
    meta: {},
  };
}

/** A length-delimited field, by hand. */
export function delimited(field: number, content: Uint8Array | readonly number[]): Uint8Array {
  return concat(varint(field * 8 + 2), varint(content.length), content);
}

export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Uint8Array.from([...bytes, rest]);
}

export function concat(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts.map((part) => Uint8Array.from(part))));
}
