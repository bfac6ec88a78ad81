import { expect } from 'vitest';
import type { Gate } from '../../../../src/gate/index.js';
import { bearer } from '../case-gate.js';
import type { Case } from '../case-types.js';

const INSIDE = 'what-went-wrong-inside';

type Failure = readonly [name: string, fail: () => never];

const FAILURES: readonly Failure[] = [
  [
    'throws an error',
    () => {
      throw new Error(INSIDE);
    },
  ],
  [
    'throws a string',
    () => {
      throw INSIDE;
    },
  ],
  [
    'throws undefined',
    () => {
      throw undefined;
    },
  ],
  ['rejects', () => Promise.reject(new Error(INSIDE)) as never],
  ['rejects with undefined', () => Promise.reject(undefined) as never],
];

const GIVES_NOTHING = ['gives nothing', () => undefined as never] as const;

const METHODS: readonly (readonly [method: 'authenticate' | 'authorize', readonly Failure[]])[] = [
  ['authenticate', [...FAILURES, GIVES_NOTHING]],
  ['authorize', FAILURES],
];

/** Answers of `refuse` that no adapter may pass on. */
const REFUSALS: readonly Failure[] = [
  ...FAILURES,
  GIVES_NOTHING,
  ['says 200', () => ({ status: 200, headers: {}, body: INSIDE }) as never],
  ['says no status', () => ({ headers: {}, body: INSIDE }) as never],
  [
    'says a header that cannot be sent',
    () => ({ status: 401, headers: { 'a\n': INSIDE }, body: '' }) as never,
  ],
];

function brokenDecision(method: (typeof METHODS)[number][0], [name, fail]: Failure): Case {
  return {
    name: `a gate whose ${method} ${name} is a 500`,
    run: async ({ start, request, gate }) => {
      const server = await start({ gate: { ...gate, [method]: fail } });
      for (const path of ['/views/untagged_view', '/projects/credit_scoring/views/untagged_view']) {
        const headers = [bearer('reader-token')];
        const answer = await request(server, { method: 'GET', path, headers });
        expect(answer.status).toBe(500);
        expect(JSON.stringify(answer)).not.toContain(INSIDE);
      }
      expect(server.handlerRuns()).toBe(0);
    },
  };
}

/** What the gate knows of the registry is read anew for each request. */
const brokenRelations: Case = {
  name: 'a gate whose relations throw is a 500',
  run: async ({ start, request, gate }) => {
    let isBroken = false;
    const server = await start({
      gate: {
        ...gate,
        get relations() {
          if (isBroken) throw new Error(INSIDE);
          return gate.relations;
        },
      },
    });
    isBroken = true;
    const answer = await request(server, {
      method: 'POST',
      path: '/get-online-features',
      headers: [bearer('reader-token')],
      body: JSON.stringify({ features: ['untagged_view:age'] }),
    });
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer)).not.toContain(INSIDE);
    expect(server.handlerRuns()).toBe(0);
  },
};

/** Every adapter says what was refused, and none says it with what stood in a path. */
const toldRefusals: Case = {
  name: 'the gate is told what was refused, once for each request',
  run: async ({ start, request, gate }) => {
    const told: (string | undefined)[] = [];
    const refuse: Gate['refuse'] = (error, refused) => {
      told.push(refused?.operation);
      return gate.refuse(error);
    };
    const server = await start({ gate: { ...gate, refuse } });
    const path = '/views/untagged_view';
    await request(server, { method: 'GET', path });
    await request(server, { method: 'GET', path, headers: [bearer('nobody-token')] });
    expect(told).toHaveLength(2);
    expect(told).not.toContain(undefined);
    expect(String(told)).not.toContain('untagged_view');
    expect(told[1]).toContain('/');
    // The route is known before the caller is.
    expect(told[0]).toBe(told[1]);
  },
};

const toldWithoutRoute: Case = {
  name: 'the gate is told the method alone where no route is asked for',
  run: async ({ start, request, gate }) => {
    const told: (string | undefined)[] = [];
    const refuse: Gate['refuse'] = (error, refused) => {
      told.push(refused?.operation);
      return gate.refuse(error);
    };
    const server = await start({ gate: { ...gate, refuse } });
    expect((await request(server, { method: 'GET', path: '/no-such-path' })).status).toBe(401);
    expect(told).toEqual(['GET']);
  },
};

function brokenRefusal([name, refuse]: Failure): Case {
  return {
    name: `a gate whose refuse ${name} is a 500`,
    run: async ({ start, request, gate }) => {
      const server = await start({ gate: { ...gate, refuse } });
      for (const headers of [[], [bearer('other-token')], [bearer('nobody-token')]]) {
        const path = '/views/untagged_view';
        const answer = await request(server, { method: 'GET', path, headers });
        expect(answer.status).toBe(500);
        expect(JSON.stringify(answer)).not.toContain(INSIDE);
      }
      expect(server.handlerRuns()).toBe(0);
    },
  };
}

export const failureCases: readonly Case[] = [
  ...METHODS.flatMap(([method, failures]) => failures.map((one) => brokenDecision(method, one))),
  brokenRelations,
  toldRefusals,
  toldWithoutRoute,
  ...REFUSALS.map(brokenRefusal),
];
