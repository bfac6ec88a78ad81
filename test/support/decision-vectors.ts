import { createAuthorizer } from '../../src/engine/index.js';
import {
  type FeastAction,
  type FeastVocabulary,
  PatternUnsupportedError,
  PermissionDeniedError,
  type PermissionInput,
  type ResourceOf,
  type Subject,
} from '../../src/model/index.js';
import { definePermission } from '../../src/policy/index.js';

/** A question that Feast answered. */
export interface DecisionVector {
  readonly id: string;
  readonly note?: string;
  readonly permissions: readonly PermissionInput[];
  readonly resources: readonly ResourceOf<FeastVocabulary>[];
  readonly actions: readonly FeastAction[];
  readonly user: Subject | null;
  /** Whether what is refused is left out of the answer instead of being an error. */
  readonly filterOnly: boolean;
  readonly feast: FeastAnswer;
  /** In the tag vectors: what Feast's documentation says, where `feast` does something else. */
  readonly expected_docs?: FeastAnswer;
}

/**
 * Positions of the allowed resources, or the class of the error. Python's `re.error` is called
 * `error`.
 */
export type FeastAnswer = { readonly allowed: readonly number[] } | { readonly error: string };

export type OurAnswer = { readonly allowed: readonly number[] } | { readonly error: string };

/** What Feast's answer is called here. */
export function inOurWords(answer: FeastAnswer): OurAnswer {
  if ('allowed' in answer) return { allowed: answer.allowed };
  return {
    error: answer.error === 'error' ? 'ERR_PATTERN_UNSUPPORTED invalid' : 'ERR_PERMISSION_DENIED',
  };
}

/**
 * Our answer, from `assert` or, where refusals are left out, from `filter`; `can` and `decide` have
 * to agree.
 */
export function answerVector(
  vector: DecisionVector,
  resourcesAre: 'registered' | 'described',
): OurAnswer {
  const { resources, actions, user, filterOnly } = vector;
  try {
    const permissions = vector.permissions.map((permission) => definePermission(permission));
    const authorizer = createAuthorizer(
      resourcesAre === 'registered' ? { permissions, resources } : { permissions },
    );
    const asked =
      resourcesAre === 'registered'
        ? resources.map(({ type, name }) => ({ type, name }))
        : resources;
    const bound = authorizer.for(user);
    const allowed = new Set(authorizer.filter(user, actions, asked));
    for (const resource of asked) {
      const answers = [
        authorizer.can(user, actions, resource),
        authorizer.decide(user, actions, resource).allowed,
        bound.can(actions, resource),
      ];
      if (answers.some((answer) => answer !== allowed.has(resource))) {
        throw new Error(`${vector.id}: the ways to ask disagree on ${JSON.stringify(resource)}`);
      }
    }
    if (!filterOnly) authorizer.assert(user, actions, asked);
    return {
      allowed: [...asked.keys()].filter((position) => allowed.has(asked[position] as never)),
    };
  } catch (error) {
    if (error instanceof PermissionDeniedError) return { error: error.code };
    if (error instanceof PatternUnsupportedError) return { error: `${error.code} ${error.kind}` };
    if (error instanceof TypeError) return { error: 'TypeError' };
    throw error;
  }
}

/**
 * Whether two of a vector's resources differ in nothing but their tags, so that no registry can
 * hold both.
 */
export function hasTwins({ resources }: DecisionVector): boolean {
  const tagsOf = new Map<string, string>();
  return resources.some(({ type, name, tags }) => {
    const key = JSON.stringify([type, name]);
    const written = JSON.stringify(tags);
    const isTwin = (tagsOf.get(key) ?? written) !== written;
    tagsOf.set(key, written);
    return isTwin;
  });
}
