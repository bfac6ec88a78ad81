import type { ResourceReference } from '../analysis/index.js';
import { getOrAdd } from '../foundation/get-or-add.js';
import { listSome } from '../foundation/names.js';
import { type Permission, quote, type Vocabulary } from '../model/index.js';
import type { AuditFacts } from './audit-facts.js';

/** Resources of one project and type that have the same actions to report. */
export interface ActionGroup {
  readonly project: string | null;
  readonly type: string;
  readonly actions: readonly string[];
  readonly names: readonly string[];
}

/** ` of project …`, where several projects are audited. */
export function ofProject(facts: AuditFacts, project: string | null | undefined): string {
  return facts.projects.length > 1 && project ? ` of project ${quote(project)}` : '';
}

/** `permission …`, with its project where several are audited. */
export function describePermission(
  facts: AuditFacts,
  { name, project }: Pick<Permission<Vocabulary>, 'name' | 'project'>,
): string {
  return `permission ${quote(name)}${ofProject(facts, project)}`;
}

/**
 * Groups resources that have the same project, type and actions, in the order in which they come
 * first.
 */
export function groupByActions(
  resources: Iterable<ResourceReference & { readonly actions: readonly string[] }>,
): readonly ActionGroup[] {
  const groups = new Map<string, WritableGroup>();
  // Resources of one coverage share the array of their actions, so most find their group without
  // the text of it.
  const known = new Map<readonly string[], WritableGroup[]>();
  for (const { project, type, name, actions } of resources) {
    const ofActions = getOrAdd(known, actions, () => []);
    let group = ofActions.find((one) => one.type === type && one.project === project);
    if (group === undefined) {
      const key = JSON.stringify([project, type, actions]);
      group = getOrAdd(groups, key, () => ({ project, type, actions, names: [] }));
      ofActions.push(group);
    }
    group.names.push(name);
  }
  return [...groups.values()];
}

type WritableGroup = ActionGroup & { readonly names: string[] };

/** The filters of a permission in words: `FeatureView named …, with the tags …`. */
export function describeFilters({
  types,
  namePatterns,
  requiredTags,
}: Pick<Permission<Vocabulary>, 'types' | 'namePatterns' | 'requiredTags'>): string {
  const what = types.length === 0 ? 'resources' : listSome(types);
  const names = namePatterns.map((pattern) =>
    quote(typeof pattern === 'string' ? pattern : `glob:${pattern.glob}`),
  );
  const tags = Object.entries(requiredTags).map(([key, value]) => quote(`${key}: ${value}`));
  const named = names.length === 0 ? '' : ` named ${listSome(names)}`;
  const tagged = tags.length === 0 ? '' : ` with the tags ${listSome(tags)}`;
  return `${what}${named}${tagged}`;
}
