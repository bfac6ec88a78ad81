import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** The packed package, unpacked as it is installed. */
export interface InstalledPackage {
  /** The folder of a program that uses the package. */
  readonly folder: string;
  /** The folder of the package. */
  readonly home: string;
  remove(): void;
}

/**
 * Packs the package as it was built last, and installs it with its dependencies and Hono into a
 * temporary folder. The dependencies are those of this project, so that no registry is asked.
 *
 * @throws Error if the package is not built
 */
export function installPackage(): InstalledPackage {
  const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-runtimes-'));
  const home = join(folder, 'node_modules', 'feast-permissions');
  mkdirSync(home, { recursive: true });
  const packed = execFileSync(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
    { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const [{ filename }] = JSON.parse(packed) as [{ readonly filename: string }];
  execFileSync('tar', ['-xzf', join(folder, filename), '--strip-components=1', '-C', home]);
  const { dependencies } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  for (const name of [...Object.keys(dependencies), 'hono']) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), link);
  }
  return { folder, home, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
