import { posix } from 'node:path';
import { expect, it } from 'vitest';
import { listProjectFiles, readProjectFile } from './project-files.js';

/** Imports of values and of types, exports from another file and dynamic imports. */
const IMPORT = /\b(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]*)\.js['"]/g;

type Sources = ReadonlyMap<string, string>;

function importsOf(path: string, text: string): readonly string[] {
  return [...text.matchAll(IMPORT)].map(([, specifier = '']) =>
    posix.join(posix.dirname(path), `${specifier}.ts`),
  );
}

/**
 * Every import that closes a circle, with the files of that circle in the order of their imports.
 */
function findCycles(sources: Sources): readonly string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (path: string): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path].join(' -> '));
    if (start >= 0 || done.has(path)) return;
    trail.push(path);
    for (const target of importsOf(path, sources.get(path) ?? '')) visit(target);
    trail.pop();
    done.add(path);
  };
  for (const path of sources.keys()) visit(path);
  return cycles;
}

it('no source file imports itself by way of others, be it for types', () => {
  const paths = listProjectFiles('src').filter((path) => path.endsWith('.ts'));
  const sources = new Map(paths.map((path) => [path, readProjectFile(path)]));
  const imports = paths.flatMap((path) => importsOf(path, sources.get(path) ?? ''));
  expect(imports.length).toBeGreaterThan(paths.length);
  // An import that leads to no file would hide a circle.
  expect(imports.filter((path) => !sources.has(path))).toEqual([]);
  expect(findCycles(sources)).toEqual([]);
});

it.each([
  ['values', "import { b } from './b.js';", "import { a } from './a.js';"],
  ['types', "import type { B } from './b.js';", "import {\n  type A,\n} from './a.js';"],
  ['exports', "export { b } from './b.js';", "export type { A } from '../src/a.js';"],
  ['dynamic imports', "const b = await import('./b.js');", "import './a.js';"],
])('finds a circle of %s', (_, a, b) => {
  const sources = new Map([
    ['src/a.ts', a],
    ['src/b.ts', b],
  ]);
  expect(findCycles(sources)).toEqual(['src/a.ts -> src/b.ts -> src/a.ts']);
});

it('finds a circle beyond files that are not part of it, and a file that imports itself', () => {
  const sources = new Map([
    ['src/a.ts', "import './b.js';"],
    ['src/b.ts', "import './c/d.js';"],
    ['src/c/d.ts', "import '../b.js';\nimport './d.js';"],
  ]);
  expect(findCycles(sources)).toEqual([
    'src/b.ts -> src/c/d.ts -> src/b.ts',
    'src/c/d.ts -> src/c/d.ts',
  ]);
});

it('has nothing to say about files that two others import', () => {
  const sources = new Map([
    ['src/a.ts', "import './b.js';\nimport './c.js';"],
    ['src/b.ts', "import './d.js';"],
    ['src/c.ts', "import './d.js';\nimport 'node:fs';"],
    ['src/d.ts', ''],
  ]);
  expect(findCycles(sources)).toEqual([]);
});
