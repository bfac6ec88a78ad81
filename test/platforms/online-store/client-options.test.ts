import { format, inspect } from 'node:util';
import { createPool } from 'mysql2';
import { describe, expect, test } from 'vitest';
import {
  type DynamoDbStore,
  dynamoDbClientOptions,
  type MySqlStore,
  mysqlConnectionOptions,
  type ResolvedCredentials,
  resolveCredentials,
} from '../../../src/platforms/online-store/index.js';
import { createSecretStore } from '../../../src/platforms/secrets/index.js';
import { createRedactor } from '../../../src/redaction/index.js';
import { holdsSecret } from '../../support/find-secret.js';

const KEY = { accessKeyId: 'AKIAREADERREADERREAD', secretAccessKey: 'rEaDer+secret/key=&"40"' };
const LOGIN = { user: 'feature_reader', password: 'r34der "pass\\word" ü' };
const VALUES: ReadonlyMap<string, string> = new Map([
  ['p-access-key-id', KEY.accessKeyId],
  ['p-secret-access-key', KEY.secretAccessKey],
  ['p-user', LOGIN.user],
  ['p-password', LOGIN.password],
]);
const DYNAMO: DynamoDbStore = {
  name: 'd',
  provider: 'dynamodb',
  region: 'eu-central-1',
  readSecretPrefix: 's/p',
};
const MYSQL: MySqlStore = {
  name: 'm',
  provider: 'aurora-mysql',
  host: 'db.example.com',
  database: 'features',
  readSecretPrefix: 's/p',
};

const secrets = createSecretStore(async ({ key }) => VALUES.get(key));
const DECISION = {
  allowed: true,
  reason: 'granted',
  subject: { username: 'ann' },
  actions: ['READ_ONLINE'],
  resource: { type: 'FeatureView', name: 'scores' },
  permissions: [{ name: 'p', project: undefined, granted: true, explanation: '' }],
  explanation: '',
  version: '1',
} as const;

async function resolve<Kind extends ResolvedCredentials['kind']>(
  store: DynamoDbStore | MySqlStore,
  kind: Kind,
): Promise<Extract<ResolvedCredentials, { readonly kind: Kind }>> {
  const resolved = await resolveCredentials(DECISION, store, { secrets });
  if (resolved.kind !== kind) throw new Error(`these are credentials of kind ${resolved.kind}`);
  return resolved as Extract<ResolvedCredentials, { readonly kind: Kind }>;
}

/** Every way in which an object comes to be text. */
function printed(value: object): string {
  const thrown = Object.assign(new Error('failed'), { value });
  return [
    JSON.stringify(value),
    JSON.stringify({ ...value }),
    inspect(value),
    inspect(value, { depth: 9, showHidden: true }),
    inspect(value, { depth: 9, showHidden: true, showProxy: true, compact: false }),
    inspect(thrown, { depth: 9 }),
    format('%s %o %O %j', value, value, value, value),
    String(value),
    Object.entries(value).join(),
    inspect(Object.assign({}, value), { depth: 9, showHidden: true }),
  ].join('\n');
}

describe('resolved credentials', () => {
  test.each<readonly [string, () => Promise<object>]>([
    ['of DynamoDB', () => resolve(DYNAMO, 'access-key')],
    ['of MySQL', () => resolve(MYSQL, 'user-password')],
    [
      'as options of DynamoDB',
      async () => dynamoDbClientOptions(await resolve(DYNAMO, 'access-key')),
    ],
    [
      'as options of MySQL',
      async () => mysqlConnectionOptions(await resolve(MYSQL, 'user-password')),
    ],
  ])('%s show no secret', async (_, create) => {
    const value = await create();
    const text = printed(value);
    for (const secret of VALUES.values()) expect(holdsSecret(secret, text)).toBe(false);
    expect(Object.isFrozen(value)).toBe(true);
  });

  test('of which a copy is made have no secret, even where getters are called', async () => {
    for (const resolved of [
      await resolve(DYNAMO, 'access-key'),
      await resolve(MYSQL, 'user-password'),
    ]) {
      expect(structuredClone({ ...resolved })).toEqual({ ...resolved });
      const text = inspect(resolved, { depth: 9, showHidden: true, getters: true });
      for (const secret of VALUES.values()) expect(holdsSecret(secret, text)).toBe(false);
    }
  });

  test('are masked where somebody prints what they reveal', async () => {
    const redactor = createRedactor();
    const store = createSecretStore(async ({ key }) => VALUES.get(key), {
      redaction: ({ value }) => redactor.add(value),
    });
    const resolved = await resolveCredentials(DECISION, DYNAMO, { secrets: store });
    if (resolved.kind !== 'access-key') throw new Error('no access key');
    const text = redactor.text(JSON.stringify(resolved.reveal()));
    for (const secret of Object.values(KEY)) expect(holdsSecret(secret, text)).toBe(false);
  });
});

describe('dynamoDbClientOptions', () => {
  test('give a client its region, address and credentials', async () => {
    const options = dynamoDbClientOptions(await resolve(DYNAMO, 'access-key'));
    expect(Object.keys(options)).toEqual(['region', 'credentials']);
    expect(options.region).toBe('eu-central-1');
    expect(await options.credentials()).toEqual(KEY);
    const local = { ...DYNAMO, endpoint: 'http://127.0.0.1:8000' };
    expect(dynamoDbClientOptions(await resolve(local, 'access-key'))).toHaveProperty(
      'endpoint',
      'http://127.0.0.1:8000',
    );
  });

  test('take an instance profile only with what gives its credentials', async () => {
    const store = { ...DYNAMO, instanceProfiles: { lookup: 'arn:aws:iam::1:instance-profile/l' } };
    const resolved = await resolve(store, 'instance-profile');
    expect(() => dynamoDbClientOptions(resolved)).toThrow('needs a provider of its credentials');
    const options = dynamoDbClientOptions(resolved, async () => ({ ...KEY, sessionToken: 't' }));
    expect(await options.credentials()).toEqual({ ...KEY, sessionToken: 't' });
  });

  test('are not made of the credentials of something else', async () => {
    const sql = await resolve(MYSQL, 'user-password');
    expect(() => dynamoDbClientOptions(sql as never)).toThrow(TypeError);
    expect(() => dynamoDbClientOptions(undefined as never)).toThrow(TypeError);
  });
});

describe('mysqlConnectionOptions', () => {
  test('are what mysql2 takes, over TLS with the host compared', async () => {
    const options = mysqlConnectionOptions(await resolve(MYSQL, 'user-password'), {
      connectionLimit: 3,
    });
    const pool = createPool(options);
    const { config } = pool as unknown as {
      readonly config: {
        readonly connectionLimit: number;
        readonly connectionConfig: Readonly<Record<string, unknown>>;
      };
    };
    expect(config.connectionLimit).toBe(3);
    expect(config.connectionConfig).toMatchObject({
      ...LOGIN,
      host: 'db.example.com',
      port: 3306,
      database: 'features',
      ssl: { minVersion: 'TLSv1.2', rejectUnauthorized: true, verifyIdentity: true },
    });
    await pool.promise().end();
  });

  test('other options do not get in the way of what the store says', async () => {
    const others = {
      host: 'evil.example.com',
      port: 1,
      database: 'x',
      user: 'root',
      password: 'x',
      ssl: { rejectUnauthorized: false },
    };
    const options = mysqlConnectionOptions(await resolve(MYSQL, 'user-password'), others);
    const { user, password, ...rest } = mysqlConnectionOptions(
      await resolve(MYSQL, 'user-password'),
    );
    expect({ ...options }).toEqual(rest);
    expect([options.user, options.password]).toEqual([user, password]);
    expect({ user, password }).toEqual(LOGIN);
  });

  test.each([
    [{ port: 3307 }, { port: 3307 }],
    [{ tls: { ca: 'PEM' } }, { ssl: { ca: 'PEM', verifyIdentity: true } }],
    [{ tls: {} }, { ssl: { rejectUnauthorized: true } }],
    [{ tls: false } as const, { ssl: undefined }],
  ])('of a store with %j', async (fields, expected) => {
    const resolved = await resolve({ ...MYSQL, ...fields }, 'user-password');
    expect(mysqlConnectionOptions(resolved)).toMatchObject(expected);
  });

  test('are not made of the credentials of something else', async () => {
    const key = await resolve(DYNAMO, 'access-key');
    expect(() => mysqlConnectionOptions(key as never)).toThrow(TypeError);
  });
});
