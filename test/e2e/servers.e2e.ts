import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createApp as createExpressApp } from '../../examples/servers/express.js';
import { createApp as createFastifyApp } from '../../examples/servers/fastify.js';
import { createApp as createHonoApp } from '../../examples/servers/hono.js';
import { createApp as createNestApp } from '../../examples/servers/nestjs.js';
import { createApp as createHttpApp } from '../../examples/servers/node-http.js';
import { createAuthorizer } from '../../src/engine/index.js';
import { createGate, type Gate } from '../../src/gate/index.js';
import type { Authenticator } from '../../src/identity/index.js';
import { definePermission, roles } from '../../src/policy/index.js';
import { loadFeatureStore } from '../../src/registry/index.js';
import { createNodeServer } from '../servers/hono/node-server.js';
import { parseAuth } from './support/auth-section.js';
import type { OidcProvider } from './support/oidc-provider.js';
import { createAuthenticator } from './support/recorded-identity.js';
import { transcript } from './support/recording.js';
import { startOidcProvider } from './support/watched-providers.js';

const PROJECT = 'credit_scoring';

/** What the provider's tokens say may be done: their role is `feature-reader`. */
const PERMISSION = definePermission({
  name: 'read-transactions',
  project: PROJECT,
  types: ['FeatureView'],
  namePatterns: ['transaction_features'],
  actions: ['DESCRIBE', 'READ_ONLINE'],
  policy: roles('feature-reader'),
});

let provider: OidcProvider;
let authenticator: Authenticator;
let gate: Gate;
let token: string;
const running: { close(): Promise<unknown> }[] = [];

beforeAll(async () => {
  provider = await startOidcProvider(600);
  token = await provider.requestToken();
  const { snapshotOptions, contents } = await loadFeatureStore(
    'examples/credit_scoring/data/registry.db',
  );
  authenticator = createAuthenticator(
    parseAuth({
      type: 'oidc',
      auth_discovery_url: provider.discoveryUrl,
      client_id: 'feast-server',
      audience: provider.audience,
    }),
  );
  gate = createGate({
    authenticator,
    authorizer: createAuthorizer({
      ...snapshotOptions,
      auth: { type: 'oidc' },
      defaultProject: PROJECT,
      permissions: [PERMISSION],
    }),
    relations: contents.relations,
    onDecision: (decision) => transcript.record('decision log', decision),
  });
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

afterAll(async () => {
  await authenticator?.close();
  await provider?.stop();
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  running.push({
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Starts the example of each adapter, and gives its address. */
const STARTS: readonly (readonly [string, () => Promise<string>])[] = [
  [
    'Fastify',
    async () => {
      const app = await createFastifyApp(gate);
      running.push(app);
      return app.listen({ host: '127.0.0.1', port: 0 });
    },
  ],
  ['Express', () => listen(createServer(createExpressApp(gate)))],
  ['Hono', async () => listen(await createNodeServer(createHonoApp(gate)))],
  [
    'NestJS',
    async () => {
      const app = await createNestApp(gate);
      running.push(app);
      await app.listen(0, '127.0.0.1');
      return app.getUrl();
    },
  ],
  ['node:http', () => listen(createHttpApp(gate))],
];

describe.each(STARTS)('%s, its real client and a real provider', (_, start) => {
  test.each([
    ['a permission', 'transaction_features:amount', (): string => `Bearer ${token}`, 200, null],
    ['no permission', 'customer_profile:age', (): string => `Bearer ${token}`, 403, null],
    ['no token', 'transaction_features:amount', (): undefined => undefined, 401, 'Bearer realm='],
    [
      'a token that somebody changed',
      'transaction_features:amount',
      (): string => `Bearer ${token.slice(0, -8)}AAAAAAAA`,
      401,
      'error="invalid_token"',
    ],
  ] as const)('%s', async (_case, feature, authorization, status, challenge) => {
    const url = await start();
    const value: string | undefined = authorization();
    const ask = (path: string, init?: RequestInit): Promise<Response> =>
      fetch(`${url}${path}`, {
        ...init,
        headers: {
          'content-type': 'application/json',
          ...(value === undefined ? {} : { authorization: value }),
        },
      });
    const [view = ''] = feature.split(':');
    const body = JSON.stringify({ features: [feature], entities: { driver_id: [1001] } });
    const answers = [
      await ask('/get-online-features', { method: 'POST', body }),
      await ask(`/views/${view}`),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(status);
      const header = answer.headers.get('www-authenticate');
      if (challenge === null) expect(header).toBeNull();
      else expect(header).toContain(challenge);
      if (status !== 200) {
        expect(answer.headers.get('content-type')).toContain('application/problem+json');
        const text: string = await answer.text();
        transcript.record('answer', text);
        expect(text).not.toMatch(/feature-reader|read-transactions/);
      }
    }
    expect((await ask('/health')).status).toBe(200);
  });
});
