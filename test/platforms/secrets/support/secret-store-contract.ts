/** What every secret store keeps to. */
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { IdentitySecret } from '../../../../src/identity/index.js';
import type {
  SecretName,
  SecretStore,
  SecretStoreOptions,
} from '../../../../src/platforms/secrets/index.js';
import { holdsSecret } from '../../../support/find-secret.js';

/** A store, and a hand on what is behind it. */
export interface StoreWorld {
  readonly store: SecretStore;
  readonly put: (name: SecretName, value: string) => Promise<void>;
  /** Makes what is there unreadable for this program; nothing where that cannot be. */
  readonly forbid: ((name: SecretName) => Promise<void>) | undefined;
  /** Makes the whole store fail with an error that holds `detail`; nothing where that cannot be. */
  readonly breakDown: ((detail: string) => Promise<void>) | undefined;
}

export type CreateWorld = (options: SecretStoreOptions) => Promise<StoreWorld>;

const NAME = { scope: 'feast-read', key: 'dynamo-secret-access-key' };
const VALUE = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';

const NO_NAMES: readonly unknown[] = [
  undefined,
  null,
  'feast-read/key',
  {},
  { scope: 'feast-read' },
  { key: 'k' },
  { scope: '', key: 'k' },
  { scope: 'feast-read', key: '' },
  { scope: 'a'.repeat(129), key: 'k' },
  { scope: 'feast-read', key: 'k'.repeat(129) },
  { scope: 'feast-read', key: 'a/b' },
  { scope: 'feast-read', key: '../etc/passwd/' },
  { scope: 'feast read', key: 'k' },
  { scope: 'feast-read', key: 'k\n' },
  { scope: 'feast-read\0', key: 'k' },
  { scope: 'é', key: 'k' },
  { scope: ['feast-read'], key: 'k' },
];

export function describeSecretStore(name: string, createWorld: CreateWorld): void {
  describe(`${name} is a secret store`, () => {
    const registered: IdentitySecret[] = [];
    const world = (options: SecretStoreOptions = {}): Promise<StoreWorld> => {
      registered.length = 0;
      return createWorld({ redaction: (secret) => registered.push(secret), ...options });
    };

    test.each([
      ['as it is', VALUE],
      ['of one character', 'x'],
      ['with other characters', 'pässwörd "quoted" \\ 💥\tend'],
      ['of several lines', '-----BEGIN-----\nabc\n-----END-----'],
      ['that looks like base64', 'c2VjcmV0LXZhbHVl'],
      ['of the greatest length', 'y'.repeat(65_536)],
    ])('gives a value %s', async (_, value) => {
      const { store, put } = await world();
      await put(NAME, value);
      expect(await store.getSecret(NAME)).toBe(value);
      expect(registered).toEqual([{ name: 'secret', value, lifetimeSeconds: undefined }]);
    });

    test('keeps secrets with similar names apart', async () => {
      const { store, put } = await world();
      const names = ['feast-read', 'feast-write'].flatMap((scope) =>
        ['dynamo-user', 'dynamo-password', 'dynamo--user'].map((key) => ({ scope, key })),
      );
      for (const one of names) await put(one, `value of ${one.scope} ${one.key}`);
      for (const one of names) {
        expect(await store.getSecret(one)).toBe(`value of ${one.scope} ${one.key}`);
      }
    });

    test('reads anew each time, and masks the old value for a while longer', async () => {
      const { store, put } = await world();
      await put(NAME, 'the first value');
      await store.getSecret(NAME);
      await store.getSecret(NAME);
      await put(NAME, 'the second value');
      expect(await store.getSecret(NAME)).toBe('the second value');
      expect(registered).toEqual([
        { name: 'secret', value: 'the first value', lifetimeSeconds: undefined },
        { name: 'secret', value: 'the second value', lifetimeSeconds: undefined },
        { name: 'secret', value: 'the first value', lifetimeSeconds: 3600 },
      ]);
    });

    test.each([
      { scope: 'feast-read', key: 'another-key' },
      { scope: 'another-scope', key: NAME.key },
      { scope: '..', key: NAME.key },
      { scope: 'feast-read', key: '..' },
      { scope: '__proto__', key: 'constructor' },
    ])('has no $scope/$key', async (missing) => {
      const { store, put } = await world();
      await put(NAME, VALUE);
      await expect(store.getSecret(missing)).rejects.toMatchObject({
        code: 'ERR_SECRET_NOT_FOUND',
      });
      expect(registered).toEqual([]);
    });

    test('has no empty secret', async () => {
      const { store, put } = await world();
      await put(NAME, '');
      await expect(store.getSecret(NAME)).rejects.toMatchObject({
        code: expect.stringMatching(/^ERR_(SECRET_NOT_FOUND|CREDENTIAL_UNAVAILABLE)$/),
      });
    });

    test('gives no value that is too long to be masked', async () => {
      const { store, put } = await world();
      await put(NAME, `${VALUE}${'z'.repeat(65_536)}`);
      const error = await store.getSecret(NAME).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'ERR_CREDENTIAL_UNAVAILABLE' });
      expectNoSecret(VALUE, error);
    });

    test.each(NO_NAMES.map((one) => [one]))('takes %j for no name', async (noName) => {
      const { store } = await world();
      await expect(store.getSecret(noName as SecretName)).rejects.toThrow(TypeError);
    });

    test('says what it may not read', async ({ skip }) => {
      const { store, put, forbid } = await world();
      if (forbid === undefined) return skip('who runs a program may read what this one holds');
      await put(NAME, VALUE);
      await forbid(NAME);
      const error = await store.getSecret(NAME).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'ERR_SECRET_FORBIDDEN' });
      expectNoSecret(VALUE, error);
      expect(registered).toEqual([]);
    });

    test('says that it cannot be reached, and not with what', async ({ skip }) => {
      const { store, breakDown } = await world();
      if (breakDown === undefined) return skip('it is there as long as the program is');
      await breakDown(VALUE);
      const error = await store.getSecret(NAME).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'ERR_CREDENTIAL_UNAVAILABLE' });
      expectNoSecret(VALUE, error);
    });
  });
}

/** Neither a printed nor a serialised error holds the secret. */
export function expectNoSecret(secret: string, error: unknown): void {
  const printed = inspect(error, { depth: 9, showHidden: true, getters: true });
  expect(holdsSecret(secret, printed)).toBe(false);
  expect(holdsSecret(secret, JSON.stringify(error) ?? '')).toBe(false);
}
