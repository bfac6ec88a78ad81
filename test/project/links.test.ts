import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';
import { listProjectFiles, readProjectFile } from './project-files.js';

const { files } = JSON.parse(readProjectFile('package.json')) as { files: readonly string[] };
/** npm packs these without being told. */
const packed = ['README.md', 'LICENSE', 'package.json', ...files];

function isPacked(path: string): boolean {
  return packed.some((entry) => path === entry || path.startsWith(`${entry}/`));
}

/**
 * The ends of addresses that a document's headings have on GitHub. Headings with the same text are
 * numbered from the second one on.
 */
function anchorsOf(document: string): ReadonlySet<string> {
  const times = new Map<string, number>();
  const named = [...document.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id);
  const headings = [...document.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => {
    const anchor = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-');
    const earlier = times.get(anchor) ?? 0;
    times.set(anchor, earlier + 1);
    return earlier === 0 ? anchor : `${anchor}-${earlier}`;
  });
  return new Set([...named, ...headings]);
}

const links = listProjectFiles()
  .filter((file) => file.endsWith('.md') && !file.startsWith('test/'))
  .flatMap((file) =>
    [...readProjectFile(file).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(
      ([, path = '', anchor]) => ({
        file,
        target: path === '' ? file : normalize(join(dirname(file), path)),
        anchor,
      }),
    ),
  );

it('finds the links of documents', () => {
  expect(links.length).toBeGreaterThan(100);
});

it('every relative link leads to a file', () => {
  expect(links.filter(({ target }) => !existsSync(target))).toEqual([]);
});

it('every anchor is that of a heading', () => {
  const broken = links.filter(
    ({ target, anchor }) =>
      anchor !== undefined &&
      target.endsWith('.md') &&
      existsSync(target) &&
      !anchorsOf(readProjectFile(target)).has(anchor),
  );
  expect(broken).toEqual([]);
});

it('every link of a packed document leads to a packed file', () => {
  const broken = links.filter(({ file, target }) => isPacked(file) && !isPacked(target));
  expect(broken).toEqual([]);
});

it('the README has at most 150 lines', () => {
  expect(readProjectFile('README.md').split('\n').length - 1).toBeLessThanOrEqual(150);
});
