import { z } from 'zod';
import type { DatabricksResource, DatabricksType, Principal } from '../vocabulary/index.js';
import { checkShape, decodeSegment } from './check-shape.js';
import type { ReadContext, ServicesFileReader } from './file-reader.js';
import type { ListEntry } from './list-entries.js';

type OptionalName = z.ZodOptional<z.ZodNullable<z.ZodString>>;

type NameField = 'user_name' | 'group_name' | 'service_principal_name';

/** The fields that name whom an entry is for. Terraform writes an empty string for what is not set. */
export const principalFields: Readonly<Record<NameField, OptionalName>> = {
  user_name: z.string().nullish(),
  group_name: z.string().nullish(),
  service_principal_name: z.string().nullish(),
};

const answer = z.looseObject({
  object_id: z.string().min(1),
  object_type: z.string(),
  access_control_list: z
    .array(
      z.looseObject({
        ...principalFields,
        all_permissions: z
          .array(
            z.looseObject({
              permission_level: z.string().min(1),
              inherited: z.boolean().nullish(),
              inherited_from_object: z.array(z.string()).nullish(),
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
});

const request = z.looseObject({
  access_control_list: z.array(
    z.looseObject({ ...principalFields, permission_level: z.string().min(1) }),
  ),
});

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
 * @source Databricks REST API reference, "Permissions": PUT replaces the list, of a principal that stands in it twice the
 *   last level counts
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
  const entries = (access_control_list ?? []).flatMap(({ all_permissions, ...named }) => {
    const principal = principalOf(named);
    return (all_permissions ?? []).map(
      ({ permission_level, inherited, inherited_from_object }): ListEntry => ({
        principal,
        level: permission_level,
        inherited: inherited ?? false,
        from: inherited_from_object?.join(', '),
      }),
    );
  });
  const id = object_id.split('/').at(-1) || object_id;
  const resource = findObject(context, object_type, id, entries.length);
  if (resource !== undefined) context.collector.addList(resource, entries, { duplicates: 'all' });
}

function readRequest(value: object, context: ReadContext): void {
  const { access_control_list } = checkShape(request, value, context.name);
  const [, type = '', id = ''] = PATH.exec(context.path ?? '') ?? [];
  const isTokens = type === 'authorization' && id === TOKENS_NAME;
  const entries = access_control_list.map(({ permission_level, ...named }) => ({
    principal: principalOf(named),
    level: permission_level,
  }));
  const name = decodeSegment(id, context.name);
  const resource = findObject(context, isTokens ? TOKENS_NAME : type, name, entries.length);
  if (resource === undefined) return;
  const { replacing, collector } = context;
  collector.addList(resource, entries, { duplicates: 'last', replacing });
}

/** The object that a list is about; undefined, and noted, where the vocabulary does not have its type. */
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

/** The one that an entry names; undefined: nobody, or several. */
export function principalOf(
  named: Readonly<Partial<Record<NameField, string | null | undefined>>>,
): Principal | undefined {
  const all: Principal[] = [];
  if (named.user_name) all.push({ kind: 'user', name: named.user_name });
  if (named.group_name) all.push({ kind: 'group', name: named.group_name });
  if (named.service_principal_name)
    all.push({ kind: 'service-principal', name: named.service_principal_name });
  return all.length === 1 ? all[0] : undefined;
}
