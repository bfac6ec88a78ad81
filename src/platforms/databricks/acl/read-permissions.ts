import * as z from 'zod';
import type { DatabricksResource, DatabricksType } from '../vocabulary/index.js';
import { checkShape, decodeSegment } from './check-shape.js';
import type { ReadContext, ServicesFileReader } from './file-reader.js';
import { readAccessEntries } from './read-entries.js';

const answer = z.looseObject({
  object_id: z.string().min(1),
  object_type: z.string(),
  access_control_list: z.array(z.unknown()).nullish(),
});

const request = z.looseObject({ access_control_list: z.array(z.unknown()) });

/**
 * Our type for the names that the permissions API has for it: in an address and in an answer.
 *
 * @source Databricks REST API reference, "Permissions"
 */
const TYPES: ReadonlyMap<string, DatabricksType> = new Map([
  ['serving-endpoint', 'ServingEndpoint'],
  ['serving-endpoints', 'ServingEndpoint'],
  ['registered-model', 'RegisteredModel'],
  ['registered-models', 'RegisteredModel'],
  ['tokens', 'Tokens'],
]);
/** All tokens of a workspace have one list. */
export const TOKENS_NAME = 'tokens';

const PATH = /^\/api\/2\.0\/(?:preview\/)?permissions\/([\w-]+|sql\/[\w-]+)\/([^/?]+)(?:\?|$)/;

/**
 * What the permissions API answers, and what is sent to it.
 *
 * @source Databricks REST API reference, "Permissions": PUT replaces the list, of a principal that
 *   stands in it twice the last level counts
 */
export const permissionsReader: ServicesFileReader = {
  kind: 'permissions',
  detect: (value, path) =>
    ('object_type' in value && 'object_id' in value) ||
    ('access_control_list' in value && path !== undefined && PATH.test(path)),
  read: (value, context) =>
    'object_type' in value ? readAnswer(value, context) : readRequest(value, context),
};

function readAnswer(value: object, context: ReadContext): void {
  const { object_id, object_type, access_control_list } = checkShape(answer, value, context.name);
  const entries = readAccessEntries(access_control_list ?? []);
  const id = object_id.split('/').at(-1) || object_id;
  const resource = findObject(context, object_type, id, entries.length);
  if (resource !== undefined) context.collector.addList(resource, entries, { duplicates: 'all' });
}

function readRequest(value: object, context: ReadContext): void {
  const { access_control_list } = checkShape(request, value, context.name);
  const [, type = '', id = ''] = PATH.exec(context.path ?? '') ?? [];
  const isTokens = type === 'authorization' && id === TOKENS_NAME;
  const entries = readAccessEntries(access_control_list);
  const name = decodeSegment(id, context.name);
  const resource = findObject(context, isTokens ? TOKENS_NAME : type, name, entries.length);
  if (resource === undefined) return;
  const { replacing, collector } = context;
  collector.addList(resource, entries, { duplicates: 'last', replacing });
}

/**
 * The object that a list is about; undefined, and noted, where the vocabulary does not have its
 * type.
 */
export function findObject(
  { collector }: ReadContext,
  objectType: string,
  name: string,
  entries: number,
): DatabricksResource | undefined {
  const type = TYPES.get(objectType);
  if (type !== undefined)
    return collector.addResource(type, type === 'Tokens' ? TOKENS_NAME : name);
  collector.facts.unmodelled.push({ type: objectType, name, entries });
  return undefined;
}
