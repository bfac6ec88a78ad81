import { expect, test, vi } from 'vitest';

const view = (name: string) => ({ type: 'FeatureView', name, tags: {} }) as const;
const ANN = { username: 'ann', roles: ['reader'] };
const READERS = {
  name: 'readers',
  actions: 'READ_ONLINE',
  policy: { type: 'RoleBasedPolicy', roles: ['reader'] },
} as const;
const KELVIN = '\\N{KELVIN SIGN}_.*';

/** The engine with no table of names loaded. */
async function freshEngine(): Promise<typeof import('../../src/index.js')> {
  vi.resetModules();
  return import('../../src/index.js');
}

test('an authorizer that is compiled at once refuses a named character, and says what to do', async () => {
  const { createAuthorizer, prepareSnapshot } = await freshEngine();
  const permissions = [{ ...READERS, namePatterns: KELVIN }];
  expect(() => createAuthorizer({ permissions })).toThrow('`prepareSnapshot`');
  const excluding = createAuthorizer({ permissions, onUnsupportedPattern: 'exclude' });
  expect(excluding.can(ANN, 'READ_ONLINE', view('\u212a_1'))).toBe(false);

  await prepareSnapshot({ permissions });
  const authorizer = createAuthorizer({ permissions });
  expect(authorizer.can(ANN, 'READ_ONLINE', view('\u212a_1'))).toBe(true);
  expect(authorizer.can(ANN, 'READ_ONLINE', view('K_1'))).toBe(false);
});

test.each([
  ['one', { ...READERS, namePatterns: KELVIN }],
  ['one of several', { ...READERS, namePatterns: ['a', KELVIN] }],
  ["one in Feast's spelling of the field", { ...READERS, name_patterns: [KELVIN] }],
])('a snapshot that is prepared loads the names for %s', async (_, permission) => {
  const { createAuthorizer, prepareSnapshot } = await freshEngine();
  const other = { ...READERS, name: 'others', namePatterns: 'x' };
  const snapshot = await prepareSnapshot({ permissions: [other, permission as typeof other] });
  const authorizer = createAuthorizer(snapshot);
  expect(authorizer.can(ANN, 'READ_ONLINE', view('\u212a_1'))).toBe(true);
  expect(authorizer.can(ANN, 'READ_ONLINE', view('K_1'))).toBe(false);
});

test('options that change while the names are loaded change nothing', async () => {
  const { createAuthorizer, prepareSnapshot } = await freshEngine();
  const permissions = [{ ...READERS, namePatterns: KELVIN }];
  const preparing = prepareSnapshot({ permissions });
  permissions[0] = { ...READERS, namePatterns: '.*' };
  const authorizer = createAuthorizer(await preparing);
  expect(authorizer.can(ANN, 'READ_ONLINE', view('other'))).toBe(false);
});
