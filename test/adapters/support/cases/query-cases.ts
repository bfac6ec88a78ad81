import { expect } from 'vitest';
import { bearer } from '../case-gate.js';
import type { Case, CaseAnswer, CaseContext, CaseServer } from '../case-types.js';

const PATH = '/monitoring/metrics/features';
const PROJECT = 'project=credit_scoring';
/**
 * The analyst may see it. Without it, the request is about all views of the project, of which the
 * analyst may see some.
 */
const VIEW = 'feature_view_name=transaction_features';

const PLAIN = [
  `${PROJECT}&${VIEW}`,
  `${VIEW}&${PROJECT}`,
  `&${PROJECT}&&${VIEW}&`,
  `${PROJECT}&feature%5Fview_name=transaction%5Ffeatures`,
  `${PROJECT}&${VIEW}&note=a+b%20c%2Bd`,
  `${PROJECT}&${VIEW}&tags=a&tags=b`,
  `${PROJECT}&${VIEW}&note=a;b`,
  `${PROJECT}&${VIEW}&note=a?b`,
];

/** Each of them names the view to some readers of queries, and not to others. */
const AMBIGUOUS: readonly (readonly [query: string, status: number])[] = [
  [`?${VIEW}&${PROJECT}`, 422],
  [`%3F${VIEW}&${PROJECT}`, 422],
  [`${PROJECT}&?${VIEW}`, 422],
  [`${PROJECT}&feature_view_name[x]=transaction_features`, 422],
  [`${PROJECT}&feature_view_name%5Bx%5D=transaction_features`, 422],
  [`${PROJECT}&feature_view_name[]=transaction_features`, 422],
  [`${PROJECT}&${VIEW}&x[]=1`, 422],
  [`${PROJECT}&${VIEW}&feature_view_name=untagged_view`, 422],
  [`${PROJECT}&${VIEW}&feature%5Fview_name=untagged_view`, 422],
  // One value, which names a project that the registry does not know.
  [`${PROJECT};${VIEW}`, 404],
];

/** A name of its own, so that the request is about all of the project. */
const UNNAMED = [PROJECT, `${PROJECT}&x=1;${VIEW}`, `${PROJECT}&x=1?${VIEW}`];

async function ask(
  { request }: CaseContext,
  server: CaseServer,
  query: string,
): Promise<CaseAnswer> {
  const headers = [bearer('analyst-token')];
  return request(server, { method: 'GET', path: `${PATH}?${query}`, headers });
}

function manyNames(count: number): string {
  return Array.from({ length: count }, (_, index) => `n${index}=`).join('&');
}

export const queryCases: readonly Case[] = [
  {
    name: 'a query that can be read in one way only is decided on',
    run: async (context) => {
      const server = await context.start();
      for (const query of PLAIN) {
        const { status, body } = await ask(context, server, query);
        expect([query, status, JSON.parse(body)]).toEqual([query, 200, { ok: true }]);
      }
      expect(server.handlerRuns()).toBe(PLAIN.length);
    },
  },
  {
    name: 'a handler is told which of many views it may serve',
    run: async (context) => {
      const server = await context.start();
      for (const query of UNNAMED) {
        const { body } = await ask(context, server, query);
        const { permitted } = JSON.parse(body) as { readonly permitted?: readonly string[] };
        expect([query, permitted]).toEqual([query, expect.arrayContaining(['customer_profile'])]);
        expect(permitted).not.toContain('untagged_view');
      }
      expect(server.handlerRuns()).toBe(UNNAMED.length);
      const nobody = { method: 'GET', headers: [bearer('nobody-token')] };
      const { status } = await context.request(server, { ...nobody, path: `${PATH}?${PROJECT}` });
      expect(status).toBe(403);
      expect(server.handlerRuns()).toBe(UNNAMED.length);
    },
  },
  {
    name: 'a query that can be read in two ways reaches no handler',
    run: async (context) => {
      const server = await context.start();
      for (const [query, status] of AMBIGUOUS) {
        expect([query, (await ask(context, server, query)).status]).toEqual([query, status]);
      }
      expect(server.handlerRuns()).toBe(0);
    },
  },
  {
    name: 'a query of more than 100 names is refused',
    run: async (context) => {
      const server = await context.start();
      const named = `${PROJECT}&${VIEW}`;
      expect((await ask(context, server, `${named}&${manyNames(98)}`)).status).toBe(200);
      expect((await ask(context, server, `${named}&${manyNames(99)}`)).status).toBe(422);
      // Some readers drop what comes after the thousandth name.
      expect((await ask(context, server, `${manyNames(1001)}&${named}`)).status).toBe(422);
      expect(server.handlerRuns()).toBe(1);
    },
  },
];
