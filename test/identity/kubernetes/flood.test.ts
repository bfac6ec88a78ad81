import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createKubernetesAuthenticator,
  type KubernetesAuthenticatorOptions,
} from '../../../src/identity/kubernetes/kubernetes-authenticator.js';
import {
  type FakeApiServer,
  list,
  RBAC,
  REVIEWS,
  review,
  startFakeApiServer,
  tokenThatEnds,
  tokenWith,
} from './fake-server.js';

const NOW = 1_800_000_000;
const ALICE = { username: 'alice', groups: ['system:authenticated'] };
const invalid = { code: 'ERR_IDENTITY_INVALID' };
const unavailable = { code: 'ERR_IDENTITY_UNAVAILABLE' };

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
    now: () => NOW * 1000,
    ...options,
  });
}

describe('a token that the API server would refuse is refused without asking', () => {
  test.each([
    ['not a JSON Web Token', 'opaque-token', 'not a JSON Web Token'],
    ['with a payload that is not JSON', 'e30.YQ.c2ln', 'not a JSON Web Token'],
    ['of another issuer', tokenWith({ iss: 'https://other.example' }), 'another issuer'],
    ['of no issuer', tokenWith({}), 'another issuer'],
    ['that has expired', tokenWith({ iss: 'https://cluster', exp: NOW - 10 }), 'has expired'],
  ])('%s', async (_, token, message) => {
    const authenticator = create({ issuers: ['https://cluster'] });
    await expect(authenticator.authenticate({ token })).rejects.toMatchObject({
      ...invalid,
      message: expect.stringContaining(message),
    });
    expect(server.requests).toHaveLength(0);
  });

  test('and one of an accepted issuer is asked for', async () => {
    const token = tokenWith({ iss: 'https://cluster', exp: NOW - 9 });
    const authenticator = create({ issuers: ['https://cluster'] });
    await expect(authenticator.authenticate({ token })).resolves.toMatchObject(ALICE);
  });
});

describe('a flood of made-up tokens', () => {
  test('takes 100 reviews at a time, lets 1,000 wait and refuses the others', async () => {
    server.answer(REVIEWS, () => undefined);
    const authenticator = create({ requestTimeoutSeconds: 1 });
    const outcomes = await Promise.all(
      Array.from({ length: 1_200 }, (_, index) =>
        authenticator
          .authenticate({ token: tokenThatEnds(NOW + index + 1) })
          .catch((error: { readonly code: string }) => error.code),
      ),
    );
    expect(new Set(outcomes)).toEqual(new Set([unavailable.code]));
    expect(server.count(REVIEWS)).toBeLessThanOrEqual(200);
  });

  test('does not keep known tokens waiting, even where they have to be reviewed again', async () => {
    let now = NOW * 1000;
    const authenticator = create({ now: () => now });
    const known = tokenThatEnds(NOW + 3_600);
    await authenticator.authenticate({ token: known });
    server.answer(REVIEWS, ({ body }) =>
      body.includes(known) ? review({ authenticated: true, user: ALICE }) : review({}),
    );
    const flood = Array.from({ length: 300 }, (_, index) =>
      authenticator.authenticate({ token: tokenThatEnds(NOW + index + 1) }).catch(() => undefined),
    );
    now += 10_000;
    await expect(authenticator.authenticate({ token: known })).resolves.toMatchObject(ALICE);
    // 100 were refused and keep their places for a while.
    expect(server.count(REVIEWS)).toBeLessThanOrEqual(102);
    await authenticator.close();
    await Promise.all(flood);
  });

  test('does not push known tokens out', async () => {
    const authenticator = create({ maxTokens: 1 });
    const known = tokenThatEnds(NOW + 3_600);
    await authenticator.authenticate({ token: known });
    server.answer(REVIEWS, () => review({}));
    for (let index = 1; index <= 20; index++) {
      const token = tokenThatEnds(NOW + index);
      await expect(authenticator.authenticate({ token })).rejects.toMatchObject(invalid);
    }
    await expect(authenticator.authenticate({ token: known })).resolves.toMatchObject(ALICE);
    expect(server.count(REVIEWS)).toBe(21);
  });

  test('leaves room for many good tokens that come at the same time', async () => {
    const authenticator = create();
    const tokens = Array.from({ length: 480 }, (_, index) => tokenThatEnds(NOW + index + 1));
    await Promise.all(tokens.map((token) => authenticator.authenticate({ token })));
    expect(server.count(REVIEWS)).toBe(480);
  });
});
