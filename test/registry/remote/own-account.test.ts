import { expect, test } from 'vitest';
import type { AuthConfig } from '../../../src/config/index.js';
import { parseOwnAccount, readOwnAccount } from '../../../src/registry/remote/own-account.js';

const NOTHING = { roles: [], groups: [], namespaces: [] };
const OIDC = { type: 'oidc', clientId: 'feast' } as AuthConfig;

function tokenOf(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.c2ln`;
}

test('the configuration says roles, groups and namespaces', () => {
  expect(parseOwnAccount(undefined)).toBeUndefined();
  expect(parseOwnAccount(null)).toBeUndefined();
  expect(parseOwnAccount({})).toEqual(NOTHING);
  expect(parseOwnAccount({ roles: ['a'], namespaces: ['n'] })).toEqual({
    roles: ['a'],
    groups: [],
    namespaces: ['n'],
  });
});

test.each([
  ['admin', 'must be a mapping'],
  [['admin'], 'must be a mapping'],
  [{ role: ['admin'] }, 'has an unknown field'],
  [{ roles: 'admin' }, 'must have a list of names in `roles`'],
  [{ groups: [1] }, 'must have a list of names in `groups`'],
])('%j is refused', (given, message) => {
  expect(() => parseOwnAccount(given)).toThrow(`\`registry.account\` ${message}`);
});

test('a token of OIDC has roles and groups, with or without a user name', () => {
  const claims = { resource_access: { feast: { roles: ['a'] } }, roles: ['b'], groups: ['g'] };
  const account = { roles: ['a', 'b'], groups: ['g'], namespaces: [] };
  expect(readOwnAccount(tokenOf(claims), OIDC)).toEqual(account);
  expect(readOwnAccount(tokenOf({ ...claims, sub: 'gate' }), OIDC)).toEqual(account);
});

test('a token of a service account has its namespace and the groups of it', () => {
  const token = tokenOf({ sub: 'system:serviceaccount:gates:feast', roles: ['a'] });
  expect(readOwnAccount(token, { type: 'kubernetes', userToken: undefined })).toEqual({
    roles: [],
    groups: ['system:serviceaccounts', 'system:serviceaccounts:gates', 'system:authenticated'],
    namespaces: ['gates'],
  });
});

test.each(['opaque', '', 'a.b.c'])('%j says nothing', (token) => {
  expect(readOwnAccount(token, OIDC)).toEqual(NOTHING);
  expect(readOwnAccount(token, { type: 'kubernetes', userToken: token })).toEqual(NOTHING);
});
