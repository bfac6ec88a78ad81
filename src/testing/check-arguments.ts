import { type Authorizer, compiledOf } from '../engine/index.js';
import { checkOptions, type OptionNames } from '../foundation/options.js';
import {
  assertSubject,
  formatResource,
  isPlainObject,
  quote,
  type Resource,
  type Vocabulary,
} from '../model/index.js';
import type { AccessQuestion } from './access-question.js';
import type { CoverageDemand } from './coverage-demand.js';

const QUESTION: OptionNames<AccessQuestion<Vocabulary>> = {
  subject: true,
  actions: true,
  resource: true,
};
const DEMAND: OptionNames<CoverageDemand<Vocabulary>> = {
  actions: true,
  types: true,
  ignore: true,
};

/**
 * A wrong call must be reported in a negated check too, hence an error instead of a failed check.
 *
 * @throws TypeError if the value is not an authorizer
 */
export function toAuthorizer(value: unknown): Authorizer<Vocabulary> {
  if (value instanceof Promise)
    throw new TypeError('expected an authorizer, not a promise of one: await it first');
  const { decide, snapshot } = (value ?? {}) as Partial<Record<keyof Authorizer, unknown>>;
  if (typeof decide !== 'function' || typeof snapshot !== 'object' || snapshot === null) {
    throw new TypeError('expected an authorizer, as `createAuthorizer` makes it');
  }
  return value as Authorizer<Vocabulary>;
}

/**
 * @throws TypeError if the value is not a question; what is wrong with its actions and resource,
 *   the engine says
 */
export function assertQuestion(value: unknown): asserts value is AccessQuestion<Vocabulary> {
  assertObject('a question', value, QUESTION);
  checkOptions<AccessQuestion<Vocabulary>>(value, QUESTION);
  assertSubject(value['subject']);
  if (!isObject(value['resource'])) {
    throw new TypeError('a question needs one `resource`, which is an object');
  }
}

/**
 * One resource or several, as a list.
 *
 * @throws TypeError on an empty list, and on a resource that is not an object; what is wrong inside
 *   of one, the engine says
 */
export function listResources(value: unknown): readonly Resource[] {
  const resources: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (resources.length === 0) throw new TypeError('expected at least one resource to check');
  if (!resources.every(isObject)) {
    throw new TypeError('a resource is an object with a type and a name');
  }
  return resources as readonly Resource[];
}

/**
 * @throws TypeError on fields that a demand does not have, on empty lists, and on names that the
 *   authorizer does not know
 */
export function assertDemand(
  authorizer: Authorizer<Vocabulary>,
  value: unknown,
): asserts value is CoverageDemand<Vocabulary> {
  const snapshot = compiledOf(authorizer.snapshot);
  assertObject('a demand of coverage', value, DEMAND);
  checkOptions<CoverageDemand<Vocabulary>>(value, DEMAND);
  assertMembers('actions', value['actions'], snapshot.vocabulary.actions);
  assertMembers('types', value['types'], snapshot.vocabulary.types);
  const { ignore = [] } = value;
  if (!Array.isArray(ignore) || !ignore.every(isObject)) {
    throw new TypeError('`ignore` must be a list of resources');
  }
  for (const resource of ignore as readonly Resource[]) {
    if (snapshot.registered(resource) === undefined) {
      throw new TypeError(`\`ignore\` names ${formatResource(resource)}, which is not registered`);
    }
  }
}

function assertObject(
  what: string,
  value: unknown,
  fields: object,
): asserts value is Readonly<Record<string, unknown>> {
  if (isPlainObject(value)) return;
  throw new TypeError(`${what} must be an object of ${Object.keys(fields).join(', ')}`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function assertMembers(field: string, value: unknown, members: readonly string[]): void {
  if (value === undefined) return;
  if (!Array.isArray(value) || value.length === 0)
    throw new TypeError(`\`${field}\` must be a list that is not empty`);
  for (const member of value as readonly unknown[]) {
    if (typeof member === 'string' && members.includes(member)) continue;
    const found = typeof member === 'string' ? quote(member) : typeof member;
    throw new TypeError(`\`${field}\` has ${found}, which is not one of ${members.join(', ')}`);
  }
}
