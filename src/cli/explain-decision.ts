import { findNearMisses, type NearMiss } from '../analysis/near-misses.js';
import { createFeastReading, FEAST_READING_VERSIONS, type FeastAnswer } from '../audit/index.js';
import { compiledOf, createAuthorizer, type Snapshot } from '../engine/index.js';
import type { Decision, FeastVocabulary, ResourceOf, Subject } from '../model/index.js';
import { type CoveringPermission, coveringPermissions } from './covering-permissions.js';
import { type ResourceFacts, resourceFacts } from './resolve-resource.js';

/** A question, and the answer with all that is behind it. */
export interface ExplainedDecision {
  readonly user: Subject | null;
  readonly actions: readonly string[];
  readonly resource: ResourceFacts;
  readonly allowed: boolean;
  readonly reason: Decision['reason'];
  readonly explanation: string;
  /** Those that decided. */
  readonly permissions: Decision['permissions'];
  /** All that cover the resource, whatever the actions. */
  readonly covering: readonly (CoveringPermission & { readonly granted: boolean })[];
  /** Of a refusal: permissions that fail on one condition only. */
  readonly nearMisses: readonly NearMiss[];
  /** What the permissions say where nothing is enforced; null: that is what is above. */
  readonly ifEnforced: Pick<Decision, 'allowed' | 'reason' | 'explanation'> | null;
  /** What Feast's own servers answer, with auth on. */
  readonly feast: FeastAnswer & {
    /** The versions of Feast that answer so. */
    readonly versions: readonly string[];
  };
  /** What the configuration and the permissions say without effect, one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Decides, and says why.
 *
 * @param given compiled so that the permissions are enforced
 * @param store whether the configuration enforces them, and the warnings to repeat
 */
export function explainDecision(
  given: Snapshot<FeastVocabulary>,
  question: {
    readonly user: Subject | null;
    readonly actions: Decision['actions'];
    readonly resource: ResourceOf<FeastVocabulary>;
  },
  store: { readonly enforced: boolean; readonly warnings: readonly string[] },
): ExplainedDecision {
  const { enforced, warnings } = store;
  const { user, actions } = question;
  const snapshot = compiledOf(given);
  const decision = createAuthorizer(given).decide(user, actions as never, question.resource);
  const { allowed, reason, explanation, permissions } = decision;
  const answer = { allowed, reason, explanation };
  const noAuth = {
    allowed: true,
    reason: 'no-auth',
    explanation: 'auth is no_auth: nothing is enforced',
  } as const;
  return {
    user,
    actions,
    resource: resourceFacts(given, question.resource),
    ...(enforced ? answer : noAuth),
    permissions,
    covering: coveringPermissions(snapshot, decision.resource).map((one) => ({
      ...one,
      granted: permissions.some(
        ({ granted, ...other }) =>
          granted && other.name === one.name && (other.project ?? null) === one.project,
      ),
    })),
    nearMisses: allowed ? [] : findNearMisses(snapshot, user, actions, question.resource),
    ifEnforced: enforced ? null : answer,
    feast: {
      versions: FEAST_READING_VERSIONS,
      ...createFeastReading(given).decide(user, actions, question.resource),
    },
    warnings,
  };
}
