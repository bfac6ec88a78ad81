import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAuthorizer } from '../../src/engine/index.js';
import { ConfigInvalidError, RegistryUnavailableError } from '../../src/model/index.js';
import {
  createFileRegistry,
  loadFeatureStore,
  type RegistryContents,
  type RegistrySource,
} from '../../src/registry/index.js';
import { withPermissionFile } from '../../src/registry/with-permission-file.js';
import { permissionInit, registryBytes } from './registry-bytes.js';

const ON_TOP = `permissions:
  - { name: on-top, types: FeatureView, name_patterns: v, actions: DESCRIBE, policy: { roles: [r] } }
`;

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'permission-file-'));
  file = join(folder, 'permissions.yaml');
  await writeFile(join(folder, 'feature_store.yaml'), 'project: p\nregistry: registry.db\n');
  await writeFile(
    join(folder, 'registry.db'),
    registryBytes({
      permissions: [permissionInit({ name: 'own', namePatterns: ['other'] })],
      featureViews: [{ spec: { name: 'v', project: 'p' } }],
    }),
  );
});
afterEach(() => rm(folder, { recursive: true }));

function layered(): RegistrySource {
  return withPermissionFile(createFileRegistry({ path: join(folder, 'registry.db') }), file);
}

function namesIn({ permissions }: Pick<RegistryContents, 'permissions'>): readonly string[] {
  return permissions.map(({ name }) => name);
}

describe('a permission file beside a feature store', () => {
  test('grants on top of the registry, and is named in the source', async () => {
    const before = await loadFeatureStore(folder);
    await writeFile(file, ON_TOP);
    const { contents, snapshotOptions, source } = await loadFeatureStore(folder, { project: 'p' });
    expect(namesIn(contents)).toEqual(['own', 'on-top']);
    expect(source).toBe(`${before.source} with permission file ${file}`);
    expect(contents.version).toMatch(new RegExp(`^${before.contents.version}\\+[0-9a-f]{16}$`));
    const authorizer = createAuthorizer({ ...snapshotOptions, auth: { type: 'oidc' } });
    const view = { type: 'FeatureView', name: 'v' } as const;
    expect(authorizer.can({ username: 'ann', roles: ['r'] }, 'DESCRIBE', view)).toBe(true);
    expect(authorizer.can({ username: 'bob' }, 'DESCRIBE', view)).toBe(false);
  });

  test('is left out where the registry file is named itself', async () => {
    await writeFile(file, ON_TOP);
    const { contents } = await loadFeatureStore(join(folder, 'registry.db'));
    expect(namesIn(contents)).toEqual(['own']);
  });

  test('is an error, and never an empty file, if it cannot be read', async () => {
    await writeFile(file, 'permissions: [{ name: x, polcy: {} }]');
    await expect(loadFeatureStore(folder)).rejects.toThrow(`${file}:1:`);
    await rm(file);
    await symlink(join(folder, 'nowhere'), file);
    await expect(loadFeatureStore(folder)).rejects.toThrow(`${file}: cannot be read (ENOENT)`);
  });

  test('must not have a permission that the registry has', async () => {
    for (const project of ['', 'project: p, ']) {
      await writeFile(file, `permissions: [{ name: own, ${project}policy: { roles: [r] } }]`);
      const loading = loadFeatureStore(folder);
      await expect(loading).rejects.toBeInstanceOf(ConfigInvalidError);
      await expect(loading).rejects.toThrow('permission `own` is in the registry too');
    }
    await writeFile(file, 'permissions: [{ name: own, project: q, policy: { roles: [r] } }]');
    const { contents } = await loadFeatureStore(folder);
    expect(contents.warnings).toEqual([
      `${file} has permissions for project \`q\`, which the registry does not hold`,
    ]);
  });

  test('is read as the version of Python that is named', async () => {
    await writeFile(
      file,
      'permissions: [{ name: x, name_patterns: "a++", policy: { roles: [r] } }]',
    );
    await expect(loadFeatureStore(folder, { python: '3.12' })).resolves.toBeDefined();
    await expect(loadFeatureStore(folder, { python: '3.10' })).rejects.toThrow(ConfigInvalidError);
  });
});

describe('withPermissionFile', () => {
  test('gives the same contents for the same registry and file', async () => {
    const source = layered();
    await writeFile(file, ON_TOP);
    const first = await source.read();
    expect(await source.read()).toBe(first);
    await writeFile(file, ON_TOP.replace('on-top', 'other'));
    expect(namesIn(await source.read())).toEqual(['own', 'other']);
  });

  test('fails as the registry does', async () => {
    await writeFile(file, ON_TOP);
    await rm(join(folder, 'registry.db'));
    await expect(layered().read()).rejects.toBeInstanceOf(RegistryUnavailableError);
  });

  test('is not watched where the registry cannot be', () => {
    const { watch: _watch, ...registry } = createFileRegistry({ path: 'any' });
    expect(withPermissionFile(registry, file).watch).toBeUndefined();
  });
});
