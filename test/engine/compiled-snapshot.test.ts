import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  type CompileProgress,
  compiledOf,
  createAuthorizer,
  type DecisionStrategy,
  prepareSnapshot,
  type SnapshotOptions,
} from '../../src/engine/index.js';
import {
  type Decision,
  defineVocabulary,
  type FeastVocabulary,
  PermissionInvalidError,
  parseForeignPermission,
  type ResourceOf,
  type Subject,
} from '../../src/model/index.js';
import { permissionContext, roles } from '../../src/policy/index.js';

const ALICE: Subject = { username: 'alice', roles: ['reader'] };
const view = (name: string, more: object = {}): ResourceOf<FeastVocabulary> => ({
  type: 'FeatureView',
  name,
  ...more,
});
const reader = { name: 'readers', policy: roles('reader') };

const reasonFor = (
  options: SnapshotOptions,
  resource: ResourceOf<FeastVocabulary>,
): Decision['reason'] => createAuthorizer(options).decide(ALICE, 'DESCRIBE', resource).reason;

describe('projects', () => {
  it('there is one without a name where nothing names any', () => {
    const options = { permissions: [reader], resources: [view('a')] };
    expect(reasonFor(options, view('a'))).toBe('granted');
    expect(reasonFor(options, view('b'))).toBe('granted');
    expect(reasonFor(options, view('a', { project: 'p' }))).toBe('unknown-project');
  });

  it('a resource without a project takes the default', () => {
    const options = {
      permissions: [{ ...reader, project: 'p' }],
      projects: ['q'],
      defaultProject: 'p',
    };
    expect(reasonFor(options, view('a'))).toBe('granted');
    expect(reasonFor(options, view('a', { project: 'p' }))).toBe('granted');
    expect(reasonFor(options, view('a', { project: 'q' }))).toBe('no-permissions');
    expect(reasonFor(options, view('a', { project: 'r' }))).toBe('unknown-project');
    expect(reasonFor(options, view('a', { project: '__proto__' }))).toBe('unknown-project');
  });

  it.each<[string, SnapshotOptions]>([
    ['a permission names one', { permissions: [{ ...reader, project: 'p' }] }],
    ['a resource names one', { permissions: [reader], resources: [view('x', { project: 'p' })] }],
    ['the options name one', { permissions: [reader], projects: ['p'] }],
  ])('refuses a resource without a project where %s', (_, options) => {
    for (const auth of ['oidc', 'no_auth'] as const) {
      const authorizer = createAuthorizer({ ...options, auth: { type: auth } });
      const message = 'FeatureView:a names no project, and the snapshot has no default project';
      expect(() => authorizer.can(ALICE, 'DESCRIBE', view('a'))).toThrow(new TypeError(message));
      expect(authorizer.can(ALICE, 'DESCRIBE', view('a', { project: 'p' }))).toBe(true);
    }
  });

  it('a permission without a project is for all of them', () => {
    const options = {
      permissions: [reader, { name: 'q', project: 'q', types: 'Entity' as const }],
      projects: ['p'],
    };
    expect(reasonFor(options, view('a', { project: 'p' }))).toBe('granted');
    expect(reasonFor(options, view('a', { project: 'q' }))).toBe('granted');
  });

  it('registers a resource in its own project, or in the default one', () => {
    const permissions = [{ ...reader, requiredTags: { team: 'risk' } }];
    const resources = [view('a', { tags: { team: 'risk' } }), view('a', { project: 'q' })];
    const options = { permissions, resources, defaultProject: 'p' };
    expect(reasonFor(options, view('a', { project: 'p', tags: {} }))).toBe('granted');
    expect(reasonFor(options, view('a', { project: 'q', tags: { team: 'risk' } }))).toBe(
      'unsecured',
    );
    const { snapshot } = createAuthorizer(options);
    expect([...snapshot.resources()].map(({ project }) => project)).toEqual(['p', 'q']);
  });
});

describe('tags', () => {
  const permissions = [{ ...reader, requiredTags: { team: 'risk' } }];

  it('that are registered win, and a registered resource without tags has none', () => {
    const resources = [view('a', { tags: { team: 'risk' } }), view('b')];
    const options: SnapshotOptions = { permissions, resources, unsecured: 'allow' };
    expect(reasonFor(options, view('a', { tags: { team: 'x' } }))).toBe('granted');
    expect(reasonFor(options, view('a'))).toBe('granted');
    expect(reasonFor(options, view('b', { tags: { team: 'risk' } }))).toBe('unsecured');
  });

  it('that are unknown secure, and never grant', () => {
    const options: SnapshotOptions = { permissions, unsecured: 'allow' };
    expect(reasonFor(options, view('a'))).toBe('denied');
    expect(reasonFor(options, view('a', { tags: {} }))).toBe('unsecured');
  });

  it.each(['__proto__', 'constructor', 'toString'])(
    'of the name %s are tags like any other',
    (key) => {
      const required = [{ ...reader, requiredTags: Object.fromEntries([[key, 'x']]) }];
      const authorizer = createAuthorizer({ permissions: required });
      expect(
        authorizer.can(ALICE, 'DESCRIBE', view('a', { tags: Object.fromEntries([[key, 'x']]) })),
      ).toBe(true);
      expect(authorizer.can(ALICE, 'DESCRIBE', view('a', { tags: { other: 'x' } }))).toBe(false);
      const nested = JSON.parse('{"__proto__":{"constructor":"x"}}') as never;
      expect(() => authorizer.can(ALICE, 'DESCRIBE', view('a', { tags: nested }))).toThrow(
        TypeError,
      );
      expect(({} as Record<string, unknown>)['x']).toBeUndefined();
    },
  );

  it('count where the resource itself has them, and not where all objects were given them', () => {
    const named = [{ ...reader, namePatterns: 'a.*', requiredTags: { team: 'risk' } }];
    Object.defineProperty(Object.prototype, 'team', { value: 'risk', configurable: true });
    try {
      for (const matching of ['index', 'scan'] as const) {
        const authorizer = createAuthorizer({ permissions: [...permissions, ...named], matching });
        expect(authorizer.can(ALICE, 'DESCRIBE', view('a', { tags: {} }))).toBe(false);
      }
    } finally {
      Reflect.deleteProperty(Object.prototype, 'team');
    }
  });

  it('are asked for by the pair that fewest require, and all of them have to be there', () => {
    const tagged = (name: string, requiredTags: Record<string, string>): object => ({
      ...reader,
      name,
      requiredTags,
    });
    const authorizer = createAuthorizer({
      permissions: [
        tagged('a', { env: 'prod', team: 'risk' }),
        tagged('b', { env: 'prod', team: 'fleet' }),
        tagged('c', { env: 'prod' }),
      ] as SnapshotOptions['permissions'],
    });
    const granting = (tags: Record<string, string>): string[] =>
      authorizer.decide(ALICE, 'DESCRIBE', view('x', { tags })).permissions.map(({ name }) => name);
    expect(granting({ env: 'prod', team: 'risk' })).toEqual(['a', 'c']);
    expect(granting({ team: 'fleet', env: 'prod' })).toEqual(['b', 'c']);
    expect(granting({ team: 'risk' })).toEqual([]);
    expect(granting({ env: 'prod' })).toEqual(['c']);
  });
});

describe('a permission that is excluded', () => {
  const odd = {
    name: 'odd',
    namePatterns: ['(a)\\1', 'b'],
    types: 'Entity',
    requiredTags: { t: 'x' },
  } as const;
  const foreign = (fields: object): never =>
    parseForeignPermission(
      { name: 'odd', actions: ['FLY'], ...fields },
      permissionContext(),
    ) as never;

  const left = (permission: unknown): SnapshotOptions => ({
    permissions: [permission as never],
    onUnsupportedPattern: 'exclude',
    unsecured: 'allow',
  });
  const entity = (tags?: Readonly<Record<string, string>>): ResourceOf<FeastVocabulary> => ({
    type: 'Entity',
    name: 'anything',
    ...(tags === undefined ? {} : { tags }),
  });

  it('counts as present, and secures all names where a pattern is not understood', () => {
    expect(reasonFor(left(foreign({})), view('anything', { tags: {} }))).toBe('denied');
    expect(reasonFor(left(foreign({ namePatterns: [1] })), view('anything'))).toBe('denied');
    expect(reasonFor(left(foreign({ namePatterns: ['(a)\\1'] })), view('anything'))).toBe('denied');
    const elsewhere: SnapshotOptions = { ...left(foreign({ project: 'p' })), projects: ['q'] };
    expect(reasonFor(elsewhere, view('a', { project: 'p' }))).toBe('denied');
    expect(reasonFor(elsewhere, view('a', { project: 'q' }))).toBe('no-permissions');
  });

  it('reaches no further than its types, names and tags that are understood', () => {
    expect(reasonFor(left(foreign({ namePatterns: 'b.*' })), view('b1'))).toBe('denied');
    expect(reasonFor(left(foreign({ namePatterns: 'b.*' })), view('a'))).toBe('unsecured');
    expect(reasonFor(left(odd), view('anything', { tags: { t: 'x' } }))).toBe('unsecured');
    expect(reasonFor(left(odd), entity({ t: 'y' }))).toBe('unsecured');
    expect(reasonFor(left(odd), entity({ t: 'x' }))).toBe('denied');
    // Tags that are not known may be the ones.
    expect(reasonFor(left(odd), entity())).toBe('denied');
    const views = foreign({ types: 'FeatureView' });
    expect(reasonFor(left(views), entity())).toBe('unsecured');
    expect(reasonFor(left(views), { type: 'StreamFeatureView', name: 'a' })).toBe('denied');
    const tagged = foreign({ requiredTags: { ' t ': 'x' } });
    expect(reasonFor(left(tagged), view('a', { tags: {} }))).toBe('unsecured');
    expect(reasonFor(left(tagged), view('a', { tags: { t: 'x' } }))).toBe('denied');
  });

  it.each<[string, object]>([
    ['types', { types: ['Entity', 'Spaceship'], requiredTags: {} }],
    ['tags', { requiredTags: { t: 1 } }],
    ['tags that contradict each other', { requiredTags: { t: 'x', ' t': 'y' } }],
    ['a field', { except: ['a'], types: 'Entity', namePatterns: 'b', requiredTags: { t: 'x' } }],
    ['both spellings of a field', { name_patterns: 'b', namePatterns: 'b', types: 'Entity' }],
  ])('reaches all that %s could mean where it is not understood', (_, fields) => {
    const options = left(foreign(fields));
    expect(reasonFor(options, view('a', { tags: {} }))).toBe('denied');
    expect(createAuthorizer(options).can(ALICE, 'DELETE', view('a', { tags: {} }))).toBe(false);
  });

  it('reaches everything when nothing but its name is given', () => {
    const error = new PermissionInvalidError('no', { field: '', permission: 'p' });
    const bare = { name: 'p', project: undefined, namePatterns: undefined, excluded: [error] };
    expect(reasonFor(left(bare), entity({}))).toBe('denied');
    const otherWords = { ...bare, types: ['Car'], requiredTags: {} };
    expect(reasonFor(left(otherWords), entity({}))).toBe('denied');
  });

  it.each<[DecisionStrategy, number, boolean]>([
    ['affirmative', 1, true],
    ['consensus', 1, false],
    ['consensus', 2, true],
    ['unanimous', 5, false],
  ])('is a denial: %s with %i grants', (strategy, grants, allowed) => {
    const left = { ...odd, types: 'FeatureView', requiredTags: {} } as const;
    const permissions = [...Array.from({ length: grants }, () => reader), left];
    const authorizer = createAuthorizer({ permissions, strategy, onUnsupportedPattern: 'exclude' });
    expect(authorizer.can(ALICE, 'DESCRIBE', view('a'))).toBe(allowed);
    expect(authorizer.for(ALICE).can(['DESCRIBE', 'UPDATE'], view('a'))).toBe(allowed);
  });

  it('is a denial whatever its actions are', () => {
    const canUpdate = (permission: unknown): boolean =>
      createAuthorizer({
        permissions: [reader, permission as never],
        strategy: 'unanimous',
        onUnsupportedPattern: 'exclude',
      }).can(ALICE, 'UPDATE', view('a'));
    expect(canUpdate({ ...odd, types: [], requiredTags: {}, actions: 'DESCRIBE' })).toBe(false);
    expect(canUpdate(foreign({ policy: { type: 'X' }, actions: ['READ'] }))).toBe(false);
    expect(canUpdate(foreign({ actions: [] }))).toBe(false);
  });

  it('is warned of, as is an open door', () => {
    const warnings = (options: SnapshotOptions): readonly string[] =>
      createAuthorizer(options).snapshot.warnings;
    expect(warnings({ permissions: [odd, reader], onUnsupportedPattern: 'exclude' })).toEqual([
      'permission `odd` is excluded: permission `odd`: name pattern `(a)\\1` is unsupported: back-reference at position 3',
    ]);
    expect(warnings({ permissions: [] })).toEqual([
      'the registry has no permissions: every named user may do everything',
    ]);
    expect(warnings({ permissions: [{ ...reader, project: 'p' }], projects: ['q'] })).toEqual([
      'project `q` has no permissions: every named user may do everything',
    ]);
    expect(warnings({ permissions: [], whenNoPermissions: 'deny' })).toEqual([]);
    expect(warnings({ permissions: [], auth: { type: 'no_auth' } })).toEqual([
      'auth is no_auth: nothing is enforced',
    ]);
  });

  it('never has its pattern taken for a glob, whatever is asked with it', () => {
    // As a regular expression it needs the word; as a glob it would match everything.
    const permission = parseForeignPermission(
      { name: 'p', namePatterns: ['glob:*'] },
      permissionContext(),
    );
    const kind = {
      type: 'Mine',
      schema: z.unknown() as never,
      compile: () => ({ kind: 'always' }) as const,
      explain: () => '',
    };
    const authorizer = createAuthorizer({
      permissions: [permission as never],
      policyKinds: [kind],
    });
    expect(authorizer.can(ALICE, 'DESCRIBE', view('anything'))).toBe(false);
    expect(authorizer.can(ALICE, 'DESCRIBE', view('glob:'))).toBe(true);
  });
});

describe('unregistered resources', () => {
  const permissions = Array.from({ length: 40 }, (_, index) => ({
    ...reader,
    name: `p${index}`,
    namePatterns: `.*${String.fromCharCode(97 + (index % 26))}${index % 10}.*`,
  }));

  it('is remembered within bounds, however many names they make up', { timeout: 120_000 }, () => {
    const authorizer = createAuthorizer({
      permissions: [{ ...reader, name: 'all' }, ...permissions],
    });
    const bound = authorizer.for(ALICE);
    for (let index = 0; index < 40_000; index++) {
      const name = `${index.toString(36)}_${(index * 7919).toString(36)}`;
      expect(bound.can('DESCRIBE', view(name))).toBe(true);
    }
    expect(compiledOf(authorizer.snapshot).rememberedUnregistered).toBeGreaterThan(1000);
    expect(compiledOf(authorizer.snapshot).rememberedUnregistered).toBeLessThanOrEqual(16_384);
  });

  it('is not remembered where names are long, or tags are told', () => {
    const authorizer = createAuthorizer({ permissions });
    authorizer.can(ALICE, 'DESCRIBE', view('x'.repeat(1025)));
    authorizer.can(ALICE, 'DESCRIBE', view('x', { tags: {} }));
    expect(compiledOf(authorizer.snapshot).rememberedUnregistered).toBe(0);
    authorizer.can(ALICE, 'DESCRIBE', view('x'.repeat(1024)));
    expect(compiledOf(authorizer.snapshot).rememberedUnregistered).toBe(1);
  });

  it('is kept apart by type, project and name', () => {
    const authorizer = createAuthorizer({
      permissions: [{ ...reader, types: 'Entity', project: 'p', namePatterns: ['a', 'q"\na'] }],
      projects: ['q', 'p\n"x'],
      whenNoPermissions: 'deny',
    });
    const ask = (type: 'Entity' | 'FeatureView', project: string, name: string): boolean =>
      authorizer.can(ALICE, 'DESCRIBE', { type, project, name });
    for (const _ of ['asked', 'asked again']) {
      expect(ask('Entity', 'p', 'a')).toBe(true);
      expect(ask('FeatureView', 'p', 'a')).toBe(false);
      expect(ask('Entity', 'p\n"x', 'a')).toBe(false);
      expect(ask('Entity', 'p', 'x')).toBe(false);
    }
    expect(compiledOf(authorizer.snapshot).rememberedUnregistered).toBe(4);
  });

  it.each(['__proto__', 'constructor', '', '\u0000', '\ud800', 'a\nb', 'x'.repeat(1_000_000)])(
    'may have any name',
    { timeout: 20_000 },
    (name) => {
      const resources = [view(name)];
      const options = { permissions: [{ ...reader, namePatterns: '(?s).*' }, ...permissions] };
      expect(createAuthorizer(options).can(ALICE, 'DESCRIBE', view(name))).toBe(true);
      expect(createAuthorizer({ ...options, resources }).can(ALICE, 'DESCRIBE', view(name))).toBe(
        true,
      );
      expect(
        createAuthorizer({ permissions: [{ ...reader, namePatterns: 'y' }], resources }).can(
          ALICE,
          'DESCRIBE',
          view(name),
        ),
      ).toBe(false);
    },
  );
});

describe('prepareSnapshot', () => {
  const options: SnapshotOptions = {
    permissions: [reader],
    resources: Array.from({ length: 50 }, (_, index) => view(`v${index}`)),
  };

  it('compiles what createAuthorizer does', async () => {
    const snapshot = await prepareSnapshot({ ...options, version: 'v' });
    const authorizer = createAuthorizer(snapshot);
    expect(authorizer.decide(ALICE, 'DESCRIBE', view('v1'))).toMatchObject({
      reason: 'granted',
      version: 'v',
    });
  });

  it('tells its progress, and lets others work in between', async () => {
    const progress: CompileProgress[] = [];
    let others = 0;
    const timer = setInterval(() => others++, 0);
    await prepareSnapshot(options, { sliceMs: 0, onProgress: (step) => progress.push(step) });
    clearInterval(timer);
    expect(progress[0]).toEqual({ step: 'permissions', done: 1, total: 1 });
    expect(progress.at(-1)).toEqual({ step: 'resources', done: 50, total: 50 });
    expect(others).toBeGreaterThan(0);
  });

  it('leaves the old snapshot in force until it is done', async () => {
    const authorizer = createAuthorizer({ permissions: [{ name: 'nobody', policy: roles() }] });
    const answers = new Set<boolean>();
    const snapshot = await prepareSnapshot(options, {
      sliceMs: 0,
      onProgress: () => answers.add(authorizer.can(ALICE, 'DESCRIBE', view('v1'))),
    });
    expect([...answers]).toEqual([false]);
    authorizer.replace(snapshot);
    expect(authorizer.can(ALICE, 'DESCRIBE', view('v1'))).toBe(true);
  });

  it('can be aborted, before and midway', async () => {
    await expect(prepareSnapshot(options, { signal: AbortSignal.abort('before') })).rejects.toBe(
      'before',
    );
    const midway = new AbortController();
    const preparing = prepareSnapshot(options, {
      sliceMs: 0,
      signal: midway.signal,
      onProgress: ({ done }) => {
        if (done === 10) midway.abort('midway');
      },
    });
    await expect(preparing).rejects.toBe('midway');
  });

  it('rejects with what createAuthorizer throws', async () => {
    await expect(prepareSnapshot({ permissions: [{ name: '' }] })).rejects.toThrow(
      'permission ``: name: must not be empty',
    );
    await expect(
      prepareSnapshot({ permissions: [], resources: [view('a'), view('b', { project: 'p' })] }),
    ).rejects.toThrow(TypeError);
  });
});

describe('a vocabulary of one’s own', () => {
  it('is asked in its own words', () => {
    const vocabulary = defineVocabulary({
      name: 'files',
      actions: { READ: {}, WRITE: { implies: ['READ'] } },
      types: { File: {}, Image: { subtypeOf: 'File' } },
      changes: { create: ['WRITE'], update: ['READ', 'WRITE'] },
    });
    const permissions = [{ name: 'p', types: 'File', actions: 'write' }] as const;
    const authorizer = createAuthorizer({ vocabulary, permissions });
    expect(authorizer.can(ALICE, ['READ', 'WRITE'], { type: 'Image', name: 'a' })).toBe(true);
    expect(
      authorizer.decideChange(ALICE, { proposed: { type: 'File', name: 'a', tags: {} } }).allowed,
    ).toBe(true);
  });
});
