import { expect } from 'vitest';
import { bearer } from '../case-gate.js';
import type { Case, CaseAnswer, CaseRequest } from '../case-types.js';

/** Where the app takes a request that passed the gate, by what stands in these headers. */
const rewrite = (url: string, method = 'GET'): NonNullable<CaseRequest['headers']> => [
  ['x-case-url', url],
  ['x-case-method', method],
];

const TARGETS = [
  rewrite('/unguarded'),
  rewrite('/views/untagged_view'),
  rewrite('/projects/credit_scoring/views/untagged_view'),
  rewrite('/views', 'POST'),
  rewrite('/get-online-features', 'POST'),
  rewrite('/monitoring/metrics/features?project=credit_scoring'),
];

export const rewriteCases: readonly Case[] = [
  {
    name: 'a public route that is rewritten after the gate is no way to another one',
    run: async ({ start, request }) => {
      const server = await start({ unguarded: 'allow', withUnguarded: true });
      for (const headers of TARGETS) {
        await request(server, { method: 'GET', path: '/health', headers });
      }
      expect((await request(server, { method: 'GET', path: '/health' })).status).toBe(200);
      expect(server.handlerRuns()).toBe(0);
    },
  },
  {
    name: 'a request that is rewritten after the gate is decided on as what it has become',
    run: async ({ start, request, gate }) => {
      const server = await start();
      const token = bearer('analyst-token');
      const ask = async (path: string, url: string, method?: string): Promise<CaseAnswer> => {
        const headers = [token, ...rewrite(url, method)];
        const answer = await request(server, { method: 'GET', path, headers });
        expect(server.handlerRuns()).toBeLessThanOrEqual(gate.asked.granted);
        return answer;
      };
      const query = 'project=credit_scoring&feature_view_name=transaction_features';
      const metrics = '/monitoring/metrics/features';
      await ask('/views/transaction_features', '/views', 'POST');
      await ask('/views/transaction_features', '/views/untagged_view');
      await ask('/views/untagged_view', '/views/transaction_features');
      const ofProject = `${metrics}?project=credit_scoring`;
      // Refused, or told which views of the project may be served.
      expect((await ask(`${metrics}?${query}`, ofProject)).body).not.toBe('{"ok":true}');
      expect((await ask(ofProject, `${metrics}?${query}#`)).status).toBeGreaterThanOrEqual(400);
    },
  },
];
