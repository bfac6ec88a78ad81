import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubernetesAuthenticatorOptions } from '../../src/identity/kubernetes/kubernetes-authenticator.js';
import { parseAuth } from './support/auth-section.js';
import { type KubernetesCluster, startKubernetesCluster } from './support/kubernetes-cluster.js';
import {
  createAuthenticator,
  createKubernetesAuthenticator,
  createTokenReviewer,
} from './support/recorded-identity.js';
import { transcript } from './support/recording.js';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const BOB = { name: 'bob', token: 'bob-token', groups: ['devs'] };
/** Users of another authenticator than that of service accounts, with the names of one. */
const IMPOSTORS = [
  { name: 'system:serviceaccount:team:client', token: 'impostor-token-1', groups: ['devs'] },
  { name: 'team:client', token: 'impostor-token-2', groups: ['devs'] },
  { name: 'oidc:alice', token: 'prefixed-token', groups: ['devs'] },
];
const CACHE_SECONDS = 1;

let cluster: KubernetesCluster;
/** Kubeconfig of the service account that the server under test runs as. */
let ownConfig: string;

beforeAll(async () => {
  transcript.watchSecret(BOB.token, 'token of a user');
  for (const { name, token } of IMPOSTORS) transcript.watchSecret(token, `token of ${name}`);
  cluster = await startKubernetesCluster([BOB, ...IMPOSTORS]);
  for (const name of ['feast', 'team', 'project']) {
    await cluster.ask('POST', '/api/v1/namespaces', { metadata: { name } });
  }
  for (const [namespace, name] of [
    ['feast', 'server'],
    ['team', 'client'],
    ['team', 'leaver'],
    ['feast', 'client'],
  ] as const) {
    await createAccount(namespace, name);
  }
  // No more rights than the server needs.
  await createClusterRole('token-reviewer', 'authentication.k8s.io', ['tokenreviews'], ['create']);
  await createClusterRole(
    'binding-reader',
    'rbac.authorization.k8s.io',
    ['rolebindings', 'clusterrolebindings', 'clusterroles'],
    ['list'],
  );
  const server = { kind: 'ServiceAccount', name: 'server', namespace: 'feast' };
  await bindEverywhere('token-reviewer', [server]);
  await bindEverywhere('binding-reader', [server]);

  const client = { kind: 'ServiceAccount', name: 'client', namespace: 'team' };
  const leaver = { kind: 'ServiceAccount', name: 'leaver', namespace: 'team' };
  const devs = { kind: 'Group', name: 'devs' };
  await bind('feast', 'feature-reader', [client, leaver]);
  await bind('feast', 'feature-admin', [
    { kind: 'ServiceAccount', name: 'client', namespace: 'feast' },
  ]);
  await bind('team', 'team-role', [client, { kind: 'Group', name: 'team-leads' }]);
  await bind('project', 'project-role', [devs]);
  await bind('project', 'admin', [{ kind: 'User', name: 'bob' }], 'ClusterRole');
  await bindEverywhere('viewer-of-everything', [devs]);

  ownConfig = cluster.kubeConfig(await createToken('feast', 'server'), 'feast');
}, 3_000_000);

afterAll(() => cluster?.stop(), 90_000);

async function createAccount(namespace: string, name: string): Promise<void> {
  await cluster.ask('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, {
    metadata: { name },
  });
}

/** A token of a service account, as its pod would get it. */
async function createToken(
  namespace: string,
  name: string,
  spec: {
    readonly audiences?: readonly string[];
    readonly expirationSeconds?: number;
    readonly boundObjectRef?: unknown;
  } = {},
): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec };
  const answer = (await cluster.ask('POST', path, request)) as {
    readonly status: { readonly token: string };
  };
  const { token } = answer.status;
  transcript.watchSecret(token, `token of ${namespace}:${name}`);
  return token;
}

async function createClusterRole(
  name: string,
  apiGroup: string,
  resources: readonly string[],
  verbs: readonly string[],
): Promise<void> {
  const rules = [{ apiGroups: [apiGroup], resources, verbs }];
  await cluster.ask('POST', `${RBAC}/clusterroles`, { metadata: { name }, rules });
}

async function bind(
  namespace: string,
  role: string,
  subjects: readonly unknown[],
  kind = 'Role',
): Promise<void> {
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind, name: role };
  await cluster.ask('POST', `${RBAC}/namespaces/${namespace}/rolebindings`, {
    metadata: { name: `to-${role}` },
    roleRef,
    subjects,
  });
}

async function bindEverywhere(role: string, subjects: readonly unknown[]): Promise<void> {
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role };
  const metadata = { name: `to-${role}` };
  await cluster.ask('POST', `${RBAC}/clusterrolebindings`, { metadata, roleRef, subjects });
}

function create(options: KubernetesAuthenticatorOptions = {}) {
  return createKubernetesAuthenticator({
    kubeConfig: ownConfig,
    cacheSeconds: CACHE_SECONDS,
    // Users of this cluster come from a static token file.
    opaqueTokens: true,
    ...options,
  });
}

const refused = { code: 'ERR_IDENTITY_INVALID' };
const unavailable = { code: 'ERR_IDENTITY_UNAVAILABLE' };

describe('service accounts', () => {
  test('have the roles bound to them in the namespace of the server, and of no other account', async () => {
    const token = await createToken('team', 'client');
    const subject = await create().authenticate({ token });
    expect(subject).toEqual({
      username: 'team:client',
      roles: ['feature-reader'],
      groups: ['system:authenticated', 'system:serviceaccounts', 'system:serviceaccounts:team'],
      namespaces: ['team'],
    });
  });

  test('are in the groups that may look into their namespace, where that is switched on', async () => {
    const token = await createToken('team', 'client');
    const likeFeast = create({ namespaces: 'all', namespaceGroups: true });
    const subject = await likeFeast.authenticate({ token });
    // The groups of the cluster's own bindings come on top: `system:masters` may look into every
    // namespace.
    expect(subject?.groups).toEqual(expect.arrayContaining(['team-leads', 'system:masters']));
    expect(subject?.groups).not.toContain('devs');
    expect(subject?.roles).toEqual(['feature-reader']);
  });

  test('are refused with a token for another audience', async () => {
    const feast = await createToken('team', 'client', { audiences: ['feast'] });
    const other = await createToken('team', 'client', { audiences: ['other'] });
    const authenticator = create({ audiences: ['feast'] });
    await expect(authenticator.authenticate({ token: feast })).resolves.toMatchObject({
      username: 'team:client',
    });
    await expect(authenticator.authenticate({ token: other })).rejects.toMatchObject(refused);
    await expect(create().authenticate({ token: other })).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('another audience'),
    });
  });

  test('are refused with a token that was changed', async () => {
    const token = await createToken('team', 'client');
    const [header = '', payload = '', signature = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as object;
    const forged = Buffer.from(
      JSON.stringify({ ...claims, sub: 'system:serviceaccount:feast:client' }),
    ).toString('base64url');
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    for (const text of [
      `${header}.${forged}.${signature}`,
      `${none}.${forged}.`,
      `${header}.${payload}.`,
      `${header}.${payload}.${signature.slice(0, -8)}`,
    ]) {
      await expect(create().authenticate({ token: text })).rejects.toMatchObject(refused);
    }
  });

  test('are refused in the time that the documentation gives after they, or what their token is bound to, were deleted', async () => {
    const cases = [
      await ofAccount(),
      await ofSecret(),
      await ofTerminatingAccount(),
      await ofPod(),
    ];
    await Promise.all(
      cases.map(async ({ token, path, seconds }) => {
        const authenticator = create();
        await authenticator.authenticate({ token });
        await cluster.ask('DELETE', path);
        const deletedAt = Date.now();
        await expect
          .poll(() => authenticator.authenticate({ token }).catch(({ code }) => code as string), {
            interval: 250,
            timeout: (seconds + 10) * 1000,
          })
          .toBe(refused.code);
        expect((Date.now() - deletedAt) / 1000, path).toBeLessThan(seconds + CACHE_SECONDS + 3);
      }),
    );
  }, 240_000);
});

interface Deletion {
  readonly token: string;
  /** What is deleted. */
  readonly path: string;
  /** After which the API server refuses the token, its own cache included. */
  readonly seconds: number;
}

async function ofAccount(): Promise<Deletion> {
  const path = '/api/v1/namespaces/team/serviceaccounts/leaver';
  return { token: await createToken('team', 'leaver'), path, seconds: 10 };
}

async function ofSecret(): Promise<Deletion> {
  const secrets = '/api/v1/namespaces/team/secrets';
  await cluster.ask('POST', secrets, { metadata: { name: 'session' } });
  const boundObjectRef = { kind: 'Secret', apiVersion: 'v1', name: 'session' };
  const token = await createToken('team', 'client', { boundObjectRef });
  return { token, path: `${secrets}/session`, seconds: 10 };
}

/** An account that stays for a while, as something waits for its end. */
async function ofTerminatingAccount(): Promise<Deletion> {
  const accounts = '/api/v1/namespaces/team/serviceaccounts';
  const metadata = { name: 'terminating', finalizers: ['example.com/wait'] };
  await cluster.ask('POST', accounts, { metadata });
  const token = await createToken('team', 'terminating');
  return { token, path: `${accounts}/terminating`, seconds: 70 };
}

/** A pod on a node that nobody runs, so that it stays in its grace period. */
async function ofPod(): Promise<Deletion> {
  const pods = '/api/v1/namespaces/team/pods';
  await cluster.ask('POST', '/api/v1/nodes', { metadata: { name: 'node-1' } });
  await cluster.ask('POST', pods, {
    metadata: { name: 'job' },
    spec: {
      nodeName: 'node-1',
      serviceAccountName: 'client',
      automountServiceAccountToken: false,
      containers: [{ name: 'main', image: 'none' }],
    },
  });
  const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: 'job' };
  const token = await createToken('team', 'client', { boundObjectRef });
  return { token, path: `${pods}/job`, seconds: 100 };
}

describe('users', () => {
  test('have the roles of all their bindings and groups, and the namespaces that they administer', async () => {
    const likeFeast = create({ namespaces: 'all' });
    const subject = await likeFeast.authenticate({ authorization: `Bearer ${BOB.token}` });
    expect(subject).toMatchObject({
      username: 'bob',
      groups: ['devs', 'system:authenticated'],
      namespaces: ['project'],
    });
    // Every cluster gives `system:authenticated` some roles of its own.
    const own = subject?.roles?.filter((role) => !role.startsWith('system:'));
    expect(own).toEqual(['admin', 'project-role', 'viewer-of-everything']);
  });

  test('have the roles of the cluster, the own namespace and listed ones', async () => {
    const roles = async (options: KubernetesAuthenticatorOptions) => {
      const subject = await create(options).authenticate({ token: BOB.token });
      return subject?.roles?.filter((role) => !role.startsWith('system:'));
    };
    await expect(roles({})).resolves.toEqual(['viewer-of-everything']);
    await expect(roles({ namespaces: ['project'], clusterRoleBindings: false })).resolves.toEqual([
      'admin',
      'project-role',
    ]);
  });

  test('cannot have the name of a service account', async () => {
    const [full, short, prefixed] = IMPOSTORS.map(({ token }) => token);
    const authenticator = create({ namespaces: ['team'] });
    await expect(authenticator.authenticate({ token: full })).rejects.toMatchObject(refused);
    await expect(authenticator.authenticate({ token: short })).rejects.toMatchObject(refused);
    await expect(authenticator.authenticate({ token: prefixed })).resolves.toMatchObject({
      username: 'oidc:alice',
    });
  });

  test('are refused without a review where opaque tokens are not accepted', async () => {
    const strict = create({ opaqueTokens: false });
    await expect(strict.authenticate({ token: BOB.token })).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('opaqueTokens'),
    });
  });

  test('lose a role with its binding', async () => {
    await bind('project', 'short-lived', [{ kind: 'User', name: 'bob' }]);
    const authenticator = create({ namespaces: ['project'] });
    const credentials = { token: BOB.token };
    const before = await authenticator.authenticate(credentials);
    expect(before?.roles).toContain('short-lived');
    await cluster.ask('DELETE', `${RBAC}/namespaces/project/rolebindings/to-short-lived`);
    await sleep(CACHE_SECONDS * 1000 + 100);
    const after = await authenticator.authenticate(credentials);
    expect(after?.roles).not.toContain('short-lived');
  });

  test('are refused with an unknown token', async () => {
    await expect(create().authenticate({ token: 'bob-tokem' })).rejects.toMatchObject(refused);
  });
});

describe('the rights of the server', () => {
  test('in one namespace are enough where only that one is read', async () => {
    await createAccount('team', 'small-server');
    const account = { kind: 'ServiceAccount', name: 'small-server', namespace: 'team' };
    await cluster.ask('POST', `${RBAC}/clusterrolebindings`, {
      metadata: { name: 'small-server-reviews' },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: 'token-reviewer',
      },
      subjects: [account],
    });
    await bind('team', 'binding-reader', [account], 'ClusterRole');
    const kubeConfig = cluster.kubeConfig(await createToken('team', 'small-server'), 'team');
    const small = create({
      kubeConfig,
      namespaces: ['team'],
      clusterRoleBindings: false,
      namespaceGroups: true,
    });
    await expect(small.authenticate({ token: BOB.token })).resolves.toMatchObject({ roles: [] });
    const client = await createToken('team', 'client');
    const subject = await small.authenticate({ token: client });
    expect(subject).toMatchObject({ username: 'team:client', roles: ['team-role'] });
    expect(subject?.groups).toContain('team-leads');

    const wide = create({ kubeConfig });
    await expect(wide.authenticate({ token: BOB.token })).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringContaining('does not let this server list'),
    });
  });

  test('to review tokens are needed', async () => {
    await createAccount('team', 'no-server');
    const kubeConfig = cluster.kubeConfig(await createToken('team', 'no-server'));
    const authenticator = create({ kubeConfig });
    await expect(authenticator.authenticate({ token: BOB.token })).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringContaining('create `tokenreviews`'),
    });
  });

  test('end with its own token', async () => {
    const authenticator = create({ kubeConfig: cluster.kubeConfig('not-a-token') });
    await expect(authenticator.authenticate({ token: BOB.token })).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringContaining('own credentials'),
    });
  });
});

describe('a feature store', () => {
  test('with `type: kubernetes` has its tokens reviewed', async () => {
    const token = await createToken('team', 'client');
    const kubernetes = { kubeConfig: ownConfig };
    const authenticator = createAuthenticator(parseAuth({ type: 'kubernetes' }), { kubernetes });
    await expect(authenticator.authenticate({ token })).resolves.toMatchObject({
      username: 'team:client',
      roles: ['feature-reader'],
    });
  });

  test('with `type: oidc` knows the user name and the namespace of a service account', async () => {
    const token = await createToken('team', 'client');
    const auth = parseAuth({
      type: 'oidc',
      auth_discovery_url: 'https://127.0.0.1:1/.well-known/openid-configuration',
      client_id: 'feast-server',
    });
    const tokenReview = createTokenReviewer({ kubeConfig: ownConfig });
    const authenticator = createAuthenticator(auth, { tokenReview });
    await expect(authenticator.authenticate({ token })).resolves.toMatchObject({
      username: 'system:serviceaccount:team:client',
      roles: [],
      groups: [],
      namespaces: ['team'],
    });
    await expect(createAuthenticator(auth).authenticate({ token })).rejects.toMatchObject(refused);
  });
});

test('refuses everyone while the API server is down, and works again afterwards', async () => {
  const authenticator = create();
  const token = await createToken('team', 'client');
  const client = { username: 'team:client', roles: ['feature-reader'] };
  await expect(authenticator.authenticate({ token })).resolves.toMatchObject(client);
  await cluster.stopApiServer();
  await sleep(CACHE_SECONDS * 1000 + 100);
  await expect(authenticator.authenticate({ token })).rejects.toMatchObject(unavailable);
  await expect(authenticator.authenticate({ token: 'a.b.c' })).rejects.toMatchObject(unavailable);
  await cluster.startApiServer();
  await expect(authenticator.authenticate({ token })).resolves.toMatchObject(client);
  await expect(authenticator.authenticate({ token: 'a.b.c' })).rejects.toMatchObject(refused);
}, 300_000);

test('no token is in what was answered and thrown', () => {
  for (const channel of ['subject', 'error']) {
    expect(transcript.recorded(channel), channel).toBeGreaterThan(3);
  }
  // Of a user, and claims and signature of each token of an account.
  expect(transcript.watched()).toBeGreaterThan(10);
  expect(transcript.search()).toEqual([]);
});
