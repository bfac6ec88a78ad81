import { coverResource } from '../analysis/coverage.js';
import { findNearMisses } from '../analysis/near-misses.js';
import { type CompiledSnapshot, compiledOf } from '../engine/index.js';
import { formatCount } from '../foundation/long-list.js';
import { count, MAX_LISTED } from '../foundation/names.js';
import {
  formatResource,
  isExcludedPermission,
  type Resource,
  type Subject,
} from '../model/index.js';
import { listResources, toAuthorizer } from './check-arguments.js';
import type { CheckResult } from './check-result.js';
import { type MessageSection, NOT_ENFORCED, outlineFailure } from './failure-message.js';

/**
 * Whether each of some resources is covered by a permission, whatever its actions. Under `auth:
 * no_auth` none is secured.
 *
 * @param resources one, or a list that is not empty
 * @throws TypeError if `given` is not an authorizer, or a resource is invalid
 */
export function checkSecured(given: unknown, resources: unknown): CheckResult {
  const authorizer = toAuthorizer(given);
  const snapshot = compiledOf(authorizer.snapshot);
  const list = listResources(resources);
  const { enforced } = snapshot.evaluator.rules;
  const open = list.filter((one) => !enforced || !coverResource(snapshot, one).secured);
  const pass = open.length === 0;
  const shown = pass ? list : open;
  const describe = pass ? describeSecured : describeOpen;
  return {
    pass,
    message: () =>
      outlineFailure(
        headlineOf(list, open),
        shown.slice(0, MAX_LISTED).map((one) => describe(snapshot, one)),
        shown.length - MAX_LISTED,
      ),
    actual: open.map(formatResource),
    expected: [],
  };
}

function headlineOf(list: readonly Resource[], open: readonly Resource[]): string {
  const pass = open.length === 0;
  const [first] = list;
  if (list.length === 1 && first !== undefined) {
    const what = formatResource(first);
    return pass
      ? `expected ${what} not to be secured, and it is`
      : `expected ${what} to be secured, and it is not`;
  }
  return pass
    ? `expected one of ${count(list.length, 'resource')} not to be secured, and all are`
    : `expected ${count(list.length, 'resource')} to be secured, and ${formatCount(open.length)} ${open.length === 1 ? 'is' : 'are'} not`;
}

function describeSecured(snapshot: CompiledSnapshot, resource: Resource): MessageSection {
  const { permissions } = coverResource(snapshot, resource);
  return {
    label: formatResource(resource),
    lines: permissions.map(({ source }) => `permission ${JSON.stringify(source.name)} covers it`),
  };
}

function describeOpen(snapshot: CompiledSnapshot, resource: Resource): MessageSection {
  if (!snapshot.evaluator.rules.enforced) {
    return { label: formatResource(resource), lines: [NOT_ENFORCED] };
  }
  if (!snapshot.projects.has(resource.project)) {
    return { label: `the project of ${formatResource(resource)} is not known`, lines: [] };
  }
  const misses = findNearMisses(snapshot, subjectOfEveryPolicy(snapshot), [], resource);
  return {
    label: `no permission covers ${formatResource(resource)}`,
    lines: misses.map(
      ({ permission, because }) =>
        `permission ${JSON.stringify(permission)} almost does: ${because}`,
    ),
  };
}

/**
 * Has every role, group and namespace that some policy names: what it misses is a matter of the
 * resource.
 */
function subjectOfEveryPolicy(snapshot: CompiledSnapshot): Subject {
  const policies = snapshot.permissions.flatMap(({ source }) =>
    isExcludedPermission(source) ? [] : [new Map<string, unknown>(Object.entries(source.policy))],
  );
  const named = (field: string): string[] =>
    policies.flatMap((policy) => {
      const names = policy.get(field);
      return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
    });
  return {
    username: '',
    roles: named('roles'),
    groups: named('groups'),
    namespaces: named('namespaces'),
  };
}
