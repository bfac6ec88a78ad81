import { absentManagedPolicy } from './absent-policy.js';
import {
  type FoundPolicy,
  foundAbsent,
  type Members,
  objectsIn,
  readDocument,
  textOf,
} from './found-policy.js';

const LISTS = [
  ['RoleDetailList', 'RolePolicyList'],
  ['UserDetailList', 'UserPolicyList'],
  ['GroupDetailList', 'GroupPolicyList'],
] as const;

/**
 * The policies in the details of an account: what is attached, in the version that counts.
 *
 * Policies of a group count for each of its users too.
 *
 * @returns `undefined` if `json` is of another form
 * @source AWS IAM API reference, GetAccountAuthorizationDetails
 */
export function findInDetails(json: Members): readonly FoundPolicy[] | undefined {
  if (!LISTS.some(([list]) => Array.isArray(json[list]))) return undefined;
  const managed = new Map(
    objectsIn(json['Policies']).map((policy) => [policy['Arn'], defaultDocument(policy)]),
  );
  const groups = new Map(
    objectsIn(json['GroupDetailList']).map((group) => [group['GroupName'], group]),
  );
  return LISTS.flatMap(([list]) =>
    objectsIn(json[list]).flatMap((owner) => {
      const principal = textOf(owner['Arn']);
      const profiles = objectsIn(owner['InstanceProfileList']).flatMap(({ Arn }) => textOf(Arn));
      const about = { principal, profiles, isInForce: true };
      return [
        ...policiesOf(owner, managed, about),
        ...namesIn(owner['GroupList']).flatMap((name) =>
          policiesOfGroup(name, groups.get(name), managed, about),
        ),
      ];
    }),
  );
}

/** One user, group or role, or a list of them, as `jq` takes them out of the details. */
export function findInOwners(json: unknown): readonly FoundPolicy[] | undefined {
  const owners: readonly unknown[] = Array.isArray(json) ? json : [json];
  const known = objectsIn(owners).filter((owner) => LISTS.some(([, own]) => own in owner));
  if (known.length === 0 || known.length < owners.length) return undefined;
  return findInDetails({ RoleDetailList: known });
}

type About = Pick<FoundPolicy, 'principal' | 'profiles' | 'isInForce'>;

function policiesOf(
  owner: Members,
  managed: ReadonlyMap<unknown, unknown>,
  about: About,
): readonly FoundPolicy[] {
  const name = textOf(owner['Arn']);
  return [
    ...LISTS.flatMap(([, inline]) => objectsIn(owner[inline])).map((policy) => ({
      ...about,
      label: `${name} ${textOf(policy['PolicyName'])}`,
      document: readDocument(policy['PolicyDocument']),
    })),
    ...objectsIn(owner['AttachedManagedPolicies']).map(({ PolicyArn, PolicyName }) => {
      const document = managed.get(PolicyArn);
      // AWS's own are left out of the answer unless a filter asks for them.
      if (document === undefined && !managed.has(PolicyArn))
        return foundAbsent(absentManagedPolicy(textOf(PolicyArn)), about);
      return { ...about, label: `${name} ${textOf(PolicyName)}`, document };
    }),
  ];
}

function policiesOfGroup(
  name: string,
  group: Members | undefined,
  managed: ReadonlyMap<unknown, unknown>,
  about: About,
): readonly FoundPolicy[] {
  if (group !== undefined) return policiesOf(group, managed, about);
  const fix = 'ask for the details of the account with its groups (`--filter` leaves them out)';
  return [foundAbsent({ id: `group ${name}`, fix }, about)];
}

function defaultDocument(policy: Members): unknown {
  const versions = objectsIn(policy['PolicyVersionList']);
  return readDocument(versions.find((one) => one['IsDefaultVersion'] === true)?.['Document']);
}

function namesIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
}
