import { count, listSome } from '../../../audit/describe.js';
import { quote } from '../../../model/index.js';
import {
  ALL_PRIVILEGES,
  formatPrincipal,
  isApplicationId,
  USERS_GROUP,
} from '../../vocabulary/index.js';
import { describeObject } from '../describe-object.js';
import { referTo, type ServicesRule } from '../services-rule.js';

/** An entry whose level or principal is not known. */
export const entryNotUnderstood: ServicesRule = {
  id: 'entry-not-understood',
  level: 'error',
  title:
    'An entry of an access control list that is not understood; it is left out and grants nothing',
  advice:
    'Look at the level and the principal in Databricks; of a plan, audit the state once it is applied',
  *check(facts) {
    for (const { resource, principal, level, actions } of facts.entries) {
      const what =
        actions === undefined
          ? `the level ${quote(level)}, which ${describeObject(facts, resource)} does not have`
          : `${quote(level)} on ${describeObject(facts, resource)} for nobody who is known`;
      if (actions !== undefined && principal !== undefined) continue;
      yield { message: `an entry grants ${what}`, resource: referTo(resource) };
    }
  },
};

/** A service principal as if it were a user. */
export const servicePrincipalAsUser: ServicesRule = {
  id: 'service-principal-as-user',
  level: 'warning',
  title: 'A service principal that is named as a user',
  advice: 'Name it in `service_principal_name`, by its application id',
  *check(facts) {
    for (const { resource, principal } of facts.entries) {
      if (principal?.kind !== 'user' || !isApplicationId(principal.name)) continue;
      yield {
        message: `${describeObject(facts, resource)} names ${formatPrincipal(principal)}, which is an application id and no user`,
        resource: referTo(resource),
      };
    }
  },
};

/** More than a caller of an endpoint needs. */
export const manageInsteadOfQuery: ServicesRule = {
  id: 'manage-instead-of-query',
  level: 'warning',
  title: 'CAN_MANAGE on a serving endpoint for someone who only needs to query it',
  advice:
    'Grant CAN_QUERY: who manages an endpoint can change its model, its secrets and its permissions',
  *check(facts) {
    for (const { resource, principal, level } of facts.entries) {
      if (resource.type !== 'ServingEndpoint' || level !== 'CAN_MANAGE' || !principal) continue;
      const isCaller =
        principal.kind === 'service-principal' ||
        isApplicationId(principal.name) ||
        (principal.kind === 'group' && principal.name === USERS_GROUP);
      if (!isCaller) continue;
      yield {
        message: `${formatPrincipal(principal)} has CAN_MANAGE on ${describeObject(facts, resource)}`,
        resource: referTo(resource),
      };
    }
  },
};

/** Several levels for one principal, of which one counts. */
export const principalListedTwice: ServicesRule = {
  id: 'principal-listed-twice',
  level: 'warning',
  title: 'A principal that stands in one access control list more than once',
  advice:
    'Keep one entry: of a list that replaces another the last one counts, and not the strongest',
  *check(facts) {
    for (const { resource, principal, levels, kept } of facts.repeated) {
      yield {
        message: `${formatPrincipal(principal)} stands ${count(levels.length, 'time')} on ${describeObject(facts, resource)}, with ${listSome(levels)}; ${kept} is taken`,
        resource: referTo(resource),
      };
    }
  },
};

/** A grant of everything. */
export const allPrivileges: ServicesRule = {
  id: 'all-privileges',
  level: 'warning',
  title: 'A grant of all privileges',
  advice: 'Grant ACCESS alone to who uses a service credential',
  *check(facts) {
    for (const { resource, principal, level } of facts.entries) {
      if (level !== ALL_PRIVILEGES || !principal) continue;
      yield {
        message: `${formatPrincipal(principal)} has all privileges on ${describeObject(facts, resource)}`,
        resource: referTo(resource),
      };
    }
  },
};

/** A credential that every workspace can use. */
export const openServiceCredential: ServicesRule = {
  id: 'open-service-credential',
  level: 'warning',
  title: 'A service credential that can be used from every workspace',
  advice: 'Set its isolation mode to isolated, and bind it to the workspaces that need it',
  *check({ serviceCredentials }) {
    for (const { name, open } of serviceCredentials) {
      if (open !== true) continue;
      yield {
        message: `service credential ${quote(name)} has the isolation mode open`,
        resource: { project: null, type: 'ServiceCredential', name },
      };
    }
  },
};

/** What is not looked at. */
export const objectNotModelled: ServicesRule = {
  id: 'object-not-modelled',
  level: 'note',
  title: 'An object of a type that the audit does not know; its permissions are not looked at',
  advice: 'Nothing to do here; look at its permissions in Databricks',
  *check({ unmodelled }) {
    for (const { type, name, entries } of unmodelled) {
      yield { message: `${quote(type)} ${quote(name)} has a list with ${count(entries, 'line')}` };
    }
  },
};
