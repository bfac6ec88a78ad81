import {
  coverResource,
  createAuthorizer,
  findNearMisses,
  type NearMiss,
  requirementOf,
  type Snapshot,
} from '../engine/index.js';
import {
  type DecidingPermission,
  type Decision,
  type DecisionReason,
  type FeastVocabulary,
  isExcludedPermission,
  type ResourceOf,
  type Subject,
  type Tags,
} from '../model/index.js';

/** A question, and the answer with all that is behind it. */
export interface ExplainedDecision {
  readonly user: Subject | null;
  readonly actions: readonly string[];
  readonly resource: {
    readonly project: string | null;
    readonly type: string;
    readonly name: string;
    /** Null: not known. */
    readonly tags: Tags | null;
    /** Whether the registry knows it. */
    readonly registered: boolean;
  };
  readonly allowed: boolean;
  readonly reason: DecisionReason;
  readonly explanation: string;
  /** Those that decided. */
  readonly permissions: readonly DecidingPermission[];
  /** All that govern the resource, whatever the actions. */
  readonly governing: readonly GoverningPermission[];
  /** Of a refusal: permissions that fail on one condition only. */
  readonly nearMisses: readonly NearMiss[];
  /** What the permissions say where nothing is enforced; null: that is what is above. */
  readonly ifEnforced: {
    readonly allowed: boolean;
    readonly reason: DecisionReason;
    readonly explanation: string;
  } | null;
}

interface GoverningPermission {
  readonly project: string | null;
  readonly name: string;
  /** Empty where the permission is left out. */
  readonly actions: readonly string[];
  readonly requires: string;
  readonly granted: boolean;
}

/**
 * Decides, and says why.
 *
 * @param snapshot compiled so that the permissions are enforced
 * @param enforced whether the configuration enforces them
 */
export function explainDecision(
  snapshot: Snapshot<FeastVocabulary>,
  question: {
    readonly user: Subject | null;
    readonly actions: Decision['actions'];
    readonly resource: ResourceOf<FeastVocabulary>;
  },
  enforced: boolean,
): ExplainedDecision {
  const { user, actions } = question;
  const decision = createAuthorizer(snapshot).decide(user, actions as never, question.resource);
  const registered = snapshot.registered(question.resource);
  const { project = null, type, name, tags = null } = registered ?? question.resource;
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
    resource: { project, type, name, tags, registered: registered !== undefined },
    ...(enforced ? answer : noAuth),
    permissions,
    governing: governingPermissions(snapshot, decision),
    nearMisses: allowed ? [] : findNearMisses(snapshot, user, actions, question.resource),
    ifEnforced: enforced ? null : answer,
  };
}

function governingPermissions(
  snapshot: Snapshot<FeastVocabulary>,
  { resource, permissions }: Decision,
): readonly GoverningPermission[] {
  return coverResource(snapshot, resource).permissions.map((permission) => {
    const { source } = permission;
    const { name, project } = source;
    return {
      project: project ?? null,
      name,
      actions: isExcludedPermission(source) ? [] : source.actions,
      requires: requirementOf(snapshot, permission),
      granted: permissions.some(
        (one) => one.granted && one.name === name && one.project === project,
      ),
    };
  });
}
