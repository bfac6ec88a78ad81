import type { Target } from '../matchers/index.js';
import type { ExcludedPermission, Permission, Vocabulary } from '../model/index.js';
import type { SubjectTest } from '../policy/index.js';

/** A permission ready to decide. */
export interface CompiledPermission {
  /** What it was compiled from. */
  readonly source: Permission<Vocabulary> | ExcludedPermission;
  /**
   * Bit by action id, implied actions included. Of an excluded permission: all, since it denies
   * every action.
   */
  readonly actionMask: number;
  /**
   * The subjects that its policy allows; undefined: it is excluded, never grants and counts as a
   * denial.
   */
  readonly test: SubjectTest | undefined;
}

/** A permission that can grant. */
export interface EffectivePermission extends CompiledPermission {
  readonly source: Permission<Vocabulary>;
  readonly test: SubjectTest;
}

/** A permission that is excluded. */
export interface ExcludedCompiledPermission extends CompiledPermission {
  readonly source: ExcludedPermission;
  readonly test: undefined;
}

/** A permission that takes part in decisions. */
export type EvaluatedPermission = EffectivePermission | ExcludedCompiledPermission;

/** Whether a permission can grant: it is not excluded. */
export function isEffective(permission: CompiledPermission): permission is EffectivePermission {
  return permission.test !== undefined;
}

/** The filters of a permission, and the project that it is for. */
export interface Filters extends Target {
  /** Undefined: any project. */
  readonly project: string | undefined;
}

/**
 * A target with the permissions that share it: those of one project with the same three filters.
 */
export interface CompiledTarget extends Filters {
  /** IDs of permissions. Empty: former permissions alone have it. */
  readonly permissions: readonly number[];
  /** Number of former permissions that have it. */
  readonly formers: number;
}
