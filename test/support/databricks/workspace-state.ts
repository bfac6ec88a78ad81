import { randomBytes, randomUUID } from 'node:crypto';
import { denied, missing } from './api-error.js';
import { OBJECT_KINDS } from './levels.js';

export interface Principal {
  readonly kind: 'user' | 'service-principal';
  /** Of the SCIM resource. */
  readonly id: string;
  /** What access lists call it: the name of a user, the application id of a service principal. */
  readonly name: string;
  displayName: string;
  active: boolean;
  /** Names of entitlements, of roles, and what else a caller gave. */
  entitlements: readonly string[];
  roles: readonly string[];
  externalId: string | undefined;
}

export interface Group {
  readonly id: string;
  readonly displayName: string;
  /** SCIM ids of principals and of groups. */
  readonly members: Set<string>;
  entitlements: readonly string[];
  roles: readonly string[];
  externalId: string | undefined;
}

export interface StoredToken {
  readonly id: string;
  readonly value: string;
  readonly owner: Principal;
  readonly creator: Principal;
  readonly comment: string;
  readonly createdAt: number;
  /** -1: never. */
  readonly expiresAt: number;
  /** The APIs that it opens; undefined: all. */
  readonly scopes: readonly string[] | undefined;
}

export interface SecretScope {
  readonly name: string;
  readonly backend: unknown;
  readonly acls: Map<string, string>;
  readonly secrets: Map<string, { readonly value: string; readonly updatedAt: number }>;
}

export interface Securable {
  readonly type: string;
  readonly fullName: string;
  /** Privileges by principal. */
  readonly grants: Map<string, Set<string>>;
  readonly cloud: 'aws' | 'azure' | 'gcp';
}

export interface SecuredObject {
  readonly type: string;
  readonly id: string;
  /** Of serving endpoints and models. */
  readonly name: string;
  /** Levels by principal: `user:NAME`, `group:NAME`, `service-principal:ID`. */
  readonly acl: Map<string, string>;
}

/**
 * The life of a token without one of its own. @source databricks-sdk-py 0.162, `tokens.create`:
 * "remains valid for 2 years"
 */
const TWO_YEARS_SECONDS = 730 * 86_400;

/** What a workspace holds. */
export class WorkspaceState {
  readonly principals = new Map<string, Principal>();
  readonly groups = new Map<string, Group>();
  readonly objects = new Map<string, SecuredObject>();
  readonly scopes = new Map<string, SecretScope>();
  readonly securables = new Map<string, Securable>();
  /** Personal access tokens by their id. */
  readonly tokens = new Map<string, StoredToken>();
  /** OAuth tokens that hold. */
  readonly sessions = new Map<
    string,
    { readonly principal: Principal; readonly expiresAt: number }
  >();
  readonly now: () => number;
  /** The life of a token without one of its own; undefined: it never ends. */
  readonly tokenSeconds: number | undefined;
  #lastId = 1_000_000;

  constructor(now: () => number, isEndless = false) {
    this.now = now;
    this.tokenSeconds = isEndless ? undefined : TWO_YEARS_SECONDS;
    for (const name of ['admins', 'users']) this.addGroup(name);
    this.addObject('authorization', 'tokens', 'tokens');
    this.addObject('authorization', 'passwords', 'passwords');
    this.addObject('registered-models', 'root', 'root');
  }

  nextId(): string {
    this.#lastId += 1;
    return String(this.#lastId);
  }

  addPrincipal(
    kind: Principal['kind'],
    name: string,
    displayName: string,
    groups: readonly string[] = [],
  ): Principal {
    const principal: Principal = {
      kind,
      id: this.nextId(),
      name,
      displayName,
      active: true,
      entitlements: [],
      roles: [],
      externalId: undefined,
    };
    this.principals.set(principal.id, principal);
    for (const group of groups) this.addGroup(group).members.add(principal.id);
    return principal;
  }

  addGroup(displayName: string): Group {
    const known = this.findGroup(displayName);
    if (known !== undefined) return known;
    const group: Group = {
      id: this.nextId(),
      displayName,
      members: new Set<string>(),
      entitlements: [],
      roles: [],
      externalId: undefined,
    };
    this.groups.set(group.id, group);
    return group;
  }

  addObject(type: string, id: string, name: string): SecuredObject {
    const object = { type, id, name, acl: new Map<string, string>() };
    this.objects.set(`${type}/${id}`, object);
    return object;
  }

  addSecurable(type: string, fullName: string, cloud: Securable['cloud']): Securable {
    const securable = { type, fullName, cloud, grants: new Map<string, Set<string>>() };
    this.securables.set(`${type}/${fullName}`, securable);
    return securable;
  }

  addToken(
    owner: Principal,
    creator: Principal,
    comment: string,
    seconds: number | undefined = this.tokenSeconds,
    scopes?: readonly string[],
  ): StoredToken {
    const createdAt = this.now();
    const token = {
      id: randomBytes(32).toString('hex'),
      value: `dapi${randomBytes(16).toString('hex')}`,
      owner,
      creator,
      comment,
      createdAt,
      expiresAt: seconds === undefined ? -1 : createdAt + seconds * 1000,
      scopes,
    };
    this.tokens.set(token.id, token);
    return token;
  }

  openSession(principal: Principal, seconds: number): string {
    const value = `oauth-${randomUUID()}`;
    this.sessions.set(value, { principal, expiresAt: this.now() + seconds * 1000 });
    return value;
  }

  /** Who a bearer token is of; `undefined` for one that does not hold. */
  whoHolds(value: string): Principal | undefined {
    const session = this.sessions.get(value);
    if (session !== undefined && session.expiresAt > this.now()) return session.principal;
    const token = [...this.tokens.values()].find((each) => each.value === value);
    const holds = token !== undefined && (token.expiresAt < 0 || token.expiresAt > this.now());
    return holds ? token.owner : undefined;
  }

  findPrincipal(kind: Principal['kind'], name: string): Principal | undefined {
    const wanted = name.toLowerCase();
    return [...this.principals.values()].find(
      (each) => each.kind === kind && each.name.toLowerCase() === wanted,
    );
  }

  findGroup(displayName: string): Group | undefined {
    return [...this.groups.values()].find((group) => group.displayName === displayName);
  }

  /**
   * The names of all groups a principal is in, also through other groups, and of `users`, which
   * holds everyone.
   */
  groupsOf(principal: Principal): ReadonlySet<string> {
    const names = new Set(['users']);
    const pending = [principal.id];
    const seen = new Set(pending);
    for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
      for (const group of this.groups.values()) {
        if (!group.members.has(id) || seen.has(group.id)) continue;
        seen.add(group.id);
        names.add(group.displayName);
        pending.push(group.id);
      }
    }
    return names;
  }

  isAdmin(principal: Principal): boolean {
    return this.groupsOf(principal).has('admins');
  }

  demandAdmin(principal: Principal): void {
    if (!this.isAdmin(principal)) throw denied('Only workspace admins may do this.');
  }

  object(type: string, id: string): SecuredObject {
    const object = this.objects.get(`${type}/${id}`);
    if (object === undefined) throw missing(`${type} ${id} does not exist`);
    return object;
  }

  /** The strongest level that a principal has on an object. */
  levelOf(principal: Principal, { type, acl }: SecuredObject): string | undefined {
    const { levels = [] } = OBJECT_KINDS.get(type) ?? {};
    if (this.isAdmin(principal)) return levels.at(-1);
    const groups = this.groupsOf(principal);
    const held = [...acl].filter(
      ([key]) =>
        key === `${principal.kind}:${principal.name}` ||
        (key.startsWith('group:') && groups.has(key.slice('group:'.length))),
    );
    return levels.findLast((level) => held.some(([, has]) => has === level));
  }

  /** @throws ApiError when the principal has no level, or a weaker one */
  demandLevel(principal: Principal, object: SecuredObject, level: string): void {
    const { levels = [] } = OBJECT_KINDS.get(object.type) ?? {};
    const has = this.levelOf(principal, object);
    if (has === undefined || levels.indexOf(has) < levels.indexOf(level)) {
      throw denied(`${principal.name} does not have ${level} on ${object.type}/${object.id}`);
    }
  }
}
