// Builds `dist/` from nothing, so that no file of an earlier build is ever packed: what the
// compiler writes, and the command line as a bundle.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { bundleCli } from './bundle-cli.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

rmSync(join(root, 'dist'), { recursive: true, force: true });
const { error, status } = spawnSync(
  process.execPath,
  [compiler, '-p', join(root, 'tsconfig.build.json')],
  { stdio: 'inherit' },
);
if (error) throw error;
await bundleCli(join(root, 'dist', 'cli'));

// npx links the command of a package's own folder once and then runs the file as it is:
// without this it is "permission denied" from the second build on.
for (const command of Object.values(bin)) {
  const file = join(root, command);
  if (existsSync(file)) chmodSync(file, 0o755);
}
process.exitCode = status ?? 1;
