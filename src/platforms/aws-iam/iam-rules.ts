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
    'Take the action out of `Action`, or the table out of `Resource`; add it where the statement has `NotAction` or `NotResource`; remove a statement that has nothing left. No other statement can allow it again',
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
  advice:
    'Make sure that the requests of Databricks meet the conditions of what may allow, and never those of what may deny. A denial without its condition always denies: keep the condition, or remove the statement',
};

export const excessAction: IamFindingRule = {
  id: 'iam-excess-action',
  level: 'warning',
  title: 'Actions on the table that are not needed',
  advice:
    'List the needed actions in `Action`, in place of a wildcard or `NotAction`, and use one role to publish and another one to look up',
};

export const excessResource: IamFindingRule = {
  id: 'iam-excess-resource',
  level: 'warning',
  title: 'Actions on other tables',
  advice: 'Name the table, and its indexes, in `Resource`, in place of a wildcard or `NotResource`',
};

export const everyService: IamFindingRule = {
  id: 'iam-every-service',
  level: 'warning',
  title: 'Actions of every service',
  advice:
    'Name the actions of DynamoDB in `Action`, in place of a wildcard or `NotAction`, and keep what else the role needs in a policy of its own',
};

export const unknownAction: IamFindingRule = {
  id: 'iam-unknown-action',
  level: 'warning',
  title: 'An action that DynamoDB does not have',
  advice:
    'Correct the spelling. An action that AWS added after our list was made is right as it stands',
};

export const unknownName: IamFindingRule = {
  id: 'iam-unknown-name',
  level: 'warning',
  title: 'A name that AWS does not have',
  advice:
    'Correct the spelling. A name that AWS added after our lists were made is right as it stands',
};

export const policyAbsent: IamFindingRule = {
  id: 'iam-policy-absent',
  level: 'warning',
  title: 'A policy that is attached and not in the files',
  advice:
    'Add the output of `aws iam get-policy-version` beside the ARN of the policy: `{"path": "ARN", "body": …}`. Until then, what it allows and denies is unknown',
};

export const expired: IamFindingRule = {
  id: 'iam-expired',
  level: 'note',
  title: 'A statement whose time is over',
  advice: 'Remove the statement, or give its condition a later end',
};

export const literalVariable: IamFindingRule = {
  id: 'iam-literal-variable',
  level: 'warning',
  title: 'A policy variable that is plain text',
  advice:
    'If a variable is meant, set `Version` to `2012-10-17`. Look at every `${` of the policy first: all of them become variables, and AWS refuses one that is not closed',
};

const notCompared: IamFindingRule = {
  id: 'iam-not-compared',
  level: 'note',
  title: 'Policies that are not compared with what they are for',
  advice:
    'Say what they are for with `--need` and `--table`. Service control policies, permissions boundaries, session policies and policies of resources are not looked at either way',
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
  policyAbsent,
  unknownAction,
  unknownName,
  literalVariable,
  expired,
  notCompared,
]);

/** Findings in the order of their rules. */
export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  const ranks = new Map(IAM_FINDING_RULES.map(({ id }, rank) => [id, rank]));
  return [...findings].sort((a, b) => (ranks.get(a.rule) ?? 0) - (ranks.get(b.rule) ?? 0));
}
