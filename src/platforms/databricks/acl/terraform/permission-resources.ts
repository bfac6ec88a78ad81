import * as z from 'zod';
import type { DatabricksResource } from '../../vocabulary/index.js';
import { checkShape } from '../check-shape.js';
import type { ReadContext } from '../file-reader.js';
import type { ListEntry } from '../list-entries.js';
import { readAccessEntries, readGrant } from '../read-entries.js';
import { findObject, TOKENS_NAME } from '../read-permissions.js';
import { addGrants } from '../read-unity-catalog.js';
import { UNKNOWN_LEVEL } from '../services-facts.js';
import { groupLists, type PlacedList } from './group-lists.js';
import { isUnknownAt, type TerraformResource, textAt } from './terraform-resource.js';

/** Takes one resource of Terraform. */
export type ResourceHandler = (resource: TerraformResource, context: ReadContext) => void;

const blocks = z.array(z.unknown());

/** Stands for what is granted, to whom is not known yet. */
const UNKNOWN_ENTRY: ListEntry = { principal: undefined, level: UNKNOWN_LEVEL };

/**
 * An object, with the lists that replace its list; where several workspaces have one of its name,
 * with those of all.
 */
interface ObjectLists {
  readonly object: DatabricksResource;
  readonly lists: PlacedList[];
}

/** Who may use objects, gathered: each resource has a list that replaces the one before. */
export class PermissionsGatherer {
  readonly #objects = new Map<string, ObjectLists>();

  readonly add: ResourceHandler = (resource, context) => {
    const { address, workspace, workspaceId, values } = resource;
    const listed = checkShape(blocks, values['access_control'] ?? [], context.name);
    const entries = isUnknownAt(resource, 'access_control')
      ? [UNKNOWN_ENTRY]
      : readAccessEntries(listed, UNKNOWN_LEVEL);
    const { type, name } = objectOf(resource);
    const object = findObject(context, type, name, entries.length);
    if (object === undefined) return;
    const key = JSON.stringify([object.type, object.name]);
    const known = this.#objects.get(key);
    const list = { address, workspace, workspaceId, entries };
    if (known === undefined) this.#objects.set(key, { object, lists: [list] });
    else known.lists.push(list);
  };

  finish({ collector }: ReadContext): void {
    for (const { object, lists } of this.#objects.values()) {
      const [only, ...others] = lists;
      if (only === undefined || others.length > 0)
        collector.addRivalLists(object, groupLists(lists));
      else {
        const { workspaceId: workspace } = only;
        collector.addList(object, only.entries, { duplicates: 'last', replacing: true, workspace });
      }
    }
  }
}

/** What is granted on one object of Unity Catalog: to all principals, or to one. */
export const grantsResource: ResourceHandler = (resource, context) => {
  const { address, type: kind, values, workspaceId } = resource;
  const listed = kind === 'databricks_grant' ? [values] : (values['grant'] ?? []);
  // Each block grants something: a privilege that is missing is not known yet.
  const entries = isUnknownAt(resource, 'grant')
    ? [UNKNOWN_ENTRY]
    : checkShape(blocks, listed, context.name).flatMap((grant) => readGrant(grant, UNKNOWN_LEVEL));
  const type =
    SECURABLES.find((field) => textAt(values, field) ?? isUnknownAt(resource, field)) ?? 'unknown';
  addGrants(context, type, textAt(values, type) ?? address, entries, workspaceId);
};

/**
 * The fields that name the object of a permission, with what the permissions API calls its type.
 */
const OBJECT_FIELDS: ReadonlyMap<string, string> = new Map([
  ['serving_endpoint_id', 'serving-endpoint'],
  ['registered_model_id', 'registered-model'],
]);

/** The fields that name what is granted on. */
const SECURABLES = [
  'credential',
  'catalog',
  'schema',
  'table',
  'volume',
  'function',
  'model',
  'metastore',
  'storage_credential',
  'external_location',
  'foreign_connection',
  'share',
  'recipient',
  'pipeline',
  'model_service',
  'mcp_service',
  'model_provider_service',
];

/** The object that a list is about; its address stands for an id that a plan does not know yet. */
function objectOf(resource: TerraformResource): {
  readonly type: string;
  readonly name: string;
} {
  const { address, values } = resource;
  const authorization = textAt(values, 'authorization');
  if (authorization !== undefined) {
    const type = authorization === TOKENS_NAME ? TOKENS_NAME : 'authorization';
    return { type, name: authorization };
  }
  for (const [field, type] of OBJECT_FIELDS) {
    const name = textAt(values, field) ?? (isUnknownAt(resource, field) ? address : undefined);
    if (name !== undefined) return { type, name };
  }
  const other = Object.keys(values).find((field) => field.endsWith('_id') && textAt(values, field));
  return {
    type: textAt(values, 'object_type') ?? other ?? 'unknown',
    name: (other === undefined ? undefined : textAt(values, other)) ?? address,
  };
}
