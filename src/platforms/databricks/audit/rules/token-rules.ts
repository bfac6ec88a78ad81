import { eachItem } from '../../../../audit/each-item.js';
import { quote } from '../../../../model/index.js';
import { groupFinder, type TokenFact } from '../../acl/index.js';
import {
  ADMINS_GROUP,
  formatPrincipal,
  type Principal,
  principalKey,
  USERS_GROUP,
} from '../../vocabulary/index.js';
import { describeDuration, describeObject } from '../describe-object.js';
import { referTo, type ServicesAuditFacts, type ServicesRule } from '../services-rule.js';

/**
 * Longest lifetime and age that are not reported: what the user interface of Databricks proposes.
 */
const MAX_TOKEN_SECONDS = 90 * 86_400;

/** Finds every token that `describe` has something to say about, as the end of a sentence. */
function eachToken(
  describe: (token: TokenFact, facts: ServicesAuditFacts) => string | undefined,
): ServicesRule['check'] {
  return eachItem(
    ({ tokens }) => tokens,
    describe,
    (facts, token, what) => ({
      message: `${describeToken(token, facts)} ${what}`,
      object: describeToken(token, facts),
    }),
  );
}

/** A token that can be read where it is kept. */
export const tokenInState: ServicesRule = {
  id: 'token-in-state',
  level: 'error',
  title: 'A token that stands in a file as it is',
  advice:
    'Every reader of the file can act as the owner of the token: revoke it, and let machines sign in with OAuth',
  *check({ storedSecrets }) {
    for (const { address, attribute, isToken } of storedSecrets) {
      if (!isToken) continue;
      yield { message: `${quote(address)} keeps its token in ${attribute}`, object: address };
    }
  },
};

/** Another secret that can be read where it is kept. */
export const secretInState: ServicesRule = {
  id: 'secret-in-state',
  level: 'warning',
  title: 'A secret that stands in a Terraform file as it is',
  advice:
    'Put the secret into its scope outside of Terraform, or use a write-only attribute; guard the state until then',
  *check({ storedSecrets }) {
    for (const { address, attribute, isToken } of storedSecrets) {
      if (isToken) continue;
      yield { message: `${quote(address)} keeps a secret in ${attribute}`, object: address };
    }
  },
};

/** A token that never ends. */
export const tokenWithoutExpiry: ServicesRule = {
  id: 'token-without-expiry',
  level: 'error',
  title: 'A personal access token without end',
  advice: 'Revoke it, and set a maximum lifetime for the tokens of the workspace',
  check: eachToken((token, facts) => {
    if (token.lifetimeSeconds !== null) return undefined;
    const age = ageOf(token, facts);
    return `never ends${age === undefined ? '' : `; it is ${describeDuration(age)} old`}`;
  }),
};

/** A token that lives long. */
export const longLivedToken: ServicesRule = {
  id: 'long-lived-token',
  level: 'warning',
  title: 'A personal access token with a lifetime of more than 90 days',
  advice: 'Use tokens of OAuth, which live for an hour; otherwise make a new token often',
  check: eachToken((token, facts) => {
    const { lifetimeSeconds, withoutLifetime } = token;
    if (withoutLifetime === true && lifetimeSeconds === undefined) {
      return 'is made without a lifetime: it lives as long as the workspace allows, two years at most';
    }
    if (!lifetimeSeconds || lifetimeSeconds <= MAX_TOKEN_SECONDS) return undefined;
    const age = ageOf(token, facts);
    const since = age === undefined ? '' : ` and is ${describeDuration(age)} old`;
    return `lives for ${describeDuration(lifetimeSeconds)}${since}`;
  }),
};

/** A token that is in use for long, however long it may be. */
export const oldToken: ServicesRule = {
  id: 'old-token',
  level: 'warning',
  title: 'A personal access token that was made more than 90 days ago, and still works',
  advice: 'Make a new one and revoke it, if anything uses it at all; otherwise revoke it',
  check: eachToken((token, facts) => {
    const age = ageOf(token, facts);
    if (age === undefined || age <= MAX_TOKEN_SECONDS || hasEnded(token, facts)) return undefined;
    return `is ${describeDuration(age)} old and ${describeLifetime(token)}`;
  }),
};

/** A token that ends without another one in its place. */
export const tokenWithoutRotation: ServicesRule = {
  id: 'token-without-rotation',
  level: 'warning',
  title: 'A token that only the next run of Terraform renews',
  advice:
    'Renew it with a job that runs well before its end, or use OAuth: what reads it fails on the day it ends',
  check: eachToken(({ managed, lifetimeSeconds }) =>
    managed && lifetimeSeconds
      ? `ends ${describeDuration(lifetimeSeconds)} after it was made, and nothing else renews it`
      : undefined,
  ),
};

/** A machine with a token that is meant for people. */
export const tokenOfMachine: ServicesRule = {
  id: 'token-of-machine',
  level: 'warning',
  title: 'A machine that signs in with a personal access token',
  advice: 'Let the service principal sign in with OAuth (client credentials or workload identity)',
  *check(facts) {
    for (const token of facts.tokens) {
      const owner = ownerOf(token, facts);
      const { onBehalf, keptIn } = token;
      if (!onBehalf && keptIn === undefined && owner?.kind !== 'service-principal') continue;
      const age = ageOf(token, facts);
      const since = age === undefined ? '' : `, made ${describeDuration(age)} ago`;
      const kept = keptIn === undefined ? '' : `, which secret ${quote(keptIn)} keeps`;
      yield {
        message: `${describeToken(token, facts)}${kept}${since}, ${describeLifetime(token)}`,
        object: describeToken(token, facts),
      };
    }
  },
};

/** Someone's own token in front of an endpoint that services call. */
export const personalTokenOnEndpoint: ServicesRule = {
  id: 'personal-token-on-endpoint',
  level: 'warning',
  title: 'A person with a token who may query a production endpoint',
  advice:
    'Let services call the endpoint as a service principal with CAN_QUERY: the token of a person does whatever the person may do, and ends with the account',
  *check(facts) {
    const holders = personsWithTokens(facts);
    for (const { resource, principal, actions } of facts.entries) {
      if (resource.type !== 'ServingEndpoint' || actions?.includes('CAN_QUERY') !== true) continue;
      const holder = principal && holders.get(principalKey(principal));
      if (holder === undefined || !isProduction(facts.endpointNames.get(resource.name))) continue;
      const through = principal?.kind === 'group' ? ` through ${formatPrincipal(principal)}` : '';
      yield {
        message: `${formatPrincipal(holder)} has a token and may query ${describeObject(facts, resource)}${through}`,
        resource: referTo(resource),
        object: formatPrincipal(holder),
      };
    }
  },
};

/**
 * The persons who have tokens, by what they are granted something as: themselves and, one of them
 * for each, their groups.
 *
 * Administrators are left out: they may do everything, whatever a list says.
 */
function personsWithTokens(facts: ServicesAuditFacts): ReadonlyMap<string, Principal> {
  const groupsOf = groupFinder(facts);
  const holders = new Map<string, Principal>();
  for (const token of facts.tokens) {
    const owner = ownerOf(token, facts);
    if (owner?.kind !== 'user' || holders.has(principalKey(owner))) continue;
    holders.set(principalKey(owner), owner);
    const { ownerId: id, workspace } = token;
    const groups = id === undefined ? [] : groupsOf([{ id, workspace }]);
    for (const name of [USERS_GROUP, ...groups]) {
      const key = principalKey({ kind: 'group', name });
      if (name !== ADMINS_GROUP && !holders.has(key)) holders.set(key, owner);
    }
  }
  return holders;
}

/** An endpoint counts as one of production unless its name says something else. */
function isProduction(name: string | undefined): boolean {
  return (
    name === undefined || !/(?:^|[-_.])(?:dev|test|staging|stage|sandbox|qa)(?:$|[-_.])/i.test(name)
  );
}

function describeToken(token: TokenFact, facts: ServicesAuditFacts): string {
  const owner = ownerOf(token, facts);
  const whose = token.onBehalf && owner === undefined ? 'a service principal' : undefined;
  const of = owner === undefined ? whose : formatPrincipal(owner);
  return `token ${quote(token.name)}${of === undefined ? '' : ` of ${of}`}`;
}

/** When a token ends, as the end of a sentence about it. */
function describeLifetime({ lifetimeSeconds }: TokenFact): string {
  if (lifetimeSeconds === null) return 'never ends';
  if (lifetimeSeconds === undefined) return 'ends at a time that no file says';
  return `lives for ${describeDuration(lifetimeSeconds)}`;
}

/** An expired token is harmless. A token with unknown expiry counts as valid. */
function hasEnded(
  { createdAt, expiresAt, lifetimeSeconds }: TokenFact,
  { now }: ServicesAuditFacts,
): boolean {
  if (typeof expiresAt === 'number') return expiresAt <= now;
  if (createdAt === undefined || typeof lifetimeSeconds !== 'number') return false;
  return createdAt + lifetimeSeconds * 1000 <= now;
}

/** Whose token it is, also where a list has only the number and another file the name. */
function ownerOf(
  { owner, ownerId }: TokenFact,
  { applicationIds }: ServicesAuditFacts,
): Principal | undefined {
  const name = ownerId === undefined ? undefined : applicationIds.get(ownerId);
  return name === undefined ? owner : { kind: 'service-principal', name };
}

function ageOf({ createdAt }: TokenFact, { now }: ServicesAuditFacts): number | undefined {
  return createdAt === undefined || createdAt > now ? undefined : (now - createdAt) / 1000;
}
