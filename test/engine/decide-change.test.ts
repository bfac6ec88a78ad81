import { describe, expect, it } from 'vitest';
import { type Authorizer, createAuthorizer } from '../../src/engine/index.js';
import {
  defineVocabulary,
  type FeastVocabulary,
  type ResourceOf,
  type Subject,
} from '../../src/model/index.js';
import { allowAll, roles } from '../../src/policy/index.js';

const ALICE: Subject = { username: 'alice', roles: ['reader'] };
const view = (name: string, more: object = {}): ResourceOf<FeastVocabulary> => ({
  type: 'FeatureView',
  name,
  ...more,
});

describe('decideChange', () => {
  const permissions = [
    { name: 'mine', requiredTags: { team: 'mine' }, policy: roles('reader') },
    { name: 'creators', namePatterns: 'new_.*', actions: 'CREATE', policy: allowAll() },
  ] as const;
  const resources = [
    view('theirs', { tags: { team: 'theirs' } }),
    view('ours', { tags: { team: 'mine' } }),
  ];
  const authorizer: Authorizer = createAuthorizer({ permissions, resources });
  const mine = { tags: { team: 'mine' } };

  it.each<[string, Parameters<Authorizer['decideChange']>[1], boolean, string[]]>([
    ['creating', { proposed: view('new_a') }, true, ['CREATE']],
    ['creating what nobody may', { proposed: view('a', { tags: {} }) }, false, ['CREATE']],
    [
      'creating, nothing being there',
      { existing: null, proposed: view('new_a') },
      true,
      ['CREATE'],
    ],
    [
      'changing',
      { existing: view('x', mine), proposed: view('x', mine) },
      true,
      ['DESCRIBE', 'UPDATE'],
    ],
    [
      'changing what is another’s',
      { existing: view('x', { tags: {} }), proposed: view('x', mine) },
      false,
      ['DESCRIBE', 'UPDATE'],
    ],
    [
      'giving away',
      { existing: view('ours'), proposed: view('ours', { tags: { team: 'x' } }) },
      false,
      ['DESCRIBE', 'UPDATE'],
    ],
    ['changing what is registered', { proposed: view('ours', mine) }, true, ['DESCRIBE', 'UPDATE']],
    [
      'taking over what is registered as another’s',
      { proposed: view('theirs', mine) },
      false,
      ['DESCRIBE', 'UPDATE'],
    ],
    [
      'claiming it as one’s own',
      { existing: view('theirs', mine), proposed: view('theirs', mine) },
      false,
      ['DESCRIBE', 'UPDATE'],
    ],
    [
      'overwriting it with one’s own',
      { existing: view('ours'), proposed: view('theirs', mine) },
      false,
      ['DESCRIBE', 'UPDATE'],
    ],
    [
      'overwriting it with what is not registered',
      { existing: view('x', mine), proposed: view('theirs', mine) },
      false,
      ['DESCRIBE', 'UPDATE'],
    ],
    [
      'renaming',
      { existing: view('ours'), proposed: view('ours_2', mine) },
      true,
      ['DESCRIBE', 'UPDATE'],
    ],
    [
      'changing to unknown tags',
      { existing: view('ours'), proposed: view('ours') },
      false,
      ['DESCRIBE', 'UPDATE'],
    ],
  ])('%s', (_, change, allowed, actions) => {
    const decision = authorizer.decideChange(ALICE, change);
    expect(decision).toMatchObject({ allowed, actions });
    const bound = authorizer.for(ALICE);
    expect(bound.decideChange(change)).toEqual({ ...decision, subject: bound.subject });
  });

  it('tells the refusal, of the existing one first', () => {
    const theirs = authorizer.decideChange(ALICE, {
      existing: view('ours'),
      proposed: view('theirs', mine),
    });
    expect(theirs.resource).toMatchObject({ name: 'theirs', tags: { team: 'theirs' } });
    const given = authorizer.decideChange(ALICE, {
      existing: view('ours'),
      proposed: view('ours', { tags: { team: 'x' } }),
    });
    expect(given.resource).toMatchObject({ name: 'ours', tags: { team: 'x' } });
  });

  it('refuses what is proposed in a project that is not known', () => {
    const change = { proposed: view('new_a', { project: 'elsewhere' }) };
    expect(authorizer.decideChange(ALICE, change)).toMatchObject({
      allowed: false,
      reason: 'unknown-project',
    });
  });

  it('takes over nothing that cannot be asked', () => {
    const ask = (change: unknown) => () => authorizer.decideChange(ALICE, change as never);
    expect(ask({ proposed: null })).toThrow(TypeError);
    expect(ask({ proposed: view('a', { tags: new Map() }) })).toThrow(TypeError);
    expect(ask({ existing: view('a', { tags: new Map() }), proposed: view('a') })).toThrow(
      TypeError,
    );
    expect(() => authorizer.decideChange('alice' as never, { proposed: view('a') })).toThrow(
      TypeError,
    );
  });

  it('needs a vocabulary that says what a change asks for', () => {
    const vocabulary = defineVocabulary({
      name: 'files',
      actions: { READ: {} },
      types: { File: {} },
    });
    const files = createAuthorizer({ permissions: [], vocabulary });
    expect(() => files.decideChange(ALICE, { proposed: { type: 'File', name: 'a' } })).toThrow(
      new TypeError('vocabulary `files` does not say what a change asks for'),
    );
  });
});

describe('decideDescribed', () => {
  const authorizer: Authorizer = createAuthorizer({
    permissions: [{ name: 'mine', requiredTags: { team: 'mine' }, policy: roles('reader') }],
    resources: [view('theirs', { tags: { team: 'theirs' } })],
  });
  const described = view('theirs', { tags: { team: 'mine' } });

  it('believes the tags that a resource is described with', () => {
    expect(authorizer.decide(ALICE, 'UPDATE', described).allowed).toBe(false);
    const decision = authorizer.decideDescribed(ALICE, 'UPDATE', described);
    expect(decision).toMatchObject({ allowed: true, resource: { tags: { team: 'mine' } } });
    expect(authorizer.for(ALICE).decideDescribed('UPDATE', described)).toMatchObject({
      allowed: true,
      explanation: decision.explanation,
    });
    expect(authorizer.decideDescribed(ALICE, 'UPDATE', view('theirs')).allowed).toBe(false);
  });

  it('is told of, and refuses what it does not understand', () => {
    const told: boolean[] = [];
    const onDecision = ({ allowed }: { readonly allowed: boolean }) => told.push(allowed);
    const reporting: Authorizer = createAuthorizer(authorizer.snapshot, { onDecision });
    reporting.decideDescribed(ALICE, 'UPDATE', described);
    expect(told).toEqual([true]);
    expect(() => reporting.decideDescribed(ALICE, [], described)).toThrow(TypeError);
  });
});
