import { expect, test, vi } from 'vitest';
import { createUnguardedCheck } from '../../../src/adapters/support/adapter-options.js';

test.each([
  ['refuse', 'refuse'],
  ['report', 'serve'],
] as const)('with `%s` each route that says nothing is told once', (unguarded, outcome) => {
  const onUnguarded = vi.fn<(route: string) => void>();
  const check = createUnguardedCheck({ unguarded, onUnguarded });
  for (const method of ['ApplyNewThing', 'ListNewThings', 'ApplyNewThing']) {
    expect(check(`/feast.registry.RegistryServer/${method}`)).toBe(outcome);
  }
  expect(onUnguarded.mock.calls).toEqual([
    ['/feast.registry.RegistryServer/ApplyNewThing'],
    ['/feast.registry.RegistryServer/ListNewThings'],
  ]);
});

test('with `allow` nothing is told', () => {
  const onUnguarded = vi.fn<(route: string) => void>();
  expect(createUnguardedCheck({ unguarded: 'allow', onUnguarded })('GET /new')).toBe('serve');
  expect(onUnguarded).not.toHaveBeenCalled();
});

test('a route that is refused is told to no other log', () => {
  const fallback = vi.fn<(route: string) => void>();
  expect(createUnguardedCheck({}, fallback)('GET /new')).toBe('refuse');
  expect(fallback).not.toHaveBeenCalled();
});

test('what a report throws refuses all the same', () => {
  const onUnguarded = () => {
    throw new Error('full');
  };
  expect(createUnguardedCheck({ onUnguarded })('GET /new')).toBe('refuse');
});
