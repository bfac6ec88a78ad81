import { describe, expect, it } from 'vitest';
import { checkOptions, type OptionNames } from '../../src/foundation/options.js';

interface Options {
  readonly realm?: string | undefined;
  readonly audiences?: readonly string[] | undefined;
  readonly cache?: { readonly maxTokens?: number; readonly ttlSeconds?: number } | undefined;
  readonly onDecision?: (() => void) | undefined;
}

const NAMES: OptionNames<Options> = {
  realm: true,
  audiences: true,
  cache: { maxTokens: true, ttlSeconds: true },
  onDecision: true,
};
const check = (options: unknown, elsewhere = {}): void =>
  checkOptions<Options>(options, NAMES, elsewhere);

describe('checkOptions', () => {
  it.each([
    {},
    { realm: 'a' },
    { realm: undefined, cache: undefined },
    { audiences: ['a'], cache: { maxTokens: 1 }, onDecision: () => {} },
    Object.create(null) as object,
  ])('accepts known options: %o', (options) => {
    expect(() => check(options)).not.toThrow();
  });

  it.each([
    [{ reallm: 'a' }, 'option `reallm` is unknown. Did you mean `realm`?'],
    [{ audience: 'a' }, 'option `audience` is unknown. Did you mean `audiences`?'],
    [{ AUDIENCES: [] }, 'option `AUDIENCES` is unknown. Did you mean `audiences`?'],
    [{ cache: { maxToken: 1 } }, 'option `cache.maxToken` is unknown. Did you mean `maxTokens`?'],
  ])('suggests the name that was probably meant: %o', (options, message) => {
    expect(() => check(options)).toThrow(new TypeError(message));
  });

  it.each([
    [{ maxTokens: 1 }, 'option `maxTokens` is unknown. It belongs in `cache`'],
    [{ cache: { realm: 'a' } }, 'option `cache.realm` is unknown. It belongs beside `cache`'],
    [{ strategy: 'unanimous' }, 'option `strategy` is unknown. It belongs to the first argument'],
  ])('says where a misplaced option belongs: %o', (options, message) => {
    const elsewhere = { 'the first argument': { strategy: true } };
    expect(() => check(options, elsewhere)).toThrow(new TypeError(message));
  });

  it('lists the known options if none is close', () => {
    expect(() => check({ whenNoPermissions: 'deny' })).toThrow(
      'option `whenNoPermissions` is unknown. Known options: realm, audiences, cache, onDecision',
    );
  });

  it('refuses an unknown option without a value', () => {
    expect(() => check({ reallm: undefined })).toThrow(TypeError);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'does not take a member of every object for an option: %s',
    (name) => {
      expect(() => check(JSON.parse(`{"${name}": 1}`))).toThrow(TypeError);
    },
  );

  it.each([null, undefined, 'realm', 1, [], () => {}])(
    'refuses what is not an object: %o',
    (value) => {
      expect(() => check(value)).toThrow('options must be an object');
      if (value !== undefined) {
        expect(() => check({ cache: value })).toThrow('option `cache` must be an object');
      }
    },
  );

  it('does not echo a long name, nor control characters', () => {
    const name = `\u001b[31m${'x'.repeat(10_000)}`;
    expect(() => check({ [name]: 1 })).toThrow(/^option `\\/);
  });
});
