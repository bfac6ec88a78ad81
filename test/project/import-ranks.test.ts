import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listProjectFiles, readProjectFile } from './project-files.js';

/**
 * Folders of `src/` from the lowest rank to the highest: a folder imports only from lower ranks.
 */
const RANKS: readonly (readonly string[])[] = [
  ['model'],
  ['foundation'],
  ['matchers'],
  ['policy', 'redaction'],
  ['engine'],
  ['config'],
  ['net'],
  ['identity'],
  ['registry'],
  ['gate', 'analysis'],
  ['audit', 'export', 'decision-log'],
  ['testing'],
  ['adapters'],
  ['platforms', 'servers'],
  ['cli'],
];
/**
 * Sub-folders that are ranked as well. Files directly in a ranked folder may import all of them.
 */
const NESTED_RANKS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  identity: [['token'], ['service', 'kubernetes'], ['oidc']],
  platforms: [
    ['aws-iam', 'databricks/tokens', 'databricks/vocabulary'],
    ['databricks/workspace'],
    ['secrets'],
    ['online-store', 'azure/credentials', 'databricks/endpoints'],
    ['databricks/acl', 'azure/key-vault'],
    ['databricks/audit', 'databricks/links', 'databricks/serving-endpoint'],
  ],
};
/**
 * Files that other folders may enter beside `index.ts`. Each spares its users the rest of its
 * folder, or is internal to the package where `index.ts` is public.
 */
const DOORS: ReadonlySet<string> = new Set([
  'adapters/http/guard',
  'adapters/support/route-rule',
  'analysis/access-matrix',
  'analysis/coverage',
  'analysis/near-misses',
  'analysis/references',
  'audit/audit-report',
  'audit/each-item',
  'audit/reporters/text-report',
  'config/auth-config',
  'config/check-section',
  'config/expand-environment',
  'config/field-schemas',
  'config/file-json-schema',
  'config/parse-yaml',
  'config/read-yaml-text',
  'engine/bound-authorizer',
  'engine/lazy-decision',
  'engine/shadow',
  'engine/snapshot',
  'gate/decision-time',
  'gate/decide-requirement',
  'gate/endpoints/message-fields',
  'gate/endpoints/request-context',
  'gate/endpoints/requirements-of',
  'identity/token-file',
  'identity/token/authenticator',
  'identity/token/claim-mapping',
  'identity/token/read-bearer-token',
  'matchers/literal-automaton',
  'model/errors',
  'model/permission',
  'model/plain-data',
  'model/python-strip',
  'model/python-version',
  'model/subject',
  'registry/create-relations',
  'registry/poll-changes',
  'registry/relations',
]);
const FOLDERS = RANKS.flat();
/** What runs in any JavaScript engine, browsers and edge workers included. */
const CORE = ['model', 'foundation', 'matchers', 'policy', 'engine'];
const IMPORT = /\b(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]*|node:[^'"]*)['"]/g;

type Ranks = readonly (readonly string[])[];
const rankOf = (folder: string, ranks: Ranks): number =>
  ranks.findIndex((rank) => rank.includes(folder));
const mayImport = (from: string, to: string, ranks: Ranks = RANKS): boolean =>
  from === to || rankOf(to, ranks) < rankOf(from, ranks);

/**
 * The ranked sub-folder of `top` that holds `path`, or `undefined` for a file directly in `top`.
 */
function nestedFolder(top: string, path: string): string | undefined {
  const folders = (NESTED_RANKS[top] ?? []).flat();
  return folders.find((folder) => path.startsWith(`src/${top}/${folder}/`));
}

/** True if `target`, a path in the same top folder as `path`, respects the ranks of sub-folders. */
function mayImportNested(top: string, path: string, target: string): boolean {
  const ranks = NESTED_RANKS[top];
  const from = nestedFolder(top, path);
  if (ranks === undefined || from === undefined) return true;
  const to = nestedFolder(top, target);
  return to !== undefined && mayImport(from, to, ranks);
}

/** True if `target`, a path in another top folder, is a way into it. */
function isDoor(target: string): boolean {
  const [, top = '', ...rest] = target.replace(/\.js$/, '').split('/');
  return top === 'foundation' || rest.at(-1) === 'index' || DOORS.has([top, ...rest].join('/'));
}

/** One sentence for each import of `text`, the source at `path`, that breaks the ranks. */
function findViolations(path: string, text: string): readonly string[] {
  const [, from = '', ...rest] = path.split('/');
  if (rest.length === 0) return [];
  if (!FOLDERS.includes(from)) return [`${path}: the folder ${from} has no rank`];
  return [...text.matchAll(IMPORT)].flatMap(([, specifier = '']) => {
    if (specifier.startsWith('node:')) {
      return CORE.includes(from) ? [`${path}: the core imports ${specifier}`] : [];
    }
    const target = posix.join(posix.dirname(path), specifier);
    const [top, to = ''] = target.split('/');
    const allowed =
      top === 'src' &&
      FOLDERS.includes(to) &&
      mayImport(from, to) &&
      (from === to ? mayImportNested(from, path, target) : isDoor(target));
    return allowed ? [] : [`${path}: ${from} imports ${specifier}`];
  });
}

describe('import ranks', () => {
  it('every door of a folder is used', () => {
    const used = new Set(
      listProjectFiles('src')
        .filter((path) => path.endsWith('.ts'))
        .flatMap((path) =>
          [...readProjectFile(path).matchAll(IMPORT)]
            .map(([, specifier = '']) => posix.join(posix.dirname(path), specifier))
            .filter((target) => target.split('/')[1] !== path.split('/')[1])
            .map((target) => target.replace(/^src\/|\.js$/g, '')),
        ),
    );
    expect([...DOORS].filter((door) => !used.has(door))).toEqual([]);
  });

  it('no source file imports a folder of its own rank or above', () => {
    const sources = listProjectFiles('src').filter((path) => path.endsWith('.ts'));
    expect(sources.length).toBeGreaterThan(0);
    expect(sources.flatMap((path) => findViolations(path, readProjectFile(path)))).toEqual([]);
  });

  it.each([
    ['src/model/a.ts', "import { b } from '../foundation/options.js';"],
    ['src/foundation/a.ts', "import { b } from '../matchers/index.js';"],
    ['src/foundation/terminal/a.ts', "import { stat } from 'node:fs';"],
    ['src/matchers/deep/a.ts', "export type { B } from '../../engine/index.js';"],
    ['src/policy/a.ts', "import type { R } from '../redaction/index.js';"],
    ['src/gate/a.ts', "const b = await import('../audit/index.js');"],
    ['src/testing/a.ts', "import '../adapters/index.js';"],
    ['src/platforms/secrets/a.ts', "import { b } from '../online-store/index.js';"],
    ['src/platforms/databricks/audit/a.ts', "import { b } from '../links/index.js';"],
    ['src/platforms/aws-iam/a.ts', "import { b } from '../index.js';"],
    ['src/engine/a.ts', "import { readFileSync } from 'node:fs';"],
    ['src/cli/a.ts', "import { b } from '../index.js';"],
    ['src/gate/a.ts', "import { b } from '../registry/open-registry.js';"],
    ['src/platforms/secrets/a.ts', "import { b } from '../../net/http-client.js';"],
    ['src/identity/token/a.ts', "import { b } from '../oidc/b.js';"],
    ['src/identity/kubernetes/a.ts', "import { b } from '../create-authenticator.js';"],
    ['src/cli/a.ts', "import { b } from '../../test/support/b.js';"],
    ['src/unknown/a.ts', ''],
  ])('finds what is wrong in %s: %s', (path, text) => {
    expect(findViolations(path, text)).toHaveLength(1);
  });

  it.each([
    ['src/engine/a.ts', "import { b } from '../policy/index.js';\nimport * as z from 'zod';"],
    ['src/matchers/deep/a.ts', "import { b } from '../b.js';\nimport { c } from './c.js';"],
    ['src/cli/a.ts', "import { readFileSync } from 'node:fs';"],
    ['src/cli/a.ts', "import { b } from '../foundation/terminal/b.js';"],
    ['src/gate/a.ts', "import { b } from '../model/errors.js';"],
    ['src/identity/oidc/a.ts', "import { b } from '../token/b.js';"],
    ['src/identity/b.ts', "import { c } from './oidc/c.js';"],
    ['src/platforms/databricks/audit/a.ts', "import { b } from '../acl/index.js';"],
    ['src/platforms/azure/index.ts', "export { b } from './credentials/index.js';"],
    ['src/index.ts', "export { createAuthorizer } from './engine/index.js';"],
  ])('has nothing to say about %s: %s', (path, text) => {
    expect(findViolations(path, text)).toEqual([]);
  });

  it('the linter holds the same ranks', () => {
    const config = JSON.parse(readProjectFile('.oxlintrc.json').replace(/^\s*\/\/.*$/gm, '')) as {
      readonly overrides: readonly {
        readonly files: readonly string[];
        readonly rules: Readonly<
          Record<string, readonly [string, { patterns: { regex: string }[] }]>
        >;
      }[];
    };
    for (const from of FOLDERS) {
      const override = config.overrides.find(
        ({ files, rules }) => files.includes(`src/${from}/**`) && 'no-restricted-imports' in rules,
      );
      const patterns = override?.rules['no-restricted-imports']?.[1].patterns ?? [];
      const expressions = patterns.map(({ regex }) => new RegExp(regex));
      const refuses = (target: string): boolean => expressions.some((one) => one.test(target));
      for (const to of FOLDERS.filter((folder) => folder !== from)) {
        expect(refuses(`../${to}/index.js`), `${from} imports ${to}`).toBe(!mayImport(from, to));
      }
      expect(refuses('node:fs'), `${from} imports node:fs`).toBe(CORE.includes(from));
    }
  });
});
