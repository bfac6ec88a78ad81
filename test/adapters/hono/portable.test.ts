import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { readProjectFile } from '../../project/project-files.js';

/** What a module loads when it is loaded. Types are gone by then. */
const STATIC = /^(?:import|export)\s+(?!type\b)(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;

/** The modules of others that are loaded together with a file of the project. */
function modulesLoadedWith(path: string): ReadonlySet<string> {
  const files = new Set([path]);
  const modules = new Set<string>();
  for (const file of files) {
    for (const [, target = ''] of readProjectFile(file).matchAll(STATIC)) {
      if (!target.startsWith('.')) modules.add(target);
      else files.add(posix.join(posix.dirname(file), target).replace(/\.js$/, '.ts'));
    }
  }
  return modules;
}

test('the adapter runs without Node.js', () => {
  const modules = [...modulesLoadedWith('src/adapters/hono/index.ts')];
  expect(modules.sort()).toEqual(['hono/route', 'zod', 'zod/locales', 'zod/mini']);
});

test('a module that loads one of Node.js is seen', () => {
  expect([...modulesLoadedWith('src/node.ts')]).toContain('node:fs/promises');
});
