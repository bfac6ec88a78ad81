import {
  type DatabricksAction,
  type DatabricksType,
  formatPrincipal,
  USERS_GROUP,
} from '../../vocabulary/index.js';
import { describeObject } from '../describe-object.js';
import { eachEntry, type ServicesRule } from '../services-rule.js';

/**
 * The actions that change what others depend on. Secret scopes and serving endpoints have rules of
 * their own.
 */
const MANAGING: Readonly<Partial<Record<DatabricksType, DatabricksAction>>> = {
  RegisteredModel: 'CAN_MANAGE_PRODUCTION_VERSIONS',
  Tokens: 'CAN_MANAGE',
  ServiceCredential: 'MANAGE',
};

/** The groups of everyone: in a workspace, and in an account. */
const EVERYONE: ReadonlySet<string> = new Set([USERS_GROUP, 'account users']);

/** Everyone can manage an object. */
export const usersManageObject: ServicesRule = {
  id: 'users-manage-object',
  level: 'error',
  title: 'A model registry, a credential or the use of tokens that everyone can manage',
  advice: 'Grant the level to a group of the people who manage the object, and a weaker one to all',
  check: eachEntry(({ resource, principal, level, actions, workspace }, facts) => {
    const managing = MANAGING[resource.type];
    if (managing === undefined || actions?.includes(managing) !== true) return undefined;
    if (principal?.kind !== 'group' || !EVERYONE.has(principal.name)) return undefined;
    return `everyone has ${level} on ${describeObject(facts, resource, workspace)}`;
  }),
};

/** A service that manages all models. */
export const serviceManagesRegistry: ServicesRule = {
  id: 'service-manages-registry',
  level: 'warning',
  title: 'A service principal that can manage every registered model',
  advice: 'Grant the level on the models that the service registers, and CAN_READ on the others',
  check: eachEntry(({ resource, principal, actions, workspace }, facts) => {
    if (resource.type !== 'RegisteredModel' || resource.name !== 'root') return undefined;
    if (actions?.includes('CAN_MANAGE') !== true || principal === undefined) return undefined;
    if (principal.kind !== 'service-principal') return undefined;
    return `${formatPrincipal(principal)} has CAN_MANAGE on ${describeObject(facts, resource, workspace)}`;
  }),
};
