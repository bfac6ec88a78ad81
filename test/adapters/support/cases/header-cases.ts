import { expect } from 'vitest';
import { bearer } from '../case-gate.js';
import type { Case, CaseAnswer, CaseRequest } from '../case-types.js';

const VIEW: CaseRequest = { method: 'GET', path: '/views/untagged_view' };

function withHeader(...values: readonly string[]): CaseRequest {
  return { ...VIEW, headers: values.map((value) => ['authorization', value]) };
}

const ACCEPTED: readonly (readonly [name: string, header: string])[] = [
  ['the scheme in lower case', 'bearer reader-token'],
  ['the scheme in upper case', 'BEARER reader-token'],
  ['doubled spaces', 'Bearer   reader-token'],
  ['a trailing space', 'Bearer reader-token '],
  ['leading spaces', '  Bearer reader-token'],
];

const REFUSED: readonly (readonly [name: string, ...headers: string[]])[] = [
  ['an unknown token', 'Bearer other-token'],
  ['a tab between scheme and token', 'Bearer\treader-token'],
  ['a third word', 'Bearer reader-token more'],
  ['a comma and a second challenge', 'Bearer reader-token, Bearer reader-token'],
  ['Bearer alone', 'Bearer'],
  ['Basic', 'Basic cmVhZGVyLXRva2Vu'],
  ['a token without a scheme', 'reader-token'],
  ['another scheme', 'Token reader-token'],
  ['a no-break space', 'Bearer\u00a0reader-token'],
  ['two headers, the first one bad', 'Bearer other-token', 'Bearer reader-token'],
  ['two headers, the second one bad', 'Bearer reader-token', 'Bearer other-token'],
  ['the same header twice', 'Bearer reader-token', 'Bearer reader-token'],
];

export function expectUnauthenticated(answer: CaseAnswer, given: boolean): void {
  expect(answer.status).toBe(401);
  const challenge = answer.headers['www-authenticate'] ?? '';
  expect(challenge).toMatch(/^Bearer\b/);
  if (given) expect(challenge).toContain('error="invalid_token"');
  else expect(challenge).not.toContain('error');
}

function acceptedCase([name, header]: (typeof ACCEPTED)[number]): Case {
  return {
    name: `header accepted: ${name}`,
    run: async ({ start, request }) => {
      const server = await start();
      expect((await request(server, withHeader(header))).status).toBe(200);
    },
  };
}

function refusedCase([name, ...headers]: (typeof REFUSED)[number]): Case {
  return {
    name: `header refused: ${name}`,
    run: async ({ start, request }) => {
      const server = await start();
      const answer = await request(server, withHeader(...headers));
      expectUnauthenticated(answer, true);
      expect(answer.body).not.toContain('reader-token');
      expect(server.handlerRuns()).toBe(0);
    },
  };
}

export const headerCases: readonly Case[] = [
  {
    name: 'a token that may is let in',
    run: async ({ start, request, gate }) => {
      const server = await start();
      const answer = await request(server, { ...VIEW, headers: [bearer('reader-token')] });
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.body)).toEqual({ ok: true });
      expect(server.handlerRuns()).toBe(1);
      expect(gate.asked).toEqual({ authenticate: 1, authorize: 1, granted: 1 });
    },
  },
  {
    name: 'no token is a 401 without an error code',
    run: async ({ start, request }) => {
      const server = await start();
      expectUnauthenticated(await request(server, VIEW), false);
      expectUnauthenticated(await request(server, withHeader('')), false);
      expect(server.handlerRuns()).toBe(0);
    },
  },
  ...ACCEPTED.map(acceptedCase),
  ...REFUSED.map(refusedCase),
  {
    name: 'a token in any other place is not read',
    run: async ({ start, request }) => {
      const server = await start();
      const headers = ['x-auth-token', 'x-access-token', 'x-forwarded-authorization', 'cookie'];
      for (const name of headers) {
        const value = name === 'cookie' ? 'token=reader-token' : 'Bearer reader-token';
        expectUnauthenticated(await request(server, { ...VIEW, headers: [[name, value]] }), false);
      }
      const path = '/views/untagged_view?access_token=reader-token';
      expectUnauthenticated(await request(server, { method: 'GET', path }), false);
      expect(server.handlerRuns()).toBe(0);
    },
  },
  {
    name: 'the name of the header may be written in any case',
    run: async ({ start, request }) => {
      const server = await start();
      const headers = [['AUTHORIZATION', 'Bearer reader-token']] as const;
      expect((await request(server, { ...VIEW, headers })).status).toBe(200);
    },
  },
];
