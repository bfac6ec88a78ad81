import type { CompiledNamePattern } from '../matchers/index.js';
import type { PermissionContext, Vocabulary } from '../model/index.js';
import { AttributeTable } from '../policy/index.js';

import type { CompiledTarget, EvaluatedPermission } from './compiled-permission.js';
import { DecisionTable } from './decision-table.js';
import { LineageDecisions } from './lineage-decisions.js';
import { type PatternOptions, PermissionCompiler } from './permission-compiler.js';
import { PermissionSetTable } from './permission-set-table.js';
import type { Rules } from './rules.js';
import { TagTable } from './tag-table.js';

/**
 * What the snapshots that were made from one another share: interned attributes, tags and patterns,
 * and tables of targets, permissions, permission sets and decisions.
 *
 * INVARIANT: tables only grow, and what has a number keeps it, so a snapshot never changes its
 * answers. What no snapshot uses any more stays until a snapshot is compiled without predecessor.
 */
export class Lineage {
  readonly vocabulary: Vocabulary;
  readonly rules: Rules;
  readonly attributes: AttributeTable = new AttributeTable();
  readonly tags: TagTable = new TagTable();
  readonly compiler: PermissionCompiler;
  readonly permissionSets: PermissionSetTable;
  readonly decisions: DecisionTable;
  readonly #permissions: EvaluatedPermission[] = [];
  readonly #targets: CompiledTarget[] = [];

  constructor(context: PermissionContext, rules: Rules, patterns: PatternOptions) {
    this.vocabulary = context.vocabulary;
    this.rules = rules;
    this.compiler = new PermissionCompiler(context, this.attributes, patterns);
    const decisions = new LineageDecisions(
      rules,
      this.attributes,
      this.#permissions,
      this.#targets,
    );
    this.permissionSets = new PermissionSetTable(decisions);
    this.decisions = new DecisionTable(
      this.vocabulary.actions.length,
      this.attributes,
      this.permissionSets,
    );
  }

  /** Number of permission sets of the snapshot without predecessor. */
  firstSetCount = 0;

  get patterns(): readonly CompiledNamePattern[] {
    return this.compiler.patterns;
  }

  get permissionCount(): number {
    return this.#permissions.length;
  }

  permission(id: number): EvaluatedPermission {
    return this.#permissions[id] as EvaluatedPermission;
  }

  /** @returns the ID of the permission */
  addPermission(permission: EvaluatedPermission): number {
    return this.#permissions.push(permission) - 1;
  }

  get targetCount(): number {
    return this.#targets.length;
  }

  target(id: number): CompiledTarget {
    return this.#targets[id] as CompiledTarget;
  }

  /** @returns the ID of the target */
  addTarget(target: CompiledTarget): number {
    return this.#targets.push(target) - 1;
  }
}
