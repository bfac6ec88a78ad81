import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  clientConfig,
  createSigningKey,
  FakeProvider,
  type SigningKey,
  serverConfig,
} from '../identity/fake-provider.js';
import { runScript } from './support/run-script.js';
import { findFreePort } from './support/running-process.js';
import {
  CERTIFICATE,
  type HostileServer,
  startHostileServer,
} from './support/runtimes/hostile-server.js';
import { type InstalledPackage, installPackage } from './support/runtimes/install-package.js';
import {
  type ProgramResults,
  type ProgramSettings,
  type Runtime,
  runAudit,
  runProgram,
} from './support/runtimes/run-program.js';

/** The runtimes, with the paths of their programs in the folder of all. */
const RUNTIMES: readonly Runtime[] = [
  ...['20', '22', '24', '26'].map((version) => ({
    name: `Node.js ${version}`,
    command: `node-${version}/bin/node`,
    arguments: [],
  })),
  { name: 'Bun', command: '@oven/bun-linux-x64/bin/bun', arguments: ['run', '--no-install'] },
  {
    name: 'Deno',
    command: '@deno/linux-x64-glibc/deno',
    arguments: [
      'run',
      '--no-config',
      '--no-lock',
      '--no-remote',
      '--no-prompt',
      '--node-modules-dir=manual',
      '--allow-read',
      '--allow-env',
      '--allow-sys',
      '--allow-net=127.0.0.1',
    ],
  },
];
/**
 * What a connection takes in before a program ends it, with all that lies in buffers on the way.
 */
const MOST_BYTES = 64 * 1024 * 1024;

let runtimes: string;
let installed: InstalledPackage;
let hostile: HostileServer;
let provider: FakeProvider;
let settings: ProgramSettings;

beforeAll(async () => {
  runtimes = await runScript('runtimes.sh');
  installed = installPackage();
  hostile = await startHostileServer();
  provider = await new FakeProvider().start();
  provider.keys = [await createSigningKey('one')];
  provider.answerToken = (_, { headers }) => {
    const [, pair = ''] = (headers.authorization ?? '').split(' ');
    const isClient = Buffer.from(pair, 'base64').toString() === 'feast-server:right';
    return isClient
      ? [200, { access_token: 'granted', token_type: 'Bearer', expires_in: 300 }]
      : [401, { error: 'invalid_client', error_description: pair }];
  };
  const authDiscoveryUrl = provider.discoveryUrl;
  settings = {
    auth: serverConfig({ authDiscoveryUrl, audience: 'feast-server' }),
    clientAuth: clientConfig({ authDiscoveryUrl, clientSecret: 'right' }),
    tokens: await createTokens(),
    hostile,
    certificate: fileURLToPath(CERTIFICATE),
    closed: `http://127.0.0.1:${await findFreePort()}`,
  };
}, 600_000);

afterAll(async () => {
  await provider?.stop();
  await hostile?.close();
  installed?.remove();
});

async function createTokens(): Promise<Record<string, string>> {
  const now = Math.floor(Date.now() / 1000);
  const sign = (roles: readonly string[], claims: object = {}, key?: SigningKey): Promise<string> =>
    provider.sign(
      {
        aud: 'feast-server',
        iat: now - 5,
        exp: now + 3600,
        resource_access: { 'feast-server': { roles } },
        ...claims,
      },
      key === undefined ? {} : { key },
    );
  const reader = await sign(['reader']);
  const [, payload] = reader.split('.');
  const none = Buffer.from(JSON.stringify({ alg: 'none', kid: 'one' })).toString('base64url');
  return {
    reader,
    writer: await sign(['writer']),
    'of no role': await sign([]),
    'for another audience': await sign(['reader'], { aud: 'other' }),
    'of another issuer': await sign(['reader'], { iss: 'https://other.example' }),
    'that has expired': await sign(['reader'], { exp: now - 600 }),
    'signed with another key': await sign(['reader'], {}, await createSigningKey('one')),
    'without a signature': `${none}.${payload}.`,
    'that is garbage': 'garbage',
  };
}

const CORE: ProgramResults['core'] = {
  'a name that matches': true,
  'another name': false,
  'another action': false,
  'a denial': 'ERR_PERMISSION_DENIED: not permitted: WRITE_ONLINE on FeatureView `driver_stats`',
  'a filter': ['driver_stats'],
  'a feature repository': true,
};

const SERVER: ProgramResults['server'] = {
  'a token: reader': '200 alice',
  'a token: writer': '200 alice',
  'a token: of no role': 403,
  'a token: for another audience': 401,
  'a token: of another issuer': 401,
  'a token: that has expired': 401,
  'a token: signed with another key': 401,
  'a token: without a signature': 401,
  'a token: that is garbage': 401,
  'no token': 401,
  'a view that no permission of the caller covers': 403,
  'a body, allowed': '200 written',
  'a body, refused': 403,
  'a body that is not JSON': 422,
  'a body that is too long': 422,
};

const TOO_LONG = 'answers with more than 65536 bytes';
const OUTGOING: ProgramResults['outgoing'] = {
  'an answer': '200 {"fine":true}',
  'a POST': '200 {"fine":true}',
  'an endless answer': `HttpError: \`http://HOST/endless\` ${TOO_LONG}`,
  'an endless answer by TLS': `HttpError: \`https://HOST/endless\` ${TOO_LONG}`,
  'an endless answer to a POST': `HttpError: \`http://HOST/endless\` ${TOO_LONG}`,
  'an answer that trickles': 'HttpError: `http://HOST/trickle` did not answer within 1 s',
  'no answer': 'HttpError: `http://HOST/silent` did not answer within 1 s',
  'a redirect to another server': 'HttpError: `http://HOST/redirect` redirects to another server',
  'an answer that is compressed':
    'HttpError: `http://HOST/compressed` sends a compressed answer, which was not requested',
  'an unknown certificate':
    'HttpError: `https://HOST/` cannot be reached (DEPTH_ZERO_SELF_SIGNED_CERT)',
  'a known certificate': '200 {"fine":true}',
  'a closed port': 'HttpError: `http://HOST/` cannot be reached (ECONNREFUSED)',
  'a signal': 'Error: not needed any more',
  'an identity provider without an end':
    "ERR_IDENTITY_UNAVAILABLE: the identity provider's keys are not available: `http://HOST/endless/.well-known/openid-configuration` answers with more than 1048576 bytes",
  'client credentials': 'granted',
  'client credentials that are refused':
    'ERR_CREDENTIAL_UNAVAILABLE: no token: the token endpoint answers with status 401 (invalid_client)',
};

describe.each(RUNTIMES)('on $name', ({ command, ...rest }) => {
  let runtime: Runtime;
  let results: ProgramResults;
  let endlessBytes: number;

  beforeAll(async () => {
    runtime = { ...rest, command: join(runtimes, 'node_modules', command) };
    const before = hostile.endlessBytes();
    results = await runProgram(runtime, installed, settings);
    endlessBytes = hostile.endlessBytes() - before;
  });

  it('decides, and reads a feature repository', () => {
    expect(results.core).toEqual(CORE);
  });

  it('verifies tokens, lets on who may and refuses the rest, by the gate and the Hono adapter', () => {
    expect(results.server).toEqual(SERVER);
  });

  it('bounds outgoing requests in size and time, and trusts the certificates it is given', () => {
    expect(results.outgoing).toEqual(OUTGOING);
  });

  it('closes the connections whose answers it gave up', async () => {
    await expect.poll(() => hostile.connections(), { timeout: 30_000 }).toBe(0);
    expect(endlessBytes).toBeGreaterThan(0);
    expect(endlessBytes).toBeLessThan(MOST_BYTES);
  });

  it('audits the example from the command line as this Node.js does', async () => {
    const here: Runtime = { name: 'here', command: process.execPath, arguments: [] };
    const expected = await runAudit(here, installed);
    expect(expected.report).toMatchObject({ summary: { permissions: expect.any(Number) } });
    expect(await runAudit(runtime, installed)).toEqual(expected);
  });
});
