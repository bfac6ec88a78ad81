import { readCertificates } from '../../net/index.js';
import type { RemoteTls } from './parse-remote-address.js';

/** The files of a TLS connection, in PEM. `null`: the roots of Node.js, and no certificate. */
export interface TlsFiles {
  readonly roots: Buffer | null;
  readonly key: Buffer | null;
  readonly certificate: Buffer | null;
}

/**
 * Reads the files of a TLS connection. They are read anew for each connection: they are exchanged
 * while a program runs.
 *
 * @throws ConfigInvalidError if one cannot be read
 */
export function readTlsFiles({ rootsFile, keyFile, certificateFile }: RemoteTls): TlsFiles {
  return {
    roots: readOptional(rootsFile),
    key: readOptional(keyFile),
    certificate: readOptional(certificateFile),
  };
}

function readOptional(file: string | undefined): Buffer | null {
  return file === undefined ? null : readCertificates(file);
}
