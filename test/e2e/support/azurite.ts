import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BlobServiceClient,
  type ContainerClient,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { runScript } from './run-script.js';
import { findFreePort, startProcess } from './running-process.js';

/** The account that every Azurite has, with the key that its documentation tells. */
const ACCOUNT = 'devstoreaccount1';
const KEY =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** An Azurite that takes the place of Azure Blob Storage. */
export interface Azurite {
  /** The address of its account. */
  readonly url: string;
  readonly key: string;
  /** The container `feast`, of which the account is the owner. */
  readonly container: ContainerClient;
  readonly stop: () => Promise<void>;
}

/**
 * Starts Azurite on a free port of the loopback interface, with blobs in memory.
 *
 * @throws Error that says what to install
 */
export async function startAzurite(): Promise<Azurite> {
  const home = await runScript('azurite.sh');
  const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-azurite-'));
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}/${ACCOUNT}`;
  const where = ['--blobHost', '127.0.0.1', '--blobPort', String(port)];
  const server = await startProcess({
    command: process.execPath,
    arguments: [
      join(home, 'node_modules/azurite/dist/src/blob/main.js'),
      ...where,
      '--inMemoryPersistence',
      '--skipApiVersionCheck',
      '--disableTelemetry',
    ],
    log: join(folder, 'azurite.log'),
    isReady: async () => (await fetch(url)).status < 500,
    timeout: 60,
  });
  const credential = new StorageSharedKeyCredential(ACCOUNT, KEY);
  const container = new BlobServiceClient(url, credential).getContainerClient('feast');
  await container.create();
  return {
    url,
    key: KEY,
    container,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
