import type { Finding, FindingRule } from '../../audit/index.js';

/** What a check of policies can find, without how. */
export type IamFindingRule = Omit<FindingRule, 'check'>;

export const malformed: IamFindingRule = {
  id: 'iam-malformed',
  level: 'error',
  title: 'A policy that AWS refuses',
  advice: 'Correct the policy: what is not understood was taken to allow nothing, and to deny',
};

export const principal: IamFindingRule = {
  id: 'iam-principal',
  level: 'error',
  title: 'A policy with a principal, which a policy of a user, group or role has not',
  advice:
    'Check the policy that is attached to the instance profile, not that of a resource or a trust policy',
};

export const actionDenied: IamFindingRule = {
  id: 'iam-action-denied',
  level: 'warning',
  title: 'An action that is needed, and that a statement denies',
  advice:
    'Take the action or the table out of the statement: no other statement can allow it again',
};

export const actionMissing: IamFindingRule = {
  id: 'iam-action-missing',
  level: 'warning',
  title: 'An action that is needed, and that nothing allows',
  advice: 'Allow the action on the resource that the finding names',
};

export const actionConditional: IamFindingRule = {
  id: 'iam-action-conditional',
  level: 'warning',
  title: 'An action that is needed, and allowed only under conditions',
  advice: 'Make sure that the requests of Databricks meet the conditions, or remove them',
};

export const excessAction: IamFindingRule = {
  id: 'iam-excess-action',
  level: 'warning',
  title: 'Actions on the table that nobody needs',
  advice:
    'List the needed actions instead of a wildcard, and use one role to publish and another one to look up',
};

export const excessResource: IamFindingRule = {
  id: 'iam-excess-resource',
  level: 'warning',
  title: 'Actions on other tables',
  advice: 'Name the table, and its indexes, in `Resource`',
};

export const everyService: IamFindingRule = {
  id: 'iam-every-service',
  level: 'warning',
  title: 'Actions of every service',
  advice:
    'Name the actions of DynamoDB in `Action`, and keep what else the role needs in a policy of its own',
};

export const unknownAction: IamFindingRule = {
  id: 'iam-unknown-action',
  level: 'warning',
  title: 'An action that DynamoDB does not have',
  advice: 'Correct the spelling, or remove the action',
};

export const literalVariable: IamFindingRule = {
  id: 'iam-literal-variable',
  level: 'warning',
  title: 'A policy variable that is plain text',
  advice: 'Set `Version` to `2012-10-17`',
};

/** All of them, the worst first. */
export const IAM_FINDING_RULES: readonly IamFindingRule[] = Object.freeze([
  malformed,
  principal,
  actionDenied,
  actionMissing,
  actionConditional,
  excessAction,
  excessResource,
  everyService,
  unknownAction,
  literalVariable,
]);

/** Findings in the order of their rules. */
export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  const ranks = new Map(IAM_FINDING_RULES.map(({ id }, rank) => [id, rank]));
  return [...findings].sort((a, b) => (ranks.get(a.rule) ?? 0) - (ranks.get(b.rule) ?? 0));
}
