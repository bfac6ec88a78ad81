import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  compiledOf,
  createAuthorizer,
  prepareSnapshot,
  type SnapshotOptions,
} from '../../src/engine/index.js';
import {
  AuthzError,
  type Decision,
  type FeastVocabulary,
  PermissionDeniedError,
  parseForeignPermission,
  type ResourceOf,
  type Subject,
} from '../../src/model/index.js';
import { definePermission, permissionContext, roles } from '../../src/policy/index.js';

const ALICE: Subject = { username: 'alice', roles: ['reader'] };
const view = (name: string, more: object = {}): ResourceOf<FeastVocabulary> => ({
  type: 'FeatureView',
  name,
  ...more,
});
const reader = {
  name: 'readers',
  namePatterns: 'open_.*',
  actions: 'READ',
  policy: roles('reader'),
} as const;

describe('assert', () => {
  const authorizer = createAuthorizer({ permissions: [reader] });

  it('is silent about what is allowed', () => {
    expect(authorizer.assert(ALICE, 'READ_ONLINE', view('open_a'))).toBeUndefined();
    expect(
      authorizer.for(ALICE).assert('READ_ONLINE', [view('open_a'), view('open_b')]),
    ).toBeUndefined();
    expect(authorizer.assert(ALICE, 'READ_ONLINE', [])).toBeUndefined();
  });

  it('throws on the first refusal, with its decision', () => {
    const ask = (): void =>
      authorizer.assert(ALICE, 'READ_ONLINE', [view('open_a'), view('b'), view('c')]);
    expect(ask).toThrow(PermissionDeniedError);
    try {
      ask();
    } catch (error) {
      expect((error as PermissionDeniedError).decision).toMatchObject({
        reason: 'unsecured',
        resource: { name: 'b' },
      });
    }
  });
});

describe('filter', () => {
  it('keeps what is allowed, in its order and as it is', () => {
    const authorizer = createAuthorizer({ permissions: [reader] });
    const resources = [view('open_b', { more: 1 }), view('x'), view('open_a')];
    expect(authorizer.filter(ALICE, 'READ_ONLINE', resources)).toEqual([
      resources[0],
      resources[2],
    ]);
    expect(authorizer.filter(ALICE, 'READ_ONLINE', resources)[0]).toBe(resources[0]);
    expect(authorizer.filter(null, 'READ_ONLINE', resources)).toEqual([]);
  });
});

describe('arguments of a wrong type', () => {
  const authorizer = createAuthorizer({ permissions: [reader] }) as unknown as Record<
    'can' | 'decide' | 'assert' | 'filter',
    (...args: unknown[]) => unknown
  > & {
    for: (subject: unknown) => typeof authorizer;
    decideChange: (...args: unknown[]) => unknown;
  };

  it.each<[string, unknown, unknown, unknown]>([
    ['no subject', undefined, 'READ_ONLINE', view('a')],
    ['a name for a subject', 'alice', 'READ_ONLINE', view('a')],
    ['a text for a list of roles', { username: 'a', roles: 'reader' }, 'READ_ONLINE', view('a')],
    ['no actions', ALICE, [], view('a')],
    ['no actions at all', ALICE, undefined, view('a')],
    ['an unknown action', ALICE, 'READ', view('a')],
    ['an unknown action among others', ALICE, ['READ_ONLINE', 'constructor'], view('a')],
    ['a set of actions', ALICE, new Set(['READ_ONLINE']), view('a')],
    ['a symbol for an action', ALICE, [Symbol('x')], view('a')],
    ['no resource', ALICE, 'READ_ONLINE', undefined],
    ['nothing for a resource', ALICE, 'READ_ONLINE', null],
    ['a name for a resource', ALICE, 'READ_ONLINE', 'a'],
    ['an unknown type', ALICE, 'READ_ONLINE', { type: '__proto__', name: 'a' }],
    ['no type', ALICE, 'READ_ONLINE', { name: 'a' }],
    ['no name', ALICE, 'READ_ONLINE', { type: 'Entity' }],
    ['a number for a name', ALICE, 'READ_ONLINE', { type: 'Entity', name: 1 }],
    ['a number for a project', ALICE, 'READ_ONLINE', view('a', { project: 1 })],
    ['nothing for a project', ALICE, 'READ_ONLINE', view('a', { project: null })],
    ['nothing for tags', ALICE, 'READ_ONLINE', view('a', { tags: null })],
    ['a map of tags', ALICE, 'READ_ONLINE', view('a', { tags: new Map() })],
    ['a list of tags', ALICE, 'READ_ONLINE', view('a', { tags: [] })],
    [
      'a tag that is no string',
      ALICE,
      'READ_ONLINE',
      view('unregistered', { tags: { pii: true } }),
    ],
  ])('%s', (_, subject, actions, resource) => {
    for (const ask of [
      () => authorizer.can(subject, actions, resource),
      () => authorizer.decide(subject, actions, resource),
      () => authorizer.assert(subject, actions, resource),
      () => authorizer.filter(subject, actions, [resource]),
      () => authorizer.for(subject).can(actions, resource),
      () => authorizer.for(subject).decide(actions, resource),
    ]) {
      expect(ask).toThrow(TypeError);
      expect(ask).not.toThrow(AuthzError);
    }
  });

  it('are noticed for empty lists too', () => {
    expect(() => authorizer.assert(ALICE, [], [])).toThrow(TypeError);
    expect(() => authorizer.filter(ALICE, 'FLY', [])).toThrow(TypeError);
    expect(() => authorizer.filter('alice', 'READ_ONLINE', [])).toThrow(TypeError);
    expect(() => authorizer.for(ALICE).filter([], [])).toThrow(TypeError);
  });

  it('are told apart where actions are missing', () => {
    const said = 'actions must be an action or a list of at least one';
    expect(() => authorizer.can(ALICE, undefined, view('a'))).toThrow(said);
    expect(() => authorizer.decide(ALICE, undefined, view('a'))).toThrow(said);
  });

  it('are told in a word, on one line', () => {
    const huge = `\n${'x'.repeat(1_000_000)}`;
    for (const ask of [
      () => authorizer.can(ALICE, huge, view('a')),
      () => authorizer.can(ALICE, 'READ_ONLINE', { type: huge, name: 'a' }),
      () => authorizer.can(ALICE, 'READ_ONLINE', view(huge, { tags: null })),
    ]) {
      try {
        ask();
        expect('nothing').toBe('thrown');
      } catch (error) {
        expect((error as Error).message.length).toBeLessThan(500);
        expect((error as Error).message).not.toContain('\n');
      }
    }
  });
});

describe('options of a wrong type', () => {
  it('that are unknown or misplaced are noticed', () => {
    const make = createAuthorizer as (...options: readonly unknown[]) => unknown;
    expect(() => make({ permissions: [], whenNoPermision: 'deny' })).toThrow(
      '`whenNoPermision` is unknown',
    );
    expect(() => make({ permissions: [] }, { whenNoPermissions: 'deny' })).toThrow(
      'belongs to the first',
    );
    expect(() => make({ permissions: [], onDecision: 'x' })).toThrow(
      'onDecision must be a function',
    );
    const authorizer = createAuthorizer({ permissions: [] });
    expect(() => authorizer.replace({ permisions: [] } as never)).toThrow(
      '`permisions` is unknown',
    );
  });

  it.each<[object, string]>([
    [{ permissions: undefined }, 'option permissions must be a list'],
    [{ permissions: {} }, 'option permissions must be a list'],
    [{ resources: 'x' }, 'option resources must be a list'],
    [{ projects: 'abc' }, 'option projects must be a list of strings'],
    [{ projects: [1] }, 'option projects must be a list of strings'],
    [{ defaultProject: 1 }, 'option defaultProject must be a string'],
    [{ python: '3.9' }, 'option python is one of 3.10, 3.11, 3.12, 3.13, 3.14, not `3.9`'],
    [{ python: 3.12 }, 'option python is one of 3.10, 3.11, 3.12, 3.13, 3.14, not `3.12`'],
    [
      { strategy: 'afirmative' },
      'option strategy is one of affirmative, consensus, unanimous, not `afirmative`',
    ],
    [{ unsecured: true }, 'option unsecured is one of deny, allow, not `true`'],
    [
      { whenNoPermissions: 'allow' },
      'option whenNoPermissions is one of allow-named, deny, not `allow`',
    ],
    [
      { onUnsupportedPattern: 'skip' },
      'option onUnsupportedPattern is one of throw, exclude, not `skip`',
    ],
    [{ matching: 'fast' }, 'option matching is one of index, scan, not `fast`'],
    [
      { auth: { type: 'none' } },
      'option auth.type is one of no_auth, oidc, kubernetes, not `none`',
    ],
    [{ resources: [null] }, 'a resource is an object'],
    [{ resources: [{ type: 'Car', name: 'a' }] }, 'resource type `Car` is not one of Project, '],
    [{ resources: [{ type: 'Entity' }] }, 'resource.name must be a string'],
    [
      { resources: [view('a', { tags: new Map() })] },
      'resource.tags of FeatureView:a must be an object of strings',
    ],
    [
      { resources: [view('a')], projects: ['p'] },
      'FeatureView:a names no project, and the snapshot has no default project',
    ],
    [
      { resources: [view('a', { tags: { t: 'x' } }), view('a')] },
      'FeatureView:a is registered twice, with different tags',
    ],
    [
      { resources: [view('a', { tags: { t: 'x' } }), view('a', { tags: { u: 'x' } })] },
      'is registered twice',
    ],
  ])('%j', (options, message) => {
    const create = (): unknown =>
      createAuthorizer({ permissions: [], ...options } as SnapshotOptions);
    expect(create).toThrow(TypeError);
    expect(create).toThrow(message);
  });

  it('takes the same resource twice, its tags in any order', () => {
    const resources = [
      view('a', { tags: { t: 'x', u: 'y' } }),
      view('a', { tags: { u: 'y', t: 'x' } }),
    ];
    expect([...createAuthorizer({ permissions: [], resources }).snapshot.resources()]).toHaveLength(
      1,
    );
  });

  it('are collected over permissions, each problem once', () => {
    const create = (): unknown =>
      createAuthorizer({
        permissions: [
          { name: 'a', actions: ['FLY', 'SWIM'] as never },
          { name: 'b', namePatterns: ['(a)\\1', '('] },
        ],
      });
    try {
      create();
      expect('nothing').toBe('thrown');
    } catch (error) {
      expect((error as AuthzError).errors.map(({ code }) => code)).toEqual([
        'ERR_PERMISSION_INVALID',
        'ERR_PERMISSION_INVALID',
        'ERR_PATTERN_UNSUPPORTED',
        'ERR_PATTERN_UNSUPPORTED',
      ]);
      expect((error as Error).message).toContain(' (and 3 more: permission `a`: actions[1]');
      expect((error as Error).message.match(/more:/g)).toHaveLength(1);
    }
  });

  it('does not take a permission for an excluded one because it says so', () => {
    for (const excluded of ['yes', [], ['x']]) {
      const permissions = [{ name: 'p', excluded }] as never;
      expect(() => createAuthorizer({ permissions })).toThrow(
        'excluded: is not a field of a permission',
      );
    }
  });

  it('refuses an excluded permission unless exclusion is chosen', () => {
    const excluded = parseForeignPermission({ name: 'p', actions: ['FLY'] }, permissionContext());
    const create = (): unknown => createAuthorizer({ permissions: [excluded] as never });
    expect(create).toThrow('permission `p`: actions[0]: `FLY` is unknown');
    expect(() =>
      createAuthorizer({ permissions: [excluded] as never, onUnsupportedPattern: 'exclude' }),
    ).not.toThrow();
  });

  it('lets an error of a policy kind through', () => {
    const broken = {
      type: 'B',
      schema: z.custom(() => {
        throw new RangeError('mine');
      }),
      compile: () => ({}),
      explain: () => '',
    };
    const options = {
      permissions: [{ name: 'p', policy: { type: 'B' } }],
      policyKinds: [broken],
    } as never;
    expect(() => createAuthorizer(options)).toThrow(RangeError);
  });
});

describe('what a caller does later', () => {
  const none = { username: 'x' };
  it('to its lists changes nothing, not at the next replacement either', () => {
    const permissions = [
      definePermission({ name: 'p', actions: 'READ_ONLINE', policy: roles('r') }),
    ];
    const replaced = createAuthorizer({ permissions, resources: [view('a')] });
    permissions.length = 0;
    replaced.replace({ version: '2' });
    expect(replaced.can(none, 'DELETE', view('a'))).toBe(false);
    expect(replaced.snapshot.permissions).toHaveLength(1);
  });

  it('to its lists and options while they are compiled changes nothing', async () => {
    const permissions = Array.from({ length: 50 }, (_, index) =>
      definePermission({ name: `p${index}`, policy: roles('r') }),
    );
    const options = { permissions, whenNoPermissions: 'deny' as 'deny' | 'allow-named' };
    const preparing = prepareSnapshot(options, { sliceMs: 0 });
    permissions.length = 0;
    options.whenNoPermissions = 'allow-named';
    const snapshot = await preparing;
    expect(snapshot.permissions).toHaveLength(50);
    expect(compiledOf(snapshot).evaluator.rules.whenNoPermissions).toBe('deny');
  });

  it('in a getter of its tags changes no other answer', () => {
    const open = createAuthorizer({
      permissions: [
        { name: 'open', namePatterns: 'zz.*', requiredTags: { a: '1' } },
        { name: 'closed', policy: roles('r') },
      ],
    });
    const tags = {
      get a() {
        open.can(null, 'DELETE', { type: 'FeatureView', name: 'zz1', tags: { a: '1' } });
        return '2';
      },
    };
    expect(open.can(null, 'DELETE', { type: 'FeatureView', name: 'private', tags })).toBe(false);
  });
});

describe('onDecision', () => {
  it('hears of every decision, however it was asked for', () => {
    const heard: Decision[] = [];
    const authorizer = createAuthorizer({
      permissions: [reader],
      onDecision: (decision) => heard.push(decision),
    });
    authorizer.can(ALICE, 'READ_ONLINE', view('open_a'));
    authorizer.for(ALICE).can('READ_ONLINE', view('b'));
    authorizer.decide(null, 'READ_ONLINE', view('open_a'));
    authorizer.filter(ALICE, 'READ_ONLINE', [view('open_c')]);
    authorizer.assert(ALICE, 'READ_ONLINE', view('open_d'));
    authorizer.decideChange(ALICE, { proposed: view('e') });
    expect(heard.map(({ allowed, resource }) => [resource.name, allowed])).toEqual([
      ['open_a', true],
      ['b', false],
      ['open_a', false],
      ['open_c', true],
      ['open_d', true],
      ['e', false],
    ]);
  });

  it('is given beside a snapshot too', () => {
    const { snapshot } = createAuthorizer({ permissions: [reader] });
    const heard: Decision[] = [];
    createAuthorizer(snapshot, { onDecision: (decision) => heard.push(decision) }).can(
      ALICE,
      'READ_ONLINE',
      view('open_a'),
    );
    createAuthorizer({ permissions: [] }, { onDecision: (decision) => heard.push(decision) }).can(
      ALICE,
      'DESCRIBE',
      view('a'),
    );
    expect(heard.map(({ reason }) => reason)).toEqual(['granted', 'no-permissions']);
  });

  it.each<[string, () => void]>([
    [
      'throws',
      () => {
        throw new Error('the log is full');
      },
    ],
    [
      'fails later',
      async () => {
        throw new Error('the log is full');
      },
    ],
  ])('changes no answer when it %s', async (_, onDecision) => {
    const authorizer = createAuthorizer({ permissions: [reader], onDecision });
    expect(authorizer.can(ALICE, 'READ_ONLINE', view('open_a'))).toBe(true);
    expect(authorizer.can(ALICE, 'READ_ONLINE', view('b'))).toBe(false);
    // An unhandled rejection would fail the run here.
    await new Promise((resolve) => setTimeout(resolve, 5));
  });
});

describe('replace', () => {
  const secret = view('secret', { tags: { team: 'risk' } });
  const options = {
    permissions: [{ name: 'risk', requiredTags: { team: 'risk' }, policy: roles('reader') }],
    resources: [secret],
    strategy: 'unanimous',
    version: 'one',
  } as const satisfies SnapshotOptions;

  it('takes over what is not given, but for the version', () => {
    const authorizer = createAuthorizer<FeastVocabulary>(options);
    authorizer.replace({
      permissions: [...options.permissions, { name: 'never', policy: roles('none') }],
    });
    expect(authorizer.can(ALICE, 'DESCRIBE', secret)).toBe(false);
    expect(authorizer.snapshot.version).not.toBe('one');
    authorizer.replace({ strategy: 'affirmative', version: 'three' });
    expect(authorizer.can(ALICE, 'DESCRIBE', secret)).toBe(true);
    expect(authorizer.decide(ALICE, 'DESCRIBE', secret).version).toBe('three');
  });

  it('keeps the old snapshot when the new one does not compile', () => {
    const authorizer = createAuthorizer<FeastVocabulary>(options);
    const { snapshot } = authorizer;
    expect(() => authorizer.replace({ permissions: [{ name: 'p', namePatterns: '(' }] })).toThrow(
      AuthzError,
    );
    expect(() =>
      authorizer.replace({ resources: [view('a', { project: 'p' }), view('b')] }),
    ).toThrow(TypeError);
    expect(authorizer.snapshot).toBe(snapshot);
    expect(authorizer.can(ALICE, 'DESCRIBE', secret)).toBe(true);
  });

  it.each(['permissions', 'strategy', 'resources'])(
    'refuses an undefined %s, which would fall back to a default',
    (option) => {
      const authorizer = createAuthorizer<FeastVocabulary>(options);
      expect(() => authorizer.replace({ [option]: undefined })).toThrow(
        new TypeError(`option ${option} is undefined: leave it out to keep it`),
      );
    },
  );

  it('is heard by subjects that were bound before: roles that had no number then have one', () => {
    const authorizer = createAuthorizer({ permissions: [{ name: 'p', policy: roles('other') }] });
    const bound = authorizer.for({ username: 'u', roles: ['later', 'reader'] });
    expect(bound.can('DESCRIBE', view('a'))).toBe(false);
    authorizer.replace({ permissions: [{ name: 'p', policy: roles('x', 'later') }] });
    expect(bound.can('DESCRIBE', view('a'))).toBe(true);
    // The same numbers mean other roles now.
    authorizer.replace({ permissions: [{ name: 'p', policy: roles('someone', 'else') }] });
    expect(bound.can('DESCRIBE', view('a'))).toBe(false);
  });
});

describe('a subject', () => {
  const authorizer = createAuthorizer({ permissions: [reader] });

  it('that changes is seen as it is by can, and as it was by for', () => {
    const held = ['reader'];
    const subject = { username: 'u', roles: held };
    const bound = authorizer.for(subject);
    held.pop();
    expect(authorizer.can(subject, 'READ_ONLINE', view('open_a'))).toBe(false);
    expect(bound.can('READ_ONLINE', view('open_a'))).toBe(true);
    expect(bound.subject).toEqual({
      username: 'u',
      roles: ['reader'],
      groups: [],
      namespaces: [],
      claims: {},
    });
  });
});
