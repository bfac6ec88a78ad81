import { expect } from 'vitest';
import { bearer } from '../case-gate.js';
import type { Case, CaseAnswer, CaseRequest } from '../case-types.js';
import { expectUnauthenticated } from './header-cases.js';

/**
 * What no client may learn: roles, groups, namespaces, permissions and patterns of the registry.
 */
const INSIDE =
  /super-reader|feast-admin|risk-analysts|risk-ns|feature-reader|risk-combined|admin-all|MERCHANT|fleet/;

function expectDenied(answer: CaseAnswer): void {
  expect(answer.status).toBe(403);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  const problem = JSON.parse(answer.body) as Record<string, unknown>;
  expect(problem).toMatchObject({ status: 403, code: 'ERR_PERMISSION_DENIED' });
  expect(problem['title']).toEqual(expect.any(String));
  expect(answer.body).not.toMatch(INSIDE);
}

function features(token: string | undefined, body: unknown): CaseRequest {
  return {
    method: 'POST',
    path: '/get-online-features',
    headers: token === undefined ? [] : [bearer(token)],
    body: JSON.stringify(body),
  };
}

const ENTITIES = { driver_id: [1001] };
const BOTH = ['transaction_features:amount', 'customer_profile:age'];

export const decisionCases: readonly Case[] = [
  {
    name: 'a token that may not is a 403 that tells nothing of the permissions',
    run: async ({ start, request }) => {
      const server = await start();
      expectDenied(
        await request(server, {
          method: 'GET',
          path: '/views/untagged_view',
          headers: [bearer('nobody-token')],
        }),
      );
      expect(server.handlerRuns()).toBe(0);
    },
  },
  {
    name: 'all views of a request are needed, and asked for in one decision',
    run: async ({ start, request, gate }) => {
      const server = await start();
      const ask = (views: readonly string[]): Promise<CaseAnswer> =>
        request(server, {
          method: 'POST',
          path: '/views',
          headers: [bearer('analyst-token')],
          body: JSON.stringify({ views }),
        });
      expect((await ask(['transaction_features', 'customer_profile'])).status).toBe(200);
      expect(gate.asked.authorize).toBe(1);
      expectDenied(await ask(['transaction_features', 'untagged_view']));
      expectDenied(await ask(['untagged_view', 'transaction_features']));
      expect(gate.asked.authorize).toBe(3);
      expect(server.handlerRuns()).toBe(1);
    },
  },
  {
    name: 'a request that names nothing to decide on is refused',
    run: async ({ start, request, gate }) => {
      const server = await start();
      for (const body of ['{"views":[]}', '{}']) {
        const headers = [bearer('reader-token')];
        const answer = await request(server, { method: 'POST', path: '/views', headers, body });
        expect(answer.status).toBeGreaterThanOrEqual(400);
      }
      expect(gate.asked.granted).toBe(0);
      expect(server.handlerRuns()).toBe(0);
    },
  },
  {
    name: 'a project that the registry does not know is refused',
    run: async ({ start, request }) => {
      const server = await start();
      const headers = [bearer('reader-token')];
      const ask = (project: string): Promise<CaseAnswer> =>
        request(server, {
          method: 'GET',
          path: `/projects/${project}/views/untagged_view`,
          headers,
        });
      expect((await ask('credit_scoring')).status).toBe(200);
      expectDenied(await ask('nosuch'));
      expect(server.handlerRuns()).toBe(1);
    },
  },
  {
    name: "Feast's endpoint: the views that are asked for decide",
    run: async ({ start, request, gate }) => {
      const server = await start();
      const body = { features: BOTH, entities: ENTITIES };
      expect((await request(server, features('analyst-token', body))).status).toBe(200);
      expect(gate.asked.authorize).toBe(1);
      expectDenied(await request(server, features('nobody-token', body)));
      const more = { ...body, features: [...BOTH, 'untagged_view:age'] };
      expectDenied(await request(server, features('analyst-token', more)));
      expect((await request(server, features('reader-token', more))).status).toBe(200);
      expect(server.handlerRuns()).toBe(2);
    },
  },
  {
    name: "Feast's endpoint: an unknown view is a 404 for who is known, and a 401 for who is not",
    run: async ({ start, request }) => {
      const server = await start();
      const body = { features: ['nosuch:amount'], entities: ENTITIES };
      expect((await request(server, features('reader-token', body))).status).toBe(404);
      expectUnauthenticated(await request(server, features(undefined, body)), false);
      expectUnauthenticated(await request(server, features('other-token', body)), true);
      expect(server.handlerRuns()).toBe(0);
    },
  },
  {
    name: "Feast's endpoint: a push asks for all views that it feeds, label views too",
    run: async ({ start, request }) => {
      const server = await start();
      const push = (token: string, source: string): Promise<CaseAnswer> =>
        request(server, {
          method: 'POST',
          path: '/push',
          headers: [bearer(token)],
          body: JSON.stringify({ push_source_name: source, df: { driver_id: [1] }, to: 'online' }),
        });
      expect((await push('fleet-token', 'transactions_push')).status).toBe(200);
      expectDenied(await push('nobody-token', 'transactions_push'));
      expectDenied(await push('fleet-token', 'labels_push'));
      expect(server.handlerRuns()).toBe(1);
    },
  },
  {
    name: 'what is public needs no token, and reads none',
    run: async ({ start, request, gate }) => {
      const server = await start();
      const health = { method: 'GET', path: '/health' };
      expect((await request(server, health)).status).toBe(200);
      const bad = await request(server, { ...health, headers: [bearer('other-token')] });
      expect(bad.status).toBe(200);
      expect(gate.asked.authenticate).toBe(0);
    },
  },
  {
    name: 'requests at the same time keep their callers apart',
    run: async ({ start, request }) => {
      const server = await start();
      const tokens = Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? 'reader' : 'nobody'));
      const answers = await Promise.all(
        tokens.map((name) =>
          request(server, {
            method: 'GET',
            path: '/views/untagged_view',
            headers: [bearer(`${name}-token`)],
          }),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual(
        tokens.map((name) => (name === 'reader' ? 200 : 403)),
      );
      expect(server.handlerRuns()).toBe(10);
    },
  },
];
