import { type ResourceReference, referToResource } from '../../analysis/references.js';

import { count, listSome } from '../../foundation/names.js';
import { quote } from '../../model/index.js';
import type { AuditFacts } from '../audit-facts.js';
import { type ActionGroup, groupByActions, ofProject } from '../describe.js';
import type { FindingRule } from '../finding-rule.js';

/** A project in which nothing is restricted. */
export const noPermissions: FindingRule = {
  id: 'no-permissions',
  level: 'error',
  title: 'A project without permissions, in which Feast lets every named user do everything',
  advice: 'Apply a permission for its administrators first, then one for each group of users',
  *check({ projects }) {
    for (const { name, hasPermissions } of projects) {
      if (hasPermissions) continue;
      const which = name === undefined ? 'there are' : `project ${quote(name)} has`;
      yield {
        message: `${which} no permissions: every named user may do everything`,
        object: name === undefined ? 'permissions' : `project ${name}`,
      };
    }
  },
};

/** A resource that no permission covers, in a project that has permissions. */
export const unsecuredResource: FindingRule = {
  id: 'unsecured-resource',
  level: 'warning',
  title: 'A resource that no permission covers',
  advice:
    "Add a permission for it: Feast's servers refuse it to everyone, although Feast's documentation calls it open",
  *check(facts) {
    const open = new Set(
      facts.projects.filter((one) => !one.hasPermissions).map(({ name }) => name),
    );
    for (const { resource, coverage } of facts.resources) {
      if (coverage.secured || open.has(resource.project)) continue;
      const what = `${resource.type} ${quote(resource.name)}${ofProject(facts, resource.project)}`;
      yield { message: `no permission covers ${what}`, resource: referToResource(resource) };
    }
  },
};

/** Actions that permissions hold but can never grant. One finding for all resources alike. */
export const unsatisfiable: FindingRule = {
  id: 'unsatisfiable',
  level: 'warning',
  title: 'An action whose permissions all have policies that match no user',
  advice: 'Name a role, group or namespace in their policies, or take the action out of them',
  check: eachGroup(
    ({ unsatisfiableActions }) => unsatisfiableActions,
    (actions, group) => `the policies for ${actions} match no user on ${group}`,
  ),
};

/**
 * Actions that no permission holds on resources that are secured. One finding for all resources
 * alike.
 */
export const uncoveredActions: FindingRule = {
  id: 'uncovered-actions',
  level: 'note',
  title: 'An action that no permission holds, which is refused to everyone',
  advice: 'Add it to a permission if users need it',
  check: eachGroup(
    ({ secured, uncoveredActions }) => (secured ? uncoveredActions : []),
    (actions, group) => `no permission holds ${actions} on ${group}`,
  ),
};

/** One finding for all resources of which the same actions are picked. */
function eachGroup(
  pick: (coverage: AuditFacts['resources'][number]['coverage']) => readonly string[],
  describe: (actions: string, group: string) => string,
): FindingRule['check'] {
  return function* check(facts) {
    for (const group of groupByActions(pickActions(facts, pick))) {
      const actions = group.actions.join(', ');
      const where = group.project === null ? '' : ` of project ${group.project}`;
      yield {
        message: describe(actions, describeGroup(facts, group)),
        object: `${group.type}${where}: ${actions}`,
      };
    }
  };
}

function* pickActions(
  { resources }: AuditFacts,
  pick: (coverage: AuditFacts['resources'][number]['coverage']) => readonly string[],
): Generator<ResourceReference & { readonly actions: readonly string[] }> {
  for (const { resource, coverage } of resources) {
    const actions = pick(coverage);
    if (actions.length === 0) continue;
    const { project = null, type, name } = resource;
    yield { project, type, name, actions };
  }
}

function describeGroup(facts: AuditFacts, { project, type, names }: ActionGroup): string {
  const where = ofProject(facts, project);
  const list = listSome(names.map(quote));
  return names.length === 1
    ? `${type} ${list}${where}`
    : `${count(names.length, 'resource')} of type ${type}${where}: ${list}`;
}
