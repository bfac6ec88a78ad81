import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runScript } from './run-script.js';

/**
 * Runs one of the Python programs beside this file, in the environment of the slow tests.
 *
 * @param input given to it on standard input, as JSON
 * @returns what it prints, as JSON
 */
export async function runPython(program: string, input: unknown): Promise<unknown> {
  const python = await runScript('python-venv.sh');
  const file = fileURLToPath(new URL(program, import.meta.url));
  const text = await new Promise<string>((resolve, reject) => {
    const options = { maxBuffer: 64 * 1024 * 1024, timeout: 110_000 };
    const child = execFile(python, [file], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${program} failed:\n${stderr.slice(-4000)}`, { cause: error }));
    });
    child.stdin?.end(JSON.stringify(input));
  });
  return JSON.parse(text) as unknown;
}
