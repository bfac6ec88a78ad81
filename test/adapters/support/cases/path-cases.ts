import { expect } from 'vitest';
import { bearer } from '../case-gate.js';
import type { Case } from '../case-types.js';

/** Ways to write a path that some router, proxy or file system takes for another. */
const TRICKS: readonly string[] = [
  '//views/untagged_view',
  '/views//untagged_view',
  '/views/untagged_view/',
  '/views/untagged_view//',
  '/VIEWS/untagged_view',
  '/Views/untagged_view',
  '/%76iews/untagged_view',
  '/views/%75ntagged_view',
  '/views%2funtagged_view',
  '/views/untagged_view%2f',
  '/views/untagged_view%00',
  '/views/untagged_view%0a',
  '/./views/untagged_view',
  '/%2e/views/untagged_view',
  '/health/../views/untagged_view',
  '/health/%2e%2e/views/untagged_view',
  '/health/..%2fviews/untagged_view',
  '/health/..;/views/untagged_view',
  '/health%2f..%2fviews/untagged_view',
  '/health?/views/untagged_view',
  '/views/untagged_view;a=b',
  '/views/untagged_view?name=transaction_features',
  '/views/untagged_view#/health',
  '/views/untagged_view?/health',
  '\\views\\untagged_view',
  'http://other.example/views/untagged_view',
  '/views/%',
  '/views/%ff',
  '*',
];

/** The same of a Feast endpoint. */
const FEAST_TRICKS: readonly string[] = [
  '/get-online-features',
  '//get-online-features',
  '/get-online-features/',
  '/GET-ONLINE-FEATURES',
  '/%67et-online-features',
  '/get-online-features%2f',
  '/./get-online-features',
  '/health/../get-online-features',
  '/get-online-features?x=1',
  '/get-online-features;x=1',
];

const BODY = JSON.stringify({ features: ['untagged_view:age'], entities: { customer_id: [1] } });

const METHODS = ['HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'POST'];

const REQUESTS = [
  ...TRICKS.map((path) => ({ method: 'GET', path })),
  ...FEAST_TRICKS.map((path) => ({ method: 'POST', path, body: BODY })),
  ...METHODS.map((method) => ({ method, path: '/views/untagged_view' })),
  ...METHODS.map((method) => ({ method, path: '/health/../views/untagged_view' })),
  ...['HEAD', 'OPTIONS', 'GET'].map((method) => ({ method, path: '/get-online-features' })),
];

export const pathCases: readonly Case[] = [
  {
    name: 'no way to write a path reaches a handler without a token',
    run: async ({ start, request }) => {
      const server = await start();
      for (const one of REQUESTS) {
        await request(server, one).catch(() => {});
        const sent = `${one.method} ${one.path}`;
        expect(`${sent}: ${server.handlerRuns()}`).toBe(`${sent}: 0`);
      }
    },
  },
  {
    name: 'no way to write a path reaches a handler without a permission',
    run: async ({ start, request, gate }) => {
      const server = await start();
      for (const one of REQUESTS) {
        await request(server, { ...one, headers: [bearer('nobody-token')] }).catch(() => {});
        const sent = `${one.method} ${one.path}`;
        expect(`${sent}: ${server.handlerRuns()}`).toBe(`${sent}: 0`);
      }
      expect(gate.asked.granted).toBe(0);
    },
  },
  {
    name: 'whatever way a path is written, a handler runs only after a grant',
    run: async ({ start, request, gate }) => {
      const server = await start();
      for (const one of REQUESTS) {
        await request(server, { ...one, headers: [bearer('reader-token')] }).catch(() => {});
        expect(server.handlerRuns()).toBeLessThanOrEqual(gate.asked.granted);
      }
      expect(server.handlerRuns()).toBeGreaterThan(0);
    },
  },
  {
    name: 'a header that names another method or path changes nothing',
    run: async ({ start, request }) => {
      const server = await start();
      const headers = [
        ['x-http-method-override', 'GET'],
        ['x-original-url', '/health'],
        ['x-rewrite-url', '/health'],
        ['x-forwarded-uri', '/health'],
      ] as const;
      for (const method of ['GET', 'POST', 'HEAD']) {
        const answer = await request(server, { method, path: '/views/untagged_view', headers });
        expect(answer.status).toBeGreaterThanOrEqual(400);
      }
      expect(server.handlerRuns()).toBe(0);
    },
  },
];
