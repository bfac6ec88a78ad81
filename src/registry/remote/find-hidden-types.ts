import { createAuthorizer } from '../../engine/index.js';
import {
  ALL_RESOURCE_TYPES,
  type ExcludedPermission,
  type FeastType,
  isExcludedPermission,
  type Permission,
} from '../../model/index.js';
import type { OwnAccount } from './own-account.js';

/**
 * The types of which a registry server may hide objects from an account: no permission shows that
 * the account may DESCRIBE all of them.
 *
 * A permission shows it if it has no name patterns, holds DESCRIBE and grants the account. It must
 * be in force, and it is: the server sent it. Other permissions cannot take the right away, as one
 * grant is enough for Feast. So whatever the server hides, this holds for all objects of the type.
 *
 * @param permissions those that the server shows of one project
 * @source Feast 0.66.0 and 0.67.0: a list holds the objects that the permissions of its project let
 *   the caller DESCRIBE, and nothing says that others were left out. Required tags are compared
 *   with those of permissions and of no other object: they count for the type `Permission` only
 */
export function findHiddenTypes(
  permissions: readonly (Permission | ExcludedPermission)[],
  project: string,
  account: OwnAccount,
): readonly FeastType[] {
  const subject = { username: 'client', ...account };
  const general = permissions.filter(
    (permission): permission is Permission =>
      !isExcludedPermission(permission) &&
      permission.namePatterns.length === 0 &&
      permission.actions.includes('DESCRIBE'),
  );
  const untagged = general.filter(({ requiredTags }) => Object.keys(requiredTags).length === 0);
  const [ofAll, ofPermissions] = [general, untagged].map((given) =>
    createAuthorizer({
      permissions: given.map((one) => ({ ...one, requiredTags: {} })),
      projects: [project],
      defaultProject: project,
      strategy: 'affirmative',
      whenNoPermissions: 'deny',
      unsecured: 'deny',
    }),
  );
  return ALL_RESOURCE_TYPES.filter((type) => {
    const authorizer = type === 'Permission' ? ofPermissions : ofAll;
    return authorizer?.can(subject, 'DESCRIBE', { type, name: 'any', project }) !== true;
  });
}
