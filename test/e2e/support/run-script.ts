import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

/** From the folder of the project, where tests and benchmarks run. */
const SCRIPTS = 'scripts/e2e';

/**
 * Runs a script of `scripts/e2e` and gives the path that it prints: of what it made, or finds made
 * already.
 *
 * @throws Error with what it says on standard error, which names what to install
 */
export async function runScript(name: string, ...args: readonly string[]): Promise<string> {
  const file = resolve(SCRIPTS, name);
  try {
    const { stdout } = await promisify(execFile)(file, args, { maxBuffer: 64 * 1024 * 1024 });
    return stdout.trim();
  } catch (error) {
    const { stderr = '' } = error as { readonly stderr?: string };
    throw new Error(`scripts/e2e/${name} failed:\n${stderr.split('\n').slice(-30).join('\n')}`, {
      cause: error,
    });
  }
}
