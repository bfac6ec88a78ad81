import { setFlagsFromString } from 'node:v8';
import {
  subject as caslSubject,
  createMongoAbility,
  type MongoAbility,
  type RawRuleOf,
} from '@casl/ability';
import {
  type EntityJson,
  preparsePolicySet,
  statefulIsAuthorized,
} from '@cedar-policy/cedar-wasm/nodejs';
import { newEnforcer, newModelFromString } from 'casbin';
import {
  createAuthorizer as createOwnAuthorizer,
  type Subject,
  type SubjectAuthorizer,
} from '../src/index.js';
import type { GeneratedPermission, GeneratedRequest, GeneratedStore } from './generate-store.js';

/**
 * Something that answers requests. What a server would have at hand anyway, such as the object that
 * an engine keeps for a user, is fetched by `prepare`, which is not measured.
 */
export interface Engine<Prepared = unknown> {
  prepare(request: GeneratedRequest): Prepared;
  decide(prepared: Prepared): boolean;
}

type CreateAuthorizer = typeof createOwnAuthorizer;

export interface EngineFactory {
  readonly name: string;
  /** The largest number of permissions that it is measured with: beyond, one run takes too long. */
  readonly upTo: number;
  /** @param createAuthorizer of the build that is measured, where it is this project's engine */
  make(store: GeneratedStore, createAuthorizer?: CreateAuthorizer): Engine | Promise<Engine>;
}

/** This project's engine with a plain subject: nothing is remembered of the user between calls. */
export const plainSubject: EngineFactory = {
  name: 'feast-permissions, plain subject',
  upTo: Number.POSITIVE_INFINITY,
  make({ permissions, resources }, createAuthorizer = createOwnAuthorizer) {
    const authorizer = createAuthorizer({ permissions: withoutGlobs(permissions), resources });
    return engine(
      (request) => request,
      ({ user, action, resource }) => authorizer.can(user, action, resource),
    );
  },
};

/**
 * The same with `for(subject)`: one bound authorizer for each user, as a server keeps one for a
 * request or a session.
 */
export const boundSubject: EngineFactory = {
  name: 'feast-permissions, bound subject',
  upTo: Number.POSITIVE_INFINITY,
  make({ permissions, resources, users }, createAuthorizer = createOwnAuthorizer) {
    const authorizer = createAuthorizer({ permissions: withoutGlobs(permissions), resources });
    const bound = new Map(users.map((user) => [user, authorizer.for(user)]));
    return engine(
      ({ user, action, resource }) => ({
        mine: bound.get(user) as SubjectAuthorizer,
        action,
        resource,
      }),
      ({ mine, action, resource }) => mine.can(action, resource),
    );
  },
};

/** The same with `authorizer.resource`: one handle for each resource that is asked about. */
export const boundHandle: EngineFactory = {
  name: 'feast-permissions, bound subject, handle',
  upTo: Number.POSITIVE_INFINITY,
  make({ permissions, resources, users, requests }, createAuthorizer = createOwnAuthorizer) {
    const authorizer = createAuthorizer({ permissions: withoutGlobs(permissions), resources });
    const bound = new Map(users.map((user) => [user, authorizer.for(user)]));
    const handles = new Map(requests.map(({ resource: one }) => [one, authorizer.resource(one)]));
    return engine(
      ({ user, action, resource }) => ({
        mine: bound.get(user) as SubjectAuthorizer,
        action,
        handle: handles.get(resource) as ReturnType<typeof authorizer.resource>,
      }),
      ({ mine, action, handle }) => mine.can(action, handle),
    );
  },
};

/**
 * The least that any engine can do: two look-ups with the same keys, the resource's name and the
 * action, and a bit. What it finds was worked out beforehand for this user, so it is a bound, not
 * an engine.
 */
export const floor: EngineFactory = {
  name: 'floor: two Map look-ups',
  upTo: Number.POSITIVE_INFINITY,
  make({ permissions, resources, users, requests }) {
    const authorizer = createOwnAuthorizer({ permissions: withoutGlobs(permissions), resources });
    const position = new Map(users.map((user, index) => [user, index]));
    const actions = [...new Set(requests.map(({ action }) => action))];
    const words = Math.ceil(users.length / 32);
    // Only what is asked for is filled in; the maps have an entry for every resource all the same.
    const byName = new Map(resources.map(({ name }) => [name, new Map<string, Uint32Array>()]));
    const none = new Uint32Array(words);
    for (const { name } of resources)
      for (const action of actions) byName.get(name)?.set(action, none);
    for (const { user, action, resource } of requests) {
      const byAction = byName.get(resource.name) as Map<string, Uint32Array>;
      let bits = byAction.get(action) as Uint32Array;
      if (bits === none) {
        bits = new Uint32Array(words);
        byAction.set(action, bits);
      }
      const at = position.get(user) as number;
      if (authorizer.can(user, action, resource))
        bits[at >>> 5] = (bits[at >>> 5] as number) | (1 << (at & 31));
    }
    return engine(
      ({ user, action, resource }) => ({ at: position.get(user) as number, action, resource }),
      ({ at, action, resource }) => {
        const bits = byName.get(resource.name)?.get(action);
        return bits !== undefined && ((bits[at >>> 5] as number) & (1 << (at & 31))) !== 0;
      },
    );
  },
};

/** What one would write by hand: every permission in turn, its pattern compiled once. */
export const loop: EngineFactory = {
  name: 'loop with RegExp',
  upTo: 10_000,
  make({ permissions }) {
    const compiled = permissions.map((permission) => ({
      types: new Set<string>(permission.types),
      actions: new Set<string>(permission.actions),
      roles: permission.policy.roles as readonly string[],
      name: new RegExp(`^(?:${permission.namePatterns[0]})$`, 'u'),
    }));
    return engine(
      (request) => request,
      ({ user, action, resource }) =>
        compiled.some(
          ({ types, actions, roles, name }) =>
            types.has(resource.type) &&
            actions.has(action) &&
            roles.some((role) => user.roles?.includes(role)) &&
            name.test(resource.name),
        ),
    );
  },
};

/**
 * CASL, with the ability of each user made beforehand from the permissions that the user's roles
 * get.
 */
const casl: EngineFactory = {
  name: '@casl/ability, cached per user',
  upTo: 10_000,
  make({ permissions, users, requests }) {
    const asked = new Set(requests.map(({ user }) => user));
    const abilities = new Map<Subject, MongoAbility>();
    for (const user of users) {
      if (!asked.has(user)) continue;
      const rules: RawRuleOf<MongoAbility>[] = permissions
        .filter(({ policy }) => policy.roles.some((role) => user.roles?.includes(role)))
        .map(({ actions, types, namePatterns: [pattern] }) => ({
          action: [...actions],
          subject: [...types],
          conditions: { name: { $regex: `^(?:${pattern})$` } },
        }));
      abilities.set(user, createMongoAbility(rules));
    }
    return engine(
      ({ user, action, resource }) => ({
        ability: abilities.get(user) as MongoAbility,
        action,
        resource: caslSubject(resource.type, { name: resource.name }),
      }),
      ({ ability, action, resource }) => ability.can(action, resource),
    );
  },
};

const CASBIN_MODEL = `
[request_definition]
r = sub, type, obj, act
[policy_definition]
p = sub, type, obj, act
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.type == p.type && r.act == p.act && g(r.sub, p.sub) && regexMatch(r.obj, p.obj)
`;

/** node-casbin, synchronous, one line for each type and action of a permission. */
const casbin: EngineFactory = {
  name: 'casbin',
  upTo: 1_000,
  async make({ permissions, users }) {
    const enforcer = await newEnforcer(newModelFromString(CASBIN_MODEL));
    await enforcer.addPolicies(
      permissions.flatMap(({ types, actions, policy, namePatterns: [pattern] }) =>
        types.flatMap((type) =>
          actions.map((action) => [policy.roles[0], type, `^(?:${pattern})$`, action]),
        ),
      ),
    );
    await enforcer.addGroupingPolicies(
      users.flatMap(({ username, roles }) => [...new Set(roles)].map((role) => [username, role])),
    );
    return engine(
      (request) => request,
      ({ user, action, resource }) =>
        enforcer.enforceSync(user.username, resource.type, resource.name, action),
    );
  },
};

/**
 * Cedar, its policies parsed beforehand; it has `like` in place of regular expressions. Who
 * somebody is can be said in two ways.
 *
 * - As parents of the principal, and `principal in Role::"…"` in the head of a policy: the cheapest
 *   form, since Cedar sorts out a policy by its head before it looks at its conditions.
 * - As an attribute, which is how a token says it, and `principal.roles.contains("…")` among the
 *   conditions.
 */
// The optimiser of Node.js 20 ends the process when it takes back what it inlined of WebAssembly,
// which two engines in it make it do.
setFlagsFromString('--no-turbo-inline-js-wasm-calls');

const cedarParents: EngineFactory = cedar('roles as parents', {
  principal: (roles) => ({ attrs: {}, parents: roles.map((id) => ({ type: 'Role', id })) }),
  head: (role) => `principal in Role::"${role}"`,
  condition: () => [],
});

const cedarAttributes: EngineFactory = cedar('roles as attributes', {
  principal: (roles) => ({ attrs: { roles: [...roles] }, parents: [] }),
  head: () => 'principal',
  condition: (role) => [`principal.roles.contains("${role}")`],
});

interface CedarRoles {
  principal(roles: readonly string[]): Pick<EntityJson, 'attrs' | 'parents'>;
  head(role: string): string;
  condition(role: string): readonly string[];
}

function cedar(way: string, roles: CedarRoles): EngineFactory {
  return {
    name: `@cedar-policy/cedar-wasm, ${way}`,
    upTo: 1_000,
    make({ permissions }) {
      const id = `${way}, ${permissions.length}`;
      const answer = preparsePolicySet(id, {
        staticPolicies: permissions.map((permission) => cedarPolicy(permission, roles)).join('\n'),
      });
      if (answer.type !== 'success') throw new Error(JSON.stringify(answer.errors));
      return engine(
        ({ user, action, resource }) => {
          const principal = { type: 'User', id: user.username };
          const target = { type: 'Resource', id: resource.name };
          return {
            principal,
            action: { type: 'Action', id: action },
            resource: target,
            context: {},
            preparsedPolicySetId: id,
            entities: [
              { uid: principal, ...roles.principal(user.roles ?? []) },
              { uid: target, attrs: { name: resource.name, type: resource.type }, parents: [] },
            ],
          };
        },
        (call) => {
          const answer = statefulIsAuthorized(call);
          if (answer.type !== 'success') throw new Error(JSON.stringify(answer.errors));
          return answer.response.decision === 'allow';
        },
      );
    },
  };
}

function cedarPolicy(
  { types, actions, policy, globs }: GeneratedPermission,
  { head, condition }: CedarRoles,
): string {
  const anyOf = (tests: readonly string[]): string => `(${tests.join(' || ')})`;
  const role = policy.roles[0] as string;
  const conditions = [
    ...condition(role),
    anyOf(types.map((type) => `resource.type == "${type}"`)),
    anyOf(globs.map((glob) => `resource.name like "${glob}"`)),
  ];
  const asked = actions.map((action) => `Action::"${action}"`).join(', ');
  return `permit (${head(role)}, action in [${asked}], resource) when { ${conditions.join(' && ')} };`;
}

/** In the order of the report. The floor comes first: everything is given in multiples of it. */
export const ENGINES: readonly EngineFactory[] = [
  floor,
  boundSubject,
  boundHandle,
  plainSubject,
  loop,
  casl,
  cedarParents,
  cedarAttributes,
  casbin,
];

function engine<Prepared>(
  prepare: (request: GeneratedRequest) => Prepared,
  decide: (prepared: Prepared) => boolean,
): Engine {
  return { prepare, decide: decide as (prepared: unknown) => boolean };
}

function withoutGlobs(
  permissions: readonly GeneratedPermission[],
): Omit<GeneratedPermission, 'globs'>[] {
  return permissions.map(({ globs: _, ...permission }) => permission);
}
