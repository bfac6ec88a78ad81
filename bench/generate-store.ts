import type { FeastAction, FeastType, PermissionInput, Resource, Subject } from '../src/index.js';

/** A made-up feature store with requests to it: the same for the same seed. */
export interface GeneratedStore {
  readonly permissions: readonly GeneratedPermission[];
  readonly resources: readonly Resource<FeastType>[];
  readonly users: readonly Subject[];
  readonly requests: readonly GeneratedRequest[];
}

/**
 * A permission with one role and one pattern, and that pattern in words that engines without
 * regular expressions know.
 */
export interface GeneratedPermission extends PermissionInput {
  readonly name: string;
  readonly types: readonly FeastType[];
  readonly namePatterns: readonly [string];
  readonly actions: readonly FeastAction[];
  readonly policy: { readonly type: 'RoleBasedPolicy'; readonly roles: readonly [string] };
  /**
   * The same names as globs with `*` only, one of which must match. Equal on the names that are
   * generated.
   */
  readonly globs: readonly string[];
}

export interface GeneratedRequest {
  readonly user: Subject;
  readonly action: FeastAction;
  readonly resource: Resource<FeastType>;
}

export interface StoreSize {
  readonly permissions: number;
  readonly resources: number;
  readonly requests?: number;
  readonly seed?: number;
  readonly project?: string;
}

const ROLES = 200;
const ROLES_PER_USER = 3;
const USERS = 400;
/** Permissions that have their names in common; also how many kinds of resources a team has. */
const PERMISSIONS_PER_TEAM = 10;
/** What a feature server is asked about, and what permissions are mostly for. */
const TYPES: readonly FeastType[] = ['FeatureView', 'FeatureService'];
const READER: readonly FeastAction[] = ['DESCRIBE', 'READ_ONLINE', 'READ_OFFLINE'];
const WRITER: readonly FeastAction[] = ['DESCRIBE', 'WRITE_ONLINE'];
/** Three of four permissions are for readers. */
const WRITER_SHARE = 0.25;
const SUBJECTS = ['user', 'item', 'card', 'trip', 'loan'];
const MEASURES = ['clicks', 'spend', 'score', 'delay', 'count'];

/**
 * Makes permissions as teams write them (exact names, prefixes, suffixes, infixes, alternations and
 * classes in equal parts), resources with names like `t0042_card_k0042_spend_v3_x0042`, users with
 * three of 200 roles, and requests of which about half are allowed.
 */
export function generateStore(size: StoreSize): GeneratedStore {
  const random = createRandom(size.seed ?? 1);
  const teams = Math.max(1, Math.ceil(size.permissions / PERMISSIONS_PER_TEAM));
  const resources = Array.from({ length: size.resources }, (_, index) =>
    makeResource(index % teams, Math.floor(index / teams), size.project),
  );
  const users = makeUsers(random);
  const permissions = Array.from({ length: size.permissions }, (_, index) =>
    makePermission(index, index % teams, random, resources, teams, size.project),
  );
  const requests = Array.from({ length: size.requests ?? 4096 }, (_, index) =>
    makeRequest(index, random, permissions, resources, users, teams),
  );
  return { permissions, resources, users, requests };
}

/** Numbers in [0, 1) that look random: mulberry32. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

function makeResource(team: number, nth: number, project: string | undefined): Resource<FeastType> {
  const tag = code(team);
  const subject = SUBJECTS[nth % SUBJECTS.length];
  const measure = MEASURES[Math.floor(nth / SUBJECTS.length) % MEASURES.length];
  const version = Math.floor(nth / (SUBJECTS.length * MEASURES.length));
  return {
    type: TYPES[nth % TYPES.length] as FeastType,
    name: `t${tag}_${subject}_k${tag}_${measure}_v${version}_x${tag}`,
    tags: { team: `team-${tag}`, tier: String(nth % 3) },
    ...(project === undefined ? {} : { project }),
  };
}

function makeUsers(random: () => number): Subject[] {
  return Array.from({ length: USERS }, (_, index) => ({
    username: `user-${index}`,
    // The first role goes round, so that every role has users.
    roles: [
      roleName(index % ROLES),
      ...Array.from({ length: ROLES_PER_USER - 1 }, () => roleName(Math.floor(random() * ROLES))),
    ],
    groups: [],
    namespaces: [],
  }));
}

function makePermission(
  index: number,
  team: number,
  random: () => number,
  resources: readonly Resource<FeastType>[],
  teams: number,
  project: string | undefined,
): GeneratedPermission {
  const tag = code(team);
  const [one, two] = [pick(random, SUBJECTS), pick(random, SUBJECTS)];
  const exact =
    (
      resources[team + teams * (index % Math.max(1, Math.floor(resources.length / teams)))] ??
      resources[0]
    )?.name ?? 'none';
  const [pattern, globs] = (
    [
      [exact, [exact]],
      [`t${tag}_${one}_.*`, [`t${tag}_${one}_*`]],
      [`.*_x${tag}`, [`*_x${tag}`]],
      [`.*_k${tag}_.*`, [`*_k${tag}_*`]],
      [`(t${tag}_${one}|t${tag}_${two})_.*`, [`t${tag}_${one}_*`, `t${tag}_${two}_*`]],
      [`t${tag}_[a-z]+_k${tag}_[a-z]+_v[0-9]+_x${tag}`, [`t${tag}_*_k${tag}_*_v*_x${tag}`]],
    ] as const
  )[Math.floor(index / teams) % 6] as readonly [string, readonly string[]];
  return {
    name: `permission-${index}`,
    types: TYPES,
    namePatterns: [pattern],
    actions: random() < WRITER_SHARE ? WRITER : READER,
    policy: { type: 'RoleBasedPolicy', roles: [roleName(Math.floor(random() * ROLES))] },
    globs,
    ...(project === undefined ? {} : { project }),
  };
}

/**
 * Every other request is made to fit a permission: its action, one of its names where there is one,
 * and a user with its role.
 */
function makeRequest(
  index: number,
  random: () => number,
  permissions: readonly GeneratedPermission[],
  resources: readonly Resource<FeastType>[],
  users: readonly Subject[],
  teams: number,
): GeneratedRequest {
  if (index % 2 === 1) {
    return {
      user: pick(random, users),
      action: random() < WRITER_SHARE ? 'WRITE_ONLINE' : 'READ_ONLINE',
      resource: pick(random, resources),
    };
  }
  const position = Math.floor(random() * permissions.length);
  const permission = permissions[position] as GeneratedPermission;
  const expression = new RegExp(`^(?:${permission.namePatterns[0]})$`, 'u');
  const fitting: Resource<FeastType>[] = [];
  for (let at = position % teams; at < resources.length; at += teams) {
    const resource = resources[at] as Resource<FeastType>;
    if (permission.types.includes(resource.type) && expression.test(resource.name))
      fitting.push(resource);
  }
  const role = permission.policy.roles[0];
  return {
    user: pick(
      random,
      users.filter(({ roles }) => roles?.includes(role)),
    ),
    action: pick(random, permission.actions),
    resource: pick(random, fitting.length > 0 ? fitting : resources),
  };
}

function roleName(index: number): string {
  return `role-${index}`;
}

function code(number: number): string {
  return number.toString(36).padStart(4, '0');
}
