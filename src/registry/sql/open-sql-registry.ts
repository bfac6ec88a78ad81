import { ConfigInvalidError, isPlainObject, quote } from '../../model/index.js';
import { addIdentitySecret } from '../../net/index.js';
import type { RegistryLocation } from '../registry-kind.js';
import type { RegistrySource } from '../registry-source.js';
import { createSqlRegistry } from './create-sql-registry.js';
import { type DatabaseUrl, parseDatabaseUrl } from './parse-database-url.js';
import type { SqlDatabase } from './sql-database.js';

/** What the mask of a password says. */
const PASSWORD = 'database-password';

/**
 * Opens the registry that Feast keeps in a database.
 *
 * @throws ConfigInvalidError if the URL is wrong, its database is not supported, or a package is
 *   not installed
 * @source Feast 0.67.0, its SQL registry: it reads from `read_path` if that is set
 */
export async function openSqlRegistry({
  url,
  options = {},
}: RegistryLocation): Promise<RegistrySource> {
  const { read_path: readPath, sqlalchemy_config_kwargs: kwargs } = options;
  if (readPath !== undefined && readPath !== null && typeof readPath !== 'string') {
    throw new ConfigInvalidError('`registry.read_path` must be text');
  }
  const text = readPath || url;
  if (text === undefined) throw new ConfigInvalidError('the registry has no `path`');
  for (const one of [text, url ?? '']) maskPassword(one);
  const parsed = parseDatabaseUrl(text);
  const parameters = new Map([...parsed.parameters, ...connectArgs(kwargs)]);
  const password = parameters.get('password');
  if (typeof password === 'string') addIdentitySecret(undefined, PASSWORD, password);
  return createSqlRegistry(await openDatabase({ ...parsed, parameters }));
}

/** Before anything is said of the URL. */
function maskPassword(url: string): void {
  const password = /^[^/]*:\/\/[^/]*?:(.*)@/.exec(url)?.[1];
  if (password === undefined) return;
  addIdentitySecret(undefined, PASSWORD, password);
  try {
    addIdentitySecret(undefined, PASSWORD, decodeURIComponent(password));
  } catch {
    // Reported when the URL is parsed.
  }
}

/** What SQLAlchemy hands to the driver. It goes before the parameters of the URL. */
function connectArgs(kwargs: unknown): Iterable<readonly [string, unknown]> {
  if (!isPlainObject(kwargs)) return [];
  if ('execution_options' in kwargs) {
    throw new ConfigInvalidError(
      '`execution_options` of `registry.sqlalchemy_config_kwargs` is not supported',
    );
  }
  const args = kwargs['connect_args'];
  return isPlainObject(args) ? Object.entries(args) : [];
}

async function openDatabase(url: DatabaseUrl): Promise<SqlDatabase> {
  switch (url.dialect) {
    case 'postgresql':
      return await (await import('./postgresql-database.js')).createPostgresDatabase(
        url,
        describeServer('PostgreSQL', url),
      );
    case 'mysql':
      return await (await import('./mysql-database.js')).createMysqlDatabase(
        url,
        describeServer('MySQL', url),
      );
    case 'mariadb':
      return await (await import('./mysql-database.js')).createMysqlDatabase(
        url,
        describeServer('MariaDB', url),
      );
    case 'sqlite':
      return await (await import('./sqlite/sqlite-database.js')).createSqliteDatabase(url);
    default:
      throw new ConfigInvalidError(
        `registries in databases of the kind ${quote(url.dialect)} cannot be read; supported are \`postgresql\`, \`mysql\`, \`mariadb\` and \`sqlite\``,
      );
  }
}

function describeServer(product: string, { host, port, database }: DatabaseUrl): string {
  const place = `${host ?? ''}${port === undefined ? '' : `:${port}`}/${database ?? ''}`;
  return `${product} registry ${place}`;
}
