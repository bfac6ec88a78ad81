import type { FindingRule } from '../finding-rule.js';

/** What a finding about an entry of an exceptions file means. */
export type RuleText = Omit<FindingRule, 'check'>;

/** An exception that has ended. Its findings are reported again. */
export const expiredException: RuleText = {
  id: 'expired-exception',
  level: 'warning',
  title: 'An exception that has ended, so its findings are reported again',
  advice: 'Mend what it accepts, or decide anew and set another `until`',
};

/** An exception without a finding. */
export const unusedException: RuleText = {
  id: 'unused-exception',
  level: 'warning',
  title: 'An exception that accepts no finding',
  advice: 'Remove it, or correct its names: it would accept a later finding unseen',
};

/** What is wrong with exceptions, beside what the rules of an audit find. */
export const EXCEPTION_RULES: readonly RuleText[] = Object.freeze([
  expiredException,
  unusedException,
]);
