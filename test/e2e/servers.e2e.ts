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
import { definePermission, namespaces, roles } from '../../src/policy/index.js';
import { loadFeatureStore } from '../../src/registry/index.js';
import { createNodeServer } from '../adapters/hono/node-server.js';
import { parseAuth } from './support/auth-section.js';
import { startKubernetesCluster } from './support/kubernetes-cluster.js';
import { createAuthenticator, createKubernetesAuthenticator } from './support/recorded-identity.js';
import { transcript } from './support/recording.js';
import { startKeycloak, startOidcProvider } from './support/watched-providers.js';

const PROJECT = 'credit_scoring';

/** Who gives tokens, what tells whose they are, and a token of somebody who may read. */
interface Identity {
  readonly authenticator: Authenticator;
  readonly token: string;
  readonly stop: () => Promise<void>;
}

async function startOidc(): Promise<Identity> {
  const provider = await startOidcProvider(600);
  const authenticator = createOidcAuthenticator(provider.discoveryUrl, provider.audience);
  return { authenticator, token: await provider.requestToken(), stop: provider.stop };
}

async function startRealm(): Promise<Identity> {
  const keycloak = await startKeycloak(['feature-reader']);
  const { name: username, password } = keycloak.user;
  const answer = await keycloak.requestTokens({ grant_type: 'password', username, password });
  const authenticator = createOidcAuthenticator(keycloak.discoveryUrl);
  return { authenticator, token: answer.access_token, stop: keycloak.stop };
}

/**
 * A service account of the namespace `team` asks; that of the server may have tokens looked at, and
 * no more.
 */
async function startCluster(): Promise<Identity> {
  const cluster = await startKubernetesCluster([]);
  const createAccount = async (namespace: string, name: string): Promise<string> => {
    const path = `/api/v1/namespaces/${namespace}`;
    await cluster.ask('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
    await cluster.ask('POST', `${path}/serviceaccounts`, { metadata: { name } });
    const answer = await cluster.ask('POST', `${path}/serviceaccounts/${name}/token`, {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {},
    });
    const { token } = (answer as { readonly status: { readonly token: string } }).status;
    transcript.watchSecret(token, `token of ${namespace}:${name}`);
    return token;
  };
  const own = await createAccount('feast', 'server');
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const metadata = { name: 'feast-server' };
  const rules = [
    { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
    {
      apiGroups: ['rbac.authorization.k8s.io'],
      resources: ['rolebindings', 'clusterrolebindings', 'clusterroles'],
      verbs: ['list'],
    },
  ];
  await cluster.ask('POST', `${rbac}/clusterroles`, { metadata, rules });
  await cluster.ask('POST', `${rbac}/clusterrolebindings`, {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', ...metadata },
    subjects: [{ kind: 'ServiceAccount', name: 'server', namespace: 'feast' }],
  });
  const kubeConfig = cluster.kubeConfig(own, 'feast');
  const token = await createAccount('team', 'client');
  return {
    authenticator: createKubernetesAuthenticator({ kubeConfig }),
    token,
    stop: cluster.stop,
  };
}

function createOidcAuthenticator(auth_discovery_url: string, audience?: string): Authenticator {
  const section = { type: 'oidc', auth_discovery_url, client_id: 'feast-server' };
  return createAuthenticator(
    parseAuth(audience === undefined ? section : { ...section, audience }),
  );
}

const GRANT = {
  project: PROJECT,
  types: ['FeatureView'],
  namePatterns: ['transaction_features'],
  actions: ['DESCRIBE', 'READ_ONLINE'],
} as const;

/** The role of the OIDC providers' users, and the namespace of the service account. */
const PERMISSIONS = [
  definePermission({ ...GRANT, name: 'read-transactions', policy: roles('feature-reader') }),
  definePermission({ ...GRANT, name: 'read-transactions-in-team', policy: namespaces('team') }),
];

let identity: Identity;
let gate: Gate;
const running: { close(): Promise<unknown> }[] = [];

async function createIdentityGate({ authenticator }: Identity): Promise<Gate> {
  const { snapshotOptions, contents } = await loadFeatureStore(
    'examples/credit_scoring/data/registry.db',
  );
  return createGate({
    authenticator,
    authorizer: createAuthorizer({
      ...snapshotOptions,
      auth: { type: 'oidc' },
      defaultProject: PROJECT,
      permissions: PERMISSIONS,
    }),
    relations: contents.relations,
    onDecision: (decision) => transcript.record('decision log', decision),
  });
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
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

describe.each([
  ['oidc-provider', startOidc],
  ['Keycloak', startRealm],
  ['Kubernetes', startCluster],
])('tokens of %s', (_provider, startIdentity) => {
  beforeAll(async () => {
    identity = await startIdentity();
    gate = await createIdentityGate(identity);
  }, 3_000_000);

  afterAll(async () => {
    await identity?.authenticator.close();
    await identity?.stop();
  }, 90_000);

  describe.each(STARTS)('%s and its real client', (_name, start) => {
    test.each([
      [
        'a permission',
        'transaction_features:amount',
        (): string => `Bearer ${identity.token}`,
        200,
        null,
      ],
      [
        'no permission',
        'customer_profile:age',
        (): string => `Bearer ${identity.token}`,
        403,
        null,
      ],
      ['no token', 'transaction_features:amount', (): undefined => undefined, 401, 'Bearer realm='],
      [
        'a token that somebody changed',
        'transaction_features:amount',
        (): string => `Bearer ${identity.token.slice(0, -8)}AAAAAAAA`,
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
          expect(text).not.toMatch(/feature-reader|read-transactions|team/);
        }
      }
      expect((await ask('/health')).status).toBe(200);
    });
  });
});
