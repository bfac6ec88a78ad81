import { expect } from 'vitest';
import { bearer } from '../case-gate.js';
import type { Case, CaseRequest } from '../case-types.js';
import { expectUnauthenticated } from './header-cases.js';

const UNGUARDED: CaseRequest = { method: 'GET', path: '/unguarded' };

export const unguardedCases: readonly Case[] = [
  {
    name: 'a route without a requirement is refused: at the start, or to everyone',
    run: async ({ start, request }) => {
      // A promise's rejection is the refusal at the start.
      const server = await start({ unguarded: 'refuse', withUnguarded: true }).catch(
        (error: unknown) => {
          expect(String(error)).toContain('/unguarded');
          return undefined;
        },
      );
      if (server === undefined) return;
      for (const headers of [[], [bearer('reader-token')]]) {
        const answer = await request(server, { ...UNGUARDED, headers });
        expect(answer.status).toBeGreaterThanOrEqual(400);
      }
      expect(server.handlerRuns()).toBe(0);
    },
  },
  {
    name: 'a route without a requirement is not served to a caller that the gate does not give',
    run: async ({ start, request, gate }) => {
      const authenticate = async (): Promise<never> => undefined as never;
      const server = await start({
        gate: { ...gate, authenticate },
        unguarded: 'allow',
        withUnguarded: true,
      });
      const headers = [bearer('reader-token')];
      expect((await request(server, { ...UNGUARDED, headers })).status).toBe(500);
      expect(server.handlerRuns()).toBe(0);
    },
  },
  servedCase('report'),
  servedCase('allow'),
];

function servedCase(unguarded: 'report' | 'allow'): Case {
  return {
    name: `a route without a requirement asks for a caller only, with ${unguarded}`,
    run: async ({ start, request }) => {
      const reported: string[] = [];
      const server = await start({
        unguarded,
        withUnguarded: true,
        onUnguarded: (route) => reported.push(route),
      });
      expectUnauthenticated(await request(server, UNGUARDED), false);
      expect(server.handlerRuns()).toBe(0);
      const headers = [bearer('nobody-token')];
      expect((await request(server, { ...UNGUARDED, headers })).status).toBe(200);
      expect((await request(server, { ...UNGUARDED, headers })).status).toBe(200);
      expect(server.handlerRuns()).toBe(2);
      // Once, however often it is asked for. A framework may add a route for HEAD.
      const gets = reported.filter((route) => route.includes('GET'));
      expect(gets).toEqual(unguarded === 'report' ? [expect.stringContaining('/unguarded')] : []);
    },
  };
}
