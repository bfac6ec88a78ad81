import type { $ZodType } from 'zod/v4/core';
import type { Subject } from './subject.js';

/** A policy as data: its kind's name in `type`, and what that kind needs. */
export interface PolicyData {
  readonly type: string;
}

/**
 * What a policy asks of a subject, compiled.
 *
 * `any-of` is satisfied by one role, one group or one namespace out of its lists. The engine merges
 * all of them that cover a resource into one look-up, so prefer it to a predicate. A `predicate`
 * grants by returning exactly `true`; whatever else it returns, and anything it throws, refuses.
 */
export type PolicyTest =
  | { readonly kind: 'always' }
  | {
      readonly kind: 'any-of';
      readonly roles?: readonly string[];
      readonly groups?: readonly string[];
      readonly namespaces?: readonly string[];
    }
  | { readonly kind: 'predicate'; readonly grants: (subject: Subject | null) => boolean };

/**
 * A kind of policy: role-based, group-based, or one of your own. The engine knows no kind by name.
 *
 * @example
 * const oncall: PolicyKind<{ type: 'OnCall'; team: string }> = {
 *   type: 'OnCall',
 *   schema: z.strictObject({ type: z.literal('OnCall'), team: z.string() }),
 *   compile: ({ team }) => ({
 *     kind: 'predicate',
 *     grants: (subject) => subject?.claims?.['oncall'] === team,
 *   }),
 *   explain: ({ team }) => `being on call for ${team}`,
 * };
 */
export interface PolicyKind<Data extends PolicyData = PolicyData> {
  /** The `type` of the policies of this kind. */
  readonly type: Data['type'];
  /** Checks a policy that comes from outside: a schema of `zod` or of `zod/mini`. */
  readonly schema: $ZodType<Data>;
  /** Called once for each distinct policy of a snapshot. */
  compile(policy: Data): PolicyTest;
  /** What the policy requires, as a noun phrase that completes "requires …". */
  explain(policy: Data): string;
}

/** Policy kinds by their `type`. */
export type PolicyKinds = ReadonlyMap<string, PolicyKind>;
