import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { AuditReport } from '../../../src/audit/index.js';
import {
  ALL_ACTIONS,
  type FeastAction,
  type FeastType,
  type PermissionInput,
  type PolicyKind,
  type Tags,
} from '../../../src/model/index.js';
import { allowAll, groups, groupsOrNamespaces, roles } from '../../../src/policy/index.js';
import { auditOf } from '../audit-of.js';

const WIDE: PermissionInput = { name: 'wide', project: 'p', policy: roles('a', 'b') };
const NARROW: PermissionInput = {
  name: 'narrow',
  project: 'p',
  types: ['Entity', 'StreamFeatureView'],
  namePatterns: ['x', 'y'],
  requiredTags: { team: 'risk' },
  actions: ['READ'],
  policy: roles('a'),
};

function messagesOf({ findings }: AuditReport): readonly string[] {
  return findings
    .filter(({ rule }) => rule === 'shadowed-permission')
    .map(({ message }) => message);
}

const audited = async (...permissions: PermissionInput[]): Promise<readonly string[]> =>
  messagesOf(await auditOf({ permissions, defaultProject: 'p' }));

describe('shadowed-permission', () => {
  it.each<Partial<PermissionInput>>([
    {},
    { project: null },
    { types: ['Entity', 'FeatureView'] },
    { namePatterns: ['y', 'x'] },
    { requiredTags: { team: 'risk' } },
    { actions: ['READ', 'DESCRIBE'] },
    { policy: groupsOrNamespaces({ groups: ['a'], namespaces: [] }), name: 'other policy' },
    { policy: allowAll() },
  ])('looks at the wider permission: %j', async (wide) => {
    const found = await audited({ ...WIDE, ...wide }, NARROW);
    const isOther = wide.name === 'other policy';
    expect(found).toEqual(
      isOther ? [] : ['permission `narrow` grants nothing that `wide` does not grant'],
    );
  });

  it.each<Partial<PermissionInput>>([
    { project: 'q' },
    { types: ['Entity'] },
    { namePatterns: ['x'] },
    { requiredTags: { team: 'ops' } },
    { requiredTags: { team: 'risk', tier: '1' } },
    { actions: ['READ_ONLINE'] },
    { policy: roles('b') },
    { policy: roles() },
    { policy: groups('a') },
    { namePatterns: '(x)\\1' },
  ])('is not found where the other one is not wider: %j', async (wide) => {
    expect(await audited({ ...WIDE, ...wide }, NARROW)).toEqual([]);
  });

  it('leaves duplicates and impossible policies to their own rules', async () => {
    expect(await audited(WIDE, { ...WIDE, name: 'twin' })).toEqual([]);
    expect(await audited(WIDE, { ...NARROW, policy: roles() })).toEqual([]);
  });

  it("knows policies of a kind of one's own by their data", async () => {
    const kind: PolicyKind<{ type: 'OnCall'; team: string }> = {
      type: 'OnCall',
      schema: z.strictObject({ type: z.literal('OnCall'), team: z.string() }),
      compile: () => ({ kind: 'predicate', grants: () => false }),
      explain: ({ team }) => `being on call for ${team}`,
    };
    const onCall = (
      name: string,
      team: string,
      more: Partial<PermissionInput> = {},
    ): PermissionInput => ({
      name,
      policy: { type: 'OnCall', team },
      ...more,
    });
    const permissions = [
      onCall('wide', 'a'),
      onCall('narrow', 'a', { types: 'Entity' }),
      onCall('other', 'b', { types: 'Entity' }),
      onCall('twin', 'a'),
      { name: 'roles', types: 'Entity', policy: roles('a') } as const,
    ];
    const report = await auditOf({ permissions, policyKinds: [kind] });
    expect(messagesOf(report)).toEqual([
      'permission `narrow` grants nothing that `wide` does not grant',
    ]);
    expect(report.findings.filter(({ rule }) => rule === 'duplicate-permission')).toHaveLength(1);
  });

  it('goes on with many required tags, without their combinations', async () => {
    const tags = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, 'v']));
    const many = { ...NARROW, requiredTags: tags };
    expect(await audited(WIDE, many)).toHaveLength(1);
    expect(await audited({ ...WIDE, requiredTags: { k0: 'v' } }, many)).toEqual([]);
  });

  it('agrees with a comparison of all pairs', async () => {
    const tags = fc.dictionary(fc.constantFrom('t', 'u'), fc.constantFrom('1', '2'));
    const permission = fc.record({
      project: fc.constantFrom(null, 'p', 'q'),
      types: fc.subarray<FeastType>(['Entity', 'FeatureView', 'StreamFeatureView']),
      namePatterns: fc.subarray(['a', 'b']),
      requiredTags: tags,
      actions: fc.subarray<FeastAction>(['READ_ONLINE', 'CREATE', 'DELETE'], { minLength: 1 }),
      policy: fc.oneof(
        { weight: 5, arbitrary: fc.subarray(['a', 'b', 'c']).map((names) => roles(...names)) },
        { weight: 1, arbitrary: fc.subarray(['a', 'b']).map((names) => groups(...names)) },
        { weight: 1, arbitrary: fc.constant(allowAll()) },
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(permission, { maxLength: 12 }), async (drawn) => {
        const permissions = drawn.map((one, index) => ({ ...one, name: `n${index}` }));
        const report = await auditOf({ permissions, defaultProject: 'p' });
        const found = report.findings
          .filter(({ rule }) => rule === 'shadowed-permission')
          .map(({ permission: named }) => named?.name);
        const firsts = permissions.filter(
          (one, index) =>
            !permissions
              .slice(0, index)
              .some((other) => includes(one, other) && includes(other, one)),
        );
        const expected = firsts.filter(
          (one) =>
            grants(one) && firsts.some((other) => includes(other, one) && !includes(one, other)),
        );
        expect(found).toEqual(expected.map(({ name }) => name));
      }),
      { numRuns: 300 },
    );
  });
});

interface Drawn {
  readonly project: string | null;
  readonly types: readonly FeastType[];
  readonly namePatterns: readonly string[];
  readonly requiredTags: Tags;
  readonly actions: readonly FeastAction[];
  readonly policy: {
    readonly type: string;
    readonly roles?: readonly string[];
    readonly groups?: readonly string[];
  };
}

function grants({ policy }: Drawn): boolean {
  return policy.type === 'AllowAll' || holders(policy).length > 0;
}

/** Straight from what "wider" means. */
function includes(wide: Drawn, narrow: Drawn): boolean {
  if (!grants(wide)) return false;
  if (wide.project !== null && wide.project !== narrow.project) return false;
  if (
    wide.types.length > 0 &&
    (narrow.types.length === 0 || !narrow.types.every((type) => hasType(wide, type)))
  )
    return false;
  if (wide.namePatterns.length > 0 && wide.namePatterns.join() !== narrow.namePatterns.join())
    return false;
  if (
    !Object.entries(wide.requiredTags).every(([key, value]) => narrow.requiredTags[key] === value)
  )
    return false;
  if (!narrow.actions.every((action) => wide.actions.includes(action))) return false;
  if (wide.policy.type === 'AllowAll') return true;
  return (
    narrow.policy.type !== 'AllowAll' &&
    holders(narrow.policy).every((one) => holders(wide.policy).includes(one))
  );
}

function hasType({ types }: Drawn, type: FeastType): boolean {
  return types.includes(type) || (type === 'StreamFeatureView' && types.includes('FeatureView'));
}

function holders({ roles: named = [], groups: grouped = [] }: Drawn['policy']): readonly string[] {
  return [...named.map((role) => `role ${role}`), ...grouped.map((group) => `group ${group}`)];
}

describe('both rules', () => {
  it('finish on thousands of permissions that can all be compared with each other', async () => {
    const subset = <T>(all: readonly T[], bits: number): T[] =>
      all.filter((_, at) => ((bits + 1) >> at) & 1);
    const permissions = Array.from(
      { length: 4000 },
      (_, index): PermissionInput => ({
        name: `n${index}`,
        actions: subset(ALL_ACTIONS, index % 255),
        types: subset<FeastType>(
          ['Entity', 'DataSource', 'Project', 'LabelView'],
          Math.floor(index / 255) % 15,
        ),
        policy: roles('admin', `r${index % 7}`),
      }),
    );
    const { findings } = await auditOf({ permissions });
    expect(findings.filter(({ rule }) => rule === 'shadowed-permission').length).toBeGreaterThan(
      1000,
    );
  });
});
