import { fileURLToPath } from 'node:url';
import { type OutputChunk, rolldown } from 'rolldown';
import { beforeAll, describe, expect, it } from 'vitest';

const ENTRY = 'program.js';
const index = fileURLToPath(new URL('../../src/index.ts', import.meta.url));

let chunks: readonly OutputChunk[] = [];

/** What a bundler makes of a program that uses nothing but `createAuthorizer`. */
beforeAll(async () => {
  const bundle = await rolldown({
    input: ENTRY,
    platform: 'browser',
    plugins: [
      {
        name: 'program',
        resolveId: (id) => (id === ENTRY ? ENTRY : null),
        load: (id) =>
          id === ENTRY ? `export { createAuthorizer } from ${JSON.stringify(index)};` : null,
      },
    ],
  });
  const { output } = await bundle.generate({ format: 'esm', minify: true });
  await bundle.close();
  chunks = output.filter((file) => file.type === 'chunk');
}, 60_000);

/** Paths of the modules that have code in the bundle, below `node_modules` or `src`. */
function modulesInBundle(): readonly string[] {
  return chunks
    .flatMap(({ modules }) => Object.entries(modules))
    .filter(([, { code }]) => code !== null && code !== '')
    .map(([id]) => id.replaceAll('\\', '/').replace(/^.*\/(?:node_modules|src)\//, ''));
}

describe('a bundle of createAuthorizer', () => {
  it('has at most 380,000 bytes', () => {
    const bytes = chunks.reduce((sum, { code }) => sum + Buffer.byteLength(code), 0);
    expect(bytes).toBeGreaterThan(200_000);
    expect(bytes).toBeLessThanOrEqual(380_000);
  });

  it('holds all that it needs, and neither yaml nor languages of zod other than English', () => {
    expect(
      chunks.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports]),
    ).toEqual(chunks.slice(1).map(({ fileName }) => fileName));
    const modules = modulesInBundle();
    expect(modules).toEqual(
      expect.arrayContaining(['engine/create-authorizer.ts', 're2js/build/index.js']),
    );
    expect(modules.filter((id) => id.startsWith('yaml/'))).toEqual([]);
    expect(modules.filter((id) => /^zod\/.*locales\//.test(id))).toEqual(['zod/v4/locales/en.js']);
  });

  it('holds the small interface of zod alone', () => {
    const modules = modulesInBundle();
    expect(modules).toContain('zod/v4/mini/schemas.js');
    expect(modules.filter((id) => id.startsWith('zod/v4/classic/'))).toEqual([]);
  });
});
