import {
  type ExcludedPermission,
  type Permission,
  PermissionInvalidError,
  parsePermission,
  quote,
  type ResourceOf,
} from '../../../model/index.js';
import { permissionContext } from '../../../policy/index.js';
import {
  type DatabricksAction,
  type DatabricksType,
  type DatabricksVocabulary,
  databricksVocabulary,
  levelActions,
} from './databricks-vocabulary.js';
import { formatPrincipal, type Principal, principals, principalsPolicyKind } from './principals.js';

/** An object of a workspace. */
export type DatabricksResource = ResourceOf<DatabricksVocabulary>;

/** One entry of an access control list. */
export interface LevelGrant {
  readonly resource: DatabricksResource;
  /** Undefined: it is not known who. */
  readonly principal: Principal | undefined;
  /** As it is written. */
  readonly level: string;
  /** Where it comes from: labels for people. */
  readonly tags?: Readonly<Record<string, string>>;
}

const CONTEXT = permissionContext({
  vocabulary: databricksVocabulary,
  policyKinds: [principalsPolicyKind],
});

/**
 * The permission that an entry of an access control list is.
 *
 * Shape: an entry whose level its type does not have, or whose principal is not known, becomes an
 * excluded permission: it never grants, and is counted.
 */
export function levelPermission(
  grant: LevelGrant,
): Permission<DatabricksVocabulary> | ExcludedPermission {
  const { resource, principal, level, tags = {} } = grant;
  const { type, name, project } = resource;
  const actions = levelActions(type, level);
  const who = principal === undefined ? 'an unknown principal' : formatPrincipal(principal);
  const title = `${level} on ${type} ${name} for ${who}`;
  const namePatterns = isWholeRegistry(resource) ? [] : [exactName(name)];
  const problem = (field: string, text: string): ExcludedPermission =>
    Object.freeze({
      name: title,
      project,
      types: [type],
      namePatterns,
      excluded: Object.freeze([
        new PermissionInvalidError(`permission ${quote(title)}: ${field}: ${text}`, {
          field,
          permission: title,
        }),
      ]),
    });
  if (actions === undefined) return problem('actions', `a ${type} has no level ${quote(level)}`);
  if (principal === undefined) return problem('policy', 'it is not known who is granted this');
  return parsePermission(
    {
      name: title,
      project,
      types: [type],
      namePatterns,
      actions,
      policy: principals([principal]),
      tags,
    },
    CONTEXT,
    { globs: false },
  ) as Permission<DatabricksVocabulary>;
}

/**
 * One permission for several objects of a type and several principals, as it follows from what else
 * is known.
 *
 * Shape: `level` is one of the type's. Cost: linear in the names and the principals.
 */
export function sharedPermission(grant: {
  readonly name: string;
  readonly project: string | undefined;
  readonly type: DatabricksType;
  readonly names: readonly string[];
  readonly level: DatabricksAction;
  readonly principals: readonly Principal[];
  readonly tags: Readonly<Record<string, string>>;
}): Permission<DatabricksVocabulary> {
  const { name, project, type, names, level, tags } = grant;
  return parsePermission(
    {
      name,
      project,
      types: [type],
      namePatterns: names.map(exactName),
      actions: levelActions(type, level),
      policy: principals(grant.principals),
      tags,
    },
    CONTEXT,
    { globs: false },
  ) as Permission<DatabricksVocabulary>;
}

/**
 * Models inherit what is granted on the registry. @source Databricks provider,
 * "registered_model_id" `root`
 */
function isWholeRegistry({ type, name }: DatabricksResource): boolean {
  return type === 'RegisteredModel' && name === 'root';
}

/** A regular expression of Python that matches this name and no other. */
function exactName(name: string): string {
  // White space is written as an escape: a pattern is stripped at its ends.
  return name
    .replace(/[.^$*+?{}()[\]\\|]/g, '\\$&')
    .replace(/[\s\p{Cc}]/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
