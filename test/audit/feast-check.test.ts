import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AuditReport } from '../../src/audit/index.js';
import { auditStore } from './audit-of.js';

const EXAMPLE = 'examples/credit_scoring';
const RECORDED = '../conformance/registries/credit_scoring/cli';

/** What `feast permissions check` prints. */
interface FeastCheck {
  /** `TYPE NAME`. */
  readonly unsecured: readonly string[];
  /** Actions by `TYPE NAME`. */
  readonly uncovered: ReadonlyMap<string, readonly string[]>;
}

/** Reads two tables; a line that starts with white space goes on with the row above it. */
function parseCheck(text: string): FeastCheck {
  const unsecured: string[] = [];
  const uncovered = new Map<string, string[]>();
  let table = 0;
  let actions: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('NAME')) table += 1;
    if (line.includes('following') || /^(NAME|\$|\[|$)/.test(line)) continue;
    const [name = '', type = '', action = ''] = line.split(/\s+/);
    if (name !== '' && table === 1) unsecured.push(`${type} ${name}`);
    if (name !== '' && table === 2) {
      actions = [action];
      uncovered.set(`${type} ${name}`, actions);
    } else if (name === '') actions.push(type);
  }
  return { unsecured, uncovered };
}

function recorded(file: string): FeastCheck {
  return parseCheck(readFileSync(new URL(`${RECORDED}/${file}`, import.meta.url), 'utf8'));
}

/** The same of ours. */
function ours(report: AuditReport): FeastCheck {
  return {
    unsecured: report.unsecured.map(({ type, name }) => `${type} ${name}`),
    uncovered: new Map(
      report.uncoveredActions.map(({ type, name, actions }) => [`${type} ${name}`, actions]),
    ),
  };
}

/**
 * Where we find more uncovered actions than Feast: it ignores required tags, so that permissions
 * count for resources without the tags.
 */
const DIFFERENCES: readonly {
  readonly resource: string;
  readonly uncovered: readonly string[];
  readonly reason: string;
}[] = [
  {
    resource: 'Entity merchant',
    uncovered: ['READ_ONLINE', 'READ_OFFLINE'],
    reason: '`pii-reader` requires `pii: true`, which the entity does not have',
  },
  {
    resource: 'Entity driver',
    uncovered: ['READ_ONLINE', 'READ_OFFLINE'],
    reason: '`pii-reader` requires `pii: true`, which the entity does not have',
  },
  {
    resource: 'OnDemandFeatureView risky_income_ratio',
    uncovered: ['CREATE', 'UPDATE', 'DELETE'],
    reason: '`view-editor` requires `team: risk`, which the view does not have',
  },
  {
    resource: 'LabelView loan_labels',
    uncovered: ['CREATE', 'UPDATE', 'DELETE'],
    reason: '`view-editor` requires `team: risk`, and the team of the view is `labeling`',
  },
];

describe('the audit of the example and `feast permissions check`', () => {
  it('find the same unsecured resources', async () => {
    const check = recorded('check.txt');
    expect(check.unsecured).toEqual(['SavedDataset adhoc_risky_export']);
    expect(ours(await auditStore(EXAMPLE)).unsecured).toEqual(check.unsecured);
  });

  it('find the same uncovered actions, but for tags', async () => {
    const check = recorded('check.txt');
    expect(check.uncovered.size).toBe(9);
    const { uncovered } = ours(await auditStore(EXAMPLE));
    expect([...uncovered.keys()].sort()).toEqual([...check.uncovered.keys()].sort());
    const more = Array.from(uncovered, ([resource, actions]) => ({
      resource,
      uncovered: actions.filter(
        (action) => check.uncovered.get(resource)?.includes(action) !== true,
      ),
    })).filter((difference) => difference.uncovered.length > 0);
    const byName = (a: { resource: string }, b: { resource: string }): number =>
      a.resource < b.resource ? -1 : 1;
    expect(more.sort(byName)).toEqual(
      DIFFERENCES.map(({ resource, uncovered: actions }) => ({
        resource,
        uncovered: actions,
      })).sort(byName),
    );
    const fewer = Array.from(check.uncovered, ([resource, actions]) =>
      actions.filter((action) => uncovered.get(resource)?.includes(action) !== true),
    );
    expect(fewer.flat()).toEqual([]);
  });

  it('say why where they differ: a finding for each permission with required tags', async () => {
    const { findings } = await auditStore(EXAMPLE);
    const tagged = findings.filter(({ rule }) => rule === 'tags-ignored-by-feast');
    const names = tagged.map(({ permission }) => permission?.name);
    expect(names).toEqual(['ds-writer', 'view-editor', 'pii-reader']);
    for (const { reason } of DIFFERENCES) {
      expect(names).toContain(/`([\w-]+)` requires/.exec(reason)?.[1]);
    }
  });

  it('find nothing in the other project', async () => {
    const check = recorded('project2_check.txt');
    const report = await auditStore(EXAMPLE, 'fraud_detection');
    expect(ours(report)).toEqual(check);
    expect(check).toEqual({ unsecured: [], uncovered: new Map() });
    expect(report.project).toBe('fraud_detection');
    expect(report.summary).toMatchObject({
      resources: 7,
      secured: 7,
      unsecured: 0,
      partiallySecured: 0,
      permissions: 2,
    });
  });
});

describe('the audit of a registry that Feast cannot read back', () => {
  it('finds its allow-all permission', async () => {
    const report = await auditStore('test/conformance/registries/allow_all/registry.db');
    expect(report.summary).toEqual({
      resources: 3,
      secured: 1,
      unsecured: 2,
      partiallySecured: 1,
      permissions: 1,
      findings: 5,
    });
    expect(report.findings.map(({ rule, level }) => `${level} ${rule}`)).toEqual([
      'error unreadable-by-feast',
      'warning unsecured-resource',
      'warning unsecured-resource',
      'warning open-read',
      'note uncovered-actions',
    ]);
  });
});
