import { describe, expect, test } from 'vitest';
import { auditSnapshot } from '../../../../src/audit/index.js';
import { type Authorizer, createAuthorizer } from '../../../../src/engine/index.js';
import {
  type ServicesFile,
  servicesSnapshotOptions,
} from '../../../../src/platforms/databricks/acl/index.js';
import {
  type DatabricksVocabulary,
  databricksVocabulary,
  principalsPolicyKind,
  workspaceSubject,
} from '../../../../src/platforms/databricks/vocabulary/index.js';
import { ENDPOINT, READER, read, readFixture, SCORER } from './read-fixture.js';

const authorizerOf = (...files: readonly ServicesFile[]): Authorizer<DatabricksVocabulary> =>
  createAuthorizer(servicesSnapshotOptions(files));

const scorer = workspaceSubject({ applicationId: SCORER });
const reader = workspaceSubject({ applicationId: READER, groups: ['mlops-service-principals'] });
const ann = workspaceSubject({ userName: 'ann@example.com' });
const admin = workspaceSubject({ userName: 'root@example.com', groups: ['admins'] });

describe('a workspace of several files', () => {
  const authorizer = authorizerOf(
    readFixture('endpoint-permissions.json'),
    readFixture('serving-endpoints.json'),
    readFixture('registry-link-state.json'),
    readFixture('effective-grants.json'),
  );
  const endpoint = { type: 'ServingEndpoint', name: ENDPOINT } as const;
  const scope = { type: 'SecretScope', name: 'remote-mr-staging' } as const;
  const credential = { type: 'ServiceCredential', name: 'azure-openai' } as const;

  test.each([
    ['a service principal queries', scorer, 'CAN_QUERY', endpoint, true],
    ['and sees what it queries', scorer, 'CAN_VIEW', endpoint, true],
    ['and manages nothing', scorer, 'CAN_MANAGE', endpoint, false],
    ['a user is known in any case', ann, 'CAN_QUERY', endpoint, true],
    ['what names an id as a user grants nothing', reader, 'CAN_VIEW', endpoint, false],
    ['administrators manage', admin, 'CAN_MANAGE', endpoint, true],
    ['administrators read every scope', admin, 'READ', scope, true],
    ['everyone reads what users may read', ann, 'READ', scope, true],
    ['and writes nothing', ann, 'WRITE', scope, false],
    ['nobody reads without a name', null, 'READ', scope, false],
    [
      'models inherit from the registry',
      reader,
      'CAN_READ',
      { type: 'RegisteredModel', name: '42' },
      true,
    ],
    ['a group uses tokens', reader, 'CAN_USE', { type: 'Tokens', name: 'tokens' }, true],
    ['and others do not', ann, 'CAN_USE', { type: 'Tokens', name: 'tokens' }, false],
    [
      'managing a credential is not using it',
      workspaceSubject({ userName: 'bob@example.com' }),
      'ACCESS',
      credential,
      false,
    ],
    ['administrators of a workspace are none of the catalog', admin, 'MANAGE', credential, false],
    [
      'an object that nobody knows is closed',
      ann,
      'READ',
      { type: 'SecretScope', name: 'other' },
      false,
    ],
  ] as const)('%s', (_, subject, action, resource, expected) => {
    expect(authorizer.can(subject, action, resource)).toBe(expected);
    expect(authorizer.decide(subject, action, resource).allowed).toBe(expected);
  });

  test('a refusal says who would be let in', () => {
    const { explanation } = authorizer.decide(reader, 'CAN_QUERY', endpoint);
    expect(explanation).toContain(`service principal \`${SCORER}\``);
  });

  test('an authorizer takes what one file gives', () => {
    const { permissions, resources } = readFixture('endpoint-permissions.json');
    const vocabulary = databricksVocabulary;
    const policyKinds = [principalsPolicyKind];
    const own = createAuthorizer({ vocabulary, policyKinds, permissions, resources });
    expect(own.can(scorer, 'CAN_QUERY', endpoint)).toBe(true);
    expect(own.can(reader, 'CAN_QUERY', endpoint)).toBe(false);
  });

  test('the audit works on it', () => {
    const { summary } = auditSnapshot(authorizer.snapshot);
    expect(summary).toMatchObject({ resources: 5, secured: 5, unsecured: 0 });
  });
});

test('without any permission everything is closed', () => {
  const authorizer = authorizerOf(readFixture('online-stores.yaml'));
  expect(authorizer.can(admin, 'CAN_MANAGE', { type: 'ServingEndpoint', name: 'e' })).toBe(false);
});

test('an entry that is not understood closes, and does not open', () => {
  const authorizer = authorizerOf(
    read({
      object_id: '/serving-endpoints/e',
      object_type: 'serving-endpoint',
      access_control_list: [
        { group_name: 'users', all_permissions: [{ permission_level: 'CAN_EVERYTHING' }] },
      ],
    }),
  );
  expect(authorizer.can(ann, 'CAN_VIEW', { type: 'ServingEndpoint', name: 'e' })).toBe(false);
});

test('objects of several files are put together', () => {
  const { resources } = servicesSnapshotOptions([
    readFixture('endpoint-permissions.json'),
    readFixture('serving-endpoints.json'),
  ]);
  expect(resources).toEqual([
    { type: 'ServingEndpoint', name: ENDPOINT, tags: { endpoint_name: 'fraud-prod' } },
  ]);
});

describe('online stores', () => {
  const files = [readFixture('online-stores.yaml'), readFixture('secret-acls.json')];
  const store = { type: 'OnlineStore', name: 'customer-features' } as const;

  test('are published to and read by who reads their secrets', () => {
    const authorizer = authorizerOf(...files);
    for (const subject of [ann, scorer, admin]) {
      expect(authorizer.can(subject, 'PUBLISH', store)).toBe(true);
    }
    const merchant = { type: 'OnlineStore', name: 'merchant-features' } as const;
    expect(authorizer.can(ann, 'PUBLISH', merchant)).toBe(true);
    expect(authorizer.can(ann, 'LOOKUP', merchant)).toBe(false);
    expect(authorizer.can(admin, 'LOOKUP', merchant)).toBe(true);
  });

  test('of one workspace are not opened by the secrets of another', () => {
    const acls = { scope: 's', items: [{ principal: 'users', permission: 'READ' }] };
    const authorizer = authorizerOf(
      read(acls, { workspace: 'dev' }),
      read({ name: 'store', write_secret_prefix: 's/p' }, { workspace: 'prod' }),
    );
    expect(
      authorizer.can(ann, 'PUBLISH', { type: 'OnlineStore', name: 'store', project: 'prod' }),
    ).toBe(false);
    expect(authorizer.can(ann, 'READ', { type: 'SecretScope', name: 's', project: 'dev' })).toBe(
      true,
    );
    expect(authorizer.can(ann, 'READ', { type: 'SecretScope', name: 's', project: 'prod' })).toBe(
      false,
    );
  });
});
