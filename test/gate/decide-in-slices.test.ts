import { describe, expect, test } from 'vitest';
import { decideInSlices } from '../../src/adapters/support/pass-gate.js';
import type { AnyRequirement, Gate, GateOptions } from '../../src/gate/index.js';
import { createAuthorizer, definePermission, roles } from '../../src/index.js';
import { PermissionDeniedError, RequestInvalidError } from '../../src/model/index.js';
import { countSlices } from '../support/count-slices.js';
import { ANALYST, NOBODY, testGate, view } from './gate-fixtures.js';

/** Patterns that no literal tells apart: each unknown name is tried on all of them. */
const authorizer = createAuthorizer({
  permissions: Array.from({ length: 300 }, (_, index) =>
    definePermission({
      name: `permission-${index}`,
      project: 'p',
      types: ['FeatureView'],
      namePatterns: [`[a-z]{1,${3 + (index % 50)}}(?:_[a-z0-9]{1,${4 + (index % 6)}}){1,60}`],
      actions: ['READ_ONLINE'],
      policy: roles('analyst'),
    }),
  ),
  resources: [view('open_a')],
  projects: ['p'],
  defaultProject: 'p',
});
const unknown = (count: number, word = 'abcd_') =>
  Array.from({ length: count }, (_, index) => ({
    ...view(`${word.repeat(40)}${index}`),
    tags: undefined as never,
  }));
const sliced = (options: Partial<GateOptions> = {}): Gate =>
  testGate({ authorizer, onDecision: undefined, ...options }).gate;

async function refusalOf(run: () => unknown): Promise<unknown> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('authorizeInSlices', () => {
  test('a registered resource is decided on at once', () => {
    const gate = sliced();
    const needed = { actions: 'READ_ONLINE', resources: view('open_a') } as const;
    expect(gate.authorizeInSlices?.(authorizer.for(ANALYST), needed)).toBeUndefined();
    expect(() => gate.authorizeInSlices?.(authorizer.for(NOBODY), needed)).toThrow(
      PermissionDeniedError,
    );
  });

  test('many unknown names are decided on in turns of the event loop, and none of them early', async () => {
    const gate = sliced({ maxDecisionSeconds: 60 });
    const needed = { actions: 'READ_ONLINE', resources: unknown(200) } as const;
    let turns = 0;
    let isRunning = true;
    const count = (): void => {
      turns += 1;
      if (isRunning) setImmediate(count);
    };
    setImmediate(count);
    const decided = gate.authorizeInSlices?.(authorizer.for(ANALYST), needed);
    expect(decided).toBeInstanceOf(Promise);
    await decided;
    isRunning = false;
    expect(turns).toBeGreaterThan(3);
  });

  test('many alternatives are decided on in turns of the event loop, where all are refused', async () => {
    const gate = sliced();
    const one = { actions: 'DELETE', resources: view('open_a') } as const;
    const needed = { anyOf: Array.from({ length: 100 }, () => one) };
    const { slices } = await countSlices(() =>
      refusalOf(() => gate.authorizeInSlices?.(authorizer.for(NOBODY), needed)),
    );
    expect(slices).toBeGreaterThan(5);
  });

  test('says what authorize says, on every kind of requirement', async () => {
    const [one] = unknown(1);
    const other = view('open_a');
    const kinds: readonly (AnyRequirement | readonly AnyRequirement[])[] = [
      { actions: 'READ_ONLINE', resources: unknown(3) },
      { actions: 'READ_ONLINE', resources: [other, view('0')] },
      { actions: 'READ_ONLINE', described: [one as never, view('0')] },
      { change: { proposed: view('abc_1') } },
      { change: { existing: other, proposed: view('open_a') } },
      {
        anyOf: [
          { actions: 'DELETE', resources: other },
          { actions: 'READ_ONLINE', resources: other },
        ],
      },
      {
        anyOf: [
          { actions: 'DELETE', resources: other },
          { actions: 'UPDATE', resources: other },
        ],
      },
      { missing: new RequestInvalidError('missing') },
      { actions: 'READ_ONLINE', resources: [] },
      { actions: 'READ_ONLINE', resources: view('x'.repeat(300)) },
      [],
    ];
    for (const subject of [ANALYST, NOBODY]) {
      for (const needed of kinds) {
        for (const onDecision of [undefined, () => {}]) {
          const gate = sliced({ onDecision });
          const caller = authorizer.for(subject);
          const atOnce = await refusalOf(() => gate.authorize(caller, needed));
          const later = await refusalOf(() => gate.authorizeInSlices?.(caller, needed));
          expect(String(later)).toBe(String(atOnce));
        }
      }
    }
  });

  test('a request that takes longer than it may is refused, at once and in slices', async () => {
    const gate = sliced({ maxDecisionSeconds: 0.000_001 });
    const needed = { actions: 'READ_ONLINE', resources: unknown(20, 'new_') } as const;
    const caller = authorizer.for(ANALYST);
    for (const decide of ['authorize', 'authorizeInSlices'] as const) {
      const error = await refusalOf(() => gate[decide]?.(caller, needed));
      expect(gate.refuse(error).status).toBe(422);
    }
  });

  test.each([0, -1, Number.NaN, '2'])('maxDecisionSeconds is not %j', (maxDecisionSeconds) => {
    expect(() => sliced({ maxDecisionSeconds: maxDecisionSeconds as never })).toThrow(TypeError);
  });
});

describe('decideInSlices', () => {
  test('awaits the answer of a gate that has no authorizeInSlices', async () => {
    const gate = { authorize: () => Promise.reject(new Error('refused later')) } as never;
    await expect(decideInSlices(gate, authorizer.for(ANALYST), [])).rejects.toThrow(
      'refused later',
    );
  });
});
