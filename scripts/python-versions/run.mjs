// Runs a Python script under every version of Python whose dialect is known: SCRIPT
// DIRECTORY/VERSION.json. 3.14 is WebAssembly (npm's pyodide) where no python3.14 is installed.
//
// usage, from the root of the repository: node scripts/python-versions/run.mjs SCRIPT DIRECTORY
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const VERSIONS = ['3.10', '3.11', '3.12', '3.13', '3.14'];
const PYODIDE = { 3.14: 'pyodide@314.0.7' };

function run(command, args, options = {}) {
  const { error, status } = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (error !== undefined || status !== 0)
    throw error ?? new Error(`${command} ended with ${status}`);
}

/** `pythonX.Y` of the path, or the newest X.Y of pyenv; undefined where neither is installed. */
function findPython(version) {
  const name = `python${version}`;
  if (spawnSync(name, ['-c', '']).status === 0) return name;
  const folder = join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions');
  const installed = existsSync(folder) ? readdirSync(folder) : [];
  const patches = installed
    .filter((one) => one.startsWith(`${version}.`))
    .map((one) => Number(one.slice(version.length + 1)))
    .filter(Number.isInteger)
    .sort((a, b) => b - a);
  return patches[0] === undefined
    ? undefined
    : join(folder, `${version}.${patches[0]}`, 'bin', 'python');
}

async function runInPyodide(version, script, directory) {
  const specifier = PYODIDE[version];
  if (specifier === undefined) throw new Error(`python${version} is not installed`);
  const folder = mkdtempSync(join(tmpdir(), 'pyodide-'));
  try {
    run('npm', ['install', '--silent', '--no-save', '--ignore-scripts', specifier], {
      cwd: folder,
    });
    const entry = join(folder, 'node_modules', 'pyodide', 'pyodide.mjs');
    const { loadPyodide } = await import(pathToFileURL(entry).href);
    const python = await loadPyodide();
    python.mountNodeFS('/repository', process.cwd());
    python.mountNodeFS('/results', directory);
    python.globals.set('arguments', python.toPy([script, `/results/${version}.json`]));
    python.runPython(`import os, sys\nos.chdir('/repository')\nsys.argv = arguments`);
    python.globals.set('source', readFileSync(script, 'utf8'));
    python.runPython(
      `exec(compile(source, ${JSON.stringify(script)}, 'exec'), {'__name__': '__main__'})`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [script, target] = process.argv.slice(2);
if (script === undefined || target === undefined)
  throw new Error('usage: node scripts/python-versions/run.mjs SCRIPT DIRECTORY');
const directory = resolve(target);
mkdirSync(directory, { recursive: true });
for (const version of VERSIONS) {
  const python = findPython(version);
  if (python !== undefined) run(python, [script, join(directory, `${version}.json`)]);
  else await runInPyodide(version, script, directory);
}
