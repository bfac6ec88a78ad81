import { afterEach, describe, expect, it, vi } from 'vitest';
import { createTokenSource } from '../../src/identity/index.js';
import { addIdentitySecret } from '../../src/net/mask-secrets.js';
import { defaultRedactor } from '../../src/redaction/index.js';
import { clientConfig } from '../identity/fake-provider.js';

afterEach(() => {
  vi.useRealTimers();
});

describe('secrets of identity', () => {
  it('are masked in the whole process', async () => {
    const token = 'a-token-that-is-configured';
    await createTokenSource(clientConfig({ token })).getToken();
    expect(defaultRedactor.text(`with ${token}`)).toBe('with ***token***');
  });

  it('are forgotten when they have ended', () => {
    vi.useFakeTimers();
    const before = defaultRedactor.size;
    for (let count = 0; count < 1000; count++) {
      addIdentitySecret(undefined, 'token', `token number ${count}`, 60);
      addIdentitySecret(undefined, 'token', `token number ${count}`, 60);
      vi.advanceTimersByTime(10_000);
    }
    expect(defaultRedactor.size - before).toBeLessThanOrEqual(7);
    expect(defaultRedactor.text('token number 999')).toBe('***token***');
    vi.advanceTimersByTime(60_000);
    addIdentitySecret(undefined, 'token', 'the last of all', 60);
    expect(defaultRedactor.size - before).toBe(1);
  });

  it('are masked until the last of their ends', () => {
    vi.useFakeTimers();
    addIdentitySecret(undefined, 'token', 'accepted once more', 60);
    addIdentitySecret(undefined, 'token', 'accepted once more', 300);
    addIdentitySecret(undefined, 'token', 'accepted once more', 10);
    vi.advanceTimersByTime(120_000);
    addIdentitySecret(undefined, 'token', 'has the others looked at', 1);
    expect(defaultRedactor.text('accepted once more')).toBe('***token***');
    vi.advanceTimersByTime(180_000);
    addIdentitySecret(undefined, 'token', 'has them looked at again', 1);
    expect(defaultRedactor.text('accepted once more')).toBe('accepted once more');
  });

  it('are forgotten behind one that has not ended', () => {
    vi.useFakeTimers();
    addIdentitySecret(undefined, 'token', 'a token with a long life', 1e6);
    vi.advanceTimersByTime(60_000);
    addIdentitySecret(undefined, 'token', 'has the others looked at', 1);
    const before = defaultRedactor.size;
    for (let count = 0; count < 100; count++) {
      addIdentitySecret(undefined, 'token', `short life ${count}`, 60);
      vi.advanceTimersByTime(10_000);
    }
    expect(defaultRedactor.size - before).toBeLessThanOrEqual(7);
    expect(defaultRedactor.text('a token with a long life')).toBe('***token***');
  });

  it('that are masked for good are so until they are taken back', () => {
    const remove = addIdentitySecret(undefined, 'token', 'a token without an end');
    expect(defaultRedactor.text('a token without an end')).toBe('***token***');
    remove();
    expect(defaultRedactor.text('a token without an end')).toBe('a token without an end');
  });

  it('that are signed tokens are masked where they are worth something', () => {
    const signature = 'c2lnbmF0dXJl'.repeat(8);
    const token = `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.${signature}`;
    addIdentitySecret(undefined, 'token', token, 60);
    const shown = defaultRedactor.text(`Authorization: Bearer ${token}`);
    expect(shown).not.toContain(signature);
    expect(shown).toContain('***token***');
  });

  it.each(['', 'short', 'x'.repeat(100_000), '\ud800 half of a pair'])(
    'that cannot be masked are not an error',
    (value) => {
      const before = defaultRedactor.size;
      addIdentitySecret(undefined, 'password', value);
      expect(defaultRedactor.size).toBe(before);
    },
  );
});
