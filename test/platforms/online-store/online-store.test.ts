import { describe, expect, test } from 'vitest';
import type { AuthzError } from '../../../src/model/index.js';
import {
  type AuditedOnlineStore,
  auditOnlineStores,
  ONLINE_STORE_RULES,
  parseOnlineStore,
} from '../../../src/platforms/online-store/index.js';

const DYNAMO = { name: 'd', provider: 'dynamodb', region: 'eu-central-1' };
const MYSQL = { name: 'm', provider: 'rds-mysql', host: 'db.example.com', database: 'features' };

describe('parseOnlineStore', () => {
  test.each([
    [DYNAMO],
    [
      {
        ...DYNAMO,
        endpoint: 'https://dynamodb.example.com',
        project: 'p',
        views: ['v'],
        services: [],
      },
    ],
    [{ ...DYNAMO, readSecretPrefix: 'r/p', writeSecretPrefix: 'w/p' }],
    [{ ...DYNAMO, instanceProfiles: { lookup: 'arn:aws:iam::1:instance-profile/l' } }],
    [{ ...MYSQL, port: 3307, tls: false }],
    [{ ...MYSQL, provider: 'aurora-mysql', tls: { ca: 'PEM' } }],
  ])('takes %j', (input) => {
    const store = parseOnlineStore(input);
    expect(store).toEqual(input);
    for (const part of [store, ...Object.values(store as object)]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    expect(parseOnlineStore(store)).toBe(store);
  });

  test.each<readonly [unknown, readonly string[]]>([
    [null, ['online store']],
    [{ ...DYNAMO, provider: 'redis' }, ['online store `d`: `provider` must be `dynamodb`']],
    [{ ...DYNAMO, region: undefined }, ['online store `d`: `region` is missing']],
    [
      { ...DYNAMO, region: 'eu.evil.com/' },
      ['online store `d`: `region` is not the name of a region'],
    ],
    [{ ...DYNAMO, password: 'x' }, ['online store `d`: `password` is not a known field here']],
    [{ ...MYSQL, instanceProfiles: {} }, ['online store `m`: `instanceProfiles` is not a known']],
    [{ ...DYNAMO, endpoint: 'ftp://x' }, ['online store `d`: `endpoint` must be an http or https']],
    [{ ...DYNAMO, endpoint: 'https://u:p@x' }, ['online store `d`: `endpoint` must be an http']],
    [{ ...DYNAMO, endpoint: 'x' }, ['online store `d`: `endpoint` must be an http or https']],
    [{ ...DYNAMO, readSecretPrefix: 'a/b/c' }, ['`readSecretPrefix` must be `SCOPE/PREFIX`']],
    [{ ...DYNAMO, views: 'v' }, ['`views` must be a list']],
    [{ ...DYNAMO, views: [''] }, ['`views.0` is empty']],
    [{ ...MYSQL, port: 0 }, ['online store `m`: `port`']],
    [{ ...MYSQL, tls: true }, ['online store `m`: `tls` must be false, or an object with `ca`']],
    [
      { ...DYNAMO, name: '', region: 5 },
      ['online store: `name` is empty', '`region` must be a string'],
    ],
  ])('refuses %j', (input, problems) => {
    let thrown: unknown;
    try {
      parseOnlineStore(input);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'ERR_CONFIG_INVALID' });
    const { errors } = thrown as AuthzError;
    expect(errors).toHaveLength(problems.length);
    for (const [index, problem] of problems.entries()) {
      expect(errors[index]?.message).toContain(problem);
    }
  });
});

describe('auditOnlineStores', () => {
  const lookup = 'arn:aws:iam::1:instance-profile/lookup';
  const publish = 'arn:aws:iam::1:instance-profile/publish';
  const good = { name: 'a', readSecretPrefix: 'r/p', writeSecretPrefix: 'w/p' };

  test.each<
    readonly [string, readonly AuditedOnlineStore[], readonly (readonly [string, string])[]]
  >([
    ['two scopes', [good], []],
    [
      'two profiles',
      [{ name: 'a', provider: 'dynamodb', instanceProfiles: { lookup, publish } }],
      [],
    ],
    ['two stores with the same credentials for the same', [good, { ...good, name: 'b' }], []],
    [
      'one prefix',
      [{ ...good, writeSecretPrefix: 'r/p' }],
      [
        [
          'online-store-shared-credentials',
          'online store `a` is read with the same credentials that it is written with',
        ],
      ],
    ],
    [
      'one prefix, in another case',
      [{ ...good, writeSecretPrefix: 'R/P' }],
      [['online-store-shared-credentials', 'that it is written with']],
    ],
    [
      'one profile',
      [{ name: 'a', provider: 'dynamodb', instanceProfiles: { lookup, publish: lookup } }],
      [['online-store-shared-credentials', 'that it is written with']],
    ],
    [
      'one profile that a write prefix overrides',
      [
        {
          name: 'a',
          writeSecretPrefix: 'w/p',
          instanceProfiles: { lookup, publish: lookup.toUpperCase() },
        },
      ],
      [
        ['online-store-shared-credentials', 'that it is written with'],
        ['online-store-overridden-prefix', 'is written with its write secret prefix'],
      ],
    ],
    [
      'a prefix that writes to another store',
      [good, { name: 'b', readSecretPrefix: 'W/p' }, { ...good, name: 'c' }],
      [
        [
          'online-store-shared-credentials',
          'online store `b` is read with the credentials that write to online store `a` and 1 more',
        ],
      ],
    ],
    [
      'a profile that writes to another store',
      [
        { name: 'a', instanceProfiles: { lookup, publish } },
        { name: 'b', instanceProfiles: { lookup: publish } },
      ],
      [
        [
          'online-store-shared-credentials',
          'online store `b` is read with the credentials that write to online store `a`',
        ],
      ],
    ],
    [
      'a profile that would write to another store without its write prefix',
      [
        { ...good, instanceProfiles: { publish } },
        { name: 'b', instanceProfiles: { lookup: publish } },
      ],
      [
        ['online-store-shared-credentials', 'that write to online store `a`'],
        ['online-store-overridden-prefix', 'is written with its write secret prefix'],
      ],
    ],
    [
      'one scope',
      [{ ...good, writeSecretPrefix: 'R/other' }],
      [['online-store-shared-scope', 'online store `a` has both secrets in the scope `r`']],
    ],
    [
      'no prefixes',
      [{ ...good, readSecretPrefix: 'r', writeSecretPrefix: 'a/b/c' }],
      [
        ['online-store-invalid-prefix', 'online store `a` has `r` as its read secret prefix'],
        ['online-store-invalid-prefix', 'online store `a` has `a/b/c` as its write secret prefix'],
      ],
    ],
    [
      'a profile for MySQL',
      [{ ...good, provider: 'rds-mysql', instanceProfiles: { publish } }],
      [
        ['online-store-unsupported-profile', 'but is not in DynamoDB'],
        ['online-store-overridden-prefix', 'is written with its write secret prefix'],
      ],
    ],
    [
      'a prefix that a profile overrides',
      [{ ...good, instanceProfiles: { lookup } }],
      [['online-store-overridden-prefix', 'is read with its instance profile, not']],
    ],
    [
      'nothing to read with',
      [{ name: 'a', writeSecretPrefix: 'w/p' }],
      [['online-store-no-reader', 'online store `a` has no credentials for reading']],
    ],
    [
      'no TLS',
      [
        { ...good, tls: false, host: 'db.example.com' },
        { ...good, name: 'b', endpoint: 'http://x' },
      ],
      [
        ['online-store-plain-text', 'online store `a` is asked without TLS'],
        ['online-store-plain-text', 'online store `b` is asked without TLS'],
      ],
    ],
    [
      'no TLS on one machine',
      [
        { ...good, tls: false, host: '127.0.0.1' },
        { ...good, name: 'b', endpoint: 'http://localhost:8000' },
        { ...good, name: 'c', endpoint: 'http://[::1]:8000' },
        { ...good, name: 'd', endpoint: 'https://x' },
        { ...good, name: 'e', endpoint: 'no address' },
      ],
      [],
    ],
  ])('%s', (_, stores, expected) => {
    const findings = auditOnlineStores(stores);
    expect(findings.map(({ rule }) => rule)).toEqual(expected.map(([rule]) => rule));
    for (const [index, [, message]] of expected.entries()) {
      expect(findings[index]?.message).toContain(message);
    }
  });

  test('each rule has a level and says what to do, and each finding is of one of them', () => {
    const ids = ONLINE_STORE_RULES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, title, advice } of ONLINE_STORE_RULES) {
      expect(id).toMatch(/^online-store-[a-z-]+$/);
      for (const text of [title, advice]) expect(text).not.toMatch(/\.$/);
    }
    const [finding] = auditOnlineStores([{ ...good, writeSecretPrefix: 'r/p' }]);
    expect(finding).toEqual({
      rule: 'online-store-shared-credentials',
      level: 'error',
      message: expect.any(String),
      resource: { project: null, type: 'OnlineStore', name: 'a' },
    });
  });

  test('thousands of stores with the same credentials take no thousands of looks each', () => {
    const stores = Array.from({ length: 20_000 }, (_, index) => ({
      name: `s${index}`,
      readSecretPrefix: 'shared/p',
      writeSecretPrefix: 'shared/p',
    }));
    expect(auditOnlineStores(stores)).toHaveLength(20_000);
  });
});
