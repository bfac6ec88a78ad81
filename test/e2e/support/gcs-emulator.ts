import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScript } from './run-script.js';
import { findFreePort, startProcess } from './running-process.js';

/** An emulator that takes the place of Google Cloud Storage. */
export interface GcsEmulator {
  /** For `STORAGE_EMULATOR_HOST`. */
  readonly origin: string;
  /** Puts an object into the bucket `feast`. */
  readonly put: (name: string, content: Uint8Array) => Promise<void>;
  readonly remove: (name: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts the emulator on a free port of the loopback interface, with objects in memory.
 *
 * @throws Error that says what to install
 */
export async function startGcsEmulator(): Promise<GcsEmulator> {
  const command = await runScript('gcs-emulator.sh');
  const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-gcs-'));
  const port = await findFreePort();
  const origin = `http://127.0.0.1:${port}`;
  const where = ['--host', '127.0.0.1', '--port', String(port)];
  const server = await startProcess({
    command,
    arguments: ['start', ...where, '--default-bucket', 'feast', '--in-memory', '--quiet'],
    log: join(folder, 'emulator.log'),
    isReady: async () => (await fetch(`${origin}/storage/v1/b/feast`)).ok,
    timeout: 60,
  });
  const ask = async (target: string, init: RequestInit): Promise<void> => {
    const response = await fetch(`${origin}${target}`, init);
    if (!response.ok) throw new Error(`the emulator answers ${target} with ${response.status}`);
  };
  return {
    origin,
    put: (name, content) =>
      ask(`/upload/storage/v1/b/feast/o?uploadType=media&name=${encodeURIComponent(name)}`, {
        method: 'POST',
        body: content,
      }),
    remove: (name) =>
      ask(`/storage/v1/b/feast/o/${encodeURIComponent(name)}`, { method: 'DELETE' }),
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
