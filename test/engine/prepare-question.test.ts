import { describe, expect, it } from 'vitest';
import { compiledOf, createAuthorizer } from '../../src/engine/index.js';
import { SLOW_PATTERNS, slowNames } from '../support/count-slices.js';

describe('prepare', () => {
  const permissions = [
    { name: 'letters', namePatterns: '[a-z]{1,30}_[a-z]{1,30}', project: 'p' },
    { name: 'everywhere', namePatterns: '[a-z]{2,9}_.*' },
    { name: 'tagged', namePatterns: '[a-z]{1,9}_b.*', requiredTags: { team: 'a' }, project: 'p' },
  ].map((filters) => ({
    types: ['FeatureView' as const],
    actions: ['READ_ONLINE' as const],
    policy: { type: 'RoleBasedPolicy', roles: ['role'] },
    ...filters,
  }));
  const open = (matching: 'index' | 'scan' = 'index') => {
    const { snapshot } = createAuthorizer({
      permissions,
      matching,
      projects: ['p'],
      defaultProject: 'p',
      resources: [{ type: 'FeatureView', name: 'known_b', tags: {} }],
    });
    return compiledOf(snapshot);
  };
  const asked = [
    { type: 'FeatureView', name: 'ab_bc' },
    { type: 'FeatureView', name: 'ab_bc', tags: { team: 'a' } },
    { type: 'FeatureView', name: 'known_b' },
    { type: 'FeatureView', name: 'x_b', project: 'p' },
    { type: 'Entity', name: 'x_b' },
    { type: 'FeatureView', name: 'x_b', project: 'unknown' },
  ] as const;

  it.each(['index', 'scan'] as const)(
    'changes no answer of the %s, whatever is asked in its pauses',
    (matching) => {
      const [prepared, plain] = [open(matching), open()];
      for (const resource of asked) {
        const steps = [false, true].map((asDescribed) => prepared.prepare(resource, asDescribed));
        for (const one of steps) {
          let step = one.next();
          for (; !step.done; step = one.next()) prepared.permissionSetAsDescribed(asked[0]);
          step.value();
        }
        const [mine, theirs] = [prepared, plain].map((snapshot) =>
          [snapshot.permissionSetOf(resource), snapshot.permissionSetAsDescribed(resource)].map(
            ({ kind, targets, indeterminateTargets }) => [
              kind,
              [...targets],
              [...indeterminateTargets],
            ],
          ),
        );
        expect(mine).toEqual(theirs);
      }
    },
  );

  it('pauses for no resource that is known or remembered', () => {
    const snapshot = open();
    const pauses = (resource: (typeof asked)[number]) => [...snapshot.prepare(resource)].length;
    expect(pauses(asked[2])).toBe(0);
    expect(pauses(asked[0])).toBeGreaterThan(0);
    snapshot.permissionSetOf(asked[0]);
    expect(pauses(asked[0])).toBe(0);
  });

  it('pauses between the patterns of a scan', () => {
    const { snapshot } = createAuthorizer({
      permissions: SLOW_PATTERNS.map((namePatterns, index) => ({
        ...(permissions[0] as (typeof permissions)[number]),
        name: `permission-${index}`,
        namePatterns,
      })),
      projects: ['p'],
      defaultProject: 'p',
      matching: 'scan',
    });
    const [name = ''] = slowNames(1);
    const steps = compiledOf(snapshot).prepare({ type: 'FeatureView', name });
    expect([...steps].length).toBeGreaterThan(20);
  });

  it('leaves an invalid resource to the question', () => {
    const snapshot = open();
    for (const wrong of [undefined, null, {}, { type: 'FeatureView', name: 7 }, 'x']) {
      expect([...snapshot.prepare(wrong as never)]).toEqual([]);
    }
  });
});
