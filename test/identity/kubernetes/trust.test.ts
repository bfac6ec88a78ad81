import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createKubernetesAuthenticator,
  createTokenReviewer,
  type KubernetesAuthenticatorOptions,
} from '../../../src/identity/kubernetes/kubernetes-authenticator.js';
import {
  binding,
  type FakeApiServer,
  list,
  RBAC,
  REVIEWS,
  review,
  startFakeApiServer,
  tokenWith,
} from './fake-server.js';

const TOKEN = tokenWith({});
const ALICE = { username: 'alice', groups: ['devs', 'system:authenticated'] };
const ACCOUNT = {
  username: 'system:serviceaccount:team:client',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:team', 'system:authenticated'],
};
const invalid = { code: 'ERR_IDENTITY_INVALID' };

let server: FakeApiServer;

beforeEach(async () => {
  server = await startFakeApiServer();
  server.answer(RBAC, () => list([]));
});

afterEach(() => server.stop());

/** Who the bearer of a token is that the API server answers with `user`. */
function authenticate(user: unknown, options: KubernetesAuthenticatorOptions = {}) {
  server.answer(REVIEWS, () => review({ authenticated: true, user }));
  return createKubernetesAuthenticator({ kubeConfig: server.config, ...options }).authenticate({
    token: TOKEN,
  });
}

/** Roles for alice: of a namespace each, and of the cluster. */
function bindAlice(): void {
  const alice = [{ kind: 'User', name: 'alice' }];
  const all = ['feast-ns', 'team', 'stranger'].map((name) => binding(`of-${name}`, name, alice));
  server.answer(`${RBAC}/rolebindings`, () => list(all));
  for (const [index, name] of ['feast-ns', 'team', 'stranger'].entries()) {
    server.answer(`${RBAC}/namespaces/${name}/rolebindings`, () => list([all[index]]));
  }
  server.answer(`${RBAC}/clusterrolebindings`, () => list([binding('of-all', 'any', alice)]));
}

describe('the roles of a user', () => {
  test.each([
    [{}, ['of-all', 'of-feast-ns']],
    [{ namespaces: ['team'] }, ['of-all', 'of-feast-ns', 'of-team']],
    [{ namespace: 'team' }, ['of-all', 'of-team']],
    [{ clusterRoleBindings: false }, ['of-feast-ns']],
    [{ namespaces: 'all' }, ['of-all', 'of-feast-ns', 'of-stranger', 'of-team']],
  ] as const)('with %j are %j', async (options, roles) => {
    bindAlice();
    await expect(authenticate(ALICE, options)).resolves.toMatchObject({ roles });
  });

  test('are read from less by default than Feast reads, without a warning', () => {
    const create = (options: KubernetesAuthenticatorOptions) =>
      createKubernetesAuthenticator({ kubeConfig: server.config, ...options }).warnings;
    expect(create({})).toEqual([]);
    expect(create({ namespaces: ['team'], clusterRoleBindings: false })).toEqual([]);
    expect(create({ namespaces: 'all', namespaceGroups: true })).toEqual([
      expect.stringContaining('namespaceGroups'),
      expect.stringContaining("'all'"),
    ]);
  });
});

test('a service account is in the groups of its token only', async () => {
  server.answer(`${RBAC}/namespaces/team/rolebindings`, () =>
    list([binding('any', 'team', [{ kind: 'Group', name: 'team-leads' }])]),
  );
  await expect(authenticate(ACCOUNT, { namespaces: ['team'] })).resolves.toMatchObject({
    groups: ACCOUNT.groups.toSorted(),
  });
  expect(server.count(`${RBAC}/clusterroles`)).toBe(0);
});

describe('a user with the name of a service account', () => {
  test.each([
    ['in full, without its group', { ...ACCOUNT, groups: ['system:authenticated'] }],
    [
      'in full, in the group of another namespace',
      {
        ...ACCOUNT,
        groups: ['system:serviceaccounts', 'system:serviceaccounts:other'],
      },
    ],
    ['as it is called here, in the own namespace', { username: 'feast-ns:client' }],
    ['as it is called here, in a listed namespace', { username: 'team:client' }],
    ['as it is called here, in the namespace of a bound account', { username: 'jobs:client' }],
  ])('%s, is refused', async (_, user) => {
    const account = { kind: 'ServiceAccount', name: 'other', namespace: 'jobs' };
    server.answer(`${RBAC}/namespaces/feast-ns/rolebindings`, () =>
      list([binding('reader', 'feast-ns', [account])]),
    );
    await expect(authenticate(user, { namespaces: ['team'] })).rejects.toMatchObject(invalid);
  });

  test('is refused where all namespaces are read, by those that have bindings', async () => {
    server.answer(`${RBAC}/rolebindings`, () => list([binding('reader', 'team', [])]));
    await expect(
      authenticate({ username: 'team:client' }, { namespaces: 'all' }),
    ).rejects.toMatchObject(invalid);
  });

  test.each(['oidc:alice', 'system:admin', 'alice', 'a:b:c'])('is not %s', async (username) => {
    await expect(authenticate({ username })).resolves.toMatchObject({ username });
  });

  test('is refused by a reviewer, too', async () => {
    server.answer(REVIEWS, () =>
      review({ authenticated: true, user: { username: ACCOUNT.username, groups: [] } }),
    );
    const reviewToken = createTokenReviewer({ kubeConfig: server.config });
    await expect(reviewToken(TOKEN)).rejects.toMatchObject(invalid);
  });
});

describe('the anonymous user', () => {
  test.each([
    { username: 'system:anonymous', groups: ['system:authenticated'] },
    { username: 'alice', groups: ['devs', 'system:unauthenticated'] },
  ])('is refused as %j, though the review accepts it', async (user) => {
    await expect(authenticate(user)).rejects.toMatchObject({
      ...invalid,
      message: expect.stringContaining('anonymous'),
    });
    const reviewToken = createTokenReviewer({ kubeConfig: server.config });
    await expect(reviewToken(TOKEN)).rejects.toMatchObject(invalid);
  });
});

describe('the reason of a refusal', () => {
  test.each([
    ['token audiences ["a"] is invalid for the target audiences ["b"]', 'another audience'],
    ['[invalid bearer token, service account token has expired]', 'the token has expired'],
    ['[invalid bearer token, service account token is not valid yet]', 'not valid yet'],
    ['[invalid bearer token, serviceaccounts "d1" not found]', 'does not accept the token'],
  ])('%s is told in words of our own', async (error, reason) => {
    server.answer(REVIEWS, () => review({ authenticated: false, error }));
    const failure: unknown = await createKubernetesAuthenticator({ kubeConfig: server.config })
      .authenticate({ token: TOKEN })
      .catch((one: unknown) => one);
    expect(failure).toMatchObject({ ...invalid, message: expect.stringContaining(reason) });
    expect((failure as Error).message).not.toContain('"');
  });
});
