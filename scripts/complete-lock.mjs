// Completes package-lock.json: `npm install` beside an existing `node_modules` leaves out builds
// for other platforms, or lists them without an integrity (npm/cli#4828), and `npm ci` may then
// refuse the lock. npm lists all of them in a folder that has no `node_modules`. Fails if the
// registry lacks one of the packages, or if an entry is left without an integrity.
//
// usage: node scripts/complete-lock.mjs [FOLDER]   after every change of a dependency
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** The paths of the entries whose content is not pinned. */
function unpinnedEntries({ packages }) {
  return Object.keys(packages).filter((path) => path !== '' && !packages[path].integrity);
}

/** The optional packages that `lock` does not list. */
function missingEntries({ packages }) {
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) =>
        !(`${path}/node_modules/${name}` in packages) && !(`node_modules/${name}` in packages),
    ),
  );
}

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = resolve(process.argv[2] ?? root);
const work = mkdtempSync(join(tmpdir(), 'complete-lock-'));
const file = join(work, 'package-lock.json');
const readLock = () => JSON.parse(readFileSync(file, 'utf8'));
try {
  copyFileSync(join(root, '.npmrc'), join(work, '.npmrc'));
  for (const name of ['package.json', 'package-lock.json']) {
    copyFileSync(join(folder, name), join(work, name));
  }
  const lock = readLock();
  const unpinned = unpinnedEntries(lock);
  for (const path of unpinned) delete lock.packages[path];
  writeFileSync(file, JSON.stringify(lock));
  const { status } = spawnSync('npm', ['install', '--package-lock-only', '--ignore-scripts'], {
    cwd: work,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  const completed = readLock();
  const wrong = [...unpinnedEntries(completed), ...missingEntries(completed)];
  if (status !== 0 || wrong.length > 0) {
    throw new Error(`the registry does not list these packages: ${wrong.join(', ')}`);
  }
  copyFileSync(file, join(folder, 'package-lock.json'));
  process.stdout.write(`${unpinned.length} entries pinned\n`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
