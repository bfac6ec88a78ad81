import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { readProjectFile } from '../project/project-files.js';

/** What a module loads when it is loaded. Types are gone by then. */
const STATIC = /^(?:import|export)\s+(?!type\b)(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;

function findImports(path: string): readonly string[] {
  return [...readProjectFile(path).matchAll(STATIC)].map(([, target = '']) => target);
}

/** All modules that are loaded together with one. */
function loadedWith(path: string): { readonly files: Set<string>; readonly modules: Set<string> } {
  const files = new Set([path]);
  const modules = new Set<string>();
  for (const file of files) {
    for (const target of findImports(file)) {
      if (target.startsWith('.')) {
        files.add(posix.join(posix.dirname(file), target).replace(/\.js$/, '.ts'));
      } else {
        modules.add(target);
      }
    }
  }
  return { files, modules };
}

test('the gate runs without Node.js', () => {
  const { files, modules } = loadedWith('src/gate/index.ts');
  expect(files).toContain('src/identity/token/read-bearer-token.ts');
  expect(files).toContain('src/gate/endpoints/resolve-online.ts');
  expect([...modules].filter((module) => module.startsWith('node:'))).toEqual([]);
  expect([...modules].sort()).toEqual(['zod', 'zod/locales', 'zod/mini']);
});

test('the loader of gates does not, which shows that the walk sees it', () => {
  expect([...loadedWith('src/gate/load-gate.ts').modules]).toContain('node:fs/promises');
});
