import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { FINDING_LEVELS, reportJson } from '../../../../src/audit/index.js';
import type {
  FoundSecret,
  ServicesFile,
  ServicesFileReader,
} from '../../../../src/platforms/databricks/acl/index.js';
import {
  auditServices,
  SERVICES_RULES,
  servicesReportText,
} from '../../../../src/platforms/databricks/audit/index.js';
import { ONLINE_STORE_RULES } from '../../../../src/platforms/online-store/index.js';
import { read, readFixture } from '../acl/read-fixture.js';

const docs = (name: string): string =>
  readFileSync(new URL(`../../../../docs/${name}`, import.meta.url), 'utf8');
const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
  JSON.parse(docs('schemas/services-audit.schema.json')) as object,
);

const NOW = Date.UTC(2026, 0, 31);
const ALL = [
  'registry-link-state.json',
  'endpoint-plan.json',
  'endpoint-permissions.json',
  'serving-endpoints.json',
  'token-permissions.json',
  'secret-acls.json',
  'secret-scopes.json',
  'secret-keys.json',
  'effective-grants.json',
  'token-list.json',
  'service-principals.json',
  'online-stores.yaml',
];

describe('all files together', () => {
  const secrets: FoundSecret[] = [];
  const files = ALL.map((name) => readFixture(name, secrets));
  const report = auditServices(files, { now: NOW });

  test('meet every rule', () => {
    const rules = new Set(report.findings.map(({ rule }) => rule));
    // Mistakes that these files do not have.
    const apart = [
      'rival-lists',
      'service-principal-by-name',
      'part-of-answer',
      'aad-token-script',
      'old-token',
      'users-manage-object',
      'service-manages-registry',
      'users-use-service-principal',
      'service-principal-is-admin',
      'users-attach-profile',
      'open-federation-policy',
      'federation-policy',
      'role-granted',
      'resource-not-read',
    ];
    expect(rules).toEqual(
      new Set([
        ...SERVICES_RULES.map(({ id }) => id).filter((id) => !apart.includes(id)),
        'online-store-shared-credentials',
      ]),
    );
  });

  test('give the worst first, with levels of their rules', () => {
    const levels = report.findings.map(({ level }) => FINDING_LEVELS.indexOf(level));
    expect(levels).toEqual([...levels].sort((a, b) => a - b));
  });

  test('give a summary that adds up', () => {
    const { summary, unsecured, uncoveredActions, findings } = report;
    expect(summary.secured + summary.unsecured).toBe(summary.resources);
    expect(summary.unsecured).toBe(unsecured.length);
    expect(summary.findings).toBe(findings.length);
    expect(summary.partiallySecured).toBe(uncoveredActions.length - unsecured.length);
    expect(report.files).toHaveLength(ALL.length);
  });

  test('are the documented JSON', () => {
    validate(JSON.parse(reportJson(report)));
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ ...report, more: 1 })).toBe(false);
    expect(validate({ ...report, files: undefined })).toBe(false);
  });

  test('leave actions out that a type does not have', () => {
    for (const { type, actions } of report.uncoveredActions) {
      if (type === 'ServiceCredential') expect(actions).not.toContain('CAN_QUERY');
      expect(type === 'SecretScope').toBe(actions.some((action) => action === 'READ'));
    }
  });

  test.each([
    ['json', reportJson(report)],
    ['table', servicesReportText(report)],
  ])('print no secret as %s', (_, text) => {
    expect(secrets.length).toBeGreaterThan(4);
    for (const { value } of secrets) expect(text).not.toContain(value);
  });
});

test('a registry link is found out, rule by rule', () => {
  const { findings } = auditServices([readFixture('registry-link-state.json')], { now: NOW });
  expect(findings.map(({ rule }) => rule)).toEqual([
    'token-in-state',
    'token-in-state',
    'users-read-token-scope',
    'secret-in-state',
    'long-lived-token',
    'token-without-rotation',
    'token-of-machine',
    'token-use-overwritten',
    'reader-creates-clusters',
  ]);
});

test('a report for people has the findings, what to do, and a summary', () => {
  const text = servicesReportText(auditServices([readFixture('token-list.json')], { now: NOW }));
  expect(text).toBe(`Audit of services in 1 file
  token-list.json: tokens

error token-without-expiry: A personal access token without end
  - token \`5d1f\` of user \`ann@example.com\` never ends; it is 21 days old
  > Revoke it, and set a maximum lifetime for the tokens of the workspace

warning long-lived-token: A personal access token with a lifetime of more than 90 days
  - token \`77ab\` of a service principal lives for 100 days and is 21 days old
  > Use tokens of OAuth, which live for an hour; otherwise make a new token often

warning token-of-machine: A machine that signs in with a personal access token
  - token \`77ab\` of a service principal, made 21 days ago, lives for 100 days
  > Let the service principal sign in with OAuth (client credentials or workload identity)

0 objects, 0 permissions
1 error, 2 warnings
`);
});

test('a policy of AWS is read with its own rules', () => {
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  };
  const file = read(policy, { name: 'policy.json' });
  expect(file.kind).toBe('aws-iam-policy');
  const report = auditServices([file, readFixture('token-list.json')], { now: NOW });
  const rules = new Set(file.facts.findings.map(({ rule }) => rule));
  expect(rules.size).toBeGreaterThan(0);
  expect(new Set(report.findings.map(({ rule }) => rule))).toEqual(
    new Set([
      ...rules,
      'iam-not-compared',
      'token-without-expiry',
      'long-lived-token',
      'token-of-machine',
    ]),
  );
  const text = servicesReportText(report);
  for (const rule of rules) expect(text.split(` ${rule}: `)).toHaveLength(2);
});

test('a report of nothing says so', () => {
  const text = servicesReportText(auditServices([read({ scopes: [] })]));
  expect(text).toMatch(/\n0 objects, 0 permissions\nno findings\n$/);
});

test('names from files are made harmless', () => {
  const evil = '\u001b[2Jgone\u202e';
  const file = read({ object_id: `/jobs/${evil}`, object_type: evil }, { name: evil });
  const report = auditServices([file]);
  for (const text of [servicesReportText(report), reportJson(report)]) {
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('\u202e');
    expect(text).toContain('\\u001b[2Jgone');
  }
});

test('reports a finding of an unknown rule', () => {
  const own: ServicesFileReader = {
    kind: 'own',
    detect: () => true,
    read: (_, { collector }) => {
      collector.facts.findings.push({ rule: 'own-rule', level: 'note', message: 'look here' });
    },
  };
  const text = servicesReportText(auditServices([read({}, { readers: [own] })]));
  expect(text).toContain('\nnote own-rule\n  - look here\n\n');
});

test('secrets of one workspace are not those of another', () => {
  const store = (name: string, more: object, workspace: string): ServicesFile =>
    read({ name, ...more }, { workspace });
  const stores = (second: string): readonly unknown[] =>
    auditServices([
      store('a', { write_secret_prefix: 's/p', read_secret_prefix: 'r/p' }, 'dev'),
      store('b', { read_secret_prefix: 's/p' }, second),
    ]).findings.map(({ rule, resource }) => [rule, resource?.project, resource?.name]);
  expect(stores('prod')).toEqual([]);
  expect(stores('dev')).toEqual([['online-store-shared-credentials', 'dev', 'b']]);
});

test('an age needs no option', () => {
  const made = { token_id: 't', creation_time: Date.now() - 86_400_000 * 3, expiry_time: -1 };
  const [finding] = auditServices([read({ token_infos: [made] })]).findings;
  expect(finding?.message).toMatch(/it is [34] days old$/);
});

test('docs/services-findings.md has a row and a section for each rule, in the order of the audit', () => {
  const text = docs('services-findings.md');
  const rows = Array.from(
    text.matchAll(/^\| \[([\w-]+)\]\(#\1\) \| (\w+) \|/gm),
    ([, id, level]) => ({ id, level }),
  );
  expect(rows).toEqual(SERVICES_RULES.map(({ id, level }) => ({ id, level })));
  const sections = Array.from(text.matchAll(/^## (.+)$/gm), ([, id]) => id);
  expect(sections).toEqual([...SERVICES_RULES.map(({ id }) => id), 'What is read']);
});

test('docs/online-stores.md has a row for each rule of online stores, in its order', () => {
  const rows = Array.from(
    docs('online-stores.md').matchAll(/^\| `(online-store-[\w-]+)` \| (\w+) \|/gm),
    ([, id, level]) => ({ id, level }),
  );
  expect(rows).toEqual(ONLINE_STORE_RULES.map(({ id, level }) => ({ id, level })));
});

test('the example of docs/json-output.md is what the audit gives', () => {
  const [, section = ''] = docs('json-output.md').split('\n## services audit\n');
  const [, example = ''] = /```json\n(.*?)```/s.exec(section) ?? [];
  const file = {
    object_id: '/serving-endpoints/fraud',
    object_type: 'serving-endpoint',
    access_control_list: [
      { group_name: 'users', all_permissions: [{ permission_level: 'CAN_MANAGE' }] },
    ],
  };
  const report = auditServices([read(file, { name: 'endpoint.json' })]);
  expect(JSON.parse(example)).toEqual(JSON.parse(reportJson(report)));
});
