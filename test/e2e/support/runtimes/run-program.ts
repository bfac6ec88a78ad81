import { execFile } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { OidcClientConfig, OidcServerConfig } from '../../../../src/config/auth-config.js';
import type { InstalledPackage } from './install-package.js';

const PROGRAM = fileURLToPath(new URL('program.mjs', import.meta.url));
const EXAMPLE = fileURLToPath(new URL('../../../../examples/credit_scoring', import.meta.url));

/** A runtime, and how it runs a program. */
export interface Runtime {
  readonly name: string;
  readonly command: string;
  readonly arguments: readonly string[];
}

/** What the program is told. */
export interface ProgramSettings {
  readonly auth: OidcServerConfig;
  readonly clientAuth: OidcClientConfig;
  readonly tokens: Readonly<Record<string, string>>;
  readonly hostile: { readonly origin: string; readonly tlsOrigin: string };
  /** Path of the certificate of `tlsOrigin`. */
  readonly certificate: string;
  /** An address at which nothing listens. */
  readonly closed: string;
}

type Outcome = string | number | boolean | readonly string[];

/** What came of each case. */
export interface ProgramResults {
  readonly core: Readonly<Record<string, Outcome>>;
  readonly server: Readonly<Record<string, Outcome>>;
  readonly outgoing: Readonly<Record<string, Outcome>>;
}

/**
 * Runs the program on a runtime, and gives what it prints. Rejects with what it says if it fails.
 */
export async function runProgram(
  runtime: Runtime,
  { folder, home }: InstalledPackage,
  settings: ProgramSettings,
): Promise<ProgramResults> {
  const program = join(folder, 'program.mjs');
  await copyFile(PROGRAM, program);
  const text = JSON.stringify({
    ...settings,
    httpClientUrl: pathToFileURL(join(home, 'dist/net/http-client.js')).href,
    repository: EXAMPLE,
  });
  // The proxy is a closed port: what goes through it fails.
  const { stdout } = await run(runtime, folder, [program, text], { HTTPS_PROXY: settings.closed });
  return JSON.parse(stdout) as ProgramResults;
}

/** What the command-line tool says of the example, and the code that it ends with. */
export async function runAudit(
  runtime: Runtime,
  { folder, home }: InstalledPackage,
): Promise<{ readonly code: number; readonly report: unknown }> {
  const command = [join(home, 'dist/cli/main.js'), 'audit', EXAMPLE, '--format', 'json'];
  const { code, stdout } = await run(runtime, folder, command);
  return { code, report: JSON.parse(stdout) };
}

/** Rejects unless the command ends with 0, or with 1 and something to say. */
async function run(
  { command, arguments: options }: Runtime,
  folder: string,
  program: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly stdout: string }> {
  const env = {
    HOME: folder,
    PATH: process.env['PATH'],
    DENO_DIR: join(folder, 'deno'),
    DENO_NO_UPDATE_CHECK: '1',
    ...environment,
  };
  try {
    const { stdout } = await promisify(execFile)(command, [...options, ...program], {
      cwd: folder,
      timeout: 120_000,
      env,
      maxBuffer: 64 * 1024 * 1024,
    });
    return { code: 0, stdout };
  } catch (error) {
    const { code, stdout } = error as { readonly code?: unknown; readonly stdout?: string };
    if (code === 1 && stdout !== undefined && stdout !== '') return { code, stdout };
    throw error;
  }
}
