import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createAuthorizer, type SnapshotOptions } from '../../src/engine/index.js';
import type {
  Decision,
  FeastVocabulary,
  PolicyData,
  PolicyKind,
  ResourceOf,
  Subject,
} from '../../src/model/index.js';
import { allowAll, groups, roles } from '../../src/policy/index.js';

const ALICE: Subject = { username: 'alice', roles: ['reader'] };
const VIEW: ResourceOf<FeastVocabulary> = { type: 'FeatureView', name: 'risk_scores', tags: {} };

function decisionOn(
  options: SnapshotOptions,
  { subject = ALICE as Subject | null, actions = ['READ_ONLINE'] as const, resource = VIEW } = {},
): Decision {
  return createAuthorizer({ version: 'v', ...options }).decide(subject, [...actions], resource);
}

const reader = { name: 'readers', actions: 'READ', policy: roles('reader') } as const;
const admin = { name: 'admins', policy: roles('admin', 'owner') } as const;
const writer = { name: 'writers', actions: 'WRITE', policy: allowAll() } as const;
const unreadable = { name: 'odd', namePatterns: '(a)\\1' } as const;

describe('decide', () => {
  it('says what granted', () => {
    expect(decisionOn({ permissions: [admin, reader] })).toEqual({
      allowed: true,
      reason: 'granted',
      subject: ALICE,
      actions: ['READ_ONLINE'],
      resource: { type: 'FeatureView', name: 'risk_scores', tags: {}, project: undefined },
      permissions: [
        {
          name: 'readers',
          project: undefined,
          granted: true,
          explanation: 'permission "readers" grants READ_ONLINE: it requires the role "reader"',
        },
      ],
      explanation:
        'allowed READ_ONLINE on FeatureView:risk_scores: permission "readers" grants READ_ONLINE: it requires the role "reader"',
      version: 'v',
    });
  });

  it('works reasons out when they are read, of the subject as it was asked about', () => {
    const explained: string[] = [];
    const seen: PolicyKind = {
      type: 'Seen',
      schema: z.object({ type: z.literal('Seen') }),
      compile: () => ({ kind: 'any-of', roles: ['reader'] }),
      explain: () => {
        explained.push('asked');
        return 'the role that was seen';
      },
    };
    const subject = { username: 'alice', roles: ['reader'] };
    const decision = decisionOn(
      { permissions: [{ name: 'seen', policy: { type: 'Seen' } }], policyKinds: [seen] },
      { subject },
    );
    expect(explained).toEqual([]);
    subject.roles.length = 0;
    expect(decision.permissions).toMatchObject([{ name: 'seen', granted: true }]);
    expect(decision.explanation).toContain('the role that was seen');
    expect(explained).toEqual(['asked']);
    expect(JSON.parse(JSON.stringify(decision))).toMatchObject({
      permissions: [{ name: 'seen' }],
      explanation: decision.explanation,
    });
  });

  it('asks a predicate when it decides, and not when reasons are read', () => {
    let asked = 0;
    const counting: PolicyKind = {
      type: 'Counting',
      schema: z.object({ type: z.literal('Counting') }),
      compile: () => ({ kind: 'predicate', grants: () => ++asked === 1 }),
      explain: () => 'to be the first',
    };
    const decision = decisionOn({
      permissions: [{ name: 'first', policy: { type: 'Counting' } }],
      policyKinds: [counting],
    });
    expect(decision).toMatchObject({ allowed: true, permissions: [{ granted: true }] });
    expect(decision.explanation).toMatch(/^allowed/);
    expect(asked).toBe(1);
  });

  it('says who refused', () => {
    const decision = decisionOn({ permissions: [{ ...admin, project: 'p' }], defaultProject: 'p' });
    expect(decision).toMatchObject({
      allowed: false,
      reason: 'denied',
      permissions: [{ name: 'admins', project: 'p', granted: false }],
      explanation:
        'refused READ_ONLINE on FeatureView:p/risk_scores: permission "admins" does not grant READ_ONLINE: it requires one of the roles "admin", "owner"',
    });
  });

  it.each<[string, SnapshotOptions, Partial<Decision>]>([
    [
      'no permission holds the actions',
      { permissions: [writer] },
      {
        allowed: false,
        reason: 'denied',
        permissions: [],
        explanation:
          'no permission holds READ_ONLINE on FeatureView:risk_scores: "writers" cover it with other actions',
      },
    ],
    [
      'no permission covers the resource',
      { permissions: [{ ...reader, types: 'Entity' }] },
      {
        allowed: false,
        reason: 'unsecured',
        explanation:
          'no permission covers FeatureView:risk_scores: unsecured resources are refused',
      },
    ],
    [
      'no permission covers the resource, and that is fine',
      { permissions: [{ ...reader, types: 'Entity' }], unsecured: 'allow' },
      {
        allowed: true,
        reason: 'unsecured',
        explanation:
          'no permission covers FeatureView:risk_scores: unsecured resources are open to everyone',
      },
    ],
    [
      'there are no permissions',
      { permissions: [] },
      {
        allowed: true,
        reason: 'no-permissions',
        explanation:
          'the project of FeatureView:risk_scores has no permissions yet: every named user is let through',
      },
    ],
    [
      'there are no permissions, and that is not fine',
      { permissions: [], whenNoPermissions: 'deny' },
      {
        allowed: false,
        reason: 'no-permissions',
        explanation:
          'the project of FeatureView:risk_scores has no permissions: the request is refused',
      },
    ],
    [
      'nothing is enforced',
      { permissions: [admin], auth: { type: 'no_auth' } },
      {
        allowed: true,
        reason: 'no-auth',
        permissions: [],
        explanation: 'auth is no_auth: nothing is enforced',
      },
    ],
    [
      'the tags are not known',
      { permissions: [{ ...reader, requiredTags: { team: 'risk' } }], resources: [] },
      { allowed: true, reason: 'granted' },
    ],
  ])('explains that %s', (name, options, expected) => {
    const resource = name === 'the tags are not known' ? { ...VIEW, tags: { team: 'risk' } } : VIEW;
    expect(decisionOn(options, { resource })).toMatchObject(expected);
  });

  it('explains that tags are not known', () => {
    const { tags: _, ...unknown } = VIEW;
    const decision = decisionOn(
      { permissions: [{ ...reader, requiredTags: { team: 'risk' } }] },
      { resource: unknown },
    );
    expect(decision).toMatchObject({ allowed: false, reason: 'denied' });
    expect(decision.permissions[0]?.explanation).toBe(
      'permission "readers" does not grant READ_ONLINE: it requires tags, and those of the resource are not known',
    );
  });

  it('explains that the project is not known', () => {
    const decision = decisionOn(
      { permissions: [reader], projects: ['p'] },
      { resource: { ...VIEW, project: 'q' } },
    );
    expect(decision).toMatchObject({
      allowed: false,
      reason: 'unknown-project',
      explanation: 'the project of FeatureView:q/risk_scores is not known',
    });
  });

  it('explains what is excluded', () => {
    const decision = decisionOn({ permissions: [unreadable], onUnsupportedPattern: 'exclude' });
    expect(decision.permissions).toEqual([
      {
        name: 'odd',
        project: undefined,
        granted: false,
        explanation:
          'permission "odd" does not grant READ_ONLINE: it is excluded, since permission `odd`: name pattern `(a)\\1` is unsupported: back-reference at position 3',
      },
    ]);
  });

  it('names all votes where votes are counted', () => {
    const decision = decisionOn({
      permissions: [reader, { ...reader, name: 'others' }, admin],
      strategy: 'consensus',
    });
    expect(decision.allowed).toBe(true);
    expect(decision.permissions.map(({ name, granted }) => [name, granted])).toEqual([
      ['readers', true],
      ['others', true],
      ['admins', false],
    ]);
    expect(decision.explanation).not.toContain('admins');
  });

  it('lists three sentences and three names at the most', () => {
    const many = (permission: object): SnapshotOptions => ({
      permissions: Array.from({ length: 5 }, (_, index) => ({ ...permission, name: `p${index}` })),
    });
    expect(decisionOn(many(admin)).explanation).toMatch(/"p0".*"p1".*"p2".*; and 2 more$/);
    expect(decisionOn(many(admin)).permissions).toHaveLength(5);
    expect(decisionOn(many(writer)).explanation).toContain('"p0", "p1", "p2" and 2 more cover it');
  });

  it('names several actions', () => {
    const actions = ['READ_ONLINE', 'READ_OFFLINE'] as never;
    const decision = decisionOn({ permissions: [{ ...reader, policy: groups('g') }] }, { actions });
    expect(decision.explanation).toContain('refused READ_ONLINE, READ_OFFLINE on');
    expect(decision.actions).toEqual(actions);
  });

  it('tells the resource as it was decided on: in its project, with the registered tags', () => {
    const resources = [{ type: 'FeatureView', name: 'known', tags: { team: 'risk' } }] as const;
    const authorizer = createAuthorizer({ permissions: [], resources, defaultProject: 'p' });
    const claimed = { type: 'FeatureView', name: 'known', tags: { team: 'mine' } } as const;
    expect(authorizer.decide(ALICE, 'DESCRIBE', claimed).resource).toMatchObject({
      tags: { team: 'risk' },
      project: 'p',
    });
    const mutable = { type: 'FeatureView' as const, name: 'new', tags: { team: 'mine' } };
    const { resource } = authorizer.decide(ALICE, 'DESCRIBE', mutable);
    mutable.tags.team = 'theirs';
    expect(resource).toMatchObject({ name: 'new', tags: { team: 'mine' }, project: 'p' });
  });

  it('is frozen, and on one line whatever the name', () => {
    const name = 'a\nERROR forged\u001b[2J';
    const decision = decisionOn({ permissions: [reader] }, { resource: { ...VIEW, name } });
    expect(decision.explanation).toContain('FeatureView:a\\u000aERROR forged\\u001b[2J');
    expect(decision.explanation).not.toContain('\n');
    const { permissions, actions, resource } = decision;
    expect(
      [decision, permissions, permissions[0], actions, resource, resource.tags].every(
        Object.isFrozen,
      ),
    ).toBe(true);
  });

  it('numbers versions that have no name', () => {
    const [first, second] = [1, 2].map(
      () => createAuthorizer({ permissions: [] }).snapshot.version,
    );
    expect(Number(second)).toBe(Number(first) + 1);
  });
});

describe('a kind of policy of one’s own', () => {
  const oncall: PolicyKind<PolicyData & { team: string }> = {
    type: 'OnCall',
    schema: z.strictObject({ type: z.literal('OnCall'), team: z.string().min(1) }),
    compile: ({ team }) => ({
      kind: 'predicate',
      grants: (subject) => subject?.claims?.['oncall'] === team,
    }),
    explain: ({ team }) => `being on call for ${team}`,
  };
  const permissions = [{ name: 'p', policy: { type: 'OnCall', team: 'risk' } }];
  const bob = (team: string): Subject => ({ username: 'bob', claims: { oncall: team } });

  it('is checked, asked and explained', () => {
    const authorizer = createAuthorizer({ permissions, policyKinds: [oncall] });
    expect(authorizer.can(bob('risk'), 'DESCRIBE', VIEW)).toBe(true);
    expect(authorizer.for(bob('risk')).can('DESCRIBE', VIEW)).toBe(true);
    expect(authorizer.can(bob('ops'), 'DESCRIBE', VIEW)).toBe(false);
    expect(authorizer.can(null, 'DESCRIBE', VIEW)).toBe(false);
    expect(authorizer.decide(bob('risk'), 'DESCRIBE', VIEW).permissions[0]?.explanation).toBe(
      'permission "p" grants DESCRIBE: it requires being on call for risk',
    );
    const wrong = [{ name: 'p', policy: { type: 'OnCall', team: '' } }];
    expect(() => createAuthorizer({ permissions: wrong, policyKinds: [oncall] })).toThrow(
      'permission `p`: policy.team: too small',
    );
    expect(() => createAuthorizer({ permissions })).toThrow('policy.type: `OnCall` is unknown');
  });

  it('is compiled once for all policies that say the same', () => {
    let compiled = 0;
    const counting: typeof oncall = {
      ...oncall,
      compile: (policy) => {
        compiled++;
        return oncall.compile(policy);
      },
    };
    const policies = ['risk', 'ops', 'risk'].map((team, index) => ({
      name: `p${index}`,
      policy: { type: 'OnCall', team },
    }));
    createAuthorizer({ permissions: policies, policyKinds: [counting] });
    expect(compiled).toBe(2);
  });

  it('is compiled each time for what text cannot tell apart', () => {
    const listed: PolicyKind<PolicyData & { users: ReadonlySet<string> }> = {
      type: 'Listed',
      schema: z.strictObject({ type: z.literal('Listed'), users: z.set(z.string()) }),
      compile: ({ users }) => ({
        kind: 'predicate',
        grants: (subject) => users.has(subject?.username ?? ''),
      }),
      explain: () => 'being listed',
    };
    const policies = ['alice', 'bob'].map((user) => ({
      name: user,
      policy: { type: 'Listed', users: new Set([user]) },
    }));
    const authorizer = createAuthorizer({ permissions: policies, policyKinds: [listed] });
    const granting = (subject: Subject): string[] =>
      authorizer.decide(subject, 'DESCRIBE', VIEW).permissions.map(({ name }) => name);
    expect(granting(ALICE)).toEqual(['alice']);
    expect(granting({ username: 'bob' })).toEqual(['bob']);
    expect(authorizer.can({ username: 'eve' }, 'DESCRIBE', VIEW)).toBe(false);
  });

  it('is kept apart by numbers that are the same in text', () => {
    const kind: PolicyKind<PolicyData & { above: number | null }> = {
      type: 'Above',
      schema: z.looseObject({ type: z.literal('Above') }) as never,
      compile: ({ above }) => ({ kind: 'predicate', grants: () => above === Infinity }),
      explain: () => 'more',
    };
    const policies = [null, Infinity].map((above) => ({
      name: String(above),
      policy: { type: 'Above', above },
    }));
    const authorizer = createAuthorizer({ permissions: policies, policyKinds: [kind] });
    expect(authorizer.can(ALICE, 'DESCRIBE', VIEW)).toBe(true);
  });

  it('does not change an answer by failing to explain it', () => {
    const mute = {
      ...oncall,
      explain: (): string => {
        throw new Error('broken');
      },
    };
    const decision = createAuthorizer({ permissions, policyKinds: [mute] }).decide(
      bob('risk'),
      'DESCRIBE',
      VIEW,
    );
    expect(decision.allowed).toBe(true);
    expect(decision.explanation).toContain('it requires what its OnCall says');
  });

  it('cannot be lost on the way', () => {
    const renaming = {
      ...oncall,
      schema: z
        .object({ type: z.string() })
        .transform(() => ({ type: 'Other', team: '' })) as never,
    };
    expect(() => createAuthorizer({ permissions, policyKinds: [renaming] })).toThrow(
      new TypeError('no policy kind is called `Other`'),
    );
  });
});
