import { describe, expect, it } from 'vitest';
import {
  auditSnapshot,
  fingerprintFindings,
  reportJson,
  reportText,
} from '../../src/audit/index.js';
import { type FeastType, feastVocabulary } from '../../src/model/index.js';
import { roles } from '../../src/policy/index.js';
import { auditOf, auditStore, snapshotOf } from './audit-of.js';

describe('auditSnapshot', () => {
  it('reports the documented shape', async () => {
    const report = await auditOf({
      permissions: [
        { name: 'read', project: 'p', types: 'FeatureView', actions: ['READ'], policy: roles('a') },
        { name: 'all', project: 'p', namePatterns: 'b', policy: roles('a') },
      ],
      resources: [
        { type: 'FeatureView', name: 'b', project: 'p' },
        { type: 'Entity', name: 'c', project: 'p' },
        { type: 'FeatureView', name: 'a', project: 'p' },
      ],
    });
    const most = ['CREATE', 'DESCRIBE', 'UPDATE', 'DELETE', 'WRITE_ONLINE', 'WRITE_OFFLINE'];
    const c = { project: 'p', type: 'Entity', name: 'c' };
    expect(report).toEqual({
      project: null,
      summary: {
        resources: 3,
        secured: 2,
        unsecured: 1,
        partiallySecured: 1,
        permissions: 2,
        findings: 2,
      },
      unsecured: [c],
      uncoveredActions: [
        { project: 'p', type: 'FeatureView', name: 'a', actions: most },
        { ...c, actions: [...feastVocabulary.actions] },
      ],
      permissions: [
        { project: 'p', name: 'read', matches: 2 },
        { project: 'p', name: 'all', matches: 1 },
      ],
      findings: [
        {
          rule: 'unsecured-resource',
          level: 'warning',
          message: 'no permission covers Entity `c`',
          resource: c,
        },
        {
          rule: 'uncovered-actions',
          level: 'note',
          message: `no permission holds ${most.join(', ')} on FeatureView \`a\``,
          object: `FeatureView of project p: ${most.join(', ')}`,
        },
      ],
    });
    const fingerprints = fingerprintFindings(report.findings);
    expect(JSON.parse(reportJson(report))).toEqual({
      ...report,
      findings: report.findings.map((one, at) => ({ ...one, fingerprint: fingerprints[at] })),
    });
  });

  it('keeps to one project, with the permissions for all', async () => {
    const snapshot = await snapshotOf({
      permissions: [
        { name: 'everywhere', actions: ['DESCRIBE'], policy: roles('a') },
        { name: 'p', project: 'p', policy: roles('a') },
        { name: 'q', project: 'q', policy: roles('a') },
      ],
      resources: ['p', 'q', 'q2'].map((name) => ({
        type: 'Entity',
        name,
        project: name.charAt(0),
      })),
    });
    const report = auditSnapshot(snapshot, { project: 'q' });
    expect(report.project).toBe('q');
    expect(report.permissions).toEqual([
      { project: null, name: 'everywhere', matches: 2 },
      { project: 'q', name: 'q', matches: 2 },
    ]);
    expect(report.summary).toMatchObject({ resources: 2, permissions: 2 });
    expect(() => auditSnapshot(snapshot, { project: 'r' })).toThrow(
      new TypeError('project `r` is not in the snapshot'),
    );
  });

  it('takes names that are members of every object', async () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const report = await auditOf({
      permissions: names.map((name) => ({
        name,
        project: name,
        namePatterns: name,
        policy: roles(name),
      })),
      resources: names.map((name) => ({
        type: 'Entity',
        name,
        project: name,
        tags: JSON.parse('{"__proto__":"x"}') as Record<string, string>,
      })),
      projects: names,
    });
    expect(report.permissions.map(({ matches }) => matches)).toEqual([1, 1, 1]);
    expect(report.summary).toMatchObject({ resources: 3, secured: 3, findings: 0 });
  });

  it('finishes on a large registry', async () => {
    const types: readonly FeastType[] = ['FeatureView', 'DataSource', 'Entity', 'FeatureService'];
    const permissions = Array.from({ length: 1000 }, (_, index) => ({
      name: `p${index}`,
      types: types[index % 4] as FeastType,
      namePatterns: `team${index % 250}_.*`,
      policy: roles(`r${index % 20}`),
    }));
    const resources = Array.from({ length: 20_000 }, (_, index) => ({
      type: types[index % 4] as FeastType,
      name: `team${index % 300}_${index}`,
    }));
    const report = await auditOf({ permissions, resources });
    expect(report.summary.resources).toBe(20_000);
    expect(report.summary.unsecured).toBe(
      resources.filter(({ name }) => Number(/\d+/.exec(name)) >= 250).length,
    );
    const text = reportText(report, {
      width: 80,
      source: 'x',
      vocabulary: feastVocabulary,
    });
    expect(text).toContain('20,000 resources: 16,700 secured');
  });
});

describe('reportText', () => {
  const options = {
    source: 'here',
    vocabulary: feastVocabulary,
  };

  it('sets text off in colours on request', async () => {
    const report = await auditOf({ permissions: [] });
    expect(reportText(report, options)).not.toContain('\u001b[');
    expect(reportText(report, { ...options, colors: true })).toContain('\u001b[1mAudit\u001b[22m');
  });

  it('says when nothing is found', async () => {
    const report = await auditOf({
      permissions: [{ name: 'all', policy: roles('a') }],
      resources: [{ type: 'Entity', name: 'e' }],
    });
    expect(reportText(report, options)).toBe(
      'Audit of here, all projects\n\n1 resource: 1 secured, 0 unsecured\n1 permission\nno findings\n',
    );
  });

  it('keeps to the width of a terminal', async () => {
    const report = await auditStore('examples/credit_scoring');
    const lines = reportText(report, { ...options, width: 60 }).split('\n');
    const tables = lines.filter((line) => line.startsWith('  '));
    expect(tables.length).toBeGreaterThan(20);
    for (const line of tables) expect(line.length).toBeLessThanOrEqual(60);
  });

  it('shortens long lists, with the numbers by type first', async () => {
    const resources = [
      ...Array.from({ length: 10_001 }, (_, index) => ({
        type: 'FeatureView' as const,
        name: `v${String(index).padStart(5, '0')}`,
      })),
      ...Array.from({ length: 20 }, (_, index) => ({ type: 'Entity' as const, name: `e${index}` })),
    ];
    const report = await auditOf({
      permissions: [{ name: 'none', namePatterns: 'x', policy: roles('a') }],
      resources,
    });
    const text = reportText(report, { ...options, width: 80 });
    expect(text).toContain(
      '  10,021 resources: 10,001 of type FeatureView, 20 of type Entity\n  TYPE         RESOURCES\n',
    );
    expect(text).toContain('v00019 and 9,981 more\n');
    expect(text).not.toContain('v00020');
    expect(text).toContain('e4, e5, e6, e7, e8, e9\n');
    expect(text).toContain('  `--all` shows all names\n');
    expect(text.split('\n').length).toBeLessThan(30);
    const all = reportText(report, { ...options, width: 80, all: true });
    for (const { name } of resources) expect(all).toContain(name);
    expect(all).not.toContain('more');
  });

  it('keeps rows of a shortened table to 120 columns where no terminal says a width', async () => {
    const resources = Array.from({ length: 50 }, (_, index) => ({
      type: 'FeatureView' as const,
      name: `${'v'.repeat(40)}${index}`,
    }));
    const report = await auditOf({
      permissions: [{ name: 'none', namePatterns: 'x', policy: roles('a') }],
      resources,
    });
    const rows = reportText(report, options)
      .split('\n')
      .filter((row) => row.includes('vvv'));
    expect(rows.length).toBeGreaterThan(5);
    expect(Math.max(...rows.map(({ length }) => length))).toBeLessThanOrEqual(120);
  });

  it('shortens the findings of a rule', async () => {
    const permissions = Array.from({ length: 2020 }, (_, index) => ({
      name: `p${index}`,
      namePatterns: `none${index}`,
      policy: roles('a'),
    }));
    const report = await auditOf({ permissions, resources: [{ type: 'Entity', name: 'e' }] });
    const text = reportText(report, options);
    expect(text).toContain('\n  2,020 findings:\n  - permission `p0` covers');
    expect(text).toContain('  - permission `p19` covers');
    expect(text).not.toContain('`p20`');
    expect(text).toContain('\n  and 2,000 more; `--all` shows them\n');
    expect(text).toContain('\n2,021 warnings\n');
    const all = reportText(report, { ...options, all: true });
    expect(all).toContain('`p2019`');
    expect(all).not.toContain(' more');
  });

  it('makes hostile names harmless', async () => {
    const name = '\u001b[2J\u202eevil\r\n';
    const report = await auditOf({
      permissions: [
        {
          name,
          project: 'p',
          namePatterns: 'x',
          requiredTags: { [name]: name },
          policy: roles(name),
        },
      ],
      resources: [{ type: 'Entity', name, project: 'p' }],
    });
    const text = reportText(report, { ...options, source: name });
    expect(text).toContain('Entity  \\u001b[2J\\u202eevil\\u000d\\u000a');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });
});
