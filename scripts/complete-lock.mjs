// Adds to package-lock.json the builds for other platforms that the registry at hand does not carry.
// `npm install` leaves such optional packages out, and `npm ci` then refuses the lock (npm/cli#9846).
// Each such package is pinned to one exact version by the package that lists it; its platform is in its name.
//
// usage: node scripts/complete-lock.mjs   after every change of a dependency
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const OPERATING_SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const PROCESSORS = ['arm', 'arm64', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64'];
const LIBRARIES = new Map([
  ['gnu', 'glibc'],
  ['musl', 'musl'],
]);

/** The platform fields of a package named like `@scope/binding-linux-arm64-musl`; undefined for other names. */
export function platformOf(name) {
  const words = name.split(/[/-]/);
  const os = words.find((word) => OPERATING_SYSTEMS.includes(word));
  const cpu = words.find((word) => PROCESSORS.includes(word));
  const library = words.map((word) => LIBRARIES.get(word)).find((found) => found !== undefined);
  if (os === undefined || cpu === undefined) return undefined;
  return { os: [os], cpu: [cpu], ...(library === undefined ? {} : { libc: [library] }) };
}

/** The entries that `lock` lacks: one for each optional dependency of a locked package. */
export function missingEntries(lock) {
  const missing = new Map();
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const places = [`${path}/node_modules/${name}`, `node_modules/${name}`];
      if (places.some((place) => place in lock.packages)) continue;
      const platform = platformOf(name);
      if (platform === undefined || !/^\d+\.\d+\.\d+$/.test(version)) {
        throw new Error(`cannot complete ${name}@${version} of ${path}`);
      }
      missing.set(`node_modules/${name}`, {
        version,
        ...(entry.dev ? { dev: true } : {}),
        optional: true,
        ...platform,
      });
    }
  }
  return missing;
}

const file = process.argv[2] ?? fileURLToPath(new URL('../package-lock.json', import.meta.url));
const lock = JSON.parse(readFileSync(file, 'utf8'));
const missing = missingEntries(lock);
const packages = [...Object.entries(lock.packages), ...missing];
packages.sort(([a], [b]) => a.localeCompare(b, 'en'));
writeFileSync(
  file,
  `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`,
);
process.stdout.write(`${missing.size} entries added\n`);
