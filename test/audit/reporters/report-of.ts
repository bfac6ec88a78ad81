import {
  type AuditReport,
  FINDING_RULES,
  type Finding,
  type ReportContext,
} from '../../../src/audit/index.js';

/** A report with these findings, about nothing else. */
export function reportOf(
  findings: readonly Finding[],
  more: Partial<AuditReport> = {},
): AuditReport {
  return {
    project: null,
    summary: {
      resources: 3,
      secured: 2,
      unsecured: 1,
      partiallySecured: 0,
      permissions: 2,
      findings: findings.length,
    },
    unsecured: [],
    uncoveredActions: [],
    permissions: [],
    findings,
    ...more,
  };
}

/** What reports name, with all places in one file. */
export function contextOf(more: Partial<ReportContext> = {}): ReportContext {
  return {
    source: 'store/feature_store.yaml',
    rules: FINDING_RULES,
    locate: ({ permission }) => ({
      path: 'store/feature_store.yaml',
      line: permission === undefined ? 1 : 7,
    }),
    fails: ({ level }) => level !== 'note',
    version: '1.2.3',
    ...more,
  };
}

/** Findings of each level and kind. */
export const FINDINGS: readonly Finding[] = [
  {
    rule: 'auth-disabled',
    level: 'error',
    message: 'auth is no_auth: every caller may do everything',
    object: 'auth',
  },
  {
    rule: 'open-write',
    level: 'error',
    message: 'permission `all` lets everyone, anonymous callers too, do CREATE on 3 resources',
    permission: { project: 'shop', name: 'all' },
  },
  {
    rule: 'unsecured-resource',
    level: 'warning',
    message: 'no permission covers Entity `card`',
    resource: { project: 'shop', type: 'Entity', name: 'card' },
  },
  {
    rule: 'uncovered-actions',
    level: 'note',
    message: 'no permission holds DELETE on FeatureView `sales`',
    object: 'FeatureView of project shop: DELETE',
  },
];

/** Names that could be taken for something else than a name. */
export const ODD_NAMES: readonly string[] = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '{0} {1}',
  '[link](https://example.org/)',
  '%0A::error::x',
  'a,b:c=d',
  'a|b*c_d~e#1',
  '`code` and ``more``',
  '@someone',
  ']]>',
  '&amp;',
  'naïve 特徴 😀',
  'a\u0000b\u0008c\ud800d\ufffee',
  'line\nbreak\r\n\ttab',
  '\u202eright to left',
  '',
  ' ',
  `${'long'.repeat(300)}`,
];

/** A finding about a resource of each odd name, as a rule would write it. */
export const ODD_FINDINGS: readonly Finding[] = ODD_NAMES.map((name) => ({
  rule: 'unsecured-resource',
  level: 'warning',
  message: `no permission covers Entity \`${name}\``,
  resource: { project: 'shop', type: 'Entity', name },
}));

export const join = (pieces: Iterable<string>): string => [...pieces].join('');
