import * as z from 'zod';
import { ADMINS_GROUP } from '../vocabulary/index.js';
import { optionalText, readAs } from './read-answer.js';
import { segment } from './segment.js';
import type { WorkspaceRequest, WorkspaceTransport } from './workspace-transport.js';

/** One entry to write. Exactly one of the three names. */
export interface AccessControlRequest {
  readonly user_name?: string | undefined;
  readonly group_name?: string | undefined;
  /** The application id of the service principal, and not its name. */
  readonly service_principal_name?: string | undefined;
  readonly permission_level: string;
}

/** One principal of an answer, and all that it has. */
export interface AccessControlResponse {
  readonly user_name?: string | undefined;
  readonly group_name?: string | undefined;
  readonly service_principal_name?: string | undefined;
  readonly display_name?: string | undefined;
  readonly all_permissions: readonly {
    readonly permission_level: string;
    readonly inherited: boolean;
    readonly inherited_from_object?: readonly string[] | undefined;
  }[];
}

/** The access list of an object. */
export interface ObjectPermissions {
  readonly object_id?: string | undefined;
  readonly object_type?: string | undefined;
  readonly access_control_list: readonly AccessControlResponse[];
}

/** A level that an object's access list can have. */
export interface PermissionLevel {
  readonly permission_level: string;
  readonly description?: string | undefined;
}

/**
 * Permissions of an object: its type as in the path (`serving-endpoints`, `sql/warehouses`), and
 * its id, which is not its name.
 */
export interface PermissionsApi {
  /** The access list of an object. */
  readonly get: (type: string, id: string) => Promise<ObjectPermissions>;
  /** The levels that the object's list can have. */
  readonly getLevels: (type: string, id: string) => Promise<readonly PermissionLevel[]>;
  /** Merges: principals that are not named keep what they have. */
  readonly patch: (
    type: string,
    id: string,
    entries: readonly AccessControlRequest[],
  ) => Promise<ObjectPermissions>;
  /**
   * Replaces the whole list. Of a principal that stands in it twice, the last entry counts. The
   * lists of tokens and of the whole registry keep `admins`, who manage them.
   */
  readonly set: (
    type: string,
    id: string,
    entries: readonly AccessControlRequest[],
  ) => Promise<ObjectPermissions>;
}

const OBJECT_PERMISSIONS: z.ZodType<ObjectPermissions> = z.object({
  object_id: optionalText,
  object_type: optionalText,
  access_control_list: z
    .array(
      z.object({
        user_name: optionalText,
        group_name: optionalText,
        service_principal_name: optionalText,
        display_name: optionalText,
        // One that names no level stays, as one that is not known.
        all_permissions: z
          .array(
            z.object({
              permission_level: z.string().nullish().transform(textOrUnreadable),
              inherited: z.boolean().nullish().transform(Boolean),
              inherited_from_object: z
                .array(z.string())
                .nullish()
                .transform((objects) => objects ?? undefined),
            }),
          )
          .nullish()
          .transform((held) => held ?? []),
      }),
    )
    .default([]),
});

/** Whatever an answer leaves out is not taken for a level. */
const NO_LEVEL = '(unreadable)';

function textOrUnreadable(level: string | null | undefined): string {
  return level || NO_LEVEL;
}

const LEVELS: z.ZodType<{ readonly permission_levels: readonly PermissionLevel[] }> = z.object({
  permission_levels: z.array(z.object({ permission_level: z.string(), description: optionalText })),
});

/** @source Databricks REST API, "Permissions": PUT replaces, PATCH updates */
export function createPermissionsApi(send: WorkspaceTransport): PermissionsApi {
  const ask = async (request: WorkspaceRequest): Promise<ObjectPermissions> =>
    readAs(OBJECT_PERMISSIONS, await send(request), 'permissions');
  return {
    get: async (type, id) => ask({ method: 'GET', path: objectPath(type, id) }),
    getLevels: async (type, id) => {
      const path = `${objectPath(type, id)}/permissionLevels`;
      const answer = await send({ method: 'GET', path });
      return readAs(LEVELS, answer, 'levels of permissions').permission_levels;
    },
    patch: async (type, id, entries) => {
      const body = { access_control_list: entries };
      // A merge: done twice it is the same.
      return ask({ method: 'PATCH', path: objectPath(type, id), body, idempotent: true });
    },
    set: async (type, id, entries) => {
      const body = { access_control_list: withAdmins(type, id, entries) };
      return ask({ method: 'PUT', path: objectPath(type, id), body });
    },
  };
}

/**
 * Lists of the whole workspace must keep `admins`, or the service refuses them.
 *
 * @source terraform-provider-databricks, `permissions`, which adds them for the same two
 */
function withAdmins(
  type: string,
  id: string,
  entries: readonly AccessControlRequest[],
): readonly AccessControlRequest[] {
  const isWhole =
    (type === 'authorization' && id === 'tokens') ||
    (type === 'registered-models' && id === 'root');
  if (!isWhole || entries.some((entry) => entry.group_name === ADMINS_GROUP)) return entries;
  return [...entries, { group_name: ADMINS_GROUP, permission_level: 'CAN_MANAGE' }];
}

function objectPath(type: string, id: string): string {
  if (!/^[a-z]+(?:-[a-z]+)*(?:\/[a-z]+(?:-[a-z]+)*)?$/.test(type)) {
    throw new TypeError('type must be the type of an object as in `serving-endpoints`');
  }
  return `/api/2.0/permissions/${type}/${segment('id', id)}`;
}
