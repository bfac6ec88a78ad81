import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Authorizer,
  compiledOf,
  createAuthorizer,
  prepareSnapshot,
  type Snapshot,
} from '../../src/engine/index.js';
import type { Vocabulary } from '../../src/model/index.js';
import { definePermission, roles } from '../../src/policy/index.js';
import {
  type ArbitraryQuestion,
  authorizerOf,
  registrable,
  storesWithQuestions,
} from '../support/arbitrary-stores.js';
import { PROPERTY_TIMEOUT_MS, propertyRuns } from '../support/property-runs.js';
import { evaluate, type ReferenceStore } from '../support/reference-evaluator.js';

/** Stores with the rules of the first, and each with a part of its permissions and resources. */
function relatives(stores: readonly ReferenceStore[]): readonly ReferenceStore[] {
  const [first] = stores as readonly [ReferenceStore];
  return stores.map((store, index) => {
    const kept = first.permissions.filter((_, at) => at % stores.length !== index);
    const permissions = [...kept, ...store.permissions.slice(0, 2)];
    const resources = [...first.resources.slice(index % 2), ...store.resources];
    const relative = { ...first, permissions, resources };
    return { ...relative, resources: registrable(relative) };
  });
}

function answers(
  authorizer: Authorizer<Vocabulary>,
  { subject, actions, resource }: ArbitraryQuestion,
): unknown {
  try {
    const { allowed, reason, explanation, permissions } = authorizer.decide(
      subject,
      actions,
      resource,
    );
    const [action] = actions;
    const alone = actions.length === 1 ? action : actions;
    expect(authorizer.can(subject, alone as string, resource)).toBe(allowed);
    expect(authorizer.for(subject).can(alone as string, resource)).toBe(allowed);
    return { allowed, reason, explanation, permissions: permissions.map((one) => ({ ...one })) };
  } catch (error) {
    if (error instanceof TypeError) return 'TypeError';
    throw error;
  }
}

const lineageOf = (snapshot: Snapshot) => compiledOf(snapshot).lineage;

describe('a snapshot that is made from another one', () => {
  it('answers as one that is compiled alone, and leaves the other one its answers', {
    timeout: PROPERTY_TIMEOUT_MS,
  }, () => {
    let shared = 0;
    fc.assert(
      fc.property(storesWithQuestions(4), ({ stores, questions }) => {
        const versions = relatives(stores);
        const authorizer = authorizerOf(versions[0] as ReferenceStore);
        const held: Snapshot[] = [];
        for (const version of versions) {
          const alone = authorizerOf(version);
          const { permissions, resources } = version;
          const before = authorizer.snapshot;
          authorizer.replace({ permissions, resources });
          if (lineageOf(authorizer.snapshot) === lineageOf(before)) shared++;
          for (const question of questions) {
            expect(answers(authorizer, question)).toEqual(answers(alone, question));
          }
          expect(authorizer.snapshot.warnings).toEqual(alone.snapshot.warnings);
          expect(authorizer.snapshot.permissions).toEqual(alone.snapshot.permissions);
          expect(byName(authorizer.snapshot)).toEqual(byName(alone.snapshot));
          held.push(authorizer.snapshot);
        }
        for (const [index, snapshot] of held.entries()) {
          const old = createAuthorizer<Vocabulary>(snapshot);
          for (const { subject, actions, resource } of questions) {
            const expected = evaluate(versions[index] as never, subject, actions, resource);
            const given = answers(old, { subject, actions, resource });
            expect((given as { allowed?: boolean }).allowed).toBe(
              (expected as { allowed?: boolean }).allowed,
            );
          }
        }
      }),
      propertyRuns(15, 20_000, 18),
    );
    expect(shared).toBeGreaterThan(35);
  });
});

function byName(snapshot: Snapshot): readonly string[] {
  return [...snapshot.resources()].map((resource) => JSON.stringify(resource)).sort();
}

const readers = (name: string, namePatterns: string, role: string) =>
  definePermission({ name, namePatterns, actions: 'READ', policy: roles(role) });

describe('replace with a few changes', () => {
  const permissions = [
    readers('drivers', 'driver_.*', 'a'),
    readers('riders', 'rider_.*', 'a'),
    readers('all', '.*', 'admin'),
  ];
  const resources = ['driver_1', 'driver_2', 'rider_1'].map(
    (name) => ({ type: 'FeatureView', name, tags: { team: 'x' } }) as const,
  );
  const ann = { username: 'ann', roles: ['a'] };
  const view = (name: string) => ({ type: 'FeatureView', name }) as const;

  it('compiles only the permission that differs', () => {
    const authorizer = createAuthorizer({ permissions, resources });
    const { lineage, list } = compiledOf(authorizer.snapshot);
    const bound = authorizer.for(ann);
    expect(bound.can('READ_ONLINE', view('driver_1'))).toBe(true);
    const changed = readers('drivers', 'driver_.*', 'b');
    authorizer.replace({ permissions: [changed, ...permissions.slice(1)] });
    const after = compiledOf(authorizer.snapshot);
    expect(after.lineage).toBe(lineage);
    expect(after.list.permissions[1]).toBe(list.permissions[1]);
    expect(bound.can('READ_ONLINE', view('driver_1'))).toBe(false);
    expect(bound.can('READ_ONLINE', view('rider_1'))).toBe(true);
  });

  it('leaves the permission sets of other resources alone', () => {
    const authorizer = createAuthorizer({ permissions, resources });
    const idOf = (name: string) =>
      compiledOf(authorizer.snapshot).permissionSetIdOf(view(name)) as number;
    const before = ['driver_1', 'rider_1'].map(idOf);
    authorizer.replace({ permissions: permissions.slice(1) });
    expect(idOf('driver_1')).not.toBe(before[0]);
    expect(idOf('rider_1')).toBe(before[1]);
  });

  it('keeps equal permissions that were written anew', () => {
    const authorizer = createAuthorizer({ permissions, resources });
    const before = compiledOf(authorizer.snapshot).list;
    authorizer.replace({
      permissions: [readers('drivers', 'driver_.*', 'a'), ...permissions.slice(1)],
    });
    expect(compiledOf(authorizer.snapshot).list.ids).toEqual(before.ids);
  });

  it('sees what was changed in an object that is not frozen', () => {
    const mutable = {
      name: 'p',
      namePatterns: ['driver_.*'],
      policy: { type: 'RoleBasedPolicy', roles: ['a'] },
    };
    const authorizer = createAuthorizer({ permissions: [mutable], resources });
    expect(authorizer.can(ann, 'DESCRIBE', view('driver_1'))).toBe(true);
    mutable.policy.roles = ['b'];
    authorizer.replace({ permissions: [mutable] });
    expect(authorizer.can(ann, 'DESCRIBE', view('driver_1'))).toBe(false);
  });

  it('registers, retags and removes resources', () => {
    const byTag = definePermission({ name: 't', requiredTags: { team: 'y' }, policy: roles('a') });
    const authorizer = createAuthorizer({ permissions: [byTag], resources });
    const { snapshot } = authorizer;
    const [first, second] = resources;
    if (first === undefined || second === undefined) throw new Error('there are three');
    const added = { type: 'Entity', name: 'driver_1', tags: { team: 'y' } } as const;
    authorizer.replace({ resources: [{ ...first, tags: { team: 'y' } }, second, added] });
    expect(lineageOf(authorizer.snapshot)).toBe(lineageOf(snapshot));
    expect(authorizer.can(ann, 'DESCRIBE', view('driver_1'))).toBe(true);
    expect(authorizer.can(ann, 'DESCRIBE', added)).toBe(true);
    expect(authorizer.can(ann, 'DESCRIBE', view('driver_2'))).toBe(false);
    expect(compiledOf(authorizer.snapshot).registered(view('rider_1'))).toBeUndefined();
    expect([...snapshot.resources()]).toHaveLength(3);
    expect(createAuthorizer(snapshot).can(ann, 'DESCRIBE', view('driver_1'))).toBe(false);
    expect(compiledOf(snapshot).registered(added)).toBeUndefined();
  });

  it('refuses a resource that is given twice with different tags, and stays as it was', () => {
    const authorizer = createAuthorizer({ permissions, resources });
    const { snapshot } = authorizer;
    const twice = [...resources, { ...resources[0], tags: {} }] as typeof resources;
    expect(() => authorizer.replace({ resources: twice })).toThrow(/registered twice/);
    expect(authorizer.snapshot).toBe(snapshot);
  });

  it('keeps two successors of one snapshot apart', async () => {
    const { snapshot } = createAuthorizer({ permissions, resources });
    const successor = (name: string) =>
      prepareSnapshot(
        { permissions, resources: [...resources, { type: 'FeatureView', name }] },
        { previous: snapshot },
      );
    const one = await successor('driver_3');
    const other = await successor('driver_4');
    expect(lineageOf(one)).toBe(lineageOf(other));
    const registered = (of: Snapshot) =>
      ['driver_3', 'driver_4'].map((name) => compiledOf(of).registered(view(name)) !== undefined);
    expect([snapshot, one, other].map(registered)).toEqual([
      [false, false],
      [true, false],
      [false, true],
    ]);
  });

  it('compiles everything after very many changes, so that nothing grows for good', () => {
    const authorizer = createAuthorizer({ permissions, resources });
    const first = lineageOf(authorizer.snapshot);
    let swaps = 0;
    for (; lineageOf(authorizer.snapshot) === first && swaps < 500; swaps++) {
      const changed = readers('drivers', 'driver_.*', swaps % 2 === 0 ? 'b' : 'a');
      authorizer.replace({ permissions: [changed, ...permissions.slice(1)] });
    }
    expect(swaps).toBeLessThan(500);
    expect(lineageOf(authorizer.snapshot).permissionCount).toBeLessThan(10);
  });
});
