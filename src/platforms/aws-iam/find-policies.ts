import { isPlainObject } from '../../model/index.js';
import { findInDetails, findInOwners } from './account-details.js';
import { findInTemplate } from './cloudformation-template.js';
import { type FoundPolicy, isDocument, type Members, readDocument } from './found-policy.js';

/**
 * The identity policies in what AWS's command line, its SDKs and CloudFormation hand out, or in an
 * array of such answers.
 *
 * @returns `undefined` if `json`, or one of the array, is of another form
 * @source AWS IAM API reference: GetPolicyVersion, GetRolePolicy, GetAccountAuthorizationDetails;
 * AWS CloudFormation template reference, AWS::IAM
 */
export function findPolicies(json: unknown): readonly FoundPolicy[] | undefined {
  if (Array.isArray(json)) return findInOwners(json) ?? findInArray(json);
  if (!isPlainObject(json)) return undefined;
  if (isDocument(json)) return [{ document: json, isInForce: true }];
  return findAnswer(json) ?? findInDetails(json) ?? findInOwners(json) ?? findInTemplate(json);
}

function findInArray(items: readonly unknown[]): readonly FoundPolicy[] | undefined {
  const found: FoundPolicy[] = [];
  for (const [index, item] of items.entries()) {
    const policies = Array.isArray(item) ? undefined : findPolicies(item);
    if (policies === undefined) return undefined;
    const name = isPlainObject(item) ? (item['PolicyName'] ?? item['policyName']) : undefined;
    const place = typeof name === 'string' ? name : `[${index}]`;
    for (const policy of policies) {
      const label = policy.label === undefined ? place : `[${index}] ${policy.label}`;
      // What is absent is called by its own name, wherever it is attached.
      found.push(policy.absent === undefined ? { ...policy, label } : policy);
    }
  }
  return found.length === 0 ? undefined : found;
}

/** Answers that hold one policy, in the case of letters of the API or of an SDK. */
function findAnswer(json: Members): readonly FoundPolicy[] | undefined {
  const version = json['PolicyVersion'] ?? json['policyVersion'] ?? json;
  if (isPlainObject(version)) {
    const isDefault = version['IsDefaultVersion'] ?? version['isDefaultVersion'];
    const isVersion =
      version !== json || typeof (version['VersionId'] ?? version['versionId']) === 'string';
    const document = isVersion
      ? readDocument(version['Document'] ?? version['document'])
      : undefined;
    if (document !== undefined) return [{ document, isInForce: isDefault !== false }];
  }
  const document = readDocument(json['PolicyDocument'] ?? json['policyDocument']);
  return document === undefined ? undefined : [{ document, isInForce: true }];
}
