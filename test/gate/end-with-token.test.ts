import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { endWithToken } from '../../src/gate/index.js';
import { testAuthorizer, testGate } from './gate-fixtures.js';

const DAY = 86_400_000;
const NOW = 1_800_000_000_000;
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenWith = (claims: unknown): string => `Bearer ${part({ alg: 'RS256' })}.${part(claims)}.x`;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('expiryOf', () => {
  test.each([
    [tokenWith({ exp: 1_800_000_060 }), 1_800_000_060_000],
    [[tokenWith({ exp: 1_800_000_060 })], 1_800_000_060_000],
    [tokenWith({ exp: '1800000060' }), undefined],
    [tokenWith({}), undefined],
    ['Bearer opaque', undefined],
    [undefined, undefined],
    [[], undefined],
  ])('says when a token says that it ends: %s', (authorization, expected) => {
    expect(testGate().gate.expiryOf?.(authorization)).toBe(expected);
  });

  test('says of no token under `no_auth` that it ends, as none counts', () => {
    const { gate } = testGate({ authorizer: testAuthorizer('no_auth') });
    expect(gate.expiryOf?.(tokenWith({ exp: 1 }))).toBeUndefined();
  });
});

describe('endWithToken', () => {
  const gateOf = (expiresAt: number | undefined) => ({ expiryOf: () => expiresAt });

  test('calls once, when the token has ended', () => {
    const end = vi.fn<() => void>();
    endWithToken(gateOf(NOW + 60_000), 'x', end);
    vi.advanceTimersByTime(59_999);
    expect(end).not.toHaveBeenCalled();
    vi.advanceTimersByTime(DAY);
    expect(end).toHaveBeenCalledOnce();
  });

  test('waits for longer than one timer can', () => {
    const end = vi.fn<() => void>();
    endWithToken(gateOf(NOW + 60 * DAY), 'x', end);
    vi.advanceTimersByTime(60 * DAY - 1);
    expect(end).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(end).toHaveBeenCalledOnce();
  });

  test('leaves time after it, and says that it does', () => {
    const [end, onGrace] = [vi.fn<() => void>(), vi.fn<() => void>()];
    endWithToken(gateOf(NOW + 60_000), 'x', end, { graceSeconds: 10, onGrace });
    vi.advanceTimersByTime(60_000);
    expect([onGrace.mock.calls.length, end.mock.calls.length]).toEqual([1, 0]);
    vi.advanceTimersByTime(10_000);
    expect([onGrace.mock.calls.length, end.mock.calls.length]).toEqual([1, 1]);
  });

  test.each([0, 30_000])('calls nothing once it is forgotten, after %d ms', (after) => {
    const [end, onGrace] = [vi.fn<() => void>(), vi.fn<() => void>()];
    const expiresAt = NOW + 10_000;
    const stop = endWithToken(gateOf(expiresAt), 'x', end, { graceSeconds: 60, onGrace });
    vi.advanceTimersByTime(after);
    stop();
    vi.advanceTimersByTime(DAY);
    expect(end).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('never ends with an infinite time of grace, and says that it goes on', () => {
    const [end, onGrace] = [vi.fn<() => void>(), vi.fn<() => void>()];
    const graceSeconds = Number.POSITIVE_INFINITY;
    endWithToken(gateOf(NOW + 60_000), 'x', end, { graceSeconds, onGrace });
    vi.advanceTimersByTime(400 * DAY);
    expect(onGrace).toHaveBeenCalledOnce();
    expect(end).not.toHaveBeenCalled();
  });

  test('does nothing for a token without an expiry', () => {
    for (const gate of [gateOf(undefined), {}]) endWithToken(gate, 'x', vi.fn<() => void>());
    expect(vi.getTimerCount()).toBe(0);
  });

  test('ends at once what has no token any more', () => {
    const end = vi.fn<() => void>();
    endWithToken(gateOf(NOW - 1), 'x', end);
    vi.advanceTimersByTime(0);
    expect(end).toHaveBeenCalledOnce();
  });

  test.each([-1, Number.NaN, '5'])('refuses %s seconds', (seconds) => {
    const options = { graceSeconds: seconds as number };
    expect(() => endWithToken(gateOf(1), 'x', vi.fn<() => void>(), options)).toThrow(TypeError);
  });
});
