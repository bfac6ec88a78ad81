import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  RegistryInvalidError,
  RegistryProjectMissingError,
  RegistryUnavailableError,
} from '../../src/model/index.js';
import { createFileRegistry, readRegistryFile } from '../../src/registry/index.js';
import { CREDIT_SCORING, fixtureBytes, registryBytes } from './registry-bytes.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'registry-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('readRegistryFile', () => {
  test('a file that is not there', async () => {
    const path = join(folder, 'none.db');
    const reading = readRegistryFile(path);
    await expect(reading).rejects.toBeInstanceOf(RegistryUnavailableError);
    await expect(reading).rejects.toThrow(
      `registry file \`${path}\` cannot be read: the file does not exist`,
    );
  });

  test('a folder', async () => {
    await expect(readRegistryFile(folder)).rejects.toThrow(
      /cannot be read: it is not a regular file/,
    );
  });

  test('a path below a file, and one that no file can have', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(readRegistryFile(join(folder, 'file', 'x'))).rejects.toThrow(/ENOTDIR/);
    await expect(readRegistryFile('a\0b')).rejects.toBeInstanceOf(RegistryUnavailableError);
  });

  test('an empty file, and one that was cut off', async () => {
    const path = join(folder, 'cut.db');
    await writeFile(path, '');
    await expect(readRegistryFile(path)).rejects.toThrow(`registry file \`${path}\` is empty`);
    await writeFile(path, fixtureBytes(CREDIT_SCORING).subarray(0, 12_000));
    const reading = readRegistryFile(path);
    await expect(reading).rejects.toBeInstanceOf(RegistryInvalidError);
    await expect(reading).rejects.toThrow(
      /`[^`]+cut\.db` is cut off or damaged: field 16 of Registry ends 30 bytes too late \(byte 11946\)$/,
    );
  });

  test('a file of a registry that was emptied', async () => {
    const path = join(folder, 'emptied.db');
    await writeFile(path, registryBytes({ projects: [] }));
    const reading = readRegistryFile(path);
    await expect(reading).rejects.toBeInstanceOf(RegistryProjectMissingError);
    await expect(reading).rejects.toThrow(`registry file \`${path}\` holds no project: `);
  });

  test.each<readonly [string, string | Uint8Array, string]>([
    [
      'SQLite',
      'SQLite format 3\0\x10',
      'is a SQLite database, not a registry. Feast reads it with',
    ],
    [
      'LFS',
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n',
      'is a Git LFS pointer, not a registry. Run `git lfs pull`',
    ],
    ['gzip', gzipSync('x'), 'is a gzip archive'],
    ['HTML', '<!DOCTYPE html><html></html>', 'is an HTML page'],
    ['XML', '<?xml version="1.0"?><Error/>', 'is an XML document'],
    ['JSON', '{"entities": []}', 'is a JSON document'],
    [
      'YAML',
      'project: p\nregistry: data/registry.db\n',
      'is a YAML file, not a registry. Give the folder of a `feature_store.yaml`',
    ],
    [
      'text',
      'Notes on the registry, as of today.\n',
      'is a text file, not a registry. Name the binary',
    ],
    [
      'a registry from before projects',
      registryBytes({ projects: [], entities: [{ spec: { name: 'e', project: 'p' } }] }),
      'holds objects and no project: it is cut off, or a Feast from before projects wrote it',
    ],
  ])('says what a file is that is not a registry: %s', async (_, content, message) => {
    const path = join(folder, 'other.db');
    await writeFile(path, content);
    const reading = readRegistryFile(path);
    await expect(reading).rejects.toBeInstanceOf(RegistryInvalidError);
    await expect(reading).rejects.toThrow(`registry file \`${path}\` ${message}`);
  });

  test('a file of more than 1 GiB is not read', async () => {
    const path = join(folder, 'large.db');
    const file = await open(path, 'w');
    await file.truncate(2 ** 30 + 1);
    await file.close();
    await expect(readRegistryFile(path)).rejects.toThrow(/is larger than 1073741824 bytes/);
    await rm(path);
  });

  test('reading that is called off fails with the reason', async () => {
    const reason = new Error('called off');
    await expect(
      readRegistryFile(CREDIT_SCORING, { signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
    const controller = new AbortController();
    const reading = readRegistryFile(CREDIT_SCORING, { signal: controller.signal });
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });
});

describe('createFileRegistry', () => {
  test('says what it reads, and reads it anew each time', async () => {
    const path = join(folder, 'changing.db');
    const source = createFileRegistry({ path });
    expect(source.describe()).toBe(`registry file ${path}`);
    await expect(source.read()).rejects.toBeInstanceOf(RegistryUnavailableError);
    await writeFile(path, fixtureBytes(CREDIT_SCORING));
    expect((await source.read()).projects).toEqual(['credit_scoring', 'fraud_detection']);
    await writeFile(path, 'something else');
    await expect(source.read({ signal: new AbortController().signal })).rejects.toBeInstanceOf(
      RegistryInvalidError,
    );
  });

  test.each([undefined, '', 1])('path %j is a wrong argument', (path) => {
    expect(() => createFileRegistry({ path: path as string })).toThrow(TypeError);
  });
});
