import { create, toBinary } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { requirementsInSlices } from '../../../src/gate/endpoints/requirements-of.js';
import {
  createGate,
  type EndpointInput,
  type FeastServer,
  findEndpoint,
  requirementsAt,
  resourcesOf,
} from '../../../src/gate/index.js';
import {
  FeatureViewSchema,
  OnDemandFeatureViewSchema,
  VersionHistorySchema,
} from '../../../src/registry/gen/relations_pb.js';
import { createRelations, type EncodedObject } from '../../../src/registry/index.js';
import { countSlices } from '../../support/count-slices.js';
import { testAuthenticator, testAuthorizer, view } from '../gate-fixtures.js';

const numbered = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => make(index));

const PROJECT = { type: 'Project', name: 'p', project: 'p', tags: {} } as const;
const views = numbered(10_000, (index) => view(`view_${index}`));
const computed = numbered(60, (index) => view(`computed_${index}`, 'OnDemandFeatureView'));
const sources = views.slice(0, 1000);

function* objects(): Generator<EncodedObject> {
  const spec = {
    project: 'p',
    sources: sources.map(({ name }) => ({
      value: { source: { case: 'featureView' as const, value: { spec: { name } } } },
    })),
  };
  for (const { name } of computed) {
    const message = create(OnDemandFeatureViewSchema, { spec: { ...spec, name } });
    yield { list: 'on_demand_feature_views', bytes: toBinary(OnDemandFeatureViewSchema, message) };
  }
  const featureViewProto = toBinary(
    FeatureViewSchema,
    create(FeatureViewSchema, { spec: { name: 'view_0', project: 'p' } }),
  );
  const history = create(VersionHistorySchema, {
    records: [
      ...numbered(1000, (versionNumber) => ({
        featureViewName: 'view_0',
        projectId: 'p',
        featureViewType: 'feature_view',
        versionNumber,
        featureViewProto,
      })),
    ],
  });
  yield { list: 'feature_view_version_history', bytes: toBinary(VersionHistorySchema, history) };
}

const gateOf = (resources: Parameters<typeof createRelations>[0]) =>
  createGate({
    authenticator: testAuthenticator(),
    authorizer: testAuthorizer(),
    relations: createRelations(resources, objects),
    project: 'p',
    telemetry: false,
  });
const gate = gateOf([PROJECT, ...views, ...computed]);
const projects = numbered(20_000, (index) => ({
  type: 'Project' as const,
  name: `project_${index}`,
  project: `project_${index}`,
  tags: {},
}));
const manyProjects = gateOf([PROJECT, ...projects]);

function ask(
  server: FeastServer,
  path: string,
  input: EndpointInput,
  one = gate,
): Promise<{ readonly count: number; readonly slices: number }> {
  const endpoint = findEndpoint(server, input.body === undefined ? 'GET' : 'POST', path)?.endpoint;
  if (endpoint === undefined) throw new TypeError(path);
  return countSlices(() => requirementsInSlices(one, endpoint, input)).then(
    ({ result, slices }) => {
      expect(result).toEqual(requirementsAt(one, endpoint, input));
      return { count: result.flatMap(resourcesOf).length, slices };
    },
  );
}

const ONLINE = '/get-online-features';
const features = (names: readonly { readonly name: string }[]) => ({
  body: { features: names.map(({ name }) => `${name}:feature`) },
});

describe('requirementsInSlices', () => {
  test('answers at once for a few views', async () => {
    expect(await ask('online', ONLINE, features(views.slice(0, 100)))).toEqual({
      count: 100,
      slices: 1,
    });
  });

  test('pauses between on-demand views with many sources', async () => {
    const { count, slices } = await ask('online', ONLINE, features(computed));
    expect(count).toBe(computed.length + sources.length);
    expect(slices).toBeGreaterThan(2);
  });

  test('pauses between versions of views', async () => {
    const body = { features: numbered(1000, (index) => `view_0@v${index}:feature`) };
    const { count, slices } = await ask('online', ONLINE, { body });
    expect(count).toBe(1001);
    expect(slices).toBeGreaterThan(2);
  });

  test('pauses between projects, for all that they hold and for changes to any of them', async () => {
    const everything = await ask('registry-rest', '/lineage/complete/all', {}, manyProjects);
    expect(everything).toMatchObject({ count: projects.length + 1 });
    expect(everything.slices).toBeGreaterThan(3);
    const commit = await ask(
      'registry-grpc',
      '/feast.registry.RegistryServer/Commit',
      { body: {} },
      manyProjects,
    );
    expect(commit).toMatchObject({ count: 2 * (projects.length + 1) });
    expect(commit.slices).toBeGreaterThan(3);
  });
});
