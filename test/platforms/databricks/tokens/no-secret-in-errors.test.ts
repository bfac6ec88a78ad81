import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  createEntraProvider,
  createOAuthM2MProvider,
  createWorkloadIdentityProvider,
  type TokenProvider,
} from '../../../../src/platforms/databricks/tokens/index.js';
import {
  type FakeEntra,
  type FakeServer,
  type FakeWorkspace,
  type Fault,
  startFakeEntra,
  startFakeWorkspace,
} from '../../../support/databricks/index.js';
import { holdsSecret } from '../../../support/find-secret.js';

const SECRET = 'the-s3cret/of+the client';
const ASSERTION = 'eyJhbGciOiJub25l.eyJzdWIiOiJjaSJ9.c2VjcmV0LXNpZ25hdHVyZQ';
const TENANT = 'tenant.example.org';

let workspace: FakeWorkspace;
let entra: FakeEntra;

beforeAll(async () => {
  entra = await startFakeEntra({
    tenantId: TENANT,
    applications: [{ clientId: 'app', clientSecret: SECRET, assertions: [ASSERTION] }],
  });
  workspace = await startFakeWorkspace({
    servicePrincipals: [{ applicationId: 'app', secret: SECRET, federatedTokens: [ASSERTION] }],
  });
});

afterEach(() => {
  workspace.clearFaults();
  entra.clearFaults();
});

afterAll(async () => {
  await workspace.stop();
  await entra.stop();
});

interface Setting {
  readonly caCertPath?: string | undefined;
  readonly requestTimeoutSeconds?: number;
}

type Kind = readonly [
  name: string,
  server: () => FakeServer,
  create: (setting: Setting) => TokenProvider,
];

const fast = { sleep: async () => {}, redaction: () => {}, maxAttempts: 2 };

const KINDS: readonly Kind[] = [
  [
    'OAuth client credentials',
    () => workspace,
    (setting) => {
      const { origin: host, caCertPath } = workspace;
      const client = { clientId: 'app', clientSecret: SECRET };
      return createOAuthM2MProvider({ host, caCertPath, ...client, ...fast, ...setting });
    },
  ],
  [
    'a secret of Entra',
    () => entra,
    (setting) => {
      const { origin: authority, caCertPath } = entra;
      const client = { tenantId: TENANT, clientId: 'app', clientSecret: SECRET };
      return createEntraProvider({ authority, caCertPath, ...client, ...fast, ...setting });
    },
  ],
  [
    'an assertion for Entra',
    () => entra,
    (setting) => {
      const { origin: authority, caCertPath } = entra;
      const client = { tenantId: TENANT, clientId: 'app', clientAssertion: async () => ASSERTION };
      return createEntraProvider({ authority, caCertPath, ...client, ...fast, ...setting });
    },
  ],
  [
    'a token of a workload',
    () => workspace,
    (setting) => {
      const { origin: host, caCertPath } = workspace;
      const client = { clientId: 'app', subjectToken: async () => ASSERTION };
      return createWorkloadIdentityProvider({ host, caCertPath, ...client, ...fast, ...setting });
    },
  ],
];

/** Answers that repeat what was sent, as no server should and some do. */
const echo = (fields: object): string =>
  JSON.stringify({ ...fields, error_description: `${SECRET} ${ASSERTION}`, message: SECRET });
const hasty: Setting = { requestTimeoutSeconds: 0.1 };
const untrusted: Setting = { caCertPath: undefined };

const FAILURES: readonly (readonly [name: string, fault: Fault | undefined, setting: Setting])[] = [
  ['a rate limit', { kind: 'status', status: 429, retryAfter: '1', message: SECRET }, {}],
  ['500', { kind: 'status', status: 500, message: SECRET }, {}],
  ['503', { kind: 'status', status: 503, message: ASSERTION }, {}],
  ['a hanging server', { kind: 'hang' }, hasty],
  ['a lost connection', { kind: 'kill-before' }, {}],
  ['a lost answer', { kind: 'kill-after' }, {}],
  ['no JSON', { kind: 'malformed', body: `<html>${SECRET}</html>` }, {}],
  ['half of an answer', { kind: 'malformed', body: `{"access_token":"${SECRET}` }, {}],
  ['no object', { kind: 'malformed', body: JSON.stringify([SECRET]) }, {}],
  ['no token', { kind: 'malformed', body: echo({ token_type: 'Bearer' }) }, {}],
  [
    'a token of another type',
    { kind: 'malformed', body: echo({ access_token: 'x', token_type: SECRET }) },
    {},
  ],
  [
    'no end',
    { kind: 'malformed', body: echo({ access_token: 'opaque', token_type: 'Bearer' }) },
    {},
  ],
  [
    'an end that is none',
    { kind: 'malformed', body: echo({ access_token: 'x', expires_in: SECRET }) },
    {},
  ],
  [
    'an end that is now',
    { kind: 'malformed', body: echo({ access_token: 'x', expires_in: 0 }) },
    {},
  ],
  ['an echo as the error', { kind: 'malformed', status: 400, body: echo({ error: SECRET }) }, {}],
  [
    'a revoked secret',
    { kind: 'malformed', status: 401, body: echo({ error: 'invalid_client' }) },
    {},
  ],
  ['a certificate that is not trusted', undefined, untrusted],
];

describe.each(KINDS)('%s', (_, server, create) => {
  test.each(FAILURES)('and %s: an error without the secret', async (_name, fault, setting) => {
    if (fault !== undefined) {
      // Two attempts, and those of the test before that a busy machine sends late.
      for (const n of [1, 2, 3, 4]) server().failAt(n, fault, { method: 'POST' });
    }
    const error: unknown = await create(setting)
      .getToken()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ERR_CREDENTIAL_UNAVAILABLE' });
    const shown = inspect(error, { depth: 10, showHidden: true });
    for (const secret of [SECRET, ASSERTION]) expect(holdsSecret(secret, shown)).toBe(false);
  });

  test('without a failure: a token', async () => {
    const tokens = create({});
    await expect(tokens.getToken()).resolves.toMatchObject({ token: expect.any(String) as string });
  });
});

test('a secret that was taken away in the meantime ends with an error without it', async () => {
  const { origin: host, caCertPath } = workspace;
  const client = { clientId: 'app', clientSecret: SECRET, cache: { failurePauseSeconds: 0 } };
  const tokens = createOAuthM2MProvider({ host, caCertPath, ...client, ...fast });
  tokens.discard(await tokens.getToken());
  workspace.setSecret('app', undefined);
  const error: unknown = await tokens.getToken().catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    code: 'ERR_CREDENTIAL_UNAVAILABLE',
    message: 'no token: the token endpoint answers with status 401 (invalid_client)',
  });
  expect(holdsSecret(SECRET, inspect(error, { depth: 10 }))).toBe(false);
  workspace.setSecret('app', SECRET);
  await expect(tokens.getToken()).resolves.toMatchObject({
    expiresAt: expect.any(Number) as number,
  });
});
