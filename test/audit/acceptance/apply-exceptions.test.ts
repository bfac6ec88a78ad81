import { describe, expect, test } from 'vitest';
import {
  type AuditReport,
  applyExceptions,
  type Finding,
  parseExceptions,
} from '../../../src/audit/index.js';

const NOW = Date.parse('2027-01-31T12:00:00Z');

const about = (rule: string, level: Finding['level'], name: string): Finding => ({
  rule,
  level,
  message: `${rule} ${name}`,
  permission: { project: 'shop', name },
});

function reportOf(findings: readonly Finding[], project: string | null = null): AuditReport {
  return {
    project,
    summary: {
      resources: 0,
      secured: 0,
      unsecured: 0,
      partiallySecured: 0,
      permissions: 0,
      findings: findings.length,
    },
    unsecured: [],
    uncoveredActions: [],
    permissions: [],
    findings,
  };
}

const exception = (more: string, rule = 'open-read'): string =>
  `exceptions: [{ rule: ${rule}, reason: Public data., ${more} }]`;

const A = about('open-write', 'error', 'a');
const B = about('open-read', 'warning', 'b');

function apply(yaml: string, report = reportOf([A, B])): ReturnType<typeof applyExceptions> {
  return applyExceptions(report, parseExceptions(yaml), { now: NOW });
}

describe('applyExceptions', () => {
  test('moves an accepted finding, with its reason, and counts what is left', () => {
    const { findings, accepted, summary } = apply(exception('permission: b'));
    expect(findings).toEqual([A]);
    expect(accepted).toEqual([{ ...B, reason: 'Public data.', until: null }]);
    expect(summary.findings).toBe(1);
  });

  test('accepts a finding on the last day', () => {
    expect(apply(exception('permission: b, until: 2027-01-31')).findings).toEqual([A]);
  });

  test('reports what an exception accepted when it has ended, and the exception', () => {
    const { findings, accepted } = apply(exception('permission: b, until: 2027-01-30'));
    expect(accepted).toEqual([]);
    expect(findings).toEqual([
      A,
      B,
      {
        rule: 'expired-exception',
        level: 'warning',
        message: 'the exception `open-read on permission b` ended on 2027-01-30',
        object: 'open-read on permission b',
      },
    ]);
  });

  test('reports an exception that accepts nothing', () => {
    const { findings } = apply(exception('permission: c'));
    expect(findings.map(({ rule }) => rule)).toEqual([
      'open-write',
      'open-read',
      'unused-exception',
    ]);
  });

  test('counts every exception that matches as used', () => {
    const yaml = `exceptions:
      - { rule: open-read, permission: b, reason: First. }
      - { rule: open-read, permission: 'glob:*', reason: Second. }`;
    const { findings, accepted } = apply(yaml);
    expect(findings).toEqual([A]);
    expect(accepted[0]?.reason).toBe('First.');
  });

  test('leaves exceptions for rules of another audit alone', () => {
    const exceptions = parseExceptions(exception('object: t', 'old-token'), {
      rules: ['old-token'],
    });
    expect(applyExceptions(reportOf([A]), exceptions).findings).toEqual([A]);
    expect(
      applyExceptions(reportOf([A]), exceptions, { rules: ['old-token'] }).findings,
    ).toHaveLength(2);
  });

  test('calls exceptions of other projects unused only in an audit of all projects', () => {
    const of = (project: string | null, more: string): number =>
      apply(exception(`permission: c, ${more}`), reportOf([], project)).findings.length;
    expect(of(null, 'project: other')).toBe(1);
    expect(of('shop', 'project: other')).toBe(0);
    expect(of('shop', '')).toBe(0);
    expect(of('shop', 'project: shop')).toBe(1);
  });

  test('changes nothing in the report that it is given', () => {
    const report = reportOf([A, B]);
    apply(exception('permission: b'), report);
    expect(report).toEqual(reportOf([A, B]));
  });
});
