import { expect, test } from 'vitest';
import { createAuthorizer } from '../../../../src/engine/index.js';
import {
  type GroupFact,
  servicePrincipalSubject,
  servicesSnapshotOptions,
} from '../../../../src/platforms/databricks/acl/index.js';
import { READER, readFixture, SCORER } from './read-fixture.js';

const group = (id: string): GroupFact => ({ id, name: `group-${id}`, createsClusters: false });
const facts = {
  servicePrincipals: [
    { applicationId: READER, displayName: 'r', id: '9', createsClusters: false },
    { applicationId: undefined, displayName: 'planned', id: '10', createsClusters: false },
  ],
  groups: [...['1', '2', '3', '4'].map(group), { ...group('1'), name: undefined }],
  members: [
    { groupId: '1', memberId: '9' },
    { groupId: '2', memberId: '1' },
    { groupId: '1', memberId: '2' },
    { groupId: '3', memberId: '10' },
    { groupId: 'unknown', memberId: '9' },
  ],
};

test('a service principal is in its groups, and in those that they are in, round in a circle too', () => {
  expect(servicePrincipalSubject(facts, READER.toUpperCase())).toEqual({
    username: READER.toUpperCase(),
    groups: ['users', 'group-1', 'group-2'],
  });
});

test('one that no file names is in users alone', () => {
  expect(servicePrincipalSubject(facts, SCORER).groups).toEqual(['users']);
  expect(() => servicePrincipalSubject(facts, '')).toThrow(TypeError);
});

test('the reader of a linked registry may use tokens by its group', () => {
  const state = readFixture('registry-link-state.json');
  const authorizer = createAuthorizer(servicesSnapshotOptions([state]));
  const tokens = { type: 'Tokens', name: 'tokens' } as const;
  const can = (id: string): boolean =>
    authorizer.can(servicePrincipalSubject(state.facts, id), 'CAN_USE', tokens);
  expect(can(READER)).toBe(true);
  expect(can(SCORER)).toBe(false);
});
