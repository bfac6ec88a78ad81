import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFeatureServer } from '../../examples/feature-server/create-feature-server.js';
import { type GuardedHandler, guard } from '../../src/adapters/http/index.js';
import { filterAnswer, findEndpoint } from '../../src/gate/index.js';
import { type LoadedGate, loadGate } from '../../src/gate/load-gate.js';
import { type OidcProvider, startOidcProvider } from './support/oidc-provider.js';
import { runPython } from './support/python.js';
import { runScript } from './support/run-script.js';
import { findFreePort, type RunningProcess, startProcess } from './support/running-process.js';

const STORE = 'examples/feature-server/feature_store.yaml';
const PROJECT = 'credit_scoring';
const folder = mkdtempSync(path.join(tmpdir(), 'feast-mcp-'));

let roles: readonly string[] = [];
let provider: OidcProvider;
let features: FastifyInstance;
let gate: LoadedGate;
let registry: Server;
let mcp: RunningProcess;
let url: string;

/** The endpoints of the registry that the tools ask for, by the tool. */
const REGISTRY_TOOLS: Readonly<Record<string, string>> = {
  list_projects: '/projects',
  get_project: '/projects/:name',
  list_entities: '/entities',
  get_entity: '/entities/:name',
  list_feature_views: '/feature_views',
  get_feature_view: '/feature_views/:name',
  list_features: '/features',
  list_feature_services: '/feature_services',
  get_feature_service: '/feature_services/:name',
  list_data_sources: '/data_sources',
  get_data_source: '/data_sources/:name',
  search_registry: '/search',
  get_lineage: '/lineage/complete',
};

/** What a list shows: the objects that its caller may describe. */
const LISTS: Readonly<Record<string, object>> = {
  '/feature_views': {
    featureViews: ['transaction_features', 'untagged_view', 'loan_labels'].map((name) => ({
      type: name === 'loan_labels' ? 'labelView' : 'featureView',
      spec: { name, project: PROJECT },
    })),
  },
  '/entities': { entities: [{ spec: { name: 'driver', project: PROJECT } }] },
};

const handle: GuardedHandler = async ({ path: asked, query, caller }, response) => {
  const { endpoint } = findEndpoint('registry-rest', 'GET', asked) ?? {};
  const list = LISTS[endpoint?.path ?? ''];
  const answer =
    list === undefined || endpoint === undefined
      ? { served: asked }
      : await filterAnswer(gate, endpoint, list, { caller, project: query['project'] });
  response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
};

beforeAll(async () => {
  provider = await startOidcProvider(600, () => roles);
  const options = { env: { OIDC_DISCOVERY_URL: provider.discoveryUrl } };
  const onlineStore = 'examples/credit_scoring/data/online_store.db';
  features = await createFeatureServer({ featureStore: STORE, onlineStore, gate: options });
  await features.listen({ port: 0, host: '127.0.0.1' });

  gate = await loadGate(STORE, options);
  const paths = [...Object.values(REGISTRY_TOOLS), '/lineage/objects/:type/:name'];
  const routes = Object.fromEntries(
    paths.map((one) => [`GET /api/v1${one}`, { handler: handle }] as const),
  );
  registry = createServer(guard(gate, { routes, feastEndpoints: { server: 'registry-rest' } }));
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));

  const port = await findFreePort();
  const at = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  url = `http://127.0.0.1:${port}/mcp`;
  mcp = await startProcess({
    command: path.join(path.dirname(await runScript('python-venv.sh')), 'feast-mcp'),
    arguments: Object.entries({
      'feast-url': at(features.server as Server),
      'registry-url': at(registry),
      transport: 'http',
      host: '127.0.0.1',
      port: String(port),
      'auth-mode': 'passthrough',
    }).flatMap(([name, value]) => [`--${name}`, value]),
    log: path.join(folder, 'mcp.log'),
    isReady: async () => (await fetch(`http://127.0.0.1:${port}/health`)).ok,
    timeout: 100,
  });
}, 300_000);

afterAll(async () => {
  await mcp?.stop();
  registry?.closeAllConnections();
  registry?.close();
  await features?.close();
  await gate?.close();
  await provider?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 90_000);

interface Answer {
  readonly isError: boolean;
  readonly text: string;
}

interface Call {
  readonly tool: string;
  readonly arguments?: object;
}

async function ask(calls: readonly (Call & { readonly token?: string })[]): Promise<{
  readonly tools: readonly string[];
  readonly answers: readonly Answer[];
}> {
  return (await runPython('python-mcp.py', { url, calls })) as {
    readonly tools: readonly string[];
    readonly answers: readonly Answer[];
  };
}

const tokenOf = (...given: readonly string[]): Promise<string> => {
  roles = given;
  return provider.requestToken();
};

const ENTITIES = { driver_id: [1001] };
const TRANSACTION = {
  driver_id: [1001],
  amount: [77.25],
  count_7d: [70],
  event_timestamp: ['2026-02-01T00:00:00Z'],
  created: ['2026-02-01T00:00:00Z'],
};
const READ = { features: ['transaction_features:amount'], entities: ENTITIES };
const PUSH = { push_source_name: 'transactions_push', df: TRANSACTION };
const VIEWS = { feature_views: ['transaction_features'] };
const IN = { project: PROJECT };

/** Tools that refuse who has no role: what they are called with, and what the gate names. */
const REFUSED: readonly (readonly [tool: string, args: object, needs: string])[] = [
  ['features_get_online_features', READ, 'READ_ONLINE'],
  ['features_search', { features: READ.features, query: [1] }, 'READ_ONLINE'],
  ['features_push', PUSH, 'WRITE_ONLINE'],
  ['features_materialize', VIEWS, 'WRITE_ONLINE'],
  [
    'features_materialize_incremental',
    { ...VIEWS, end_ts: '2026-02-01T00:00:00Z' },
    'WRITE_ONLINE',
  ],
  ['registry_get_project', { name: PROJECT }, 'DESCRIBE'],
  ['registry_get_entity', { ...IN, name: 'driver' }, 'DESCRIBE'],
  ['registry_get_feature_view', { ...IN, name: 'untagged_view' }, 'DESCRIBE'],
  ['registry_get_feature_service', { ...IN, name: 'credit_model_v1' }, 'DESCRIBE'],
  ['registry_get_data_source', { ...IN, name: 'transactions_source' }, 'DESCRIBE'],
  ['registry_get_lineage', IN, 'DESCRIBE'],
  [
    'registry_get_lineage',
    { ...IN, object_type: 'featureView', object_name: 'untagged_view' },
    'DESCRIBE',
  ],
];

/** Tools that answer every known caller, with what may be seen. */
const LISTED: readonly (readonly [tool: string, args: object])[] = [
  ['features_list_vector_stores', {}],
  ['registry_list_projects', {}],
  ['registry_list_entities', IN],
  ['registry_list_feature_views', IN],
  ['registry_list_features', IN],
  ['registry_list_feature_services', IN],
  ['registry_list_data_sources', IN],
  ['registry_search_registry', { ...IN, query: 'amount' }],
];

describe('feast mcp in front of gated servers', () => {
  test('has the tools that are tried here', async () => {
    const { tools } = await ask([]);
    const tried = new Set([...REFUSED, ...LISTED].map(([tool]) => tool));
    // The example has no vector store that could be asked for.
    const others = ['features_get_vector_store', 'features_vector_store_search', 'features_health'];
    expect(tools).toEqual([...tried, ...others].sort());
  });

  test('hands a refusal to its caller as the error of the tool, which names no role', async () => {
    const token = await tokenOf();
    const { answers } = await ask(
      REFUSED.map(([tool, args]) => ({ tool, arguments: args, token })),
    );
    for (const [index, { isError, text }] of answers.entries()) {
      const [tool, , needs] = REFUSED[index] ?? [];
      expect([tool, isError]).toEqual([tool, true]);
      expect(text).toMatch(/^Feast returned HTTP 403 for (GET|POST) \//);
      expect(text).toContain(`not permitted: ${needs}`);
      expect(text).not.toMatch(/super-reader|feast-admin|pii-reader/);
    }
  });

  test('serves lists to every known caller, with what may be seen', async () => {
    const token = await tokenOf();
    const { answers } = await ask(LISTED.map(([tool, args]) => ({ tool, arguments: args, token })));
    expect(answers.map(({ isError }) => isError)).toEqual(LISTED.map(() => false));
    const views = answers[LISTED.findIndex(([tool]) => tool === 'registry_list_feature_views')];
    expect(JSON.parse(views?.text ?? '')).toEqual({ featureViews: [] });
  });

  test('lets a caller do what a role permits', async () => {
    const reader = await tokenOf('super-reader');
    const writer = await tokenOf('feast-admin');
    const { answers } = await ask([
      { tool: 'features_get_online_features', arguments: READ, token: reader },
      { tool: 'registry_list_feature_views', arguments: IN, token: reader },
      {
        tool: 'registry_get_feature_view',
        arguments: { ...IN, name: 'transaction_features' },
        token: reader,
      },
      { tool: 'features_push', arguments: PUSH, token: reader },
      { tool: 'features_push', arguments: PUSH, token: writer },
    ]);
    expect(answers.map(({ isError }) => isError)).toEqual([false, false, false, true, false]);
    expect(answers[0]?.text).toContain('1.5');
    expect(answers[1]?.text).toContain('transaction_features');
    expect(answers[2]?.text).toContain('/api/v1/feature_views/transaction_features');
    expect(answers[3]?.text).toContain('HTTP 403 for POST /push');
  });

  test.each([
    ['no token', undefined],
    ['a token that does not hold', 'e30.e30.e30'],
  ])('refuses everyone with %s, except on public routes', async (_name, token) => {
    const calls = [...REFUSED, ...LISTED].map(([tool, args]) => ({ tool, arguments: args }));
    const given = token === undefined ? {} : { token };
    const { answers } = await ask(
      [...calls, { tool: 'features_health' }].map((call) => ({ ...call, ...given })),
    );
    const last = answers.at(-1);
    expect(last?.isError).toBe(false);
    for (const { isError, text } of answers.slice(0, -1)) {
      expect(isError).toBe(true);
      expect(text).toMatch(/^Feast returned HTTP 401 for /);
    }
  });
});
