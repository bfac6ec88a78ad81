import { HitBuffer, type ScopeFinder } from '../matchers/index.js';
import { formatResource, frozenTags, type Resource, type Tags } from '../model/index.js';
import type { Governance } from './governance.js';
import type { GovernanceTable } from './governance-table.js';
import { ResourcePlaces } from './resource-places.js';

/** A finder over some of a snapshot's scopes. */
export interface ScopeGroup {
  readonly finder: ScopeFinder;
  /** By the finder's position: the position in the snapshot. Ascending. */
  readonly scopeIds: readonly number[];
}

/** A resource as the registry knows it: its tags are known, if there are none. */
export interface RegisteredResource extends Resource {
  readonly tags: Tags;
}

/** One project of a snapshot: what governs it, and what is registered in it. */
export class CompiledProject {
  /** Undefined: the implicit project, where nothing names any. */
  readonly name: string | undefined;
  readonly #places = new ResourcePlaces();
  /** The registered resources, by type and name. */
  readonly registered: Map<string, Map<string, RegisteredResource>> = new Map();
  readonly #groups: readonly ScopeGroup[];
  readonly #table: GovernanceTable;
  readonly #ungoverned: Governance;
  readonly #ungovernedId: number;
  readonly #inside = new HitBuffer();
  readonly #unknown = new HitBuffer();
  readonly #found = { scopes: new HitBuffer(), unknownScopes: new HitBuffer() };

  /**
   * @param groups the scopes of this project, and those of every project
   * @param table that of the snapshot, shared by its projects
   */
  constructor(name: string | undefined, groups: readonly ScopeGroup[], table: GovernanceTable) {
    this.name = name;
    this.#groups = groups.filter(({ scopeIds }) => scopeIds.length > 0);
    this.#table = table;
    this.#ungoverned = table.without(this.hasPermissions ? 'unsecured' : 'no-permissions');
    this.#ungovernedId = table.verdicts.add(this.#ungoverned);
  }

  /** Whether some permission, be it an excluded one, is for this project. */
  get hasPermissions(): boolean {
    return this.#groups.length > 0;
  }

  /** @throws TypeError when the same type and name was registered with other tags */
  register(resource: RegisteredResource, typeId: number): void {
    const { type, name, tags } = resource;
    let byName = this.registered.get(type);
    if (byName === undefined) {
      byName = new Map();
      this.registered.set(type, byName);
    }
    const twin = byName.get(name);
    if (twin !== undefined) {
      if (areSame(twin.tags, tags)) return;
      throw new TypeError(`${formatResource(resource)} is registered twice, with different tags`);
    }
    byName.set(name, resource);
    const { scopes, unknownScopes } = this.#find(typeId, name, tags);
    const isGoverned = scopes.length + unknownScopes.length > 0;
    this.#places.set(
      resource,
      typeId,
      isGoverned ? this.#table.ofRegistered(scopes, unknownScopes) : this.#ungovernedId,
    );
  }

  /** The number, in the verdict table, of what governs a registered resource; undefined for any other. */
  governanceIdOf(resource: Resource): number | undefined {
    return this.#places.get(resource);
  }

  /**
   * What governs a resource that is described and not registered.
   *
   * @param tags undefined: not known
   */
  govern(typeId: number, name: string, tags: Tags | undefined): Governance {
    // SECURITY: a copy, since a getter among a stranger's tags could ask something else while its scopes are looked for.
    const { scopes, unknownScopes } = this.#find(typeId, name, tags && frozenTags(tags));
    const isGoverned = scopes.length + unknownScopes.length > 0;
    return isGoverned ? this.#table.ofStranger(scopes, unknownScopes) : this.#ungoverned;
  }

  /**
   * Does what `govern` spends its time on, with pauses.
   *
   * @returns a function that has the next `govern` of this name take what was found
   */
  *prepare(name: string): Generator<undefined, () => void> {
    const parts: (() => void)[] = [];
    for (const { finder } of this.#groups) parts.push(yield* finder.prepare(name));
    return () => {
      for (const part of parts) part();
    };
  }

  #find(
    typeId: number,
    name: string,
    tags: Tags | undefined,
  ): { readonly scopes: Int32Array; readonly unknownScopes: Int32Array } {
    const { scopes, unknownScopes } = this.#found;
    scopes.clear();
    unknownScopes.clear();
    for (const { finder, scopeIds } of this.#groups) {
      finder.find(typeId, name, tags, this.#inside, this.#unknown);
      translate(this.#inside, scopeIds, scopes);
      translate(this.#unknown, scopeIds, unknownScopes);
    }
    return { scopes: scopes.toSorted(), unknownScopes: unknownScopes.toSorted() };
  }
}

function translate(found: HitBuffer, scopeIds: readonly number[], into: HitBuffer): void {
  for (let index = 0; index < found.count; index++) into.push(scopeIds[found.at(index)] as number);
}

function areSame(a: Tags, b: Tags): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
