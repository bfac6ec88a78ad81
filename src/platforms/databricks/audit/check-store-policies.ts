import type { Finding } from '../../../audit/index.js';
import { listSome } from '../../../foundation/names.js';
import { quote } from '../../../model/index.js';
import {
  checkDynamoDbPolicy,
  type DynamoDbNeed,
  type DynamoDbPolicyOptions,
  isTableArn,
  MAX_DOCUMENTS,
  MAX_TABLES,
} from '../../aws-iam/index.js';
import type { AuditedOnlineStore } from '../../online-store/index.js';
import type { ServicesFacts, StorePolicyFact } from '../acl/index.js';

/** What all policies of an audit are for. */
export type PolicyCheck = Pick<DynamoDbPolicyOptions, 'need' | 'table' | 'indexes'>;

const PROFILE_ARN = /^arn:(?<partition>aws(?:-[a-z]{1,20}){0,4}):iam::(?<account>\d{12}):/;

/**
 * Holds policies against the actions that publishing and looking up take.
 *
 * Shape: with `check`, all policies together, as those of one role. Without, the policies of each instance profile against
 * the tables of the online stores that name it. Beside that, the findings of `facts`, but for those of the policies that
 * were checked: a check has them too, with the table that is meant.
 *
 * @throws TypeError where `check` is none
 */
export function checkStorePolicies(
  { storePolicies, onlineStores, findings }: ServicesFacts,
  check: PolicyCheck | undefined,
): readonly Finding[] {
  const runs =
    check === undefined
      ? runsByProfile(storePolicies, onlineStores)
      : [{ policies: storePolicies, check }].filter(({ policies }) => policies.length > 0);
  const checked = new Set(runs.flatMap(({ policies }) => policies));
  const names = new Set(Array.from(checked, ({ name }) => name));
  // Several files can have one name.
  for (const policy of storePolicies) if (!checked.has(policy)) names.delete(policy.name);
  const isFoundAgain = ({ rule, permission }: Finding): boolean =>
    rule.startsWith('iam-') && permission !== undefined && names.has(permission.name);
  return [
    ...runs.flatMap(findProblems),
    ...findings.filter((finding) => !isFoundAgain(finding)),
    ...findUnchecked(storePolicies.filter((policy) => !checked.has(policy))),
  ];
}

/** Says what was not looked at: a file with a policy does not say what it is for. */
function findUnchecked(policies: readonly StorePolicyFact[]): readonly Finding[] {
  const names = [...new Set(policies.map(({ name }) => name))];
  if (names.length === 0) return [];
  const [are, them] =
    names.length === 1 ? ['policy is', 'it allows'] : ['policies are', 'they allow'];
  const message = `${names.length} ${are} not compared with what a table needs, so actions that are missing, denied or not needed there are not found, but only what ${them} on every table or of every service: ${listSome(names.map(quote))}`;
  return [{ rule: 'iam-not-compared', level: 'note', message }];
}

/** Policies that belong together, and what they are for. */
interface CheckRun {
  readonly policies: readonly StorePolicyFact[];
  readonly check: PolicyCheck;
}

function findProblems({ policies, check }: CheckRun): readonly Finding[] {
  const principals = new Set(policies.flatMap(({ principal }) => principal ?? []));
  // What one role is allowed, another one is not.
  if (principals.size > 1) {
    const message = `policies of ${principals.size} users, groups and roles are compared with nothing: give those of one, such as ${listSome([...principals].map(quote))}`;
    return [{ rule: 'iam-malformed', level: 'error', message }];
  }
  const names = policies.map(({ name }) => name);
  if (names.length > MAX_DOCUMENTS) {
    const message = `${names.length} policies are more than a role has; none of them is compared with what is needed`;
    return [{ rule: 'iam-malformed', level: 'error', message }];
  }
  const documents = policies.map(({ document }) => document);
  return checkDynamoDbPolicy(documents, { ...check, names }).findings;
}

function runsByProfile(
  policies: readonly StorePolicyFact[],
  stores: readonly AuditedOnlineStore[],
): readonly CheckRun[] {
  const byProfile = new Map<string, StorePolicyFact[]>();
  for (const policy of policies) {
    if (policy.profile === undefined) continue;
    const same = byProfile.get(policy.profile);
    if (same === undefined) byProfile.set(policy.profile, [policy]);
    else same.push(policy);
  }
  return [...byProfile].flatMap(([profile, own]) => {
    const published = tablesOf(stores, profile, 'publish');
    // Publishing takes all that looking up takes.
    const lookedUp = tablesOf(stores, profile, 'lookup').filter((arn) => !published.includes(arn));
    return [
      ...inParts(published).map((table) => ({
        policies: own,
        check: { need: 'publish' as const, table },
      })),
      ...inParts(lookedUp).map((table) => ({
        policies: own,
        check: { need: 'lookup' as const, table },
      })),
    ];
  });
}

/** The ARNs of the tables that stores use a profile for, in the account of the profile. */
function tablesOf(
  stores: readonly AuditedOnlineStore[],
  profile: string,
  need: DynamoDbNeed,
): readonly string[] {
  const { partition, account } = PROFILE_ARN.exec(profile)?.groups ?? {};
  if (partition === undefined || account === undefined) return [];
  const arns = stores.flatMap(({ provider, region, table, instanceProfiles }) => {
    if (provider !== 'dynamodb' || instanceProfiles?.[need] !== profile) return [];
    if (region === undefined || table === undefined) return [];
    return `arn:${partition}:dynamodb:${region}:${account}:table/${table}`;
  });
  return [...new Set(arns)].filter(isTableArn);
}

function inParts(tables: readonly string[]): readonly (readonly string[])[] {
  const parts: (readonly string[])[] = [];
  for (let at = 0; at < tables.length; at += MAX_TABLES) {
    parts.push(tables.slice(at, at + MAX_TABLES));
  }
  return parts;
}
