import { expect } from 'vitest';
import { bearer } from '../case-gate.js';
import type { Case, CaseRequest } from '../case-types.js';
import { expectUnauthenticated } from './header-cases.js';

const MEGABYTE = 'x'.repeat(1_000_000);

const BODIES: readonly (readonly [name: string, body: string])[] = [
  ['a malformed body', '{"views": ['],
  ['a body of 1 MB', JSON.stringify({ views: [MEGABYTE] })],
  ['a valid body', '{"views":["untagged_view"]}'],
];

/** The body of the case is JSON, whatever these say. */
const NOT_JSON: readonly string[] = [
  'text/plain',
  'text/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/jsonp',
  'application/json-seq',
];

const PATHS = ['/views', '/get-online-features'];

function unreadCase(name: string, body: string, path: string): Case {
  return {
    name: `the caller is asked for before ${name} of ${path} is read`,
    run: async ({ start, request }) => {
      const server = await start();
      const post: CaseRequest = { method: 'POST', path, body };
      expectUnauthenticated(await request(server, post), false);
      const bad = await request(server, { ...post, headers: [bearer('other-token')] });
      expectUnauthenticated(bad, true);
      expect(server.bodyReads?.() ?? 0).toBe(0);
      expect(server.handlerRuns()).toBe(0);
    },
  };
}

export const bodyCases: readonly Case[] = [
  ...BODIES.flatMap(([name, body]) => PATHS.map((path) => unreadCase(name, body, path))),
  {
    name: 'a malformed body is refused before anything is decided',
    run: async ({ start, request, gate }) => {
      const server = await start();
      for (const path of PATHS) {
        const headers = [bearer('reader-token')];
        const answer = await request(server, {
          method: 'POST',
          path,
          headers,
          body: '{"views": [',
        });
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(answer.status).toBeLessThan(500);
      }
      expect(gate.asked.granted).toBe(0);
      expect(server.handlerRuns()).toBe(0);
    },
  },
  {
    name: 'a body that is not JSON by its content type reaches no handler',
    run: async ({ start, request }) => {
      const server = await start();
      const body = JSON.stringify({ features: ['untagged_view:age'] });
      const ask = async (type: string, path: string): Promise<number> => {
        const headers = [bearer('reader-token'), ['content-type', type]] as const;
        return (await request(server, { method: 'POST', path, headers, body })).status;
      };
      for (const type of NOT_JSON) {
        expect([type, await ask(type, '/get-online-features')]).toEqual([type, 415]);
        expect(await ask(type, '/views')).toBeGreaterThanOrEqual(400);
      }
      expect(server.handlerRuns()).toBe(0);
      for (const type of ['application/json', 'Application/JSON; charset="UTF-8"']) {
        expect([type, await ask(type, '/get-online-features')]).toEqual([type, 200]);
      }
    },
  },
  {
    name: 'a body that means two things is refused',
    run: async ({ start, request }) => {
      const server = await start();
      const bodies = [
        { features: ['transaction_features:amount:age'] },
        { features: ['transaction_features:amount', 'transaction_features::amount'] },
        { features: ['untagged_view:age'], feature_service: 'credit_model_v1' },
      ];
      for (const body of bodies) {
        const answer = await request(server, {
          method: 'POST',
          path: '/get-online-features',
          headers: [bearer('reader-token')],
          body: JSON.stringify(body),
        });
        expect([body, answer.status]).toEqual([body, 422]);
      }
      expect(server.handlerRuns()).toBe(0);
    },
  },
  {
    name: 'a body that names inherited members names no views',
    run: async ({ start, request }) => {
      const server = await start();
      const bodies = [
        '{"__proto__":{"views":["transaction_features"]}}',
        '{"constructor":{"prototype":{"views":["transaction_features"]}}}',
        '[]',
        'null',
        '"views"',
        '{"views":{"length":1,"0":"transaction_features"}}',
      ];
      for (const body of bodies) {
        const headers = [bearer('analyst-token')];
        const answer = await request(server, { method: 'POST', path: '/views', headers, body });
        expect(answer.status).toBeGreaterThanOrEqual(400);
      }
      expect(server.handlerRuns()).toBe(0);
    },
  },
  {
    name: 'a client that hangs up in its body reaches no handler, and harms nobody',
    run: async ({ start, request }) => {
      const server = await start();
      const headers = [bearer('reader-token')];
      const post: CaseRequest = {
        method: 'POST',
        path: '/views',
        headers,
        body: '{"views":["unta',
      };
      await expect(request(server, { ...post, hangUpBefore: 100 })).rejects.toThrow();
      const next = { ...post, body: '{"views":["untagged_view"]}' };
      expect((await request(server, next)).status).toBe(200);
      expect(server.handlerRuns()).toBe(1);
    },
  },
  {
    name: 'a client that hangs up while it is asked who it is harms nobody',
    run: async ({ start, request, gate }) => {
      let arrived = (): void => {};
      let answer = (): void => {};
      const asked = new Promise<void>((resolve) => (arrived = resolve));
      const held = new Promise<void>((resolve) => (answer = resolve));
      const server = await start({
        gate: {
          ...gate,
          authenticate: async (authorization) => {
            arrived();
            await held;
            return gate.authenticate(authorization);
          },
        },
      });
      const headers = [bearer('reader-token')];
      const post = { method: 'POST', path: '/views', headers, body: '{"views":["unta' };
      const gone = request(server, { ...post, hangUpBefore: 100 }).catch((error: unknown) => error);
      await asked;
      expect(await gone).toBeInstanceOf(Error);
      answer();
      const next = { ...post, body: '{"views":["untagged_view"]}' };
      expect((await request(server, next)).status).toBe(200);
      expect(server.handlerRuns()).toBe(1);
    },
  },
];
