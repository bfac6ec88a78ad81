import { expect, it } from 'vitest';
import { readProjectFile } from './project-files.js';

interface LockedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(readProjectFile('package-lock.json')) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};
const installed = Object.entries(lock.packages).filter(([path]) => path !== '');
const namesWhere = (isWrong: (entry: LockedPackage) => boolean): readonly string[] =>
  installed.filter(([, entry]) => isWrong(entry)).map(([path]) => path);

it('names no registry: each machine installs from its own', () => {
  expect(installed.length).toBeGreaterThan(0);
  expect(namesWhere(({ resolved }) => resolved !== undefined)).toEqual([]);
});

it('pins the content of every package, but for builds of tools for other platforms', () => {
  const isForeignBuild = ({ optional, os }: LockedPackage): boolean =>
    optional === true && os !== undefined;
  expect(
    namesWhere((entry) => !entry.integrity?.startsWith('sha512-') && !isForeignBuild(entry)),
  ).toEqual([]);
});

// npm 11 leaves out what the registry at hand does not carry, and then refuses its own lock (npm/cli#9846).
it('lists every optional package, so that `npm ci` accepts it', () => {
  const missing = installed.flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) =>
        !(`${path}/node_modules/${name}` in lock.packages) &&
        !(`node_modules/${name}` in lock.packages),
    ),
  );
  expect(missing).toEqual([]);
});
