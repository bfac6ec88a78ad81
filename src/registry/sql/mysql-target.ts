import type { ConnectionOptions } from 'mysql2';
import { ConfigInvalidError, isPlainObject, quote } from '../../model/index.js';
import type { DatabaseUrl } from './parse-database-url.js';
import { readPem } from './postgresql-target.js';
import { type ParameterNames, readParameters } from './read-parameters.js';

const PARAMETERS = {
  used: [
    'unix_socket',
    'ssl_ca',
    'ssl_cert',
    'ssl_key',
    'ssl_check_hostname',
    'ssl_disabled',
    'ssl_verify_cert',
    'ssl_verify_identity',
    'ssl_verify_mode',
    'ssl_mode',
    'ssl',
  ],
  ignored: [
    'autocommit',
    'charset',
    'collation',
    'connect_timeout',
    'connection_timeout',
    'init_command',
    'local_infile',
    'program_name',
    'read_timeout',
    'sql_mode',
    'use_unicode',
    'write_timeout',
  ],
} as const satisfies ParameterNames;

type Parameters = Readonly<Partial<Record<(typeof PARAMETERS.used)[number], string>>>;

/** What `mysql2` is given. */
export interface MysqlTarget {
  readonly options: ConnectionOptions;
  /** Ways to encrypt, to be tried one after the other. */
  readonly tls: readonly ConnectionOptions['ssl'][];
}

/**
 * Reads where a MySQL or MariaDB is, and how connections to it are encrypted.
 *
 * @throws ConfigInvalidError if a parameter is unknown or wrong, or a certificate cannot be read
 * @source SQLAlchemy 2.1.9 with PyMySQL 1.2.4: TLS if the server offers it, and verified with a
 *   certificate authority; `ssl_mode` of mysqlclient. Differs: `ssl_ca` of `connect_args` verifies
 *   the name of the host too
 */
export async function mysqlTarget(url: DatabaseUrl): Promise<MysqlTarget> {
  const parameters: Parameters = readParameters(flattenSsl(url.parameters), PARAMETERS);
  const { unix_socket: socketPath } = parameters;
  const options = {
    ...(socketPath === undefined ? { host: url.host, port: url.port } : { socketPath }),
    user: url.user,
    password: url.password,
    database: url.database,
  };
  return {
    options: Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
    tls: socketPath === undefined ? await waysToEncrypt(parameters) : [undefined],
  };
}

/** `connect_args: {ssl: {ca: …}}` of PyMySQL, written as the parameters of a URL. */
function flattenSsl(parameters: ReadonlyMap<string, unknown>): ReadonlyMap<string, unknown> {
  const ssl = parameters.get('ssl');
  if (!isPlainObject(ssl)) return parameters;
  const flat = new Map(parameters);
  flat.delete('ssl');
  for (const [name, value] of Object.entries(ssl)) flat.set(`ssl_${name}`, value);
  return flat;
}

const MODES: ReadonlyMap<string, Parameters> = new Map([
  ['DISABLED', { ssl_disabled: 'true' }],
  ['PREFERRED', {}],
  ['REQUIRED', { ssl: 'true' }],
  ['VERIFY_CA', { ssl_verify_cert: 'true', ssl_check_hostname: 'false' }],
  ['VERIFY_IDENTITY', { ssl_verify_cert: 'true' }],
]);

async function waysToEncrypt({
  ssl_mode: mode,
  ...given
}: Parameters): Promise<MysqlTarget['tls']> {
  const parameters = { ...given, ...modeOf(mode) };
  const { ssl_disabled: disabled, ...tls } = parameters;
  if (isTrue(disabled) || isFalse(tls.ssl)) return [undefined];
  const isWanted = Object.keys(tls).some((name) => name.startsWith('ssl'));
  if (!isWanted) return [{ rejectUnauthorized: false }, undefined];
  const isVerified = isToBeVerified(tls);
  const isNamed = !isFalse(tls.ssl_check_hostname) && !isFalse(tls.ssl_verify_identity);
  return [
    {
      ...(await readPem('ca', tls.ssl_ca)),
      ...(await readPem('cert', tls.ssl_cert)),
      ...(await readPem('key', tls.ssl_key)),
      rejectUnauthorized: isVerified,
      verifyIdentity: isVerified && isNamed,
    },
  ];
}

function isToBeVerified(tls: Parameters): boolean {
  if (isTrue(tls.ssl_verify_identity) || isTrue(tls.ssl_verify_cert)) return true;
  if (isFalse(tls.ssl_verify_cert) || isFalse(tls.ssl_verify_mode)) return false;
  return tls.ssl_ca !== undefined || tls.ssl_verify_mode !== undefined;
}

function modeOf(mode: string | undefined): Parameters | undefined {
  if (mode === undefined) return undefined;
  const parameters = MODES.get(mode.toUpperCase());
  if (parameters !== undefined) return parameters;
  throw new ConfigInvalidError(`the database URL has an unknown \`ssl_mode\`, ${quote(mode)}`);
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && /^(?:true|1|yes|on)$/i.test(value);
}

function isFalse(value: string | undefined): boolean {
  return value !== undefined && /^(?:false|0|no|off|none)$/i.test(value);
}
