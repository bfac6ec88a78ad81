import { listSome } from '../foundation/names.js';
import { type ExcludedPermission, type Permission, quote, type Tags } from '../model/index.js';
import type { RegistryContents } from '../registry/index.js';
import { type LiveRules, opensUncovered } from './live-rules.js';
import type { PermissionName } from './reload-event.js';

type KnownPermission = Permission | ExcludedPermission;
type Contents = Pick<RegistryContents, 'permissions' | 'projects'>;
/** What decides on what permissions do not cover. */
type OpeningRules = Pick<LiveRules, 'unsecured' | 'whenNoPermissions'>;

/**
 * Most targets that are remembered. Applies without end, each with other name patterns, would take
 * memory without end.
 */
const MAX_REMEMBERED = 10_000;

/**
 * Remembers what permissions covered that the registry no longer holds, until their loss is
 * confirmed.
 *
 * Two permissions that cover the same are one: a permission that is renamed, or gets another policy
 * or other actions, is not lost. INVARIANT: what is remembered covers all that any lost permission
 * covered. Where it would be too much, all of the projects that lost something counts as covered.
 */
export class FormerPermissions {
  readonly #rules: OpeningRules;
  /** What is gone, by target. */
  readonly #former: ReadonlyMap<string, KnownPermission>;
  /** What the registry holds, by target. Empty where nothing could be opened. */
  readonly #current: ReadonlyMap<string, KnownPermission>;
  /** Projects that have had a permission. */
  readonly #secured: ReadonlySet<string>;

  private constructor(
    rules: OpeningRules,
    contents: Contents,
    former: ReadonlyMap<string, KnownPermission>,
    secured: Iterable<string>,
  ) {
    this.#rules = rules;
    this.#current = opensUncovered(rules) ? byTarget(contents.permissions) : new Map();
    this.#secured = new Set([...projectsOf(contents.permissions), ...secured]);
    this.#former = bounded(this.#withoutCurrent(former));
  }

  /** Without what is covered as it was, or by the permission of the same name. */
  #withoutCurrent(former: ReadonlyMap<string, KnownPermission>): typeof former {
    const byName = new Map([...this.#current.values()].map((one) => [nameKey(one), one]));
    return new Map(
      [...former].filter(([target, gone]) => {
        const current = byName.get(nameKey(gone));
        return !this.#current.has(target) && !(current !== undefined && coversAll(current, gone));
      }),
    );
  }

  /** Of a registry that is read for the first time: nothing was lost. */
  static first(contents: Contents, rules: OpeningRules): FormerPermissions {
    return new FormerPermissions(rules, contents, new Map(), []);
  }

  /** For the next version of the registry. */
  next(contents: Contents): FormerPermissions {
    const former = new Map([...this.#former, ...this.#current]);
    const standing = contents.projects.filter((project) => this.#secured.has(project));
    return new FormerPermissions(this.#rules, contents, former, standing);
  }

  /** With all losses confirmed. */
  forgotten(contents: Contents): FormerPermissions {
    return FormerPermissions.first(contents, this.#rules);
  }

  /** Projects that stand, had permissions and have none. */
  emptied({ permissions, projects }: Contents): readonly string[] {
    const secured = projectsOf(permissions);
    const emptied = projects.filter((one) => this.#secured.has(one) && !secured.has(one));
    return Object.freeze(emptied);
  }

  /**
   * The lost permissions whose loss the rules would turn into a grant. A project that is gone
   * itself is refused without them.
   */
  closed({ permissions, projects }: Contents): readonly KnownPermission[] {
    const { unsecured } = this.#rules;
    const standing = new Set(projects);
    const secured = projectsOf(permissions);
    // With permissions left, `unsecured` decides on what they do not cover.
    const isOpened = (one: string): boolean =>
      standing.has(one) && (unsecured === 'allow' || !secured.has(one));
    return [...this.#former.values()].filter(({ project }) =>
      project === undefined ? projects.some(isOpened) : isOpened(project),
    );
  }
}

/**
 * Whether a permission covers all that another one of its project covered, as far as their filters
 * show. What was not understood covers everything.
 */
function coversAll(wide: KnownPermission, narrow: KnownPermission): boolean {
  const holds = (all: readonly unknown[] = [], some: readonly unknown[] = []): boolean => {
    const texts = new Set(all.map((one) => JSON.stringify(one)));
    return (
      all.length === 0 || (some.length > 0 && some.every((one) => texts.has(JSON.stringify(one))))
    );
  };
  const tags = narrow.requiredTags ?? {};
  return (
    holds(wide.types, narrow.types) &&
    holds(wide.namePatterns, narrow.namePatterns) &&
    Object.entries(wide.requiredTags ?? {}).every(([key, value]) => tags[key] === value)
  );
}

/** One target of a whole project, or of all projects, in place of too many. */
function bounded(former: ReadonlyMap<string, KnownPermission>): typeof former {
  if (former.size <= MAX_REMEMBERED) return former;
  const projects = new Set([...former.values()].map(({ project }) => project));
  return byTarget(wholeProjects(projects.size > MAX_REMEMBERED ? [undefined] : [...projects]));
}

/** Permissions that covered all of some projects; undefined: of every project. */
export function wholeProjects(projects: readonly (string | undefined)[]): ExcludedPermission[] {
  return projects.map((project) => ({
    name: 'many',
    project,
    namePatterns: undefined,
    excluded: [],
  }));
}

/** What people should know of permissions that are gone. */
export function warningsOfLosses(
  former: FormerPermissions,
  contents: RegistryContents,
): readonly string[] {
  const closed = former.closed(contents);
  return [
    ...(closed.length === 0
      ? []
      : [
          `what permissions covered that are gone stays closed, whatever \`rules\` say: ${listSome(closed.map(({ name }) => quote(name)))}. Call \`acceptEmpty\` with version ${quote(contents.version)} if they are meant to be gone`,
        ]),
    ...former
      .emptied(contents)
      .map((project) => `project ${quote(project)} has lost all of its permissions`),
  ];
}

/** The names of the permissions that a version has no more. */
export function removedPermissions(
  before: readonly KnownPermission[],
  after: readonly KnownPermission[],
): readonly PermissionName[] {
  const kept = new Set(after.map(nameKey));
  return namesOf(before.filter((permission) => !kept.has(nameKey(permission))));
}

export function namesOf(permissions: readonly KnownPermission[]): readonly PermissionName[] {
  return Object.freeze(permissions.map(({ name, project }) => Object.freeze({ name, project })));
}

function nameKey({ name, project }: KnownPermission): string {
  return JSON.stringify([project ?? null, name]);
}

function byTarget(permissions: readonly KnownPermission[]): ReadonlyMap<string, KnownPermission> {
  return new Map(permissions.map((permission) => [targetOf(permission), permission]));
}

/** The filters of a permission. What was not understood is `null`. */
function targetOf({ project, types, namePatterns, requiredTags }: KnownPermission): string {
  return JSON.stringify([
    project ?? null,
    types === undefined ? null : [...types].sort(),
    namePatterns === undefined ? null : namePatterns,
    requiredTags === undefined ? null : sortedEntries(requiredTags),
  ]);
}

function sortedEntries(tags: Tags): readonly (readonly [string, string])[] {
  return Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1));
}

function projectsOf(permissions: readonly KnownPermission[]): ReadonlySet<string> {
  return new Set(permissions.flatMap(({ project }) => project ?? []));
}
