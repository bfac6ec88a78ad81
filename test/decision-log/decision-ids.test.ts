import { expect, it } from 'vitest';
import { DecisionIds } from '../../src/decision-log/decision-ids.js';

it('gives UUIDs of version 4, each once', () => {
  const ids = new DecisionIds();
  const given = Array.from({ length: 1000 }, () => ids.next());
  expect(new Set(given).size).toBe(1000);
  for (const id of given) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});

it('takes new random bits for each 256 IDs, and for each log', () => {
  const [one, other] = [new DecisionIds(), new DecisionIds()];
  const prefixes = Array.from({ length: 512 }, () => one.next().slice(0, -2));
  prefixes.push(other.next().slice(0, -2));
  expect(new Set(prefixes).size).toBe(3);
});
