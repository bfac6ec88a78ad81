import { checkOptions } from '../../../foundation/options.js';
import {
  formatPrincipal,
  isApplicationId,
  LEVELS,
  type Principal,
  principalKey,
} from '../vocabulary/index.js';
import type { AccessControlResponse, WorkspaceClient } from '../workspace/index.js';
import { WorkspaceError } from '../workspace/workspace-error.js';

/** The levels of serving endpoints, from the weakest to the strongest. */
export type EndpointLevel = 'CAN_VIEW' | 'CAN_QUERY' | 'CAN_MANAGE';

/** Which service principals may do what with which serving endpoints. */
export interface ServingEndpointAccess {
  /** Names of serving endpoints. */
  readonly endpoints: readonly string[];
  /** Application ids of service principals: never their names. */
  readonly servicePrincipals: readonly string[];
  /** Default: `CAN_QUERY`. */
  readonly level?: EndpointLevel | undefined;
}

/** One level that is to be granted. */
export interface EndpointGrant {
  readonly endpoint: string;
  /** What permissions know the endpoint by. */
  readonly endpointId: string;
  readonly applicationId: string;
  readonly level: EndpointLevel;
  /** What the service principal has now. */
  readonly held: string | undefined;
}

/** Something about an endpoint that a person should check. */
export interface EndpointFinding {
  readonly rule: 'level-missing' | 'level-stronger' | 'level-unknown' | 'service-principal-as-user';
  readonly endpoint: string;
  /** One sentence without a period. */
  readonly message: string;
}

/** What is to be done, and what a person must do. */
export interface EndpointAccessPlan {
  readonly changes: readonly EndpointGrant[];
  readonly findings: readonly EndpointFinding[];
}

const TYPE = 'serving-endpoints';
const ORDER: readonly string[] = LEVELS.ServingEndpoint.levels;

/**
 * What is missing in a workspace for service principals to have a level on endpoints. Reads only.
 *
 * A level that is stronger already is a finding, and stays. So is a `user_name` that holds an
 * application id, or a name that is not an e-mail address. Unverified: whether Databricks takes it
 * for the service principal. The plan does not.
 *
 * @returns rejects with WorkspaceError, of the code `RESOURCE_DOES_NOT_EXIST` if the endpoint does
 *   not exist
 * @throws TypeError if a field is unknown, when a list is empty, or a service principal is not
 *   given by its application id
 * @source Databricks REST API, "Get serving endpoint" (name to id) and "Permissions"
 */
export async function planEndpointAccess(
  workspace: WorkspaceClient,
  access: ServingEndpointAccess,
): Promise<EndpointAccessPlan> {
  const { endpoints, servicePrincipals, level } = checkAccess(access);
  const changes: EndpointGrant[] = [];
  const findings: EndpointFinding[] = [];
  for (const endpoint of endpoints) {
    const { id } = await workspace.servingEndpoints.get(endpoint);
    const { access_control_list: list } = await workspace.permissions.get(TYPE, id);
    findings.push(...findServicesAsUsers(endpoint, list));
    for (const applicationId of servicePrincipals) {
      const principal: Principal = { kind: 'service-principal', name: applicationId };
      const held = heldLevel(list, principal);
      const found = compare(endpoint, principal, { held, level });
      if (found === 'weaker')
        changes.push({ endpoint, endpointId: id, applicationId, level, held });
      else if (found !== 'same') findings.push(found);
    }
  }
  return { changes, findings };
}

/**
 * Grants what {@link planEndpointAccess} finds missing, by application id, one PATCH for each
 * endpoint. Existing grants stay.
 *
 * @returns the plan that was carried out; rejects with WorkspaceError, also when a level is not
 *   there afterwards
 * @example
 * const access = { endpoints: ['fraud'], servicePrincipals: [applicationId] };
 * await applyEndpointAccess(workspace, access);
 */
export async function applyEndpointAccess(
  workspace: WorkspaceClient,
  access: ServingEndpointAccess,
): Promise<EndpointAccessPlan> {
  const plan = await planEndpointAccess(workspace, access);
  const byEndpoint = new Map<string, EndpointGrant[]>();
  for (const grant of plan.changes) {
    const grants = byEndpoint.get(grant.endpointId);
    if (grants === undefined) byEndpoint.set(grant.endpointId, [grant]);
    else grants.push(grant);
  }
  for (const [id, grants] of byEndpoint) {
    const entries = grants.map(({ applicationId, level }) => ({
      service_principal_name: applicationId,
      permission_level: level,
    }));
    const { access_control_list: list } = await workspace.permissions.patch(TYPE, id, entries);
    for (const { endpoint, applicationId, level } of grants) {
      const principal: Principal = { kind: 'service-principal', name: applicationId };
      if (heldLevel(list, principal) === level) continue;
      const message = `serving endpoint \`${endpoint}\` does not hold ${level} for ${formatPrincipal(principal)} after it was granted`;
      throw new WorkspaceError(message, { status: 200, retriable: false });
    }
  }
  return plan;
}

/**
 * Where a workspace differs from what it should be: every level that is missing, beside the
 * findings of the plan. Reads only.
 */
export async function verifyEndpointAccess(
  workspace: WorkspaceClient,
  access: ServingEndpointAccess,
): Promise<readonly EndpointFinding[]> {
  const { changes, findings } = await planEndpointAccess(workspace, access);
  const missing = changes.map(
    (grant): EndpointFinding => ({
      rule: 'level-missing',
      endpoint: grant.endpoint,
      message: describeEndpointGrant(grant),
    }),
  );
  return [...missing, ...findings];
}

/** A grant for people. */
export function describeEndpointGrant(grant: EndpointGrant): string {
  const who = formatPrincipal({ kind: 'service-principal', name: grant.applicationId });
  const before = grant.held === undefined ? '' : `, in place of ${grant.held}`;
  return `let ${who} have ${grant.level} on serving endpoint \`${grant.endpoint}\`${before}`;
}

function checkAccess(
  access: ServingEndpointAccess,
): Required<ServingEndpointAccess> & { readonly level: EndpointLevel } {
  checkOptions<ServingEndpointAccess>(access, {
    endpoints: true,
    servicePrincipals: true,
    level: true,
  });
  const { endpoints, servicePrincipals, level = 'CAN_QUERY' } = access;
  if (!Array.isArray(endpoints) || endpoints.length === 0) {
    throw new TypeError('endpoints must be a list of names');
  }
  if (!Array.isArray(servicePrincipals) || servicePrincipals.length === 0) {
    throw new TypeError('servicePrincipals must be a list of application ids');
  }
  if (!servicePrincipals.every((each) => typeof each === 'string' && isApplicationId(each))) {
    throw new TypeError(
      'a service principal must be named by its application ID, not by its display name',
    );
  }
  if (!ORDER.includes(level)) throw new TypeError(`level must be one of ${ORDER.join(', ')}`);
  const ids = servicePrincipals.map((id) => id.toLowerCase());
  return { endpoints: [...new Set(endpoints)], servicePrincipals: [...new Set(ids)], level };
}

/** The strongest level that a list gives a principal itself; of one that is not known, its name. */
function heldLevel(
  list: readonly AccessControlResponse[],
  principal: Principal,
): string | undefined {
  const key = principalKey(principal);
  const levels = list
    .filter(
      ({ service_principal_name: name }) =>
        name !== undefined && principalKey({ kind: 'service-principal', name }) === key,
    )
    .flatMap((entry) => entry.all_permissions.map(({ permission_level: level }) => level));
  return (
    levels.find((level) => !ORDER.includes(level)) ??
    ORDER.findLast((level) => levels.includes(level))
  );
}

function compare(
  endpoint: string,
  principal: Principal,
  { held, level }: { readonly held: string | undefined; readonly level: EndpointLevel },
): 'same' | 'weaker' | EndpointFinding {
  const who = `${formatPrincipal(principal)} on serving endpoint \`${endpoint}\``;
  if (held !== undefined && !ORDER.includes(held)) {
    return { rule: 'level-unknown', endpoint, message: `the level of ${who} is not known` };
  }
  const difference = (held === undefined ? -1 : ORDER.indexOf(held)) - ORDER.indexOf(level);
  if (difference === 0) return 'same';
  if (difference < 0) return 'weaker';
  const message = `the level of ${who} is ${held}, and stays, where ${level} is enough`;
  return { rule: 'level-stronger', endpoint, message };
}

/** Users are known by their e-mail addresses. */
function findServicesAsUsers(
  endpoint: string,
  list: readonly AccessControlResponse[],
): readonly EndpointFinding[] {
  return list.flatMap(({ user_name: name }): readonly EndpointFinding[] => {
    if (name === undefined || name.includes('@')) return [];
    const user = formatPrincipal({ kind: 'user', name });
    const why = isApplicationId(name)
      ? 'an application id'
      : 'no e-mail address, and most likely the name of a service principal';
    const message = `serving endpoint \`${endpoint}\` has ${user}, which is ${why}: it is not taken as a grant to the service principal`;
    return [{ rule: 'service-principal-as-user', endpoint, message }];
  });
}
