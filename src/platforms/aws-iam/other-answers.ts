import { isPlainObject } from '../../model/index.js';
import { objectsIn } from './found-policy.js';

/**
 * Answers of AWS that hold no identity policy: a member that tells each, and what to ask for
 * instead.
 */
const ANSWERS: readonly (readonly [members: readonly string[], what: string, instead: string])[] = [
  [
    ['EvaluationResults'],
    'the results of a simulation',
    'give the policies themselves: `aws iam get-role-policy`, `aws iam get-policy-version`',
  ],
  [
    ['AttachedPolicies', 'PolicyGroups', 'PolicyUsers', 'PolicyRoles'],
    'a list of what is attached',
    'give each policy: `aws iam get-policy-version --policy-arn ARN --version-id VERSION`',
  ],
  [
    ['PolicyNames'],
    'a list of names of inline policies',
    'give each policy: `aws iam get-role-policy --role-name ROLE --policy-name POLICY`, or `get-user-policy` or `get-group-policy`',
  ],
  [
    ['Versions'],
    'a list of versions',
    'give the default one: `aws iam get-policy-version --policy-arn ARN --version-id VERSION`',
  ],
  [
    ['Policy', 'Policies'],
    'about managed policies, without their documents',
    'give each document: `aws iam get-policy-version --policy-arn ARN --version-id VERSION`',
  ],
  [
    ['Role', 'Roles', 'User', 'Users', 'Group', 'Groups', 'InstanceProfile', 'InstanceProfiles'],
    'about users, groups or roles, without their policies',
    'give the details of the account: `aws iam get-account-authorization-details`',
  ],
];

/** Members that the objects in these answers have. What has none of them is of another kind. */
const FIELDS: readonly string[] = [
  'Arn',
  'PolicyArn',
  'PolicyId',
  'VersionId',
  'EvalActionName',
  'RoleName',
  'UserName',
  'GroupName',
];

/**
 * Why an answer of AWS holds no policy, and which command gives it.
 *
 * @returns `undefined` if `json` is not a known answer; otherwise text that goes on after the name
 *   of a file, without a final period
 * @source AWS IAM API reference: SimulatePrincipalPolicy, ListPolicies, ListAttachedRolePolicies,
 * ListRolePolicies, ListPolicyVersions, GetPolicy, GetRole, ListRoles
 */
export function describeOtherAnswer(json: unknown): string | undefined {
  if (Array.isArray(json)) {
    const isListed = json.length > 0 && objectsIn(json).length === json.length;
    return isListed ? describeOtherAnswer(nameOfList(objectsIn(json)[0])) : undefined;
  }
  if (!isPlainObject(json)) return undefined;
  if (isPlainObject(json['Resources']) && isTemplate(json)) {
    return 'is a template of CloudFormation without policies of users, groups or roles';
  }
  if (typeof json['TemplateBody'] === 'string') {
    return 'is an answer with a template as text. Save the text as a file that ends in `.yaml`';
  }
  for (const [members, what, instead] of ANSWERS) {
    const member = members.find((name) => isOfAws(json[name], name));
    if (member !== undefined) return `is ${what}. No policy stands in it: ${instead}`;
  }
  return undefined;
}

function isTemplate(json: Readonly<Record<string, unknown>>): boolean {
  return (
    'AWSTemplateFormatVersion' in json ||
    Object.values(json['Resources'] ?? {}).some(
      (one) =>
        isPlainObject(one) && typeof one['Type'] === 'string' && one['Type'].startsWith('AWS::'),
    )
  );
}

function isOfAws(value: unknown, name: string): boolean {
  if (name === 'PolicyNames') return Array.isArray(value);
  const items = isPlainObject(value) ? [value] : objectsIn(value);
  if (Array.isArray(value) && value.length === 0) return name !== 'Policies' && name !== 'Versions';
  return items.some((item) => FIELDS.some((field) => field in item));
}

/** A bare list, as `jq` takes it out of an answer, under the name that it has there. */
function nameOfList(first: Readonly<Record<string, unknown>> | undefined): unknown {
  if (first === undefined) return undefined;
  if ('EvalActionName' in first) return { EvaluationResults: [first] };
  if ('PolicyArn' in first) return { AttachedPolicies: [first] };
  if ('PolicyId' in first) return { Policies: [first] };
  if ('VersionId' in first && 'IsDefaultVersion' in first) return { Versions: [first] };
  return 'RoleId' in first || 'UserId' in first || 'GroupId' in first
    ? { Roles: [first] }
    : undefined;
}
