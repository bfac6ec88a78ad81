import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleCli } from '../../scripts/bundle-cli.mjs';

const folder = mkdtempSync(join(tmpdir(), 'cli-bundle-'));
const cli = join(folder, 'dist', 'cli');
let modules: readonly string[] = [];

beforeAll(async () => {
  modules = await bundleCli(cli);
  copyFileSync('package.json', join(folder, 'package.json'));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a file of the bundle imports when it is loaded. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(cli, file), 'utf8');
  return [...text.matchAll(/(?:^|[;}\n])import(?:[^"'`;()]*?from)?\s*["']([^"']+)["']/g)].map(
    ([, specifier = '']) => specifier,
  );
}

function run(...argv: readonly string[]): { readonly status: number | null; readonly out: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(cli, 'main.js'), ...argv], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { status, out: stdout + stderr };
}

it('runs every command from the bundle alone', () => {
  expect(run('--version').out).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(run('--help')).toMatchObject({
    status: 0,
    out: expect.stringContaining('audit') as string,
  });
  const audit = run('audit', 'examples/credit_scoring');
  expect(audit).toMatchObject({
    status: 1,
    out: expect.stringContaining('52 resources') as string,
  });
  expect(run('list', 'examples/credit_scoring')).toMatchObject({ status: 0 });
  expect(run('audit', 'no-such-folder')).toMatchObject({
    status: 2,
    out: expect.stringContaining('no-such-folder') as string,
  });
});

it('holds every module once, and imports nothing of the rest of the package', () => {
  expect(modules.length).toBeGreaterThan(300);
  expect(new Set(modules).size).toBe(modules.length);
  const files = readdirSync(cli).filter((file) => file.endsWith('.js'));
  const imported = new Set(files.flatMap(importsOf));
  expect(imported.size).toBeGreaterThan(5);
  const others = [...imported].filter(
    (one) => !one.startsWith('node:') && !files.includes(one.replace(/^\.\//, '')),
  );
  expect(others.filter((one) => !/^(?:undici|jose)(?:\/|$)/.test(one))).toEqual([]);
});

it('loads two small files for the help', () => {
  expect(importsOf('main.js').filter((one) => one.startsWith('.'))).toEqual(['./start.js']);
  expect(importsOf('start.js').filter((one) => one.startsWith('.'))).toEqual([]);
  expect(readFileSync(join(cli, 'start.js')).length).toBeLessThan(40_000);
});

it('carries the licences of the packages in it', () => {
  const licences = readFileSync(join(cli, 'LICENSES.txt'), 'utf8');
  for (const name of ['zod', 'yaml', 're2js', 'string-width', '@bufbuild/protobuf']) {
    expect(licences).toMatch(new RegExp(`^# ${name} \\d`, 'm'));
  }
  // A package whose text is missing would be named without one.
  for (const section of licences.split(/^# /m).slice(1))
    expect(section.length).toBeGreaterThan(300);
});
