import { expect, test } from 'vitest';
import { toFeastStatus } from '../../../src/adapters/grpc/feast-status.js';

test.each([
  [7, 'FeastPermissionError'],
  [5, 'FeastObjectNotFoundException'],
])('code %i is what Feast raises as %s', (code, name) => {
  const { details, ...rest } = toFeastStatus({ code, details: 'not permitted: "é" } {' });
  expect(rest).toEqual({ code });
  expect(JSON.parse(details)).toEqual({
    module: 'feast.errors',
    class: name,
    message: 'not permitted: "é" } {',
  });
});

test.each([1, 2, 3, 13, 14, 16])('code %i stays as it is', (code) => {
  const status = { code, details: 'the call failed' };
  expect(toFeastStatus(status, 'Flight error: ')).toBe(status);
});

test('the JSON stands behind what a client looks for, and is never cut', () => {
  const { details } = toFeastStatus({ code: 7, details: '"'.repeat(5000) }, 'Flight error: ');
  expect(details).toMatch(/^Flight error: \{/);
  expect(JSON.parse(details.slice('Flight error: '.length))).toMatchObject({
    message: '"'.repeat(512),
  });
});
