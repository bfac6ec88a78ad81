import { referToPermission, referToResource } from '../analysis/references.js';
import type { Snapshot } from '../engine/index.js';
import { type AuditFacts, type AuditOptions, collectFacts } from './audit-facts.js';
import { type AuditReport, FINDING_LEVELS, type Finding } from './audit-report.js';
import { FINDING_RULES } from './finding-rules.js';

/**
 * Audits a feature store: what no permission protects, what permissions open, and what they say in
 * vain.
 *
 * Pure. `snapshot` holds the permissions and the resources; compile it with `onUnsupportedPattern:
 * 'exclude'`, so that a permission which is not understood is reported and not thrown.
 *
 * @throws TypeError when the snapshot does not know the project
 * @source model.md, "Known defects upstream", for the rules
 * @example
 * const { snapshotOptions, config } = await loadFeatureStore('.');
 * const snapshot = await prepareSnapshot({ ...snapshotOptions, onUnsupportedPattern: 'exclude' });
 * auditSnapshot(snapshot, { auth: config?.auth }).unsecured; // [{ project, type, name }, …]
 */
export function auditSnapshot(snapshot: Snapshot, options: AuditOptions = {}): AuditReport {
  const facts = collectFacts(snapshot, options);
  const { resources, permissions } = facts;
  const unsecured = resources.filter(({ coverage }) => !coverage.secured);
  const uncovered = resources.filter(({ coverage }) => coverage.uncoveredActions.length > 0);
  const findings = findAll(facts);
  return {
    project: options.project ?? null,
    summary: {
      resources: resources.length,
      secured: resources.length - unsecured.length,
      unsecured: unsecured.length,
      partiallySecured: uncovered.filter(({ coverage }) => coverage.secured).length,
      permissions: permissions.length,
      findings: findings.length,
    },
    unsecured: unsecured.map(({ resource }) => referToResource(resource)),
    uncoveredActions: uncovered.map(({ resource, coverage }) => ({
      // Written out, since a spread for each of 100,000 resources shows.
      project: resource.project ?? null,
      type: resource.type,
      name: resource.name,
      actions: coverage.uncoveredActions,
    })),
    permissions: permissions.map((permission) => ({
      ...referToPermission(permission.source),
      matches: facts.matchesOf(permission),
    })),
    findings,
  };
}

/** The worst first; those of one level in the order of the rules. */
function findAll(facts: AuditFacts): readonly Finding[] {
  const findings = FINDING_RULES.flatMap(({ id, level, check }) =>
    Array.from(check(facts), (detail): Finding => ({ rule: id, level, ...detail })),
  );
  return FINDING_LEVELS.flatMap((level) => findings.filter((finding) => finding.level === level));
}
