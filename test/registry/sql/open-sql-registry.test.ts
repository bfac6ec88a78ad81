import { describe, expect, test } from 'vitest';
import { ConfigInvalidError } from '../../../src/model/index.js';
import { defaultRedactor } from '../../../src/redaction/index.js';
import { openRegistry } from '../../../src/registry/index.js';

const open = (url: string | undefined, options: Readonly<Record<string, unknown>> = {}) =>
  openRegistry({ type: 'sql', url, options });

describe('the registry in a database', () => {
  test.each([
    ['postgresql+psycopg://u:pa55w0rd@db:5433/feast', 'PostgreSQL registry db:5433/feast'],
    ['postgresql://db/feast', 'PostgreSQL registry db/feast'],
    ['mysql+pymysql://u:pa55w0rd@db/feast', 'MySQL registry db/feast'],
    ['mariadb+pymysql://u:pa55w0rd@db/feast', 'MariaDB registry db/feast'],
    ['sqlite:////srv/registry.db', 'SQLite registry /srv/registry.db'],
  ])('of %s is described without user and password', async (url, description) => {
    expect((await open(url)).describe()).toBe(description);
  });

  test('is read from `read_path`, if that is set', async () => {
    const read = { read_path: 'postgresql://replica/feast' };
    expect((await open('postgresql://primary/feast', read)).describe()).toContain('replica');
    for (const readPath of [null, '', undefined]) {
      const source = await open('postgresql://primary/feast', { read_path: readPath });
      expect(source.describe()).toContain('primary');
    }
  });

  test.each<readonly [string, string | undefined, Readonly<Record<string, unknown>>, string]>([
    ['no path', undefined, {}, 'has no `path`'],
    ['a read path that is not text', 'sqlite:///x', { read_path: 1 }, 'must be text'],
    ['another database', 'oracle://u:pa55w0rd@h/d', {}, 'of the kind `oracle` cannot be read'],
    ['the name that SQLAlchemy dropped', 'postgres://h/d', {}, 'of the kind `postgres`'],
    [
      'options of execution',
      'postgresql://h/d',
      { sqlalchemy_config_kwargs: { execution_options: {} } },
      '`execution_options`',
    ],
    [
      'an unknown argument of the driver',
      'postgresql://h/d',
      { sqlalchemy_config_kwargs: { connect_args: { sslcrl: 'x' } } },
      'sets `sslcrl`',
    ],
  ])('with %s is refused', async (_, url, options, message) => {
    const opening = open(url, options);
    await expect(opening).rejects.toBeInstanceOf(ConfigInvalidError);
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.not.toThrow('pa55w0rd');
  });

  test('takes arguments of the driver before the parameters of the URL', async () => {
    const kwargs = { echo: false, pool_size: 5, connect_args: { sslmode: 'wrong' } };
    const opening = open('postgresql://h/d?sslmode=require', { sqlalchemy_config_kwargs: kwargs });
    await expect(opening).rejects.toThrow('unknown `sslmode`, `wrong`');
  });

  test('masks its passwords, as written and as they are, also if the URL is refused', async () => {
    await open('postgresql://u:first%2Dpassword@h/d', {
      read_path: 'postgresql://u:second%2Dpassword@h/d',
    });
    await expect(open('postgresql://u:third@password@h/d')).rejects.toThrow('more than one `@`');
    for (const secret of [
      'first-password',
      'first%2Dpassword',
      'second-password',
      'third@password',
    ]) {
      expect(defaultRedactor.text(`was ${secret}`)).not.toContain(secret);
    }
  });
});
