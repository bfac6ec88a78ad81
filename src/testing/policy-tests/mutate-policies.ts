import { type PermissionReference, referToPermission } from '../../analysis/references.js';
import { type Authorizer, type CompiledSnapshot, compiledOf } from '../../engine/index.js';
import {
  type FeastVocabulary,
  isExcludedPermission,
  type Permission,
  type Vocabulary,
} from '../../model/index.js';
import { allowAll } from '../../policy/index.js';
import { toAuthorizer } from '../check-arguments.js';
import { MutationTrial } from './mutation-trial.js';
import type { PolicyTests } from './policy-test-file.js';

/** A permission changed on purpose, to see whether a case notices. */
export interface PolicyMutant {
  readonly permission: PermissionReference;
  /** What was changed: `dropped`, or a filter or policy that was taken away. */
  readonly mutation: string;
}

/** What became of the mutants. */
export interface PolicyMutationReport {
  readonly mutants: number;
  /** Number of mutants that made at least one passing case fail. */
  readonly noticed: number;
  /** Those that no case noticed, in the order of the permissions. */
  readonly unnoticed: readonly PolicyMutant[];
}

type Source = Permission<Vocabulary>;

/**
 * Changes each permission in turn, drops it or takes one of its conditions away, and lists the
 * changes that no case notices: what the tests leave open.
 *
 * Only cases that pass count. Excluded permissions are left as they are.
 *
 * @param given the authorizer whose permissions are changed, one at a time
 * @throws TypeError if it is not an authorizer
 * @example
 * mutatePolicies(authorizer, tests).unnoticed;
 * // [{ permission: { project: null, name: 'a' }, mutation: 'any name' }]
 */
export function mutatePolicies<V extends Vocabulary = FeastVocabulary>(
  given: Authorizer<V>,
  tests: Pick<PolicyTests, 'cases'>,
): PolicyMutationReport {
  const authorizer = toAuthorizer(given);
  const snapshot = compiledOf(authorizer.snapshot);
  const trial = new MutationTrial(snapshot, authorizer, tests.cases);
  const unnoticed: PolicyMutant[] = [];
  let mutants = 0;
  for (const permission of snapshot.permissions) {
    if (isExcludedPermission(permission.source)) continue;
    for (const { mutation, changed } of mutantsOf(snapshot, permission.source)) {
      mutants += 1;
      if (trial.isNoticed(permission, changed)) continue;
      unnoticed.push({ permission: referToPermission(permission.source), mutation });
    }
  }
  return { mutants, noticed: mutants - unnoticed.length, unnoticed };
}

/** The changes of one permission; undefined: it is dropped. */
export function mutantsOf(
  { vocabulary }: CompiledSnapshot,
  source: Source,
): readonly { readonly mutation: string; readonly changed: Source | undefined }[] {
  const { types, namePatterns, requiredTags, actions, policy } = source;
  const changes: { mutation: string; changed: Source | undefined }[] = [
    { mutation: 'dropped', changed: undefined },
  ];
  const add = (mutation: string, fields: Partial<Source>): void => {
    changes.push({ mutation, changed: withFields(source, fields) });
  };
  if (types.length > 0) add('any type', { types: [] });
  if (namePatterns.length > 0) add('any name', { namePatterns: [] });
  for (const [tag, value] of Object.entries(requiredTags)) {
    const others = Object.entries(requiredTags).filter(([key]) => key !== tag);
    add(`without the tag ${tag}: ${value}`, { requiredTags: Object.fromEntries(others) });
  }
  if (actions.length < vocabulary.actions.length) {
    add('any action', { actions: vocabulary.actions });
  }
  if (policy.type !== 'AllowAll') add('for everyone', { policy: allowAll() });
  return changes;
}

/**
 * The mark of a parsed permission stays: text in it that begins with `glob:` is a regular
 * expression.
 */
function withFields(source: Source, fields: Partial<Source>): Source {
  const members = Object.getOwnPropertyDescriptors(source);
  const changed = Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [field, { value, enumerable: true }]),
  );
  return Object.freeze(Object.create(Object.prototype, { ...members, ...changed }) as Source);
}
