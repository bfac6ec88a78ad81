import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import {
  addSecretRedaction,
  createRedactor,
  defaultRedactor,
  MAX_SECRET_LENGTH,
  type SecretToRedact,
} from '../../src/redaction/index.js';
import type { SecretFinder } from '../../src/redaction/secret-finder.js';
import { SecretRegistry } from '../../src/redaction/secret-registry.js';

describe('add', () => {
  test('gives what removes the secret again, and may be called while others stay', () => {
    const redactor = createRedactor();
    const removeFirst = redactor.add('first-secret');
    redactor.add('second-secret');
    expect(redactor.text('first-secret second-secret')).toBe('*** ***');
    removeFirst();
    removeFirst();
    expect(redactor.size).toBe(1);
    expect(redactor.text('first-secret second-secret')).toBe('first-secret ***');
  });

  test('counts how often a secret was added', () => {
    const redactor = createRedactor();
    const remove = [redactor.add('the-secret'), redactor.add(' the-secret\n')];
    expect(redactor.size).toBe(1);
    remove[0]?.();
    expect(redactor.text('the-secret')).toBe('***');
    remove[1]?.();
    expect(redactor.text('the-secret')).toBe('the-secret');
  });

  test('takes a secret again that was removed', () => {
    const redactor = createRedactor();
    redactor.add('the-secret')();
    redactor.add('the-secret');
    expect(redactor.text('the-secret')).toBe('***');
  });

  test('finds secrets that come one by one, and tokens that come and go by the thousand', () => {
    const redactor = createRedactor({ maxBytes: 100_000 });
    const live: { readonly value: string; readonly remove: () => void }[] = [];
    for (let i = 0; i < 3000; i++) {
      const value = `token-${(i * 2654435761) % 4294967296}-${i}`;
      live.push({ value, remove: redactor.add(value) });
      if (live.length > 200) live.shift()?.remove();
      if (i % 50 !== 0) continue;
      const text = live.map((token) => token.value).join(' ');
      expect(redactor.text(text)).toBe(live.map(() => '***').join(' '));
      expect(redactor.text('token-0-0 and')).toBe(i < 200 ? '*** and' : 'token-0-0 and');
    }
    expect(redactor.size).toBe(200);
  });

  test('keeps nothing of what is removed before a text is masked', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage: () => void = runInNewContext('gc');
    const redactor = createRedactor({ maxBytes: 100_000 });
    const heldBytes = async (): Promise<number> => {
      // What is swept behind one collection is counted after the next.
      for (let i = 0; i < 3; i++) {
        collectGarbage();
        await new Promise(setImmediate);
      }
      return process.memoryUsage().arrayBuffers;
    };
    const before = await heldBytes();
    for (let i = 0; i < 2000; i++) {
      redactor.add(`${i}`.padStart(10_000, '.'))();
      redactor.add({ value: `${i}`.padStart(10_000, '-'), expiresAt: 1 });
    }
    expect((await heldBytes()) - before).toBeLessThan(10_000_000);
    expect(redactor.size).toBe(10);
  });

  test('makes few tables, and seldom large ones, for secrets that come one by one', () => {
    const registry = new SecretRegistry();
    const seen = new Set<SecretFinder>();
    let built = 0;
    let most = 0;
    const count = 5000;
    for (let i = 0; i < count; i++) {
      registry.add(`${(i * 2654435761) % 4294967296}-${i}`.padEnd(100, `${i}`));
      if (i % 25 !== 24) continue;
      const finders = registry.finders();
      most = Math.max(most, finders.length);
      for (const finder of finders) {
        if (!seen.has(finder)) built += finder.secrets.length;
        seen.add(finder);
      }
    }
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
    expect(built).toBeLessThan(20 * count);
  });

  test('finds a secret in every table, and what lies in two of them under one mask', () => {
    const redactor = createRedactor();
    const secrets = [10_000, 3000, 700, 8].map((length) => `secret-${length}`.padEnd(length, '.'));
    const remove = secrets.map((secret) => {
      const forget = redactor.add({ value: secret, name: `of-${secret.length}` });
      expect(redactor.text(secret)).toBe(`***of-${secret.length}***`);
      return forget;
    });
    const masks = secrets.map((secret) => `***of-${secret.length}***`);
    expect(redactor.text(secrets.join(' '))).toBe(masks.join(' '));
    redactor.add('.. secret-');
    expect(redactor.text(secrets.join(' '))).toBe(masks[0]);
    remove[1]?.();
    expect(redactor.text(`${secrets[1]}`)).toBe(secrets[1]);
  });

  test.each([
    ['too short', 'seven77', 'a secret must have 8 to 65536 characters, not 7'],
    ['too short without what is not seen', 'a\u200bb\u200bc\u200bd\u200b', 'not 4'],
    ['too long', 'x'.repeat(MAX_SECRET_LENGTH + 1), 'not 65537'],
    ['no string', 12_345_678, 'a secret must be a string'],
    ['nothing', undefined, 'a secret must be a string'],
    ['half a character', 'abcdefgh\ud83d', 'a secret must be well-formed Unicode'],
    [
      'a name that is no string',
      { value: 'abcdefgh', name: 7 },
      'the name of a secret must be a string',
    ],
    ['a name with a blank', { value: 'abcdefgh', name: 'a b' }, 'letters, digits'],
    ['an expiry that is no time', { value: 'abcdefgh', expiresAt: Number.NaN }, 'expiresAt'],
  ])('refuses what is %s', (_, secret, message) => {
    const redactor = createRedactor();
    expect(() => redactor.add(secret as string | SecretToRedact)).toThrow(TypeError);
    expect(() => redactor.add(secret as string | SecretToRedact)).toThrow(message as string);
    expect(redactor.size).toBe(0);
  });

  test('an error does not hold the secret', () => {
    const attempt = (): unknown => createRedactor().add({ value: 'abcdefgh\ud83d', name: 'db' });
    expect(attempt).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('abcdefgh') }),
    );
  });
});

describe('a full registry', () => {
  test('refuses a new secret, and keeps all it has', () => {
    const redactor = createRedactor({ maxBytes: 20 });
    redactor.add('1234567890');
    redactor.add('abcdefghij');
    expect(() => redactor.add('one-too-many')).toThrow(
      new RangeError('the redaction registry is full: 2 secrets of 20 bytes'),
    );
    expect(redactor.text('1234567890 abcdefghij one-too-many')).toBe('*** *** one-too-many');
  });

  test('forgets what has expired to make room, and nothing else', () => {
    const redactor = createRedactor({ maxBytes: 30 });
    const remove = redactor.add({ value: '1234567890', expiresAt: 1 });
    redactor.add({ value: 'abcdefghij', expiresAt: Date.now() + 1e9 });
    redactor.add('klmnopqrst');
    expect(redactor.text('1234567890')).toBe('***');
    redactor.add('uvwxyz1234');
    expect(redactor.text('1234567890 abcdefghij klmnopqrst')).toBe('1234567890 *** ***');
    remove();
    expect(redactor.size).toBe(3);
  });

  test('a secret that is added again lives as long as the longer of both', () => {
    const redactor = createRedactor({ maxBytes: 20 });
    redactor.add({ value: '1234567890', expiresAt: 1 });
    redactor.add('1234567890');
    redactor.add('abcdefghij');
    expect(() => redactor.add('klmnopqrst')).toThrow(RangeError);
  });

  test('refuses an invalid bound', () => {
    expect(() => createRedactor({ maxBytes: -1 })).toThrow(TypeError);
  });
});

describe('masks', () => {
  test('show the name of the secret', () => {
    const redactor = createRedactor();
    redactor.add({ name: 'db-password', value: 'correct horse' });
    redactor.add('battery staple');
    expect(redactor.text('correct%20horse battery staple')).toBe('***db-password*** ***');
  });

  test('show the name of the longest of secrets that overlap', () => {
    const redactor = createRedactor();
    redactor.add({ name: 'short', value: 'abcdefgh' });
    redactor.add({ name: 'long', value: 'efghijklmn' });
    expect(redactor.text('abcdefghijklmn')).toBe('***long***');
  });

  test('show no name that is a secret itself', () => {
    const redactor = createRedactor();
    redactor.add({ name: 'hunter22', value: 'hunter22' });
    redactor.add({ name: 'my-hunter22', value: 'another-secret' });
    expect(redactor.text('hunter22 another-secret')).toBe('*** ***');
  });

  test.each([
    [['*abcdefg'], '###'],
    [['abcdefg*'], '###'],
    [['abc***defg'], '###'],
    [['abc**defg'], '***'],
    [['*abcdefg', '#abcdefg'], '~~~'],
    [['*abcdefg', '#abcdefg', 'abcdef~~~g', '\u2588\u25a0\u2592abcde'], '\u25a0\u25a0\u25a0'],
    [['*abcdef~', '#abcdef\u2588', '\u25a0abcdef\u2592'], '\u2500\u2500\u2500'],
  ])('of %j and the text beside them spell no secret', (secrets, mask) => {
    const redactor = createRedactor();
    for (const secret of secrets) redactor.add(secret);
    redactor.add('some-other');
    expect(redactor.text('some-other')).toBe(mask);
    expect(redactor.text(redactor.text('abcdefgsome-other'))).toBe(`abcdefg${mask}`);
  });
});

test('the redactor of the process', () => {
  const remove = addSecretRedaction({ name: 'test', value: 'process-wide-secret' });
  expect(defaultRedactor.text('a process-wide-secret')).toBe('a ***test***');
  remove();
  expect(defaultRedactor.text('a process-wide-secret')).toBe('a process-wide-secret');
});
