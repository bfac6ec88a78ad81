import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { currentNamespace, loadKubernetesConfig } from '../../../src/identity/kubernetes/config.js';
import { createKubernetesAuthenticator } from '../../../src/identity/kubernetes/kubernetes-authenticator.js';
import { list, RBAC, REVIEWS, review, startFakeApiServer } from './fake-server.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'feast-permissions-'));
  vi.stubEnv('KUBECONFIG', '');
  vi.stubEnv('HOME', folder);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.doUnmock('@kubernetes/client-node');
  rmSync(folder, { recursive: true });
});

function writeConfig(
  server: string,
  details: { skip?: boolean; namespace?: string; user?: Record<string, unknown> } = {},
): string {
  const file = join(folder, 'config');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': details.skip } }],
    users: [{ name: 'u', user: details.user ?? { token: 'kubeconfig-token' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: details.namespace } }],
    'current-context': 'x',
  };
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(config));
  return file;
}

describe('a kubeconfig', () => {
  test('is read from its file, with server, credentials and namespace', async () => {
    const server = await startFakeApiServer();
    server.answer(REVIEWS, () => review({ authenticated: true, user: { username: 'alice' } }));
    server.answer(RBAC, () => list([]));
    const url = server.config.getCurrentCluster()?.server ?? '';
    const file = writeConfig(`${url}/`, { skip: true, namespace: 'models' });
    const authenticator = createKubernetesAuthenticator({ kubeConfig: file, opaqueTokens: true });
    await expect(authenticator.authenticate({ token: 'a' })).resolves.toMatchObject({
      username: 'alice',
    });
    expect(server.requests[0]).toMatchObject({
      url: REVIEWS,
      headers: { authorization: 'Bearer kubeconfig-token' },
    });
    expect(currentNamespace(await loadKubernetesConfig(file))).toBe('models');
    await server.stop();
  });

  test('is found by KUBECONFIG', async () => {
    vi.stubEnv('KUBECONFIG', writeConfig('https://127.0.0.1:1'));
    const config = await loadKubernetesConfig();
    expect(config.getCurrentCluster()?.server).toBe('https://127.0.0.1:1');
    expect(currentNamespace(config)).toBe('default');
  });

  test.each([
    ['without TLS', 'http://127.0.0.1:8080'],
    ['without an address', 'nowhere'],
    ['with another protocol', 'ftp://127.0.0.1/'],
  ])('%s is refused', async (_, server) => {
    await expect(loadKubernetesConfig(writeConfig(server))).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
    });
  });

  test.each([{}, { token: '' }, { as: 'admin' }])(
    'whose user is %j, without any credential, is refused',
    async (user) => {
      const file = writeConfig('https://127.0.0.1:1', { user });
      await expect(loadKubernetesConfig(file)).rejects.toMatchObject({
        code: 'ERR_CONFIG_INVALID',
        message: expect.stringContaining('no credentials'),
      });
    },
  );

  test.each([
    { 'client-certificate-data': 'YQ==', 'client-key-data': 'YQ==' },
    { username: 'a', password: 'b' },
    { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'true' } },
  ])('whose user is %j has credentials', async (user) => {
    const file = writeConfig('https://127.0.0.1:1', { user });
    await expect(loadKubernetesConfig(file)).resolves.toBeTruthy();
  });

  test('that is handed in is looked at, too', () => {
    const kubeConfig = {
      getCurrentContext: () => 'x',
      getContextObject: () => null,
      getCurrentCluster: () => ({ server: 'https://127.0.0.1:1' }),
      applyToHTTPSOptions: async () => {},
    };
    for (const user of [null, { name: 'u' }]) {
      const given = { ...kubeConfig, getCurrentUser: () => user };
      expect(() => createKubernetesAuthenticator({ kubeConfig: given })).toThrow('no credentials');
    }
    const given = { ...kubeConfig, getCurrentUser: () => ({ name: 'u', token: 't' }) };
    expect(() => createKubernetesAuthenticator({ kubeConfig: given })).not.toThrow();
    expect(() => createKubernetesAuthenticator({ kubeConfig })).not.toThrow();
  });

  test('that is invalid is refused, and read again the next time', async () => {
    const file = join(folder, 'config');
    const authenticator = createKubernetesAuthenticator({ kubeConfig: file, opaqueTokens: true });
    await expect(authenticator.authenticate({ token: 'a' })).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      message: expect.stringContaining(file),
    });
    writeConfig('https://127.0.0.1:1');
    await expect(authenticator.authenticate({ token: 'a' })).rejects.toMatchObject({
      code: 'ERR_IDENTITY_UNAVAILABLE',
    });
  });
});

test('sends no request outside of a pod without a kubeconfig', async () => {
  await expect(loadKubernetesConfig()).rejects.toMatchObject({
    code: 'ERR_CONFIG_INVALID',
    message: expect.stringContaining('KUBECONFIG'),
  });
});

test('without its package the error says what to install', async () => {
  vi.doMock('@kubernetes/client-node', () => {
    throw new Error('Cannot find package');
  });
  await expect(loadKubernetesConfig()).rejects.toMatchObject({
    code: 'ERR_CONFIG_INVALID',
    message: expect.stringContaining('npm install @kubernetes/client-node'),
  });
});
