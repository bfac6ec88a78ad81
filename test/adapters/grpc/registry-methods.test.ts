import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { feastInterceptor } from '../../../src/adapters/grpc/index.js';
import { createAuthorizer } from '../../../src/engine/index.js';
import {
  type Caller,
  createGate,
  ENDPOINTS,
  type Endpoint,
  type Gate,
} from '../../../src/gate/index.js';
import { ALL_ACTIONS, type FeastType, type Subject } from '../../../src/model/index.js';
import { definePermission, roles } from '../../../src/policy/index.js';
import { loadFeatureStore } from '../../../src/registry/index.js';
import { createCaseGates, SUBJECTS } from '../support/case-gate.js';
import { callRaw } from './raw-call.js';
import { fromJson, startTestServer, type TestServer, toJson } from './test-server.js';

const SERVICE = '/feast.registry.RegistryServer';
const PROJECT = 'credit_scoring';
const METHODS = ENDPOINTS.filter(({ path }) => path.startsWith(SERVICE)).map(({ path }) => path);
const TOKENS = [...SUBJECTS.keys()];

let gates: Awaited<ReturnType<typeof createCaseGates>>;
let server: TestServer;
let answer: unknown;
let handled: string[] = [];

beforeAll(async () => {
  gates = await createCaseGates();
});
afterAll(() => gates.close());
afterEach(() => server.close());

async function start(
  gate: Gate = gates.gate,
  onError?: (error: unknown) => unknown,
): Promise<void> {
  handled = [];
  answer = {};
  server = await startTestServer(
    METHODS.map((path) => ({
      path,
      handler: (_call: unknown, callback: (error: null, value: unknown) => void) => {
        handled.push(path.slice(SERVICE.length + 1));
        callback(null, answer);
      },
    })),
    [feastInterceptor(gate, { feast: { project: PROJECT }, onError })],
  );
}

interface Outcome {
  readonly code: number;
  readonly body: Record<string, unknown>;
}

async function call(method: string, message: unknown, token?: string): Promise<Outcome> {
  const { code, messages } = await callRaw({
    port: server.port,
    path: `${SERVICE}/${method}`,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    messages: [toJson(message)],
  });
  const [first] = messages;
  return { code, body: first === undefined ? {} : (fromJson(first) as Record<string, unknown>) };
}

const VIEWS: readonly FeastType[] = [
  'FeatureView',
  'BatchFeatureView',
  'StreamFeatureView',
  'OnDemandFeatureView',
  'LabelView',
];

const inSpec = (name: string): unknown => ({ spec: { name, project: PROJECT } });
const flat = (name: string): unknown => ({ name, project: PROJECT });

/** A list, the method that gets one of it, and what an object of the list looks like. */
const LISTS: readonly (readonly [
  list: string,
  get: string,
  field: string,
  types: readonly FeastType[],
  item: (name: string) => unknown,
])[] = [
  ['ListEntities', 'GetEntity', 'entities', ['Entity'], inSpec],
  ['ListDataSources', 'GetDataSource', 'data_sources', ['DataSource'], flat],
  [
    'ListFeatureViews',
    'GetFeatureView',
    'feature_views',
    ['FeatureView', 'BatchFeatureView'],
    inSpec,
  ],
  [
    'ListStreamFeatureViews',
    'GetStreamFeatureView',
    'stream_feature_views',
    ['StreamFeatureView'],
    inSpec,
  ],
  [
    'ListOnDemandFeatureViews',
    'GetOnDemandFeatureView',
    'on_demand_feature_views',
    ['OnDemandFeatureView'],
    inSpec,
  ],
  ['ListLabelViews', 'GetLabelView', 'label_views', ['LabelView'], inSpec],
  ['ListFeatureServices', 'GetFeatureService', 'feature_services', ['FeatureService'], inSpec],
  ['ListSavedDatasets', 'GetSavedDataset', 'saved_datasets', ['SavedDataset'], inSpec],
  [
    'ListValidationReferences',
    'GetValidationReference',
    'validation_references',
    ['ValidationReference'],
    flat,
  ],
  ['ListPermissions', 'GetPermission', 'permissions', ['Permission'], inSpec],
  ['ListProjects', 'GetProject', 'projects', ['Project'], inSpec],
  [
    'ListFeatures',
    'GetFeature',
    'features',
    VIEWS,
    (name) => ({ name: 'amount', feature_view: name }),
  ],
];

function namesOf(types: readonly FeastType[]): string[] {
  return (gates.gate.relations?.resourcesOf(PROJECT, types) ?? []).map(({ name }) => name);
}

describe.each(LISTS)('%s shows what %s gives', (list, get, field, types, item) => {
  test.each(TOKENS)('to %s', async (token) => {
    await start();
    const names = namesOf(types);
    expect(names).not.toEqual([]);
    const open: string[] = [];
    for (const name of names) {
      const one = get === 'GetFeature' ? { feature_view: name, name: 'amount' } : { name };
      const { code } = await call(get, { ...one, project: PROJECT }, token);
      expect([0, 7]).toContain(code);
      if (code === 0) open.push(name);
    }
    const strangers = [item(''), {}, null, 'text'];
    const pagination = { page: 1, limit: 50, total_count: 99, has_next: false };
    answer = { [field]: [...names.map(item), ...strangers], pagination, secret: 'hidden' };
    const { code, body } = await call(list, { project: PROJECT }, token);
    expect(code).toBe(0);
    expect(body).toEqual({
      [field]: open.map(item),
      pagination: { page: 1, limit: 50, total_count: 0, has_next: false },
      secret: '',
    });
  });
});

test('shows some lists in part, some as a whole, and withholds the others', async () => {
  const shares = new Set<string>();
  for (const [, , , types] of LISTS) {
    for (const token of TOKENS) {
      const subject = SUBJECTS.get(token);
      const { relations } = gates.gate;
      const all = relations?.resourcesOf(PROJECT, types) ?? [];
      const caller = await gates.gate.authenticate(`Bearer ${token}`);
      expect(caller.subject?.username).toBe(subject?.username);
      const open = all.filter((one) => caller.can('DESCRIBE', one));
      shares.add(open.length === 0 ? 'none' : open.length === all.length ? 'all' : 'some');
    }
  }
  expect([...shares].sort()).toEqual(['all', 'none', 'some']);
  await start();
});

const KINDS: readonly (readonly [field: string, camel: string, types: readonly FeastType[]])[] = [
  ['feature_view', 'featureView', ['FeatureView', 'BatchFeatureView']],
  ['on_demand_feature_view', 'onDemandFeatureView', ['OnDemandFeatureView']],
  ['stream_feature_view', 'streamFeatureView', ['StreamFeatureView']],
  ['label_view', 'labelView', ['LabelView']],
];

test('ListAllFeatureViews looks at each kind of view, in each way to write it', async () => {
  await start();
  const caller = await gates.gate.authenticate('Bearer reader-token');
  for (const write of [
    (field: string, _camel: string, view: unknown) => ({ [field]: view }),
    (_field: string, camel: string, view: unknown) => ({ [camel]: view }),
    (_field: string, camel: string, view: unknown) => ({
      anyFeatureView: { case: camel, value: view },
    }),
  ]) {
    const items: unknown[] = [];
    const open: unknown[] = [];
    for (const [field, camel, types] of KINDS) {
      for (const view of gates.gate.relations?.resourcesOf(PROJECT, types) ?? []) {
        const item = write(field, camel, inSpec(view.name));
        items.push(item);
        if (caller.can('DESCRIBE', view)) open.push(item);
      }
    }
    const both = {
      feature_view: inSpec('transaction_features'),
      label_view: inSpec('loan_labels'),
    };
    answer = { featureViews: [...items, both, {}] };
    const { body } = await call('ListAllFeatureViews', { project: PROJECT }, 'reader-token');
    expect(open.length).toBeGreaterThan(0);
    expect(body).toEqual({ featureViews: open });
  }
});

test('Proto shows the objects that could be got one by one, and nothing else', async () => {
  await start();
  answer = {
    feature_views: namesOf(['FeatureView', 'BatchFeatureView']).map(inSpec),
    permissions: namesOf(['Permission']).map(inSpec),
    projects: [inSpec(PROJECT)],
    project_metadata: [{ project: PROJECT, project_uuid: 'hidden' }],
    feature_tables: [inSpec('hidden')],
    infra: { infra_objects: ['hidden'] },
    version_id: 'v1',
  };
  const { body } = await call('Proto', {}, 'analyst-token');
  expect(body).toMatchObject({ permissions: [], projects: [], version_id: 'v1' });
  expect(JSON.stringify(body)).not.toContain('hidden');
  const nobody = (await call('Proto', {}, 'nobody-token')).body;
  expect(JSON.stringify(nobody)).not.toContain('spec');
});

test('every list of the service is known', async () => {
  await start();
  const lists = ENDPOINTS.filter(
    ({ path, access }) => path.startsWith(SERVICE) && access === 'filtered',
  ).map(({ path }) => path.slice(SERVICE.length + 1));
  expect(lists).toContain('ListFeatureViews');
  for (const list of lists) {
    if (list === 'GetDatasetJobStatus') continue;
    const { code } = await call(list, { project: PROJECT }, 'nobody-token');
    expect(`${list} ${code}`).toBe(`${list} 0`);
  }
});

test('lists of no project are not given', async () => {
  await start();
  for (const [list] of LISTS.filter(([name]) => name !== 'ListProjects')) {
    for (const message of [{}, { project: '' }, { project: [PROJECT] }]) {
      expect((await call(list, message, 'reader-token')).code).toBe(3);
    }
  }
  expect(handled).toEqual([]);
});

test.each(['*', 'nosuch', PROJECT.toUpperCase(), `${PROJECT} `])(
  'lists of the project %j, which is not there, show nothing',
  async (project) => {
    await start();
    for (const [list, , field, types, item] of LISTS) {
      if (list === 'ListProjects') continue;
      const named = namesOf(types).map(item) as Record<string, unknown>[];
      answer = {
        [field]: named.map((one) =>
          'spec' in one
            ? { spec: { ...(one['spec'] as object), project } }
            : { ...one, project: '' },
        ),
      };
      const { code, body } = await call(list, { project }, 'reader-token');
      expect({ list, code, body }).toEqual({ list, code: 0, body: { [field]: [] } });
    }
  },
);

test('an answer that cannot be looked into is not given, and the log is told', async () => {
  const errors: unknown[] = [];
  await start(gates.gate, (error) => errors.push(String(error)));
  for (const unreadable of ['text', 5, { feature_views: { 0: inSpec('untagged_view') } }]) {
    answer = unreadable;
    const { code, body } = await call('ListFeatureViews', { project: PROJECT }, 'reader-token');
    expect({ code, body }).toEqual({ code: 13, body: {} });
  }
  expect(errors).toHaveLength(3);
  expect(new Set(errors)).toEqual(
    new Set([`TypeError: the answer of ${SERVICE}/ListFeatureViews cannot be read`]),
  );
});

test('the state of a job is for who may see its data set', async () => {
  await start();
  answer = { job_id: 'j', dataset_name: 'training_credit_v1', project: PROJECT };
  const caller = await gates.gate.authenticate('Bearer reader-token');
  const dataset = { type: 'SavedDataset', name: 'training_credit_v1', project: PROJECT } as const;
  const expected = caller.can('DESCRIBE', dataset) ? 0 : 7;
  expect((await call('GetDatasetJobStatus', { job_id: 'j' }, 'reader-token')).code).toBe(expected);
  expect((await call('GetDatasetJobStatus', { job_id: 'j' }, 'nobody-token')).code).toBe(7);
});

const REQUIRED = ENDPOINTS.filter(
  ({ path, access }) => path.startsWith(SERVICE) && access === 'required',
);

/** A request that an endpoint takes, about something that is in the registry. */
function requestTo({ path, types, nameField = 'name', messages }: Endpoint): unknown {
  const [name = 'new'] = types.includes('Project') ? [PROJECT] : namesOf(types);
  const fields = { name, project: PROJECT, [nameField]: name, entity_source_type: 'inline' };
  if (path.endsWith('/ApplyMaterialization')) return { ...fields, feature_view: inSpec(name) };
  const [[field, type] = []] = messages ?? [];
  if (field === undefined || type === undefined) return fields;
  const isFlat = type === 'DataSource' || type === 'ValidationReference';
  return { ...fields, [field]: isFlat ? flat(name) : inSpec(name) };
}

test.each(REQUIRED.map((endpoint) => [endpoint.path.slice(SERVICE.length + 1), endpoint] as const))(
  '%s is refused without a permission, and allowed to who may do everything',
  async (method, endpoint) => {
    await start();
    expect((await call(method, requestTo(endpoint), 'nobody-token')).code).toBe(7);
    expect(handled).toEqual([]);
    await server.close();
    const all = { ...delegate(gates.gate), authenticate: async () => allPowerful() };
    await start(all);
    expect((await call(method, requestTo(endpoint), 'any')).code).toBe(0);
    expect(handled).toEqual([method]);
  },
);

describe('writes', () => {
  const view = (name: string): unknown => inSpec(name);

  test.each([
    ['ApplyFeatureView', { feature_view: view('new_view'), project: PROJECT }, 7],
    [
      'ApplyFeatureView',
      { baseFeatureView: { case: 'featureView', value: view('new_view') }, project: PROJECT },
      7,
    ],
    ['ApplyFeatureView', { project: PROJECT }, 3],
    ['ApplyFeatureView', { feature_view: view('a'), label_view: view('b'), project: PROJECT }, 3],
    ['ApplyFeatureView', { feature_view: view('a'), featureView: view('b'), project: PROJECT }, 3],
    ['ApplyFeatureView', { feature_view: view('a'), project: 'nosuch' }, 3],
    ['ApplyFeatureView', { feature_view: { spec: { name: 'a' } }, project: 'nosuch' }, 7],
    ['ApplyFeatureView', { feature_view: { spec: { name: '' } }, project: PROJECT }, 3],
    ['DeleteFeatureView', { name: 'untagged_view', project: PROJECT }, 7],
    ['DeleteFeatureView', { name: '', project: PROJECT }, 3],
    ['DeleteFeatureView', { name: 'untagged_view' }, 3],
    ['Commit', {}, 7],
    ['Refresh', { project: PROJECT }, 7],
    ['ApplyProject', { project: { spec: { name: 'mine' } } }, 7],
  ])('%s %j is refused', async (method, message, code) => {
    await start();
    expect((await call(method, message, 'nobody-token')).code).toBe(code);
    expect((await call(method, message)).code).toBe(16);
    expect(handled).toEqual([]);
  });

  test('reach their handler with permission, tags as a map or as pairs', async () => {
    const admin = { username: 'root', roles: ['feast-admin'] };
    const caller = await gates.gate.authenticate('Bearer reader-token');
    expect(caller.can('DELETE', { type: 'FeatureView', name: 'untagged_view' })).toBe(false);
    await start({ ...delegate(gates.gate), authenticate: async () => callerFor(admin) });
    const tags = [{}, { team: 'risk' }, [{ key: 'team', value: 'risk' }]];
    for (const one of tags) {
      const message = {
        data_source: { name: 'transactions_source', project: PROJECT, tags: one },
        project: PROJECT,
      };
      expect((await call('ApplyDataSource', message, 'any')).code).toBe(0);
    }
    expect(handled).toEqual(['ApplyDataSource', 'ApplyDataSource', 'ApplyDataSource']);
  });
});

test('a gate that was not told of the registry lets nothing through', async () => {
  await start({ ...delegate(gates.gate), relations: undefined });
  const get = { name: 'untagged_view', project: PROJECT };
  expect((await call('GetFeatureView', get, 'reader-token')).code).toBe(13);
  expect((await call('ListFeatureViews', { project: PROJECT }, 'reader-token')).code).toBe(13);
  expect(handled).toEqual([]);
});

function delegate(gate: Gate): Gate {
  return {
    warnings: [],
    relations: gate.relations,
    authenticate: (authorization) => gate.authenticate(authorization),
    authorize: (...given) => gate.authorize(...given),
    check: (request) => gate.check(request),
    refuse: (error) => gate.refuse(error),
  };
}

async function callerFor(subject: Subject): Promise<Caller> {
  const { snapshotOptions } = await loadFeatureStore(
    'examples/credit_scoring/feature_store_oidc.yaml',
  );
  return createAuthorizer(snapshotOptions).for(subject);
}

function allPowerful(): Caller {
  const permission = definePermission({
    name: 'everything',
    project: PROJECT,
    actions: [...ALL_ACTIONS],
    policy: roles('root'),
  });
  const authorizer = createAuthorizer({
    auth: { type: 'oidc' },
    defaultProject: PROJECT,
    permissions: [permission],
  });
  return authorizer.for({ username: 'root', roles: ['root'] });
}

test('under no_auth an answer is given as it is, and nothing is looked up', async () => {
  const open = createGate({
    authenticator: { authenticate: async () => null },
    authorizer: createAuthorizer({ permissions: [], auth: { type: 'no_auth' } }),
    relations: gates.gate.relations,
    telemetry: false,
  });
  await start(open);
  answer = { feature_views: [{}, inSpec('nosuch')], pagination: { total_count: 2 } };
  const list = await call('ListFeatureViews', { project: 'nosuch' });
  expect(list).toEqual({ code: 0, body: answer });
  for (const method of ['Refresh', 'GetFeatureView', 'DeleteProject', 'ApplyEntity', 'Commit']) {
    expect((await call(method, { project: 'nosuch', name: 7 })).code).toBe(0);
  }
});
