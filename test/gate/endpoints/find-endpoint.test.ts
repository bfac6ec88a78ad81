import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ENDPOINTS,
  type Endpoint,
  endpointsOfFeast,
  FEAST_VERSIONS,
  type FeastServer,
  findEndpoint,
  requirementsOf,
} from '../../../src/gate/index.js';
import { CREDIT_RELATIONS } from './ask-endpoint.js';

const titleOf = ({ server, method, path }: Endpoint): string => `${server} ${method} ${path}`;

describe('paths', () => {
  test.each<[FeastServer, string, string, string]>([
    ['online', 'GET', '/health', '/health'],
    ['online', 'POST', '/push', '/push'],
    ['registry-rest', 'GET', '/feature_views/all', '/feature_views/all'],
    ['registry-rest', 'GET', '/feature_views/any', '/feature_views/{name}'],
    ['registry-rest', 'DELETE', '/feature_views/all', '/feature_views/{name}'],
    ['registry-rest', 'GET', '/saved_datasets/jobs', '/saved_datasets/jobs'],
    ['registry-rest', 'GET', '/saved_datasets/jobs/a', '/saved_datasets/jobs/{job_id}'],
    ['registry-rest', 'GET', '/features/a/b', '/features/{feature_view}/{name}'],
    ['registry-rest', 'GET', '/', '/'],
    ['registry-rest', 'GET', '/api/v1/entities', '/entities'],
    ['registry-rest', 'GET', '/api/v1/', '/'],
    ['lineage', 'POST', '/api/v1/lineage', '/lineage'],
  ])('%s %s %s is %s', (server, method, path, row) => {
    expect(findEndpoint(server, method, path)?.endpoint.path).toBe(row);
  });

  test('parameters are decoded once', () => {
    const found = findEndpoint('registry-rest', 'GET', '/features/a%20b/%C3%A9%2525');
    expect([...(found?.params ?? [])]).toEqual([
      ['feature_view', 'a b'],
      ['name', 'é%25'],
    ]);
  });

  test.each<[FeastServer, string, string]>([
    ['online', 'GET', '/nosuch'],
    ['online', 'GET', '/push'],
    ['online', 'HEAD', '/health'],
    ['online', 'post', '/push'],
    ['online', 'POST', 'push'],
    ['online', 'POST', '/push/'],
    ['online', 'POST', '//push'],
    ['online', 'POST', '/PUSH'],
    ['online', 'POST', '/%70ush'],
    ['online', 'POST', '/push?to=online'],
    ['online', 'POST', '/v1/../push'],
    ['online', 'GET', '/api/v1/health'],
    ['online', 'GET', '/ws/chat'],
    ['online', 'GET', '/v1/vector_stores/'],
    ['registry-rest', 'GET', '/feature_views/%61ll'],
    ['registry-rest', 'GET', '/feature_views/a%2Fb'],
    ['registry-rest', 'GET', '/feature_views/a%5Cb'],
    ['registry-rest', 'GET', '/feature_views/%2e%2e'],
    ['registry-rest', 'GET', '/feature_views/..'],
    ['registry-rest', 'GET', '/feature_views/.'],
    ['registry-rest', 'GET', '/feature_views/a%00'],
    ['registry-rest', 'GET', '/feature_views/a%0d%0a'],
    ['registry-rest', 'GET', '/feature_views/%'],
    ['registry-rest', 'GET', '/feature_views/%ff'],
    ['registry-rest', 'GET', '/feature_views//'],
    ['registry-rest', 'GET', '/feature_views/a/'],
    ['registry-rest', 'GET', `/feature_views/${'a'.repeat(20_000)}`],
    ['registry-rest', 'GET', '/api/v1/api/v1/entities'],
    ['registry-rest', 'PUT', '/entities'],
    ['registry-rest', 'POST', '/label_views'],
    ['registry-rest', 'GET', '/permissions/all/x'],
    ['offline', 'DoPut', ''],
    ['offline', 'DoPut', '__init__'],
    ['offline', 'DoGet', 'persist'],
    ['offline', 'DoAction', 'offline_write_batch'],
    ['offline', 'DoExchange', 'offline_write_batch'],
    ['offline', 'DoExchange', 'validate_data_source'],
    ['lineage', 'GET', '/entities'],
    ['nosuch' as FeastServer, 'GET', '/health'],
  ])('%s %s %s does not exist', (server, method, path) => {
    expect(findEndpoint(server, method, path)).toBeUndefined();
  });
});

/** Where events are reported, with an API key of the handler's, and for how long they are kept. */
const LINEAGE = ['POST /lineage', 'POST /lineage/batch', 'GET /lineage/openlineage/retention'];

describe('the rows', () => {
  test.each(FEAST_VERSIONS)('of Feast %s: no two are for one request', (version) => {
    const keys = endpointsOfFeast(version).map(titleOf);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('of one request have one access in all versions, so that a route has one rule', () => {
    const access = new Map(ENDPOINTS.map((row) => [titleOf(row), row.access]));
    const rows = FEAST_VERSIONS.flatMap((version) => endpointsOfFeast(version));
    const others = rows.filter((row) => (access.get(titleOf(row)) ?? row.access) !== row.access);
    expect(others.map(titleOf)).toEqual([]);
  });

  test('what is public is known by heart', () => {
    const open = ENDPOINTS.filter(({ access }) => access === 'public' || access === 'identity');
    expect(open.map(({ server, method, path }) => `${server} ${method} ${path}`)).toEqual([
      'online GET /health',
      'online GET /chat',
      'online POST /chat',
      'online GET /docs',
      'online GET /docs/oauth2-redirect',
      'online GET /redoc',
      'online GET /openapi.json',
      'offline ListActions ',
      'registry-grpc POST /grpc.health.v1.Health/Check',
      'registry-grpc POST /grpc.health.v1.Health/Watch',
      ...LINEAGE.map((path) => `registry-rest ${path}`),
      'registry-rest GET /version',
      'registry-rest GET /',
      'registry-rest GET /docs',
      'registry-rest GET /openapi.json',
      ...LINEAGE.map((path) => `lineage ${path}`),
      'lineage GET /',
      'lineage GET /docs',
      'lineage GET /openapi.json',
    ]);
  });

  test('no row can be changed', () => {
    expect(Object.isFrozen(ENDPOINTS)).toBe(true);
    expect(ENDPOINTS.every((row) => Object.isFrozen(row))).toBe(true);
  });

  test('whatever is said, what is required is never nothing', () => {
    const required = ENDPOINTS.filter(({ access }) => access === 'required');
    const name = fc.constantFrom('credit_scoring', 'untagged_view', 'driver', 'nosuch', '', 'a:b');
    const value = fc.oneof(
      name,
      fc.array(name, { maxLength: 3 }),
      fc.record({ spec: fc.record({ name }) }),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const fields = ['project', 'name', 'feature_view', 'feature_views', 'features', 'to', 'entity'];
    const body = fc.oneof(
      fc.dictionary(fc.constantFrom(...fields), value),
      fc.jsonValue({ maxDepth: 3 }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...required), body, (endpoint, said) => {
        const params = new Map([['name', 'driver']]);
        const query = new URLSearchParams({ project: 'credit_scoring' });
        try {
          const input = { body: said, params, query };
          const needs = requirementsOf(endpoint, input, CREDIT_RELATIONS, {
            project: 'credit_scoring',
          });
          expect(needs.length).toBeGreaterThan(0);
          for (const need of needs) {
            if ('someOf' in need) expect(need.someOf.length).toBeGreaterThan(0);
            if ('resources' in need) expect([need.resources].flat().length).toBeGreaterThan(0);
          }
        } catch (error) {
          expect(['ERR_REQUEST_INVALID', 'ERR_RESOURCE_NOT_FOUND']).toContain(
            (error as { code?: string }).code,
          );
        }
      }),
      { numRuns: 2000 },
    );
  });
});
