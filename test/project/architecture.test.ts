import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { listProjectFiles, readProjectFile } from './project-files.js';

const TEXT = readProjectFile('ARCHITECTURE.md');
const FILES = listProjectFiles();
/** Packages, and a file of users: they only look like paths of the project. */
const OTHER_NAMES: ReadonlySet<string> = new Set([
  '@kubernetes/client-node',
  '@azure/identity',
  '@cloud-copilot/iam-simulate',
  '@azure/keyvault-secrets',
  '@databricks/sdk-experimental',
  'undici/index.js',
  'feature_store.yaml',
]);

/**
 * Names in backticks with a folder or a file extension: `engine/project.ts`, `*-command.ts`,
 * `gen/`.
 */
const paths = [...new Set([...TEXT.matchAll(/`([\w@.*/-]+)`/g)].map(([, name]) => String(name)))]
  .filter((name) => name.includes('/') || /\.(?:ts|md|mjs|json|sh|py)$/.test(name))
  .filter((name) => !OTHER_NAMES.has(name));

/** True if a file or a folder of the project ends with the path, from the start of a name. */
function exists(path: string): boolean {
  const pattern = path.replace(/\/$/, '').replace(/[.+]/g, '\\$&').replaceAll('*', '[^/]*');
  const place = new RegExp(`(?:^|/)${pattern}(?:/|$)`);
  return FILES.some((file) => place.test(file));
}

it('finds the paths that ARCHITECTURE.md names', () => {
  expect(paths.length).toBeGreaterThan(60);
});

it('ARCHITECTURE.md names only files and folders that exist', () => {
  expect(paths.filter((path) => !exists(path))).toEqual([]);
});

it('ARCHITECTURE.md has a row for each folder of `src`', () => {
  const rows = [...TEXT.matchAll(/^\| `src\/([\w-]+)` \|/gm)].map(([, folder]) => folder);
  const folders = readdirSync(new URL('../../src', import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect(new Set(rows)).toEqual(new Set(folders));
});
