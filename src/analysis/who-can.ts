import { type CompiledSnapshot, compiledOf, type Snapshot } from '../engine/index.js';
import { checkOptions, type OptionNames } from '../foundation/options.js';
import type { Resource } from '../model/index.js';
import type { AccessCondition, AccessRule, Combination } from './access-condition.js';
import { type Page, type PageRequest, paginate } from './page.js';
import type { AccessPrincipal } from './principal.js';
import { readActions, typesAskedFor } from './question.js';
import {
  type PermissionReference,
  type ResourceReference,
  referToPermission,
  referToResource,
} from './references.js';
import { SnapshotAccess } from './snapshot-access.js';

/**
 * Principals of which all are needed and together are enough. Without any: everyone, the anonymous
 * user included.
 */
export interface PrincipalCombination {
  readonly principals: readonly AccessPrincipal[];
  /** The permissions that grant, in the order in which they were given; empty if a rule decides. */
  readonly permissions: readonly PermissionReference[];
}

/** Who may do some actions together to a resource. */
export interface WhoCan {
  /** The rule that decides. */
  readonly rule: AccessRule;
  /**
   * The minimal combinations: who has all principals of one of them is allowed, all others are
   * refused.
   */
  readonly combinations: readonly PrincipalCombination[];
  /**
   * False if more combinations may exist than the ones that were found: with the strategies
   * `consensus` and `unanimous` their number can be exponential. Those that are given are right in
   * either case.
   */
  readonly complete: boolean;
}

/** Who may do some actions together to a resource, page by page. */
export interface WhoCanPage extends WhoCan {
  /** The token of the next page; null for the last page. */
  readonly next: string | null;
  /** Number of combinations on all pages. */
  readonly total: number;
}

/** Which part of the answer of {@link whoCan} is given. */
export interface WhoCanOptions {
  /** Default: all combinations. */
  readonly page?: PageRequest | undefined;
}

const WHO_CAN_OPTIONS: OptionNames<WhoCanOptions> = { page: { limit: true, token: true } };

/**
 * Who may do all of `actions` together to a resource: the minimal combinations of roles, groups,
 * namespaces and policies of your own kinds. Exact, and without a list of users.
 *
 * A policy of your own kind that is a predicate is a principal of its own. Permissions with the
 * same policy share it.
 *
 * @param resource for a registered resource the registered tags count
 * @throws TypeError if an argument is invalid, as `authorizer.can` does
 * @throws RequestInvalidError if a page does not fit the question
 * @source model.md: one permission must hold all the requested actions to match
 * @example
 * const view = { type: 'FeatureView', name: 'risk_scores' };
 * whoCan(authorizer.snapshot, 'WRITE_ONLINE', view).combinations;
 * // [{ principals: [{ kind: 'role', name: 'risk-lead' }],
 * //    permissions: [{ project: null, name: 'risk-writers' }] }]
 */
export function whoCan(
  snapshot: Snapshot,
  actions: string | readonly string[],
  resource: Resource,
  options: WhoCanOptions = {},
): WhoCanPage {
  checkOptions<WhoCanOptions>(options, WHO_CAN_OPTIONS);
  const compiled = compiledOf(snapshot);
  const { mask } = readActions(compiled, actions);
  const permissionSet = compiled.permissionSetOf(resource);
  const condition = SnapshotAccess.of(compiled).conditionOn(permissionSet, mask);
  const { rule, combinations, complete } = describeCondition(condition);
  const { type, name, project, tags } = resource;
  const question = ['who-can', snapshot.version, mask, type, name, project, tags];
  const page: Page<PrincipalCombination> = paginate(combinations, options.page, question);
  return { rule, combinations: page.items, complete, next: page.next, total: page.total };
}

/** Who may do one action to one registered resource. */
export interface ResourceAccess extends WhoCan {
  readonly resource: ResourceReference;
  readonly action: string;
}

/** What {@link reviewAccess} looks at. */
export interface ReviewOptions {
  /** Default: all actions of the vocabulary. */
  readonly actions?: readonly string[] | undefined;
  /** Resource types, with their sub-types. Default: all. */
  readonly types?: readonly string[] | undefined;
}

const REVIEW_OPTIONS: OptionNames<ReviewOptions> = { actions: true, types: true };

/**
 * Who may do each action to each registered resource.
 *
 * Cost: one evaluation for each distinct set of permissions, and one look-up for each resource.
 *
 * @throws TypeError if an option is invalid
 * @example
 * const views = { types: ['FeatureView'] };
 * for (const { resource, action, combinations } of reviewAccess(snapshot, views)) {
 *   console.log(resource.name, action, combinations.length);
 * }
 */
export function* reviewAccess(
  snapshot: Snapshot,
  options: ReviewOptions = {},
): Generator<ResourceAccess> {
  checkOptions<ReviewOptions>(options, REVIEW_OPTIONS);
  const compiled = compiledOf(snapshot);
  const { actions } = compiled.vocabulary;
  const wanted = new Set(
    options.actions === undefined ? actions : readActions(compiled, options.actions).actions,
  );
  const isAsked = typesAskedFor(compiled, options.types);
  for (const { resource, access } of eachResource(compiled, isAsked)) {
    const reference = referToResource(resource);
    for (const [id, action] of actions.entries()) {
      if (!wanted.has(action)) continue;
      const { rule, combinations, complete } = access[id] as WhoCan;
      yield { resource: reference, action, rule, combinations, complete };
    }
  }
}

function* eachResource(
  snapshot: CompiledSnapshot,
  isAsked: (type: string) => boolean,
): Generator<{ readonly resource: Resource; readonly access: readonly WhoCan[] }> {
  const conditions = SnapshotAccess.of(snapshot);
  const known = new Map<unknown, readonly WhoCan[]>();
  for (const resource of snapshot.resources()) {
    if (!isAsked(resource.type)) continue;
    const permissionSet = snapshot.permissionSetOf(resource);
    let access = known.get(permissionSet);
    if (access === undefined) {
      const described = new Map<AccessCondition, WhoCan>();
      access = conditions.conditionsOf(permissionSet).map((condition) => {
        const one = described.get(condition) ?? describeCondition(condition);
        described.set(condition, one);
        return one;
      });
      known.set(permissionSet, access);
    }
    yield { resource, access };
  }
}

/** A condition as plain data. */
function describeCondition(condition: AccessCondition): WhoCan {
  const { found, complete } = condition.combinations();
  return { rule: condition.rule, combinations: found.map(describeCombination), complete };
}

function describeCombination({ atoms, permissions }: Combination): PrincipalCombination {
  return {
    principals: atoms.map(({ principal }) => principal),
    permissions: permissions.map(({ source }) => referToPermission(source)),
  };
}
