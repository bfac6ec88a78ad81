import { describe, expect, test } from 'vitest';
import {
  type OnlineStoreSecretNames,
  parseSecretPrefix,
  secretNamesOf,
} from '../../../src/platforms/online-store/index.js';

describe('parseSecretPrefix', () => {
  test.each([
    ['feature-store-example-write/dynamo', 'feature-store-example-write', 'dynamo'],
    ['team@example.com/a.b_c-D', 'team@example.com', 'a.b_c-D'],
    ['s/p', 's', 'p'],
    [`${'s'.repeat(128)}/${'p'.repeat(110)}`, 's'.repeat(128), 'p'.repeat(110)],
  ])('splits %s', (text, scope, prefix) => {
    expect(parseSecretPrefix(text)).toEqual({ scope, prefix });
  });

  test.each([
    ['', 'empty'],
    ['/', 'only a slash'],
    ['scope', 'no slash'],
    ['scope/', 'no prefix'],
    ['/prefix', 'no scope'],
    ['team/scope/prefix', 'two slashes, which the client of Databricks refuses too'],
    ['scope/prefix/', 'a slash at the end'],
    ['scope//prefix', 'two slashes in the middle'],
    ['sc ope/prefix', 'a blank'],
    ['scope/pre@fix', 'what no key can hold'],
    ['scope/prefix\n', 'a line break'],
    ['scöpe/prefix', 'an umlaut'],
    [`${'s'.repeat(129)}/p`, 'a scope that is too long'],
    [`s/${'p'.repeat(111)}`, 'a prefix without room for what comes behind it'],
  ])('refuses %j: %s', (text) => {
    expect(() => parseSecretPrefix(text)).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }),
    );
  });

  test('refuses a value that is not a string', () => {
    expect(() => parseSecretPrefix(undefined as never)).toThrow(TypeError);
  });
});

describe('secretNamesOf', () => {
  test.each<readonly [keyof OnlineStoreSecretNames, Readonly<Record<string, string>>]>([
    ['dynamodb', { accessKeyId: 'p-access-key-id', secretAccessKey: 'p-secret-access-key' }],
    ['aurora-mysql', { user: 'p-user', password: 'p-password' }],
    ['rds-mysql', { user: 'p-user', password: 'p-password' }],
    ['cosmosdb', { authorizationKey: 'p-authorization-key' }],
  ])('of %s are those of the document', (provider, keys) => {
    for (const scope of ['read-scope', 'write-scope']) {
      const names = Object.entries(keys).map(([field, key]) => [field, { scope, key }]);
      expect(secretNamesOf(provider, `${scope}/p`)).toEqual(Object.fromEntries(names));
      expect(secretNamesOf(provider, { scope, prefix: 'p' })).toEqual(Object.fromEntries(names));
    }
  });

  test('of another provider are not known', () => {
    expect(() => secretNamesOf('redis' as never, 's/p')).toThrow(TypeError);
    expect(() => secretNamesOf('toString' as never, 's/p')).toThrow(TypeError);
  });
});
