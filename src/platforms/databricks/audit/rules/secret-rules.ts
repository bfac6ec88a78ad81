import { getOrAdd } from '../../../../foundation/get-or-add.js';
import { listSome } from '../../../../foundation/names.js';
import { quote } from '../../../../model/index.js';
import { readSecretPrefix } from '../../../online-store/index.js';
import { type AccessEntry, mayBeSame, type SecretFact } from '../../acl/index.js';
import { ADMINS_GROUP, USERS_GROUP } from '../../vocabulary/index.js';
import { describeObject } from '../describe-object.js';
import {
  eachEntry,
  referTo,
  type ServicesAuditFacts,
  type ServicesRule,
} from '../services-rule.js';

/** Everyone can read tokens. */
export const usersReadTokenScope: ServicesRule = {
  id: 'users-read-token-scope',
  level: 'error',
  title: 'A secret scope with tokens that everyone in the workspace can read',
  advice:
    'Take the ACL of the group `users` away, and grant READ to the service principals that need the tokens',
  *check(facts) {
    const tokens = new Map<string, SecretFact[]>();
    for (const secret of facts.secrets) {
      const isToken = /(?:^|[-_.])(?:token|pat)$/i.test(secret.key);
      if (isToken) getOrAdd(tokens, secret.scope, () => []).push(secret);
    }
    for (const entry of usersEntries(facts, 'READ')) {
      const { name } = entry.resource;
      const key = tokens
        .get(name)
        ?.findLast(({ workspace }) => mayBeSame(workspace, entry.workspace))?.key;
      // Scopes of this name hold the token for a registry of models in another workspace.
      if (key === undefined && !name.startsWith('remote-mr-')) continue;
      const held =
        key === undefined
          ? 'is named like those with the token of a model registry elsewhere'
          : `holds the key ${quote(key)}`;
      yield {
        message: `everyone can read ${describeObject(facts, entry.resource, entry.workspace)}, which ${held}`,
        resource: referTo(entry.resource),
      };
    }
  },
};

/** Everyone can change who reads. */
export const usersManageScope: ServicesRule = {
  id: 'users-manage-scope',
  level: 'error',
  title: 'A secret scope that everyone in the workspace can manage',
  advice:
    'Take MANAGE from the group `users`: it can read every secret, overwrite it and let others in',
  *check(facts) {
    for (const { resource, workspace } of usersEntries(facts, 'MANAGE')) {
      yield {
        message: `everyone can manage ${describeObject(facts, resource, workspace)}`,
        resource: referTo(resource),
      };
    }
  },
};

/**
 * The ends of the keys that belong to one credential. @source the documentation of online stores
 * and of shared model registries
 */
const KEY_ENDS =
  /-(?:access-key-id|secret-access-key|user|password|authorization-key|token|host|workspace-id)$/;

/** One ACL for several credentials. */
export const sharedScope: ServicesRule = {
  id: 'shared-scope',
  level: 'warning',
  title: 'A secret scope with several credentials, all of which each reader of the scope can read',
  advice:
    'Give each credential a scope of its own: an ACL is for a whole scope, and never for a key',
  *check(facts) {
    const scopes = new Map<string, { readonly held: Set<string>; readonly by: Set<string> }>();
    const add = (scope: string, prefix: string, by: string): void => {
      const known = scopes.get(scope) ?? { held: new Set(), by: new Set() };
      known.held.add(prefix);
      known.by.add(by);
      scopes.set(scope, known);
    };
    for (const { scope, key } of facts.secrets) {
      const prefix = key.replace(KEY_ENDS, '');
      if (prefix !== key) add(scope, prefix, `key ${prefix}`);
    }
    for (const { name, readSecretPrefix: read, writeSecretPrefix: write } of facts.onlineStores) {
      for (const text of [read, write]) {
        const found = readSecretPrefix(text ?? '');
        if (found !== undefined) add(found.scope, found.prefix, `store ${name}`);
      }
    }
    for (const [scope, { held, by }] of scopes) {
      // What one store has in one scope is for the rules of online stores.
      if (held.size < 2 || by.size < 2) continue;
      yield {
        message: `secret scope ${quote(scope)} holds ${listSome([...held].map(quote))}`,
        resource: { project: null, type: 'SecretScope', name: scope },
      };
    }
  },
};

/** What looks features up can change them. */
export const lookupProfileWrites: ServicesRule = {
  id: 'lookup-profile-writes',
  level: 'warning',
  title: 'An instance profile that looks features up and can change the online store',
  advice: 'Give the serving endpoint an instance profile of its own with the reading actions alone',
  *check({ instanceProfiles, storePolicies, onlineStores }) {
    const lookups = new Map<string, string>();
    for (const { name, instanceProfiles: { lookup } = {} } of onlineStores) {
      if (lookup !== undefined) lookups.set(lookup, `online store ${quote(name)}`);
    }
    for (const { arn, use, by } of instanceProfiles) if (use === 'lookup') lookups.set(arn, by);
    for (const { arn, use, by } of instanceProfiles) {
      const lookup = lookups.get(arn);
      if (use !== 'publish' || lookup === undefined) continue;
      yield {
        message: `${lookup} and ${by} share the instance profile ${quote(arn)}`,
        object: arn,
      };
    }
    for (const { profile, writes } of storePolicies) {
      if (profile === undefined || writes.length === 0) continue;
      const lookup = lookups.get(profile);
      if (lookup === undefined) continue;
      yield {
        message: `${lookup} has the instance profile ${quote(profile)}, whose policy allows ${listSome(writes)}`,
        object: profile,
      };
    }
  },
};

/** One list for all tokens of a workspace, written by a configuration that knows of one group. */
export const tokenUseOverwritten: ServicesRule = {
  id: 'token-use-overwritten',
  level: 'warning',
  title: 'A list of who may use tokens that replaces the one that was there, and names one group',
  advice: 'Name every group that uses tokens: all others lose them as soon as the list is applied',
  check: eachEntry(({ resource, principal, list, workspace }, facts) => {
    if (resource.type !== 'Tokens' || !list.replacing || list.size > 1) return undefined;
    if (principal?.kind !== 'group') return undefined;
    if (principal.name === USERS_GROUP || principal.name === ADMINS_GROUP) return undefined;
    return `only group ${quote(principal.name)} keeps ${describeObject(facts, resource, workspace)}`;
  }),
};

/** The entries by which the group of everyone has an action on a scope. */
function usersEntries(
  { entries }: ServicesAuditFacts,
  action: 'READ' | 'MANAGE',
): readonly AccessEntry[] {
  return entries.filter(
    ({ resource, principal, actions }) =>
      resource.type === 'SecretScope' &&
      actions?.includes(action) === true &&
      principal?.kind === 'group' &&
      principal.name === USERS_GROUP,
  );
}
