import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  createShadow,
  type ShadowDifference,
  type ShadowOptions,
} from '../../src/decision-log/index.js';
import { createGate } from '../../src/gate/index.js';
import { createAuthorizer, roles } from '../../src/index.js';
import { defineVocabulary, type PolicyKind } from '../../src/model/index.js';

const ANN = { username: 'ann', roles: ['reader'] };
const VIEW = { type: 'FeatureView', name: 'a' } as const;
const NEW_VIEW = { type: 'FeatureView', name: 'unregistered' } as const;

const read = { name: 'read', actions: ['READ_ONLINE'], policy: roles('reader') } as const;
const write = { name: 'write', actions: ['WRITE_ONLINE'], policy: roles('reader') } as const;
const inForce = { permissions: [read], resources: [VIEW] };
const candidateOf = (options: object = { permissions: [write], resources: [VIEW] }) =>
  createAuthorizer(options as typeof inForce).snapshot;

function shadowed(options: Partial<ShadowOptions> = {}) {
  const differences: ShadowDifference[] = [];
  const shadow = createShadow({
    candidate: candidateOf(),
    onDifference: (difference) => void differences.push(difference),
    ...options,
  });
  return { shadow, differences, authorizer: createAuthorizer(inForce, { shadow }) };
}

describe('a shadow of an authorizer', () => {
  it('enforces the snapshot in force, and reports what the candidate would decide', () => {
    const { shadow, differences, authorizer } = shadowed();
    const caller = authorizer.for(ANN);
    expect(caller.can('READ_ONLINE', VIEW)).toBe(true);
    expect(authorizer.can(ANN, 'WRITE_ONLINE', VIEW)).toBe(false);
    expect(caller.filter('DELETE', [VIEW])).toEqual([]);
    expect(differences).toMatchObject([
      { decision: { allowed: true }, candidate: { allowed: false }, operation: undefined },
      { decision: { allowed: false }, candidate: { permissions: [{ name: 'write' }] } },
    ]);
    const counts = { same: 1, gained: 1, lost: 1, failed: 0, skipped: 0, unreported: 0 };
    expect(shadow.counts).toEqual(counts);
  });

  it('compares unregistered resources and described ones', () => {
    const tagged = { ...write, requiredTags: { team: 'x' } };
    const { shadow, authorizer } = shadowed({
      candidate: candidateOf({ permissions: [tagged], resources: [VIEW] }),
    });
    authorizer.can(ANN, 'WRITE_ONLINE', NEW_VIEW);
    expect(shadow.counts).toMatchObject({ same: 1 });
    authorizer.decideDescribed(ANN, 'WRITE_ONLINE', { ...VIEW, tags: { team: 'x' } });
    expect(shadow.counts).toMatchObject({ same: 1, gained: 1 });
  });

  it('reports each difference once, and a bounded number of them', () => {
    const { shadow, differences, authorizer } = shadowed({ maxDifferences: 2 });
    for (let count = 0; count < 3; count++) {
      for (const username of ['ann', 'bob', 'eve']) {
        authorizer.can({ ...ANN, username }, 'READ_ONLINE', VIEW);
      }
    }
    expect(differences.map(({ decision }) => decision.subject?.username)).toEqual(['ann', 'bob']);
    expect(shadow.counts).toMatchObject({ lost: 9, unreported: 3 });
  });

  it('changes no answer where the candidate or the listener fails', () => {
    const cars = defineVocabulary({
      name: 'cars',
      actions: { DRIVE: {} },
      types: { Car: {} },
    } as never);
    const failing = createShadow({
      candidate: createAuthorizer({ vocabulary: cars, permissions: [] } as never).snapshot,
    });
    const authorizer = createAuthorizer(inForce, { shadow: failing });
    expect(authorizer.can(ANN, 'READ_ONLINE', VIEW)).toBe(true);
    expect(authorizer.can(ANN, 'READ_ONLINE', NEW_VIEW)).toBe(true);
    expect(failing.counts).toMatchObject({ failed: 2, same: 0 });
    const { authorizer: told, shadow } = shadowed({
      onDifference: () => {
        throw new Error('log is full');
      },
    });
    expect(told.can(ANN, 'READ_ONLINE', VIEW)).toBe(true);
    expect(shadow.counts).toMatchObject({ lost: 1 });
  });

  it('refuses by the candidate alone where its predicate throws', () => {
    const kind: PolicyKind<{ type: 'Odd' }> = {
      type: 'Odd',
      schema: z.strictObject({ type: z.literal('Odd') }),
      compile: () => ({
        kind: 'predicate',
        grants: () => {
          throw new Error('odd');
        },
      }),
      explain: () => 'something odd',
    };
    const odd = { ...read, policy: { type: 'Odd' } };
    const { authorizer, differences } = shadowed({
      candidate: candidateOf({ permissions: [odd], policyKinds: [kind], resources: [VIEW] }),
    });
    expect(authorizer.can(ANN, 'READ_ONLINE', VIEW)).toBe(true);
    expect(differences).toMatchObject([{ candidate: { allowed: false } }]);
  });

  it('starts again with another candidate', () => {
    const { shadow, differences, authorizer } = shadowed();
    authorizer.can(ANN, 'READ_ONLINE', VIEW);
    const next = candidateOf(inForce);
    shadow.replace(next);
    expect(shadow.candidate).toBe(next);
    authorizer.can(ANN, 'READ_ONLINE', VIEW);
    expect(shadow.counts).toMatchObject({ same: 1, lost: 0 });
    expect(differences).toHaveLength(1);
  });
});

describe('a shadow of a gate', () => {
  it('reports the operation, and refuses by the snapshot in force', () => {
    const { shadow, differences } = shadowed();
    const authorizer = createAuthorizer(inForce);
    const authenticator = { authenticate: async () => ANN };
    const gate = createGate({ authenticator, authorizer, shadow, telemetry: false });
    const ask = (actions: 'READ_ONLINE' | 'WRITE_ONLINE'): void =>
      gate.authorize(authorizer.for(ANN), { actions, resources: VIEW }, 'POST /push');
    ask('READ_ONLINE');
    expect(() => ask('WRITE_ONLINE')).toThrow('not permitted');
    expect(differences).toMatchObject([
      { operation: 'POST /push', decision: { allowed: true } },
      { operation: 'POST /push', decision: { allowed: false } },
    ]);
    expect(shadow.counts).toMatchObject({ gained: 1, lost: 1 });
  });
});

it.each([
  [{}, TypeError],
  [{ candidate: {} }, TypeError],
  [{ candidate: candidateOf(), onDifference: 1 }, 'onDifference'],
  [{ candidate: candidateOf(), maxDifferences: -1 }, 'maxDifferences'],
  [{ candidate: candidateOf(), sample: 1 }, 'sample'],
])('refuses the options %#', (options, error) => {
  expect(() => createShadow(options as never)).toThrow(error);
});

it('is refused as an option if it is not a shadow', () => {
  expect(() => createAuthorizer(inForce, { shadow: {} as never })).toThrow('option shadow');
  expect(() =>
    createGate({
      authenticator: { authenticate: async () => ANN },
      authorizer: createAuthorizer(inForce),
      shadow: { compare: () => {} } as never,
    }),
  ).toThrow('option shadow');
});
