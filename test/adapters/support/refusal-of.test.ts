import { beforeAll, describe, expect, test } from 'vitest';
import { refusalOf } from '../../../src/adapters/support/refusal-of.js';
import type { Gate, Refusal } from '../../../src/gate/index.js';
import { createTestGate } from './serve.js';

let gate: Gate;
beforeAll(async () => {
  gate = await createTestGate();
});

describe('refusalOf', () => {
  const fits: Refusal = {
    status: 403,
    headers: { 'x-a': 'b' },
    body: '{}',
    grpc: { code: 7, message: '' },
  };
  const saying = (refusal: unknown): Gate => ({ ...gate, refuse: () => refusal as Refusal });

  test('passes on what the gate says', async () => {
    expect(await refusalOf(saying(fits), new Error('x'))).toBe(fits);
  });

  test.each<readonly [string, unknown]>([
    ['a success', { ...fits, status: 204 }],
    ['a status that is none', { ...fits, status: 403.5 }],
    ['a status too high', { ...fits, status: 600 }],
    ['a status in words', { ...fits, status: '403' }],
    ['a body that is no text', { ...fits, body: {} }],
    ['no headers', { ...fits, headers: null }],
    ['a header that splits the answer', { ...fits, headers: { 'x-a': 'b\r\nset-cookie: c' } }],
    ['a header without a name', { ...fits, headers: { '': 'b' } }],
    ['a header that is a list', { ...fits, headers: { 'x-a': ['b'] } }],
    ['a word', 'no'],
  ])('answers 500 in place of %s', async (_name, refusal) => {
    expect(await refusalOf(saying(refusal), new Error('x'))).toMatchObject({ status: 500 });
  });

  test('waits for no log, one that fails or never ends included', async () => {
    const told: unknown[] = [];
    const error = new Error('x');
    const refusal = await refusalOf(undefined, error, (one) => {
      told.push(one);
      return Promise.reject(new Error('full'));
    });
    expect(refusal.status).toBe(500);
    expect(told).toEqual([error]);
    expect(await refusalOf(undefined, error, () => new Promise(() => {}))).toEqual(refusal);
  });
});
