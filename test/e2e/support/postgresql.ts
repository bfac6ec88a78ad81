import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runScript } from './run-script.js';
import { findFreePort, startProcess } from './running-process.js';

/** A PostgreSQL with TLS, for one run of a test. */
export interface Postgresql {
  readonly host: string;
  readonly port: number;
  /** Where `postgres` gets in without a password. */
  readonly socketFolder: string;
  /** File with the certificate of the authority that signed the server's. */
  readonly caFile: string;
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts PostgreSQL on a free port of the loopback interface, with a new data folder.
 *
 * @param password of the user `postgres`
 * @throws Error that says what to install
 */
export async function startPostgresql(password: string): Promise<Postgresql> {
  const folder = await runScript('postgresql.sh', password);
  const port = await findFreePort();
  const host = '127.0.0.1';
  const log = join(folder, 'postgresql.log');
  chmodSync(join(folder, 'key.pem'), 0o600);
  const isRoot = process.getuid?.() === 0;
  const asNobody = ['--reuid=nobody', '--regid=nogroup', '--clear-groups'];
  const program = join(folder, 'bin', 'postgres');
  const server = await startProcess({
    command: isRoot ? 'setpriv' : program,
    arguments: [
      ...(isRoot ? [...asNobody, program] : []),
      '-D',
      join(folder, 'data'),
      ...Object.entries({
        listen_addresses: host,
        port: String(port),
        unix_socket_directories: folder,
        ssl: 'on',
        ssl_ca_file: join(folder, 'ca.pem'),
        ssl_cert_file: join(folder, 'certificate.pem'),
        ssl_key_file: join(folder, 'key.pem'),
        shared_buffers: '16MB',
        fsync: 'off',
      }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    log,
    // It listens before it takes connections.
    isReady: async () => readFileSync(log, 'utf8').includes('ready to accept connections'),
    timeout: 120,
  });
  return {
    host,
    port,
    socketFolder: folder,
    caFile: join(folder, 'ca.pem'),
    log: () => readFileSync(log, 'utf8'),
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
