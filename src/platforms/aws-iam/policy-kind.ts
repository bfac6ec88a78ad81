import type { Finding } from '../../audit/index.js';
import { isPlainObject } from '../../model/index.js';
import { PolicyEvaluator } from './evaluate.js';
import { findWideGrants } from './excess.js';
import { describeExcess, describeProblems } from './find-in-policies.js';
import { DYNAMODB_ACTIONS } from './gen/dynamodb-actions.js';
import { sortFindings } from './iam-rules.js';
import { readPolicies } from './read-policies.js';
import { WildcardPattern } from './wildcard-pattern.js';

/** What a file with an identity policy says, without knowing what it is for. */
export interface IamPolicyReading {
  readonly kind: 'aws-iam-policy';
  readonly name: string;
  /** The policy document in the file: what `checkDynamoDbPolicy` takes. */
  readonly document: unknown;
  readonly findings: readonly Finding[];
  /** The changing actions of DynamoDB that it may allow on some resource, with `dynamodb:`. */
  readonly writes: readonly string[];
}

/** Reads files with policies of AWS: a document, or the answers of AWS that hold one. */
export interface IamPolicyKind {
  readonly kind: 'aws-iam-policy';
  /** @param json parsed */
  detect(json: unknown): boolean;
  /**
   * @param json parsed
   * @param name what messages call the policy, such as that of the file
   */
  read(json: unknown, name: string): IamPolicyReading;
}

/**
 * Identity policies in files.
 *
 * Known: a policy document, and what `aws iam get-policy-version`, `get-role-policy`, `get-user-policy` and
 * `get-group-policy` print. Of a file alone nobody knows which table it is for: grants on every table and of other services
 * are found. `checkDynamoDbPolicy` says the rest.
 */
export const iamPolicyKind: IamPolicyKind = {
  kind: 'aws-iam-policy',
  detect: (json) => findDocument(json) !== undefined,
  read(json, name) {
    const document = findDocument(json);
    const policies = readPolicies([document], [name]);
    const evaluator = new PolicyEvaluator(policies);
    const wide = findWideGrants(evaluator, (pattern) => !isForEveryTable(pattern));
    return {
      kind: 'aws-iam-policy',
      name,
      document,
      findings: sortFindings([...describeProblems(policies), ...describeExcess(wide, policies)]),
      writes: listWrites(evaluator),
    };
  },
};

/** In doubt an action is allowed: a condition does not take it back, nor does a denial that is not for everything. */
function listWrites(evaluator: PolicyEvaluator): readonly string[] {
  return DYNAMODB_ACTIONS.flatMap(({ name, level }) => {
    if (!level.includes('Write')) return [];
    const { answer } = evaluator.decide(name, { text: 'arn:', open: true });
    return answer === 'allowed' || answer === 'conditional' ? `dynamodb:${name}` : [];
  });
}

/** @source AWS IAM API reference: GetPolicyVersion, GetRolePolicy; a document there may be percent-encoded (RFC 3986) */
function findDocument(json: unknown): unknown {
  if (!isPlainObject(json)) return undefined;
  if (Object.hasOwn(json, 'Statement')) return json;
  const version = json['PolicyVersion'];
  const inner = isPlainObject(version) ? version['Document'] : json['PolicyDocument'];
  if (typeof inner === 'string') return decode(inner);
  return isPlainObject(inner) && Object.hasOwn(inner, 'Statement') ? inner : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether a pattern matches all tables of some account, whatever they are called. */
function isForEveryTable(pattern: string): boolean {
  const segments = pattern.split(':');
  if (segments.length < 6) return pattern.endsWith('*');
  const account = segments.slice(0, 5).map((segment) => segment.replace(/[*?]/g, '0'));
  const tables = { text: `${account.join(':')}:table/`, open: true };
  return WildcardPattern.read(pattern, true)?.matches(tables) === 'all';
}
