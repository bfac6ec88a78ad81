import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runScript } from './run-script.js';
import { findFreePort, type RunningProcess, startProcess } from './running-process.js';

/** Versions of Feast that are tested. */
export type FeastVersion = '0.66.0' | '0.67.0';

const RUNNER = fileURLToPath(new URL('python-feast.py', import.meta.url));
const QUIET = { FEAST_USAGE: 'False', PYTHONWARNINGS: 'ignore' };
/** The release that is in the environment itself. */
const INSTALLED = '0.67.0';

/** A program of Feast, of one version. */
export interface FeastProgram {
  /**
   * Runs a command in a feature repository.
   *
   * @throws Error with what it printed, if it fails
   */
  readonly run: (
    repository: string,
    command: readonly string[],
    env?: Readonly<Record<string, string>>,
  ) => Promise<string>;
  /** Serves the registry of a repository on the loopback interface. */
  readonly serveRegistry: (
    repository: string,
    options?: { readonly port?: number; readonly tls?: ServerTls },
  ) => Promise<RunningProcess & { readonly port: number }>;
}

/** Files of a server's key and certificate. */
export interface ServerTls {
  readonly key: string;
  readonly cert: string;
}

export async function feastProgram(version: FeastVersion = INSTALLED): Promise<FeastProgram> {
  const python = await runScript('python-venv.sh');
  const release = version === INSTALLED ? undefined : await runScript('feast-release.sh', version);
  const base = { ...QUIET, ...(release !== undefined && { PYTHONPATH: release }) };
  return {
    run: (repository, command, env = {}) => {
      const args = [RUNNER, '-c', repository, ...command];
      const options = { env: { ...process.env, ...base, ...env }, timeout: 240_000 };
      return new Promise((resolve, reject) => {
        execFile(python, args, options, (error, stdout, stderr) => {
          if (error === null) resolve(stdout);
          else reject(new Error(`feast ${command.join(' ')} failed\n${stdout}${stderr}`));
        });
      });
    },
    serveRegistry: async (repository, { port: given, tls } = {}) => {
      const port = given ?? (await findFreePort());
      const secured = tls === undefined ? [] : ['--key', tls.key, '--cert', tls.cert];
      const running = await startProcess({
        command: python,
        arguments: [RUNNER, '-c', repository, 'serve_registry', '--port', String(port), ...secured],
        environment: base,
        log: path.join(repository, `serve_registry-${version}.log`),
        isReady: async () => {
          const socket = connect(port, '127.0.0.1');
          await once(socket, 'connect');
          socket.destroy();
          return true;
        },
        timeout: 240,
      });
      return { ...running, port };
    },
  };
}

/**
 * Writes a feature repository: definitions and a configuration.
 *
 * @param definitions files to copy
 */
export function writeRepository(
  folder: string,
  definitions: readonly string[],
  config: Readonly<Record<string, unknown>>,
): string {
  mkdirSync(folder, { recursive: true });
  for (const file of definitions) cpSync(file, path.join(folder, path.basename(file)));
  const store = {
    provider: 'local',
    online_store: { type: 'sqlite', path: path.join(folder, 'online_store.db') },
    offline_store: { type: 'dask' },
    entity_key_serialization_version: 3,
    ...config,
  };
  writeFileSync(path.join(folder, 'feature_store.yaml'), JSON.stringify(store));
  return folder;
}
