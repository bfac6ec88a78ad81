import { referToPermission, referToResource } from '../../analysis/references.js';
import { getOrAdd } from '../../foundation/get-or-add.js';
import { listSome } from '../../foundation/names.js';
import { quote, type Resource } from '../../model/index.js';
import type { AuditFacts } from '../audit-facts.js';

import { ofProject } from '../describe.js';

import type { FindingRule } from '../finding-rule.js';
import { eachPermission } from './about-permission.js';

/** Names of one kind and project that only a computer tells apart. */
interface LookAlikes {
  /** `permissions`, `projects`, or the types of the objects. */
  readonly kinds: Set<string>;
  readonly project: string | undefined;
  /** By name: the first object that has it. */
  readonly names: Map<string, Entry>;
}

interface Entry {
  /** `permissions`, `projects`, or the type of the object. */
  readonly kind: string;
  readonly project: string | undefined;
  readonly name: string;
  readonly resource?: Resource;
  readonly permission?: Parameters<typeof referToPermission>[0];
}

/** Names that people take for the same. */
export const lookAlikeNames: FindingRule = {
  id: 'look-alike-names',
  level: 'warning',
  title: 'Names that differ only in case, in blanks at an end or in how Unicode is composed',
  advice: 'Rename one of them: people and name patterns take one for the other',
  *check(facts) {
    for (const { kinds, project, names } of groupByLook(facts)) {
      const written = [...names.keys()];
      const [, second] = [...names.values()];
      const what = kinds.size === 1 ? [...kinds][0] : `objects of types ${[...kinds].join(', ')}`;
      const how = differencesOf(written);
      const spell = how.includes(COMPOSITION) ? spellOut : quote;
      yield {
        message: `${what} ${listSome(written.map(spell))}${ofProject(facts, project)} differ only in ${how.join(' and ')}`,
        ...(second?.resource && { resource: referToResource(second.resource) }),
        ...(second?.permission && { permission: referToPermission(second.permission) }),
        ...(second?.kind === 'projects' && { object: `project ${second.name}` }),
      };
    }
  },
};

/** `*` in a policy, which no user has. */
export const noWildcard: FindingRule = {
  id: 'no-wildcard',
  level: 'warning',
  title:
    'A policy that names a role, group or namespace with `*`, which Feast does not treat as a wildcard',
  advice: 'Name each role, group or namespace: the text is compared as it is',
  check: eachPermission(({ source: { policy } }, facts) => {
    const test = facts.snapshot.policyKinds.get(policy.type)?.compile(policy);
    if (test?.kind !== 'any-of') return undefined;
    const { roles = [], groups = [], namespaces = [] } = test;
    const starred = [
      ...roles.map((name) => ['role', name] as const),
      ...groups.map((name) => ['group', name] as const),
      ...namespaces.map((name) => ['namespace', name] as const),
    ].flatMap(([kind, name]) => (name.includes('*') ? [`the ${kind} ${quote(name)}`] : []));
    if (starred.length === 0) return undefined;
    return `requires ${listSome(starred)}, which lets in only users who have exactly that`;
  }),
};

/**
 * The groups with more than one name. Most names are alone: only their second look makes a group.
 */
function groupByLook({
  permissions,
  projects,
  resources,
  snapshot,
}: AuditFacts): Iterable<LookAlikes> {
  // A map for each family and project: joining them to every name would cost more than the look.
  const firsts = new Map<string, Map<string, Map<string, Entry>>>();
  const groups = new Map<Entry, LookAlikes>();
  const add = (family: string, entry: Entry): void => {
    const ofFamily = getOrAdd(firsts, family, () => new Map<string, Map<string, Entry>>());
    const inProject = getOrAdd(ofFamily, entry.project ?? '', () => new Map<string, Entry>());
    const key = look(entry.name);
    const first = inProject.get(key);
    if (first === undefined) inProject.set(key, entry);
    else if (first.name !== entry.name) {
      let group = groups.get(first);
      if (group === undefined) {
        group = { kinds: new Set(), project: entry.project, names: new Map() };
        groups.set(first, group);
        join(group, first);
      }
      join(group, entry);
    }
  };
  for (const { name } of projects) {
    if (name !== undefined) add('projects', { kind: 'projects', project: undefined, name });
  }
  for (const { source } of permissions) {
    const { project, name } = source;
    add('permissions', { kind: 'permissions', project, name, permission: source });
  }
  // A request names a view without its type, so all views share their names.
  const views = new Set(snapshot.vocabulary.typeAliases.get('ALL_FEATURE_VIEW_TYPES'));
  for (const { resource } of resources) {
    const { type, name, project } = resource;
    if (type === 'Permission' || type === 'Project') continue;
    add(views.has(type) ? 'views' : type, { kind: type, project, name, resource });
  }
  return groups.values();
}

function join({ kinds, names }: LookAlikes, entry: Entry): void {
  kinds.add(entry.kind);
  if (!names.has(entry.name)) names.set(entry.name, entry);
}

/**
 * The same for names that look the same. Both cases: `ß` and `ẞ`, `σ` and `ς` meet in the upper
 * one.
 */
function look(name: string): string {
  if (PLAIN.test(name)) return name.toUpperCase();
  return foldCase(name.normalize('NFC').trim());
}

function foldCase(name: string): string {
  return name.toLowerCase().toUpperCase();
}

/** Without blanks and anything that Unicode composes: only the case can differ. */
const PLAIN = /^[\x21-\x7e]*$/;
const COMPOSITION = 'Unicode composition';

/** In what names of the same look differ. */
function differencesOf(names: readonly string[]): readonly string[] {
  const differ = (simplify: (name: string) => string): boolean =>
    new Set(names.map(simplify)).size > 1;
  return [
    ...(differ((name) => name.normalize('NFC').trim()) ? ['case'] : []),
    ...(differ((name) => foldCase(name.normalize('NFC'))) ? ['blanks at an end'] : []),
    ...(differ((name) => foldCase(name.trim())) ? [COMPOSITION] : []),
  ];
}

/** A name in ASCII: two that show the same are told apart. */
function spellOut(name: string): string {
  return quote(name).replace(/[^\x20-\x7e]/gu, (character) => {
    const code = (character.codePointAt(0) as number).toString(16);
    return `\\u{${code}}`;
  });
}
