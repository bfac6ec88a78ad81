import { beforeAll, describe, expect, test } from 'vitest';
import { requirementsOfRule, requires } from '../../../src/adapters/support/route-rule.js';
import type { Gate } from '../../../src/gate/index.js';
import { RequestInvalidError } from '../../../src/model/index.js';
import { createTestGate } from './serve.js';

const VIEW = { type: 'FeatureView', name: 'untagged_view' } as const;
const NO_INPUT = { body: undefined, params: {}, query: {}, url: '/', contentType: undefined };

let gate: Gate;
beforeAll(async () => {
  gate = await createTestGate();
});

describe('requirementsOfRule', () => {
  test('asks in the order of the rules, and of each', async () => {
    const rule = [
      requires('READ_ONLINE', VIEW),
      requires<string>(['DESCRIBE'], async (request) => [{ ...VIEW, name: request }]),
    ];
    expect(await requirementsOfRule(rule, 'of the request', NO_INPUT, gate)).toEqual([
      { actions: 'READ_ONLINE', resources: VIEW },
      { actions: ['DESCRIBE'], resources: [{ ...VIEW, name: 'of the request' }] },
    ]);
  });

  test('asks for no more than a request may name', async () => {
    const rule = requires<number>('READ_ONLINE', (length) => Array.from({ length }, () => VIEW));
    const [most] = await requirementsOfRule(rule, 10_000, NO_INPUT, gate);
    expect(most).toHaveProperty('resources.length', 10_000);
    const more = (): unknown => requirementsOfRule(rule, 10_001, NO_INPUT, gate);
    expect(more).toThrow(RequestInvalidError);
  });

  test('does not let one that asks for nothing hide behind another', async () => {
    const rule = [requires('READ_ONLINE', VIEW), { requirementsOf: () => [] }];
    const ask = async (): Promise<unknown> => requirementsOfRule(rule, undefined, NO_INPUT, gate);
    await expect(ask()).rejects.toThrow(TypeError);
  });
});
