import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  createKubernetesAuthenticator,
  createTokenReviewer,
  type KubernetesAuthenticatorOptions,
} from '../../../src/identity/kubernetes/kubernetes-authenticator.js';
import { defaultRedactor } from '../../../src/redaction/index.js';
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
const ACCOUNT = {
  username: 'system:serviceaccount:team:client',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:team'],
};

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

describe('a review that does not accept the token', () => {
  test.each([
    ['says false', { authenticated: false }],
    ['says nothing', { user: ALICE }],
    ['says null', { authenticated: null, user: ALICE }],
    ['has an error too', { authenticated: true, error: 'expired', user: ALICE }],
    ['has no user', { authenticated: true }],
    ['has no user name', { authenticated: true, user: { groups: ['devs'] } }],
    ['has an empty user name', { authenticated: true, user: { username: '' } }],
    [
      'has half a service account',
      { authenticated: true, user: { username: 'system:serviceaccount:x' } },
    ],
    [
      'has a service account in four parts',
      { authenticated: true, user: { username: 'system:serviceaccount:a:b:c' } },
    ],
  ])('%s: refused', async (_, status) => {
    server.answer(REVIEWS, () => review(status));
    await expect(create().authenticate({ token: 'token' })).rejects.toMatchObject({
      code: 'ERR_IDENTITY_INVALID',
    });
    expect(server.count(RBAC)).toBe(0);
  });

  test.each([
    ['says so as a text', review({ authenticated: 'true', user: ALICE })],
    ['has no status', { kind: 'TokenReview' }],
    ['is something else', { kind: 'Status', status: { authenticated: true, user: ALICE } }],
    ['is no object', 'true'],
  ])('%s: cannot be checked', async (_, answer) => {
    server.answer(REVIEWS, () => answer);
    await expect(create().authenticate({ token: 'token' })).rejects.toMatchObject({
      code: 'ERR_IDENTITY_UNAVAILABLE',
    });
  });
});

describe('an API server that cannot say', () => {
  test.each([
    ['fails', raw(500, '{}'), '500'],
    ['is busy', raw(429, '{}'), '429'],
    ['redirects', raw(302, '{}'), '302'],
    ['does not know this server', raw(401, '{}'), 'own credentials'],
    ['forbids it', raw(403, '{}'), 'create `tokenreviews`'],
    ['sends no JSON', raw(201, '<html>'), 'not JSON'],
    ['sends nothing', raw(201, ''), 'not JSON'],
    ['sends too much', raw(201, `"${'x'.repeat(16 * 1024 * 1024)}"`), 'more than 16777216 bytes'],
    [
      'breaks off',
      (_: unknown, response: { destroy(): void }) => {
        response.destroy();
      },
      'cannot be reached',
    ],
  ])('%s', async (_, answer, message) => {
    server.answer(REVIEWS, answer);
    await expect(create().authenticate({ token: 'secret-token' })).rejects.toMatchObject({
      code: 'ERR_IDENTITY_UNAVAILABLE',
      message: expect.stringContaining(message),
    });
  });

  test('does not answer in time', async () => {
    server.answer(REVIEWS, () => undefined);
    await expect(
      create({ requestTimeoutSeconds: 0.05 }).authenticate({ token: 'token' }),
    ).rejects.toMatchObject({
      code: 'ERR_IDENTITY_UNAVAILABLE',
      message: expect.stringContaining('0.05 s'),
    });
  });

  test('is down, and comes back: the same authenticator works again', async () => {
    const authenticator = create({ cacheSeconds: 0 });
    await server.stop();
    await expect(authenticator.authenticate({ token: 'token' })).rejects.toMatchObject({
      code: 'ERR_IDENTITY_UNAVAILABLE',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    await server.start();
    await expect(authenticator.authenticate({ token: 'token' })).resolves.toMatchObject(ALICE);
  });

  test.each(['namespaces/feast-ns/rolebindings', 'clusterrolebindings'])(
    'a list of %s that fails leaves no subject with fewer roles',
    async (path) => {
      const resource = path.split('/').at(-1);
      server.answer(`${RBAC}/${path}`, raw(403, '{}'));
      await expect(create().authenticate({ token: 'token' })).rejects.toMatchObject({
        code: 'ERR_IDENTITY_UNAVAILABLE',
        message: expect.stringContaining(`list \`${resource}\``),
      });
    },
  );

  test.each(['namespaces/team/rolebindings', 'clusterrolebindings', 'clusterroles'])(
    'nor does one of %s for a service account',
    async (path) => {
      server.answer(REVIEWS, () => review({ authenticated: true, user: ACCOUNT }));
      server.answer(`${RBAC}/${path}`, raw(500, '{}'));
      const likeFeast = create({ namespaces: 'all', namespaceGroups: true });
      await expect(likeFeast.authenticate({ token: 'token' })).rejects.toMatchObject({
        code: 'ERR_IDENTITY_UNAVAILABLE',
      });
    },
  );

  test('no message holds the token or the own credentials', async () => {
    const token = 'a-token-nobody-may-read';
    for (const answer of [raw(500, token), raw(403, token), () => review({ error: token })]) {
      server.answer(REVIEWS, answer);
      const error: unknown = await create()
        .authenticate({ token })
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      const { message, stack, cause } = error as Error;
      expect(`${message}${stack}${JSON.stringify(cause)}`).not.toMatch(/nobody|own-credentials/);
    }
  });

  test('credentials that take for ever are not waited for', async () => {
    const kubeConfig = { ...server.config, applyToHTTPSOptions: () => new Promise<void>(() => {}) };
    const slow = create({ kubeConfig, requestTimeoutSeconds: 0.05 });
    await expect(slow.authenticate({ token: 'token' })).rejects.toMatchObject({
      code: 'ERR_IDENTITY_UNAVAILABLE',
      message: expect.stringContaining('0.05 s'),
    });
  });

  test('rejects an answer that breaks off in the middle', async () => {
    server.answer(REVIEWS, (_, response) => {
      response.writeHead(201, { 'content-length': '1000' });
      response.write('{"kind":', () => response.destroy());
    });
    await expect(create().authenticate({ token: 'token' })).rejects.toMatchObject({
      code: 'ERR_IDENTITY_UNAVAILABLE',
    });
  });

  test('credentials that cannot be read are not repeated', async () => {
    const kubeConfig = {
      ...server.config,
      applyToHTTPSOptions: async () => Promise.reject(new Error('plugin printed s3cret')),
    };
    const error: unknown = await create({ kubeConfig })
      .authenticate({ token: 'token' })
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ERR_IDENTITY_UNAVAILABLE' });
    expect(String((error as Error).message)).not.toContain('s3cret');
  });
});

describe('audiences', () => {
  test('are asked for, and one of them must come back', async () => {
    const authenticator = create({ audiences: ['feast', 'other'], cacheSeconds: 0 });
    server.answer(REVIEWS, ({ body }) => {
      expect(JSON.parse(body)).toMatchObject({ spec: { audiences: ['feast', 'other'] } });
      return review({ authenticated: true, user: ALICE, audiences: ['other'] });
    });
    await expect(authenticator.authenticate({ token: 'token' })).resolves.toMatchObject(ALICE);
  });

  test.each([[[]], [undefined], [['third']]])('%j is refused', async (audiences) => {
    server.answer(REVIEWS, () => review({ authenticated: true, user: ALICE, audiences }));
    await expect(
      create({ audiences: ['feast'] }).authenticate({ token: 'token' }),
    ).rejects.toMatchObject({ code: 'ERR_IDENTITY_INVALID' });
  });

  test('are not asked for unless configured', async () => {
    await create().authenticate({ token: 'token' });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({ spec: { token: 'token' } });
    expect(server.requests[0]?.body).not.toContain('audiences');
  });
});

describe('credentials', () => {
  test.each([
    [{ authorization: undefined }, 'ERR_IDENTITY_MISSING'],
    [{ authorization: 'Basic YTpi' }, 'ERR_IDENTITY_INVALID'],
    [{ authorization: `Bearer ${'a'.repeat(17 * 1024)}` }, 'ERR_IDENTITY_INVALID'],
    [{ token: '' }, 'ERR_IDENTITY_INVALID'],
    [{ token: 'two words' }, 'ERR_IDENTITY_INVALID'],
    [{ token: 'line\r\nbreak' }, 'ERR_IDENTITY_INVALID'],
    [{ token: 'ümlaut' }, 'ERR_IDENTITY_INVALID'],
  ])('%j never reaches the API server: %s', async (credentials, code) => {
    await expect(create().authenticate(credentials)).rejects.toMatchObject({ code });
    expect(server.requests).toHaveLength(0);
  });

  test('come in a header, too', async () => {
    const subject = await create().authenticate({ authorization: 'bearer  opaque~token' });
    expect(subject).toMatchObject(ALICE);
    expect(server.requests[0]?.headers.authorization).toBe('Bearer own-credentials');
  });
});

describe('what is read', () => {
  test('a list of several pages is read to its end', async () => {
    server.answer(`${RBAC}/namespaces/feast-ns/rolebindings`, ({ url }) => {
      const at = Number(new URL(url, 'http://x').searchParams.get('continue') ?? 0);
      const page = [binding(`role-${at}`, 'team', [{ kind: 'Group', name: 'devs' }])];
      return list(page, at < 2 ? String(at + 1) : '');
    });
    await expect(create().authenticate({ token: 'a' })).resolves.toMatchObject({
      roles: ['role-0', 'role-1', 'role-2'],
    });
  });

  test('a list without an end is given up', async () => {
    server.answer(`${RBAC}/namespaces/feast-ns/rolebindings`, () => list([], 'more'));
    await expect(create().authenticate({ token: 'a' })).rejects.toMatchObject({
      code: 'ERR_IDENTITY_UNAVAILABLE',
      message: expect.stringContaining('more than 50000 rolebindings'),
    });
  });

  test('with `namespaces` and without `clusterRoleBindings`, nothing cluster-wide', async () => {
    server.answer(`${RBAC}/namespaces/a/rolebindings`, () =>
      list([binding('of-a', 'a', [{ kind: 'Group', name: 'devs' }])]),
    );
    const authenticator = create({
      namespaces: ['a', 'b'],
      clusterRoleBindings: false,
      namespaceGroups: true,
      cacheSeconds: 0,
    });
    await expect(authenticator.authenticate({ token: 'a' })).resolves.toMatchObject({
      roles: ['of-a'],
    });
    server.answer(REVIEWS, () => review({ authenticated: true, user: ACCOUNT }));
    await authenticator.authenticate({ token: 'b' });
    const asked = new Set(server.requests.slice(1).map(({ url }) => url.replace(/\?.*/, '')));
    expect([...asked].toSorted()).toEqual([
      REVIEWS,
      `${RBAC}/namespaces/a/rolebindings`,
      `${RBAC}/namespaces/b/rolebindings`,
      `${RBAC}/namespaces/feast-ns/rolebindings`,
    ]);
  });

  test('one list for a service account, and no group but its own', async () => {
    server.answer(REVIEWS, () => review({ authenticated: true, user: ACCOUNT }));
    server.answer(`${RBAC}/namespaces/models/rolebindings`, () =>
      list([
        binding('scorer', 'models', [
          { kind: 'ServiceAccount', name: 'client', namespace: 'team' },
          { kind: 'Group', name: 'admins' },
        ]),
        binding('other', 'models', [
          { kind: 'ServiceAccount', name: 'client', namespace: 'elsewhere' },
          { kind: 'ServiceAccount', name: 'client' },
          { kind: 'User', name: 'client', namespace: 'team' },
        ]),
      ]),
    );
    const authenticator = create({ namespace: 'models' });
    await expect(authenticator.authenticate({ token: 'a' })).resolves.toEqual({
      username: 'team:client',
      roles: ['scorer'],
      groups: ACCOUNT.groups,
      namespaces: ['team'],
    });
    expect(server.requests).toHaveLength(2);
    expect(authenticator.warnings).toEqual([]);
  });

  test('the groups that may look into the namespace are those of the account, with a warning', async () => {
    server.answer(REVIEWS, () => review({ authenticated: true, user: ACCOUNT }));
    server.answer(`${RBAC}/namespaces/team/rolebindings`, () =>
      list([binding('any', 'team', [{ kind: 'Group', name: 'team-leads' }])]),
    );
    const bound = (name: string, group: string): unknown => ({
      metadata: { name },
      roleRef: { kind: 'ClusterRole', name },
      subjects: [{ kind: 'Group', name: group }],
    });
    server.answer(`${RBAC}/clusterrolebindings`, () =>
      list([
        bound('all', 'operators'),
        bound('one', 'guests'),
        bound('none', 'strangers'),
        bound('lost', 'ghosts'),
      ]),
    );
    server.answer(`${RBAC}/clusterroles`, () =>
      list([
        { metadata: { name: 'all' }, rules: [{ resources: ['*'], verbs: ['*'] }] },
        {
          metadata: { name: 'one' },
          rules: [{ resources: ['pods'], verbs: ['get'], resourceNames: ['team'] }],
        },
        { metadata: { name: 'none' }, rules: [{ resources: ['namespaces'], verbs: ['create'] }] },
        { metadata: { name: 'empty' }, rules: null },
      ]),
    );
    const authenticator = create({ namespaceGroups: true, namespaces: ['team'] });
    await expect(authenticator.authenticate({ token: 'a' })).resolves.toMatchObject({
      groups: [...ACCOUNT.groups, 'guests', 'operators', 'team-leads'].toSorted(),
    });
    expect(authenticator.warnings).toEqual([expect.stringContaining('namespaceGroups')]);
  });

  test.each([
    ['admin', 'ClusterRole', 'any', {}, ['team']],
    ['admin', 'Role', 'any', {}, []],
    ['edit', 'ClusterRole', 'any', { 'opendatahub.io/dashboard': 'true' }, []],
    ['edit', 'ClusterRole', 'dashboard-permissions-x', {}, []],
    ['edit', 'ClusterRole', 'dashboard-permissions-x', { 'opendatahub.io/dashboard': 'no' }, []],
    ['edit', 'Role', 'dashboard-permissions-x', { 'opendatahub.io/dashboard': 'true' }, ['team']],
  ])(
    'a user bound to %s (%s) by %s %j has the namespaces %j',
    async (role, kind, name, labels, namespaces) => {
      const of = (subject: unknown): unknown => ({
        metadata: { name, namespace: 'team', labels },
        roleRef: { kind, name: role },
        subjects: [subject],
      });
      const path = `${RBAC}/namespaces/team/rolebindings`;
      const createForTeam = () => create({ namespaces: ['team'] });
      server.answer(path, () => list([of({ kind: 'User', name: 'alice' })]));
      await expect(createForTeam().authenticate({ token: 'a' })).resolves.toMatchObject({
        namespaces,
      });
      server.answer(path, () => list([of({ kind: 'Group', name: 'devs' })]));
      await expect(createForTeam().authenticate({ token: 'a' })).resolves.toMatchObject({
        roles: [role],
        namespaces: [],
      });
    },
  );

  test('names that mean something to JavaScript mean nothing here', async () => {
    const user = { username: '__proto__', groups: ['constructor', 'toString'] };
    server.answer(REVIEWS, () => review({ authenticated: true, user }));
    await expect(create().authenticate({ token: 'a' })).resolves.toEqual({
      username: '__proto__',
      roles: [],
      groups: ['constructor', 'toString'],
      namespaces: [],
    });
  });
});

test('a reviewer gives the user name as it is, and reads no binding', async () => {
  server.answer(REVIEWS, () => review({ authenticated: true, user: ACCOUNT }));
  const reviewToken = createTokenReviewer({ kubeConfig: server.config, opaqueTokens: true });
  await expect(reviewToken('token')).resolves.toEqual({
    username: ACCOUNT.username,
    roles: [],
    groups: [],
    namespaces: ['team'],
  });
  expect(server.requests).toHaveLength(1);
});

test('accepted tokens are registered to be masked, and refused ones are not', async () => {
  const seen: unknown[] = [];
  const authenticator = create({
    redaction: (secret) => void seen.push(secret),
    now: () => 1_000_000,
  });
  await authenticator.authenticate({ token: tokenThatEnds(1_060) });
  expect(seen).toEqual([{ name: 'token', value: tokenThatEnds(1_060), lifetimeSeconds: 70 }]);
  await authenticator.authenticate({ token: 'opaque' });
  expect(seen[1]).toEqual({ name: 'token', value: 'opaque', lifetimeSeconds: 3_600 });
  server.answer(REVIEWS, () => review({ authenticated: false }));
  await expect(authenticator.authenticate({ token: 'refused' })).rejects.toThrow();
  expect(seen).toHaveLength(2);
});

test('accepted tokens are masked in the room of tokens, and leave the room of secrets alone', async () => {
  const addToken = vi.spyOn(defaultRedactor, 'addToken');
  const add = vi.spyOn(defaultRedactor, 'add');
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
  const token = tokenThatEnds(1_090);
  await create({ now: () => 1_000_000 }).authenticate({ token });
  expect(addToken.mock.calls.map(([{ value }]) => value)).toEqual([token]);
  expect(add).not.toHaveBeenCalled();
  expect(defaultRedactor.text(`got ${token}`)).not.toContain(token);
});

test.each([
  { cacheSeconds: -1 },
  { cacheSeconds: Number.NaN },
  { cacheSeconds: 301 },
  { requestTimeoutSeconds: 0 },
  { maxTokens: 0 },
  { audiences: 'feast' as unknown as string[] },
  { audiences: [''] },
  { namespace: '../secrets' },
  { namespaces: ['Team'] },
  { namespaces: 'abc' as unknown as string[] },
  { opaqueTokens: 'yes' as unknown as boolean },
  { issuers: [''] },
  { clusterRoleBindings: 'no' as unknown as boolean },
  { namespaceGroups: 1 as unknown as boolean },
])('%j is a TypeError', (options) => {
  expect(() => create(options)).toThrow(TypeError);
});
