/**
 * One suite of cases for every adapter: what a client may see, and what may never happen.
 *
 * `start` builds an app with the adapter under test, on `options.gate`, listening on 127.0.0.1 port
 * 0. It has these routes, and each handler but that of `/health` adds one to `handlerRuns` and
 * answers 200 with the JSON `{"ok":true}`, and with the names that it may serve as `permitted`,
 * where it is told some:
 *
 * | route | what it requires |
 * | --- | --- |
 * | `POST /get-online-features`, `POST /push` | what Feast requires, by the gate's endpoint data |
 * | `GET /health` | nothing: it is public. Answers `{"ok":true}` too |
 * | `GET /views/:name` | READ_ONLINE on the FeatureView `name` |
 * | `POST /views` | READ_ONLINE on all FeatureViews of the body `{"views": […]}`, default `[]` |
 * | `GET /projects/:project/views/:name` | READ_ONLINE on the FeatureView `name` of that project |
 * | `GET /monitoring/metrics/features` | what Feast's REST registry server requires |
 * | `GET /unguarded`, with `withUnguarded` only | says nothing |
 *
 * Between the gate and the routes stands a function that puts the values of the headers
 * `x-case-method` and `x-case-url` in place of the request's method and URL, in the way that the
 * framework has for that.
 *
 * `request` is given where the adapter speaks another protocol than HTTP: it sends what the case
 * means and says the answer in HTTP's terms (401 for UNAUTHENTICATED, 403 for PERMISSION_DENIED and
 * so on). Cases that have no meaning there are skipped by name, with a reason.
 */
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { countCalls, createCaseGates } from './case-gate.js';
import type { CaseServer, StartOptions, Suite } from './case-types.js';
import { bodyCases } from './cases/body-cases.js';
import { decisionCases } from './cases/decision-cases.js';
import { failureCases } from './cases/failure-cases.js';
import { headerCases } from './cases/header-cases.js';
import { pathCases } from './cases/path-cases.js';
import { queryCases } from './cases/query-cases.js';
import { rewriteCases } from './cases/rewrite-cases.js';
import { unguardedCases } from './cases/unguarded-cases.js';
import { sendHttp } from './send-http.js';

const CASES = [
  ...headerCases,
  ...decisionCases,
  ...bodyCases,
  ...failureCases,
  ...unguardedCases,
  ...pathCases,
  ...queryCases,
  ...rewriteCases,
];

/** Registers a test for each case. */
export function runCases({ name, start, request, skip = [] }: Suite): void {
  const reasons = new Map(skip.map((one) => [one.case, one.reason]));
  const servers: CaseServer[] = [];
  let gates: Awaited<ReturnType<typeof createCaseGates>>;
  const begin = async (
    options: Partial<StartOptions> & Pick<StartOptions, 'gate'>,
  ): Promise<CaseServer> => {
    const server = await start({
      unguarded: 'refuse',
      onUnguarded: () => {},
      withUnguarded: false,
      ...options,
    });
    servers.push(server);
    return server;
  };

  beforeAll(async () => {
    gates = await createCaseGates();
    return () => gates.close();
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  describe(`cases: ${name}`, () => {
    test('skips cases that there are', () => {
      const names = new Set(CASES.map((one) => one.name));
      expect([...reasons.keys()].filter((one) => !names.has(one))).toEqual([]);
    });

    const cases = CASES.map((one) => [one.name, one.run] as const);
    test.for(cases)('%s', async ([caseName, run], context) => {
      const reason = reasons.get(caseName);
      if (reason !== undefined) {
        expect(reason).not.toBe('');
        context.skip(reason);
      }
      const gate = countCalls(gates.gate);
      await run({
        gate,
        start: (options) => begin({ gate, ...options }),
        request: request ?? sendHttp,
      });
    });

    test('a token that an identity provider signed is verified and decided on', async () => {
      const server = await begin({ gate: gates.oidcGate });
      const ask = async (token: string): Promise<number> => {
        const authorization = ['authorization', `Bearer ${token}`] as const;
        const path = '/views/untagged_view';
        const send = request ?? sendHttp;
        return (await send(server, { method: 'GET', path, headers: [authorization] })).status;
      };
      expect(await ask(await gates.sign({ roles: ['super-reader'] }))).toBe(200);
      expect(await ask(await gates.sign({ roles: ['other'] }))).toBe(403);
      expect(await ask(await gates.sign({ roles: ['super-reader'], exp: 1 }))).toBe(401);
      const [header, , signature] = (await gates.sign({ roles: ['other'] })).split('.');
      const [, claims] = (await gates.sign({ roles: ['super-reader'] })).split('.');
      expect(await ask(`${header}.${claims}.${signature}`)).toBe(401);
      expect(server.handlerRuns()).toBe(1);
    });
  });
}
