import { readFileSync } from 'node:fs';
import { EXCEPTION_RULES, FINDING_RULES, type FindingLevel } from '../audit/index.js';
import { errorCode } from '../foundation/error-code.js';
import { IAM_FINDING_RULES } from '../platforms/aws-iam/index.js';
import { SERVICES_RULES } from '../platforms/databricks/audit/index.js';
import { ONLINE_STORE_RULES } from '../platforms/online-store/index.js';

/** What a finding of a rule means, and what to do about it. */
export interface RuleHelp {
  readonly rule: string;
  readonly level: FindingLevel;
  readonly title: string;
  readonly advice: string;
  /** The section of the documentation in Markdown; null where the rule has none. */
  readonly explanation: string | null;
  /** The document with the section, or with the table that lists the rule. */
  readonly document: string;
}

/** The rules of each audit, with the document that explains them. */
const RULES: readonly {
  readonly document: string;
  readonly rules: readonly Omit<
    RuleHelp & { readonly id: string },
    'rule' | 'explanation' | 'document'
  >[];
}[] = [
  { document: 'docs/findings.md', rules: FINDING_RULES },
  { document: 'docs/services-findings.md', rules: SERVICES_RULES },
  { document: 'docs/online-stores.md', rules: ONLINE_STORE_RULES },
  { document: 'docs/iam.md', rules: IAM_FINDING_RULES },
  { document: 'docs/reports.md', rules: EXCEPTION_RULES },
];

/** The IDs of all rules, those of `audit` first. */
export function ruleIds(): readonly string[] {
  return RULES.flatMap(({ rules }) => rules.map(({ id }) => id));
}

/** What is known of a rule; undefined for an unknown one. */
export function explainRule(id: string): RuleHelp | undefined {
  for (const { document, rules } of RULES) {
    const rule = rules.find((one) => one.id === id);
    if (rule === undefined) continue;
    const { level, title, advice } = rule;
    return { rule: id, level, title, advice, explanation: readSection(document, id), document };
  }
  return undefined;
}

/** The text below the heading of a rule; null without one, or if the document is missing. */
function readSection(document: string, id: string): string | null {
  let text: string;
  try {
    text = readFileSync(new URL(`../../${document}`, import.meta.url), 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
  const lines = text.split('\n');
  const start = lines.findIndex((line) => /^#{2,3} /.test(line) && line.endsWith(` ${id}`));
  if (start < 0) return null;
  const end = lines.findIndex((line, index) => index > start && /^#{2,3} /.test(line));
  return lines
    .slice(start + 1, end < 0 ? undefined : end)
    .join('\n')
    .trim();
}
