import { posix } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exceptionsSchema } from '../../src/audit/acceptance/exceptions-file.js';
import { parseExceptions } from '../../src/audit/index.js';
import { parsePermissionFile } from '../../src/config/index.js';
import { parseYaml } from '../../src/config/parse-yaml.js';
import { permissionFileSchema } from '../../src/config/permission-file-schema.js';
import {
  endpointFileSchema,
  parseEndpointFile,
} from '../../src/platforms/databricks/endpoints/endpoint-file.js';
import { linkFileSchema, parseLinkFile } from '../../src/platforms/databricks/links/link-file.js';
import { parsePolicyTests, policyTestsSchema } from '../../src/testing/index.js';
import { listProjectFiles, readProjectFile } from './project-files.js';

const EXAMPLES = {
  permissions: readProjectFile('examples/permissions.yaml'),
  'policy-tests': readProjectFile('examples/permissions.test.yaml'),
  'endpoint-access': readProjectFile('examples/services/endpoint-access.yaml'),
  links: readProjectFile('examples/services/links.yaml'),
  exceptions: readProjectFile('examples/audit-exceptions.yaml'),
};
type Kind = keyof typeof EXAMPLES;
const KINDS = Object.keys(EXAMPLES) as Kind[];
const SCHEMAS: Readonly<Record<Kind, object>> = {
  permissions: permissionFileSchema(),
  'policy-tests': policyTestsSchema(),
  'endpoint-access': endpointFileSchema(),
  links: linkFileSchema(),
  exceptions: exceptionsSchema(),
};
const env = { HOST: 'adb-1.1.azuredatabricks.net', APP: '7f3a1c52-0d4e-4b8f-9a61-2c5d7e8f9011' };
const READERS: Readonly<Record<Kind, (text: string) => unknown>> = {
  permissions: (text) => parsePermissionFile(text),
  'policy-tests': (text) => parsePolicyTests(text),
  'endpoint-access': (text) => parseEndpointFile(text, { env }),
  links: (text) => parseLinkFile(text, { env }),
  exceptions: (text) => parseExceptions(text),
};

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
const validators = new Map(KINDS.map((kind) => [kind, ajv.compile(SCHEMAS[kind])]));

/** What the schema has against the text of a file. */
function schemaErrors(kind: Kind, text: string): readonly unknown[] {
  const validate = validators.get(kind);
  validate?.(JSON.parse(JSON.stringify(parseYaml(text).value)));
  return validate?.errors ?? [];
}

function isRead(kind: Kind, text: string): boolean {
  try {
    READERS[kind](text);
    return true;
  } catch {
    return false;
  }
}

/** A file to check, with a title for its test. */
interface Case {
  readonly kind: Kind;
  readonly title: string;
  readonly text: string;
}

/** A whole file. */
const file = (kind: Kind, text: string): Case => ({ kind, title: text.trim(), text });

/** An example with one place changed. */
function changed(kind: Kind, from: string, to: string): Case {
  const text = EXAMPLES[kind];
  expect(text).toContain(from);
  return { kind, title: `${from.trim()} → ${to.trim()}`, text: text.replace(from, to) };
}

/** An example with further lines. */
const extended = (kind: Kind, lines: string): Case => ({
  kind,
  title: `with ${lines.trim()}`,
  text: EXAMPLES[kind] + lines,
});

const permission = (fields: string): Case => ({
  kind: 'permissions',
  title: fields,
  text: `permissions:\n  - { name: a, ${fields} }\n`,
});
const ALL = 'policy: { type: AllowAll }';

// `node scripts/update-docs.mjs` writes them.
it.each(KINDS)('docs/schemas has the schema of %s', (kind) => {
  const text = readProjectFile(`docs/schemas/${kind}.schema.json`);
  expect(JSON.parse(text)).toEqual(SCHEMAS[kind]);
});

it('examples name their schema for editors, and keep to it', () => {
  const named = listProjectFiles('examples').flatMap((file) => {
    if (!file.endsWith('.yaml')) return [];
    const [, path] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(readProjectFile(file)) ?? [];
    return path === undefined ? [] : [posix.join(posix.dirname(file), path)];
  });
  expect(named.sort()).toEqual(KINDS.map((kind) => `docs/schemas/${kind}.schema.json`).sort());
  for (const kind of KINDS) expect(schemaErrors(kind, EXAMPLES[kind])).toEqual([]);
});

describe('a schema accepts what the reader accepts', () => {
  it.each<Case>([
    file('permissions', 'permissions: []'),
    file(
      'permissions',
      'permissions:\n  - &a { name: a, policy: { roles: [r] } }\n  - { <<: *a, name: b }',
    ),
    permission('policy: { roles: [] }'),
    permission('policy: { groups: [g] }'),
    permission('policy: { namespaces: [n] }'),
    permission('policy: { namespaces: [n], groups: [g] }'),
    permission('policy: { type: RoleBasedPolicy, roles: [r] }'),
    permission('policy: { type: GroupBasedPolicy, groups: [g] }'),
    permission('policy: { type: NamespaceBasedPolicy, namespaces: [n] }'),
    permission('policy: { type: CombinedGroupNamespacePolicy, groups: [], namespaces: [n] }'),
    permission(`${ALL}, types: feature_service, actions: read_online`),
    permission(`${ALL}, types: [ALL_RESOURCE_TYPES, _on_demand_FEATUREVIEW_]`),
    permission(`${ALL}, actions: [Crud, allactions, WRITE__offline]`),
    permission(`${ALL}, name_patterns: { glob: "a*" }`),
    permission(`${ALL}, name_patterns: ["a.*", { glob: "b*" }, "glob:c*", ""]`),
    permission(`${ALL}, project:, types: null, name_patterns: ~, required_tags:, tags:`),
    permission(`${ALL}, types: [], name_patterns: [], required_tags: {}`),
    changed('policy-tests', 'user: ann', 'user: [ann, bob]'),
    file(
      'policy-tests',
      'cases: [{ user: anonymous, together: [READ], resource: { type: entity, name: a, tags: { a: b } }, expect: refused }]',
    ),
    changed('endpoint-access', 'token:', 'level: CAN_MANAGE\ntoken:'),
    changed('endpoint-access', '3600', '"600"'),
    changed('endpoint-access', '"${SCORING_SECRET}"', '$SCORING_SECRET'),
    changed('endpoint-access', 'https://adb-3333333333333333.3.azuredatabricks.net', '$HOST'),
    changed('links', '"2222222222222222"', '2222222222222222'),
    changed('links', '5f0c1c3e-8d2a-4a57-9b0e-6f1d2c3b4a51', '${APP}'),
    changed('links', 'credentials: { token', 'hosts: [ml.example.com]\n  credentials: { token'),
    extended('links', 'token_lifetime_seconds: 10_000_000\nrenew_within_seconds: true\n'),
    extended('links', 'compatibility: terraform-module\nrenew_within_seconds: " 60 "\n'),
  ])('$kind: $title', ({ kind, text }) => {
    READERS[kind](text);
    expect(schemaErrors(kind, text)).toEqual([]);
  });

  it('of random permissions', () => {
    const oneOrMany = (...words: readonly unknown[]): fc.Arbitrary<unknown> => {
      const word = fc.constantFrom(...words);
      return fc.oneof(word, fc.array(word, { maxLength: 3 }));
    };
    const tags = fc.option(
      fc.dictionary(fc.constantFrom('a', '', '__proto__'), fc.constantFrom('a', '', 1), {
        maxKeys: 1,
      }),
    );
    const names = fc.constantFrom(['a'], ['a', ''], [], 'a');
    const policies = fc.record(
      { type: fc.constantFrom('AllowAll', 'RoleBasedPolicy'), roles: names, groups: names },
      { requiredKeys: [] },
    );
    const items = fc.record(
      {
        name: fc.constantFrom('a', 'b', ''),
        policy: fc.oneof(fc.constant({ roles: ['r'] }), policies),
        project: fc.constantFrom('a', null, ''),
        types: oneOrMany('FeatureView', 'entity', 'ALL_RESOURCE_TYPES', 'Other'),
        name_patterns: oneOrMany('a.*', { glob: 'a*' }, ''),
        required_tags: tags,
        actions: oneOrMany('read', 'DESCRIBE', 'all_actions', 'Other'),
        tags,
      },
      { requiredKeys: ['name', 'policy'] },
    );
    let read = 0;
    fc.assert(
      fc.property(items, (item) => {
        const text = JSON.stringify({ permissions: [item] });
        if (!isRead('permissions', text)) return;
        read++;
        expect(schemaErrors('permissions', text)).toEqual([]);
      }),
      { numRuns: 400 },
    );
    expect(read).toBeGreaterThan(10);
  });
});

describe('a schema refuses the mistakes that the reader refuses', () => {
  it.each<Case>([
    file('permissions', 'permissions: {}'),
    file('permissions', 'permission: []'),
    file('permissions', 'permissions: []\nproject: p'),
    file('permissions', 'permissions: [{ name: a }]'),
    file('permissions', 'permissions: [{ policy: { roles: [r] } }]'),
    permission('policy: everyone'),
    permission('policy: {}'),
    permission('policy: { roles: r }'),
    permission('policy: { role: [r] }'),
    permission('policy: { roles: [r], groups: [g] }'),
    permission('policy: { type: RoleBasedPolicy }'),
    permission('policy: { type: AllowAll, roles: [r] }'),
    permission('policy: { type: Everyone }'),
    permission(`${ALL}, types: FeatureVeiw`),
    permission(`${ALL}, types: [FeatureView, Feature View]`),
    permission(`${ALL}, actions: [REED]`),
    permission(`${ALL}, actions: []`),
    permission(`${ALL}, actions:`),
    permission(`${ALL}, namePatterns: a`),
    permission(`${ALL}, name_patterns: [{ regex: a }]`),
    permission(`${ALL}, required_tags: { tier: 1 }`),
    permission(`${ALL}, tags: [a]`),
    permission(`${ALL}, project: ""`),
    file('policy-tests', 'cases: []'),
    changed('policy-tests', 'expect: allowed', 'expect: yes'),
    changed('policy-tests', 'roles:', 'role:'),
    changed('policy-tests', '    user: ann\n', ''),
    changed('endpoint-access', 'endpoints: [fraud]', 'endpoints: []'),
    changed('endpoint-access', 'endpoints: [fraud]', 'endpoint: [fraud]'),
    changed('endpoint-access', '"${PROD_ADMIN_SECRET}"', 'a-secret'),
    changed('endpoint-access', 'client_id: ci', 'user: ci'),
    changed('endpoint-access', '  comment: nightly scoring\n', ''),
    changed('endpoint-access', '3600', '-1'),
    changed('endpoint-access', '3600', '60.5'),
    extended('endpoint-access', 'level: CAN_READ\n'),
    changed('links', '"${PROD_READER_AAD_TOKEN}"', 'eyJ.e30.x'),
    changed('links', 'prod_workspace_id', 'production_workspace_id'),
    changed('links', '[ml-platform]', 'ml-platform'),
    changed('links', '"3333333333333333"', '-3'),
    changed('links', '  host: https://adb-1111111111111111.1.azuredatabricks.net\n', ''),
    extended('links', 'compatibility: module\n'),
    extended('links', 'token_lifetime_seconds: 0\n'),
  ])('$kind: $title', ({ kind, text }) => {
    expect(isRead(kind, text)).toBe(false);
    expect(schemaErrors(kind, text)).not.toEqual([]);
  });
});

describe('a schema leaves to the reader what JSON Schema cannot say', () => {
  it.each<Case>([
    permission(`${ALL}, name_patterns: "("`),
    permission(`${ALL}, name_patterns: "risk_*"`),
    file('permissions', `permissions: [{ name: a, ${ALL} }, { name: a, ${ALL} }]`),
    changed('policy-tests', 'user: ann', 'user: carol'),
    changed('policy-tests', 'action: READ_OFFLINE', 'action: REED'),
    changed('endpoint-access', 'https:', 'http:'),
    changed('endpoint-access', '3600', '30'),
    changed('endpoint-access', '[5f0c1c3e-8d2a-4a57-9b0e-6f1d2c3b4a61]', '[ci]'),
    changed('endpoint-access', 'client_id: ci, ', ''),
    changed('links', 'azure_staging_tenant_id: example.onmicrosoft.com\n', ''),
    extended('links', 'token_lifetime_seconds: 60\n'),
  ])('$kind: $title', ({ kind, text }) => {
    expect(isRead(kind, text)).toBe(false);
    expect(schemaErrors(kind, text)).toEqual([]);
  });
});
