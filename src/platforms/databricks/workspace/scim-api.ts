import * as z from 'zod';
import { isPlainObject } from '../../../model/plain-data.js';
import { readPages } from './pages.js';
import { optionalNumber, optionalText, readAs } from './read-answer.js';
import { segment } from './segment.js';
import type { JsonObject, WorkspaceTransport } from './workspace-transport.js';

/** A group that a principal is a member of. */
export interface ScimGroupReference {
  readonly value: string;
  readonly display?: string | undefined;
}

/**
 * A user has a `userName`, a service principal an `applicationId`; `id` is what groups know them
 * by.
 */
export interface ScimPrincipal {
  readonly id: string;
  readonly userName?: string | undefined;
  readonly applicationId?: string | undefined;
  readonly displayName?: string | undefined;
  readonly active?: boolean | undefined;
  readonly groups: readonly ScimGroupReference[];
  /** Names, such as `allow-cluster-create`. */
  readonly entitlements?: readonly string[] | undefined;
}

/** A group with its members, which are identified by their IDs. */
export interface ScimGroup {
  readonly id: string;
  readonly displayName: string;
  readonly members: readonly { readonly value: string; readonly display?: string | undefined }[];
}

/** Only those with exactly this value. */
export interface ScimFilter {
  readonly attribute: 'displayName' | 'applicationId' | 'userName';
  readonly value: string;
}

/** Service principals and groups of the workspace. */
export interface ScimApi {
  /** Who asks. */
  readonly currentUser: () => Promise<ScimPrincipal>;
  /** All of them, or those that the filter accepts. */
  readonly listServicePrincipals: (filter?: ScimFilter) => Promise<readonly ScimPrincipal[]>;
  /** Makes a service principal in the workspace. */
  readonly createServicePrincipal: (principal: {
    readonly displayName: string;
    /** Of an application that exists in Entra; a new one unless given. */
    readonly applicationId?: string | undefined;
  }) => Promise<ScimPrincipal>;
  /** Removes it from the workspace, by its ID there. */
  readonly deleteServicePrincipal: (id: string) => Promise<void>;
  /** All of them, or those that the filter accepts. */
  readonly listGroups: (filter?: ScimFilter) => Promise<readonly ScimGroup[]>;
  /** Makes a group. */
  readonly createGroup: (group: {
    readonly displayName: string;
    /** Ids of principals and groups. */
    readonly members?: readonly string[] | undefined;
  }) => Promise<ScimGroup>;
  /** One group, by its ID. */
  readonly getGroup: (id: string) => Promise<ScimGroup>;
  /** Removes a group, by its ID. */
  readonly deleteGroup: (id: string) => Promise<void>;
  /** Those who are in it already stay in it. */
  readonly addGroupMembers: (id: string, members: readonly string[]) => Promise<void>;
  /** IDs of other members are ignored. */
  readonly removeGroupMembers: (id: string, members: readonly string[]) => Promise<void>;
}

const MEMBERS = z
  .array(z.object({ value: z.string(), display: optionalText }))
  .nullish()
  .transform((members) => members ?? []);
const PRINCIPAL: z.ZodType<ScimPrincipal> = z.object({
  id: z.string().min(1),
  userName: optionalText,
  applicationId: optionalText,
  displayName: optionalText,
  active: z
    .boolean()
    .nullish()
    .transform((active) => active ?? undefined),
  groups: MEMBERS,
  entitlements: z
    .array(z.object({ value: optionalText }))
    .nullish()
    .transform((list) => list?.flatMap(({ value }) => value ?? [])),
});
const GROUP: z.ZodType<ScimGroup> = z.object({
  id: z.string().min(1),
  displayName: z.string(),
  members: MEMBERS,
});
const LIST: z.ZodType<{
  readonly totalResults: number | undefined;
  readonly Resources: readonly JsonObject[];
}> = z.object({
  totalResults: optionalNumber,
  Resources: z
    .array(z.custom<JsonObject>(isPlainObject))
    .nullish()
    .transform((resources) => resources ?? []),
});

const ROOT = '/api/2.0/preview/scim/v2';
const PAGE_SIZE = 100;

/**
 * @source Databricks REST API, "Service principals", "Groups", "Current user"; RFC 7644 3.4.2.4
 *   (pages) and 3.5.2 (PATCH)
 */
export function createScimApi(send: WorkspaceTransport, maxPages: number): ScimApi {
  const list = <T>(
    kind: string,
    schema: z.ZodType<T>,
    filter?: ScimFilter,
  ): Promise<readonly T[]> => listResources(send, maxPages, `${ROOT}/${kind}`, schema, filter);
  const patch = async (id: string, operations: readonly object[]): Promise<void> => {
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];
    const body = { schemas, Operations: operations };
    const path = `${ROOT}/Groups/${segment('id', id)}`;
    await send({ method: 'PATCH', path, body, idempotent: true });
  };
  const create = (kind: string, body: JsonObject): Promise<JsonObject> =>
    send({ method: 'POST', path: `${ROOT}/${kind}`, body });
  const remove = async (kind: string, id: string): Promise<void> => {
    await send({ method: 'DELETE', path: `${ROOT}/${kind}/${segment('id', id)}` });
  };
  return {
    currentUser: async () =>
      readAs(PRINCIPAL, await send({ method: 'GET', path: `${ROOT}/Me` }), 'who asks'),
    listServicePrincipals: (filter) => list('ServicePrincipals', PRINCIPAL, filter),
    createServicePrincipal: async ({ displayName, applicationId }) => {
      const schemas = ['urn:ietf:params:scim:schemas:core:2.0:ServicePrincipal'];
      const body = { schemas, displayName, applicationId, active: true };
      return readAs(PRINCIPAL, await create('ServicePrincipals', body), 'a service principal');
    },
    deleteServicePrincipal: (id) => remove('ServicePrincipals', id),
    listGroups: (filter) => list('Groups', GROUP, filter),
    createGroup: async ({ displayName, members = [] }) => {
      const schemas = ['urn:ietf:params:scim:schemas:core:2.0:Group'];
      const body = { schemas, displayName, members: members.map((value) => ({ value })) };
      return readAs(GROUP, await create('Groups', body), 'a group');
    },
    getGroup: async (id) => {
      const path = `${ROOT}/Groups/${segment('id', id)}`;
      return readAs(GROUP, await send({ method: 'GET', path }), 'a group');
    },
    deleteGroup: (id) => remove('Groups', id),
    addGroupMembers: (id, members) =>
      patch(id, [{ op: 'add', path: 'members', value: members.map((value) => ({ value })) }]),
    removeGroupMembers: (id, members) =>
      patch(
        id,
        members.map((member) => ({
          op: 'remove',
          path: `members[value eq ${JSON.stringify(member)}]`,
        })),
      ),
  };
}

function listResources<T>(
  send: WorkspaceTransport,
  maxPages: number,
  path: string,
  schema: z.ZodType<T>,
  filter: ScimFilter | undefined,
): Promise<readonly T[]> {
  const condition =
    filter === undefined ? undefined : `${filter.attribute} eq ${JSON.stringify(filter.value)}`;
  return readPages(async (token) => {
    const start = Number(token ?? 1);
    const query = { startIndex: start, count: PAGE_SIZE, filter: condition };
    const answer = await send({ method: 'GET', path, query });
    const { totalResults, Resources } = readAs(LIST, answer, 'a SCIM list');
    const items = Resources.map((resource) => readAs(schema, resource, 'a SCIM list'));
    const end = start + items.length;
    // A page may be shorter than asked for; one without anything is the last whatever the total
    // says.
    const isLast = items.length === 0 || (totalResults !== undefined && end > totalResults);
    return { items, next: isLast ? undefined : String(end) };
  }, maxPages);
}
