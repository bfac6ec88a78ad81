import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AuthzError } from '../../../../src/model/index.js';
import {
  parseServicesText,
  readServicesFile,
} from '../../../../src/platforms/databricks/acl/index.js';
import { defaultRedactor } from '../../../../src/redaction/default-redactor.js';
import { read } from './read-fixture.js';

const refused = { code: 'ERR_CONFIG_INVALID' };
const errorOf = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
};

function nested(depth: number): unknown {
  let value: unknown = {};
  for (let level = 0; level < depth; level++) value = { child_modules: [value] };
  return { format_version: '1.0', values: { root_module: value } };
}

describe('refuses', () => {
  const secret = 'example-secret-in-the-wrong-place';
  test.each([
    ['nothing', null],
    ['a list', []],
    ['a text', secret],
    ['an unknown form', { [secret]: secret }],
    ['a list of ACLs without its scope', { items: [{ principal: 'p', permission: 'READ' }] }],
    [
      'a body that is sent nowhere',
      { access_control_list: [{ user_name: secret, permission_level: 'X' }] },
    ],
    ['an address for another call', { path: `/api/2.0/${secret}`, body: { items: [] } }],
    [
      'a list that is none',
      {
        object_id: '/s/e',
        object_type: 'serving-endpoint',
        access_control_list: { user_name: secret },
      },
    ],
    ['a scope without a name', { scopes: [{ name: '' }] }],
    ['tokens of another form', { token_infos: [{ token_value: secret }] }],
    [
      'an address that is badly encoded',
      { path: '/api/2.0/permissions/jobs/%E0%A4%A', body: { access_control_list: [] } },
    ],
    [
      'a plan of another form',
      { format_version: '1.0', planned_values: { root_module: { resources: secret } } },
    ],
    [
      'a list of permissions of another form in a state',
      {
        format_version: '1.0',
        values: {
          root_module: {
            resources: [
              {
                address: 'a',
                type: 'databricks_permissions',
                values: { serving_endpoint_id: 'e', access_control: secret },
              },
            ],
          },
        },
      },
    ],
    ['nesting beyond reason', nested(80)],
  ])('%s', (_, value) => {
    const error = errorOf(() => read(value));
    expect(error).toMatchObject(refused);
    expect((error as Error).message).not.toContain(secret);
    expect((error as Error).message).toContain('file.json');
  });

  test('too many values', () => {
    const scopes = Array.from({ length: 700_000 }, () => ({ name: 's', x: 1 }));
    expect(errorOf(() => read({ scopes }))).toMatchObject(refused);
  });

  test.each([
    ['file.json', '{"a": example-secret'],
    ['file.json', ''],
    ['file.yaml', 'a: [example-secret'],
  ])('text in %s that is not what it should be, without a part of it: %s', (name, text) => {
    const error = errorOf(() => parseServicesText(text, name));
    expect(error).toMatchObject(refused);
    expect((error as Error).message).not.toContain('example-secret');
  });

  test('text that is too long', () => {
    const text = `"${' '.repeat(64 * 1024 * 1024)}"`;
    expect(errorOf(() => parseServicesText(text, 'file.json'))).toMatchObject(refused);
  });
});

test('takes modules as deep as people nest them', () => {
  expect(read(nested(30)).kind).toBe('terraform-state');
});

test('takes a mark at the start of a text', () => {
  expect(parseServicesText('\ufeff{"scopes":[]}', 'file.json')).toEqual({ scopes: [] });
});

test('fails in no other way, whatever a file holds', () => {
  const keys = fc.constantFrom(
    'path',
    'body',
    'method',
    'object_id',
    'object_type',
    'access_control_list',
    'items',
    'scope',
    'scopes',
    'secrets',
    'securable_type',
    'full_name',
    'privilege_assignments',
    'token_infos',
    'token_value',
    'token_info',
    'Resources',
    'credentials',
    'endpoints',
    'name',
    'id',
    'config',
    'read_secret_prefix',
    'online_stores',
    'format_version',
    'values',
    'planned_values',
    'resource_changes',
    'version',
    'resources',
    '__proto__',
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(
        '1.0',
        '/api/2.0/secrets/acls/list?scope=s',
        '/api/2.0/permissions/jobs/1',
        '',
        'x',
      ),
      fc.integer(),
      fc.constant(4),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(keys, tie('value'), { maxKeys: 5 }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(keys, value, { maxKeys: 6 }), (file) => {
      const error = errorOf(() => read(file));
      expect(error === undefined || error instanceof AuthzError).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('secrets are masked in the process unless a caller takes them', () => {
  const token = 'example-token-for-the-mask-of-the-process';
  const file = readServicesFile(
    { token_value: token, token_info: { token_id: 'abc' } },
    { name: 'created.json' },
  );
  expect(defaultRedactor.text(`got ${token}`)).toBe('got ***token***');
  expect(JSON.stringify(file)).not.toContain(token);
  expect(() =>
    readServicesFile({ token_value: 'short', token_info: { token_id: 'abc' } }, { name: 'c' }),
  ).not.toThrow();
});

test('takes very many modules side by side', () => {
  const root_module = { child_modules: Array.from({ length: 300_000 }, () => ({})) };
  expect(read({ format_version: '1.0', values: { root_module } }).resources).toEqual([]);
});
