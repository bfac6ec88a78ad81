import { beforeAll, describe, expect, test } from 'vitest';
import {
  createEndpointRules,
  feastEndpoint,
} from '../../../src/adapters/support/feast-endpoint.js';
import { requirementsOfRule } from '../../../src/adapters/support/route-rule.js';
import type { Gate } from '../../../src/gate/index.js';
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
