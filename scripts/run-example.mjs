// Builds the example feature server together with the sources of the package, and runs it.
// usage: node scripts/run-example.mjs [--port PORT] [--help]
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const example = join(root, 'examples', 'feature-server');
const build = join(example, '.build');
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

const { error, status } = spawnSync(process.execPath, [compiler, '-p', example], {
  stdio: 'inherit',
});
if (error) throw error;

if (status === 0) {
  // The example imports the package by its name, as its users do: here that is what was built
  // beside it.
  const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const built = JSON.parse(JSON.stringify(exports).replaceAll('./dist/', './src/'));
  delete built['./package.json'];
  mkdirSync(build, { recursive: true });
  writeFileSync(
    join(build, 'package.json'),
    JSON.stringify({ name, type: 'module', exports: built }),
  );
  const { main } = await import(
    pathToFileURL(join(build, 'examples', 'feature-server', 'main.js'))
  );
  process.exitCode = await main(process.argv.slice(2), root);
} else {
  process.exitCode = status ?? 1;
}
