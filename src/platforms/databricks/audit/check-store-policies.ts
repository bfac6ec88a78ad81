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
import { listPrincipals, principalsOf, selectPrincipal } from './select-principal.js';

/** What all policies of an audit are for. */
export interface PolicyCheck extends Pick<DynamoDbPolicyOptions, 'need' | 'table' | 'indexes'> {
  /**
   * The user, group or role whose policies they are, where files hold those of several: its ARN,
   * the end of it, or its name in a template. Default: the only one in the files.
   */
  readonly principal?: string | undefined;
}

const PROFILE_ARN = /^arn:(?<partition>aws(?:-[a-z]{1,20}){0,4}):iam::(?<account>\d{12}):/;

/**
 * Holds policies against the actions that publishing and looking up take.
 *
 * Shape: with `check`, all policies together, as those of one role. Without, the policies of each
 * instance profile against the tables of the online stores that name it. Beside that, the findings
 * of `facts`, but for those of the policies that were checked: a check has them too, with the table
 * that is meant.
 *
 * @param now milliseconds since 1970
 * @throws TypeError if `check` is invalid, or names a principal that the files do not have
 */
export function checkStorePolicies(
  facts: ServicesFacts,
  check: PolicyCheck | undefined,
  now: number,
): readonly Finding[] {
  const { storePolicies, findings, left } = leaveOthersOut(facts, check?.principal);
  const runs =
    check === undefined
      ? runsByProfile(storePolicies, facts.onlineStores)
      : [{ policies: storePolicies, check }].filter(({ policies }) => policies.length > 0);
  const checked = new Set(runs.flatMap(({ policies }) => policies));
  const names = new Set(Array.from(checked, ({ name }) => name));
  // Several files can have one name.
  for (const policy of storePolicies) if (!checked.has(policy)) names.delete(policy.name);
  const isFoundAgain = ({ rule, permission }: Finding): boolean =>
    rule.startsWith('iam-') && permission !== undefined && names.has(permission.name);
  return [
    ...runs.flatMap((run) => findProblems(run, now)),
    ...findings.filter((finding) => !isFoundAgain(finding)),
    ...findUnchecked(storePolicies.filter((policy) => !checked.has(policy))),
    ...left,
  ];
}

/**
 * What is left where one user, group or role is chosen: its policies, and those that do not say
 * whose they are.
 */
function leaveOthersOut(
  { storePolicies, findings }: ServicesFacts,
  name: string | undefined,
): Pick<ServicesFacts, 'storePolicies' | 'findings'> & { readonly left: readonly Finding[] } {
  if (name === undefined) return { storePolicies, findings, left: [] };
  const chosen = selectPrincipal(storePolicies, name);
  const isOwn = ({ principal }: StorePolicyFact): boolean =>
    principal === undefined || principal === chosen;
  const own = storePolicies.filter(isOwn);
  const ownNames = new Set(own.map((policy) => policy.name));
  const others = new Set(storePolicies.flatMap((one) => (ownNames.has(one.name) ? [] : one.name)));
  const kept = findings.filter(
    ({ rule, permission }) =>
      !rule.startsWith('iam-') || permission === undefined || !others.has(permission.name),
  );
  const are = others.size === 1 ? 'policy is' : 'policies are';
  const message = `${others.size} ${are} left out, as those of other users, groups and roles than ${quote(chosen)}`;
  const left: readonly Finding[] =
    others.size === 0
      ? []
      : [{ rule: 'iam-not-compared', level: 'note', message, object: 'policies' }];
  return { storePolicies: own, findings: kept, left };
}

/** Says what was not looked at: a file with a policy does not say what it is for. */
function findUnchecked(policies: readonly StorePolicyFact[]): readonly Finding[] {
  const names = [...new Set(policies.map(({ name }) => name))];
  if (names.length === 0) return [];
  const [are, them] =
    names.length === 1 ? ['policy is', 'it allows'] : ['policies are', 'they allow'];
  const message = `${names.length} ${are} not compared with what a table needs. The audit reports what ${them} on every table or of every service, but no missing, denied or unneeded actions: ${listSome(names.map(quote))}`;
  return [{ rule: 'iam-not-compared', level: 'note', message, object: 'policies' }];
}

/** Policies that belong together, and what they are for. */
interface CheckRun {
  readonly policies: readonly StorePolicyFact[];
  readonly check: PolicyCheck;
}

function findProblems({ policies: given, check }: CheckRun, now: number): readonly Finding[] {
  // A role has its policies once, under its own ARN and under that of its instance profile.
  const policies = withoutRepeats(given);
  const principals = principalsOf(policies);
  // What one role is allowed, another one is not.
  if (principals.length > 1) {
    const message = `policies of ${principals.length} users, groups and roles are compared with nothing: choose one with \`--principal\`: ${listPrincipals(principals)}`;
    return [{ rule: 'iam-malformed', level: 'error', message, object: 'policies' }];
  }
  const names = policies.map(({ name }) => name);
  if (names.length > MAX_DOCUMENTS) {
    const message = `${names.length} policies are more than a role has; none of them is compared with what is needed`;
    return [{ rule: 'iam-malformed', level: 'error', message, object: 'policies' }];
  }
  const documents = policies.map(({ document }) => document);
  const { principal: _, ...options } = check;
  return checkDynamoDbPolicy(documents, { ...options, names, now }).findings;
}

function withoutRepeats(policies: readonly StorePolicyFact[]): readonly StorePolicyFact[] {
  const seen = new Map<unknown, Set<string>>();
  return policies.filter(({ name, document }) => {
    const names = seen.get(document) ?? new Set();
    seen.set(document, names);
    return !names.has(name) && names.add(name);
  });
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
