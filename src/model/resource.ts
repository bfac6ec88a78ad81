import { printable } from './errors.js';
import { isPlainObject } from './plain-data.js';
import type { TypeOf, Vocabulary } from './vocabulary.js';

/** What is to be protected: something with a type and a name, in a project. */
export interface Resource<Type extends string = string> {
  readonly type: Type;
  readonly name: string;
  /** Missing: unknown, which is not the same as none. */
  readonly tags?: Tags | undefined;
  /** Missing: the default project. */
  readonly project?: string | undefined;
}

/** A resource of a type of the vocabulary. */
export type ResourceOf<V extends Vocabulary> = Resource<TypeOf<V>>;

/** Key-value pairs on a resource or a permission. */
export type Tags = Readonly<Record<string, string>>;

/** @throws TypeError if `resource` is not an object, or a field has a wrong type */
export function assertResource(resource: unknown): asserts resource is Resource {
  if (typeof resource !== 'object' || resource === null)
    throw new TypeError('a resource is an object');
  const { type, name, tags, project } = resource as Readonly<Record<keyof Resource, unknown>>;
  if (typeof type !== 'string') throw new TypeError('resource.type must be a string');
  if (typeof name !== 'string') throw new TypeError('resource.name must be a string');
  if (project !== undefined && typeof project !== 'string') {
    throw new TypeError('resource.project must be a string');
  }
  // SECURITY: a `Map` has no members that are seen here, and would pass for a resource without
  // tags.
  if (tags !== undefined && !(isPlainObject(tags) && Object.values(tags).every(isString))) {
    throw new TypeError(
      `resource.tags of ${formatResource({ type, name })} must be an object of strings`,
    );
  }
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

/** A frozen copy without a prototype, so that no tag's name can meet an inherited member. */
export function freezeTags(entries: Iterable<readonly [string, string]>): Tags {
  const tags: Record<string, string> = Object.create(null);
  for (const [key, value] of entries) tags[key] = value;
  return Object.freeze(tags);
}

/**
 * The same of tags that stand in an object. Each is read once: what is checked later is what was
 * read.
 */
export function frozenTags(tags: Tags): Tags {
  const copy: Record<string, string> = Object.create(null);
  for (const key of Object.keys(tags)) copy[key] = tags[key] as string;
  return Object.freeze(copy);
}

/**
 * `TYPE:NAME`, or `TYPE:PROJECT/NAME` where the project is given: how people and messages name a
 * resource. On one line; what is longer than 200 characters is cut.
 */
export function formatResource(resource: Resource): string {
  const project = resource.project === undefined ? '' : `${resource.project}/`;
  return printable(`${resource.type}:${project}${resource.name}`);
}
