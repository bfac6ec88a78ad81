import fc from 'fast-check';
import * as z from 'zod';
import { type Authorizer, createAuthorizer, type SnapshotOptions } from '../../src/engine/index.js';
import {
  defineVocabulary,
  feastVocabulary,
  type PolicyData,
  type PolicyKind,
  type Vocabulary,
} from '../../src/model/index.js';
import {
  type ReferencePermission,
  type ReferencePolicy,
  type ReferenceResource,
  type ReferenceStore,
  type ReferenceSubject,
  type ReferenceVocabulary,
  UNSUPPORTED_PATTERN,
} from './reference-evaluator.js';

/** A question about a store. */
export interface ArbitraryQuestion {
  readonly subject: ReferenceSubject | null;
  readonly actions: readonly string[];
  readonly resource: ReferenceResource;
}

interface Language {
  readonly reference: ReferenceVocabulary;
  readonly vocabulary: Vocabulary;
}

const FEAST: Language = {
  reference: {
    actions: { DESCRIBE: {}, UPDATE: {}, READ_ONLINE: {} },
    types: { FeatureView: {}, BatchFeatureView: { subtypeOf: 'FeatureView' }, Entity: {} },
  },
  vocabulary: feastVocabulary,
};

const FILES = {
  actions: { ADMIN: { implies: ['WRITE'] }, WRITE: { implies: ['READ'] }, READ: {} },
  types: {
    Node: {},
    File: { subtypeOf: 'Node' },
    Image: { subtypeOf: 'File' },
    Socket: { subtypeOf: 'Node' },
  },
} as const;

const OWN: Language = {
  reference: FILES,
  vocabulary: defineVocabulary({ name: 'files', ...FILES }),
};

/** The kind of policy of its own that stores use: a predicate. */
const oneUser: PolicyKind<PolicyData & { readonly username: string }> = {
  type: 'OneUser',
  schema: z.strictObject({ type: z.literal('OneUser'), username: z.string() }),
  compile: ({ username }) => ({
    kind: 'predicate',
    grants: (subject) => subject?.username === username,
  }),
  explain: ({ username }) => `being ${username}`,
};

// Few words, so that what is drawn for the one often meets what is drawn for the other. Some are
// members of every object.
const word = fc.constantFrom('a', 'b', 'c', '', '__proto__', 'constructor');
const words = fc.uniqueArray(word, { maxLength: 3 });
const pair = fc.tuple(
  fc.constantFrom('team', 'pii', '__proto__', 'constructor'),
  fc.constantFrom('x', 'y'),
);
const tags = fc
  .array(pair, { maxLength: 3 })
  .map((pairs): Readonly<Record<string, string>> => Object.fromEntries(pairs));
const project = fc.constantFrom('p', 'q', 'constructor');
const name = fc.constantFrom(
  'a',
  'b',
  'ab',
  'ba',
  'a_1',
  'secret_a',
  'constructor',
  '__proto__',
  '',
);
const pattern = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom(
      'a',
      'a.*',
      '.*b',
      '.*e.*',
      'a|b',
      '.*',
      '(?!secret_).*',
      '[ab]_\\d',
      'constructor',
    ),
  },
  { weight: 1, arbitrary: fc.constant(UNSUPPORTED_PATTERN) },
);

const policy: fc.Arbitrary<ReferencePolicy> = fc.oneof(
  words.map((roles) => ({ type: 'RoleBasedPolicy' as const, roles })),
  words.map((groups) => ({ type: 'GroupBasedPolicy' as const, groups })),
  words.map((namespaces) => ({ type: 'NamespaceBasedPolicy' as const, namespaces })),
  fc.tuple(words, words).map(([groups, namespaces]) => ({
    type: 'CombinedGroupNamespacePolicy' as const,
    groups,
    namespaces,
  })),
  fc.constant({ type: 'AllowAll' as const }),
  word.map((username) => ({ type: 'OneUser' as const, username })),
);

const subject: fc.Arbitrary<ReferenceSubject | null> = fc.option(
  fc.record(
    { username: word, roles: fc.array(word, { maxLength: 3 }), groups: words, namespaces: words },
    { requiredKeys: ['username'] },
  ),
  { freq: 8 },
);

function permissionOf(
  { reference }: Language,
  isProject: boolean,
): fc.Arbitrary<ReferencePermission> {
  return fc
    .record({
      name: word.map((text) => `permission ${text}`),
      project: isProject ? fc.option(project, { nil: undefined }) : fc.constant(undefined),
      types: fc.uniqueArray(fc.constantFrom(...Object.keys(reference.types)), { maxLength: 2 }),
      namePatterns: fc.array(pattern, { maxLength: 2 }),
      requiredTags: fc.oneof(fc.constant({}), tags),
      actions: fc.uniqueArray(fc.constantFrom(...Object.keys(reference.actions)), { minLength: 1 }),
      policy,
    })
    .map(withoutUndefined);
}

function resourceOf({ reference }: Language, isProject: boolean): fc.Arbitrary<ReferenceResource> {
  return fc
    .record({
      type: fc.constantFrom(...Object.keys(reference.types)),
      name,
      tags: fc.option(tags, { nil: undefined }),
      project: isProject ? fc.option(project, { nil: undefined }) : fc.constant(undefined),
    })
    .map(withoutUndefined);
}

function storeOf(language: Language, isProject: boolean): fc.Arbitrary<ReferenceStore> {
  return fc
    .record({
      permissions: fc.array(permissionOf(language, isProject), { maxLength: 5 }),
      resources: fc.array(resourceOf(language, isProject), { maxLength: 4 }),
      projects: isProject ? fc.uniqueArray(project) : fc.constant([]),
      defaultProject: isProject ? fc.option(project, { nil: undefined }) : fc.constant(undefined),
      strategy: fc.constantFrom('affirmative', 'consensus', 'unanimous'),
      unsecured: fc.constantFrom('deny', 'allow'),
      whenNoPermissions: fc.constantFrom('allow-named', 'deny'),
      auth: fc.oneof(
        { weight: 19, arbitrary: fc.constant('oidc') },
        { weight: 1, arbitrary: fc.constant('no_auth') },
      ),
    })
    .map((drawn) => {
      const store = withoutUndefined({
        ...drawn,
        vocabulary: language.reference,
      }) as ReferenceStore;
      return { ...store, resources: registrable(store) };
    });
}

/**
 * Resources that can be registered together: each once, and none without a project where one must
 * be named.
 */
export function registrable({
  resources,
  permissions,
  projects,
  defaultProject,
}: ReferenceStore): ReferenceResource[] {
  const isNamed =
    [...permissions, ...resources].some((one) => one.project !== undefined) || projects.length > 0;
  const byKey = new Map<string, ReferenceResource>();
  for (const resource of resources) {
    const home = resource.project ?? defaultProject;
    if (home === undefined && isNamed) continue;
    byKey.set(JSON.stringify([home, resource.type, resource.name]), resource);
  }
  return [...byKey.values()];
}

const language = fc.constantFrom(FEAST, OWN);

/** A store, and questions about it, half of them about what is registered. */
export const storeWithQuestions: fc.Arbitrary<{
  readonly store: ReferenceStore;
  readonly questions: readonly ArbitraryQuestion[];
}> = storesWithQuestions(1).map(({ stores, questions }) => ({
  store: stores[0] as ReferenceStore,
  questions,
}));

/** Several stores of one vocabulary. */
export function arbitraryStores(count: number): fc.Arbitrary<readonly ReferenceStore[]> {
  return fc
    .tuple(language, fc.boolean())
    .chain(([spoken, isProject]) =>
      fc.array(storeOf(spoken, isProject), { minLength: count, maxLength: count }),
    );
}

/** Several stores of one vocabulary, and questions about any of them. */
export function storesWithQuestions(count: number): fc.Arbitrary<{
  readonly stores: readonly ReferenceStore[];
  readonly questions: readonly ArbitraryQuestion[];
}> {
  return fc.tuple(language, fc.boolean()).chain(([spoken, isProject]) =>
    fc.array(storeOf(spoken, isProject), { minLength: count, maxLength: count }).chain((stores) => {
      const registered = stores.flatMap((store) => store.resources);
      const described = fc.oneof(resourceOf(spoken, isProject), resourceOf(spoken, true));
      const resource =
        registered.length === 0
          ? described
          : fc.oneof(
              described,
              fc
                .tuple(fc.constantFrom(...registered), tags)
                .map(([one, other]) => ({ ...one, tags: other })),
              fc.constantFrom(...registered),
            );
      const actions = fc.uniqueArray(fc.constantFrom(...Object.keys(spoken.reference.actions)), {
        minLength: 1,
        maxLength: 3,
      });
      const question = fc.record({ subject, actions, resource });
      return fc.record({
        stores: fc.constant(stores),
        questions: fc.array(question, { minLength: 6, maxLength: 6 }),
      });
    }),
  );
}

/** A store as the engine takes it. */
function optionsOf(store: ReferenceStore): SnapshotOptions<Vocabulary> {
  const { auth, vocabulary, ...rest } = store;
  return {
    ...rest,
    auth: { type: auth },
    vocabulary: vocabulary === FILES ? OWN.vocabulary : FEAST.vocabulary,
    policyKinds: [oneUser],
    onUnsupportedPattern: 'exclude',
  };
}

/** An authorizer over a store. */
export function authorizerOf(
  store: ReferenceStore,
  more: Partial<SnapshotOptions<Vocabulary>> = {},
): Authorizer<Vocabulary> {
  return createAuthorizer<Vocabulary>({ ...optionsOf(store), ...more });
}

function withoutUndefined<T extends object>(
  value: T,
): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
