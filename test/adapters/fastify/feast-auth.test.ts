import fastify, {
  type FastifyInstance,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { callerOf, feastAuth, requires } from '../../../src/adapters/fastify/index.js';
import type { Gate } from '../../../src/gate/index.js';
import { createTestGate } from '../support/serve.js';

const UNTAGGED = { type: 'FeatureView', name: 'untagged_view' } as const;
const TRANSACTIONS = { type: 'FeatureView', name: 'transaction_features' } as const;

let gate: Gate;
let apps: FastifyInstance[] = [];

beforeAll(async () => {
  gate = await createTestGate();
});
afterEach(async () => {
  await Promise.all(apps.map((app) => app.close()));
  apps = [];
});

function newApp(options: FastifyServerOptions = {}): FastifyInstance {
  const app = fastify(options);
  apps.push(app);
  return app;
}

function as(name: string): { readonly headers: { readonly authorization: string } } {
  return { headers: { authorization: `Bearer ${name}-token` } };
}

const ok = async (): Promise<string> => 'ok';

describe('what a handler learns', () => {
  const ask = async (request: FastifyRequest): Promise<unknown> => ({
    subject: request.subject,
    can: request.can('READ_ONLINE', UNTAGGED),
    filtered: callerOf(request)?.filter('READ_ONLINE', [UNTAGGED, TRANSACTIONS]),
  });

  test('who asks, and what they may do', async () => {
    const app = newApp();
    await app.register(feastAuth, { gate });
    app.get('/', { config: { requires: requires('READ_ONLINE', TRANSACTIONS) } }, ask);
    const answer = (await app.inject({ url: '/', ...as('analyst') })).json();
    expect(answer).toMatchObject({
      subject: { username: 'ann', groups: ['risk-analysts'] },
      can: false,
      filtered: [TRANSACTIONS],
    });
    expect((await app.inject({ url: '/', ...as('reader') })).json()).toMatchObject({ can: true });
  });

  test('the caller is undefined on a public route', async () => {
    const app = newApp();
    await app.register(feastAuth, { gate });
    app.get('/', { config: { requires: 'public' } }, ask);
    const answer = (await app.inject({ url: '/', ...as('reader') })).json();
    expect(answer).toEqual({ subject: null, can: false });
  });
});

describe('scopes', () => {
  test('a scope guards itself and those below, and no other', async () => {
    const app = newApp();
    await app.register(async (scope) => {
      await scope.register(feastAuth, { gate });
      await scope.register(async (below) => {
        below.get('/below', { config: { requires: requires('READ_ONLINE', UNTAGGED) } }, ok);
      });
    });
    app.get('/beside', ok);
    expect((await app.inject('/below')).statusCode).toBe(401);
    expect((await app.inject({ url: '/below', ...as('nobody') })).statusCode).toBe(403);
    expect((await app.inject({ url: '/below', ...as('reader') })).statusCode).toBe(200);
    expect((await app.inject('/beside')).statusCode).toBe(200);
  });

  test('two apps have nothing in common', async () => {
    const closed: Gate = {
      warnings: [],
      authenticate: () => Promise.reject(new Error('closed')),
      authorize: () => {},
      check: () => Promise.reject(new Error('closed')),
      refuse: (error) => gate.refuse(error),
    };
    const options = { config: { requires: requires('READ_ONLINE', UNTAGGED) } };
    const [open, shut] = [newApp(), newApp()];
    await open.register(feastAuth, { gate });
    await shut.register(feastAuth, { gate: closed });
    open.get('/', options, ok);
    shut.get('/', options, ok);
    expect((await open.inject({ url: '/', ...as('reader') })).statusCode).toBe(200);
    expect((await shut.inject({ url: '/', ...as('reader') })).statusCode).toBe(500);
  });

  test('a second gate in the same scope is refused', async () => {
    const app = newApp();
    await app.register(feastAuth, { gate });
    await expect(app.register(feastAuth, { gate })).rejects.toThrow('must be used only once');
  });

  test('who asks for what there is not must be known', async () => {
    const app = newApp();
    await app.register(feastAuth, { gate });
    expect((await app.inject('/nosuch')).statusCode).toBe(401);
    expect((await app.inject({ url: '/nosuch', ...as('nobody') })).statusCode).toBe(404);
  });
});

describe('routes without a requirement', () => {
  test('stop the start, in scopes below too', async () => {
    const app = newApp();
    await app.register(feastAuth, { gate });
    expect(() => app.get('/open', ok)).toThrow('route GET /open does not say what it requires');
    await expect(
      app.register(async (scope) => void scope.post('/open', ok), { prefix: '/below' }),
    ).rejects.toThrow('route POST /below/open');
  });

  test.each<readonly [string, unknown]>([
    ['a misspelt word', 'publik'],
    ['an empty list', []],
    ['null', null],
    ['a list with public in it', ['public']],
    ['plain data', { actions: 'READ_ONLINE', resources: UNTAGGED }],
  ])('refuses the rule %s', async (_name, rule) => {
    const app = newApp();
    await app.register(feastAuth, { gate, unguarded: 'allow' });
    expect(() => app.get('/', { config: { requires: rule as never } }, ok)).toThrow(TypeError);
  });

  test('one that came before the plugin is answered with 500', async () => {
    const app = newApp();
    let runs = 0;
    const counted = async (): Promise<string> => `${++runs}`;
    app.get('/early', counted);
    // Not waited for: it is loaded after the next line.
    void app.register(feastAuth, { gate });
    app.get('/also-early', counted);
    for (const url of ['/early', '/also-early']) {
      expect((await app.inject(url)).statusCode).toBe(401);
      expect((await app.inject({ url, ...as('reader') })).statusCode).toBe(500);
    }
    expect(runs).toBe(0);
  });

  test('answers 500 on a route with an invalid rule that was added before the plugin', async () => {
    const app = newApp();
    app.get('/early', { config: { requires: 'publik' as never } }, ok);
    await app.register(feastAuth, { gate, unguarded: 'allow' });
    const answer = await app.inject({ url: '/early', ...as('reader') });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('requires');
  });

  test('one that came before the plugin is guarded by its rule', async () => {
    const app = newApp();
    app.get('/early', { config: { requires: requires('READ_ONLINE', UNTAGGED) } }, ok);
    await app.register(feastAuth, { gate });
    expect((await app.inject('/early')).statusCode).toBe(401);
    expect((await app.inject({ url: '/early', ...as('nobody') })).statusCode).toBe(403);
    expect((await app.inject({ url: '/early', ...as('reader') })).statusCode).toBe(200);
  });

  test('may get one from a hook that comes first', async () => {
    const app = newApp();
    app.addHook('onRoute', (route) => {
      if (route.url.startsWith('/docs')) route.config = { ...route.config, requires: 'public' };
    });
    await app.register(feastAuth, { gate });
    app.get('/docs', ok);
    expect((await app.inject('/docs')).statusCode).toBe(200);
  });

  test('are reported to the log where no other place is given', async () => {
    const lines: string[] = [];
    const stream = { write: (line: string) => void lines.push(line) };
    const app = newApp({ logger: { level: 'warn', stream }, exposeHeadRoutes: false });
    await app.register(feastAuth, { gate, unguarded: 'report' });
    app.get('/open', ok);
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      'route GET /open does not say what it requires',
    ]);
  });
});

test("a list of Feast's is for who is known, and the handler keeps of it what they may see", async () => {
  const app = newApp();
  await app.register(feastAuth, { gate, feastEndpoints: { project: 'credit_scoring' } });
  app.get('/v1/vector_stores', async (request) =>
    callerOf(request)?.filter('DESCRIBE', [UNTAGGED, TRANSACTIONS]),
  );
  const url = '/v1/vector_stores';
  expect((await app.inject(url)).statusCode).toBe(401);
  expect((await app.inject({ url, ...as('nobody') })).json()).toEqual([]);
  expect((await app.inject({ url, ...as('analyst') })).json()).toEqual([TRANSACTIONS]);
});

test('what is decided on is the query that the handler sees', async () => {
  const app = newApp({ rewriteUrl: () => '/lineage/registry?project=nosuch' });
  await app.register(feastAuth, { gate, feastEndpoints: { server: 'registry-rest' } });
  app.get('/lineage/registry', async ({ query }) => query);
  const url = '/lineage/registry?project=credit_scoring';
  const answer = await app.inject({ url, ...as('reader') });
  expect(answer.json()).toMatchObject({ detail: 'Project `nosuch` is not known' });
});

test('of several requirements all must be granted', async () => {
  const app = newApp();
  await app.register(feastAuth, { gate });
  const rules = [
    requires('READ_ONLINE', TRANSACTIONS),
    requires('READ_ONLINE', async () => UNTAGGED),
  ];
  app.get('/', { config: { requires: rules } }, ok);
  expect((await app.inject({ url: '/', ...as('analyst') })).statusCode).toBe(403);
  expect((await app.inject({ url: '/', ...as('reader') })).statusCode).toBe(200);
});

test('a function that fails refuses, and the log learns of it', async () => {
  const errors: unknown[] = [];
  const app = newApp();
  await app.register(feastAuth, {
    gate,
    onError: (error) => {
      errors.push(error);
      throw new Error('the log is full');
    },
  });
  const failing = requires('READ_ONLINE', ({ body }) => {
    throw new Error(`no view in ${String(body)}`);
  });
  app.get('/', { config: { requires: failing } }, ok);
  const answer = await app.inject({ url: '/', ...as('reader') });
  expect(answer.statusCode).toBe(500);
  expect(answer.body).not.toContain('no view');
  expect(errors).toEqual([new Error('no view in undefined')]);
});

test('nothing is written to the options', async () => {
  const app = newApp();
  const config = Object.freeze({ requires: Object.freeze([requires('READ_ONLINE', UNTAGGED)]) });
  await app.register(feastAuth, Object.freeze({ gate, unguarded: 'refuse' }));
  app.get('/', Object.freeze({ config }), ok);
  expect((await app.inject({ url: '/', ...as('reader') })).statusCode).toBe(200);
});

test.each<readonly [string, object]>([
  ['no gate', {}],
  ['a gate that is none', { gate: {} }],
  ['another word', { gate: { authenticate: () => {} }, unguarded: 'ignore' }],
  ['a report that cannot be called', { gate: { authenticate: () => {} }, onUnguarded: 'log' }],
  ['Feast endpoints without relations', { gate: { authenticate: () => {} }, feastEndpoints: true }],
])('options are refused: %s', async (_name, options) => {
  const app = newApp();
  await expect(app.register(feastAuth, options as never)).rejects.toThrow(TypeError);
});

describe('a second gate on the way of a request', () => {
  test('is refused where a scope below the first registers it', async () => {
    const app = newApp();
    await app.register(feastAuth, { gate });
    const other = await createTestGate();
    const child = async (scope: FastifyInstance): Promise<void> => {
      await scope.register(feastAuth, { gate: other });
    };
    await expect(async () => app.register(child)).rejects.toThrow('must be used only once');
  });

  test('is refused where the scope below has its own already', async () => {
    const app = newApp();
    let served = 0;
    app.register(async (scope) => {
      await scope.register(feastAuth, { gate, unguarded: 'allow' });
      scope.get('/', async () => (served += 1));
    });
    const errors: unknown[] = [];
    const onError = (error: unknown) => errors.push(error);
    await app.register(feastAuth, { gate: await createTestGate(), onError });
    expect((await app.inject({ url: '/', ...as('reader') })).statusCode).toBe(500);
    expect(String(errors)).toContain('must be used only once');
    expect(served).toBe(0);
  });

  test('is another one in a scope beside it', async () => {
    const app = newApp();
    for (const prefix of ['/a', '/b']) {
      app.register(async (scope) => {
        await scope.register(feastAuth, { gate: await createTestGate() });
        scope.get(prefix, { config: { requires: requires('READ_ONLINE', UNTAGGED) } }, ok);
      });
    }
    expect((await app.inject({ url: '/a', ...as('reader') })).statusCode).toBe(200);
    expect((await app.inject({ url: '/b', ...as('nobody') })).statusCode).toBe(403);
  });
});

test('a rule that names what the vocabulary does not have is refused with its route', async () => {
  const app = newApp();
  await app.register(feastAuth, { gate });
  const add = (rule: object) => () => app.get('/', { config: { requires: rule as never } }, ok);
  expect(add(requires('DESCRIB' as never, UNTAGGED))).toThrow('Did you mean `DESCRIBE`?');
  expect(add(requires(['DESCRIBE', 'X'] as never, () => UNTAGGED))).toThrow('action `X`');
  expect(add(requires('DESCRIBE', { type: 'FeatureVew', name: 'a' } as never))).toThrow(
    'route GET /: resource type `FeatureVew` is unknown. Did you mean `FeatureView`?',
  );
});
