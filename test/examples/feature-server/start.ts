import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { SignJWT } from 'jose';
import { createFeatureServer } from '../../../examples/feature-server/create-feature-server.js';
import { RegistrySchema } from '../../../src/registry/gen/registry_pb.js';
import {
  createSigningKey,
  FakeProvider,
  NOW,
  type SigningKey,
} from '../../identity/fake-provider.js';
import { ALLOW_ALL, CREDIT_SCORING, concat, fixtureBytes } from '../../registry/registry-bytes.js';

/** What is in a token, and who signed it. */
export interface TokenSpec {
  /** Null takes a claim away. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly signed?: string;
  /** Seconds from now on; default: 3,600. */
  readonly expires?: number;
  /** Seconds from now on. */
  readonly starts?: number;
}

export interface ExampleOptions {
  /** Whether its registry also holds the permission that lets everyone in. Default: false. */
  readonly withAllowAll?: boolean;
}

/** The example, running, with an identity provider that signs whatever it is told to. */
export interface RunningExample {
  readonly url: string;
  readonly sign: (spec: TokenSpec) => Promise<string>;
  readonly signRoles: (...roles: readonly string[]) => Promise<string>;
  readonly stop: () => Promise<void>;
}

export async function startExample({
  withAllowAll = false,
}: ExampleOptions = {}): Promise<RunningExample> {
  const provider = await new FakeProvider().start();
  const main = await createSigningKey('main', 'RS256');
  const elliptic = await createSigningKey('elliptic', 'ES256');
  provider.keys = [main, elliptic];
  const keys: ReadonlyMap<string | undefined, SigningKey> = new Map([
    [undefined, main],
    ['by another key of the same name', await createSigningKey('main', 'RS256')],
    ['by a key that nobody knows', await createSigningKey('unknown', 'RS256')],
    ['by the elliptic key', elliptic],
    [
      'under the name of the elliptic key',
      { ...main, jwk: { ...main.jwk, kid: elliptic.jwk.kid as string } },
    ],
  ]);
  const open = withAllowAll ? writeOpenStore() : undefined;
  const app = await createFeatureServer({
    featureStore: open?.file ?? STORE,
    onlineStore: 'examples/credit_scoring/data/online_store.db',
    gate: {
      env: { OIDC_DISCOVERY_URL: provider.discoveryUrl },
      identity: { now: () => NOW * 1000 },
    },
  });
  await app.listen({ port: 0, host: '127.0.0.1' });

  const sign = async ({ claims = {}, signed, expires = 3600, starts }: TokenSpec) => {
    const all = {
      ...nullsRemoved(claims),
      exp: NOW + expires,
      ...(starts === undefined ? {} : { nbf: NOW + starts }),
    };
    const key = keys.get(signed);
    if (key !== undefined) return provider.sign(all, { key });
    if (signed === 'with a shared secret') {
      return new SignJWT({ preferred_username: 'alice', ...all })
        .setProtectedHeader({ alg: 'HS256', kid: 'main' })
        .sign(new TextEncoder().encode('a secret that both sides are said to know'));
    }
    if (signed !== 'not at all') throw new TypeError(`nobody signs ${signed}`);
    const parts = [{ alg: 'none' }, { preferred_username: 'alice', ...all }];
    return `${parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
  };
  return {
    url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`,
    sign,
    signRoles: (...roles) => sign({ claims: { resource_access: { 'feast-server': { roles } } } }),
    stop: async () => {
      await app.close();
      await provider.stop();
      open?.remove();
    },
  };
}

const STORE = 'examples/feature-server/feature_store.yaml';
const PROJECT = 'credit_scoring';

/**
 * The store of the example, with what Feast writes for a permission that lets everyone in added to
 * its registry.
 */
function writeOpenStore(): { readonly file: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-open-'));
  const { permissions } = fromBinary(RegistrySchema, fixtureBytes(ALLOW_ALL));
  for (const { spec } of permissions) if (spec) spec.project = PROJECT;
  const added = toBinary(RegistrySchema, create(RegistrySchema, { permissions }));
  const registry = fixtureBytes(CREDIT_SCORING);
  const end = endOfPermissions(registry);
  const bytes = concat(registry.subarray(0, end), added, registry.subarray(end));
  writeFileSync(join(folder, 'registry.db'), bytes);
  const file = join(folder, 'feature_store.yaml');
  const store = readFileSync(STORE, 'utf8');
  writeFileSync(file, store.replace(/^registry: .*$/m, 'registry: registry.db'));
  return { file, remove: () => rmSync(folder, { recursive: true }) };
}

/** Where a registry goes on behind its permissions: Feast writes fields by their numbers. */
function endOfPermissions(registry: Uint8Array): number {
  const reader = new BinaryReader(registry);
  const last = RegistrySchema.field.permissions.number;
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, wireType] = reader.tag();
    if (number > last) return start;
    reader.skip(wireType, number);
  }
  return reader.len;
}

function nullsRemoved(claims: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [name, value === null ? undefined : value]),
  );
}
