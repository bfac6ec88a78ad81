import { beforeEach, describe, expect, test } from 'vitest';
import {
  type Caller,
  ENDPOINTS,
  type Endpoint,
  filterAnswer,
  findEndpoint,
} from '../../../src/gate/index.js';
import type { Vocabulary } from '../../../src/model/index.js';
import { CREDIT_RELATIONS } from './ask-endpoint.js';

// All tests of one turn of the event loop would share one slice of time.
beforeEach(() => new Promise<void>((resolve) => setImmediate(resolve)));

const GATE = { relations: CREDIT_RELATIONS };
const PROJECT = 'credit_scoring';
const REGISTRY = ENDPOINTS.filter(({ server }) => server.startsWith('registry'));
const titleOf = ({ server, method, path }: Endpoint): string => `${server} ${method} ${path}`;

/**
 * A caller who may describe what is named. `Type:name` in the project of the tests, or
 * `Type:project/name`.
 */
function callerWho(...describable: readonly string[]): Caller<Vocabulary> {
  const can = (action: string, { type, name, project }: Record<string, string | undefined>) =>
    action === 'DESCRIBE' &&
    describable.includes(`${type}:${project === PROJECT ? '' : `${project}/`}${name}`);
  const assert = (action: string, resources: readonly Record<string, string>[]): void => {
    if (resources.every((one) => can(action, one))) return;
    throw new Error('refused');
  };
  return { can, assert } as unknown as Caller<Vocabulary>;
}

function endpointAt(path: string, server: 'online' | 'registry-rest' = 'registry-rest'): Endpoint {
  const found = findEndpoint(server, 'GET', path);
  if (found === undefined) throw new TypeError(path);
  return found.endpoint;
}

/** Waits for the filter, which goes on in a later slice of time on a busy machine. */
const filterAt = async (
  path: string,
  answer: unknown,
  caller: Caller<Vocabulary> | undefined,
  project: string | undefined = PROJECT,
): Promise<unknown> => filterAnswer(GATE, endpointAt(path), answer, { caller, project });

describe('endpoints of the registry servers', () => {
  /** Reads that do not name the one object that is answered. */
  const several = REGISTRY.filter(
    ({ access, actions, resources }) =>
      access === 'filtered' ||
      (access === 'required' &&
        actions.join() === 'DESCRIBE' &&
        resources !== 'object' &&
        resources !== 'namedProject'),
  );

  test('of several objects are more than fifty', () => {
    expect(several.length).toBeGreaterThan(50);
  });

  test.each(several.map((endpoint) => [titleOf(endpoint), endpoint] as const))(
    '%s filters its answer, or says why not',
    (_, { answer, unfiltered, types }) => {
      expect(unfiltered === undefined).toBe(answer !== undefined);
      if (answer === undefined) return;
      const objects = answer.one === undefined ? answer.lists : [answer.one];
      expect(objects.length).toBeGreaterThan(0);
      const listed = new Set(objects.flatMap((one) => one.types));
      // A job is about its project where it is not about a view.
      const inPlace = objects.some((one) => one.place === 'monitoring job') ? ['Project'] : [];
      expect([...listed, ...inPlace]).toEqual(expect.arrayContaining([...types]));
    },
  );

  /**
   * Methods of Feast 0.67.0 whose answer repeats a message, in its definition; rows of data aside.
   */
  test.each([
    ['ListEntities', 'entities'],
    ['ListDataSources', 'data_sources'],
    ['ListFeatureViews', 'feature_views'],
    ['ListAllFeatureViews', 'feature_views'],
    ['ListOnDemandFeatureViews', 'on_demand_feature_views'],
    ['ListStreamFeatureViews', 'stream_feature_views'],
    ['ListLabelViews', 'label_views'],
    ['ListFeatureServices', 'feature_services'],
    ['ListSavedDatasets', 'saved_datasets'],
    ['ListDatasetJobs', 'jobs'],
    ['ListValidationReferences', 'validation_references'],
    ['ListPermissions', 'permissions'],
    ['ListProjects', 'projects'],
    ['ListFeatures', 'features'],
    ['ListProjectMetadata', undefined],
    ['GetRegistryLineage', undefined],
    ['GetObjectRelationships', undefined],
  ])('%s lists %s', (method, field) => {
    const path = `/feast.registry.RegistryServer/${method}`;
    const endpoint = findEndpoint('registry-grpc', 'POST', path)?.endpoint;
    expect(endpoint?.answer?.lists.map((list) => list.field)).toEqual(field && [field]);
    expect(endpoint?.unfiltered === undefined).toBe(field !== undefined);
  });
});

describe('an answer of the REST registry server', () => {
  const entity = (name: string, more: object = {}): unknown => ({ spec: { name }, ...more });

  test('shows the objects that the caller may describe, and no totals', async () => {
    const answer = {
      entities: [entity('user'), entity('account'), entity(''), {}, null, 'user'],
      pagination: { page: 2, limit: 50, totalCount: 99, totalPages: 2, hasPrevious: true },
      secret: 'hidden',
    };
    expect(await filterAt('/entities', answer, callerWho('Entity:user'))).toEqual({
      entities: [entity('user')],
      pagination: { page: 2, limit: 50, totalCount: 0, totalPages: 0, hasPrevious: true },
      secret: '',
    });
  });

  test('is left as it is by the filter, which makes another one', async () => {
    const answer = { entities: [entity('account')] };
    await filterAt('/entities', answer, callerWho());
    expect(answer).toEqual({ entities: [entity('account')] });
  });

  test('about all projects is filtered by the project that each object names', async () => {
    const of = (project: string): unknown => entity('user', { project });
    const answer = { entities: [of('alpha'), of('beta')] };
    const shown = await filterAt('/entities/all', answer, callerWho('Entity:beta/user'), undefined);
    expect(shown).toEqual({ entities: [of('beta')] });
  });

  test('hides an object that names two projects', async () => {
    const twice = { spec: { name: 'user', project: 'alpha' }, project: 'beta' };
    const caller = callerWho('Entity:alpha/user', 'Entity:beta/user');
    expect(await filterAt('/entities/all', { entities: [twice] }, caller)).toEqual({
      entities: [],
    });
  });

  test('shows views by their `type`, and hides those of an unknown one', async () => {
    const view = (type: string, name: string): unknown => ({ type, spec: { name } });
    const featureViews = [
      view('onDemandFeatureView', 'ratio'),
      view('labelView', 'labels'),
      view('tableView', 'ratio'),
      { spec: { name: 'ratio' } },
    ];
    const caller = callerWho('OnDemandFeatureView:ratio');
    expect(await filterAt('/feature_views', { featureViews }, caller)).toEqual({
      featureViews: [view('onDemandFeatureView', 'ratio')],
    });
  });

  test('shows features and labels to callers who may describe their view', async () => {
    const feature = (featureView: string): unknown => ({ name: 'amount', featureView });
    const items = [feature('open'), feature('shut')];
    const caller = callerWho(
      ...['FeatureView', 'BatchFeatureView', 'StreamFeatureView', 'OnDemandFeatureView'].map(
        (type) => `${type}:open`,
      ),
      'LabelView:open',
    );
    const open = [feature('open')];
    expect(await filterAt('/features', { features: items }, caller)).toEqual({ features: open });
    expect(await filterAt('/labels', { labels: items }, caller)).toEqual({ labels: open });
    const jobs = await filterAt('/materialization_jobs', { jobs: items }, caller);
    expect(jobs).toEqual({ jobs: open });
  });

  test('of a search shows what is found by its type, and the projects that may be described', async () => {
    const found = (type: string, more: object): unknown => ({ type, project: PROJECT, ...more });
    const service = found('featureService', { name: 'scores' });
    const label = found('label', { name: 'is_fraud', labelView: 'labels' });
    const answer = {
      query: 'score',
      projects_searched: [PROJECT, 'beta'],
      results: [
        service,
        found('featureService', { name: 'hidden' }),
        label,
        found('label', { name: 'labels', labelView: 'hidden' }),
        found('unknown', { name: 'scores' }),
      ],
      errors: ["Error getting resources for project 'beta'"],
    };
    const caller = callerWho('FeatureService:scores', 'LabelView:labels', `Project:${PROJECT}`);
    expect(await filterAt('/search', answer, caller, undefined)).toEqual({
      query: 'score',
      projects_searched: [PROJECT],
      results: [service, label],
      errors: [],
    });
  });

  test('shows relationships to callers who may describe the project', async () => {
    const answer = { entities: [], relationships: { user: [{ target: { name: 'orders' } }] } };
    const reader = callerWho(`Project:${PROJECT}`);
    expect(await filterAt('/entities', answer, reader)).toEqual(answer);
    expect(await filterAt('/entities', answer, callerWho())).toEqual({ entities: [] });
  });

  test('about all projects shows relationships to callers who may describe all of them', async () => {
    const answer = { entities: [], relationships: { user: [] } };
    const { projects } = CREDIT_RELATIONS;
    expect(projects.length).toBeGreaterThan(1);
    const names = projects.map((name) => `Project:${name === PROJECT ? '' : `${name}/`}${name}`);
    const ask = (caller: Caller<Vocabulary>): unknown =>
      filterAt('/entities/all', answer, caller, undefined);
    expect(await ask(callerWho(...names))).toEqual(answer);
    expect(await ask(callerWho(...names.slice(1)))).toEqual({ entities: [] });
  });

  test('about one job is refused as a whole', async () => {
    const job = { job_id: '1', dataset_name: 'training', project: PROJECT, status: 'done' };
    const caller = callerWho('SavedDataset:training');
    expect(await filterAt('/saved_datasets/jobs/1', job, caller)).toBe(job);
    await expect(filterAt('/saved_datasets/jobs/1', job, callerWho())).rejects.toThrow('refused');
  });
});

test('the list of vector stores is filtered by the views behind their IDs', async () => {
  const { type, name } = { type: 'FeatureView', name: 'documents' } as const;
  const store = { id: 'vs_1', view: { type, name, project: PROJECT } };
  const answer = { object: 'list', data: [{ id: store.id }, { id: 'vs_unknown' }, {}] };
  const vectorStores = (project: string) => (project === PROJECT ? [store] : []);
  const gate = { relations: { ...CREDIT_RELATIONS, vectorStores }, project: PROJECT };
  const endpoint = endpointAt('/v1/vector_stores', 'online');
  const ask = (caller: Caller<Vocabulary>): unknown =>
    filterAnswer(gate, endpoint, answer, { caller });
  expect(await ask(callerWho(`${type}:${name}`))).toEqual({
    object: 'list',
    data: [{ id: store.id }],
  });
  expect(await ask(callerWho())).toEqual({ object: 'list', data: [] });
});

describe('an answer is not shown', () => {
  const answer = { entities: [{ spec: { name: 'user' } }] };
  const caller = callerWho('Entity:user');

  test('without a caller', async () => {
    await expect(filterAt('/entities', answer, undefined)).rejects.toThrow('`caller` is missing');
  });

  test('by a gate without relations', () => {
    const show = () => filterAnswer({}, endpointAt('/entities'), answer, { caller });
    expect(show).toThrow('a gate with option relations');
  });

  test.each(['/metrics/resource_counts', '/lineage/registry', '/entities/user'])(
    'where the endpoint has no filter: %s',
    async (path) => {
      expect(await filterAt(path, answer, caller)).toBeUndefined();
    },
  );

  test.each([[undefined], [null], ['text'], [new Uint8Array(2)], [{ entities: 'user' }]])(
    'where it cannot be looked into: %j',
    async (odd) => {
      expect(await filterAt('/entities', odd, caller)).toBeUndefined();
    },
  );
});

test('under `no_auth` an answer is shown as it is', () => {
  const answer = { entities: [{ spec: { name: 'user' } }] };
  const gate = { ...GATE, enforced: false };
  const shown = filterAnswer(gate, endpointAt('/entities'), answer, { caller: undefined });
  expect(shown).toBe(answer);
});
