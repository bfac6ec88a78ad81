import { isPlainObject } from '../../model/index.js';

type Members = Readonly<Record<string, unknown>>;

/** A policy document in a file. */
export interface FoundPolicy {
  readonly document: unknown;
  /** What the file calls the policy; left out: the file holds one alone. */
  readonly label?: string;
  /** ARN of the user, group or role, or its name in a template; left out: the file does not say so. */
  readonly principal?: string;
  /** ARNs of the instance profiles that the role is in. */
  readonly profiles?: readonly string[];
  /** Whether AWS applies it: a version that is not the default one is stored and has no effect. */
  readonly isInForce: boolean;
}

/**
 * The identity policies in what AWS's command line, its SDKs and CloudFormation hand out.
 *
 * @returns `undefined` if `json` is of another form
 * @source AWS IAM API reference: GetPolicyVersion, GetRolePolicy, GetAccountAuthorizationDetails; documents may be
 * percent-encoded (RFC 3986). AWS CloudFormation template reference, AWS::IAM
 */
export function findPolicies(json: unknown): readonly FoundPolicy[] | undefined {
  if (!isPlainObject(json)) return undefined;
  if (isDocument(json)) return [{ document: json, isInForce: true }];
  return findAnswer(json) ?? findDetails(json) ?? findInTemplate(json);
}

function isDocument(json: Members): boolean {
  if (Object.hasOwn(json, 'Statement')) return true;
  // A misspelt one has a version that tells it.
  const version = json['Version'] ?? json['version'];
  const isPolicy = typeof version === 'string' && /^20\d\d-\d\d-\d\d$/.test(version);
  return isPolicy && Object.keys(json).some((key) => /^statements?$/i.test(key));
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

function readDocument(value: unknown): unknown {
  if (typeof value === 'string') return decode(value);
  return isPlainObject(value) && isDocument(value) ? value : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const DETAILS = [
  ['RoleDetailList', 'RolePolicyList'],
  ['UserDetailList', 'UserPolicyList'],
  ['GroupDetailList', 'GroupPolicyList'],
] as const;

/** `aws iam get-account-authorization-details`: what is attached, in the version that counts. */
function findDetails(json: Members): readonly FoundPolicy[] | undefined {
  if (!DETAILS.some(([list]) => Array.isArray(json[list]))) return undefined;
  const managed = new Map(
    objectsIn(json['Policies']).map((policy) => [policy['Arn'], defaultDocument(policy)]),
  );
  return DETAILS.flatMap(([list, inline]) =>
    objectsIn(json[list]).flatMap((owner) => {
      const principal = textOf(owner['Arn']);
      const profiles = objectsIn(owner['InstanceProfileList']).flatMap(({ Arn }) => textOf(Arn));
      const about = { principal, profiles, isInForce: true } as const;
      return [
        ...objectsIn(owner[inline]).map((policy) => ({
          ...about,
          label: `${principal} ${textOf(policy['PolicyName'])}`,
          document: readDocument(policy['PolicyDocument']),
        })),
        // One that is not in the file is one of AWS's own, or was left out: it may deny.
        ...objectsIn(owner['AttachedManagedPolicies']).map(({ PolicyArn, PolicyName }) => ({
          ...about,
          label: `${principal} ${textOf(PolicyName)}`,
          document: managed.get(PolicyArn),
        })),
      ];
    }),
  );
}

function defaultDocument(policy: Members): unknown {
  const versions = objectsIn(policy['PolicyVersionList']);
  return readDocument(versions.find((one) => one['IsDefaultVersion'] === true)?.['Document']);
}

const POLICY_TYPES = /^AWS::IAM::(?:Managed|Role|User|Group)?Policy$/;
const OWNER_TYPES = /^AWS::IAM::(?:Role|User|Group)$/;

/** A template of CloudFormation, as CDK writes them too. */
function findInTemplate(json: Members): readonly FoundPolicy[] | undefined {
  const resources = json['Resources'];
  if (!isPlainObject(resources)) return undefined;
  const found = Object.entries(resources).flatMap(([id, resource]) => {
    const type = isPlainObject(resource) ? textOf(resource['Type']) : '';
    const properties = isPlainObject(resource) ? resource['Properties'] : undefined;
    if (!isPlainObject(properties)) return [];
    if (POLICY_TYPES.test(type)) {
      const document = properties['PolicyDocument'];
      return [{ document, label: id, principal: attachedTo(properties) ?? id, isInForce: true }];
    }
    if (!OWNER_TYPES.test(type)) return [];
    return objectsIn(properties['Policies']).map(({ PolicyDocument, PolicyName }) => ({
      document: PolicyDocument,
      label: `${id} ${textOf(PolicyName)}`,
      principal: id,
      isInForce: true,
    }));
  });
  return found.length === 0 ? undefined : found;
}

/** The one role, user or group of the template that a policy is attached to. */
function attachedTo(properties: Members): string | undefined {
  const owners = ['Roles', 'Users', 'Groups'].flatMap((list) => objectsIn(properties[list]));
  const name = properties['RoleName'] ?? properties['UserName'] ?? properties['GroupName'];
  const [only, ...others] = isPlainObject(name) ? [...owners, name] : owners;
  return only === undefined || others.length > 0 || typeof only['Ref'] !== 'string'
    ? undefined
    : only['Ref'];
}

function objectsIn(value: unknown): readonly Members[] {
  return Array.isArray(value) ? value.filter(isPlainObject) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '?';
}
