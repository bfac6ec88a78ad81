import { readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url).pathname;

/** What the package exports, from its sources. */
export function sourceAliases(): { find: RegExp; replacement: string }[] {
  const { name, exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
    readonly name: string;
    readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  };
  return Object.entries(exports).flatMap(([path, target]) =>
    typeof target === 'string'
      ? []
      : [
          {
            find: new RegExp(`^${name}${path.slice(1)}$`),
            replacement: root + target.default.replace(/^\.\/dist\//, 'src/').replace(/js$/, 'ts'),
          },
        ],
  );
}
