import type { Finding } from '../../audit/index.js';
import { isPlainObject } from '../../model/index.js';
import { PolicyEvaluator } from './evaluate.js';
import { findWideGrants } from './excess.js';
import { describeExcess, describeProblems } from './find-in-policies.js';
import { sortFindings } from './iam-rules.js';
import { readPolicies } from './read-policies.js';

/** What a file with an identity policy says, without knowing what it is for. */
export interface IamPolicyReading {
  readonly kind: 'aws-iam-policy';
  readonly name: string;
  /** The policy document in the file: what `checkDynamoDbPolicy` takes. */
  readonly document: unknown;
  readonly findings: readonly Finding[];
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
    const wide = findWideGrants(
      new PolicyEvaluator(policies),
      (pattern) => !isForEveryTable(pattern),
    );
    return {
      kind: 'aws-iam-policy',
      name,
      document,
      findings: sortFindings([...describeProblems(policies), ...describeExcess(wide, policies)]),
    };
  },
};

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

/** Whether a pattern ends before, or right after, where tables are named. */
function isForEveryTable(pattern: string): boolean {
  const [, , , , , ...resource] = pattern.split(':');
  if (resource.length === 0) return pattern.endsWith('*');
  return ['*', 'table*', 'table/*'].includes(resource.join(':'));
}
