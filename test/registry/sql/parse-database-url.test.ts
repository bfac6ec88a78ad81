import { describe, expect, test } from 'vitest';
import { ConfigInvalidError } from '../../../src/model/index.js';
import { parseDatabaseUrl } from '../../../src/registry/sql/parse-database-url.js';

describe('parseDatabaseUrl', () => {
  test.each<readonly [string, Partial<ReturnType<typeof parseDatabaseUrl>>]>([
    [
      'postgresql+psycopg://feast:p%40ss%2Fw@db.example:5433/registry?sslmode=require&options=-c%20a%3Db',
      {
        dialect: 'postgresql',
        user: 'feast',
        password: 'p@ss/w',
        host: 'db.example',
        port: 5433,
        database: 'registry',
        parameters: new Map([
          ['sslmode', 'require'],
          ['options', '-c a=b'],
        ]),
      },
    ],
    ['mysql+pymysql://u@[::1]/d', { dialect: 'mysql', user: 'u', host: '::1', database: 'd' }],
    ['mysql://:@h:/', { host: 'h' }],
    ['mariadb://h/d?a=&b=x+y', { host: 'h', database: 'd', parameters: new Map([['b', 'x y']]) }],
    [
      'postgresql:///d?host=%2Fvar%2Frun',
      { database: 'd', parameters: new Map([['host', '/var/run']]) },
    ],
    ['sqlite:///data/registry.db', { dialect: 'sqlite', database: 'data/registry.db' }],
    ['sqlite:////srv/registry.db', { dialect: 'sqlite', database: '/srv/registry.db' }],
    ['sqlite+pysqlite://', { dialect: 'sqlite' }],
    // What SQLAlchemy takes for a password ends at the first `@`.
    ['postgresql://u:a:b@h/d', { user: 'u', password: 'a:b', host: 'h', database: 'd' }],
  ])('reads %s', (url, parts) => {
    const nothing = { user: undefined, password: undefined, host: undefined, port: undefined };
    const defaults = { ...nothing, database: undefined, parameters: new Map() };
    expect(parseDatabaseUrl(url)).toEqual({ dialect: expect.any(String), ...defaults, ...parts });
  });

  test.each([
    ['no URL', 'data/pa55word.db', 'write `dialect://user:password@host:port/database`'],
    ['an `@` in the password', 'postgresql://u:pa55@word@h/d', 'more than one `@`'],
    ['an `@` in the user', 'postgresql://pa55@word:x@h/d', 'more than one `@`'],
    ['a half escape', 'postgresql://u:pa55%zword@h/d', 'write `%25`'],
    ['a port that is text', 'postgresql://u:x@h:pa55word/d', 'a port'],
    ['a port out of range', 'postgresql://h:70000/d', 'a port'],
    ['a parameter twice', 'postgresql://h/d?host=a&host=pa55word', 'sets `host` twice'],
    ['a long text', `postgresql://h/${'pa55word'.repeat(1024)}`, 'is not one'],
    ['a line break', 'postgresql://h/d\npa55word', 'is not one'],
  ])('refuses %s without repeating it', (_, url, message) => {
    const parse = (): unknown => parseDatabaseUrl(url);
    expect(parse).toThrow(ConfigInvalidError);
    expect(parse).toThrow(message);
    expect(parse).not.toThrow('pa55');
    expect(parse).not.toThrow('word.db');
  });
});
