import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate of a server, and the authority that signed it. Made for one run, gone after it. */
export interface TestCertificate {
  /** File of the authority's certificate: what a client has to trust. */
  readonly caPath: string;
  /** The same as text. */
  readonly ca: string;
  readonly key: string;
  readonly cert: string;
  readonly remove: () => void;
}

const NAMES = [
  'DNS:localhost',
  'IP:127.0.0.1',
  'DNS:*.vault.azure.net',
  'DNS:login.microsoftonline.com',
];
const NEW_KEY = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2'.split(
  ' ',
);

/** Makes an authority and a certificate for the loopback interface and for the names of Azure that tests stand in for. */
export function createTestCertificate(): TestCertificate {
  const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-tls-'));
  const path = (file: string): string => join(folder, file);
  const openssl = (line: string, ...names: readonly string[]): void => {
    const files = line.split(' ').map((word) => (/\.(?:key|pem)$/.test(word) ? path(word) : word));
    execFileSync('openssl', [...NEW_KEY, ...files, ...names], { stdio: 'pipe' });
  };
  openssl(
    '-keyout ca.key -out ca.pem -addext keyUsage=critical,keyCertSign -subj',
    '/CN=feast-permissions tests',
  );
  openssl(
    '-keyout server.key -out server.pem -CA ca.pem -CAkey ca.key -addext basicConstraints=critical,CA:FALSE -subj /CN=localhost -addext',
    `subjectAltName=${NAMES.join(',')}`,
  );
  return {
    caPath: path('ca.pem'),
    ca: readFileSync(path('ca.pem'), 'utf8'),
    key: readFileSync(path('server.key'), 'utf8'),
    cert: readFileSync(path('server.pem'), 'utf8'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
