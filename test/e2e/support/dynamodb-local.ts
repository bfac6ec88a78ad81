import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runScript } from './run-script.js';
import { findFreePort, startProcess } from './running-process.js';

/** A DynamoDB Local, in memory. It asks nobody who he is. */
export interface DynamoDbLocal {
  readonly endpoint: string;
  /** What it printed. */
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts DynamoDB Local on a free port of the loopback interface.
 *
 * @throws Error that says what to install
 */
export async function startDynamoDbLocal(): Promise<DynamoDbLocal> {
  const home = await runScript('dynamodb-local.sh');
  const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-dynamodb-'));
  const log = join(folder, 'dynamodb.log');
  const port = await findFreePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const server = await startProcess({
    command: 'java',
    arguments: [
      '-Xmx256m',
      `-Djava.library.path=${home}`,
      '-cp',
      join(home, '*'),
      'com.amazonaws.services.dynamodbv2.local.main.ServerRunner',
      '-inMemory',
      '-disableTelemetry',
      // Otherwise each access key has tables of its own.
      '-sharedDb',
      '-port',
      String(port),
    ],
    log,
    // It answers who sends no signature with a 400, as DynamoDB does.
    isReady: async () => (await fetch(endpoint)).status === 400,
    timeout: 120,
  });
  return {
    endpoint,
    log: () => readFileSync(log, 'utf8'),
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
