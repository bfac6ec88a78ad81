import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigInvalidError } from '../../src/model/index.js';
import { loadAuthorizer, loadGate } from '../../src/node.js';
import { importPeer } from '../../src/registry/import-peer.js';
import {
  createFileRegistry,
  loadFeatureStore,
  openRegistry,
  type RegistryKind,
  type RegistryLocation,
  type RegistrySource,
} from '../../src/registry/index.js';
import { CREDIT_SCORING } from './registry-bytes.js';

const path = resolve(CREDIT_SCORING);
const source: RegistrySource = createFileRegistry({ path });

/** The message of the error that opening ends with. */
async function refusalOf(location: RegistryLocation): Promise<string> {
  const opening = openRegistry(location);
  await expect(opening).rejects.toBeInstanceOf(ConfigInvalidError);
  return await opening.then(
    () => '',
    ({ message }: Error) => message,
  );
}

describe('openRegistry', () => {
  test.each<readonly [string, RegistryLocation]>([
    ['a file', { type: 'file', path, options: {} }],
    ['a file of no store', { type: 'file', path, options: { registry_store_type: null } }],
    [
      'a file of its store',
      { type: 'file', path, options: { registry_store_type: 'FileRegistryStore' } },
    ],
  ])('opens %s', async (_, location) => {
    const opened = await openRegistry(location);
    expect((await opened.read()).permissions).toHaveLength(18);
  });

  test.each<readonly [string, RegistryLocation, string, RegExp]>([
    ['a type', { type: 'snowflake.registry' }, '`snowflake.registry`', /Write it to a file/],
    ['a class', { type: 'my.Registry' }, '`my.Registry`', /Write it to a file/],
    [
      'a scheme',
      { type: 'file', url: 'hdfs://key:pa55@bucket/registry.db' },
      '`hdfs://`',
      /`hdfs dfs -get`/,
    ],
    [
      'a blob without its store',
      { type: 'file', url: 'https://account.blob.core.windows.net/container/r?sig=pa55' },
      '`https://`',
      /`registry_store_type: AzureRegistryStore`/,
    ],
    ['nowhere', { type: 'file' }, '`unknown://`', /Write it to a file/],
    [
      'a store',
      { type: 'file', path: 'x', options: { registry_store_type: 'HDFSRegistryStore' } },
      '`HDFSRegistryStore`',
      /Write it to a file/,
    ],
    [
      'a store that is not a name',
      { type: 'file', path: 'x', options: { registry_store_type: 1 } },
      'of type number',
      /Write it to a file/,
    ],
  ])(
    'refuses %s that it cannot read, and names what it can',
    async (_, location, named, advice) => {
      const message = await refusalOf(location);
      expect(message).toContain(named);
      expect(message).toMatch(/supported are local files, .*`registry_type: sql`/);
      expect(message).toMatch(advice);
      expect(message).not.toContain('pa55');
    },
  );

  test('refuses a file store with a URL', async () => {
    const options = { registry_store_type: 'FileRegistryStore' };
    const message = await refusalOf({ type: 'file', url: 's3://bucket/x', options });
    expect(message).toContain('takes the path of a local file');
  });
});

describe('registryKinds', () => {
  const open: RegistryKind['open'] = () => source;

  test.each<readonly [string, RegistryKind, RegistryLocation]>([
    ['a type', { type: 'acme', open }, { type: 'acme', url: 'x' }],
    ['a scheme', { type: 'file', schemes: ['vault'], open }, { type: 'file', url: 'Vault://x' }],
    [
      'a store class',
      { type: 'file', storeTypes: ['acme.VaultRegistryStore'], open },
      { type: 'file', url: 'x', options: { registry_store_type: 'acme.VaultRegistryStore' } },
    ],
    ['a type of this package', { type: 'sql', open }, { type: 'sql', url: 'sqlite:///x' }],
  ])('adds %s', async (_, kind, location) => {
    expect(await openRegistry(location, { registryKinds: [kind] })).toBe(source);
  });

  test('leaves a section with a store class to that class', async () => {
    const kind = { type: 'file', schemes: ['vault'], open };
    const options = { registry_store_type: 'acme.OtherRegistryStore' };
    const opening = openRegistry(
      { type: 'file', url: 'vault://x', options },
      { registryKinds: [kind] },
    );
    await expect(opening).rejects.toThrow('registry stores of class `acme.OtherRegistryStore`');
  });

  test('hands over the section and the surroundings', async () => {
    const seen: unknown[] = [];
    const kind: RegistryKind = {
      type: 'acme',
      open: (...given) => {
        seen.push(...given);
        return source;
      },
    };
    const location = { type: 'acme', url: 'x', options: { region: 'eu' } };
    const context = { env: { A: 'b' }, project: 'p', auth: { type: 'no_auth' } as const };
    await openRegistry(location, { ...context, registryKinds: [kind] });
    expect(seen).toEqual([location, context]);
  });

  test.each<readonly [string, unknown, string]>([
    ['an object', {}, 'option registryKinds must be an array of kinds of registry'],
    ['a string', ['sql'], 'option registryKinds[0] must be a kind of registry'],
    ['no type', [{ open }], 'option registryKinds[0].type must be a non-empty string'],
    ['no function', [{ type: 'a' }], 'option registryKinds[0].open must be a function'],
    ['a misspelt field', [{ type: 'file', scheme: ['a'], open }], 'option `scheme` is unknown'],
    [
      'a scheme with its colon',
      [{ type: 'file', schemes: ['s3:'], open }],
      'schemes in lower case',
    ],
    [
      'a scheme of another type',
      [{ type: 'sql', schemes: ['a'], open }],
      'only kinds of the type `file`',
    ],
    ['a file kind that matches nothing', [{ type: 'file', open }], '`schemes` or `storeTypes`'],
  ])('refuses %s', async (_, registryKinds, message) => {
    const options = { registryKinds } as { readonly registryKinds: readonly RegistryKind[] };
    const calls = [
      openRegistry({ type: 'file', path }, options),
      loadFeatureStore('examples/credit_scoring', options),
      loadAuthorizer('examples/credit_scoring', options),
      loadGate('examples/credit_scoring', { ...options, allowNoAuth: true }),
    ];
    for (const call of calls) {
      await expect(call).rejects.toBeInstanceOf(TypeError);
      await expect(call).rejects.toThrow(message);
    }
  });

  test('serve every function that reads a configuration', async () => {
    const env = {
      TMP_FEATURE_STORE_YAML_BASE64: Buffer.from(
        'project: credit_scoring\nregistry: {registry_type: acme, path: x}\n',
      ).toString('base64'),
    };
    const options = { env, registryKinds: [{ type: 'acme', open }] };
    expect((await loadFeatureStore(undefined, options)).contents.permissions).toHaveLength(18);
    const live = { ...options, allowNoAuth: true, pollSeconds: 0 };
    const authorizer = await loadAuthorizer(undefined, live);
    expect(authorizer.project).toBe('credit_scoring');
    authorizer.close();
    const gate = await loadGate(undefined, live);
    expect(gate.project).toBe('credit_scoring');
    await gate.close();
  });
});

test('importPeer says what to install', async () => {
  const load = (): Promise<never> => Promise.reject(new Error('not found'));
  await expect(importPeer('pg', load, 'a registry in PostgreSQL')).rejects.toThrow(
    'a registry in PostgreSQL needs the package `pg`, which cannot be loaded. Run `npm install pg`',
  );
});
