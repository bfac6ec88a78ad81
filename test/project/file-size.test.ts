import { expect, it } from 'vitest';
import { listProjectFiles, readProjectFile } from './project-files.js';

it.each([
  ['src', 400],
  ['test', 500],
  ['scripts', 400],
])('no file in %s is longer than %i lines', (folder, limit) => {
  const files = listProjectFiles(folder).filter(
    (path) => /\.(ts|mjs|py)$/.test(path) && !path.includes('/gen/'),
  );
  expect(files.length).toBeGreaterThan(0);
  const tooLong = files
    .map((path) => ({ path, lines: readProjectFile(path).trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > limit);
  expect(tooLong).toEqual([]);
});
