import {
  actionIdOf,
  type CompiledSnapshot,
  type EffectivePermission,
  isEffective,
  requirementOf,
  typeIdOf,
} from '../engine/index.js';
import { compileNamePattern, rewriteGlobLookalike } from '../matchers/index.js';
import {
  assertResource,
  formatResource,
  type NamePatternSource,
  ownSubject,
  type PythonVersion,
  type Resource,
  type Subject,
  typeMask,
} from '../model/index.js';

/** A permission that would have granted, but for one condition. */
export interface NearMiss {
  readonly permission: string;
  /** What was missing, as a sentence. It names roles, patterns and tags: not for clients. */
  readonly because: string;
}

/**
 * The permissions that fail on exactly one of their conditions: project, type, name, tags, actions
 * or policy. For messages to the people who write permissions. Tries every permission: not for a
 * request's path.
 *
 * @throws TypeError on arguments of a wrong type, and on an action or a resource type that is not
 *   in the vocabulary
 */
export function findNearMisses(
  snapshot: CompiledSnapshot,
  subject: Subject | null,
  actions: readonly string[],
  resource: Resource,
): readonly NearMiss[] {
  const question = readQuestion(snapshot, subject, actions, resource);
  const misses: NearMiss[] = [];
  for (const permission of snapshot.permissions) {
    if (!isEffective(permission)) continue;
    const [because, ...others] = failedConditions(snapshot, permission, question);
    if (because !== undefined && others.length === 0)
      misses.push({ permission: permission.source.name, because });
  }
  return misses;
}

interface Wanted {
  readonly subject: Subject | null;
  /** With the bit that each has in a mask. */
  readonly actions: readonly (readonly [action: string, bit: number])[];
  readonly typeBit: number;
  readonly resource: Resource;
}

function readQuestion(
  snapshot: CompiledSnapshot,
  subject: Subject | null,
  actions: readonly string[],
  resource: Resource,
): Wanted {
  const own = ownSubject(subject);
  assertResource(resource);
  const { vocabulary } = snapshot;
  return {
    subject: own,
    actions: actions.map((action) => [action, 1 << actionIdOf(vocabulary, action)]),
    typeBit: 1 << typeIdOf(vocabulary, resource.type),
    resource: snapshot.registered(resource) ?? snapshot.asDescribed(resource),
  };
}

function failedConditions(
  snapshot: CompiledSnapshot,
  permission: EffectivePermission,
  { subject, actions, typeBit, resource }: Wanted,
): string[] {
  const { source, test, actionMask } = permission;
  const { python } = snapshot.options;
  const failed: string[] = [];
  if (source.project !== undefined && source.project !== resource.project) {
    failed.push(`it is for project ${JSON.stringify(source.project)}`);
  }
  if ((typeMask(snapshot.vocabulary, source.types) & typeBit) === 0) {
    failed.push(`it is for ${source.types.join(', ')}`);
  }
  const isNamed = source.namePatterns.some((pattern) =>
    compileNamePattern(pattern, python).test(resource.name),
  );
  if (source.namePatterns.length > 0 && !isNamed) {
    const names = source.namePatterns.map(writePattern).join(', ');
    failed.push(
      `its names are ${names}${describeGlob(source.namePatterns, resource.name, python)}`,
    );
  }
  const { tags = {} } = resource;
  const lacking = Object.entries(source.requiredTags).filter(
    ([key, value]) => !Object.hasOwn(tags, key) || tags[key] !== value,
  );
  if (lacking.length > 0) {
    const pairs = lacking.map(([key, value]) => JSON.stringify(`${key}: ${value}`)).join(', ');
    failed.push(
      `${formatResource(resource)} lacks the tag${lacking.length > 1 ? 's' : ''} ${pairs}`,
    );
  }
  const missing = actions.filter(([, bit]) => (actionMask & bit) === 0).map(([action]) => action);
  if (missing.length > 0) failed.push(`it does not hold ${missing.join(', ')}`);
  if (!test.passes(subject)) failed.push(`it requires ${requirementOf(snapshot, permission)}`);
  return failed;
}

/** A glob in the place of a regular expression, if it would match. */
function describeGlob(
  patterns: readonly NamePatternSource[],
  name: string,
  python: PythonVersion | undefined,
): string {
  for (const pattern of patterns) {
    const rewrite = typeof pattern === 'string' ? rewriteGlobLookalike(pattern) : undefined;
    if (rewrite === undefined || !compileNamePattern(rewrite, python).test(name)) continue;
    const [written, meant] = [writePattern(pattern), writePattern(rewrite)];
    return `, and ${written} is a regular expression: did you mean ${meant}?`;
  }
  return '';
}

function writePattern(pattern: NamePatternSource): string {
  return JSON.stringify(typeof pattern === 'string' ? pattern : `glob:${pattern.glob}`);
}
