import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/audit/index.js';
import type { SnapshotOptions } from '../../../src/engine/index.js';
import type { FeastType, FeastVocabulary, ResourceOf } from '../../../src/model/index.js';
import { groups, groupsOrNamespaces, namespaces, roles } from '../../../src/policy/index.js';
import { auditOf } from '../audit-of.js';

const ADMIN = { name: 'admin', policy: roles('admin') };

async function findingsOf(
  rule: string,
  options: Partial<SnapshotOptions>,
): Promise<readonly Finding[]> {
  const { findings } = await auditOf({ permissions: [ADMIN], ...options });
  return findings.filter((finding) => finding.rule === rule);
}

async function messagesOf(
  rule: string,
  options: Partial<SnapshotOptions>,
): Promise<readonly string[]> {
  return (await findingsOf(rule, options)).map(({ message }) => message);
}

const named = (
  names: readonly string[],
  type: FeastType = 'FeatureView',
): readonly ResourceOf<FeastVocabulary>[] => names.map((name) => ({ type, name }));

describe('look-alike-names', () => {
  it.each([
    [['sales', 'Sales'], 'FeatureView `Sales`, `sales` differ only in case'],
    [['straße', 'STRASSE'], 'FeatureView `STRASSE`, `straße` differ only in case'],
    [['sales', 'sales '], 'FeatureView `sales`, `sales ` differ only in blanks at an end'],
    [['\tsales', 'sales'], 'FeatureView `\\u0009sales`, `sales` differ only in blanks at an end'],
    [
      ['caf\u00e9', 'cafe\u0301'],
      'FeatureView `cafe\\u{301}`, `caf\\u{e9}` differ only in Unicode composition',
    ],
    [['a', 'A', 'a '], 'FeatureView `A`, `a`, `a ` differ only in case and blanks at an end'],
  ])('is found for objects %j', async (names, message) => {
    expect(await messagesOf('look-alike-names', { resources: named(names) })).toEqual([message]);
  });

  it.each([[['sales', 'sale']], [['a b', 'ab']], [['e', '\u00e9']], [['sales_v1', 'sales_v2']]])(
    'is not found for objects %j',
    async (names) => {
      expect(await messagesOf('look-alike-names', { resources: named(names) })).toEqual([]);
    },
  );

  it('compares views of all types, and other objects with those of their type', async () => {
    const resources = [
      ...named(['sales'], 'StreamFeatureView'),
      ...named(['SALES'], 'OnDemandFeatureView'),
      ...named(['Sales'], 'Entity'),
      ...named(['sales', 'driver'], 'FeatureService'),
      ...named(['driver'], 'DataSource'),
    ];
    expect(await findingsOf('look-alike-names', { resources })).toEqual([
      {
        rule: 'look-alike-names',
        level: 'warning',
        message:
          'objects of types OnDemandFeatureView, StreamFeatureView `SALES`, `sales` differ only in case',
        resource: { project: null, type: 'StreamFeatureView', name: 'sales' },
      },
    ]);
  });

  it('is found for permissions of one project', async () => {
    const permissions = [
      { ...ADMIN, project: 'p' },
      { ...ADMIN, name: 'Admin', project: 'p' },
      { ...ADMIN, name: 'ADMIN', project: 'q' },
    ];
    expect(await findingsOf('look-alike-names', { permissions, projects: ['q'] })).toEqual([
      {
        rule: 'look-alike-names',
        level: 'warning',
        message: 'permissions `admin`, `Admin` of project `p` differ only in case',
        permission: { project: 'p', name: 'Admin' },
      },
    ]);
  });

  it('counts permissions once that are resources too', async () => {
    const permissions = [ADMIN, { ...ADMIN, name: 'Admin' }];
    const resources = named(['admin', 'Admin'], 'Permission');
    expect(await messagesOf('look-alike-names', { permissions, resources })).toHaveLength(1);
  });

  it('is found for projects', async () => {
    const projects = ['fraud', 'Fraud'];
    const resources = projects.map((name) => ({ type: 'Project' as const, name, project: name }));
    expect(await messagesOf('look-alike-names', { projects, resources })).toEqual([
      'projects `fraud`, `Fraud` differ only in case',
    ]);
  });
});

describe('no-wildcard', () => {
  it.each([
    [roles('*'), 'the role `*`'],
    [roles('ops', 'team-*', '*'), 'the role `team-*`, the role `*`'],
    [groups('*'), 'the group `*`'],
    [namespaces('*'), 'the namespace `*`'],
    [
      groupsOrNamespaces({ groups: ['*'], namespaces: ['feast-*'] }),
      'the group `*`, the namespace `feast-*`',
    ],
  ])('is found for %j', async (policy, what) => {
    expect(await findingsOf('no-wildcard', { permissions: [{ name: 'all', policy }] })).toEqual([
      {
        rule: 'no-wildcard',
        level: 'warning',
        message: `permission \`all\` requires ${what}, which lets in only users who have exactly that`,
        permission: { project: null, name: 'all' },
      },
    ]);
  });

  it('is not found where each is named', async () => {
    const permissions = [
      { name: 'a', policy: roles('feast-admin') },
      { name: 'b', policy: groups() },
    ];
    expect(await messagesOf('no-wildcard', { permissions })).toEqual([]);
  });
});
