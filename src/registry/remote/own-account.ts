import type { AuthConfig } from '../../config/index.js';
import { parseCompactToken } from '../../foundation/compact-token.js';
import { compileClaimMapping } from '../../identity/token/claim-mapping.js';
import { ConfigInvalidError, type Subject } from '../../model/index.js';

/** What the server knows this client by, as far as it decides what the client is shown. */
export type OwnAccount = Required<Pick<Subject, 'roles' | 'groups' | 'namespaces'>>;

const NOTHING: OwnAccount = Object.freeze({ roles: [], groups: [], namespaces: [] });
const FIELDS = ['roles', 'groups', 'namespaces'] as const;
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):[^:]+$/;

/**
 * Reads the field `account` of a `registry` section: the roles, groups and namespaces that the
 * server knows this client by. Feast ignores the field.
 *
 * @returns undefined if the section does not have it
 * @throws {@link ConfigInvalidError} if it is not a mapping of those three to lists of names
 */
export function parseOwnAccount(given: unknown): OwnAccount | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw invalid('must be a mapping of `roles`, `groups` and `namespaces` to lists of names');
  }
  const fields = new Map<string, unknown>(Object.entries(given));
  const unknown = [...fields.keys()].find((name) => !FIELDS.some((field) => field === name));
  if (unknown !== undefined) {
    throw invalid('has an unknown field. Its fields are `roles`, `groups` and `namespaces`');
  }
  const namesOf = (field: (typeof FIELDS)[number]): readonly string[] => {
    const names = fields.get(field) ?? [];
    if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names;
    throw invalid(`must have a list of names in \`${field}\``);
  };
  return {
    roles: namesOf('roles'),
    groups: namesOf('groups'),
    namespaces: namesOf('namespaces'),
  };
}

/**
 * What a client's own token says of its account.
 *
 * Nothing is verified: the token comes from the client itself. What the token does not say counts
 * as missing, so the account seems to have too little, never too much.
 *
 * @source Feast 0.66.0: `roles` and `groups` as its servers read them from tokens of OIDC; for
 *   service accounts of Kubernetes the groups and the namespace that the API server gives them.
 *   Their roles are in the cluster, not in the token
 */
export function readOwnAccount(token: string, auth: AuthConfig): OwnAccount {
  let claims: Readonly<Record<string, unknown>>;
  try {
    claims = parseCompactToken(token).claims;
  } catch {
    return NOTHING;
  }
  return auth.type === 'kubernetes'
    ? serviceAccountOf(claims)
    : accountOf(claims, auth.type === 'oidc' ? auth.clientId : undefined);
}

function accountOf(
  claims: Readonly<Record<string, unknown>>,
  clientId: string | undefined,
): OwnAccount {
  // Only to read the lists: the name decides nothing here.
  const named = { ...claims, preferred_username: 'client' };
  const { roles = [], groups = [], namespaces = [] } = compileClaimMapping({}, clientId)(named);
  return { roles, groups, namespaces };
}

function serviceAccountOf({ sub }: Readonly<Record<string, unknown>>): OwnAccount {
  const namespace = typeof sub === 'string' ? SERVICE_ACCOUNT.exec(sub)?.[1] : undefined;
  if (namespace === undefined) return NOTHING;
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  return { roles: [], groups: [...groups, 'system:authenticated'], namespaces: [namespace] };
}

function invalid(problem: string): ConfigInvalidError {
  return new ConfigInvalidError(`\`registry.account\` ${problem}`);
}
