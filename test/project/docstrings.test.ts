import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readPublicNames } from '../support/public-names.js';
import { readProjectFile } from './project-files.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const subpaths = readPublicNames();

/** Public interfaces and types for options, with the module that declares them. */
const OPTION_TYPES = [
  ...new Map(
    subpaths.flatMap(({ sources }) =>
      [...sources]
        .filter(([name]) => /^[A-Z].*Options$/.test(name))
        .map((one) => [one.join(), one]),
    ),
  ).values(),
];

it.each(OPTION_TYPES)('%s has a sentence of its own', (name, module) => {
  const text = readProjectFile(module);
  const declaration = new RegExp(`(\\*/\\n)?export (?:interface|type) ${name}\\b`).exec(text);
  expect(declaration?.[1]).toBeDefined();
});

/** The example in the docstring before `member`. */
function exampleOf(module: string, member: string): string {
  const text = readProjectFile(module);
  const start = text.indexOf('export interface Authorizer<');
  const end = start + text.slice(start).search(new RegExp(`^  ${member}[<(]`, 'm'));
  expect(text.slice(0, end).trimEnd().endsWith('*/')).toBe(true);
  const comment = text.slice(text.lastIndexOf('/**', end), end);
  const [, example = ''] = comment.split('@example\n');
  return example.replace(/^ *\*\/?( |$)/gm, '');
}

it('the examples of `decide`, `filter`, `decideChange` and `replace` compile', () => {
  const members = ['decide', 'filter', 'decideChange', 'replace'];
  const examples = members.map((member) => {
    const example = exampleOf('src/engine/authorizer.ts', member);
    expect(example).toContain(`authorizer.${member}(`);
    return `{\n${example.trimEnd()}\n}`;
  });
  const folder = mkdtempSync(join(tmpdir(), 'examples-'));
  try {
    const file = join(folder, 'examples.mts');
    const prelude = `import { prepareSnapshot, type Authorizer, type PermissionInput, type ResourceOf, type FeastVocabulary, type Subject } from '${root}src/index.js';
declare const authorizer: Authorizer;
declare const subject: Subject;
declare const permissions: readonly PermissionInput[];
declare const resources: readonly ResourceOf<FeastVocabulary>[];
`;
    writeFileSync(file, `${prelude}${examples.join('\n')}\n`);
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: `${root}tsconfig.json`,
        compilerOptions: {
          noEmit: true,
          noUnusedLocals: false,
          rootDir: '/',
          typeRoots: [`${root}node_modules/@types`],
        },
        include: ['examples.mts'],
        exclude: [],
      }),
    );
    const tsc = [`${root}node_modules/typescript/bin/tsc`, '-p', folder];
    const { status, stdout } = spawnSync(process.execPath, tsc, { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
