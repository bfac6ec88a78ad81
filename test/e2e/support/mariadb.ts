import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runScript } from './run-script.js';
import { findFreePort, isListening, startProcess } from './running-process.js';

/** A MariaDB that lets nobody in without TLS. */
export interface MariaDb {
  readonly host: string;
  readonly port: number;
  /** Certificate of who signed the server's, in PEM. */
  readonly ca: string;
  /** The file that holds it. */
  readonly caFile: string;
  /** Where `root` gets in without a password. */
  readonly socketPath: string;
  /** What it printed. */
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts MariaDB on a free port of the loopback interface, with a new data folder.
 *
 * @throws Error that says what to install
 */
export async function startMariaDb(): Promise<MariaDb> {
  const folder = await runScript('mariadb.sh');
  const port = await findFreePort();
  const host = '127.0.0.1';
  const socketPath = join(folder, 'socket');
  const log = join(folder, 'mariadb.log');
  const server = await startProcess({
    command: 'mariadbd',
    arguments: [
      '--no-defaults',
      // MariaDB does not run as root unless it is told to become somebody else.
      ...(process.getuid?.() === 0 ? ['--user=nobody'] : []),
      `--datadir=${join(folder, 'data')}`,
      `--socket=${socketPath}`,
      `--bind-address=${host}`,
      `--port=${port}`,
      '--skip-name-resolve',
      '--skip-log-bin',
      '--innodb-buffer-pool-size=16M',
      '--require-secure-transport=ON',
      `--ssl-ca=${join(folder, 'ca.pem')}`,
      `--ssl-cert=${join(folder, 'certificate.pem')}`,
      `--ssl-key=${join(folder, 'key.pem')}`,
    ],
    environment: { PATH: `${process.env['PATH']}:/usr/sbin` },
    log,
    isReady: () => isListening(host, port),
    timeout: 120,
  });
  return {
    host,
    port,
    ca: readFileSync(join(folder, 'ca.pem'), 'utf8'),
    caFile: join(folder, 'ca.pem'),
    socketPath,
    log: () => readFileSync(log, 'utf8'),
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
