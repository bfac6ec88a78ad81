import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate for `127.0.0.1` and `localhost` that vouches for itself, and its key. */
export interface LoopbackCertificate {
  /** The file to trust. */
  readonly caCertPath: string;
  readonly cert: string;
  readonly key: string;
}

let made: LoopbackCertificate | undefined;

/** Made once for each process by `openssl`, and removed with it. */
export function loopbackCertificate(): LoopbackCertificate {
  if (made !== undefined) return made;
  const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-tls-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const certPath = join(folder, 'cert.pem');
  const keyPath = join(folder, 'key.pem');
  const options = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  const files = ['-keyout', keyPath, '-out', certPath];
  execFileSync('openssl', ['req', ...options, '-days', '2', ...names, ...files], { stdio: 'pipe' });
  made = {
    caCertPath: certPath,
    cert: readFileSync(certPath, 'utf8'),
    key: readFileSync(keyPath, 'utf8'),
  };
  return made;
}
