import { ConfigInvalidError, quote } from '../../model/index.js';

/** A database URL of SQLAlchemy, in its parts. */
export interface DatabaseUrl {
  /** `postgresql`, `mysql`, `mariadb`, `sqlite` or any other. */
  readonly dialect: string;
  readonly user: string | undefined;
  /** A secret. */
  readonly password: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly database: string | undefined;
  /** The query, and the `connect_args` of the configuration. May hold secrets. */
  readonly parameters: ReadonlyMap<string, unknown>;
}

const URL_FORM =
  /^(?<dialect>\w+)(?:\+\w+)*:\/\/(?:(?<user>[^:/]*)(?::(?<password>[^@]*))?@)?(?:\[(?<ipv6>[^/?]+)\]|(?<name>[^/:?]+))?(?::(?<port>[^/?]*))?(?:\/(?<database>[^?]*))?(?:\?(?<query>.*))?$/;

/** Control characters, and texts that are too long for any database. */
const IMPOSSIBLE = /\p{Cc}|.{8192}/u;

/**
 * Takes a database URL apart as SQLAlchemy does. The driver in it (`+psycopg`) says nothing here.
 *
 * SECURITY: no message holds a part of the URL. What stands before an `@` that is not escaped may
 * be the rest of a password, and would be taken for the host.
 *
 * @throws {@link ConfigInvalidError}
 * @source SQLAlchemy 2.1.9, its parser of URLs; differs: what does not fit is refused, not ignored
 */
export function parseDatabaseUrl(url: string): DatabaseUrl {
  const groups = IMPOSSIBLE.test(url) ? undefined : URL_FORM.exec(url)?.groups;
  if (groups === undefined) {
    throw wrong('is not one: write `dialect://user:password@host:port/database`');
  }
  const host = groups['ipv6'] ?? groups['name'];
  if (host?.includes('@') || groups['user']?.includes('@')) {
    throw wrong('has more than one `@`: write `%40` for those of the user and the password');
  }
  return {
    dialect: groups['dialect'] ?? '',
    user: unescapePart(groups['user']),
    password: unescapePart(groups['password']),
    host,
    port: parsePort(groups['port']),
    database: unescapePart(groups['database']),
    parameters: parseQuery(groups['query'] ?? ''),
  };
}

/** An empty part counts as missing. */
function unescapePart(part: string | undefined): string | undefined {
  if (part === undefined || part === '') return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    throw wrong('holds a `%` that starts no escape: write `%25`');
  }
}

function parsePort(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw wrong('has a port that is not a number from 1 to 65,535');
  return port;
}

function parseQuery(query: string): ReadonlyMap<string, unknown> {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (value === '') continue;
    if (parameters.has(name)) throw wrong(`sets ${quote(name)} twice`);
    parameters.set(name, value);
  }
  return parameters;
}

function wrong(problem: string): ConfigInvalidError {
  return new ConfigInvalidError(`the database URL of the registry ${problem}`);
}
