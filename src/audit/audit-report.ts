import type { PermissionReference, ResourceReference } from '../analysis/index.js';

/**
 * How much a finding matters.
 *
 * - `error`: someone whom no permission names gets in, or the audit cannot tell.
 * - `warning`: a hole for who is in a position to use it, or most likely a mistake.
 * - `note`: worth knowing; it opens nothing.
 */
export type FindingLevel = 'error' | 'warning' | 'note';

/** From the worst to the mildest. */
export const FINDING_LEVELS: readonly FindingLevel[] = Object.freeze(['error', 'warning', 'note']);

/** One thing that should be known about a feature store's permissions. */
export interface Finding {
  /** Stable id of the rule. */
  readonly rule: string;
  readonly level: FindingLevel;
  /** One sentence. It names permissions, roles and patterns: for those who keep them. */
  readonly message: string;
  readonly resource?: ResourceReference;
  readonly permission?: PermissionReference;
  /**
   * What it is about, or the part of the resource or permission: such as a token, or a type with
   * actions. It stays the same from audit to audit, while `message` may name ages and numbers.
   */
  readonly object?: string;
}

/** A finding that an exception accepts, with the reason that the exception gives. */
export interface AcceptedFinding extends Finding {
  readonly reason: string;
  /** The last day on which it is accepted, as `2027-01-31`; null: without end. */
  readonly until: string | null;
}

/** What an audit found, as plain data: `JSON.stringify` gives the documented JSON. */
export interface AuditReport {
  /** The audited project; null: all projects. */
  readonly project: string | null;
  readonly summary: {
    readonly resources: number;
    /** Covered by at least one permission. `secured` and `unsecured` add up to `resources`. */
    readonly secured: number;
    readonly unsecured: number;
    /** Those of the secured ones with an action that no permission holds. */
    readonly partiallySecured: number;
    readonly permissions: number;
    readonly findings: number;
  };
  /** Resources that no permission covers, whatever the action. */
  readonly unsecured: readonly ResourceReference[];
  /**
   * Actions that no permission holds, by resource. Unsecured resources are here too, with all
   * actions.
   */
  readonly uncoveredActions: readonly UncoveredActions[];
  readonly permissions: readonly PermissionMatches[];
  /** The worst first. */
  readonly findings: readonly Finding[];
  /** Findings that exceptions accept. Missing: the audit had no exceptions. */
  readonly accepted?: readonly AcceptedFinding[];
  /** Number of findings that the baseline holds. Missing: the audit had no baseline. */
  readonly known?: number;
}

export interface UncoveredActions extends ResourceReference {
  readonly actions: readonly string[];
}

export interface PermissionMatches extends PermissionReference {
  /** Number of resources that it covers. */
  readonly matches: number;
}
