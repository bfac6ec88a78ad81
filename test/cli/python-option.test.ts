import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { permissionInit, registryBytes } from '../registry/registry-bytes.js';
import { runCli } from './run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'python-option-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A registry whose pattern matches a letter of Unicode 15.0 until Python knows it. */
const registry = join(folder, 'registry.db');
writeFileSync(
  registry,
  registryBytes({ permissions: [permissionInit({ name: 'p', namePatterns: ['\\W', 'a\\z'] })] }),
);

it.each([
  ['audit', []],
  ['list', []],
  ['decide', []],
  ['matrix', []],
  ['who-can', ['--action', 'DESCRIBE', '--resource', 'Entity:a']],
  ['explain', ['--user', 'ada', '--action', 'DESCRIBE', '--resource', 'Entity:a']],
])('%s takes the version of Python', async (command, argv) => {
  const known = await runCli([command, registry, '--python', '3.14', ...argv]);
  expect(known.stderr).not.toContain('--python');
  const { exitCode, stderr } = await runCli([command, registry, '--python', '3.9', ...argv]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('invalid value `3.9` for `--python`');
});

it('the version decides what name patterns mean', async () => {
  const stdin = [
    `${JSON.stringify({ user: { username: 'ada', roles: ['admin'] }, actions: 'DESCRIBE', resource: { type: 'FeatureView', name: 'a', project: 'p' } })}\n`,
  ];
  const allowed = async (python: string): Promise<unknown> => {
    const { stdout } = await runCli(['decide', registry, '--python', python], { stdin });
    return (JSON.parse(stdout) as { allowed: boolean }).allowed;
  };
  expect(await allowed('3.14')).toBe(true);
  expect(await allowed('3.12')).toBe(false);
});
