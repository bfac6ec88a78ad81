import { ConfigInvalidError } from '../../model/index.js';
import { isLoopback } from '../../net/index.js';
import type { RegistryContext, RegistryLocation } from '../registry-kind.js';

/** Where a registry server is, and how a connection to it is made. */
export interface RemoteAddress {
  /** A target of gRPC: `host:port`. */
  readonly target: string;
  readonly isLoopback: boolean;
  /** Undefined: without TLS. */
  readonly tls: RemoteTls | undefined;
}

/** How the server and this client know each other. */
export interface RemoteTls {
  /** Certificates to trust. Undefined: those of Node.js. */
  readonly rootsFile: string | undefined;
  readonly certificateFile: string | undefined;
  readonly keyFile: string | undefined;
  /** The name that the server's certificate has, where that is not the host of the target. */
  readonly authority: string | undefined;
  /** What the certificate must be of: a name or an IP address. */
  readonly serverName: string;
}

const NAMED_SCHEME = /^(?:dns|ipv4|ipv6|unix|unix-abstract):/;
const TRUE = /^(?:true|t|yes|y|on|1)$/i;
const FALSE = /^(?:false|f|no|n|off|0)$/i;

/**
 * Reads where a registry server is.
 *
 * @throws {@link ConfigInvalidError} if a field is wrong. The message holds no value of a field
 * @source Feast 0.67.0, its remote registry: TLS with `cert` or `is_tls`; the certificates to trust
 *   are in `cert`, else in the file that `SSL_CERT_FILE` or `REQUESTS_CA_BUNDLE` names;
 *   `client_cert` and `client_key` together; `authority`. Differs: without any file of certificates
 *   those of Node.js are trusted, where Feast refuses; client certificates without TLS are refused
 */
export function parseRemoteAddress(
  { url = '', options = {} }: RegistryLocation,
  { env }: Pick<RegistryContext, 'env'>,
): RemoteAddress {
  if (url.includes('@') || (/^[a-z][a-z0-9+.-]*:\/\//i.test(url) && !NAMED_SCHEME.test(url))) {
    throw invalid('path', 'must be the host and the port of the registry server, as `host:6570`');
  }
  const text = (field: string): string | undefined => textOf(options, field);
  const cert = text('cert');
  const certificateFile = text('client_cert');
  const keyFile = text('client_key');
  const authority = text('authority');
  if ((certificateFile === undefined) !== (keyFile === undefined)) {
    throw invalid('client_cert', 'and `client_key` must be given together');
  }
  const usesTls = cert !== undefined || flagOf(options, 'is_tls');
  if (!usesTls && (certificateFile ?? authority) !== undefined) {
    throw invalid(
      certificateFile === undefined ? 'authority' : 'client_cert',
      'has no effect without TLS. Set `cert`, or `is_tls: true`',
    );
  }
  const rootsFile = cert ?? (env['SSL_CERT_FILE'] || env['REQUESTS_CA_BUNDLE'] || undefined);
  const host = hostOf(url);
  const serverName = hostOf(authority ?? url)?.hostname.replace(/^\[|\]$/g, '') ?? '';
  const tls = { rootsFile, certificateFile, keyFile, authority, serverName };
  return {
    target: url,
    isLoopback: /^unix(?:-abstract)?:/.test(url) || (host !== undefined && isLoopback(host)),
    tls: usesTls ? tls : undefined,
  };
}

function hostOf(target: string): URL | undefined {
  const host = target.replace(/^(?:dns|ipv4|ipv6):(?:\/\/[^/]*\/)?/, '');
  const address = `http://${host}`;
  return URL.canParse(address) ? new URL(address) : undefined;
}

function textOf(options: Readonly<Record<string, unknown>>, field: string): string | undefined {
  const value = options[field];
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw invalid(field, 'must be a string');
  return value === '' ? undefined : value;
}

function flagOf(options: Readonly<Record<string, unknown>>, field: string): boolean {
  const value = options[field] ?? false;
  if (typeof value === 'boolean') return value;
  const written = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  if (TRUE.test(written)) return true;
  if (FALSE.test(written)) return false;
  throw invalid(field, 'must be true or false');
}

function invalid(field: string, problem: string): ConfigInvalidError {
  return new ConfigInvalidError(`\`registry.${field}\` ${problem}`);
}
