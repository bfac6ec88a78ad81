import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { readProjectFile } from '../project/project-files.js';

/** What one subpath of the package exports. */
export interface PublicNames {
  /** Import specifier, for example `feast-permissions/gate`. */
  readonly specifier: string;
  readonly values: readonly string[];
  readonly types: readonly string[];
  /** Name → the module, relative to the project, that declares it. */
  readonly sources: ReadonlyMap<string, string>;
}

const EXPORT_LIST = /export\s+(type\s+)?\{([^}]*)\}\s*from\s*'([^']+)'/g;
const DECLARATION =
  /^export\s+(?:declare\s+)?(?:abstract\s+)?(const|let|function|class|interface|type)\s+(\w+)/gm;
const COMMENT = /\/\*[\s\S]*?\*\/|\/\/.*$/gm;

/** The public names of every subpath, from the explicit export lists of its entry module. */
export function readPublicNames(): readonly PublicNames[] {
  const { name, exports } = JSON.parse(readProjectFile('package.json')) as {
    readonly name: string;
    readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  };
  return Object.entries(exports).flatMap(([path, target]) =>
    typeof target === 'string'
      ? []
      : [readEntry(name + path.slice(1), target.default.replace('./dist/', 'src/'))],
  );
}

function readEntry(specifier: string, module: string): PublicNames {
  const path = module.replace(/\.js$/, '.ts');
  const values = new Set<string>();
  const types = new Set<string>();
  const sources = new Map<string, string>();
  const text = withoutComments(path);
  for (const [, kind = '', declared = ''] of text.matchAll(DECLARATION)) {
    (kind === 'interface' || kind === 'type' ? types : values).add(declared);
    sources.set(declared, path);
  }
  for (const [, isType, list = '', from = ''] of text.matchAll(EXPORT_LIST)) {
    for (const item of list.split(',').map((one) => one.trim())) {
      if (item === '') continue;
      const exported = item.replace(/^type\s+/, '').replace(/^.*\sas\s+/, '');
      const isTypeOnly = isType !== undefined || item.startsWith('type ');
      (isTypeOnly ? types : values).add(exported);
      sources.set(exported, findSource(posix.join(posix.dirname(path), from), exported));
    }
  }
  return { specifier, values: [...values].sort(), types: [...types].sort(), sources };
}

/** Follows re-exports to the module that declares `name`. */
function findSource(module: string, name: string): string {
  const path = module.replace(/\.js$/, '.ts');
  for (const [, , list = '', from = ''] of withoutComments(path).matchAll(EXPORT_LIST)) {
    const names = list.split(',').map((one) => one.trim().replace(/^type\s+/, ''));
    if (names.includes(name)) return findSource(posix.join(posix.dirname(path), from), name);
  }
  return path;
}

function withoutComments(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8').replace(COMMENT, '');
}
