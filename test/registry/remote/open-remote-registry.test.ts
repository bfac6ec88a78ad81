import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AuthConfig } from '../../../src/config/index.js';
import {
  RegistryInvalidError,
  RegistryProjectMissingError,
  RegistryUnavailableError,
} from '../../../src/model/index.js';
import type { RegistrySource } from '../../../src/registry/registry-source.js';
import { remoteRegistry } from '../../../src/registry/remote/open-remote-registry.js';
import {
  type FakeRegistryServer,
  permissionMessage,
  projectMessage,
  startFakeRegistry,
  viewMessage,
  wholeProject,
} from './support/fake-registry-server.js';

const NO_AUTH: AuthConfig = { type: 'no_auth' };
const HANDLER_FAILED = { code: 2, details: 'Error in service handler!' };
const DENIED = { code: 7, details: '{"module": "feast.errors", "class": "FeastPermissionError"}' };

let server: FakeRegistryServer;
beforeEach(async () => {
  server = await startFakeRegistry();
  server.state.projects.set('demo', wholeProject('demo'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  server.stop();
});

function tokenOf(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.${Buffer.from('signature').toString('base64url')}`;
}

const ADMIN = tokenOf({ preferred_username: 'gate', roles: ['admin'] });

interface Given {
  readonly auth?: AuthConfig;
  readonly env?: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly project?: string | undefined;
  readonly url?: string;
}

function open({ auth = NO_AUTH, env = {}, options = {}, ...rest }: Given = {}): RegistrySource {
  const { url = `127.0.0.1:${server.port}`, project = 'demo' } = rest;
  return remoteRegistry({ type: 'remote', url, options }, { auth, env, project });
}

const OIDC = { type: 'oidc' } as AuthConfig;
const withToken = (token: string, given: Given = {}): RegistrySource =>
  open({ auth: OIDC, env: { FEAST_OIDC_TOKEN: token }, ...given });

async function failureOf(source: RegistrySource): Promise<RegistryUnavailableError> {
  const error = await source.read().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RegistryUnavailableError);
  return error as RegistryUnavailableError;
}

describe('a server without authentication', () => {
  test('is read list by list, and its objects get the project that they were asked for with', async () => {
    const source = open();
    expect(source.describe()).toBe(`registry server 127.0.0.1:${server.port}`);
    const { projects, permissions, resources, relations } = await source.read();
    expect(projects).toEqual(['demo']);
    expect(permissions).toMatchObject([{ name: 'admins', project: 'demo' }]);
    expect(resources.find(({ name }) => name === 'driver')).toEqual({
      type: 'Entity',
      name: 'driver',
      project: 'demo',
      tags: { team: 'a' },
    });
    expect(relations?.named('demo', ['FeatureView'], 'stats')).toHaveLength(1);
    expect(server.tokens.every((token) => token === undefined)).toBe(true);
    expect(server.calls.slice(0, 3)).toEqual([
      'GetProject demo',
      'ListProjects',
      'ListPermissions demo',
    ]);
    expect(server.calls).toHaveLength(2 + 11);
  });

  test('is read with all of its projects, also one that Feast protects', async () => {
    server.state.projects.set('demo', { ...wholeProject('demo'), isProtected: true });
    server.state.projects.set('other', wholeProject('other'));
    const { projects, permissions } = await open().read();
    expect([...projects].sort()).toEqual(['demo', 'other']);
    expect(permissions).toHaveLength(2);
  });

  test('is read again, and gives the same contents for the same answers', async () => {
    const source = open();
    const first = await source.read();
    expect(await source.read()).toBe(first);
    server.state.projects.get('demo')?.objects.set('feature_views', []);
    const second = await source.read();
    expect(second.version).not.toBe(first.version);
    expect(second.resources).toHaveLength(first.resources.length - 1);
  });

  test('that does not have the project is not taken for one with an empty project', async () => {
    const reading = open({ project: 'gone' }).read();
    await expect(reading).rejects.toBeInstanceOf(RegistryProjectMissingError);
    await expect(reading).rejects.toMatchObject({ project: 'gone' });
  });

  test('that loses the project while it is read is not taken for one with an empty project', async () => {
    server.state.onCall = (method) => {
      if (method === 'ListPermissions') server.state.projects.delete('demo');
    };
    await expect(open().read()).rejects.toBeInstanceOf(RegistryProjectMissingError);
  });

  test('may have a project without permissions', async () => {
    server.state.projects.get('demo')?.objects.set('permissions', []);
    expect((await open().read()).permissions).toEqual([]);
  });

  test('is read again while its permissions change, and not for ever', async () => {
    let reads = 0;
    const change = (until: number) => (method: string) => {
      if (method !== 'ListEntities' || reads >= until) return;
      reads += 1;
      const name = `admins${reads}`;
      server.state.projects.get('demo')?.objects.set('permissions', [permissionMessage({ name })]);
    };
    server.state.onCall = change(1);
    expect((await open().read()).permissions).toMatchObject([{ name: 'admins1' }]);
    server.state.onCall = change(100);
    expect((await failureOf(open())).message).toContain('changed while they were read');
  });

  test('that answers with another number of objects than it says is refused', async () => {
    const demo = wholeProject('demo');
    demo.objects.set('entities', [new Uint8Array([0xff])]);
    server.state.projects.set('demo', demo);
    const reading = open().read();
    await expect(reading).rejects.toBeInstanceOf(RegistryInvalidError);
    await expect(reading).rejects.toThrow(
      /^registry server 127\.0\.0\.1:\d+ is cut off or damaged/,
    );
  });

  test('whose objects say another project is refused', async () => {
    const view = viewMessage({ name: 'stats', project: 'other' });
    server.state.projects.get('demo')?.objects.set('feature_views', [view]);
    await expect(open().read()).rejects.toThrow(/says that its project is `other`/);
  });
});

describe('a server that knows its callers', () => {
  test('is sent the token of the configuration with each call', async () => {
    await withToken(ADMIN).read();
    expect(new Set(server.tokens)).toEqual(new Set([`Bearer ${ADMIN}`]));
  });

  test.each<readonly [string, object, Given]>([
    ['a role in its token', { roles: ['admin'] }, {}],
    [
      'a role of its client in its token',
      { resource_access: { feast: { roles: ['admin'] } } },
      { auth: { ...OIDC, clientId: 'feast' } as AuthConfig },
    ],
    ['a role in the configuration', {}, { options: { account: { roles: ['admin'] } } }],
  ])('is believed if its permissions show all to %s', async (_, claims, given) => {
    const source = withToken(tokenOf(claims), given);
    expect((await source.read()).permissions).toHaveLength(1);
  });

  test('is believed for a service account whose namespace a permission names', async () => {
    const policy = {
      policyType: { case: 'namespaceBasedPolicy' as const, value: { namespaces: ['gates'] } },
    };
    server.state.projects.get('demo')?.objects.set('permissions', [permissionMessage({ policy })]);
    const token = tokenOf({ sub: 'system:serviceaccount:gates:feast' });
    const source = open({ auth: { type: 'kubernetes', userToken: token } });
    expect((await source.read()).permissions).toHaveLength(1);
  });

  test.each<readonly [string, Parameters<typeof permissionMessage>[0], RegExp]>([
    [
      'grants another role',
      { policy: { policyType: { case: 'roleBasedPolicy', value: { roles: ['x'] } } } },
      /all objects of `Project`, `FeatureView`/,
    ],
    ['has name patterns', { namePatterns: ['.*'] }, /all objects of `Project`/],
    ['holds other actions', { actions: [2, 4] }, /all objects of `Project`/],
    [
      'leaves a type out',
      { types: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10] },
      /all objects of `LabelView`\./,
    ],
    [
      'has required tags, which Feast compares for permissions',
      { requiredTags: { a: 'b' } },
      /all objects of `Permission`\./,
    ],
    ['is not understood', { actions: [1, 99] }, /all objects of `Project`/],
  ])('is refused if the only permission %s', async (_, spec, message) => {
    server.state.projects.get('demo')?.objects.set('permissions', [permissionMessage(spec)]);
    const { message: text, reason } = await failureOf(withToken(ADMIN));
    expect(reason).toBe('denied');
    expect(text).toMatch(message);
    expect(text).toContain('grants it DESCRIBE on all types');
    // What is refused is not asked for.
    expect(server.calls).not.toContain('ListEntities demo');
  });

  test('is believed if several permissions together show all', async () => {
    server.state.projects
      .get('demo')
      ?.objects.set('permissions', [
        permissionMessage({ name: 'a', types: [0, 1, 4, 5] }),
        permissionMessage({ name: 'b', types: [6, 7, 8, 9, 10, 11] }),
        permissionMessage({ name: 'c', types: [2, 3], namePatterns: ['x'] }),
      ]);
    expect((await withToken(ADMIN).read()).permissions).toHaveLength(3);
  });

  test('that shows no permission is refused at first, and believed once it has shown all', async () => {
    const demo = server.state.projects.get('demo');
    demo?.objects.set('permissions', []);
    const source = withToken(ADMIN);
    expect((await failureOf(source)).reason).toBe('denied');
    demo?.objects.set('permissions', [permissionMessage()]);
    expect((await source.read()).permissions).toHaveLength(1);
    demo?.objects.set('permissions', []);
    expect((await source.read()).permissions).toEqual([]);
  });

  test('is read without other projects of which something may be hidden', async () => {
    const other = wholeProject('other');
    other.objects.set('permissions', [permissionMessage({ namePatterns: ['a.*'] })]);
    server.state.projects.set('other', other);
    server.state.projects.set('denied', wholeProject('denied'));
    server.state.failures.set('ListPermissions', (project) =>
      project === 'denied' ? DENIED : undefined,
    );
    const { projects, permissions, warnings } = await withToken(ADMIN).read();
    expect(projects).toEqual(['demo']);
    expect(permissions).toHaveLength(1);
    expect(warnings).toMatchObject([
      expect.stringContaining('project `other` is left out'),
      expect.stringContaining('project `denied` is left out'),
    ]);
  });

  test('is read without its list of projects where that is denied', async () => {
    server.state.failures.set('ListProjects', DENIED);
    const { projects, warnings } = await withToken(ADMIN).read();
    expect(projects).toEqual(['demo']);
    expect(warnings).toMatchObject([expect.stringContaining('does not show its other projects')]);
  });
});

describe('a call that fails', () => {
  test.each([
    ['GetProject', DENIED, 'denied', /denies `GetProject` to this account/],
    [
      'ListPermissions',
      DENIED,
      'denied',
      /denies `ListPermissions` to this account.*DESCRIBE on all/,
    ],
    ['GetProject', { code: 16, details: 'x' }, 'denied', /does not accept the token/],
    ['GetProject', HANDLER_FAILED, 'denied', /accepts no token of this account, or it failed/],
    [
      'ListEntities',
      { code: 12, details: '' },
      'failing',
      /does not know `ListEntities`. Feast 0\.66/,
    ],
    [
      'ListEntities',
      { code: 13, details: `secret ${ADMIN}` },
      'failing',
      /`ListEntities` failed with status 13/,
    ],
    [
      'ListEntities',
      { code: 4, details: '' },
      'unreachable',
      /did not answer `ListEntities` in time/,
    ],
    [
      'GetProject',
      { code: 8, details: 'received metadata size exceeds soft limit' },
      'token-too-long',
      /token of this account is too long/,
    ],
  ] as const)('%s with %j is %s', async (method, failure, reason, message) => {
    server.state.failures.set(method, failure);
    const error = await failureOf(withToken(ADMIN));
    expect(error.reason).toBe(reason);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain(ADMIN);
    // Nothing of these is sent again.
    expect(server.calls.filter((call) => call.startsWith(method))).toHaveLength(1);
  });

  test('is sent again while the server cannot be reached', async () => {
    let failures = 2;
    server.state.failures.set('ListEntities', () =>
      failures-- > 0 ? { code: 14, details: 'down' } : undefined,
    );
    expect((await open().read()).projects).toEqual(['demo']);
  });

  test('a server that is down cannot be reached', async () => {
    server.stop();
    const { reason, message } = await failureOf(open());
    expect(reason).toBe('unreachable');
    expect(message).toContain('cannot be reached. Check its address');
  });

  test('a token that is too long is not sent', async () => {
    const long = tokenOf({ roles: ['admin'], groups: ['g'.repeat(6000)] });
    const { reason, message } = await failureOf(withToken(long));
    expect(reason).toBe('token-too-long');
    expect(message).toContain('may have 8192 bytes');
    expect(server.calls).toEqual([]);
  });

  test('without any token nothing is asked', async () => {
    const { reason, message } = await failureOf(
      open({ auth: { ...OIDC, role: 'client', tokenEnvVar: 'GATE_TOKEN' } as AuthConfig }),
    );
    expect(reason).toBe('credentials');
    expect(message).toContain('`GATE_TOKEN`');
    expect(server.calls).toEqual([]);
  });

  test('a read that is called off fails with the reason', async () => {
    let release = (): void => {};
    server.state.onCall = () => new Promise<void>((resolve) => (release = resolve));
    const controller = new AbortController();
    const reading = open().read({ signal: controller.signal });
    await vi.waitFor(() => expect(server.calls).toHaveLength(1));
    const reason = new Error('called off');
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
    release();
  });
});

describe('the watch', () => {
  test('calls when an answer differs, and while the server cannot be asked', async () => {
    const watching = new AbortController();
    const source = open();
    await source.read();
    const onChange = vi.fn<() => unknown>(() => source.read());
    source.watch?.(onChange, { signal: watching.signal, pollSeconds: 0.01 });
    await vi.waitFor(() => expect(server.calls.length).toBeGreaterThan(40), { timeout: 20_000 });
    expect(onChange).not.toHaveBeenCalled();
    server.state.projects.get('demo')?.objects.set('permissions', []);
    await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(1));
    expect((await source.read()).permissions).toEqual([]);
    server.state.failures.set('GetProject', HANDLER_FAILED);
    await vi.waitFor(() => expect(onChange.mock.calls.length).toBeGreaterThan(3));
    watching.abort();
  });
});

test('warns of a token that goes through a network without TLS', async () => {
  server.state.projects.set('demo', { ...wholeProject('demo'), message: projectMessage('demo') });
  const source = withToken(ADMIN, { url: `127.0.0.1:${server.port}` });
  expect((await source.read()).warnings).toEqual([]);
});
