import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  createKubernetesAuthenticator,
  type KubernetesAuthenticatorOptions,
} from '../../../src/identity/kubernetes/kubernetes-authenticator.js';
import {
  binding,
  type FakeApiServer,
  list,
  RBAC,
  REVIEWS,
  raw,
  review,
  startFakeApiServer,
  tokenThatEnds,
} from './fake-server.js';

const ALICE = { username: 'alice', groups: ['devs', 'system:authenticated'] };

let server: FakeApiServer;

beforeEach(async () => {
  server = await startFakeApiServer();
  server.answer(REVIEWS, () => review({ authenticated: true, user: ALICE }));
  server.answer(RBAC, () => list([]));
});

afterEach(() => server.stop());

function create(options: KubernetesAuthenticatorOptions = {}) {
  return createKubernetesAuthenticator({
    kubeConfig: server.config,
    opaqueTokens: true,
    ...options,
  });
}

describe('the cache', () => {
  test('asks once for many callers at the same time, and not again within its time', async () => {
    let now = 1_000_000;
    const authenticator = create({ now: () => now });
    await Promise.all(
      Array.from({ length: 1_000 }, () => authenticator.authenticate({ token: 'a' })),
    );
    expect(server.requests).toHaveLength(3);
    now += 7_499;
    await authenticator.authenticate({ token: 'a' });
    expect(server.requests).toHaveLength(3);
    now += 10_000;
    await authenticator.authenticate({ token: 'a' });
    expect(server.requests).toHaveLength(6);
  });

  test('a deleted account is refused once the time is over, and a refusal is not kept', async () => {
    let now = 0;
    const authenticator = create({ now: () => now, cacheSeconds: 5 });
    await authenticator.authenticate({ token: 'a' });
    server.answer(REVIEWS, () => review({ error: 'not found' }));
    now = 4_999;
    await expect(authenticator.authenticate({ token: 'a' })).resolves.toMatchObject(ALICE);
    now = 5_000;
    await expect(authenticator.authenticate({ token: 'a' })).rejects.toThrow('does not accept');
    server.answer(REVIEWS, () => review({ authenticated: true, user: ALICE }));
    await expect(authenticator.authenticate({ token: 'a' })).resolves.toMatchObject(ALICE);
  });

  test('a role that is taken away is gone within the time', async () => {
    let now = 0;
    const authenticator = create({ now: () => now, cacheSeconds: 5 });
    server.answer(`${RBAC}/namespaces/feast-ns/rolebindings`, () =>
      list([binding('reader', 'team', [{ kind: 'User', name: 'alice' }])]),
    );
    await expect(authenticator.authenticate({ token: 'a' })).resolves.toMatchObject({
      roles: ['reader'],
    });
    server.answer(`${RBAC}/namespaces/feast-ns/rolebindings`, () => list([]));
    now = 5_000;
    // Another token of the same user asks for the bindings first.
    await expect(authenticator.authenticate({ token: 'b' })).resolves.toMatchObject({ roles: [] });
    await expect(authenticator.authenticate({ token: 'a' })).resolves.toMatchObject({ roles: [] });
  });

  test('a token that is past its end is reviewed once for ten seconds, and then refused without asking', async () => {
    let now = 1_000_000;
    const authenticator = create({ now: () => now });
    const token = tokenThatEnds(1_003);
    await authenticator.authenticate({ token });
    now = 1_010_000;
    for (let count = 0; count < 50; count++) await authenticator.authenticate({ token });
    expect(server.count(REVIEWS)).toBe(2);
    now = 1_013_000;
    await expect(authenticator.authenticate({ token })).rejects.toThrow('has expired');
    expect(server.count(REVIEWS)).toBe(2);
  });

  test.each([['soon'], [null], [1e300]])('an end of %j does not lengthen the time', async (exp) => {
    let now = 1_000_000;
    const authenticator = create({ now: () => now });
    const token = tokenThatEnds(exp);
    await authenticator.authenticate({ token });
    now += 10_000;
    await authenticator.authenticate({ token });
    expect(server.count(REVIEWS)).toBe(2);
  });

  test('a clock that is set back prolongs nothing', async () => {
    let now = 1_000_000;
    const authenticator = create({ now: () => now });
    await authenticator.authenticate({ token: 'a' });
    now = 0;
    await authenticator.authenticate({ token: 'a' });
    expect(server.count(REVIEWS)).toBe(2);
  });

  test('remembers at most as many tokens as it may', async () => {
    const authenticator = create({ maxTokens: 10 });
    for (let index = 0; index < 30; index++)
      await authenticator.authenticate({ token: `t${index}` });
    await authenticator.authenticate({ token: 't29' });
    expect(server.count(REVIEWS)).toBe(30);
    await authenticator.authenticate({ token: 't0' });
    expect(server.count(REVIEWS)).toBe(31);
  });

  test('is renewed in the background towards the end of its time', async () => {
    let now = 1_000_000;
    const authenticator = create({ now: () => now });
    await authenticator.authenticate({ token: 'a' });
    server.answer(`${RBAC}/clusterrolebindings`, () =>
      list([binding('reader', 'any', [{ kind: 'User', name: 'alice' }])]),
    );
    now += 7_500;
    await expect(authenticator.authenticate({ token: 'a' })).resolves.toMatchObject({ roles: [] });
    await vi.waitFor(() => expect(server.requests).toHaveLength(6));
    await vi.waitFor(() =>
      expect(authenticator.authenticate({ token: 'a' })).resolves.toMatchObject({
        roles: ['reader'],
      }),
    );
    now += 9_999;
    await expect(authenticator.authenticate({ token: 'a' })).resolves.toMatchObject(ALICE);
  });

  test('a refusal in the background counts at once, and no answer does not', async () => {
    let now = 1_000_000;
    const authenticator = create({ now: () => now });
    await authenticator.authenticate({ token: 'a' });
    server.answer(REVIEWS, raw(500, '{}'));
    now += 7_500;
    await authenticator.authenticate({ token: 'a' });
    await vi.waitFor(() => expect(server.count(REVIEWS)).toBe(2));
    await expect(authenticator.authenticate({ token: 'a' })).resolves.toMatchObject(ALICE);
    server.answer(REVIEWS, () => review({ error: 'not found' }));
    now += 1_500;
    await authenticator.authenticate({ token: 'a' });
    await vi.waitFor(() =>
      expect(authenticator.authenticate({ token: 'a' })).rejects.toThrow('does not accept'),
    );
  });

  test('a closed authenticator refuses', async () => {
    const authenticator = create();
    await authenticator.authenticate({ token: 'a' });
    await authenticator.close();
    await expect(authenticator.authenticate({ token: 'a' })).rejects.toThrow('closed');
  });
});
