import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadPermissionFile, parsePermissionFile } from '../../src/config/index.js';
import {
  AuthzError,
  ConfigInvalidError,
  PatternUnsupportedError,
  PermissionInvalidError,
} from '../../src/model/index.js';

const folder = mkdtempSync(join(tmpdir(), 'feast-permissions-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(text: string | Uint8Array): string {
  const file = join(folder, 'permissions.yaml');
  writeFileSync(file, text);
  return file;
}

/** `line:column: message` of every problem of a text. */
function problems(text: string): readonly string[] {
  try {
    parsePermissionFile(text);
  } catch (error) {
    if (!(error instanceof AuthzError)) throw error;
    const [first = '', ...others] = error.errors.map(({ message }) => message);
    return [first.replace(/ \(and \d+ more.*/s, ''), ...others];
  }
  return [];
}

const item = (...lines: readonly string[]): string =>
  `permissions:\n  - name: x\n${lines.map((line) => `    ${line}\n`).join('')}`;

describe('a permission file', () => {
  it('has the fields of Feast', () => {
    const [reader, admin, ...more] = parsePermissionFile(`
# who may read
permissions:
  - name: risk-readers
    project: credit
    types: [FeatureView, feature_service]
    name_patterns: ['risk_.*$', 'glob:fraud_*']
    required_tags: { team: risk, "tier": "1" }
    actions: [DESCRIBE, read]
    policy:
      type: CombinedGroupNamespacePolicy
      groups: [risk]
      namespaces: [risk-ns]
    tags: { owner: platform }
  - name: admin
    policy: { roles: [admin] }
`);
    expect(reader).toEqual({
      name: 'risk-readers',
      project: 'credit',
      types: ['FeatureView', 'FeatureService'],
      namePatterns: ['risk_.*$', { glob: 'fraud_*' }],
      requiredTags: { team: 'risk', tier: '1' },
      actions: ['DESCRIBE', 'READ_ONLINE', 'READ_OFFLINE'],
      policy: { type: 'CombinedGroupNamespacePolicy', groups: ['risk'], namespaces: ['risk-ns'] },
      tags: { owner: 'platform' },
    });
    expect(admin).toMatchObject({
      project: undefined,
      types: [],
      namePatterns: [],
      policy: { type: 'RoleBasedPolicy', roles: ['admin'] },
    });
    expect(admin?.actions).toHaveLength(8);
    expect(more).toEqual([]);
  });

  it('is what its documentation shows', () => {
    const url = new URL('../../docs/permission-files.md', import.meta.url);
    const example = /```yaml\n(.*?)```/s.exec(readFileSync(url, 'utf8'))?.[1] ?? '';
    expect(parsePermissionFile(example).map(({ name }) => name)).toEqual([
      'risk-readers',
      'admins',
    ]);
  });

  it.each([
    ['{ roles: [a, b] }', { type: 'RoleBasedPolicy', roles: ['a', 'b'] }],
    ['{ groups: [a] }', { type: 'GroupBasedPolicy', groups: ['a'] }],
    ['{ namespaces: [a] }', { type: 'NamespaceBasedPolicy', namespaces: ['a'] }],
    [
      '{ namespaces: [a], groups: [] }',
      { type: 'CombinedGroupNamespacePolicy', namespaces: ['a'], groups: [] },
    ],
    ['{ type: AllowAll }', { type: 'AllowAll' }],
    ['{ type: RoleBasedPolicy, roles: [] }', { type: 'RoleBasedPolicy', roles: [] }],
  ])('with the policy %s', (written, policy) => {
    expect(parsePermissionFile(item(`policy: ${written}`))[0]?.policy).toEqual(policy);
  });

  it('may be empty of permissions, and use anchors', () => {
    expect(parsePermissionFile('permissions: []')).toEqual([]);
    const text =
      'permissions:\n  - &base\n    name: a\n    policy: { roles: [r] }\n  - <<: *base\n    name: b\n';
    expect(parsePermissionFile(text).map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('keeps `$` as it is, whatever the environment holds', () => {
    process.env['FEAST_TEST_NAME'] = 'expanded';
    const text = item(
      "name_patterns: ['$FEAST_TEST_NAME', '${FEAST_TEST_NAME}']",
      'policy: { roles: [r] }',
    );
    delete process.env['FEAST_TEST_NAME'];
    // Python refuses neither: `$` is the end, and `{FEAST_TEST_NAME}` is text.
    expect(parsePermissionFile(text)[0]?.namePatterns).toEqual([
      '$FEAST_TEST_NAME',
      '${FEAST_TEST_NAME}',
    ]);
  });

  it.each([
    ['', ['1:1: a permission file must be a mapping with a list of `permissions`']],
    ['- name: x', ['1:1: a permission file must be a mapping with a list of `permissions`']],
    ['{}', ['1:1: `permissions` is missing']],
    ['permissions: x', ['1:14: `permissions` must be a list']],
    [
      'permissions:\nother: 1',
      ['1:1: `permissions` must be a list', '2:8: `other` is not a known field here'],
    ],
    ['permissions:\n  - x', ['2:5: `permissions[0]` must be a mapping with a `name`']],
    [
      item(),
      ['2:5: `permissions[0].policy` is missing; write `{ type: AllowAll }` to let everyone in'],
    ],
    ['permissions:\n  - policy: { roles: [a] }', ['2:5: `permissions[0].name` is missing']],
    [
      item('policy: { roles: [a] }', 'actions: [READ, FLY]', 'types: View'),
      [
        '4:21: `permissions[0].actions[1]` is refused: `FLY` is unknown; known are CREATE, DESCRIBE, UPDATE, DELETE, READ_ONLINE, READ_OFFLINE, WRITE_ONLINE, WRITE_OFFLINE',
        '5:12: `permissions[0].types[0]` is refused: `View` is unknown; known are Project, FeatureView, OnDemandFeatureView, BatchFeatureView, StreamFeatureView, LabelView, Entity, FeatureService, DataSource, ValidationReference, SavedDataset, Permission',
      ],
    ],
    [
      item('policy: { roles: [a], groups: [b] }'),
      [
        '3:13: `permissions[0].policy` needs a `type`: its lists are not those of one kind of policy',
      ],
    ],
    [
      item('policy: { type: Magic }'),
      [
        expect.stringMatching(
          /^3:21: `permissions\[0\]\.policy\.type` is refused: `Magic` is unknown; known are RoleBasedPolicy/,
        ),
      ],
    ],
    [
      item('policy: { roles: [a] }', 'required_tags: { pii: true }'),
      ['4:27: `permissions[0].required_tags.pii` must be a string: write it in quotes'],
    ],
    [
      item('policy: { roles: [a] }', 'tags: { since: 2024-01-01 }'),
      ['4:20: `permissions[0].tags.since` must be a string: write it in quotes'],
    ],
    [
      item('policy: { roles: [a] }', 'namePatterns: x'),
      ['4:19: `permissions[0].namePatterns` is written `name_patterns` in a file'],
    ],
    [
      item('policy: { roles: [a] }', 'pattern: x'),
      [
        '4:14: `permissions[0].pattern` is not a field of a permission; did you mean `name_patterns`?',
      ],
    ],
    [
      item('policy: { roles: [a] }', 'name_patterns: [ok, "(a)\\\\1", "("]'),
      [
        expect.stringMatching(
          /^4:25: `permissions\[0\]\.name_patterns\[1\]` is refused: .* is unsupported: /,
        ),
        expect.stringMatching(
          /^4:35: `permissions\[0\]\.name_patterns\[2\]` is refused: .* is invalid: /,
        ),
      ],
    ],
    [
      `${item('policy: { roles: [a] }')}  - name: x\n    policy: { roles: [a] }`,
      ['4:11: `permissions[1].name` repeats the name `x`'],
    ],
    [
      'permissions:\n  - name: x\n    name: y',
      [
        expect.stringMatching(/^2:5: `permissions\[0\]\.policy` is missing/),
        '3:5: duplicate key `name`',
      ],
    ],
  ])('is refused with the place: %j', (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it.each([
    [
      item('policy: { role: [a] }'),
      ['3:21: `permissions[0].policy.role` is not a field of a policy; did you mean `roles`?'],
    ],
    [
      item('policy: { type: RoleBasedPolicy, role: [a] }'),
      ['3:44: `permissions[0].policy.role` is not a field of a policy; did you mean `roles`?'],
    ],
    [
      item('role: [a]'),
      ['3:11: `permissions[0].role` belongs in `policy`: write `policy: { roles: [...] }`'],
    ],
    [
      item('policy: admin'),
      [
        '3:13: `permissions[0].policy` must be a mapping, for example `{ roles: [...] }`; `{ type: AllowAll }` lets everyone in',
      ],
    ],
    [
      item('policy: { roles: admin }'),
      ['3:22: `permissions[0].policy.roles` must be a list: write it in `[...]`'],
    ],
    [
      item('policy: { type: RoleBasePolicy, roles: [1] }'),
      [
        '3:21: `permissions[0].policy.type` is refused: `RoleBasePolicy` is unknown; did you mean `RoleBasedPolicy`?',
        '3:45: `permissions[0].policy.roles[0]` must be a string: write it in quotes',
      ],
    ],
    [
      item('policy: { type: GroupBasedPolicy }'),
      ['3:5: `permissions[0].policy.groups` is missing'],
    ],
    [
      item('policy: { roles: [a] }', 'types: FeatureVeiw', 'actions: [DESCIRBE]'),
      [
        '4:12: `permissions[0].types[0]` is refused: `FeatureVeiw` is unknown; did you mean `FeatureView`?',
        '5:15: `permissions[0].actions[0]` is refused: `DESCIRBE` is unknown; did you mean `DESCRIBE`?',
      ],
    ],
    [
      item('policy: { roles: [a] }', 'actions:', 'project: 1', 'tags: [a]'),
      [
        '4:5: `permissions[0].actions` must not be empty: leave it out for all actions',
        '5:14: `permissions[0].project` must be a string: write it in quotes',
        '6:11: `permissions[0].tags` must be a mapping of strings',
      ],
    ],
    [
      'permission:\n  - name: x\n    policy: { roles: [a] }\n    types: [1]',
      [
        '2:3: `permission` is not a known field here; did you mean `permissions`?',
        '4:13: `permission[0].types[0]` must be a string: write it in quotes',
      ],
    ],
  ])('is refused with what was probably meant: %j', (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it('is refused with every mistake once, in the order of the lines', () => {
    const text = `permissions:
  - name: a
    name: b
    type: FeatureView
    action: [FLY]
    name_patterns: [1, '(', 'tide_*', '*tide']
    required_tags: { pii: true }
    policy: { role: [a], group: [1] }
  - &base
    types: [View, 2]
    policy: { roles: [a] }
  - <<: *base
    name: c
  - name: c
    policy:
  - text
permission: []
`;
    const found = problems(text);
    expect(found.map((one) => one.replace(/;.*| is refused.*/s, ''))).toEqual([
      '3:5: duplicate key `name`',
      '4:11: `permissions[0].type` is not a field of a permission',
      '5:13: `permissions[0].action` is not a field of a permission',
      '5:14: `permissions[0].action[0]`',
      '6:21: `permissions[0].name_patterns[0]` must be a string: write it in quotes',
      '6:24: `permissions[0].name_patterns[1]`',
      '6:29: `permissions[0].name_patterns[2]`',
      '6:39: `permissions[0].name_patterns[3]`',
      '7:27: `permissions[0].required_tags.pii` must be a string: write it in quotes',
      '8:21: `permissions[0].policy.role` is not a field of a policy',
      '8:33: `permissions[0].policy.group` is not a field of a policy',
      '8:34: `permissions[0].policy.group[0]` must be a string: write it in quotes',
      '10:5: `permissions[1].name` is missing',
      '10:13: `permissions[1].types[0]`',
      '10:19: `permissions[1].types[1]` must be a string: write it in quotes',
      '14:11: `permissions[3].name` repeats the name `c`',
      '15:5: `permissions[3].policy` is missing',
      '16:5: `permissions[4]` must be a mapping with a `name`',
      '17:13: `permission` is not a known field here',
    ]);
    expect(() => parsePermissionFile(text)).toThrow(/17:13: `permission` is not a known field/);
  });

  it.each([
    ['tide_*', 'write `tide_.*` or `glob:tide_*`'],
    ['*tide', 'write `.*tide` instead, or `glob:*tide`'],
  ])('refuses the glob %s in place of a regular expression', (pattern, hint) => {
    const text = item('policy: { roles: [a] }', `name_patterns: ['${pattern}']`);
    expect(problems(text)).toEqual([expect.stringMatching(/^4:21: `permissions\[0\]\.name_pat/)]);
    expect(problems(text)[0]).toContain(hint);
    const glob = parsePermissionFile(text.replace(pattern, `glob:${pattern}`));
    expect(glob[0]?.namePatterns).toEqual([{ glob: pattern }]);
  });

  it('may use a name again in another project', () => {
    const text = `${item('policy: { roles: [a] }')}  - { name: x, project: p, policy: { roles: [a] } }`;
    expect(parsePermissionFile(text)).toHaveLength(2);
  });

  it('keeps the reason of an error', () => {
    const causeOf = (text: string): unknown => {
      try {
        return parsePermissionFile(text);
      } catch (error) {
        return error instanceof ConfigInvalidError ? error.cause : undefined;
      }
    };
    expect(causeOf(item('policy: { roles: [a] }', 'types: X'))).toBeInstanceOf(
      PermissionInvalidError,
    );
    expect(causeOf(item('policy: { roles: [a] }', 'name_patterns: "("'))).toBeInstanceOf(
      PatternUnsupportedError,
    );
  });

  it('is read from a file, which errors name', async () => {
    const file = write(item('policy: { roles: [a] }'));
    expect(await loadPermissionFile(file)).toHaveLength(1);
    write('permissions: 1');
    await expect(loadPermissionFile(file)).rejects.toThrow(
      `${file}:1:14: \`permissions\` must be a list`,
    );
    await expect(loadPermissionFile(join(folder, 'nosuch'))).rejects.toThrow(
      /nosuch: cannot be read \(ENOENT\)$/,
    );
    write(Uint8Array.of(0xff));
    await expect(loadPermissionFile(file)).rejects.toThrow(`${file}: not UTF-8 text`);
    write('#'.repeat(1024 * 1024 + 1));
    await expect(loadPermissionFile(file)).rejects.toThrow(`${file}: longer than 1048576 bytes`);
    await expect(loadPermissionFile(1 as never)).rejects.toThrow(TypeError);
    expect(() => parsePermissionFile(1 as never)).toThrow(TypeError);
  });

  it('takes hostile keys and bombs for what they are', () => {
    const [permission] = parsePermissionFile(
      item('policy: { roles: [a] }', 'required_tags: { __proto__: x, constructor: y }'),
    );
    expect(Object.entries(permission?.requiredTags ?? {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(problems(item('__proto__: x', 'policy: { roles: [a] }'))).toEqual([
      expect.stringContaining('`permissions[0].__proto__` is not a field of a permission'),
    ]);
    const bomb = Array.from(
      { length: 30 },
      (_, level) =>
        `a${level}: &a${level} [${level === 0 ? 'x' : `*a${level - 1}, *a${level - 1}`}]`,
    );
    expect(problems(bomb.join('\n'))).toEqual([
      expect.stringContaining('aliases expand to too many values'),
    ]);
  });
});

it('name patterns are read as the Python that runs Feast reads them', async () => {
  const text = item('policy: { roles: [a] }', "name_patterns: 'a\\z'");
  expect(() => parsePermissionFile(text)).toThrow('unknown escape');
  expect(parsePermissionFile(text, { python: '3.14' })).toHaveLength(1);
  expect(await loadPermissionFile(write(text), { python: '3.14' })).toHaveLength(1);
  expect(() => parsePermissionFile(text, { python: '3.9' as never })).toThrow(
    'option python is one of 3.10, 3.11, 3.12, 3.13, 3.14, not `3.9`',
  );
});

it('a feature store is told from a permission file', () => {
  expect(() => parsePermissionFile('project: p\nregistry: r.db', { file: 'f.yaml' })).toThrow(
    'f.yaml:1:1: `project` belongs to a feature_store.yaml, which is not a permission file',
  );
});
