import { z } from 'zod';
import { isPlainObject } from '../../../model/index.js';
import { principalFromName } from '../../vocabulary/index.js';
import { checkShape } from '../check-shape.js';
import type { ReadContext } from '../file-reader.js';
import { addObjectList, namedPrincipal, principalOf, TOKENS_NAME } from '../read-permissions.js';
import { addGrants, toEntry } from '../read-unity-catalog.js';
import type { ListEntry } from '../services-collector.js';
import { type TerraformResource, textAt } from './terraform-resource.js';

/** Takes one resource of Terraform. */
export type ResourceHandler = (resource: TerraformResource, context: ReadContext) => void;

const accessControl = z.array(
  namedPrincipal.extend({ permission_level: z.string().min(1).nullish() }),
);
const grantBlocks = z.array(
  z.looseObject({
    principal: z.string().nullish(),
    privileges: z.array(z.string().min(1)).nullish(),
  }),
);
const privileges = z.array(z.string().min(1));

/** Who may use one object: a list that replaces the one before. */
export const permissionsResource: ResourceHandler = (resource, context) => {
  const blocks = checkShape(accessControl, resource.values['access_control'] ?? [], context.name);
  const entries = blocks.map(({ permission_level, ...named }) => ({
    principal: principalOf(named),
    level: permission_level ?? UNKNOWN,
  }));
  const { type, name } = objectOf(resource);
  addObjectList(context, type, name, entries, { duplicates: 'last', replacing: true });
};

/** What is granted on one object of Unity Catalog: to all principals, or to one. */
export const grantsResource: ResourceHandler = ({ address, values }, context) => {
  const one = values['grant'] === undefined ? [values] : values['grant'];
  const entries = checkShape(grantBlocks, one ?? [], context.name).flatMap(
    (grant): readonly ListEntry[] =>
      checkShape(privileges, grant.privileges ?? [], context.name).map((privilege) =>
        grant.principal
          ? toEntry(grant.principal, privilege)
          : { principal: undefined, level: privilege },
      ),
  );
  const type = SECURABLES.find((field) => textAt(values, field) !== undefined) ?? 'unknown';
  addGrants(context, type, textAt(values, type) ?? address, entries);
};

/** The ACLs of secret scopes, gathered: each resource has one entry of one scope. */
export class SecretAclGatherer {
  readonly #byScope = new Map<string, ListEntry[]>();

  readonly add: ResourceHandler = ({ address, values }) => {
    const scope = textAt(values, 'scope') ?? address;
    const principal = textAt(values, 'principal');
    const entry: ListEntry = {
      principal: principal === undefined ? undefined : principalFromName(principal),
      level: textAt(values, 'permission') ?? UNKNOWN,
    };
    const entries = this.#byScope.get(scope);
    if (entries === undefined) this.#byScope.set(scope, [entry]);
    else entries.push(entry);
  };

  finish({ collector }: ReadContext): void {
    for (const [scope, entries] of this.#byScope) {
      const resource = collector.addResource('SecretScope', scope);
      collector.addList(resource, entries, { duplicates: 'weakest' });
    }
  }
}

/** Stands for a level that is known only after a plan is applied. */
const UNKNOWN = '(known after apply)';

/** The fields that name the object of a permission, with what the permissions API calls its type. */
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
];

/** The object that a list is about; its address stands for an id that a plan does not know yet. */
function objectOf({ address, values, unknown }: TerraformResource): {
  readonly type: string;
  readonly name: string;
} {
  const authorization = textAt(values, 'authorization');
  if (authorization !== undefined) {
    const type = authorization === TOKENS_NAME ? TOKENS_NAME : 'authorization';
    return { type, name: authorization };
  }
  for (const [field, type] of OBJECT_FIELDS) {
    const name = textAt(values, field) ?? (isUnknown(unknown, field) ? address : undefined);
    if (name !== undefined) return { type, name };
  }
  const other = Object.keys(values).find((field) => field.endsWith('_id') && textAt(values, field));
  return {
    type: textAt(values, 'object_type') ?? other ?? 'unknown',
    name: (other === undefined ? undefined : textAt(values, other)) ?? address,
  };
}

function isUnknown(unknown: unknown, field: string): boolean {
  return isPlainObject(unknown) && unknown[field] === true;
}
