import { readFile } from 'node:fs/promises';
import type { ClientConfig } from 'pg';
import { ConfigInvalidError, quote } from '../../model/index.js';
import type { DatabaseUrl } from './parse-database-url.js';
import { type ParameterNames, readParameters } from './read-parameters.js';

/** What `pg` is given. */
export interface PostgresTarget {
  readonly config: ClientConfig;
  /** Ways to encrypt, to be tried one after the other. */
  readonly tls: readonly ClientConfig['ssl'][];
}

const PARAMETERS = {
  used: [
    'host',
    'port',
    'user',
    'password',
    'dbname',
    'options',
    'sslmode',
    'sslrootcert',
    'sslcert',
    'sslkey',
    'channel_binding',
  ],
  /** They change neither what is read nor how safely. */
  ignored: [
    'application_name',
    'client_encoding',
    'connect_timeout',
    'fallback_application_name',
    'gssencmode',
    'keepalives',
    'keepalives_count',
    'keepalives_idle',
    'keepalives_interval',
    'prepare_threshold',
    'tcp_user_timeout',
  ],
} as const satisfies ParameterNames;

type Parameters = Readonly<Partial<Record<(typeof PARAMETERS.used)[number], string>>>;

/**
 * Reads where a PostgreSQL is, and how connections to it are encrypted.
 *
 * What neither URL nor parameters say comes from the variables of libpq (`PGHOST`, `PGPASSWORD`).
 *
 * @throws ConfigInvalidError if a parameter is unknown or wrong, or a certificate cannot be read
 * @source PostgreSQL 17, `sslmode` of libpq: same; differs: `allow` is `prefer`
 */
export async function postgresTarget(url: DatabaseUrl): Promise<PostgresTarget> {
  const parameters: Parameters = readParameters(url.parameters, PARAMETERS);
  const host = parameters.host ?? url.host;
  const port = parameters.port ?? url.port;
  const config = {
    application_name: 'feast-permissions',
    host,
    port: port === undefined ? undefined : Number(port),
    user: parameters.user ?? url.user,
    password: parameters.password ?? url.password,
    database: parameters.dbname ?? url.database,
    options: parameters.options,
  };
  const isSocket = host?.startsWith('/') === true;
  return {
    config: Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined)),
    tls: isSocket ? [false] : await waysToEncrypt(parameters),
  };
}

async function waysToEncrypt(parameters: Parameters): Promise<PostgresTarget['tls']> {
  const { sslmode = 'prefer', sslrootcert, channel_binding: binding = 'prefer' } = parameters;
  const isVerified = sslmode === 'verify-ca' || sslmode === 'verify-full';
  // SECURITY: `pg` does not insist on it. A verified certificate keeps others out as well.
  if (binding === 'require' && !isVerified) {
    throw new ConfigInvalidError(
      '`channel_binding=require` of the database URL needs `sslmode=verify-full` beside it',
    );
  }
  const files = {
    ...(await readPem('ca', sslrootcert === 'system' ? undefined : sslrootcert)),
    ...(await readPem('cert', parameters.sslcert)),
    ...(await readPem('key', parameters.sslkey)),
  };
  const unverified = { ...files, rejectUnauthorized: false };
  const ofAuthority = { ...files, checkServerIdentity: () => undefined };
  switch (sslmode) {
    case 'disable':
      return [false];
    case 'allow':
    case 'prefer':
      return [unverified, false];
    case 'require':
      return [sslrootcert === undefined ? unverified : ofAuthority];
    case 'verify-ca':
      return [ofAuthority];
    case 'verify-full':
      return [files];
    default:
      throw new ConfigInvalidError(
        `the database URL has an unknown \`sslmode\`, ${quote(sslmode)}`,
      );
  }
}

/** @returns an object with the text of the file, or an empty one */
export async function readPem<N extends string>(
  name: N,
  file: string | undefined,
): Promise<{ readonly [K in N]?: string }> {
  if (file === undefined) return {};
  try {
    return { [name]: await readFile(file, 'utf8') } as { readonly [K in N]?: string };
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new ConfigInvalidError(
      `the file ${quote(file)} that the database URL names cannot be read: ${code}`,
      {},
      { cause },
    );
  }
}
