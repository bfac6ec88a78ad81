import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFeatureStoreConfig, loadFeatureStoreConfig } from '../../src/config/index.js';
import { ConfigInvalidError } from '../../src/model/errors.js';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feature-store-'));
  await mkdir(join(folder, 'repo'));
  await mkdir(join(folder, 'empty'));
  await mkdir(join(folder, 'odd', 'feature_store.yaml'), { recursive: true });
  await writeFile(
    join(folder, 'repo', 'feature_store.yaml'),
    'project: p\nprovider: $FT_PROVIDER\nregistry: data/registry.db\n',
  );
  await writeFile(join(folder, 'repo', 'other.yaml'), '\ufeffproject: other\nregistry: r.db\n');
  await writeFile(join(folder, 'repo', 'bad.yaml'), 'project: p\nauth: 5\nregistry: r.db\n');
  await writeFile(join(folder, 'repo', 'latin1.yaml'), Buffer.from('project: \xe9t\xe9', 'latin1'));
  await writeFile(join(folder, 'repo', 'large.yaml'), `project: p\n${'#'.repeat(1024 * 1024)}`);
  const lfs = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n';
  await writeFile(join(folder, 'repo', 'lfs.yaml'), lfs);
  await writeFile(join(folder, 'repo', 'page.yaml'), '<html><body>Sign in</body></html>');
  await writeFile(join(folder, 'repo', 'permissions.yaml'), 'permissions:\n  - name: p\n');
  await symlink(join(folder, 'repo', 'feature_store.yaml'), join(folder, 'link.yaml'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('findFeatureStoreConfig', () => {
  it('takes a file, a folder or a link', async () => {
    const file = join(folder, 'repo', 'feature_store.yaml');
    expect(await findFeatureStoreConfig(join(folder, 'repo'))).toBe(file);
    expect(await findFeatureStoreConfig(file)).toBe(file);
    const others = [join(folder, 'repo', 'other.yaml'), join(folder, 'link.yaml')];
    for (const path of others) expect(await findFeatureStoreConfig(path)).toBe(path);
  });

  it.each([
    ['empty', 'no feature_store.yaml in `'],
    ['odd', 'no feature_store.yaml in `'],
    ['nothing', 'no file or folder `'],
    ['repo/other.yaml/x', 'no file or folder `'],
    ['pipe', 'is not a regular file'],
    ['x'.repeat(5000), 'cannot be read (ENAMETOOLONG)'],
  ])('refuses %.20s', async (name, message) => {
    const promise = findFeatureStoreConfig(join(folder, name));
    await expect(promise).rejects.toThrow(ConfigInvalidError);
    await expect(promise).rejects.toThrow(message);
  });

  it('refuses an invalid path', async () => {
    await expect(findFeatureStoreConfig(undefined as never)).rejects.toThrow(TypeError);
    await expect(findFeatureStoreConfig('a\0b')).rejects.toThrow(ConfigInvalidError);
  });
});

describe('loadFeatureStoreConfig', () => {
  it('gives absolute paths, also for a relative path', async () => {
    const path = relative(process.cwd(), join(folder, 'repo'));
    expect(await loadFeatureStoreConfig(path, { env: {} })).toMatchObject({
      file: join(path, 'feature_store.yaml'),
      baseDirectory: join(folder, 'repo'),
      project: 'p',
      provider: '$FT_PROVIDER',
      registry: { path: join(folder, 'repo', 'data', 'registry.db') },
    });
    expect(await loadFeatureStoreConfig(join(folder, 'repo', 'other.yaml'))).toMatchObject({
      project: 'other',
    });
  });

  it('expands the environment of the process, or the given one', async () => {
    process.env['FT_PROVIDER'] = 'gcp';
    try {
      const path = join(folder, 'repo');
      expect((await loadFeatureStoreConfig(path)).provider).toBe('gcp');
      const env = { FT_PROVIDER: 'aws' };
      expect((await loadFeatureStoreConfig(path, { env })).provider).toBe('aws');
    } finally {
      delete process.env['FT_PROVIDER'];
    }
  });

  it.each([
    ['bad.yaml', 'bad.yaml:2:7: `auth` must be a mapping'],
    ['latin1.yaml', 'latin1.yaml: not UTF-8 text'],
    ['lfs.yaml', 'lfs.yaml: is a Git LFS pointer, not YAML. Run `git lfs pull`'],
    ['page.yaml', 'page.yaml: is an HTML page, not YAML'],
    [
      'permissions.yaml',
      'permissions.yaml:1:1: `permissions` belongs to a permission file, which is not a feature store',
    ],
    ['large.yaml', 'large.yaml: longer than 1048576 bytes'],
  ])('refuses %s', async (name, message) => {
    const promise = loadFeatureStoreConfig(join(folder, 'repo', name));
    await expect(promise).rejects.toThrow(ConfigInvalidError);
    await expect(promise).rejects.toThrow(message);
  });
});
