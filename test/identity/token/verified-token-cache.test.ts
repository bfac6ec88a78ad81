import { describe, expect, it } from 'vitest';
import type { VerifiedToken } from '../../../src/identity/token/verified-token.js';
import { createVerifiedTokenCache } from '../../../src/identity/token/verified-token-cache.js';

const verified = (
  expiresAt: number,
  isCurrent: VerifiedToken['isCurrent'] = () => true,
): VerifiedToken => ({
  subject: { username: 'alice' },
  expiresAt,
  isCurrent,
  isCurrentForSure: () => isCurrent() === true,
});

describe('createVerifiedTokenCache', () => {
  it('takes no token for another that ends like it', async () => {
    const cache = createVerifiedTokenCache({}, () => 0);
    const end = 's'.repeat(100);
    cache.add(`a${end}`, verified(60));
    expect(cache.recall(`b${end}`)).toBeUndefined();
    expect(cache.recall(end)).toBeUndefined();
    expect(await cache.find(`b${end}`)).toBeUndefined();
    expect(cache.recall(`a${end}`)).toBeDefined();
  });

  it('recalls at once what is known for sure, and nothing else', () => {
    let seconds = 1000;
    const cache = createVerifiedTokenCache({ ttlSeconds: 60 }, () => seconds * 1000);
    cache.add('known', verified(5000));
    cache.add(
      'revoked',
      verified(5000, () => false),
    );
    cache.add(
      'to be asked for',
      verified(5000, async () => true),
    );
    expect(cache.recall('known')?.subject.username).toBe('alice');
    for (const token of ['revoked', 'to be asked for', 'unknown']) {
      expect(cache.recall(token)).toBeUndefined();
    }
    seconds = 1060;
    expect(cache.recall('known')).toBeUndefined();
    seconds = 999;
    expect(cache.recall('known')).toBeUndefined();
    seconds = 1000;
    cache.clear();
    expect(cache.recall('known')).toBeUndefined();
  });

  it('remembers a token up to its end, and no longer than told', async () => {
    let seconds = 1000;
    const cache = createVerifiedTokenCache({ ttlSeconds: 60 }, () => seconds * 1000);
    cache.add('short', verified(1010));
    cache.add('long', verified(5000));
    cache.add('ended', verified(1000));
    expect(await cache.find('ended')).toBeUndefined();
    expect(await cache.find('unknown')).toBeUndefined();
    seconds = 1009.9;
    expect(await cache.find('short')).toBeDefined();
    seconds = 1010;
    expect(await cache.find('short')).toBeUndefined();
    seconds = 1059.9;
    expect(await cache.find('long')).toBeDefined();
    seconds = 1060;
    expect(await cache.find('long')).toBeUndefined();
    seconds = 999;
    expect(await cache.find('long')).toBeUndefined();
  });

  it('forgets a token whose key counts no more, and passes on that this cannot be found out', async () => {
    const cache = createVerifiedTokenCache({}, () => 0);
    cache.add(
      'revoked',
      verified(60, async () => false),
    );
    cache.add(
      'unknown',
      verified(60, () => Promise.reject(new Error('down'))),
    );
    expect(await cache.find('revoked')).toBeUndefined();
    await expect(cache.find('unknown')).rejects.toThrow('down');
  });

  it('remembers no more tokens than told', async () => {
    const cache = createVerifiedTokenCache({ maxTokens: 100 }, () => 0);
    for (let count = 0; count < 10_000; count++) cache.add(`token ${count}`, verified(60));
    let held = 0;
    for (let count = 0; count < 10_000; count++) {
      if ((await cache.find(`token ${count}`)) !== undefined) held++;
    }
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThanOrEqual(100);
  });

  it('remembers nothing when told so', async () => {
    for (const options of [{ maxTokens: 0 }, { ttlSeconds: 0 }]) {
      const cache = createVerifiedTokenCache(options, () => 0);
      cache.add('token', verified(60));
      expect(await cache.find('token')).toBeUndefined();
    }
  });
});
