import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openRegistry, type RegistrySource } from '../../src/registry/index.js';
import {
  inForce,
  OPENING,
  onV,
  READER,
  sort,
  UNCOVERED,
  watchSource,
} from '../gate/faulty-source.js';
import { startFakeGcs } from '../registry/object-store/support/fake-gcs.js';
import { startFakeStore } from '../registry/object-store/support/fake-store.js';
import { registryBytes } from '../registry/registry-bytes.js';
import { type Told, told } from '../registry/support/told.js';

const [key, cert] = ['key', 'cert'].map((part) =>
  readFileSync(`test/identity/fixtures/loopback-${part}.pem`, 'utf8'),
) as [string, string];
const BEFORE = sort([...READER, ...UNCOVERED]);

/** The views `v` and `free`, and permissions on views that are called `v`. */
function registry(...permissions: readonly ReturnType<typeof onV>[]): Uint8Array {
  const views = ['v', 'free'].map((name) => ({ spec: { name, project: 'p' } }));
  return registryBytes({ permissions: [...permissions], featureViews: views });
}
const WHOLE = registry(onV('reader'));

/** An object store whose object can be replaced and put out of order. */
interface Place {
  readonly source: RegistrySource;
  readonly put: (bytes: Uint8Array) => void;
  /** Answers everything with a status; undefined: as usual. */
  readonly answerWith: (status: number | undefined) => void;
  /** Breaks the connection in the middle of the content. */
  readonly cutOff: (isCut: boolean) => void;
  readonly stop: () => Promise<void>;
}

async function httpPlace(open: (origin: string) => Promise<RegistrySource>): Promise<Place> {
  const store = await startFakeStore((status) => `<Error><Code>E${status}</Code></Error>`, {
    key,
    cert,
  });
  let version = 0;
  return {
    source: await open(store.origin),
    put: (content) => {
      version += 1;
      Object.assign(store.answer, { content, tag: `"${version}"` });
    },
    answerWith: (status) => Object.assign(store.answer, { status }),
    cutOff: (isCut) => Object.assign(store.answer, { isCut, tag: `"${isCut}"` }),
    stop: store.stop,
  };
}

const PLACES = {
  s3: () =>
    httpPlace((origin) =>
      openRegistry(
        { type: 'file', url: 's3://bucket/registry.db' },
        { env: { FEAST_S3_ENDPOINT_URL: origin } },
      ),
    ),
  azure: () =>
    httpPlace((origin) =>
      openRegistry(
        {
          type: 'file',
          url: `${origin}/account/container/registry.db`,
          options: { registry_store_type: 'AzureRegistryStore' },
        },
        { env: { REGISTRY_BLOB_KEY: Buffer.from('key').toString('base64') } },
      ),
    ),
  gs: async (): Promise<Place> => {
    const store = await startFakeGcs(new Uint8Array(), { key, cert });
    vi.stubEnv('STORAGE_EMULATOR_HOST', store.origin);
    const env = { STORAGE_EMULATOR_HOST: store.origin };
    return {
      source: await openRegistry({ type: 'file', url: 'gs://bucket/registry.db' }, { env }),
      put: (content) =>
        Object.assign(store.state, { content, generation: store.state.generation + 1 }),
      answerWith: (status) => Object.assign(store.state, { status }),
      cutOff: (isCut) =>
        Object.assign(store.state, { isCut, generation: store.state.generation + 1 }),
      stop: store.stop,
    };
  },
};

interface Fault {
  readonly fault: string;
  readonly breakDown: (place: Place) => unknown;
  /** Default: the registry is believed. */
  readonly error?: Told;
  /** What is in force during it. Default: what was in force before. */
  readonly during?: readonly string[];
}

const RELOADED: Told = ['reloaded'];
const UNAVAILABLE = 'ERR_REGISTRY_UNAVAILABLE';
const FAULTS: readonly Fault[] = [
  {
    fault: 'a store that denies',
    breakDown: ({ answerWith }) => answerWith(403),
    error: [UNAVAILABLE, 'denied'],
  },
  {
    fault: 'credentials that are not valid any more',
    breakDown: ({ answerWith }) => answerWith(401),
    error: [UNAVAILABLE, 'denied'],
  },
  {
    fault: 'an object that is deleted, as by a teardown',
    breakDown: ({ answerWith }) => answerWith(404),
    error: [UNAVAILABLE, 'missing'],
  },
  {
    fault: 'a store that fails',
    breakDown: ({ answerWith }) => answerWith(503),
    error: [UNAVAILABLE, 'failing'],
  },
  {
    fault: 'a certificate that is not trusted any more',
    breakDown: ({ put }) => {
      vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '1');
      put(WHOLE);
    },
    error: [UNAVAILABLE, 'unreachable'],
  },
  {
    fault: 'a connection that breaks within the content',
    breakDown: ({ cutOff }) => cutOff(true),
    error: [UNAVAILABLE],
  },
  {
    fault: 'a half-written object',
    breakDown: ({ put }) => put(WHOLE.subarray(0, WHOLE.length / 2)),
    error: ['ERR_REGISTRY_INVALID'],
  },
  {
    fault: 'another object in its place',
    breakDown: ({ put }) => put(new TextEncoder().encode('<html></html>')),
    error: ['ERR_REGISTRY_INVALID'],
  },
  {
    fault: 'the empty registry that Feast writes when its store fails',
    breakDown: ({ put }) => put(registryBytes({ projects: [] })),
    error: ['ERR_REGISTRY_PROJECT_MISSING'],
  },
  {
    fault: 'a registry of other projects',
    breakDown: ({ put }) => put(registryBytes({ projects: [{ spec: { name: 'q' } }] })),
    error: ['ERR_REGISTRY_PROJECT_MISSING'],
  },
  {
    fault: 'permissions that are emptied while the project stands',
    breakDown: ({ put }) => put(registry()),
    during: sort(UNCOVERED),
  },
  {
    fault: 'an older version, which grants less',
    breakDown: ({ put }) => put(registry(onV('reader', { actions: [2] }))),
    during: sort(UNCOVERED),
  },
];

beforeEach(() => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe.each(['s3', 'azure', 'gs'] as const)('a registry at %s', (name) => {
  test.each(FAULTS)(
    '$fault: nothing widens',
    async ({ breakDown, error = RELOADED, during = BEFORE }) => {
      const place = await PLACES[name]();
      place.put(WHOLE);
      const { live, events } = await watchSource(place.source, {
        pollSeconds: 0.05,
        rules: OPENING,
      });
      const inForceNow = (): readonly string[] => sort(inForce(live));
      try {
        expect(inForceNow()).toEqual(BEFORE);
        await breakDown(place);
        await vi.waitFor(() => expect(told(events, error)).toContainEqual(error), 15_000);
        expect(inForceNow()).toEqual(during);
        vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
        place.answerWith(undefined);
        place.cutOff(false);
        place.put(WHOLE);
        await vi.waitFor(() => expect(events.at(-1)?.outcome).toBe('reloaded'), 15_000);
        await vi.waitFor(() => expect(inForceNow()).toEqual(BEFORE), 15_000);
      } finally {
        live.close();
        await place.stop();
      }
    },
    40_000,
  );
});
