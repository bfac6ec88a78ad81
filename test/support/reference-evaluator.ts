/**
 * The rules of the permission model, written down as plainly as they can be said: no index, no
 * compiling, no code of the package. The engine has to give the same answers.
 */

export interface ReferencePermission {
  readonly name: string;
  readonly project?: string;
  readonly types: readonly string[];
  /** Regular expressions that mean the same in Python and in JavaScript, over ASCII names. */
  readonly namePatterns: readonly string[];
  readonly requiredTags: Readonly<Record<string, string>>;
  readonly actions: readonly string[];
  readonly policy: ReferencePolicy;
}

export type ReferencePolicy =
  | { readonly type: 'RoleBasedPolicy'; readonly roles: readonly string[] }
  | { readonly type: 'GroupBasedPolicy'; readonly groups: readonly string[] }
  | { readonly type: 'NamespaceBasedPolicy'; readonly namespaces: readonly string[] }
  | {
      readonly type: 'CombinedGroupNamespacePolicy';
      readonly groups: readonly string[];
      readonly namespaces: readonly string[];
    }
  | { readonly type: 'AllowAll' }
  /** A kind that is not Feast's: one user by name. */
  | { readonly type: 'OneUser'; readonly username: string };

export interface ReferenceSubject {
  readonly username: string;
  readonly roles?: readonly string[];
  readonly groups?: readonly string[];
  readonly namespaces?: readonly string[];
}

export interface ReferenceResource {
  readonly type: string;
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly project?: string;
}

export interface ReferenceStore {
  readonly permissions: readonly ReferencePermission[];
  readonly resources: readonly ReferenceResource[];
  readonly projects: readonly string[];
  readonly defaultProject?: string;
  readonly strategy: 'affirmative' | 'consensus' | 'unanimous';
  readonly unsecured: 'deny' | 'allow';
  readonly whenNoPermissions: 'allow-named' | 'deny';
  readonly auth: 'no_auth' | 'oidc';
  readonly vocabulary: ReferenceVocabulary;
}

export interface ReferenceVocabulary {
  readonly actions: Readonly<Record<string, { readonly implies?: readonly string[] }>>;
  readonly types: Readonly<Record<string, { readonly subtypeOf?: string }>>;
}

/** `TypeError`: the question cannot be asked. */
export type ReferenceAnswer = { readonly allowed: boolean; readonly reason: string } | 'TypeError';

/** A pattern that needs back-references. The store leaves out every permission that has it. */
export const UNSUPPORTED_PATTERN = '(a)\\1';

/** Whether `subject` may do all of `actions` to `resource`, and which rule says so. */
export function evaluate(
  store: ReferenceStore,
  subject: ReferenceSubject | null,
  actions: readonly string[],
  resource: ReferenceResource,
): ReferenceAnswer {
  const project = resource.project ?? store.defaultProject;
  const known = knownProjects(store);
  if (project === undefined && known.length > 0) return 'TypeError';
  if (store.auth === 'no_auth') return { allowed: true, reason: 'no-auth' };
  if (project !== undefined && !known.includes(project)) {
    return { allowed: false, reason: 'unknown-project' };
  }
  const present = store.permissions.filter((permission) =>
    permission.project === undefined ? true : permission.project === project,
  );
  if (present.length === 0) {
    const isNamed = subject !== null && subject.username !== '';
    return {
      allowed: store.whenNoPermissions === 'allow-named' && isNamed,
      reason: 'no-permissions',
    };
  }
  const tags = knownTags(store, resource, project);
  const covering = present.filter(
    (permission) => covers(store, permission, resource, tags) !== 'no',
  );
  if (covering.length === 0) return { allowed: store.unsecured === 'allow', reason: 'unsecured' };
  let grants = 0;
  let denials = 0;
  for (const permission of covering) {
    if (isLeftOut(permission)) denials++;
    else if (!actions.every((action) => holds(store.vocabulary, permission, action))) continue;
    else if (covers(store, permission, resource, tags) === 'maybe') denials++;
    else if (satisfies(subject, permission.policy)) grants++;
    else denials++;
  }
  const allowed = combine(store.strategy, grants, denials);
  return { allowed, reason: allowed ? 'granted' : 'denied' };
}

function combine(strategy: ReferenceStore['strategy'], grants: number, denials: number): boolean {
  if (strategy === 'affirmative') return grants >= 1;
  if (strategy === 'consensus') return grants > denials;
  return grants >= 1 && denials === 0;
}

function knownProjects(store: ReferenceStore): string[] {
  const named = [...store.permissions, ...store.resources].flatMap(({ project }) => project ?? []);
  return [
    ...store.projects,
    ...named,
    ...(store.defaultProject === undefined ? [] : [store.defaultProject]),
  ];
}

/** Undefined: nobody knows. */
function knownTags(
  store: ReferenceStore,
  { type, name, tags }: ReferenceResource,
  project: string | undefined,
): Readonly<Record<string, string>> | undefined {
  const registered = store.resources.find(
    (other) =>
      other.type === type &&
      other.name === name &&
      (other.project ?? store.defaultProject) === project,
  );
  return registered === undefined ? tags : (registered.tags ?? {});
}

function covers(
  { vocabulary }: ReferenceStore,
  permission: ReferencePermission,
  resource: ReferenceResource,
  tags: Readonly<Record<string, string>> | undefined,
): 'yes' | 'maybe' | 'no' {
  const { types, namePatterns, requiredTags } = permission;
  if (types.length > 0 && !types.some((type) => isOfType(vocabulary, resource.type, type)))
    return 'no';
  // A pattern that is not understood could match any name.
  const isNamed =
    namePatterns.length === 0 ||
    isLeftOut(permission) ||
    namePatterns.some((pattern) => matches(pattern, resource.name));
  if (!isNamed) return 'no';
  const pairs = Object.entries(requiredTags);
  if (pairs.length === 0) return 'yes';
  if (tags === undefined) return 'maybe';
  return pairs.every(([key, value]) => Object.hasOwn(tags, key) && tags[key] === value)
    ? 'yes'
    : 'no';
}

function isLeftOut({ namePatterns }: ReferencePermission): boolean {
  return namePatterns.includes(UNSUPPORTED_PATTERN);
}

/** Stores use the same few patterns: compiling them each time was most of the time of a run. */
const expressions = new Map<string, RegExp>();

function matches(pattern: string, name: string): boolean {
  let expression = expressions.get(pattern);
  if (expression === undefined) {
    expression = new RegExp(`^(?:${pattern})$`, 'u');
    expressions.set(pattern, expression);
  }
  return expression.test(name);
}

function isOfType({ types }: ReferenceVocabulary, type: string, wanted: string): boolean {
  if (type === wanted) return true;
  const above = types[type]?.subtypeOf;
  return above !== undefined && isOfType({ actions: {}, types }, above, wanted);
}

function holds(
  vocabulary: ReferenceVocabulary,
  { actions }: ReferencePermission,
  wanted: string,
): boolean {
  const includes = (action: string): boolean =>
    action === wanted || (vocabulary.actions[action]?.implies ?? []).some(includes);
  return actions.some(includes);
}

function satisfies(subject: ReferenceSubject | null, policy: ReferencePolicy): boolean {
  const hasOneOf = (wanted: readonly string[], held: readonly string[] = []): boolean =>
    held.some((one) => wanted.includes(one));
  switch (policy.type) {
    case 'AllowAll':
      return true;
    case 'RoleBasedPolicy':
      return hasOneOf(policy.roles, subject?.roles);
    case 'GroupBasedPolicy':
      return hasOneOf(policy.groups, subject?.groups);
    case 'NamespaceBasedPolicy':
      return hasOneOf(policy.namespaces, subject?.namespaces);
    case 'CombinedGroupNamespacePolicy':
      return (
        hasOneOf(policy.groups, subject?.groups) || hasOneOf(policy.namespaces, subject?.namespaces)
      );
    case 'OneUser':
      return subject?.username === policy.username;
  }
}
