import { FINDING_LEVELS, type Finding } from '../audit/audit-report.js';
import type { Arguments, OptionSpec } from './command.js';

const DEFAULT_LEVEL = 'warning';

/** From which level on findings are a failure. */
export const FAIL_ON: OptionSpec = {
  name: 'fail-on',
  value: 'LEVEL',
  choices: [...FINDING_LEVELS, 'never'],
  help: `Lowest level with exit code 1: error, ${DEFAULT_LEVEL} (default), note or never`,
};

/** 1 where there is a finding of the level of `--fail-on` or a worse one. */
export function exitCodeFor(findings: readonly Finding[], args: Pick<Arguments, 'get'>): 0 | 1 {
  return findings.some(failsAudit(args)) ? 1 : 0;
}

/** Whether a finding is of the level of `--fail-on` or a worse one. */
export function failsAudit(args: Pick<Arguments, 'get'>): (finding: Finding) => boolean {
  const levels: readonly string[] = FINDING_LEVELS;
  const limit = levels.indexOf(args.get(FAIL_ON.name) ?? DEFAULT_LEVEL);
  return ({ level }) => levels.indexOf(level) <= limit;
}
