import { beforeAll, describe, expect, test } from 'vitest';
import {
  createEndpointRules,
  feastEndpoint,
} from '../../../src/adapters/support/feast-endpoint.js';
import { requirementsOfRule } from '../../../src/adapters/support/route-rule.js';
import type { Gate } from '../../../src/gate/index.js';
import { RequestInvalidError, ResourceNotFoundError } from '../../../src/model/index.js';
import { createTestGate } from './serve.js';

const NO_INPUT = { body: undefined, params: {}, query: {}, url: '/', contentType: undefined };

let gate: Gate;
beforeAll(async () => {
  gate = await createTestGate();
});

describe('feastEndpoint', () => {
  const ofProject = { project: 'credit_scoring' };

  test.each<readonly [method: string | readonly string[], path: string | undefined, unknown]>([
    ['GET', '/health', 'public'],
    ['HEAD', '/health', 'public'],
    ['GET', '/chat', 'public'],
    ['POST', '/chat', undefined],
    ['POST', '/push', expect.objectContaining({ mayRequireNothing: false })],
    ['GET', '/v1/vector_stores', expect.objectContaining({ mayRequireNothing: true })],
    ['GET', '/v1/vector_stores/:id', expect.objectContaining({ mayRequireNothing: false })],
    ['GET', '/v1/vector_stores/*', undefined],
    ['GET', '/v1/vector_stores/:id(\\d+)', undefined],
    ['GET', '/v1/vector_stores/:a-:b', undefined],
    ['GET', '/push', undefined],
    ['POST', '/PUSH', undefined],
    ['POST', '/push/', undefined],
    [['GET', 'POST'], '/push', undefined],
    ['POST', undefined, undefined],
  ])('%s %s', (method, path, rule) => {
    expect(createEndpointRules(gate, true)(method, path)).toEqual(rule);
    expect(createEndpointRules(gate)(method, path)).toBeUndefined();
  });

  test("reads the route's parameters under Feast's names, and own ones only", async () => {
    const rule = feastEndpoint('GET', '/v1/vector_stores/:store', ofProject);
    const ask = async (params: unknown) =>
      requirementsOfRule([rule], {}, { ...NO_INPUT, params }, gate);
    await expect(ask({ store: 'nosuch' })).rejects.toThrow('vector store `nosuch` is not known');
    for (const params of [undefined, null, {}, { vector_store_id: 'x' }, { store: ['x'] }]) {
      await expect(ask(params)).rejects.toThrow(TypeError);
    }
    await expect(ask(Object.create({ store: 'nosuch' }))).rejects.toThrow('has no parameter');
  });

  test('asks for the views of a push', async () => {
    const contentType = 'application/json';
    const body = { push_source_name: 'transactions_push', df: {}, to: 'offline' };
    const rule = feastEndpoint('POST', '/push', ofProject);
    expect(
      await requirementsOfRule([rule], {}, { ...NO_INPUT, body, contentType }, gate),
    ).toMatchObject([
      { actions: ['WRITE_OFFLINE'], resources: [{ name: 'transactions_push_view' }] },
    ]);
  });

  test('needs a gate that knows what refers to what', async () => {
    const without: Gate = { ...gate, relations: undefined };
    expect(() => createEndpointRules(without, true)).toThrow('option relations');
    const rule = feastEndpoint('POST', '/push', ofProject);
    expect(() => requirementsOfRule([rule], {}, NO_INPUT, without)).toThrow(TypeError);
  });
});

describe('the version of Feast that a gate guards', () => {
  const rest = { server: 'registry-rest' } as const;
  const older = (): Gate => ({ ...gate, relations: gate.relations, feastVersion: '0.66' });

  test('says which routes are known', () => {
    expect(createEndpointRules(gate, rest)('GET', '/version')).toBeDefined();
    expect(createEndpointRules(older(), rest)('GET', '/version')).toBeUndefined();
  });

  test('says what a route asks for', async () => {
    const rule = feastEndpoint('POST', '/monitoring/compute', rest);
    const body = { project: 'credit_scoring' };
    const input = { ...NO_INPUT, body, contentType: 'application/json' };
    const ask = async (by: Gate) => requirementsOfRule(rule, {}, input, by);
    expect(await ask(gate)).toMatchObject([{ actions: ['UPDATE'], someOf: expect.any(Array) }]);
    const [whole] = await ask(older());
    expect(whole).toMatchObject({ actions: ['UPDATE'], resources: expect.any(Array) });
  });

  test('a route that it does not have is not found', async () => {
    const rule = feastEndpoint('GET', '/version', rest);
    expect(await requirementsOfRule(rule, {}, NO_INPUT, gate)).toEqual([]);
    const ask = async () => requirementsOfRule(rule, {}, NO_INPUT, older());
    await expect(ask()).rejects.toThrow(ResourceNotFoundError);
  });

  test('a body and a query that name different projects are refused', async () => {
    const rule = feastEndpoint('POST', '/monitoring/compute', rest);
    const body = { project: 'credit_scoring' };
    const query = { project: 'fraud_detection' };
    const url = '/monitoring/compute?project=fraud_detection';
    const input = { ...NO_INPUT, body, query, url, contentType: 'application/json' };
    const ask = async () => requirementsOfRule(rule, {}, input, gate);
    await expect(ask()).rejects.toThrow(RequestInvalidError);
  });
});
