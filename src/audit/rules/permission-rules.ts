import { referToPermission } from '../../analysis/references.js';
import { requirementOf } from '../../engine/index.js';
import { count, listSome } from '../../foundation/names.js';
import { rewriteGlobLookalike } from '../../matchers/index.js';
import { PatternUnsupportedError, quote } from '../../model/index.js';
import type { AuditedPermission, AuditFacts } from '../audit-facts.js';

import { describeFilters } from '../describe.js';

import { isUnreadable } from '../feast-reading.js';
import type { FindingDetail, FindingRule } from '../finding-rule.js';
import { aboutPermission, eachPermission } from './about-permission.js';

/**
 * Actions that leave everything as it is. Every other one that a vocabulary has counts as writing.
 */
const READING: ReadonlySet<string> = new Set(['DESCRIBE', 'READ_ONLINE', 'READ_OFFLINE']);

function isWriting(action: string): boolean {
  return !READING.has(action);
}

/** Everyone may change something. */
export const openWrite: FindingRule = {
  id: 'open-write',
  level: 'error',
  title: 'A permission that lets everyone change something',
  advice: 'Give it a policy that names roles, groups or namespaces',
  check: openActions(isWriting),
};

/** Everyone may read something. */
export const openRead: FindingRule = {
  id: 'open-read',
  level: 'warning',
  title: 'A permission that lets everyone read something',
  advice: 'Give it a policy that names roles, groups or namespaces',
  check: openActions((action) => READING.has(action)),
};

/** A name pattern that cannot be run, or that Python refuses. */
export const unsupportedPattern: FindingRule = {
  id: 'unsupported-pattern',
  level: 'error',
  title:
    'A name pattern that is refused; its permission is excluded, grants nothing and secures what it could match',
  advice: 'Rewrite the pattern without back-references, conditionals and look-around in its middle',
  check: (facts) => excludedFor(facts, (error) => error instanceof PatternUnsupportedError),
};

/** A permission with anything else that is not understood. */
export const excludedPermission: FindingRule = {
  id: 'excluded-permission',
  level: 'error',
  title:
    'A permission that is not understood; it is excluded, grants nothing and secures what it could match',
  advice:
    'Look at it with the version of Feast that wrote it, and apply it again with what this version knows',
  check: (facts) => excludedFor(facts, (error) => !(error instanceof PatternUnsupportedError)),
};

/** A policy that cannot be passed. */
export const emptyPolicy: FindingRule = {
  id: 'empty-policy',
  level: 'warning',
  title: 'A permission whose policy matches no user',
  advice: 'Name a role, group or namespace in its policy, or remove it; until then it only secures',
  check: eachPermission((permission, facts) =>
    permission.test?.isUnsatisfiable === true
      ? `requires ${requirementOf(facts.snapshot, permission)}`
      : undefined,
  ),
};

/** A permission without any resource. */
export const matchesNothing: FindingRule = {
  id: 'matches-nothing',
  level: 'warning',
  title: 'A permission that covers no resource',
  advice: 'Look for a misspelt name pattern, type or tag; remove it when its resources are gone',
  check: eachPermission((permission, facts) => {
    // A permission file has no resources, which says nothing about its patterns.
    if (facts.resources.length === 0 || facts.matchesOf(permission) > 0) return undefined;
    const { source } = permission;
    return `covers no resource: ${describeFilters(source)}${describeGlobs(source)}`;
  }),
};

/** What to write for globs that stand where regular expressions do. */
function describeGlobs({ namePatterns }: AuditedPermission['source']): string {
  const rewrites = namePatterns.flatMap((pattern) => {
    const rewrite = typeof pattern === 'string' ? rewriteGlobLookalike(pattern) : undefined;
    return rewrite === undefined ? [] : quote(rewrite);
  });
  if (rewrites.length === 0) return '';
  return `; name patterns are regular expressions, did you mean ${listSome(rewrites)}?`;
}

/** A permission that is wider in Feast's own servers than it says. */
export const tagsIgnoredByFeast: FindingRule = {
  id: 'tags-ignored-by-feast',
  level: 'warning',
  title:
    'A permission with required tags, which Feast 0.66 and 0.67 ignore on all resources but permissions',
  advice: "Where Feast's own servers decide, name the resources in `name_patterns` too",
  *check(facts) {
    for (const permission of facts.understood) {
      const { requiredTags, types, actions } = permission.source;
      const tags = Object.entries(requiredTags);
      // A policy that matches no user grants nothing in Feast either.
      if (tags.length === 0 || permission.test?.isUnsatisfiable === true) continue;
      const required = listSome(tags.map(([key, value]) => quote(`${key}: ${value}`)));
      const [these, them] = tags.length === 1 ? ['this tag', 'it'] : ['these tags', 'them'];
      const isForPermissions = types.length === 1 && types[0] === 'Permission';
      const inFeast = isForPermissions
        ? `Feast itself compares ${them} with the required tags of permissions, and applies it to those without any too`
        : `Feast itself applies it to resources without ${these} too`;
      const writes = actions.filter(isWriting);
      const opened = writes.length === 0 ? '' : `, and so grants ${listSome(writes)} on them`;
      yield {
        ...aboutPermission(facts, permission, `requires ${required}; ${inFeast}${opened}`),
        ...(writes.length === 0 ? {} : { level: 'error' }),
      };
    }
  },
};

/** A permission with which Feast cannot read its registry. */
export const unreadableByFeast: FindingRule = {
  id: 'unreadable-by-feast',
  level: 'error',
  title: 'A permission with the allow-all policy, which Feast can write and cannot read back',
  advice:
    "Delete its record with Feast's SDK, `FeatureStore(repo_path='.').registry.delete_permission(NAME, PROJECT)`, and apply one whose policy names roles, groups or namespaces; Feast's command line, `apply` and servers fail until then",
  *check(facts) {
    for (const permission of facts.understood) {
      if (!isUnreadable(permission.source)) continue;
      const { project } = permission.source;
      const where = project === undefined ? '' : ` of project ${quote(project)}`;
      yield {
        message: `permission ${quote(permission.source.name)}${where} has the allow-all policy: Feast fails whenever it reads the permissions of the project`,
        permission: referToPermission(permission.source),
      };
    }
  },
};

function openActions(isMeant: (action: string) => boolean): FindingRule['check'] {
  return eachPermission((permission, facts) => {
    const actions = permission.source.actions.filter(isMeant);
    if (permission.test?.isEveryone !== true || actions.length === 0) return undefined;
    const matches = count(facts.matchesOf(permission), 'resource');
    return `lets everyone, anonymous callers too, do ${actions.join(', ')} on ${matches}`;
  });
}

function* excludedFor(
  facts: AuditFacts,
  isMeant: (error: unknown) => boolean,
): Generator<FindingDetail> {
  for (const source of facts.excluded) {
    for (const error of source.excluded.filter(isMeant)) {
      yield { message: error.message, permission: referToPermission(source) };
    }
  }
}
