import { posix } from 'node:path';
import { expect, it } from 'vitest';
import { listProjectFiles, readProjectFile } from './project-files.js';

/** Static imports of values: what Node loads before the first line of a file runs. */
const STATIC_IMPORT =
  /^(?:import|export)\s+(?!type\b)(?:\{([^}]*)\}|\*\s+as\s+\w+|\w+)?(?:\s*from)?\s*'([^']+)';/gm;

/** Files of the project, and packages, that Node loads with the file at `entry`. */
function loadedWith(entry: string, read: (path: string) => string): readonly string[] {
  const loaded = new Set<string>();
  const visit = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    if (!path.startsWith('src/')) return;
    for (const [, names, specifier = ''] of read(path).matchAll(STATIC_IMPORT)) {
      const isTypes = names?.split(',').every((name) => /^\s*(?:type\s|$)/.test(name)) ?? false;
      if (isTypes || specifier.startsWith('node:')) continue;
      visit(
        specifier.startsWith('.')
          ? posix.join(posix.dirname(path), specifier.replace(/\.js$/, '.ts'))
          : specifier,
      );
    }
  };
  visit(entry);
  return [...loaded].sort();
}

it('the command line starts without the engine, the registry, zod and the code of any command', () => {
  const loaded = loadedWith('src/cli/main.ts', readProjectFile);
  expect(loaded).toContain('src/cli/commands/audit-command.ts');
  const allowed =
    /^src\/(?:cli\/(?!commands\/run-)|foundation\/|model\/(?:authz-error|errors|printable|python-version)\.ts$|audit\/audit-report\.ts$)|^string-width$/;
  expect(loaded.filter((path) => !allowed.test(path))).toEqual([]);
});

it('the code of every command is loaded by its description', () => {
  const commands = listProjectFiles('src/cli/commands');
  const loaded = commands
    .filter((path) => path.endsWith('-command.ts'))
    .flatMap((path) => [
      ...readProjectFile(path).matchAll(/await import\('\.\/(run-[a-z-]+)\.js'\)/g),
    ])
    .map(([, file]) => `src/cli/commands/${file}.ts`);
  expect([...new Set(loaded)].sort()).toEqual(commands.filter((path) => /\/run-/.test(path)));
});

it('sees imports of values, not those of types or on demand', () => {
  const files: Readonly<Record<string, string>> = {
    'src/a.ts': [
      "import type { B } from './types.js';",
      "import { type C, type D } from './more-types.js';",
      "import {\n  type E,\n  f,\n} from './f/g.js';",
      "import * as z from 'zod';",
      "import './effect.js';",
      "const late = await import('./late.js');",
    ].join('\n'),
    'src/f/g.ts': "export { h } from '../h.js';\nimport { readFileSync } from 'node:fs';",
  };
  expect(loadedWith('src/a.ts', (path) => files[path] ?? '')).toEqual([
    'src/a.ts',
    'src/effect.ts',
    'src/f/g.ts',
    'src/h.ts',
    'zod',
  ]);
});
