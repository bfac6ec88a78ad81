import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFileSecretStore, type SecretStore } from '../../../src/platforms/secrets/index.js';

let folder: string;
let root: string;
let store: SecretStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feast-permissions-files-'));
  root = join(folder, 'root');
  await mkdir(join(root, 'read'), { recursive: true });
  store = createFileSecretStore(root);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const read = (scope: string, key: string): Promise<string> => store.getSecret({ scope, key });
const NOT_FOUND = { code: 'ERR_SECRET_NOT_FOUND' };
const FORBIDDEN = { code: 'ERR_SECRET_FORBIDDEN' };
const UNAVAILABLE = { code: 'ERR_CREDENTIAL_UNAVAILABLE' };

test.each([
  ['one line break at the end is taken off', 'value\n', 'value'],
  ['the same of Windows', 'value\r\n', 'value'],
  ['but not two', 'value\n\n', 'value\n'],
  ['and no blank', ' value \n', ' value '],
])('%s', async (_, content, value) => {
  await writeFile(join(root, 'read', 'key'), content);
  expect(await read('read', 'key')).toBe(value);
});

test('a secret of Kubernetes is a link in its own directory', async () => {
  const volume = join(root, 'read');
  await mkdir(join(volume, '..2026_11_22'));
  await writeFile(join(volume, '..2026_11_22', 'user'), 'reader');
  await symlink('..2026_11_22', join(volume, '..data'));
  await symlink('..data/user', join(volume, 'user'));
  expect(await read('read', 'user')).toBe('reader');
  await expect(read('read/..data', 'user')).rejects.toMatchObject(NOT_FOUND);
  await expect(read('read/..2026_11_22', 'user')).rejects.toMatchObject(NOT_FOUND);
});

test('the directory may itself be a link', async () => {
  await writeFile(join(root, 'read', 'key'), 'value');
  await symlink(root, join(folder, 'link'));
  store = createFileSecretStore(join(folder, 'link'));
  expect(await read('read', 'key')).toBe('value');
});

test.each([
  ['..', 'outside'],
  ['.', 'inside'],
  ['read/../..', 'outside'],
  ['../', 'outside'],
  ['/etc', 'passwd'],
  ['read//', 'key'],
  ['read', '.'],
  ['read', '..'],
])('scope %s and key %s name nothing', async (scope, key) => {
  await writeFile(join(folder, 'outside'), 'outside');
  await writeFile(join(root, 'inside'), 'inside');
  await writeFile(join(root, 'read', 'key'), 'value');
  await expect(read(scope, key)).rejects.toMatchObject(NOT_FOUND);
});

test('a link out of the directory is not followed, wherever it stands', async () => {
  await mkdir(join(folder, 'root-of-others'));
  await writeFile(join(folder, 'root-of-others', 'key'), 'outside');
  await symlink(join(folder, 'root-of-others'), join(root, 'other'));
  await symlink('../../root-of-others/key', join(root, 'read', 'key'));
  await expect(read('other', 'key')).rejects.toMatchObject(FORBIDDEN);
  await expect(read('read', 'key')).rejects.toMatchObject(FORBIDDEN);
});

test('rejects a link in a circle', async () => {
  await symlink('key', join(root, 'read', 'key'));
  await expect(read('read', 'key')).rejects.toMatchObject(UNAVAILABLE);
});

test('a scope with a slash is a directory in a directory', async () => {
  await mkdir(join(root, 'team', 'read'), { recursive: true });
  await writeFile(join(root, 'team', 'read', 'key'), 'value');
  expect(await read('team/read', 'key')).toBe('value');
});

test('a file that is not regular is refused without blocking', async () => {
  execFileSync('mkfifo', [join(root, 'read', 'pipe')]);
  await mkdir(join(root, 'read', 'folder'));
  for (const key of ['pipe', 'folder']) {
    await expect(read('read', key)).rejects.toMatchObject({
      ...UNAVAILABLE,
      message: expect.stringMatching(/ is not a regular file$/),
    });
  }
});

test.each([
  ['more than 64 KiB', Buffer.alloc(65_537, 'a')],
  ['no UTF-8', Buffer.from([0x61, 0xff, 0x62])],
])('refuses a file with %s', async (_, content) => {
  await writeFile(join(root, 'read', 'key'), content);
  await expect(read('read', 'key')).rejects.toMatchObject(UNAVAILABLE);
});

test.skipIf(process.getuid?.() === 0)('a file of somebody else may not be read', async () => {
  await writeFile(join(root, 'read', 'key'), 'value', { mode: 0o000 });
  await expect(read('read', 'key')).rejects.toMatchObject(FORBIDDEN);
});

test('a directory that is missing is told from a secret that is', async () => {
  await rm(root, { recursive: true });
  await expect(read('read', 'key')).rejects.toMatchObject(UNAVAILABLE);
});
