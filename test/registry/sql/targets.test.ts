import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ConfigInvalidError } from '../../../src/model/index.js';
import { mysqlTarget } from '../../../src/registry/sql/mysql-target.js';
import { parseDatabaseUrl } from '../../../src/registry/sql/parse-database-url.js';
import { postgresTarget } from '../../../src/registry/sql/postgresql-target.js';

const folder = mkdtempSync(join(tmpdir(), 'targets-'));
afterAll(() => rmSync(folder, { recursive: true }));
const CA = join(folder, 'ca.pem');
writeFileSync(CA, 'authority');

const UNVERIFIED = { rejectUnauthorized: false };
const OF_AUTHORITY = { ca: 'authority', checkServerIdentity: expect.any(Function) };

describe('postgresTarget', () => {
  const of = (url: string) => postgresTarget(parseDatabaseUrl(url));

  test('takes everything from the URL, and its parameters before that', async () => {
    const { config } = await of(
      'postgresql+psycopg://u:p%40@h:5433/d?options=-csearch_path%3Dfeast&application_name=x',
    );
    expect(config).toEqual({
      application_name: 'feast-permissions',
      user: 'u',
      password: 'p@',
      host: 'h',
      port: 5433,
      database: 'd',
      options: '-csearch_path=feast',
    });
    const other = await of('postgresql://u@h/d?host=%2Frun%2Fpg&port=5&user=v&password=w&dbname=e');
    expect(other.config).toMatchObject({
      host: '/run/pg',
      port: 5,
      user: 'v',
      password: 'w',
      database: 'e',
    });
    expect(other.tls).toEqual([false]);
  });

  test('leaves out what is not given, so that the variables of libpq count', async () => {
    expect((await of('postgresql:///d')).config).toEqual({
      application_name: 'feast-permissions',
      database: 'd',
    });
  });

  test.each<readonly [string, readonly unknown[]]>([
    ['', [UNVERIFIED, false]],
    ['?sslmode=disable', [false]],
    ['?sslmode=allow', [UNVERIFIED, false]],
    ['?sslmode=prefer', [UNVERIFIED, false]],
    ['?sslmode=require', [UNVERIFIED]],
    [`?sslmode=require&sslrootcert=${CA}`, [OF_AUTHORITY]],
    [`?sslmode=verify-ca&sslrootcert=${CA}`, [OF_AUTHORITY]],
    [`?sslmode=verify-full&sslrootcert=${CA}`, [{ ca: 'authority' }]],
    [`?sslmode=verify-full&sslcert=${CA}&sslkey=${CA}`, [{ cert: 'authority', key: 'authority' }]],
    ['?sslmode=verify-full&sslrootcert=system&channel_binding=require', [{}]],
  ])('encrypts with %j as libpq does', async (query, tls) => {
    expect((await of(`postgresql://h/d${query}`)).tls).toEqual(tls);
  });

  test.each([
    ['sslmode=verify_full', 'unknown `sslmode`'],
    ['sslmode=require&channel_binding=require', 'needs `sslmode=verify-full`'],
    ['sslmode=verify-full&sslrootcert=/nowhere/ca.pem', '`/nowhere/ca.pem`'],
    ['sslcrl=x', 'sets `sslcrl`, which is not supported'],
    ['target_session_attrs=any', 'sets `target_session_attrs`'],
  ])('refuses %s', async (query, message) => {
    const target = of(`postgresql://u:pa55word@h/d?${query}`);
    await expect(target).rejects.toBeInstanceOf(ConfigInvalidError);
    await expect(target).rejects.toThrow(message);
    await expect(target).rejects.not.toThrow('pa55word');
  });
});

describe('mysqlTarget', () => {
  const of = (url: string, args: Readonly<Record<string, unknown>> = {}) => {
    const parsed = parseDatabaseUrl(url);
    const parameters = new Map([...parsed.parameters, ...Object.entries(args)]);
    return mysqlTarget({ ...parsed, parameters });
  };

  test('takes everything from the URL', async () => {
    expect((await of('mysql+pymysql://u:p@h:3307/d?charset=utf8mb4')).options).toEqual({
      user: 'u',
      password: 'p',
      host: 'h',
      port: 3307,
      database: 'd',
    });
  });

  test('does not encrypt a socket of the machine', async () => {
    const { options, tls } = await of('mysql://u@/d?unix_socket=/run/mysqld.sock');
    expect(options).toEqual({ user: 'u', database: 'd', socketPath: '/run/mysqld.sock' });
    expect(tls).toEqual([undefined]);
  });

  const VERIFIED = { rejectUnauthorized: true, verifyIdentity: true };
  const NO_NAME = { rejectUnauthorized: true, verifyIdentity: false };
  const NOT = { rejectUnauthorized: false, verifyIdentity: false };
  test.each<readonly [string, Readonly<Record<string, unknown>>, readonly unknown[]]>([
    ['', {}, [UNVERIFIED, undefined]],
    ['?ssl_mode=PREFERRED', {}, [UNVERIFIED, undefined]],
    ['?ssl_disabled=true', {}, [undefined]],
    ['?ssl_mode=DISABLED', {}, [undefined]],
    ['?ssl_mode=REQUIRED', {}, [NOT]],
    ['?ssl=true', {}, [NOT]],
    ['?ssl=false', {}, [undefined]],
    [`?ssl_ca=${CA}`, {}, [{ ca: 'authority', ...VERIFIED }]],
    [`?ssl_ca=${CA}&ssl_check_hostname=false`, {}, [{ ca: 'authority', ...NO_NAME }]],
    [`?ssl_ca=${CA}&ssl_mode=VERIFY_CA`, {}, [{ ca: 'authority', ...NO_NAME }]],
    ['?ssl_mode=VERIFY_IDENTITY', {}, [VERIFIED]],
    ['?ssl_verify_cert=true', {}, [VERIFIED]],
    ['', { ssl: { ca: CA } }, [{ ca: 'authority', ...VERIFIED }]],
    ['', { ssl: { ca: CA, check_hostname: false } }, [{ ca: 'authority', ...NO_NAME }]],
    ['', { ssl: { ca: CA, verify_mode: 'none' } }, [{ ca: 'authority', ...NOT }]],
    [
      '',
      { ssl_ca: CA, ssl_cert: CA, ssl_key: CA },
      [{ ca: 'authority', cert: 'authority', key: 'authority', ...VERIFIED }],
    ],
  ])('encrypts with %j and %j', async (query, args, tls) => {
    expect((await of(`mysql://h/d${query}`, args)).tls).toEqual(tls);
  });

  test.each<readonly [string, Readonly<Record<string, unknown>>, string]>([
    ['?ssl_mode=SOME', {}, 'unknown `ssl_mode`'],
    ['?ssl_ca=/nowhere/ca.pem', {}, '`/nowhere/ca.pem`'],
    ['?ssl_capath=/etc/ssl', {}, 'sets `ssl_capath`'],
    ['', { ssl: { cipher: 'x' } }, 'sets `ssl_cipher`'],
    ['', { cursorclass: {} }, 'sets `cursorclass`'],
    ['', { ssl_ca: {} }, '`ssl_ca` of the database must be text'],
  ])('refuses %j and %j', async (query, args, message) => {
    const target = of(`mysql://u:pa55word@h/d${query}`, args);
    await expect(target).rejects.toBeInstanceOf(ConfigInvalidError);
    await expect(target).rejects.toThrow(message);
  });
});
