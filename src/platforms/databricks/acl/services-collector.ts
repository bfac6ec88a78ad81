import type { ExcludedPermission, Permission } from '../../../model/index.js';
import {
  ADMINS_GROUP,
  type DatabricksResource,
  type DatabricksType,
  type DatabricksVocabulary,
  levelActions,
  levelPermission,
  principalKey,
} from '../vocabulary/index.js';
import {
  areSame,
  groupByPrincipal,
  keyOfEntry,
  type ListEntry,
  splitGrants,
  type WorkspaceItems,
  type WrittenList,
  weakest,
  weakestOfEach,
} from './list-entries.js';
import {
  emptyFacts,
  type FactLists,
  type RepeatedPrincipal,
  type ServicesFacts,
} from './services-facts.js';

/** What several workspaces say of their objects of one name. */
interface ByWorkspace<T> {
  readonly groups: readonly WorkspaceItems<T>[];
  /** Whether it is known which workspace each is of. */
  readonly isCertain: boolean;
}

/** A permission of a workspace, or one that could not be understood. */
export type DatabricksPermission = Permission<DatabricksVocabulary> | ExcludedPermission;

/** What a reader learnt from a file. */
export interface CollectedServices {
  readonly permissions: readonly DatabricksPermission[];
  readonly resources: readonly DatabricksResource[];
  readonly facts: ServicesFacts;
}

/**
 * The strongest level of the types whose objects the administrators of a workspace always manage.
 * Unity Catalog has administrators of its own.
 */
const ADMIN_LEVELS: Readonly<Partial<Record<DatabricksType, string>>> = {
  ServingEndpoint: 'CAN_MANAGE',
  RegisteredModel: 'CAN_MANAGE',
  Tokens: 'CAN_MANAGE',
  SecretScope: 'MANAGE',
};

/** Gathers what the readers of one file find. */
export class ServicesCollector {
  readonly facts: FactLists = emptyFacts();
  readonly #file: string;
  readonly #workspace: string | undefined;
  readonly #resources = new Map<string, DatabricksResource>();
  readonly #permissions = new Map<string, DatabricksPermission>();

  /** @param workspace becomes the project of all resources */
  constructor(file: string, workspace: string | undefined) {
    this.#file = file;
    this.#workspace = workspace;
  }

  /** Notes an object. What is said of it several times is put together. */
  addResource(
    type: DatabricksType,
    name: string,
    tags: Readonly<Record<string, string>> = {},
  ): DatabricksResource {
    const key = `${type}:${name}`;
    const known = this.#resources.get(key);
    const resource: DatabricksResource = {
      type,
      name,
      tags: { ...known?.tags, ...tags },
      ...(this.#workspace === undefined ? {} : { project: this.#workspace }),
    };
    this.#resources.set(key, resource);
    const level = ADMIN_LEVELS[type];
    if (known === undefined && level !== undefined) {
      this.#addPermission(resource, {
        principal: { kind: 'group', name: ADMINS_GROUP },
        level,
        from: 'workspace',
        inherited: true,
      });
    }
    return resource;
  }

  /**
   * Notes the access control list of an object.
   *
   * @param duplicates what counts of a principal that stands in it twice: `last`, as a request that
   *   replaces the list is answered; `all` of an answer, which lists levels one by one
   */
  addList(
    resource: DatabricksResource,
    entries: readonly ListEntry[],
    list: {
      readonly duplicates: 'last' | 'all';
      readonly replacing?: boolean;
      readonly workspace?: string | undefined;
    },
  ): void {
    const { workspace } = list;
    const counting =
      list.duplicates === 'all' ? entries : this.#lastOfEach(resource, entries, workspace);
    this.#addEntries(resource, counting, { replacing: list.replacing ?? false, workspace });
    for (const entry of counting) this.#addPermission(resource, entry);
  }

  /**
   * Notes single entries of a list, where nothing says which one is applied last, of each workspace
   * those that are its own.
   *
   * Of a principal the weakest level is granted.
   */
  addAcls(resource: DatabricksResource, { groups, isCertain }: ByWorkspace<ListEntry>): void {
    const counting = groups.map((group) => ({
      workspace: group.workspace,
      items: this.#weakestAcls(resource, group, isCertain),
    }));
    const granted = weakestOfEach(
      resource.type,
      counting.flatMap(({ items }) => items),
    );
    const notUnderstood = new Set(
      granted
        .filter(({ level }) => levelActions(resource.type, level) === undefined)
        .map(keyOfEntry),
    );
    const isGranted = new Set(granted);
    for (const { workspace, items } of counting) {
      // SECURITY: where the weakest grants nothing, no other one may be taken for a grant.
      const shown = items.filter(
        (entry) => isGranted.has(entry) || !notUnderstood.has(keyOfEntry(entry)),
      );
      this.#addEntries(resource, shown, { replacing: false, workspace });
    }
    for (const entry of granted) this.#addPermission(resource, entry);
  }

  /**
   * Notes several lists of an object, of each workspace those that replace each other, where
   * nothing says which one is applied last.
   *
   * Of a workspace only what all of its lists grant is granted. Who stands in lists of several
   * workspaces is granted the weakest level, and nothing where one of these workspaces grants
   * nothing. All entries are facts.
   */
  addRivalLists(
    resource: DatabricksResource,
    { groups, isCertain }: ByWorkspace<WrittenList>,
  ): void {
    const refused = new Set<string>();
    const granted = groups.flatMap(({ items: lists, workspace }) => {
      const counting = lists.map(({ entries }) => this.#lastOfEach(resource, entries, workspace));
      for (const [at, entries] of counting.entries()) {
        this.#addEntries(resource, entries, {
          replacing: true,
          workspace: workspace ?? lists[at]?.workspaceId,
        });
      }
      const { byAll, bySome } = splitGrants(resource.type, counting);
      for (const key of bySome) refused.add(key);
      return byAll;
    });
    for (const entry of weakestOfEach(resource.type, granted)) {
      const key = keyOfEntry(entry);
      if (key === undefined || !refused.has(key)) this.#addPermission(resource, entry);
    }
    const rivals = isCertain ? groups : [{ items: groups.flatMap(({ items }) => items) }];
    for (const { items: lists, workspace } of rivals) {
      // What grants the same does no harm: it is of several workspaces, or agrees.
      if (lists.length < 2 || (!isCertain && areSame(lists))) continue;
      const addresses = lists.map(({ address }) => address);
      this.facts.rivalLists.push({ resource, addresses, isCertain, workspace });
    }
  }

  finish(): CollectedServices {
    return Object.freeze({
      permissions: Object.freeze([...this.#permissions.values()]),
      resources: Object.freeze([...this.#resources.values()]),
      facts: this.facts,
    });
  }

  #addEntries(
    resource: DatabricksResource,
    entries: readonly ListEntry[],
    {
      replacing,
      workspace,
    }: { readonly replacing: boolean; readonly workspace?: string | undefined },
  ): void {
    const list = { replacing, size: entries.length };
    for (const { principal, level, inherited = false } of entries) {
      const actions = levelActions(resource.type, level);
      this.facts.entries.push({ resource, principal, level, actions, inherited, list, workspace });
    }
  }

  #addPermission(resource: DatabricksResource, entry: ListEntry): void {
    const { principal, level, inherited, from } = entry;
    const permission = levelPermission({
      resource,
      principal,
      level,
      tags: {
        file: this.#file,
        ...(inherited === true ? { inherited_from: from ?? 'unknown' } : {}),
      },
    });
    // The same entry twice, direct and inherited, is one permission.
    const key = JSON.stringify([
      resource.type,
      resource.name,
      level,
      principal === undefined ? null : principalKey(principal),
    ]);
    if (!this.#permissions.has(key)) this.#permissions.set(key, permission);
  }

  /** A list in which of each principal only the last entry is left. */
  #lastOfEach(
    resource: DatabricksResource,
    entries: readonly ListEntry[],
    workspace: string | undefined,
  ): readonly ListEntry[] {
    return groupByPrincipal(entries).map((same) => {
      const kept = same.at(-1) as ListEntry;
      if (same.length > 1) this.#addRepeated(resource, same, kept, { isCertain: true, workspace });
      return kept;
    });
  }

  /**
   * Of each principal the weakest entry; all where they are the same and may be of several
   * workspaces.
   */
  #weakestAcls(
    resource: DatabricksResource,
    { items, workspace }: WorkspaceItems<ListEntry>,
    isCertain: boolean,
  ): readonly ListEntry[] {
    return groupByPrincipal(items).flatMap((same) => {
      const kept = weakest(resource.type, same);
      if (!isCertain && same.every(({ level }) => level === kept.level)) return same;
      if (same.length > 1) this.#addRepeated(resource, same, kept, { isCertain, workspace });
      return kept;
    });
  }

  #addRepeated(
    resource: DatabricksResource,
    same: readonly ListEntry[],
    { principal, level }: ListEntry,
    where: Pick<RepeatedPrincipal, 'isCertain' | 'workspace'>,
  ): void {
    if (principal === undefined) return;
    const levels = same.map((entry) => entry.level);
    this.facts.repeated.push({ resource, principal, levels, kept: level, ...where });
  }
}
