/**
 * Builds of the package to measure side by side: this one, and an earlier one that `--baseline`
 * names.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The subpaths that the benchmarks take from a build, with the types of this one. */
export interface BuildModules {
  readonly '.': typeof import('../src/index.js');
  readonly './analysis': typeof import('../src/analysis/index.js');
  readonly './audit': typeof import('../src/audit/index.js');
  readonly './decision-log': typeof import('../src/decision-log/index.js');
  readonly './fastify': typeof import('../src/adapters/fastify/index.js');
  readonly './flight': typeof import('../src/adapters/flight/index.js');
  readonly './gate': typeof import('../src/gate/index.js');
  readonly './identity': typeof import('../src/identity/index.js');
  readonly './node': typeof import('../src/node.js');
  readonly './redaction': typeof import('../src/redaction/index.js');
  readonly './registry': typeof import('../src/registry/index.js');
  readonly './testing': typeof import('../src/testing/index.js');
}

export interface Build {
  /** @throws Error when the build does not export the subpath */
  load<P extends keyof BuildModules>(subpath: P): Promise<BuildModules[P]>;
}

/** This build, compiled together with the benchmarks. */
export const thisBuild: Build = {
  load: async (subpath) => (await OWN_MODULES[subpath]()) as never,
};

const OWN_MODULES: Readonly<Record<keyof BuildModules, () => Promise<unknown>>> = {
  '.': () => import('../src/index.js'),
  './analysis': () => import('../src/analysis/index.js'),
  './audit': () => import('../src/audit/index.js'),
  './decision-log': () => import('../src/decision-log/index.js'),
  './fastify': () => import('../src/adapters/fastify/index.js'),
  './flight': () => import('../src/adapters/flight/index.js'),
  './gate': () => import('../src/gate/index.js'),
  './identity': () => import('../src/identity/index.js'),
  './node': () => import('../src/node.js'),
  './redaction': () => import('../src/redaction/index.js'),
  './registry': () => import('../src/registry/index.js'),
  './testing': () => import('../src/testing/index.js'),
};

/** Subpaths that earlier builds export under another name. */
const FORMER_NAMES: Partial<Record<keyof BuildModules, string>> = { './node': './gate/load' };

/**
 * Opens the build of another version, whatever its files are called: its `exports` say where a
 * subpath is.
 *
 * @param folder a package folder with its `package.json`, built (`npm run build`) and with its
 *   dependencies
 * @throws Error when the folder holds no package with `exports`
 */
export function openBuild(folder: string): Build {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly exports?: Readonly<Record<string, string | { readonly default?: string }>>;
  };
  return {
    load: async (subpath) => {
      const target = manifest.exports?.[subpath] ?? manifest.exports?.[FORMER_NAMES[subpath] ?? ''];
      const file = typeof target === 'string' ? target : target?.default;
      if (file === undefined) throw new Error(`${folder} does not export ${subpath}`);
      return import(pathToFileURL(resolve(folder, file)).href);
    },
  };
}
