import { readFileSync } from 'node:fs';
import {
  Client,
  credentials,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type ServiceError,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { feastInterceptor } from '../../src/adapters/grpc/index.js';
import { createAuthorizer } from '../../src/engine/index.js';
import { createGate } from '../../src/gate/index.js';
import { createAuthenticator } from '../../src/identity/create-authenticator.js';
import { definePermission, roles } from '../../src/policy/index.js';
import { loadFeatureStore } from '../../src/registry/index.js';
import { parseAuth } from './support/auth-section.js';
import { type OidcProvider, startOidcProvider } from './support/oidc-provider.js';
import { runPython } from './support/python.js';

const REGISTRY = 'examples/credit_scoring/data/registry.db';
const PROJECT = 'credit_scoring';

let provider: OidcProvider;
let service: ServiceDefinition;
let server: Server;
let port: number;
let token: string;
let ahead = 0;
const handled: string[] = [];

/** The tokens of the provider carry the role `feature-reader`. */
const READER = { project: PROJECT, policy: roles('feature-reader') };
const PERMISSIONS = [
  definePermission({
    ...READER,
    name: 'see-transactions',
    types: ['FeatureView'],
    namePatterns: ['transaction.*'],
    actions: ['DESCRIBE'],
  }),
  definePermission({
    ...READER,
    name: 'make-entities-of-the-team',
    types: ['Entity'],
    requiredTags: { team: 'risk' },
    actions: ['CREATE'],
  }),
];

beforeAll(async () => {
  provider = await startOidcProvider(600);
  const descriptors = Buffer.from(String(await runPython('python-descriptors.py', {})), 'base64');
  service = loadFileDescriptorSetFromBuffer(descriptors, {
    keepCase: true,
    longs: Number,
    enums: String,
  })['feast.registry.RegistryServer'] as ServiceDefinition;

  const { snapshotOptions, contents } = await loadFeatureStore(REGISTRY);
  const authorizer = createAuthorizer({
    ...snapshotOptions,
    auth: { type: 'oidc' },
    defaultProject: PROJECT,
    permissions: PERMISSIONS,
    // There is a second project in the registry, and nobody has a permission there.
    whenNoPermissions: 'deny',
  });
  const auth = parseAuth({
    type: 'oidc',
    auth_discovery_url: provider.discoveryUrl,
    client_id: 'feast-server',
    audience: provider.audience,
  });
  const authenticator = createAuthenticator(auth, { now: () => Date.now() + ahead });
  const gate = createGate({ authenticator, authorizer, relations: contents.relations });
  const feast = { project: PROJECT };
  server = new Server({ interceptors: [feastInterceptor(gate, { feast, services: [service] })] });
  server.addService(service, handlers());
  port = await new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  token = await provider.requestToken();
});

afterAll(async () => {
  server?.forceShutdown();
  await provider?.stop();
});

interface View {
  readonly spec: { readonly name: string; readonly project: string };
}

/** Answers from the registry that Feast wrote, to everyone: what stands before it decides. */
function handlers(): UntypedServiceImplementation {
  const proto = service['Proto'];
  if (proto === undefined) throw new TypeError('no Proto');
  const registry = proto.responseDeserialize(readFileSync(REGISTRY)) as Record<string, View[]>;
  const views = (registry['feature_views'] ?? []).filter(({ spec }) => spec.project === PROJECT);
  const answers: Readonly<Record<string, (request: { readonly name: string }) => unknown>> = {
    Proto: () => registry,
    ListFeatureViews: () => ({ feature_views: views, pagination: { page: 1, total_count: 99 } }),
    GetFeatureView: ({ name }) => views.find(({ spec }) => spec.name === name),
  };
  return Object.fromEntries(
    Object.keys(service).map((name) => [
      name,
      (call: { request: { name: string } }, callback: (error: null, answer: unknown) => void) => {
        handled.push(name);
        callback(null, answers[name]?.(call.request) ?? {});
      },
    ]),
  );
}

interface Answer {
  readonly code?: string;
  readonly answer?: Record<string, View[]>;
}

async function ask(
  calls: readonly (readonly [method: string, request: unknown])[],
  authorization: readonly string[] = [`Bearer ${token}`],
): Promise<readonly Answer[]> {
  const metadata = authorization.map((value) => ['authorization', value]);
  const input = { port, calls: calls.map(([method, request]) => ({ method, request, metadata })) };
  return (await runPython('python-grpc.py', input)) as readonly Answer[];
}

const LIST = ['ListFeatureViews', { project: PROJECT }] as const;
const OPEN = ['GetFeatureView', { name: 'transaction_features', project: PROJECT }] as const;
const SHUT = ['GetFeatureView', { name: 'untagged_view', project: PROJECT }] as const;

function namesOf(views: readonly View[] | undefined): readonly string[] {
  return (views ?? []).map(({ spec }) => spec.name).sort();
}

test("Feast's stubs get what their caller may see, one by one and in lists", async () => {
  const [list, open, shut, unknown, elsewhere, proto] = await ask([
    LIST,
    OPEN,
    SHUT,
    ['GetFeatureView', { name: 'nosuch', project: PROJECT }],
    ['GetFeatureView', { name: 'transaction_features', project: 'nosuch' }],
    ['Proto', {}],
  ]);
  const seen = ['transaction_features', 'transactions_push_view'];
  expect(namesOf(list?.answer?.['feature_views'])).toEqual(seen);
  expect(list?.answer?.['pagination']).toEqual({ page: 1 });
  expect(open?.answer).toMatchObject({ spec: { name: 'transaction_features' } });
  expect(shut).toMatchObject({ code: 'PERMISSION_DENIED' });
  expect(unknown).toMatchObject({ code: 'NOT_FOUND' });
  expect(elsewhere).toMatchObject({ code: 'NOT_FOUND' });
  expect(namesOf(proto?.answer?.['feature_views'])).toEqual(seen);
  expect(proto?.answer).not.toHaveProperty('permissions');
});

test("a write is decided on by the tags of what is written, as Feast's stubs send them", async () => {
  const entity = (name: string, tags: unknown) =>
    [
      'ApplyEntity',
      { entity: { spec: { name, project: PROJECT, tags } }, project: PROJECT },
    ] as const;
  handled.length = 0;
  const answers = await ask([
    entity('new_entity', { team: 'risk' }),
    entity('new_entity', { team: 'other' }),
    entity('new_entity', {}),
    entity('driver', { team: 'risk' }),
    ['DeleteEntity', { name: 'driver', project: PROJECT }],
  ]);
  const denied = expect.objectContaining({ code: 'PERMISSION_DENIED' });
  expect(answers).toEqual([{ answer: {} }, denied, denied, denied, denied]);
  expect(handled).toEqual(['ApplyEntity']);
});

test.each([
  ['no token', () => []],
  ['a bad token', () => ['Bearer e30.e30.e30']],
  ['another scheme', () => ['Basic cmVhZGVyOnNlY3JldA==']],
  ['a third word', () => [`Bearer ${token} more`]],
  ['two tokens, of which Node.js keeps the first', () => ['Bearer e30.e30.e30', `Bearer ${token}`]],
])('refuses everyone with %s', async (_name, authorization) => {
  handled.length = 0;
  const calls = Object.keys(service).map((method) => [method, {}] as const);
  for (const answer of await ask(calls, authorization())) {
    expect(answer).toMatchObject({ code: 'UNAUTHENTICATED' });
  }
  expect(handled).toEqual([]);
});

test('of two tokens the first is decided on, and no handler sees the other', async () => {
  const [answer] = await ask([OPEN], [`Bearer ${token}`, 'Bearer e30.e30.e30']);
  expect(answer?.answer).toMatchObject({ spec: { name: 'transaction_features' } });
});

test('refuses an expired token', async () => {
  ahead = 3_600_000;
  try {
    const [answer] = await ask([OPEN]);
    expect(answer).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(JSON.stringify(answer)).not.toContain(token);
  } finally {
    ahead = 0;
  }
});

test('a client of @grpc/grpc-js is answered the same', async () => {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const get = service['GetFeatureView'];
  if (get === undefined) throw new TypeError('no GetFeatureView');
  const call = (name: string, bearer?: string): Promise<unknown> =>
    new Promise((resolve) => {
      const metadata = new Metadata();
      if (bearer !== undefined) metadata.set('authorization', `Bearer ${bearer}`);
      const { path, requestSerialize, responseDeserialize } = get;
      const request = { name, project: PROJECT };
      const done = (error: ServiceError | null): void => resolve(error?.code ?? 0);
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, done);
    });
  expect(await call('transaction_features', token)).toBe(0);
  expect(await call('untagged_view', token)).toBe(7);
  expect(await call('transaction_features')).toBe(16);
  client.close();
});
