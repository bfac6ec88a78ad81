import { readFileSync } from 'node:fs';
import {
  EXCEPTION_RULES,
  type Exception,
  type ReportContext,
  type ReportRule,
  type RuleText,
} from '../audit/index.js';
import type { Arguments } from './command.js';
import type { CommandIo } from './command-io.js';
import { failsAudit } from './fail-on.js';
import { createLocator, type FindingFiles } from './locate-finding.js';
import { readVersion } from './read-version.js';
import { explainRule } from './rule-help.js';

/** What the reports of an audit name beside its findings. */
export interface ReportedAudit {
  /** What was audited, for people. */
  readonly source: string;
  /** The rules of the audit. */
  readonly rules: readonly RuleText[];
  readonly files: Omit<FindingFiles, 'exceptions'>;
  readonly exceptions: readonly Exception[];
}

/** Gathers what the reports of an audit name: rules with their documents, places and levels. */
export async function reportContext(
  { source, rules, files, exceptions }: ReportedAudit,
  args: Arguments,
  io: CommandIo,
): Promise<ReportContext> {
  const file = args.get('exceptions');
  const accepted = file === undefined ? {} : { exceptions: { file, entries: exceptions } };
  return {
    source,
    rules: reportRules(rules),
    locate: await createLocator({ ...files, ...accepted }, io),
    fails: failsAudit(args),
    version: readVersion(),
  };
}

function reportRules(rules: readonly RuleText[]): readonly ReportRule[] {
  const home = readHomepage();
  return [...rules, ...EXCEPTION_RULES].map(({ id, level, title, advice }) => {
    const { explanation, document } = explainRule(id) ?? {};
    return {
      id,
      level,
      title,
      advice,
      explanation: explanation ?? undefined,
      address: document === undefined ? undefined : `${home}/blob/main/${document}`,
    };
  });
}

/** The address of the repository. */
function readHomepage(): string {
  const file = new URL('../../package.json', import.meta.url);
  const { homepage } = JSON.parse(readFileSync(file, 'utf8')) as { readonly homepage: string };
  return homepage.replace(/#.*$/, '');
}
