import { satisfies } from 'semver';
import { describe, expect, it } from 'vitest';
import { readProjectFile } from './project-files.js';

interface LockedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly engines?: { readonly node?: string };
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

const readLock = (path: string): readonly (readonly [string, LockedPackage])[] =>
  Object.entries((JSON.parse(readProjectFile(path)) as LockFile).packages).filter(
    ([name]) => name !== '',
  );

/** Each lock file, and the smallest number of packages that it must list. */
const LOCKS = [
  ['package-lock.json', 600],
  ['bench/package-lock.json', 2],
  ['scripts/api-reference/package-lock.json', 3],
  ['scripts/e2e/iam-oracle/package-lock.json', 2],
  ['scripts/e2e/runtimes/package-lock.json', 6],
] as const;

describe.each(LOCKS)('%s', (path, atLeast) => {
  const locked = readLock(path);
  const namesWhere = (isWrong: (entry: LockedPackage) => boolean): readonly string[] =>
    locked.filter(([, entry]) => isWrong(entry)).map(([name]) => name);

  it('names no registry: each machine installs from its own', () => {
    expect(namesWhere(({ resolved }) => resolved !== undefined)).toEqual([]);
  });

  it('pins the content of every package, builds for other platforms included', () => {
    expect(namesWhere(({ integrity }) => !integrity?.startsWith('sha512-'))).toEqual([]);
    expect(locked.length).toBeGreaterThanOrEqual(atLeast);
  });

  // npm leaves out what does not fit this machine, and then refuses its own lock (npm/cli#4828).
  it('lists every optional package, so that `npm ci` accepts it', () => {
    const names = new Set(locked.map(([name]) => name));
    const missing = locked.flatMap(([parent, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) =>
          !names.has(`${parent}/node_modules/${name}`) && !names.has(`node_modules/${name}`),
      ),
    );
    expect(missing).toEqual([]);
  });
});

it('locks no package that excludes a supported Node.js', () => {
  const supported = ['20.19.0', '22.12.0', '24.0.0', '26.0.0'];
  const excluded = readLock('package-lock.json').flatMap(([name, { engines, optional }]) => {
    const range = engines?.node;
    if (range === undefined || optional === true) return [];
    return supported
      .filter((version) => !satisfies(version, range))
      .map((version) => `${name} excludes ${version}`);
  });
  expect(excluded).toEqual([]);
});

it('reviews every package that has an install script', () => {
  const { allowScripts } = JSON.parse(readProjectFile('package.json')) as {
    readonly allowScripts: Readonly<Record<string, boolean>>;
  };
  const scripted = readLock('package-lock.json').filter(([, entry]) => entry.hasInstallScript);
  const names = scripted.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 13));
  expect(names.filter((name) => allowScripts[name] === undefined)).toEqual([]);
});
