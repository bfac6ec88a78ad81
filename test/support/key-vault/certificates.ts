import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate of a server, and the authority that signed it. */
export interface TestCertificate {
  /** File of the authority's certificate: what a client has to trust. */
  readonly caPath: string;
  /** The same as text. */
  readonly ca: string;
  readonly key: string;
  readonly cert: string;
  /**
   * Removes the file. Whoever made the certificate has to: a worker of tests ends without a word.
   */
  readonly remove: () => void;
}

type Made = Omit<TestCertificate, 'caPath' | 'remove'>;

const NAMES = [
  'DNS:localhost',
  'IP:127.0.0.1',
  'DNS:*.vault.azure.net',
  'DNS:login.microsoftonline.com',
];
const NEW_KEY = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2'.split(
  ' ',
);

/** Made once for each process, and kept in memory alone. */
let made: Made | undefined;

/**
 * A certificate for the loopback interface and for the names of Azure that tests stand in for, with
 * a file of its own.
 */
export function createTestCertificate(): TestCertificate {
  made ??= makeCertificate();
  const folder = createFolder();
  const caPath = join(folder, 'ca.pem');
  writeFileSync(caPath, made.ca);
  return { ...made, caPath, remove: () => removeFolder(folder) };
}

function makeCertificate(): Made {
  const folder = createFolder();
  const path = (file: string): string => join(folder, file);
  const openssl = (line: string, ...names: readonly string[]): void => {
    const files = line.split(' ').map((word) => (/\.(?:key|pem)$/.test(word) ? path(word) : word));
    execFileSync('openssl', [...NEW_KEY, ...files, ...names], { stdio: 'pipe' });
  };
  try {
    openssl(
      '-keyout ca.key -out ca.pem -addext keyUsage=critical,keyCertSign -subj',
      '/CN=feast-permissions tests',
    );
    openssl(
      '-keyout server.key -out server.pem -CA ca.pem -CAkey ca.key -addext basicConstraints=critical,CA:FALSE -subj /CN=localhost -addext',
      `subjectAltName=${NAMES.join(',')}`,
    );
    const [ca, key, cert] = ['ca.pem', 'server.key', 'server.pem'].map((file) =>
      readFileSync(path(file), 'utf8'),
    ) as [string, string, string];
    return { ca, key, cert };
  } finally {
    removeFolder(folder);
  }
}

function createFolder(): string {
  return mkdtempSync(join(tmpdir(), 'feast-permissions-tls-'));
}

function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
