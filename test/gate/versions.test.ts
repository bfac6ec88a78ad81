import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  type AnyRequirement,
  createGate,
  type FoundEndpoint,
  findEndpoint,
  type RequirementOptions,
  requirementsOf,
} from '../../src/gate/index.js';
import { createAuthorizer, definePermission, roles } from '../../src/index.js';
import type { AuthzError } from '../../src/model/index.js';
import { type RegistryRelations, readRegistryFile } from '../../src/registry/index.js';

interface RecordedRow {
  readonly role: string;
  readonly features?: readonly string[];
  readonly feature_views?: readonly string[];
  readonly version?: string | null;
  readonly outcome: string;
}

const FOLDER = 'test/conformance/registries/versions';
const PROJECT = 'versions';
const { rows } = JSON.parse(readFileSync(`${FOLDER}/versions.json`, 'utf8')) as {
  readonly rows: readonly RecordedRow[];
};
const { permissions, resources, relations } = await readRegistryFile(`${FOLDER}/registry.db`);
const known = relations as RegistryRelations;

/** The statuses that the names of Feast's errors stand for. */
const STATUSES: Readonly<Record<string, number>> = {
  allowed: 200,
  FeastPermissionError: 403,
  FeatureViewVersionNotFound: 404,
  FeatureViewNotFoundException: 404,
  ValueError: 422,
};

function needsOf(
  path: string,
  body: object,
  options: RequirementOptions = {},
  server: 'online' | 'registry-grpc' | 'offline' = 'online',
): readonly AnyRequirement[] {
  const method = server === 'offline' ? 'DoGet' : 'POST';
  const { endpoint } = findEndpoint(server, method, path) as FoundEndpoint;
  return requirementsOf(endpoint, { body }, known, { project: PROJECT, ...options });
}

/** The status of a request by somebody with a role. */
async function statusOf(
  role: string,
  needs: () => readonly AnyRequirement[],
  given: Partial<Parameters<typeof createAuthorizer>[0]> = {},
): Promise<number> {
  const gate = createGate({
    authenticator: { authenticate: async () => ({ username: role, roles: [role] }) },
    authorizer: createAuthorizer({
      permissions,
      resources,
      defaultProject: PROJECT,
      ...given,
    } as Parameters<typeof createAuthorizer>[0]),
    telemetry: false,
  });
  const caller = await gate.authenticate('Bearer x');
  try {
    gate.authorize(caller, needs());
    return 200;
  } catch (error) {
    return gate.refuse(error as AuthzError).status;
  }
}

const ask = ({ features, feature_views, version }: RecordedRow) =>
  features === undefined
    ? () => needsOf('/materialize', { feature_views, version })
    : () => needsOf('/get-online-features', { features });

describe('requests about versions that Feast was asked', () => {
  test.each(rows)('$role: $features $feature_views $version', async (row) => {
    const { role, features = [], feature_views = [], version, outcome } = row;
    const theirs = STATUSES[outcome];
    const ours = await statusOf(role, ask(row));
    // As it is, the same view is asked for as well.
    const asItIs: RecordedRow = {
      role,
      outcome,
      ...(features.length > 0
        ? { features: features.map((one) => one.replace(/@v\d+:/i, ':')) }
        : { feature_views, version: null }),
    };
    const isVersion = features.join() !== asItIs.features?.join() || typeof version === 'string';
    const withoutVersion = isVersion ? await statusOf(role, ask(asItIs)) : 200;
    const isRefused = withoutVersion === 403 && theirs !== 422;
    expect({ ...row, status: ours }).toEqual({ ...row, status: isRefused ? 403 : theirs });
  });

  test('of each kind there are some', () => {
    expect(new Set(rows.map(({ outcome }) => STATUSES[outcome]))).toEqual(
      new Set([200, 403, 404, 422]),
    );
  });
});

describe('a version by its tags', () => {
  const open = definePermission({
    name: 'open',
    types: [],
    actions: ['READ_ONLINE', 'WRITE_ONLINE'],
    requiredTags: { class: 'open' },
    policy: roles('reader'),
    project: PROJECT,
  });
  const secret = definePermission({
    name: 'secret',
    types: [],
    actions: ['READ_ONLINE', 'WRITE_ONLINE'],
    requiredTags: { class: 'secret' },
    policy: roles('keeper'),
    project: PROJECT,
  });
  const given = { permissions: [open, secret] };

  test.each<[string, string, number]>([
    ['reader', 'car_size:length', 200],
    ['reader', 'car_size@v1:length', 200],
    ['reader', 'car_size@v0:length', 403],
    ['keeper', 'car_size@v0:length', 403],
    ['reader', 'car_score@v1:score', 200],
    ['reader', 'car_score@v0:score', 403],
    ['reader', 'car_score@v9:score', 404],
    ['keeper', 'car_score@v9:score', 403],
  ])('%s: %s: %i', async (role, feature, status) => {
    const needs = () => needsOf('/search', { features: [feature] });
    expect(await statusOf(role, needs, given)).toBe(status);
  });

  test('both roles together may read what each part asks for', async () => {
    const needs = () => needsOf('/search', { features: ['car_score@v0:score'] });
    const both = definePermission({ ...secret, name: 'both', policy: roles('reader') });
    expect(await statusOf('reader', needs, { permissions: [open, both] })).toBe(200);
  });
});

const format = (needs: readonly AnyRequirement[]): readonly string[] =>
  needs.map((need) => {
    if ('described' in need) return `then: ${[need.described].flat().map(one).join(' ')}`;
    if ('resources' in need) return [need.resources].flat().map(one).join(' ');
    return 'change' in need ? `change to ${one(need.change.proposed)}` : 'something else';
  });
const one = ({ type, name, tags }: { type: string; name: string; tags?: object | undefined }) =>
  `${type}:${name} ${tags === undefined ? '' : Object.values(tags).join()}`.trim();

describe('whatever takes a version', () => {
  const AS_IT_IS = [
    'OnDemandFeatureView:car_score open',
    'FeatureView:car_facts open',
    'FeatureView:car_owner secret',
  ];
  const ALL = [AS_IT_IS.join(' '), 'then: OnDemandFeatureView:car_score secret'];

  test('a service that pins one, where its views are asked for', () => {
    const body = { feature_service: 'cars_pinned' };
    expect(format(needsOf('/search', body))).toEqual(['FeatureService:cars_pinned']);
    const needs = needsOf('/search', body, { checkViews: true });
    expect(format(needs).slice(1)).toEqual(ALL);
    const unpinned = needsOf('/search', { feature_service: 'cars_now' }, { checkViews: true });
    expect(format(unpinned).slice(1)).toEqual([AS_IT_IS.slice(0, 2).join(' ')]);
  });

  test('training data over Arrow Flight', () => {
    const body = {
      project: PROJECT,
      feature_view_names: [],
      feature_refs: ['car_score@v0:score'],
    };
    expect(format(needsOf('get_historical_features', body, {}, 'offline'))).toEqual(ALL);
  });

  test.each([{ features: ['car_score@v0:score'] }, { feature_service_name: 'cars_pinned' }])(
    'a data set that is made of %j',
    (read) => {
      const path = '/feast.registry.RegistryServer/CreateDatasetFromRetrieval';
      const body = { ...read, project: PROJECT, name: 'new', entity_source_type: 'inline' };
      expect(format(needsOf(path, body, {}, 'registry-grpc')).slice(1)).toEqual(ALL);
    },
  );

  test('a view that is written with one becomes that', () => {
    const path = '/feast.registry.RegistryServer/ApplyFeatureView';
    const written = (version: string) => ({
      project: PROJECT,
      feature_view: { spec: { name: 'car_size', tags: { class: 'open' }, version } },
    });
    const needs = (version: string) => format(needsOf(path, written(version), {}, 'registry-grpc'));
    for (const version of ['', 'latest', 'v7']) {
      expect(needs(version)).toEqual(['change to FeatureView:car_size open']);
    }
    expect(needs('version0')).toEqual([
      'change to FeatureView:car_size open',
      'change to FeatureView:car_size secret',
    ]);
    expect(() => needs('newest')).toThrow('is not a version');
  });
});
