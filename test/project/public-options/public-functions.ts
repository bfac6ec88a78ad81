import { readProjectFile } from '../project-files.js';
import type { PublicFunction } from './option-calls.js';

/** A function or a class that a subpath of the package exports. */
export interface ExportedFunction {
  readonly subpath: string;
  readonly name: string;
  readonly value: PublicFunction;
}

type Targets = Readonly<Record<string, string | { readonly default: string }>>;

/**
 * All functions and classes but errors that the subpaths in package.json export, read from their
 * sources.
 */
export async function listPublicFunctions(): Promise<readonly ExportedFunction[]> {
  const { exports } = JSON.parse(readProjectFile('package.json')) as { readonly exports: Targets };
  const found: ExportedFunction[] = [];
  for (const [subpath, target] of Object.entries(exports)) {
    if (typeof target === 'string') continue;
    const source = target.default.replace(/^\.\/dist\//, '../../../src/').replace(/\.js$/, '.ts');
    const module = (await import(/* @vite-ignore */ source)) as Readonly<Record<string, unknown>>;
    for (const [name, value] of Object.entries(module)) {
      if (typeof value === 'function' && !(value.prototype instanceof Error)) {
        found.push({ subpath, name, value: value as PublicFunction });
      }
    }
  }
  return found;
}

/** The parameters of a function as its source has them; those of the constructor of a class. */
export function signatureOf(value: PublicFunction): string {
  const text = String(value);
  const from = text.startsWith('class') ? text.indexOf('constructor(') : 0;
  return from < 0 ? '' : text.slice(from, text.indexOf(')', from) + 1);
}
