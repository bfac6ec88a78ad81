import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import { createFeatureServer } from '../../../examples/feature-server/create-feature-server.js';
import {
  createSigningKey,
  FakeProvider,
  NOW,
  type SigningKey,
} from '../../identity/fake-provider.js';

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

/** The example, running, with an identity provider that signs whatever it is told to. */
export interface RunningExample {
  readonly url: string;
  readonly sign: (spec: TokenSpec) => Promise<string>;
  readonly signRoles: (...roles: readonly string[]) => Promise<string>;
  readonly stop: () => Promise<void>;
}

export async function startExample(): Promise<RunningExample> {
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
  const app = await createFeatureServer({
    featureStore: 'examples/feature-server/feature_store.yaml',
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
    },
  };
}

function nullsRemoved(claims: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [name, value === null ? undefined : value]),
  );
}
