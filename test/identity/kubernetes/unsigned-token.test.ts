import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createKubernetesAuthenticator } from '../../../src/identity/kubernetes/kubernetes-authenticator.js';
import {
  type FakeApiServer,
  list,
  RBAC,
  REVIEWS,
  review,
  startFakeApiServer,
} from './fake-server.js';

/** A token of our own making that nothing signed. */
function unsigned(claims: object): string {
  const parts = [{ alg: 'none', typ: 'JWT' }, claims];
  return `${parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
}

describe('a token that says who it is for', () => {
  let server: FakeApiServer;
  beforeAll(async () => {
    server = await startFakeApiServer();
    server.answer(RBAC, () => list([]));
  });
  afterAll(() => server.stop());

  test.each([
    ['a service account', { sub: 'system:serviceaccount:team:trainer' }],
    ['an account with more parts', { sub: 'a:b:team:trainer' }],
    ['a user', { sub: 'admin', preferred_username: 'admin' }],
  ])('is refused when the review does not accept it: %s', async (_, claims) => {
    server.answer(REVIEWS, () => review({ authenticated: false }));
    const authenticator = createKubernetesAuthenticator({ kubeConfig: server.config });
    await expect(authenticator.authenticate({ token: unsigned(claims) })).rejects.toMatchObject({
      code: 'ERR_IDENTITY_INVALID',
    });
  });

  test('is for whom the review names, whatever it says itself', async () => {
    const user = {
      username: 'system:serviceaccount:team:trainer',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:team', 'system:authenticated'],
    };
    server.answer(REVIEWS, () => review({ authenticated: true, user }));
    const authenticator = createKubernetesAuthenticator({ kubeConfig: server.config });
    const token = unsigned({ sub: 'system:serviceaccount:admins:root', aud: ['other'] });
    await expect(authenticator.authenticate({ token })).resolves.toMatchObject({
      username: 'team:trainer',
      namespaces: ['team'],
    });
  });
});
