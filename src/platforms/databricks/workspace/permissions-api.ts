import * as z from 'zod';
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
  /** Replaces the whole list. Of a principal that stands in it twice, the last entry counts. */
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
        all_permissions: z.array(
          z.object({
            permission_level: z.string(),
            inherited: z.boolean().default(false),
            inherited_from_object: z.array(z.string()).optional(),
          }),
        ),
      }),
    )
    .default([]),
});

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
      const body = { access_control_list: entries };
      return ask({ method: 'PUT', path: objectPath(type, id), body });
    },
  };
}

function objectPath(type: string, id: string): string {
  if (!/^[a-z]+(?:-[a-z]+)*(?:\/[a-z]+(?:-[a-z]+)*)?$/.test(type)) {
    throw new TypeError('type must be the type of an object as in `serving-endpoints`');
  }
  return `/api/2.0/permissions/${type}/${segment('id', id)}`;
}
