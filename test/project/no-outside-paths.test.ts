import { expect, it } from 'vitest';
import { listProjectFiles, readProjectFile } from './project-files.js';

// Put together from pieces, so that this file does not hold what it looks for.
const OUTSIDE: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a folder of the machine it was built on', new RegExp(`(^|file://|[\\s"'\`(=:])/${'work'}/`)],
  ['a folder of the machine it was built on', new RegExp(`/tmp/${'bash'}_jobs`)],
  ['a folder outside of the project', new RegExp(`\\.\\./${'shared'}\\b`)],
  ['a package registry', new RegExp(`registry\\.(${'npmjs'}|${'yarnpkg'})\\.(org|com)`)],
];
const BINARY = /\.(gz|db|parquet|png|wasm)$/;

/** What a line gives away about the place where it was written, if anything. */
function findOutside(line: string): string | undefined {
  return OUTSIDE.find(([, pattern]) => pattern.test(line))?.[0];
}

it('no text file of the project points outside of it', () => {
  const files = listProjectFiles().filter((path) => !BINARY.test(path));
  expect(files.length).toBeGreaterThan(0);
  const found = files.flatMap((path) =>
    readProjectFile(path)
      .split('\n')
      .flatMap((line, index) => {
        const what = findOutside(line);
        return what === undefined ? [] : [`${path}:${index + 1}: ${what}`];
      }),
  );
  expect(found).toEqual([]);
});

it.each([
  `"path": "/${'work'}/main/src"`,
  `see ../${'shared'}/design.md`,
  `file:///${'work'}/main/src`,
  `/tmp/${'bash'}_jobs.0/1`,
  `https://registry.${'npmjs'}.org/zod`,
])('would find %s', (line) => {
  expect(findOutside(line)).toBeDefined();
});

it.each(['src/network/index.ts', 'https://example.org/work/x', 'the shared folder'])(
  'has nothing to say about %s',
  (line) => {
    expect(findOutside(line)).toBeUndefined();
  },
);
