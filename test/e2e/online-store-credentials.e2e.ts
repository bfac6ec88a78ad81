import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  AuthzError,
  createAuthorizer,
  definePermission,
  roles,
  type Subject,
} from '../../src/index.js';
import {
  auditOnlineStores,
  authorizeAndResolve,
  type DynamoDbStore,
  dynamoDbClientOptions,
  type MySqlStore,
  mysqlConnectionOptions,
  type OnlineAction,
  type OnlineStore,
  type ResolvedCredentials,
} from '../../src/platforms/online-store/index.js';
import {
  createAwsSecretStore,
  createFileSecretStore,
  type SecretStore,
} from '../../src/platforms/secrets/index.js';
import { createRedactor } from '../../src/redaction/index.js';
import { type DynamoDbLocal, startDynamoDbLocal } from './support/dynamodb-local.js';
import { type MariaDb, startMariaDb } from './support/mariadb.js';
import { type Moto, startMoto } from './support/moto.js';
import { transcript } from './support/recording.js';

const REGION = 'eu-central-1';
const ROOT = { region: REGION, credentials: { accessKeyId: 'setup', secretAccessKey: 'setup' } };
const TABLE = 'risk-scores';
const KEYS = { TableName: TABLE, Key: { customer: { S: 'c1' } } };
const ITEM = { customer: { S: 'c1' }, score: { N: '0.75' }, reasons: { L: [{ S: 'late' }] } };
const READS = ['GetItem', 'BatchGetItem', 'Query', 'DescribeTable', 'PartiQLSelect'];
const SQL_USERS = {
  read: { user: 'feature_reader', password: 'r34der "pass\\word" – ü', rights: 'SELECT' },
  write: {
    user: 'feature_writer',
    password: 'wr1ter "pass\\word" – ü',
    rights: 'SELECT, INSERT, UPDATE, DELETE',
  },
};

const ann: Subject = { username: 'ann', roles: ['reader'] };
const bob: Subject = { username: 'bob', roles: ['writer'] };
const view = { type: 'FeatureView', name: 'risk_scores', project: 'risk' } as const;
const redactor = createRedactor();
const redaction = ({ value }: { readonly value: string }): (() => void) => {
  transcript.watchSecret(value, 'value of a secret store');
  return redactor.add(value);
};

const authorizer = createAuthorizer(
  {
    projects: ['risk'],
    permissions: [
      definePermission({
        name: 'readers',
        types: 'FeatureView',
        project: 'risk',
        actions: 'READ_ONLINE',
        policy: roles('reader'),
      }),
      definePermission({
        name: 'writers',
        types: 'FeatureView',
        project: 'risk',
        actions: 'WRITE_ONLINE',
        policy: roles('writer'),
      }),
    ],
  },
  { onDecision: (decision) => transcript.record('decision', decision) },
);

let moto: Moto;
let local: DynamoDbLocal;
let mariadb: MariaDb;
let folder: string;
/** Of AWS: the secrets of the program, read from Secrets Manager with a user of its own. */
let awsSecrets: SecretStore;
/** Of a program that may read no secrets. */
let foreignSecrets: SecretStore;
/** Of MySQL: mounted as files. */
let fileSecrets: SecretStore;
let dynamo: DynamoDbStore;
let mysql: MySqlStore;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'feast-permissions-credentials-'));
  [moto, local, mariadb] = await Promise.all([startMoto(), startDynamoDbLocal(), startMariaDb()]);
  await prepareAws();
  await prepareMySql();
}, 900_000);

afterAll(async () => {
  await Promise.all([moto?.stop(), local?.stop(), mariadb?.stop()]);
  rmSync(folder, { recursive: true, force: true });
}, 90_000);

async function createUser(iam: IAMClient, name: string, actions: readonly string[]) {
  await iam.send(new CreateUserCommand({ UserName: name }));
  const statement = { Effect: 'Allow', Action: actions, Resource: '*' };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: 'p', PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }));
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {};
  return { accessKeyId, secretAccessKey };
}

async function prepareAws(): Promise<void> {
  const { endpoint } = moto;
  const iam = new IAMClient({ ...ROOT, endpoint });
  const reader = await createUser(
    iam,
    'online-reader',
    READS.map((one) => `dynamodb:${one}`),
  );
  const writer = await createUser(iam, 'online-writer', ['dynamodb:*']);
  const program = await createUser(iam, 'feature-server', ['secretsmanager:GetSecretValue']);
  const foreign = await createUser(iam, 'somebody-else', ['dynamodb:GetItem']);
  const secrets = new SecretsManager({ ...ROOT, endpoint });
  for (const [scope, key] of [
    ['feast-read', reader],
    ['feast-write', writer],
  ] as const) {
    await secrets.createSecret({
      Name: `${scope}/online-access-key-id`,
      SecretString: key.accessKeyId,
    });
    await secrets.createSecret({
      Name: `${scope}/online-secret-access-key`,
      SecretString: key.secretAccessKey,
    });
  }
  for (const address of [endpoint, local.endpoint]) {
    await new DynamoDBClient({ ...ROOT, endpoint: address }).send(createTable(TABLE));
  }
  await moto.enforce();
  const open = (credentials: typeof program): SecretStore =>
    createAwsSecretStore(new SecretsManager({ region: REGION, endpoint, credentials }), {
      redaction,
    });
  awsSecrets = open(program);
  foreignSecrets = open(foreign);
  for (const { secretAccessKey } of [reader, writer, program, foreign])
    transcript.watchSecret(secretAccessKey, 'secret access key');
  dynamo = {
    name: 'serving',
    provider: 'dynamodb',
    region: REGION,
    endpoint,
    project: 'risk',
    views: ['risk_scores'],
    readSecretPrefix: 'feast-read/online',
    writeSecretPrefix: 'feast-write/online',
  };
}

function createTable(TableName: string): CreateTableCommand {
  return new CreateTableCommand({
    TableName,
    KeySchema: [{ AttributeName: 'customer', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'customer', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
}

async function prepareMySql(): Promise<void> {
  const root = await createConnection({ socketPath: mariadb.socketPath, user: 'root' });
  await root.query('CREATE DATABASE features');
  await root.query('CREATE TABLE features.scores (customer VARCHAR(20) PRIMARY KEY, score DOUBLE)');
  for (const [use, { user, password, rights }] of Object.entries(SQL_USERS)) {
    await root.query('CREATE USER ?@? IDENTIFIED BY ?', [user, '%', password]);
    await root.query(`GRANT ${rights} ON features.* TO ?@?`, [user, '%']);
    await mkdir(join(folder, `feast-${use}`));
    await writeFile(join(folder, `feast-${use}`, 'sql-user'), `${user}\n`);
    await writeFile(join(folder, `feast-${use}`, 'sql-password'), `${password}\n`);
    transcript.watchSecret(password, 'password of MariaDB');
  }
  await root.end();
  fileSecrets = createFileSecretStore(folder, { redaction });
  mysql = {
    name: 'sql',
    provider: 'rds-mysql',
    host: mariadb.host,
    port: mariadb.port,
    database: 'features',
    tls: { ca: mariadb.ca },
    project: 'risk',
    readSecretPrefix: 'feast-read/sql',
    writeSecretPrefix: 'feast-write/sql',
  };
}

async function resolve(
  subject: Subject,
  action: OnlineAction,
  store: OnlineStore,
  secrets: SecretStore,
): Promise<ResolvedCredentials> {
  const resolved = await authorizeAndResolve(authorizer, subject, action, view, store, { secrets });
  transcript.record('resolved credentials', resolved);
  return resolved;
}

async function openDynamo(
  subject: Subject,
  action: OnlineAction,
  endpoint: string,
): Promise<DynamoDBClient> {
  const resolved = await resolve(subject, action, { ...dynamo, endpoint }, awsSecrets);
  if (resolved.kind !== 'access-key') throw new Error('no access key was resolved');
  const options = dynamoDbClientOptions(resolved);
  transcript.record('client options', options);
  return new DynamoDBClient({ ...options, maxAttempts: 1 });
}

async function openMySql(subject: Subject, action: OnlineAction, store = mysql) {
  const resolved = await resolve(subject, action, store, fileSecrets);
  if (resolved.kind !== 'user-password') throw new Error('no user was resolved');
  const options = mysqlConnectionOptions(resolved, { connectTimeout: 10_000 });
  transcript.record('client options', options);
  return createConnection(options);
}

/**
 * What a refused promise rejects with. It is recorded: what is not ours, as a log with the
 * redaction shows it.
 */
async function refusalOf(promise: Promise<unknown>): Promise<unknown> {
  const [result] = await Promise.allSettled([promise]);
  if (result.status === 'fulfilled') throw new Error('it was not refused');
  if (result.reason instanceof AuthzError) transcript.record('error', result.reason);
  else transcript.recordForeign('error of a database', result.reason, redactor);
  return result.reason;
}

const WRITES: readonly (readonly [string, (client: DynamoDBClient) => Promise<unknown>])[] = [
  ['PutItem', (client) => client.send(new PutItemCommand({ TableName: TABLE, Item: KEYS.Key }))],
  [
    'UpdateItem',
    (client) => client.send(new UpdateItemCommand({ ...KEYS, UpdateExpression: 'REMOVE score' })),
  ],
  ['DeleteItem', (client) => client.send(new DeleteItemCommand(KEYS))],
  [
    'BatchWriteItem',
    (client) => {
      const RequestItems = { [TABLE]: [{ DeleteRequest: { Key: KEYS.Key } }] };
      return client.send(new BatchWriteItemCommand({ RequestItems }));
    },
  ],
  [
    'TransactWriteItems',
    (client) => client.send(new TransactWriteItemsCommand({ TransactItems: [{ Delete: KEYS }] })),
  ],
  [
    'PartiQL',
    (client) => {
      const Statement = `DELETE FROM "${TABLE}" WHERE customer = 'c1'`;
      return client.send(new ExecuteStatementCommand({ Statement }));
    },
  ],
  ['CreateTable', (client) => client.send(createTable('another-table'))],
  [
    'UpdateTable',
    (client) =>
      client.send(new UpdateTableCommand({ TableName: TABLE, DeletionProtectionEnabled: true })),
  ],
  ['DeleteTable', (client) => client.send(new DeleteTableCommand({ TableName: TABLE }))],
];

describe('DynamoDB behind IAM (moto)', () => {
  beforeAll(async () => {
    const client = await openDynamo(bob, 'WRITE_ONLINE', moto.endpoint);
    await client.send(new PutItemCommand({ TableName: TABLE, Item: ITEM }));
  });

  test('who may read gets credentials that read', async () => {
    const client = await openDynamo(ann, 'READ_ONLINE', moto.endpoint);
    const { Item } = await client.send(new GetItemCommand(KEYS));
    expect(Item).toEqual(ITEM);
  });

  test.each(WRITES)('and are refused at the database where they write: %s', async (_, write) => {
    const client = await openDynamo(ann, 'READ_ONLINE', moto.endpoint);
    const error = await refusalOf(write(client));
    expect(error).toMatchObject({ $metadata: { httpStatusCode: 403 } });
    const { Item } = await client.send(new GetItemCommand(KEYS));
    expect(Item).toEqual(ITEM);
  });

  test('who may not write gets no credentials that write', async () => {
    const promise = openDynamo(ann, 'WRITE_ONLINE', moto.endpoint);
    expect(await refusalOf(promise)).toMatchObject({ code: 'ERR_PERMISSION_DENIED' });
  });

  test('a program whose own user may read no secrets gets none', async () => {
    const promise = resolve(ann, 'READ_ONLINE', dynamo, foreignSecrets);
    expect(await refusalOf(promise)).toMatchObject({ code: 'ERR_SECRET_FORBIDDEN' });
  });

  test('a secret that is not there is told apart', async () => {
    const store = { ...dynamo, readSecretPrefix: 'feast-read/nothing' };
    expect(await refusalOf(resolve(ann, 'READ_ONLINE', store, awsSecrets))).toMatchObject({
      code: 'ERR_SECRET_NOT_FOUND',
    });
  });
});

// DynamoDB Local is Amazon's own engine, and asks nobody who he is: it shows that the options make
// a client that works.
test('DynamoDB Local answers with the values that were published', async () => {
  const writer = await openDynamo(bob, 'WRITE_ONLINE', local.endpoint);
  await writer.send(new PutItemCommand({ TableName: TABLE, Item: ITEM }));
  const again = {
    TableName: TABLE,
    Item: ITEM,
    ConditionExpression: 'attribute_not_exists(customer)',
  };
  expect(await refusalOf(writer.send(new PutItemCommand(again)))).toMatchObject({
    name: 'ConditionalCheckFailedException',
  });
  const reader = await openDynamo(ann, 'READ_ONLINE', local.endpoint);
  const { Items } = await reader.send(
    new QueryCommand({
      TableName: TABLE,
      ConsistentRead: true,
      KeyConditionExpression: 'customer = :c',
      ExpressionAttributeValues: { ':c': { S: 'c1' } },
    }),
  );
  expect(Items).toEqual([ITEM]);
});

describe('MariaDB', () => {
  const values = 'SELECT customer, score FROM scores';
  beforeAll(async () => {
    const connection = await openMySql(bob, 'WRITE_ONLINE');
    await connection.query("INSERT INTO scores VALUES ('c1', 0.75)");
    await connection.end();
  });

  test('who may read gets a user that reads, over TLS', async () => {
    const connection = await openMySql(ann, 'READ_ONLINE');
    expect((await connection.query(values))[0]).toEqual([{ customer: 'c1', score: 0.75 }]);
    const [[cipher]] = (await connection.query("SHOW STATUS LIKE 'Ssl_version'")) as unknown as [
      [{ Value: string }],
    ];
    expect(cipher.Value).toMatch(/^TLSv1\.[23]$/);
    await connection.end();
  });

  test.each([
    ["INSERT INTO scores VALUES ('c2', 1)"],
    ["REPLACE INTO scores VALUES ('c1', 1)"],
    ['UPDATE scores SET score = 0'],
    ['DELETE FROM scores'],
    ['TRUNCATE scores'],
    ['DROP TABLE scores'],
    ['CREATE TABLE other (id INT)'],
    // The name of the user is one of the secrets, and the report has the names of the tests.
    ['GRANT ALL ON features.* TO CURRENT_USER'],
  ])('and is refused at the database where it writes: %s', async (statement) => {
    const connection = await openMySql(ann, 'READ_ONLINE');
    const error = await refusalOf(connection.query(statement));
    expect(error).toMatchObject({ code: expect.stringMatching(/^ER_(TABLE|DB)?ACCESS_DENIED/) });
    expect((await connection.query(values))[0]).toEqual([{ customer: 'c1', score: 0.75 }]);
    await connection.end();
  });

  test('who may not write gets no user that writes', async () => {
    const promise = openMySql(ann, 'WRITE_ONLINE');
    expect(await refusalOf(promise)).toMatchObject({ code: 'ERR_PERMISSION_DENIED' });
  });

  test('a server with a certificate of somebody else gets no password', async () => {
    const error = await refusalOf(openMySql(ann, 'READ_ONLINE', { ...mysql, tls: {} }));
    expect(error).toMatchObject({ code: 'HANDSHAKE_SSL_ERROR' });
    expect(mariadb.log()).not.toContain('Access denied');
  });

  test('the server refuses connections without TLS', async () => {
    const error = await refusalOf(openMySql(ann, 'READ_ONLINE', { ...mysql, tls: false }));
    expect(error).toMatchObject({ code: expect.stringMatching(/SECURE_TRANSPORT|ACCESS_DENIED/) });
  });
});

test('no secret is in what the whole run decided, resolved, threw, found or printed', () => {
  const shared = { ...dynamo, readSecretPrefix: 'feast-write/online' };
  transcript.record('audit', auditOnlineStores([dynamo, mysql, shared]));
  transcript.record('snapshot', authorizer.snapshot);
  transcript.recordForeign('log of moto', moto.log(), redactor);
  transcript.recordForeign('log of DynamoDB Local', local.log(), redactor);
  transcript.recordForeign('log of MariaDB', mariadb.log(), redactor);
  for (const channel of ['decision', 'resolved credentials', 'client options', 'error', 'audit']) {
    expect(transcript.recorded(channel), channel).toBeGreaterThan(1);
  }
  expect(transcript.recorded('error of a database')).toBeGreaterThan(10);
  // Two access keys, two users with their passwords, and the keys of the programs that read them.
  expect(transcript.watched()).toBe(10);
  expect(transcript.search()).toEqual([]);
});
