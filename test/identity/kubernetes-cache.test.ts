import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createKubernetesAuthenticator,
  type KubernetesAuthenticatorOptions,
} from '../../src/identity/kubernetes/kubernetes-authenticator.js';
import {
  binding,
  type FakeApiServer,
  list,
  RBAC,
  REVIEWS,
  review,
  startFakeApiServer,
  tokenThatEnds,
} from './kubernetes-fake-server.js';

const ALICE = { username: 'alice', groups: ['devs', 'system:authenticated'] };

let server: FakeApiServer;

beforeEach(async () => {
  server = await startFakeApiServer();
  server.answer(REVIEWS, () => review({ authenticated: true, user: ALICE }));
  server.answer(RBAC, () => list([]));
});

afterEach(() => server.stop());

function create(options: KubernetesAuthenticatorOptions = {}) {
  return createKubernetesAuthenticator({ kubeConfig: server.config, ...options });
}

describe('the cache', () => {
  test('asks once for many callers at the same time, and not again within its time', async () => {
    let now = 1_000_000;
    const authenticator = create({ now: () => now });
    await Promise.all(
      Array.from({ length: 1_000 }, () => authenticator.authenticate({ token: 'a' })),
    );
    now += 9_999;
    await authenticator.authenticate({ token: 'a' });
    expect(server.requests).toHaveLength(3);
    now += 1;
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
    server.answer(`${RBAC}/rolebindings`, () =>
      list([binding('reader', 'team', [{ kind: 'User', name: 'alice' }])]),
    );
    await expect(authenticator.authenticate({ token: 'a' })).resolves.toMatchObject({
      roles: ['reader'],
    });
    server.answer(`${RBAC}/rolebindings`, () => list([]));
    now = 5_000;
    // Another token of the same user asks for the bindings first.
    await expect(authenticator.authenticate({ token: 'b' })).resolves.toMatchObject({ roles: [] });
    await expect(authenticator.authenticate({ token: 'a' })).resolves.toMatchObject({ roles: [] });
  });

  test('never remembers a token beyond its end', async () => {
    let now = 1_000_000;
    const authenticator = create({ now: () => now });
    const token = tokenThatEnds(1_003);
    await authenticator.authenticate({ token });
    now = 1_002_999;
    await authenticator.authenticate({ token });
    expect(server.count(REVIEWS)).toBe(1);
    now = 1_003_000;
    await authenticator.authenticate({ token });
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

  test('a flood of tokens waits for no more than 500 reviews', async () => {
    server.answer(REVIEWS, () => undefined);
    const authenticator = create({ requestTimeoutSeconds: 2 });
    const outcomes = await Promise.all(
      Array.from({ length: 600 }, (_, index) =>
        authenticator.authenticate({ token: `t${index}` }).catch((error: Error) => error.message),
      ),
    );
    expect(outcomes.filter((message) => String(message).includes('too many'))).toHaveLength(100);
    server.answer(REVIEWS, () => review({ authenticated: true, user: ALICE }));
    await expect(authenticator.authenticate({ token: 'a' })).resolves.toMatchObject(ALICE);
  });

  test('a closed authenticator refuses', async () => {
    const authenticator = create();
    await authenticator.authenticate({ token: 'a' });
    await authenticator.close();
    await expect(authenticator.authenticate({ token: 'a' })).rejects.toThrow('closed');
  });
});
