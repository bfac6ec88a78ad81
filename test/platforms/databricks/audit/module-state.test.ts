import { describe, expect, test } from 'vitest';
import { reportJson } from '../../../../src/audit/index.js';
import { createAuthorizer } from '../../../../src/engine/index.js';
import {
  type FoundSecret,
  servicesSnapshotOptions,
} from '../../../../src/platforms/databricks/acl/index.js';
import { auditServices } from '../../../../src/platforms/databricks/audit/index.js';
import { verifyLinkFiles } from '../../../../src/platforms/databricks/links/index.js';
import { workspaceSubject } from '../../../../src/platforms/databricks/vocabulary/index.js';
import { modulePlan, moduleState, moduleStateFile } from '../acl/module-state.js';
import { read, READER as STAGING } from '../acl/read-fixture.js';

const PROD = '7f3a1c52-0d4e-4b8f-9a61-2c5d7e8f9022';
const NOW = Date.UTC(2026, 0, 31);
const SECRETS = ['staging', 'prod'].flatMap((workspace) => [
  `example-token-value-of-${workspace}`,
  `example-client-secret-of-${workspace}`,
  `example-entra-token-of-${workspace}`,
]);
const ROOT = 'databricks_permissions.remote_model_registry_permissions';
const to = (link: string): string => `\`module.remote_model_registry_${link}.${ROOT}\``;

/** Each form of the state, and what it says of lists that have rivals. */
const FORMS: readonly (readonly [form: string, file: unknown, writers: readonly string[]])[] = [
  [
    'as it is shown',
    moduleState(),
    [to('staging_to_prod'), to('dev_to_prod'), to('dev_to_staging'), 'may each write', 'unless'],
  ],
  // Both links to the workspace of production write its list, which is so.
  [
    'as it lies in a backend',
    moduleStateFile(),
    [to('dev_to_prod'), to('staging_to_prod'), 'each write'],
  ],
  ['as a plan', modulePlan(), [to('dev_to_prod'), to('staging_to_prod'), 'each write']],
];

describe.each(FORMS)('the state of the module with three links, %s', (_, value, writers) => {
  const secrets: FoundSecret[] = [];
  const file = read(value, { onSecret: (secret) => secrets.push(secret) });
  const report = auditServices([file], { now: NOW });
  const messages = (rule: string): readonly string[] =>
    report.findings.filter((one) => one.rule === rule).map(({ message }) => message);

  test('has these findings, and no other', () => {
    const counts = new Map<string, number>();
    for (const { rule } of report.findings) counts.set(rule, (counts.get(rule) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({
      'token-in-state': 4,
      'users-read-token-scope': 2,
      'secret-in-state': 5,
      'aad-token-script': 2,
      'long-lived-token': 2,
      'token-without-rotation': 2,
      'token-of-machine': 2,
      'rival-lists': 1,
      'token-use-overwritten': 1,
      'reader-creates-clusters': 2,
    });
  });

  test('has one list with several writers', () => {
    const [message = ''] = messages('rival-lists');
    for (const writer of writers) expect(message).toContain(writer);
    expect(message.includes('may')).toBe(writers.includes('may each write'));
    expect(message.split('`module.')).toHaveLength(
      writers.filter((writer) => writer.startsWith('`module.')).length + 1,
    );
  });

  test('has both service principals, and both tokens with their places', () => {
    for (const id of [STAGING, PROD]) {
      expect(messages('reader-creates-clusters').join()).toContain(id);
    }
    for (const place of ['remote-mr-staging/staging-token', 'remote-mr-prod/prod-token']) {
      expect(messages('token-of-machine').join()).toContain(
        `which secret \`${place}\` keeps, made 30 days ago, lives for 100 days`,
      );
    }
  });

  test.each([
    [STAGING, 'CAN_READ', true],
    [PROD, 'CAN_READ', true],
    [STAGING, 'CAN_EDIT', false],
    ['1b2c3d4e-5f60-4718-8293-a4b5c6d7e8f9', 'CAN_READ', false],
  ] as const)('lets %s %s the registry: %s', (applicationId, action, expected) => {
    const authorizer = createAuthorizer(servicesSnapshotOptions([file]));
    const root = { type: 'RegisteredModel', name: 'root' } as const;
    expect(authorizer.can(workspaceSubject({ applicationId }), action, root)).toBe(expected);
  });

  test('has all links', () => {
    const applicationIds = { staging: STAGING, prod: PROD };
    const rules = { applicationIds, compatibility: 'terraform-module', now: () => NOW } as const;
    expect(verifyLinkFiles(rules, [file])).toEqual([]);
  });

  test('has secrets that are masked, and in no report', () => {
    const values = secrets.map((one) => one.value);
    expect(values).toEqual(expect.arrayContaining(SECRETS));
    const text = reportJson(report) + JSON.stringify(file);
    for (const secret of SECRETS) expect(text).not.toContain(secret);
  });
});
