import { checkOptions, type OptionNames } from '../../foundation/options.js';
import type { RuleText } from '../acceptance/acceptance-rules.js';
import type { AuditReport, Finding, FindingLevel } from '../audit-report.js';

/** A place in a file. */
export interface SourceLocation {
  /** Path from the root of the repository, with `/`. */
  readonly path: string;
  /** From 1 on. */
  readonly line: number;
}

/** A rule with everything that a report says about it. */
export interface ReportRule extends RuleText {
  /** More about it, as Markdown. */
  readonly explanation?: string | undefined;
  /** The web page that explains it. */
  readonly address?: string | undefined;
}

/** What a report names beside its findings. */
export interface ReportContext {
  /** What was audited, for people. */
  readonly source: string;
  /** The rules that findings can be of. */
  readonly rules: readonly ReportRule[];
  /** Where the cause of a finding stands. */
  readonly locate: (finding: Finding) => SourceLocation;
  /** Whether a finding fails the audit. */
  readonly fails: (finding: Finding) => boolean;
  /** Version of this package. */
  readonly version: string;
}

/** The members of a context. */
export const CONTEXT: OptionNames<ReportContext> = {
  source: true,
  rules: true,
  locate: true,
  fails: true,
  version: true,
};

/** @throws TypeError if a member is unknown */
export function checkContext(context: ReportContext): void {
  checkOptions<ReportContext>(context, CONTEXT);
}

/** Writes a report. Gives pieces of text. */
export type Reporter = (report: AuditReport, context: ReportContext) => Iterable<string>;

/** A rule by its ID. One that is unknown has its ID as its title. */
export function ruleFinder({ rules }: Pick<ReportContext, 'rules'>): (id: string) => ReportRule {
  const known = new Map(rules.map((rule) => [rule.id, rule]));
  return (id) => known.get(id) ?? { id, level: 'warning', title: id, advice: '' };
}

/** What a finding is about, in one line: `FeatureView sales of project shop`. */
export function describeAbout({ resource, permission, object }: Finding): string {
  const of = (project: string | null): string => (project === null ? '' : ` of project ${project}`);
  const parts = [
    ...(resource === undefined ? [] : [`${resource.type} ${resource.name}${of(resource.project)}`]),
    ...(permission === undefined ? [] : [`permission ${permission.name}${of(permission.project)}`]),
    ...(object === undefined ? [] : [object]),
  ];
  return parts.join(', ');
}

/** The number of findings of each level. */
export function countLevels(findings: readonly Finding[]): Readonly<Record<FindingLevel, number>> {
  const counts = { error: 0, warning: 0, note: 0 };
  for (const { level } of findings) counts[level] += 1;
  return counts;
}
