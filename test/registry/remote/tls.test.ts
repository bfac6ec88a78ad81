import { readFileSync } from 'node:fs';
import { ServerCredentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RegistryContents } from '../../../src/registry/registry-source.js';
import { remoteRegistry } from '../../../src/registry/remote/open-remote-registry.js';
import {
  type FakeRegistryServer,
  startFakeRegistry,
  wholeProject,
} from './support/fake-registry-server.js';

const KEY = 'test/identity/fixtures/loopback-key.pem';
const CERT = 'test/identity/fixtures/loopback-cert.pem';

let server: FakeRegistryServer;
let mutual: FakeRegistryServer;
beforeAll(async () => {
  const pair = { private_key: readFileSync(KEY), cert_chain: readFileSync(CERT) };
  server = await startFakeRegistry(ServerCredentials.createSsl(null, [pair]));
  mutual = await startFakeRegistry(ServerCredentials.createSsl(pair.cert_chain, [pair], true));
  for (const { state } of [server, mutual]) state.projects.set('demo', wholeProject('demo'));
});
afterAll(() => {
  server.stop();
  mutual.stop();
});

function read(options: object, { port } = server): Promise<RegistryContents> {
  const location = { type: 'remote', url: `127.0.0.1:${port}`, options: { ...options } };
  return remoteRegistry(location, { env: {}, project: 'demo' }).read();
}

test('a server is known by its certificate', async () => {
  expect((await read({ cert: CERT })).projects).toEqual(['demo']);
  expect((await read({ cert: CERT, authority: '127.0.0.1' })).projects).toEqual(['demo']);
});

test('a server that asks for a certificate gets that of the client', async () => {
  const own = { client_cert: CERT, client_key: KEY };
  expect((await read({ cert: CERT, ...own }, mutual)).projects).toEqual(['demo']);
  await expect(read({ cert: CERT }, mutual)).rejects.toMatchObject({ reason: 'unreachable' });
});

test.each([
  ['of an authority that is not trusted', { is_tls: true }],
  ['of another name', { cert: CERT, authority: 'registry.example' }],
  ['of another address', { cert: CERT, authority: '127.0.0.2' }],
])('a certificate %s is refused', async (_, options) => {
  const before = server.calls.length;
  await expect(read(options)).rejects.toMatchObject({
    code: 'ERR_REGISTRY_UNAVAILABLE',
    reason: 'unreachable',
  });
  expect(server.calls).toHaveLength(before);
});

test.each([
  ['is missing', { cert: '/nonexistent.pem' }, 'cannot be read (ENOENT)'],
  ['is not a certificate', { cert: 'package.json' }, undefined],
  [
    'is not the key of the certificate',
    { cert: CERT, client_cert: CERT, client_key: 'package.json' },
    'They must be in PEM',
  ],
])('a file that %s is an error', async (_, options, message) => {
  const reading = read(options);
  await expect(reading).rejects.toMatchObject({
    code: message === undefined ? 'ERR_REGISTRY_UNAVAILABLE' : 'ERR_CONFIG_INVALID',
  });
  if (message !== undefined) await expect(reading).rejects.toThrow(message);
});
