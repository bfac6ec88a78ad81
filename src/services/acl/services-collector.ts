import type { ExcludedPermission, Permission } from '../../model/index.js';
import {
  ADMINS_GROUP,
  type DatabricksResource,
  type DatabricksType,
  type DatabricksVocabulary,
  LEVELS,
  levelActions,
  levelPermission,
  type Principal,
  principalKey,
} from '../vocabulary/index.js';
import { emptyFacts, type FactLists, type ServicesFacts } from './services-facts.js';

/** One line of a list, before it is looked at. */
export interface ListEntry {
  readonly principal: Principal | undefined;
  /** As it is written. */
  readonly level: string;
  readonly inherited?: boolean;
  /** The object that it comes from. */
  readonly from?: string | undefined;
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
 * The strongest level of the types whose objects the administrators of a workspace always manage. Unity Catalog has
 * administrators of its own.
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
   * @param duplicates what counts of a principal that stands in it twice: `last`, as a request that replaces the list is
   *   answered; `weakest`, where nothing says which one is applied last; `all` of an answer, which lists levels one by one
   */
  addList(
    resource: DatabricksResource,
    entries: readonly ListEntry[],
    list: { readonly duplicates: 'last' | 'weakest' | 'all'; readonly replacing?: boolean },
  ): void {
    const counting =
      list.duplicates === 'all'
        ? entries
        : this.#withoutDuplicates(resource, entries, list.duplicates);
    this.#addEntries(resource, counting, list.replacing ?? false);
    for (const entry of counting) this.#addPermission(resource, entry);
  }

  /**
   * Notes several lists of an object, each of which replaces the others, where nothing says which one is applied last.
   *
   * Only what all of them grant is granted; all their entries are facts.
   */
  addRivalLists(
    resource: DatabricksResource,
    lists: readonly { readonly address: string; readonly entries: readonly ListEntry[] }[],
  ): void {
    const counting = lists.map(({ entries }) => this.#withoutDuplicates(resource, entries, 'last'));
    const addresses = lists.map(({ address }) => address);
    this.facts.rivalLists.push({ resource, addresses });
    const byPrincipal = new Map<string, ListEntry[]>();
    for (const entries of counting) {
      this.#addEntries(resource, entries, true);
      for (const entry of entries) {
        const key = entry.principal === undefined ? undefined : principalKey(entry.principal);
        const same = key === undefined ? undefined : byPrincipal.get(key);
        if (key === undefined) this.#addPermission(resource, entry);
        else if (same === undefined) byPrincipal.set(key, [entry]);
        else same.push(entry);
      }
    }
    for (const same of byPrincipal.values()) {
      if (same.length === lists.length) this.#addPermission(resource, weakest(resource.type, same));
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
    replacing: boolean,
  ): void {
    const list = { replacing, size: entries.length };
    for (const { principal, level, inherited = false } of entries) {
      const actions = levelActions(resource.type, level);
      this.facts.entries.push({ resource, principal, level, actions, inherited, list });
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

  #withoutDuplicates(
    resource: DatabricksResource,
    entries: readonly ListEntry[],
    kept: 'last' | 'weakest',
  ): readonly ListEntry[] {
    const byPrincipal = new Map<string, ListEntry[]>();
    const unknown: ListEntry[] = [];
    for (const entry of entries) {
      if (entry.principal === undefined) {
        unknown.push(entry);
        continue;
      }
      const key = principalKey(entry.principal);
      const same = byPrincipal.get(key);
      if (same === undefined) byPrincipal.set(key, [entry]);
      else same.push(entry);
    }
    const counting = Array.from(byPrincipal.values(), (same) => {
      const one = kept === 'last' ? (same.at(-1) as ListEntry) : weakest(resource.type, same);
      if (same.length > 1 && one.principal !== undefined) {
        const { principal, level } = one;
        const levels = same.map((entry) => entry.level);
        this.facts.repeated.push({ resource, principal, levels, kept: level });
      }
      return one;
    });
    return [...counting, ...unknown];
  }
}

/** A level that the type does not have grants nothing, and is the weakest. */
function weakest(type: DatabricksType, entries: readonly ListEntry[]): ListEntry {
  const { levels } = LEVELS[type];
  const strength = ({ level }: ListEntry): number => (levels as readonly string[]).indexOf(level);
  return entries.reduce((least, entry) => (strength(entry) < strength(least) ? entry : least));
}
