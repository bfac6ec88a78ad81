import { expect, it } from 'vitest';
import { readPublicNames } from '../support/public-names.js';

const MAX_NAMES = 60;
const subpaths = readPublicNames();
/** The adapters share one kit: the same names for the same jobs, one set per framework. */
const ADAPTERS = ['express', 'fastify', 'flight', 'grpc', 'hono', 'http', 'nestjs'].map(
  (framework) => `feast-permissions/${framework}`,
);

const section = ({ specifier, values, types }: (typeof subpaths)[number]): string =>
  [
    `## ${specifier}`,
    '',
    ...values.map((name) => `- \`${name}\``),
    ...types.map((name) => `- type \`${name}\``),
    '',
  ].join('\n');

// `npx vitest run test/project/public-names.test.ts -u` updates the report.
it('docs/public-names.md lists every public name', async () => {
  const report = ['# Public names', '', ...subpaths.map(section)].join('\n');
  await expect(report).toMatchFileSnapshot('../../docs/public-names.md');
});

it.each(subpaths)('$specifier has at least one name and at most 60', ({ values, types }) => {
  expect(values.length + types.length).toBeGreaterThan(0);
  expect(values.length + types.length).toBeLessThanOrEqual(MAX_NAMES);
});

it('a name means one thing in all subpaths', () => {
  const sources = new Map<string, Set<string>>();
  for (const { specifier, sources: names } of subpaths) {
    if (ADAPTERS.includes(specifier)) continue;
    for (const [name, source] of names) {
      sources.set(name, (sources.get(name) ?? new Set()).add(source));
    }
  }
  const homonyms = [...sources].filter(([, modules]) => modules.size > 1);
  expect(homonyms.map(([name, modules]) => `${name}: ${[...modules].join(', ')}`)).toEqual([]);
});

it('the package root needs no Node.js module and the platforms are not part of it', () => {
  const root = subpaths.find(({ specifier }) => specifier === 'feast-permissions');
  const modules = [...(root?.sources.values() ?? [])];
  expect(modules.length).toBeGreaterThan(0);
  expect(modules.filter((module) => !/^src\/(model|policy|engine)\//.test(module))).toEqual([]);
});
