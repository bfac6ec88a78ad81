import type { ConnectionOptions } from 'mysql2';
import { ConfigInvalidError, quote } from '../../model/index.js';
import type { DatabaseUrl } from './parse-database-url.js';
import { readPem } from './postgresql-target.js';
import { type ParameterNames, readParameters } from './read-parameters.js';

const PARAMETERS = {
  used: [
    'unix_socket',
    'ssl_ca',
    'ssl_cert',
    'ssl_key',
    'ssl_disabled',
    'ssl_verify_cert',
    'ssl_verify_identity',
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

/**
 * Reads where a MySQL or MariaDB is, and how connections to it are encrypted.
 *
 * @throws ConfigInvalidError if a parameter is unknown or wrong, or a certificate cannot be read
 * @source PyMySQL 1.2.4, its parameters of TLS; `ssl_mode` of mysqlclient
 */
export async function mysqlTarget(url: DatabaseUrl): Promise<ConnectionOptions> {
  const parameters: Parameters = readParameters(flattenSsl(url.parameters), PARAMETERS);
  const { unix_socket: socketPath } = parameters;
  const options = {
    ...(socketPath === undefined ? { host: url.host, port: url.port } : { socketPath }),
    user: url.user,
    password: url.password,
    database: url.database,
    ssl: socketPath === undefined ? await tlsOf(parameters) : undefined,
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** `connect_args: {ssl: {ca: …}}` of PyMySQL, written as the parameters of a URL. */
function flattenSsl(parameters: ReadonlyMap<string, unknown>): ReadonlyMap<string, unknown> {
  const ssl = parameters.get('ssl');
  if (typeof ssl !== 'object' || ssl === null) return parameters;
  const flat = new Map(parameters);
  flat.delete('ssl');
  for (const [name, value] of Object.entries(ssl)) {
    flat.set(name === 'check_hostname' ? 'ssl_verify_identity' : `ssl_${name}`, value);
  }
  if (!flat.has('ssl_verify_identity')) flat.set('ssl_verify_identity', true);
  return flat;
}

const MODES: ReadonlyMap<string, Parameters> = new Map([
  ['DISABLED', { ssl_disabled: 'true' }],
  ['REQUIRED', { ssl: 'true' }],
  ['VERIFY_CA', { ssl_verify_cert: 'true' }],
  ['VERIFY_IDENTITY', { ssl_verify_cert: 'true', ssl_verify_identity: 'true' }],
]);

async function tlsOf(given: Parameters): Promise<ConnectionOptions['ssl']> {
  const parameters = { ...given, ...modeOf(given.ssl_mode) };
  if (isTrue(parameters.ssl_disabled)) return undefined;
  const wanted = Object.entries(parameters).some(
    ([name, value]) => name.startsWith('ssl') && name !== 'ssl_disabled' && !isFalse(value),
  );
  if (!wanted) return undefined;
  const { ssl_ca: ca, ssl_verify_cert: verify, ssl_verify_identity: identity } = parameters;
  const isVerified = ca !== undefined ? !isFalse(verify) : isTrue(verify) || isTrue(identity);
  return {
    ...(await readPem('ca', ca)),
    ...(await readPem('cert', parameters.ssl_cert)),
    ...(await readPem('key', parameters.ssl_key)),
    rejectUnauthorized: isVerified,
    verifyIdentity: isVerified && isTrue(identity),
  };
}

function modeOf(mode: string | undefined): Parameters | undefined {
  if (mode === undefined) return undefined;
  const parameters = MODES.get(mode.toUpperCase());
  if (parameters !== undefined) return parameters;
  throw new ConfigInvalidError(`the database URL has an unsupported \`ssl_mode\`, ${quote(mode)}`);
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && /^(?:true|1|yes)$/i.test(value);
}

function isFalse(value: string | undefined): boolean {
  return value !== undefined && /^(?:false|0|no)$/i.test(value);
}
