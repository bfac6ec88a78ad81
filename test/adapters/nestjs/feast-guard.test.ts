import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpException, Module, Req, Res } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { json } from 'express';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  CurrentCaller,
  CurrentSubject,
  callerOf,
  createFeastFilter,
  createFeastGuard,
  FeastEndpoint,
  feastAuthentication,
  Public,
  Requires,
} from '../../../src/adapters/nestjs/index.js';
import type { Caller, Gate } from '../../../src/gate/index.js';
import type { Subject } from '../../../src/model/index.js';
import { countCalls } from '../support/case-gate.js';
import { createTestGate, type Served } from '../support/serve.js';
import {
  asController,
  createApp,
  decorate,
  listen,
  type NestOptions,
  onRoute,
  serveApp,
} from './nest-app.js';

const UNTAGGED = { type: 'FeatureView', name: 'untagged_view' } as const;
const TRANSACTIONS = { type: 'FeatureView', name: 'transaction_features' } as const;
const mayRead = Requires('READ_ONLINE', UNTAGGED);
const mayReadTransactions = Requires('READ_ONLINE', TRANSACTIONS);
const get = onRoute('GET', '/x');

let gate: Gate;
let runs = 0;
const servers: Served[] = [];

beforeAll(async () => {
  gate = await createTestGate();
});
beforeEach(() => {
  runs = 0;
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

type Decorators = readonly Parameters<typeof decorate>[2][];

/** A controller with one handler at /x. */
function controllerWith(...decorators: Decorators): new () => object {
  class TestController {
    x(): string {
      runs += 1;
      return 'ok';
    }
  }
  decorate(TestController, 'x', get, ...decorators);
  return asController(TestController);
}

async function start(controller: new () => object, options: NestOptions = {}): Promise<Served> {
  const server = await serveApp(gate, [controller], options);
  servers.push(server);
  return server;
}

const statusOf = async (server: Served, name?: string, path = '/x'): Promise<number> =>
  (await server.get(path, name && `${name}-token`)).status;

test('a handler learns who asks, and may ask more', async () => {
  class TestController {
    x(subject: Subject | null, caller: Caller | undefined, request: object): object {
      return {
        subject,
        can: caller?.can('READ_ONLINE', UNTAGGED),
        isSame: callerOf(request) === caller,
      };
    }
  }
  for (const [path, rule] of [
    ['/x', mayReadTransactions],
    ['/public', Public()],
  ] as const) {
    class OneController extends TestController {
      override x(...given: Parameters<TestController['x']>): object {
        return super.x(...given);
      }
    }
    decorate(OneController, 'x', onRoute('GET', path), rule);
    CurrentSubject()(OneController.prototype, 'x', 0);
    CurrentCaller()(OneController.prototype, 'x', 1);
    Req()(OneController.prototype, 'x', 2);
    const server = await start(asController(OneController), { publicRoutes: ['GET /public'] });
    const told = JSON.parse((await server.get(path, 'analyst-token')).body) as object;
    expect(told).toMatchObject(
      path === '/x'
        ? { subject: { username: 'ann' }, can: false, isSame: true }
        : { subject: null, isSame: true },
    );
  }
});

describe('a handler that does not say what it requires', () => {
  test('is not run', async () => {
    const errors: unknown[] = [];
    const server = await start(controllerWith(), { onError: (error) => errors.push(error) });
    expect(await statusOf(server)).toBe(401);
    const answer = await server.get('/x', 'reader-token');
    expect(answer.status).toBe(500);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.body).not.toContain('/x');
    expect(runs).toBe(0);
    expect(String(errors)).toContain('route GET /x does not say what it requires');
  });

  test('is told to one place, once, and served to who is known', async () => {
    const reported: string[] = [];
    class TestController {
      x(): string {
        return 'ok';
      }
    }
    decorate(TestController, 'x', onRoute('GET', '/a/:id'));
    const onUnguarded = (route: string): void => void reported.push(route);
    const options = { unguarded: 'report', onUnguarded } as const;
    const server = await start(asController(TestController), options);
    expect(await statusOf(server, 'nobody', '/a/1')).toBe(200);
    expect(await statusOf(server, 'nobody', '/a/2')).toBe(200);
    expect(await statusOf(server, undefined, '/a/2')).toBe(401);
    expect(reported).toEqual(['GET /a/:id']);
  });
});

describe('rules', () => {
  const wrap = (_target: object, _key: string, descriptor: PropertyDescriptor): void => {
    const inner = descriptor.value as () => unknown;
    descriptor.value = function (this: unknown): unknown {
      return inner.call(this);
    };
  };
  const needing = (controller: new () => object, ...rules: readonly ClassDecorator[]) => {
    for (const rule of rules) rule(controller);
    return controller;
  };

  test.each<readonly [string, () => new () => object]>([
    ['of a handler', () => controllerWith(mayReadTransactions, mayRead)],
    ['with another decorator in between', () => controllerWith(mayReadTransactions, wrap, mayRead)],
    ['of handler and controller', () => needing(controllerWith(mayReadTransactions), mayRead)],
    ['of a controller', () => needing(controllerWith(), mayReadTransactions, mayRead)],
    [
      'of a controller and the one that it extends',
      () => needing(class extends needing(controllerWith(), mayRead) {}, mayReadTransactions),
    ],
  ])('are all needed: %s', async (_name, create) => {
    const server = await start(asController(create()));
    expect(await statusOf(server)).toBe(401);
    expect(await statusOf(server, 'nobody')).toBe(403);
    expect(await statusOf(server, 'analyst')).toBe(403);
    expect(runs).toBe(0);
    expect(await statusOf(server, 'reader')).toBe(200);
    const headers = [['authorization', 'Bearer nobody-token']] as const;
    expect((await server.send({ method: 'HEAD', path: '/x', headers })).status).toBe(403);
    expect((await server.send({ method: 'OPTIONS', path: '/x' })).status).toBe(401);
    expect(runs).toBe(1);
  });

  test('that a decorator outside hides are not forgotten: nothing is served', async () => {
    const server = await start(controllerWith(wrap, mayRead));
    expect(await statusOf(server, 'reader')).toBe(500);
    expect(runs).toBe(0);
  });

  test('of a handler count in place of a public controller', async () => {
    const server = await start(needing(controllerWith(mayRead), Public()), {
      publicRoutes: ['GET /x'],
    });
    expect(await statusOf(server)).toBe(500);
    expect(runs).toBe(0);
  });

  test.each<readonly [string, () => unknown]>([
    ['public, then not', () => controllerWith(mayRead, Public())],
    ['not, then public', () => controllerWith(Public(), mayRead)],
    [
      'a public controller that extends another',
      () => {
        const base = needing(controllerWith(), mayRead);
        return needing(class extends base {}, Public());
      },
    ],
    ['no method', () => mayRead({}, 'x', { value: 5 })],
    ['no descriptor', () => mayRead({}, 'x')],
    ['no actions', () => Requires([], UNTAGGED)],
    ['no endpoint', () => FeastEndpoint('POST', '/nosuch')],
  ])('are refused: %s', (_name, apply) => {
    expect(apply).toThrow(TypeError);
  });

  test('may say twice that a handler is public', async () => {
    const options = { publicRoutes: ['GET /x'] };
    const server = await start(controllerWith(Public(), Public()), options);
    expect(await statusOf(server)).toBe(200);
  });
});

describe('a public handler', () => {
  test('whose path is not public is for who is known', async () => {
    const server = await start(needsNothing());
    expect(await statusOf(server)).toBe(401);
    expect(await statusOf(server, 'nobody')).toBe(200);
  });

  test('may be one of a controller that requires something', async () => {
    const controller = needsNothing();
    mayRead(controller);
    const server = await start(controller, { publicRoutes: ['GET /x'] });
    expect(await statusOf(server)).toBe(200);
  });

  test.each<readonly [string, Decorators]>([
    ['requires something', [mayRead]],
    ['says nothing', []],
  ])('is not made by its path, when it %s', async (_name, decorators) => {
    const options = { publicRoutes: ['GET /x'], unguarded: 'allow' } as const;
    const server = await start(controllerWith(...decorators), options);
    expect(await statusOf(server, 'reader')).toBe(500);
    expect(runs).toBe(0);
  });

  const needsNothing = (): (new () => object) => controllerWith(Public());
});

describe('the guard refuses', () => {
  test('what was not authenticated', async () => {
    const app = await createApp([controllerWith(mayRead)]);
    app.useGlobalGuards(createFeastGuard(gate));
    const server = await listen(app);
    servers.push(server);
    expect(await statusOf(server, 'reader')).toBe(500);
    expect(runs).toBe(0);
  });

  test('what was authenticated twice', async () => {
    const app = await createApp([controllerWith(Public())]);
    app.use(feastAuthentication(gate));
    app.use(feastAuthentication(gate, { publicRoutes: ['GET /x'] }));
    app.useGlobalGuards(createFeastGuard(gate));
    const server = await listen(app);
    servers.push(server);
    expect(await statusOf(server, 'reader')).toBe(500);
    expect(runs).toBe(0);
  });

  test('what another gate authenticated', async () => {
    const app = await createApp([controllerWith(Public())]);
    app.use(feastAuthentication(countCalls(gate)));
    app.useGlobalGuards(createFeastGuard(gate));
    const server = await listen(app);
    servers.push(server);
    expect(await statusOf(server, 'reader')).toBe(500);
    expect(runs).toBe(0);
  });

  test.each(['ws', 'rpc', 'graphql'])('what comes by %s', async (type) => {
    const request = { rawHeaders: ['Authorization', 'Bearer reader-token'] };
    await feastAuthentication(gate)(request as unknown as IncomingMessage, {} as never, () => {});
    const controller = controllerWith(Public());
    const context = {
      getType: () => type,
      switchToHttp: () => ({ getRequest: () => request, getResponse: () => new Map() }),
      getClass: () => controller,
      getHandler: () => (controller.prototype as { readonly x: object }).x,
    };
    const asked = createFeastGuard(gate).canActivate(context as never);
    await expect(asked).rejects.toThrow(HttpException);
    await expect(asked).rejects.toMatchObject({ status: 500 });
  });

  test('with the answer of another gate, unless it is a problem document', async () => {
    const refuse = () => ({ ...gate.refuse(new Error('x')), status: 418, body: 'no JSON' });
    const other: Gate = { ...countCalls(gate), refuse };
    const app = await createApp([controllerWith(mayRead)]);
    app.use(feastAuthentication(other));
    app.useGlobalGuards(createFeastGuard(other));
    const server = await listen(app);
    servers.push(server);
    const answer = await server.get('/x', 'nobody-token');
    expect([answer.status, answer.body]).toEqual([418, '{"title":"Refused"}']);
  });
});

test('it may be the value of APP_GUARD', async () => {
  class AppModule {}
  const guard = { provide: APP_GUARD, useValue: createFeastGuard(gate) };
  Module({ controllers: [controllerWith(mayRead)], providers: [guard] })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
  app.use(feastAuthentication(gate));
  const server = await listen(app);
  servers.push(server);
  expect(await statusOf(server, 'nobody')).toBe(403);
  expect(await statusOf(server, 'reader')).toBe(200);
});

test('authentication that comes after a body parser refuses bodies', async () => {
  class TestController {
    x(): string {
      runs += 1;
      return 'ok';
    }
  }
  decorate(TestController, 'x', onRoute('POST', '/x'), mayRead);
  const app = await createApp([asController(TestController)]);
  app.use(json());
  app.use(feastAuthentication(gate));
  app.useGlobalGuards(createFeastGuard(gate));
  const server = await listen(app);
  servers.push(server);
  const headers = [['authorization', 'Bearer reader-token']] as const;
  const answer = await server.send({ method: 'POST', path: '/x', headers, body: '{}' });
  expect(answer.status).toBe(500);
  expect(runs).toBe(0);
});

test("Feast's endpoints may have a prefix, if they are named", async () => {
  class TestController {
    push(): string {
      return 'pushed';
    }
    other(): string {
      return 'pushed';
    }
  }
  const named = FeastEndpoint('POST', '/push', { project: 'credit_scoring' });
  decorate(TestController, 'push', onRoute('POST', '/push'), named);
  decorate(TestController, 'other', onRoute('POST', '/other'), FeastEndpoint());
  const app = await createApp([asController(TestController)]);
  app.setGlobalPrefix('features');
  app.use(feastAuthentication(gate));
  app.useGlobalGuards(createFeastGuard(gate));
  const server = await listen(app);
  servers.push(server);
  const push = async (path: string, name: string): Promise<number> => {
    const headers = [['authorization', `Bearer ${name}-token`]] as const;
    const body = '{"push_source_name":"transactions_push","df":{"a":[1]},"to":"online"}';
    return (await server.send({ method: 'POST', path, headers, body })).status;
  };
  expect(await push('/features/push', 'fleet')).toBe(201);
  expect(await push('/features/push', 'nobody')).toBe(403);
  expect(await push('/features/other', 'fleet')).toBe(500);
});

describe('what a handler throws', () => {
  type Handler = (caller: Caller, response: ServerResponse) => unknown;

  async function startWith(handler: Handler, onError?: (error: unknown) => void): Promise<Served> {
    class TestController {
      x(caller: Caller, response: ServerResponse): unknown {
        return handler(caller, response);
      }
    }
    decorate(TestController, 'x', get, mayReadTransactions);
    CurrentCaller()(TestController.prototype, 'x', 0);
    Res({ passthrough: true })(TestController.prototype, 'x', 1);
    const app = await createApp([asController(TestController)]);
    app.use(feastAuthentication(gate));
    app.useGlobalGuards(createFeastGuard(gate));
    app.useGlobalFilters(createFeastFilter(gate, { onError }));
    const server = await listen(app);
    servers.push(server);
    return server;
  }

  test('of this package is answered as the gate does', async () => {
    const server = await startWith((caller) => caller.assert('READ_ONLINE', UNTAGGED));
    const answer = await server.get('/x', 'analyst-token');
    expect(answer.status).toBe(403);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'ERR_PERMISSION_DENIED' });
  });

  test('takes back what was said of the answer', async () => {
    const server = await startWith((caller, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.setHeader('content-length', '3');
      response.setHeader('x-kept', 'yes');
      caller.assert('READ_ONLINE', UNTAGGED);
    });
    const answer = await server.get('/x', 'analyst-token');
    expect(answer.status).toBe(403);
    expect(answer.headers).toMatchObject({ 'x-kept': 'yes' });
    expect(answer.headers).not.toHaveProperty('content-encoding');
    expect(JSON.parse(answer.body)).toMatchObject({ status: 403 });
  });

  test('of others is left to Nest', async () => {
    const server = await startWith(() => {
      throw new HttpException('own', 418);
    });
    expect(await server.get('/x', 'analyst-token')).toMatchObject({ status: 418 });
  });

  test('in the middle of an answer ends it, without passing for a whole one', async () => {
    const server = await startWith((caller, response) => {
      response.write('half');
      caller.assert('READ_ONLINE', UNTAGGED);
    });
    await expect(server.get('/x', 'analyst-token')).rejects.toThrow();
  });
});

test.each<readonly [string, () => unknown]>([
  ['no gate', () => createFeastGuard(undefined as never)],
  ['no gate to refuse', () => createFeastFilter({} as never)],
  ['no gate to ask', () => feastAuthentication({} as never)],
  ['another word', () => createFeastGuard(gate, { unguarded: 'ignore' as never })],
  ['no way to report', () => createFeastGuard(gate, { unguarded: 'report' })],
  ['routes without methods', () => feastAuthentication(gate, { publicRoutes: ['/health'] })],
  ['a log that is none', () => feastAuthentication(gate, { onError: 'log' as never })],
])('options are refused: %s', (_name, create) => {
  expect(create).toThrow(TypeError);
});

test('a client that is gone is not served', async () => {
  const use = feastAuthentication(gate);
  const request = {
    rawHeaders: ['Authorization', 'Bearer reader-token'],
    url: '/x',
    method: 'GET',
  };
  const response = { destroyed: true } as ServerResponse;
  let isPassed = false;
  await use(request as unknown as IncomingMessage, response, () => {
    isPassed = true;
  });
  expect(isPassed).toBe(false);
});
