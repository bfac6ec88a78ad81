import { listSome } from '../../foundation/names.js';
import { quote } from '../../model/index.js';
import type { AuditFacts } from '../audit-facts.js';
import type { PermissionReference, ResourceReference } from '../audit-report.js';
import { describePermission, ofProject, referToPermission, referToResource } from '../describe.js';
import type { FindingRule } from '../finding-rule.js';

/** Names of one kind and project that only a computer tells apart. */
interface LookAlikes {
  /** `permissions`, `projects`, or the types of the objects. */
  readonly kinds: Set<string>;
  readonly project: string | undefined;
  /** By name: the first object that has it. */
  readonly names: Map<string, Named>;
}

interface Named {
  readonly resource?: ResourceReference;
  readonly permission?: PermissionReference;
}

/** Names that people take for the same. */
export const lookAlikeNames: FindingRule = {
  id: 'look-alike-names',
  level: 'warning',
  title: 'Names that differ only in case, in blanks at an end or in how Unicode is composed',
  advice: 'Rename one of them: people and name patterns take one for the other',
  *check(facts) {
    for (const { kinds, project, names } of groupByLook(facts)) {
      if (names.size < 2) continue;
      const written = [...names.keys()];
      const [, second] = [...names.values()];
      const what = kinds.size === 1 ? [...kinds][0] : `objects of types ${[...kinds].join(', ')}`;
      const how = differencesOf(written);
      const spell = how.includes(COMPOSITION) ? spellOut : quote;
      yield {
        message: `${what} ${listSome(written.map(spell))}${ofProject(facts, project)} differ only in ${how.join(' and ')}`,
        ...second,
      };
    }
  },
};

/** `*` in a policy, which no user has. */
export const noWildcard: FindingRule = {
  id: 'no-wildcard',
  level: 'warning',
  title: 'A policy that names a role, group or namespace with `*`, which is no wildcard in Feast',
  advice: 'Name each role, group or namespace: the text is compared as it is',
  *check(facts) {
    for (const permission of facts.understood) {
      const { policy } = permission.source;
      const test = facts.snapshot.policyKinds.get(policy.type)?.compile(policy);
      if (test?.kind !== 'any-of') continue;
      const { roles = [], groups = [], namespaces = [] } = test;
      const starred = [
        ...roles.map((name) => ['role', name] as const),
        ...groups.map((name) => ['group', name] as const),
        ...namespaces.map((name) => ['namespace', name] as const),
      ].flatMap(([kind, name]) => (name.includes('*') ? [`the ${kind} ${quote(name)}`] : []));
      if (starred.length === 0) continue;
      yield {
        message: `${describePermission(facts, permission.source)} requires ${listSome(starred)}, which lets in only users who have exactly that`,
        permission: referToPermission(permission.source),
      };
    }
  },
};

function groupByLook({ permissions, projects, resources, snapshot }: AuditFacts): LookAlikes[] {
  const groups = new Map<string, LookAlikes>();
  const add = (
    family: string,
    kind: string,
    project: string | undefined,
    name: string,
    named: Named,
  ): void => {
    const key = `${family}\0${project ?? ''}\0${look(name)}`;
    let group = groups.get(key);
    if (group === undefined) {
      group = { kinds: new Set(), project, names: new Map() };
      groups.set(key, group);
    }
    group.kinds.add(kind);
    if (!group.names.has(name)) group.names.set(name, named);
  };
  for (const { name } of projects) {
    if (name !== undefined) add('projects', 'projects', undefined, name, {});
  }
  for (const { source } of permissions) {
    const permission = referToPermission(source);
    add('permissions', 'permissions', source.project, source.name, { permission });
  }
  // A request names a view without its type, so all views share their names.
  const views = new Set(snapshot.vocabulary.typeAliases.get('ALL_FEATURE_VIEW_TYPES'));
  for (const { resource } of resources) {
    const { type, name, project } = resource;
    if (type === 'Permission' || type === 'Project') continue;
    const family = views.has(type) ? 'views' : type;
    add(family, type, project, name, { resource: referToResource(resource) });
  }
  return [...groups.values()];
}

/** The same for names that look the same. Both cases: `ß` and `ẞ`, `σ` and `ς` meet in the upper one. */
function look(name: string): string {
  return foldCase(name.normalize('NFC').trim());
}

function foldCase(name: string): string {
  return name.toLowerCase().toUpperCase();
}

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
