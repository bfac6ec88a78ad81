import { count, listSome } from '../../../../foundation/names.js';
import { quote } from '../../../../model/index.js';
import { UNKNOWN_LEVEL, UNREADABLE_LEVEL } from '../../acl/index.js';
import {
  ALL_PRIVILEGES,
  formatPrincipal,
  isApplicationId,
  USERS_GROUP,
} from '../../vocabulary/index.js';
import { describeObject } from '../describe-object.js';
import { eachEntry, referTo, type ServicesRule } from '../services-rule.js';

/** What a finding about a file ends with that does not say which workspace a resource is in. */
const IN_DOUBT = ', unless they are of several workspaces';

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
      if (actions !== undefined && principal !== undefined) continue;
      const object = describeObject(facts, resource);
      const whom =
        principal === undefined ? 'someone who is not known' : formatPrincipal(principal);
      const what = describeLevel(level, actions !== undefined);
      yield {
        message: `${whom} is granted ${what} on ${object}`,
        resource: referTo(resource),
        object: whom,
      };
    }
  },
};

function describeLevel(level: string, isKnown: boolean): string {
  if (level === UNKNOWN_LEVEL) return 'a level that is known only after the plan is applied';
  if (level === UNREADABLE_LEVEL) return 'a level that is missing or not text';
  return `${quote(level)}${isKnown ? '' : ', a level that the audit does not know there'}`;
}

/** A service principal as if it were a user. */
export const servicePrincipalAsUser: ServicesRule = {
  id: 'service-principal-as-user',
  level: 'warning',
  title: 'A service principal that is named as a user',
  advice: 'Name it in `service_principal_name`, by its application id',
  *check(facts) {
    const services = new Set(facts.servicePrincipals.map(({ displayName }) => displayName));
    for (const { resource, principal } of facts.entries) {
      if (principal?.kind !== 'user') continue;
      const { name } = principal;
      if (name.includes('@') && !services.has(name)) continue;
      const why = isApplicationId(name)
        ? 'an application id'
        : services.has(name)
          ? 'the name of a service principal'
          : 'no e-mail address, and most likely the name of a service principal';
      yield {
        message: `${describeObject(facts, resource)} names ${formatPrincipal(principal)}, which is ${why}`,
        resource: referTo(resource),
        object: formatPrincipal(principal),
      };
    }
  },
};

/** A service principal by the name that people see. */
export const servicePrincipalByName: ServicesRule = {
  id: 'service-principal-by-name',
  level: 'warning',
  title: 'A service principal that is not named by its application id',
  advice: 'Name it by its application ID: Databricks does not accept display names here',
  check: eachEntry(({ resource, principal }, facts) => {
    if (principal?.kind !== 'service-principal' || isApplicationId(principal.name))
      return undefined;
    return `${describeObject(facts, resource)} names ${formatPrincipal(principal)}, which is not an application ID`;
  }),
};

/** Several lists of one object, of which one counts. */
export const rivalLists: ServicesRule = {
  id: 'rival-lists',
  level: 'warning',
  title: 'An object whose access control list several resources of Terraform write',
  advice:
    'Put all entries into one `databricks_permissions`: each one replaces what the others wrote, in no order that is known',
  *check(facts) {
    for (const { resource, addresses, isCertain, workspace } of facts.rivalLists) {
      const write = isCertain ? 'each write' : 'may each write';
      yield {
        message: `${listSome(addresses.map(quote))} ${write} the list of ${describeObject(facts, resource, workspace)}${isCertain ? '' : IN_DOUBT}`,
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
  check: eachEntry(({ resource, principal, level }, facts) => {
    if (resource.type !== 'ServingEndpoint' || level !== 'CAN_MANAGE' || !principal)
      return undefined;
    const isCaller =
      principal.kind === 'service-principal' ||
      isApplicationId(principal.name) ||
      (principal.kind === 'group' && principal.name === USERS_GROUP);
    if (!isCaller) return undefined;
    return `${formatPrincipal(principal)} has CAN_MANAGE on ${describeObject(facts, resource)}`;
  }),
};

/** Several levels for one principal, of which one counts. */
export const principalListedTwice: ServicesRule = {
  id: 'principal-listed-twice',
  level: 'warning',
  title: 'A principal that stands in one access control list more than once',
  advice:
    'Keep one entry: of a list that replaces another the last one counts, and not the strongest',
  *check(facts) {
    for (const { resource, principal, levels, kept, isCertain, workspace } of facts.repeated) {
      const object = describeObject(facts, resource, workspace);
      yield {
        message: `${formatPrincipal(principal)} ${isCertain ? 'stands' : 'may stand'} ${count(levels.length, 'time')} on ${object}, with ${listSome(levels)}; ${kept} is taken${isCertain ? '' : IN_DOUBT}`,
        resource: referTo(resource),
        object: formatPrincipal(principal),
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
  check: eachEntry(({ resource, principal, level }, facts) => {
    if (level !== ALL_PRIVILEGES || !principal) return undefined;
    return `${formatPrincipal(principal)} has all privileges on ${describeObject(facts, resource)}`;
  }),
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

/** What is not there. */
export const partOfAnswer: ServicesRule = {
  id: 'part-of-answer',
  level: 'note',
  title: 'A file with one page of a longer answer',
  advice: 'Audit the other pages too: this audit covers only the pages it was given',
  *check({ pages }) {
    for (const { file } of pages) {
      yield { message: `${quote(file)} says that its list goes on`, object: file };
    }
  },
};

function entriesOf(number: number): string {
  return number === 1 ? '1 entry' : `${number} entries`;
}

/** What is not looked at. */
export const objectNotModelled: ServicesRule = {
  id: 'object-not-modelled',
  level: 'note',
  title: 'An object of a type that the audit does not know; its permissions are not looked at',
  advice: 'Nothing to do here; look at its permissions in Databricks',
  *check({ unmodelled }) {
    for (const { type, name, entries } of unmodelled) {
      const kind = type.replace(/_id$/, '');
      yield {
        message: `${kind} ${quote(name)} has ${entriesOf(entries)}`,
        object: `${kind} ${name}`,
      };
    }
  },
};
