import { readFileSync } from 'node:fs';
import { ServerCredentials } from '@grpc/grpc-js';
import { afterEach, expect, test, vi } from 'vitest';
import type { AuthConfig } from '../../src/config/index.js';
import { openRegistry, type RegistrySource } from '../../src/registry/index.js';
import { inForce, OPENING, onV, READER, sort, watchSource } from '../gate/faulty-source.js';
import { permissionInit, registryBytes } from '../registry/registry-bytes.js';
import {
  type FakeRegistryServer,
  startFakeRegistry,
} from '../registry/remote/support/fake-registry-server.js';
import { serveRegistry } from '../registry/remote/support/serve-registry.js';
import { type Told, told } from '../registry/support/told.js';

const CERT = 'test/identity/fixtures/loopback-cert.pem';
const [key, cert] = ['key', 'cert'].map((part) =>
  readFileSync(`test/identity/fixtures/loopback-${part}.pem`),
) as [Buffer, Buffer];
const TLS = ServerCredentials.createSsl(null, [{ private_key: key, cert_chain: cert }]);
const ALL_TYPES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
/** What shows everything to the account of the gate. */
const GATE = permissionInit({
  name: 'gate',
  types: ALL_TYPES,
  policy: { policyType: { case: 'roleBasedPolicy', value: { roles: ['gate'] } } },
} as never);

function registry(...permissions: readonly ReturnType<typeof onV>[]): Uint8Array {
  const views = ['v', 'free'].map((name) => ({ spec: { name, project: 'p' } }));
  return registryBytes({ permissions: [...permissions], featureViews: views });
}
const WHOLE = registry(GATE, onV('reader'));

let server: FakeRegistryServer;
afterEach(() => server.stop());

async function restart(credentials: ServerCredentials): Promise<void> {
  const { port, state } = server;
  server.stop();
  server = await startFakeRegistry(credentials, { port, state });
}

function open(): Promise<RegistrySource> {
  const token = 'an.opaque.token';
  const auth = { type: 'kubernetes', userToken: token } as AuthConfig;
  const options = { cert: CERT, account: { roles: ['gate'] } };
  const url = `127.0.0.1:${server.port}`;
  return openRegistry({ type: 'remote', url, options }, { auth, env: {}, project: 'p' });
}

const denied = { code: 7, details: '{"class": "FeastPermissionError"}' };
const fail = (code: number, details = ''): void => {
  server.state.failures.set('ListPermissions', { code, details });
};

interface Fault {
  readonly fault: string;
  readonly breakDown: () => unknown;
  /** Default: the registry is believed. */
  readonly error?: Told;
  /** What is in force during it. Default: what was in force before. */
  readonly during?: readonly string[];
}

const RELOADED: Told = ['reloaded'];
const UNAVAILABLE = 'ERR_REGISTRY_UNAVAILABLE';
const FAULTS: readonly Fault[] = [
  {
    fault: 'a server that does not run',
    breakDown: () => server.stop(),
    error: [UNAVAILABLE, 'unreachable'],
  },
  {
    fault: 'a server that is out of order',
    breakDown: () => fail(13),
    error: [UNAVAILABLE, 'failing'],
  },
  {
    fault: 'a token that is not accepted any more, or a fault of the server',
    breakDown: () => fail(2, 'Error in service handler!'),
    error: [UNAVAILABLE, 'denied'],
  },
  {
    fault: 'a token that another server refuses',
    breakDown: () => fail(16),
    error: [UNAVAILABLE, 'denied'],
  },
  {
    fault: 'a token that has become too long for the server',
    breakDown: () => fail(8, 'received metadata size exceeds hard limit'),
    error: [UNAVAILABLE, 'token-too-long'],
  },
  {
    fault: 'an account that lost its right as a whole',
    breakDown: () => server.state.failures.set('ListPermissions', denied),
    error: [UNAVAILABLE, 'denied'],
  },
  {
    fault: 'an account from which permissions may be hidden now',
    breakDown: () =>
      serveRegistry(
        server.state,
        registry({ ...GATE, spec: { ...GATE.spec, namePatterns: ['.*'] } } as never),
      ),
    error: [UNAVAILABLE, 'denied'],
  },
  {
    fault: 'a server without TLS',
    breakDown: () => restart(ServerCredentials.createInsecure()),
    error: [UNAVAILABLE, 'unreachable'],
  },
  {
    fault: 'a project that is torn down',
    breakDown: () => server.state.projects.clear(),
    error: ['ERR_REGISTRY_PROJECT_MISSING'],
  },
  {
    fault: 'a damaged answer',
    breakDown: () =>
      server.state.projects.get('p')?.objects.set('feature_views', [new Uint8Array([0x0a, 9])]),
    error: ['ERR_REGISTRY_INVALID'],
  },
  {
    fault: 'permissions that are emptied while the project stands',
    breakDown: () => serveRegistry(server.state, registry()),
    during: [],
  },
  {
    fault: 'an older version, which grants less',
    breakDown: () => serveRegistry(server.state, registry(GATE)),
    during: [],
  },
];

test.each(FAULTS)(
  '$fault: nothing widens',
  async ({ breakDown, error = RELOADED, during = READER }) => {
    server = await startFakeRegistry(TLS);
    serveRegistry(server.state, WHOLE);
    const { live, events } = await watchSource(await open(), { pollSeconds: 0.05, rules: OPENING });
    const reading = (): readonly string[] =>
      sort(inForce(live)).filter((one) => one.endsWith(' v'));
    try {
      const before = sort(inForce(live));
      expect(before).toEqual(READER);
      await breakDown();
      await vi.waitFor(() => expect(told(events, error)).toContainEqual(error), 15_000);
      expect(reading()).toEqual(during);
      expect(before).toEqual(expect.arrayContaining([...sort(inForce(live))]));
      server.state.failures.clear();
      serveRegistry(server.state, WHOLE);
      await restart(TLS);
      await vi.waitFor(() => expect(sort(inForce(live))).toEqual(before), 15_000);
    } finally {
      live.close();
    }
  },
  40_000,
);
