import type { Finding } from '../../audit/index.js';
import { checkOptions } from '../../foundation/options.js';
import { readNow } from './check-dynamodb-policy.js';
import { PolicyEvaluator } from './evaluate.js';
import { findWideGrants, isUsable } from './excess.js';
import { describeExcess, describeExpired, describeProblems } from './find-in-policies.js';
import { findPolicies } from './find-policies.js';
import type { FoundPolicy } from './found-policy.js';
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
  /** The user, group or role, where the file says so. */
  readonly principal?: string;
  /** ARNs of the instance profiles of the role, where the file says so. */
  readonly profiles?: readonly string[];
  /** Whether AWS applies it. A version that is not the default one allows and denies nothing. */
  readonly isInForce: boolean;
  /** ARN of a managed policy that is attached and whose document is not in the file. */
  readonly absent?: string;
}

/** How files with policies are read. */
export interface IamPolicyReadOptions {
  /** Milliseconds since 1970: statements whose conditions ended before do nothing. Default: now. */
  readonly now?: number;
}

/** Reads files with policies of AWS: a document, or the answers of AWS that hold one. */
export interface IamPolicyKind {
  readonly kind: 'aws-iam-policy';
  /**
   * Whether a file holds such policies.
   *
   * @param json parsed
   */
  detect(json: unknown): boolean;
  /**
   * Reads the first policy of a file.
   *
   * @param json parsed
   * @param name what messages call the policy, such as that of the file
   */
  read(json: unknown, name: string, options?: IamPolicyReadOptions): IamPolicyReading;
  /** The same for each policy in the file: an account's details and templates hold several. */
  readAll(json: unknown, name: string, options?: IamPolicyReadOptions): readonly IamPolicyReading[];
}

/**
 * Identity policies in files.
 *
 * Known: a policy document; what `aws iam get-policy-version`, `get-role-policy`,
 * `get-user-policy`, `get-group-policy` and `get-account-authorization-details` print, and the SDKs
 * return; templates of CloudFormation and SAM; arrays of these. A file alone does not say which
 * table it is for: grants on every table and of other services are found. `checkDynamoDbPolicy`
 * says the rest.
 */
export const iamPolicyKind: IamPolicyKind = {
  kind: 'aws-iam-policy',
  detect: (json) => findPolicies(json) !== undefined,
  read: (json, name, options) =>
    readFound(findPolicies(json)?.[0] ?? NO_POLICY, name, readOptions(options)),
  readAll: (json, name, options) => {
    const now = readOptions(options);
    return (findPolicies(json) ?? []).map((found) =>
      readFound(found, found.label === undefined ? name : `${name}: ${found.label}`, now),
    );
  },
};

function readOptions(options: IamPolicyReadOptions = {}): number {
  checkOptions<IamPolicyReadOptions>(options, { now: true });
  return readNow(options.now);
}

/** Not understood: it allows nothing. */
const NO_POLICY: FoundPolicy = { document: undefined, isInForce: true };

function readFound(found: FoundPolicy, name: string, now: number): IamPolicyReading {
  const { document, principal, profiles, isInForce, absent } = found;
  const policies = readPolicies([document], [name]);
  const evaluator = new PolicyEvaluator(policies, now);
  const wide = isInForce ? findWideGrants(evaluator, (pattern) => !isForEveryTable(pattern)) : [];
  return {
    kind: 'aws-iam-policy',
    name,
    document,
    findings: sortFindings([
      ...describeProblems(policies),
      ...describeExcess(wide, policies),
      ...describeExpired(policies, now),
    ]),
    writes: isInForce ? listWrites(evaluator) : [],
    ...(principal !== undefined && { principal }),
    ...(profiles !== undefined && { profiles }),
    isInForce,
    ...(absent !== undefined && { absent: absent.id }),
  };
}

/**
 * In doubt an action is allowed: a condition does not take it back, nor does a denial that is not
 * for everything.
 */
function listWrites(evaluator: PolicyEvaluator): readonly string[] {
  return DYNAMODB_ACTIONS.flatMap(({ name, level }) => {
    if (!level.includes('Write')) return [];
    const { answer } = evaluator.decide(name, { text: 'arn:', open: true });
    if (answer !== 'allowed' && answer !== 'conditional') return [];
    return isUsable(evaluator, name) ? `dynamodb:${name}` : [];
  });
}

/** Whether a pattern matches all tables of some account, whatever they are called. */
function isForEveryTable(pattern: string): boolean {
  // A template fills in an account or a region; it stands for one resource where it fills in the
  // whole.
  if (pattern.startsWith('${')) return false;
  const segments = pattern.replace(/\$\{AWS::\w+\}/g, '0').split(':');
  if (segments.length < 6) return pattern.endsWith('*');
  const account = segments.slice(0, 5).map((segment) => segment.replace(/[*?]/g, '0'));
  const tables = { text: `${account.join(':')}:table/`, open: true };
  return WildcardPattern.read(segments.join(':'), true)?.matches(tables) === 'all';
}
