import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  allowAll,
  createAuthorizer,
  type Decision,
  definePermission,
  type Permission,
  roles,
} from '../../../src/index.js';
import {
  authorizeAndResolve,
  type DynamoDbStore,
  type MySqlStore,
  type OnlineStore,
  type ResolveCredentialsOptions,
  resolveCredentials,
} from '../../../src/platforms/online-store/index.js';
import { createSecretStore, type SecretStore } from '../../../src/platforms/secrets/index.js';
import { holdsSecret } from '../../support/find-secret.js';

const DYNAMO: DynamoDbStore = {
  name: 'serving',
  provider: 'dynamodb',
  region: 'eu-central-1',
  project: 'risk',
  readSecretPrefix: 'feast-read/dynamo',
  writeSecretPrefix: 'feast-write/dynamo',
};
const MYSQL: MySqlStore = {
  name: 'sql',
  provider: 'rds-mysql',
  host: 'db.example.com',
  database: 'features',
  project: 'risk',
  readSecretPrefix: 'feast-read/mysql',
  writeSecretPrefix: 'feast-write/mysql',
};
const VALUES: ReadonlyMap<string, string> = new Map([
  ['feast-read/dynamo-access-key-id', 'AKIAREADERREADERREAD'],
  ['feast-read/dynamo-secret-access-key', 'rEaDer+secret/access=key&of 40 characters'],
  ['feast-write/dynamo-access-key-id', 'AKIAWRITERWRITERWRIT'],
  ['feast-write/dynamo-secret-access-key', 'wRiTer+secret/access=key&of 40 characters'],
  ['feast-read/mysql-user', 'feature_reader'],
  ['feast-read/mysql-password', 'r34der "pass\\word" ü'],
  ['feast-write/mysql-user', 'feature_writer'],
  ['feast-write/mysql-password', 'wr1ter "pass\\word" ü'],
]);
const SECRETS = [...VALUES.values()];

/** A store, and the names of what was read from it. */
function createStore(): { readonly store: SecretStore; readonly read: string[] } {
  const read: string[] = [];
  const store = createSecretStore(async ({ scope, key }) => {
    read.push(`${scope}/${key}`);
    return VALUES.get(`${scope}/${key}`);
  });
  return { store, read };
}

const secrets = createStore().store;
const view = { type: 'FeatureView', name: 'scores', project: 'risk' } as const;
const reader = { username: 'ann', roles: ['reader'] };
const writer = { username: 'bob', roles: ['writer'] };
const grant = (name: string, actions: Permission['actions']): Permission =>
  definePermission({
    name,
    types: 'ALL_RESOURCE_TYPES',
    project: 'risk',
    actions,
    policy: roles(name),
  });
const permissions = [
  grant('reader', ['DESCRIBE', 'READ_ONLINE']),
  grant('writer', ['READ_ONLINE', 'WRITE_ONLINE']),
];
const authorizer = createAuthorizer({ permissions, projects: ['risk', 'other'] });
const granted = authorizer.decide(reader, 'READ_ONLINE', view);

function expectNoSecret(text: string): void {
  for (const secret of SECRETS) expect(holdsSecret(secret, text)).toBe(false);
}

/**
 * Refuses, and neither the error nor its decision holds a secret; gives the names of the secrets
 * that were read.
 */
async function expectRefusal(
  decision: Decision,
  store: OnlineStore,
  options: Partial<ResolveCredentialsOptions>,
  expected: object,
): Promise<readonly string[]> {
  const { store: kept, read } = createStore();
  const error: unknown = await resolveCredentials(decision, store, {
    secrets: kept,
    ...options,
  }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject(expected);
  expectNoSecret(inspect(error, { depth: 9, showHidden: true, getters: true }));
  return read;
}

const DENIED = { code: 'ERR_PERMISSION_DENIED' };
const UNAVAILABLE = { code: 'ERR_CREDENTIAL_UNAVAILABLE' };

describe('what a decision allows', () => {
  test.each([
    ['READ_ONLINE', DYNAMO, 'read', 'feast-read/dynamo', ['access-key-id', 'secret-access-key']],
    ['WRITE_ONLINE', DYNAMO, 'write', 'feast-write/dynamo', ['access-key-id', 'secret-access-key']],
    ['READ_ONLINE', MYSQL, 'read', 'feast-read/mysql', ['user', 'password']],
    ['WRITE_ONLINE', MYSQL, 'write', 'feast-write/mysql', ['user', 'password']],
  ] as const)(
    '%s reads the secrets for it, and no others',
    async (action, store, use, prefix, suffixes) => {
      const { store: kept, read } = createStore();
      const decision = authorizer.decide(writer, action, view);
      const resolved = await resolveCredentials(decision, store, { secrets: kept });
      expect(resolved).toMatchObject({ use, store });
      const names = suffixes.map((suffix) => `${prefix}-${suffix}`);
      expect(read).toEqual(names);
      if (resolved.kind === 'instance-profile') throw new Error('no secrets were resolved');
      expect(Object.values(resolved.reveal())).toEqual(names.map((name) => VALUES.get(name)));
    },
  );

  test('is asked of the engine', async () => {
    const options = { secrets };
    const resolved = await authorizeAndResolve(
      authorizer,
      reader,
      'READ_ONLINE',
      view,
      DYNAMO,
      options,
    );
    expect(resolved).toMatchObject({ kind: 'access-key', use: 'read' });
    for (const [subject, action] of [
      [reader, 'WRITE_ONLINE'],
      [null, 'READ_ONLINE'],
      [{ username: 'eve' }, 'READ_ONLINE'],
    ] as const) {
      await expect(
        authorizeAndResolve(authorizer, subject, action, view, DYNAMO, options),
      ).rejects.toMatchObject({ ...DENIED, decision: { allowed: false } });
    }
  });

  test('other actions beside it change nothing', async () => {
    const decision = authorizer.decide(reader, ['DESCRIBE', 'READ_ONLINE'], view);
    expect(await resolveCredentials(decision, DYNAMO, { secrets })).toMatchObject({ use: 'read' });
  });

  test('where it is both, the caller says which one is needed', async () => {
    const decision = authorizer.decide(writer, ['READ_ONLINE', 'WRITE_ONLINE'], view);
    for (const [action, use] of [
      ['READ_ONLINE', 'read'],
      ['WRITE_ONLINE', 'write'],
    ] as const) {
      expect(await resolveCredentials(decision, DYNAMO, { secrets, action })).toMatchObject({
        use,
      });
    }
    await expect(resolveCredentials(decision, DYNAMO, { secrets })).rejects.toThrow(
      '`action` has to say which one',
    );
  });
});

describe('a decision is not enough', () => {
  const widened = (change: object): Decision => ({ ...granted, ...change });

  test.each<readonly [string, Decision]>([
    ['a refusal', authorizer.decide(reader, 'WRITE_ONLINE', view)],
    [
      'a refusal that was turned around',
      { ...authorizer.decide(null, 'READ_ONLINE', view), allowed: true },
    ],
    ['a grant that nobody gave', widened({ permissions: [] })],
    ['a grant of a permission that did not grant', widened({ permissions: [{ granted: false }] })],
    ['a word in place of a yes', widened({ allowed: 'true' })],
    ['another project', authorizer.decide(reader, 'READ_ONLINE', { ...view, project: 'other' })],
    ['a grant for another project', widened({ resource: { ...view, project: 'other' } })],
    ['a grant without a project', widened({ resource: { type: 'FeatureView', name: 'scores' } })],
    ['no view', authorizer.decide(reader, 'READ_ONLINE', { ...view, type: 'Entity' })],
    ['a whole project', authorizer.decide(reader, 'READ_ONLINE', { ...view, type: 'Project' })],
    [
      'writing to a service',
      authorizer.decide(writer, 'WRITE_ONLINE', { ...view, type: 'FeatureService' }),
    ],
  ])('when it is %s', async (_, decision) => {
    const read = await expectRefusal(
      decision,
      DYNAMO,
      {},
      { ...DENIED, decision: { allowed: false } },
    );
    expect(read).toEqual([]);
  });

  test.each<readonly [string, unknown, Partial<ResolveCredentialsOptions>]>([
    ['about nothing online', authorizer.decide(reader, 'DESCRIBE', view), {}],
    ['about another action', granted, { action: 'WRITE_ONLINE' }],
    ['about an action that there is not', granted, { action: 'DESCRIBE' as never }],
    ['none', null, {}],
    ['a text', 'granted', {}],
    ['without actions', { ...granted, actions: 'READ_ONLINE' }, {}],
    ['without a resource', { ...granted, resource: null }, {}],
    ['without secrets', granted, { secrets: undefined as never }],
  ])('when it is %s: that is a mistake', async (_, decision, options) => {
    const promise = resolveCredentials(decision as Decision, DYNAMO, { secrets, ...options });
    await expect(promise).rejects.toThrow(TypeError);
  });

  test('when it changes while it is looked at', async () => {
    const answers = [false, true, true];
    const shifting = Object.defineProperty({ ...granted }, 'allowed', {
      get: () => answers.shift(),
      enumerable: true,
    });
    expect(await expectRefusal(shifting, DYNAMO, {}, DENIED)).toEqual([]);
  });
});

describe('without a grant', () => {
  const options = { permissions: [], projects: ['risk'] };
  const other = definePermission({
    name: 'o',
    types: 'Entity',
    project: 'risk',
    actions: 'READ',
    policy: allowAll(),
  });
  const decisions = {
    'no-auth': createAuthorizer({ ...options, auth: { type: 'no_auth' } }),
    'no-permissions': createAuthorizer(options),
    unsecured: createAuthorizer({ ...options, permissions: [other], unsecured: 'allow' }),
  };
  test.each(Object.entries(decisions) as [keyof typeof decisions, typeof authorizer][])(
    '%s gives none, unless it is accepted',
    async (reason, lax) => {
      const decision = lax.decide(reader, 'READ_ONLINE', view);
      expect(decision).toMatchObject({ allowed: true, reason });
      expect(await expectRefusal(decision, DYNAMO, {}, DENIED)).toEqual([]);
      const others = (Object.keys(decisions) as (typeof reason)[]).filter((one) => one !== reason);
      await expectRefusal(decision, DYNAMO, { accept: others }, DENIED);
      const resolved = await resolveCredentials(decision, DYNAMO, { secrets, accept: [reason] });
      expect(resolved).toMatchObject({ use: 'read' });
    },
  );

  test('a refusal cannot be accepted', async () => {
    const decision = { ...granted, reason: 'denied' } as const;
    await expectRefusal(decision, DYNAMO, { accept: ['denied' as never] }, DENIED);
  });
});

describe('what the store holds', () => {
  test.each<readonly [string, string, Partial<DynamoDbStore>, boolean]>([
    ['FeatureView', 'scores', {}, true],
    ['BatchFeatureView', 'scores', {}, true],
    ['StreamFeatureView', 'scores', {}, true],
    ['OnDemandFeatureView', 'scores', {}, true],
    ['LabelView', 'scores', {}, true],
    ['FeatureService', 'model_v1', {}, true],
    ['FeatureView', 'scores', { views: ['scores'] }, true],
    ['FeatureView', 'scores', { views: ['Scores', 'scores2'] }, false],
    ['FeatureView', 'scores', { views: [] }, false],
    ['FeatureView', 'scores', { services: ['scores'] }, false],
    ['FeatureService', 'model_v1', { services: ['model_v1'] }, true],
    ['FeatureService', 'model_v1', { views: ['model_v1'] }, false],
    ['FeatureService', 'model_v1', { views: ['scores'], services: ['model_v2'] }, false],
  ])('%s %s from %j: %s', async (type, name, fields, isHeld) => {
    const decision = authorizer.decide(reader, 'READ_ONLINE', {
      type: type as 'FeatureView',
      name,
      project: 'risk',
    });
    const outcome: unknown = await resolveCredentials(
      decision,
      { ...DYNAMO, ...fields },
      { secrets },
    ).catch((error: unknown) => error);
    const explanation = `the online store \`serving\` does not hold ${type}:risk/${name}`;
    expect(outcome).toMatchObject(
      isHeld ? { use: 'read' } : { ...DENIED, decision: { explanation } },
    );
  });
});

describe('the stronger never stands in for the weaker', () => {
  const without = (field: keyof DynamoDbStore): DynamoDbStore => ({
    ...DYNAMO,
    [field]: undefined,
  });
  const arn = 'arn:aws:iam::123456789012:instance-profile/lookup';
  const publish = 'arn:aws:iam::123456789012:instance-profile/publish';
  const writing = authorizer.decide(writer, 'WRITE_ONLINE', view);

  test.each<readonly [string, OnlineStore]>([
    ['no read prefix', without('readSecretPrefix')],
    ['the write prefix as its read prefix', { ...DYNAMO, readSecretPrefix: 'feast-write/dynamo' }],
    ['the same in another case', { ...DYNAMO, readSecretPrefix: 'Feast-Write/DYNAMO' }],
    [
      'a profile that publishes only',
      { ...without('readSecretPrefix'), instanceProfiles: { publish } },
    ],
    [
      'one profile for both',
      { ...without('writeSecretPrefix'), instanceProfiles: { lookup: arn, publish: arn } },
    ],
    [
      'one profile for both, and a write prefix in its place',
      { ...DYNAMO, instanceProfiles: { lookup: arn, publish: arn.replace('lookup', 'Lookup') } },
    ],
  ])('a store with %s is not read', async (_, store) => {
    expect(await expectRefusal(granted, store, {}, UNAVAILABLE)).toEqual([]);
  });

  test('a store without a write prefix is not written with what reads', async () => {
    expect(await expectRefusal(writing, without('writeSecretPrefix'), {}, UNAVAILABLE)).toEqual([]);
  });

  test('what is shared is given only to who accepts that', async () => {
    const store = { ...DYNAMO, readSecretPrefix: 'feast-write/dynamo' };
    const options = { secrets, allowSharedCredentials: true };
    expect(await resolveCredentials(granted, store, options)).toMatchObject({ use: 'read' });
    expect(await resolveCredentials(writing, store, { secrets })).toMatchObject({ use: 'write' });
  });

  test('an instance profile overrides the read prefix, and not the write prefix', async () => {
    const { store: kept, read } = createStore();
    const store = { ...DYNAMO, instanceProfiles: { lookup: arn, publish } };
    expect(await resolveCredentials(granted, store, { secrets: kept })).toEqual({
      kind: 'instance-profile',
      use: 'read',
      store,
      instanceProfile: arn,
    });
    expect(read).toEqual([]);
    expect(await resolveCredentials(writing, store, { secrets })).toMatchObject({
      kind: 'access-key',
    });
    const bare = { ...store, writeSecretPrefix: undefined };
    expect(await resolveCredentials(writing, bare, { secrets })).toMatchObject({
      use: 'write',
      instanceProfile: publish,
    });
  });

  test('a secret that is missing is an error, whatever else is there', async () => {
    const store = { ...DYNAMO, readSecretPrefix: 'feast-read/other' };
    await expectRefusal(granted, store, {}, { code: 'ERR_SECRET_NOT_FOUND' });
  });
});
