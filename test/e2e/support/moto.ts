import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScript } from './run-script.js';
import { findFreePort, startProcess } from './running-process.js';

/** A moto that takes the place of AWS. */
export interface Moto {
  readonly endpoint: string;
  /**
   * From now on, each request has to be signed, and allowed by a policy of IAM. Goes by actions,
   * not by resources.
   */
  readonly enforce: () => Promise<void>;
  /** What it printed. */
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts moto on a free port of the loopback interface. Everybody may do everything, until it is
 * told otherwise.
 *
 * @throws Error that says what to install
 */
export async function startMoto(): Promise<Moto> {
  const command = await runScript('moto.sh');
  const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-moto-'));
  const port = await findFreePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const log = join(folder, 'moto.log');
  const server = await startProcess({
    command,
    arguments: ['--host', '127.0.0.1', '--port', String(port)],
    log,
    isReady: async () => (await fetch(`${endpoint}/moto-api/data.json`)).ok,
    timeout: 120,
  });
  return {
    endpoint,
    enforce: async () => {
      const response = await fetch(`${endpoint}/moto-api/reset-auth`, {
        method: 'POST',
        body: '0',
      });
      if (!response.ok) throw new Error(`moto does not enforce: ${response.status}`);
    },
    log: () => readFileSync(log, 'utf8'),
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
