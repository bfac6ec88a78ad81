import type { ServerResponse } from 'node:http';
import {
  type ArgumentsHost,
  Controller,
  Module,
  type NestInterceptor,
  Scope,
  Sse,
  UseFilters,
  UseInterceptors,
  Version,
  VersioningType,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  createFeastFilter,
  createFeastGuard,
  FeastEndpoint,
  feastAuthentication,
  Public,
  Requires,
} from '../../../src/adapters/nestjs/index.js';
import type { Gate } from '../../../src/gate/index.js';
import { RequestInvalidError } from '../../../src/model/index.js';
import { createTestGate, type Served } from '../support/serve.js';
import { asController, createApp, decorate, listen, onRoute } from './nest-app.js';

const UNTAGGED = { type: 'FeatureView', name: 'untagged_view' } as const;
const TRANSACTIONS = { type: 'FeatureView', name: 'transaction_features' } as const;
const mayRead = Requires('READ_ONLINE', UNTAGGED);
const mayReadTransactions = Requires('READ_ONLINE', TRANSACTIONS);

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

class Base {
  x(): unknown {
    runs += 1;
    return 'ok';
  }
}

const get = onRoute('GET', '/x');

type App = Awaited<ReturnType<typeof createApp>>;

async function start(
  controllers: readonly (new () => object)[],
  configure: (app: App) => unknown = () => {},
): Promise<Served> {
  const app = await createApp(controllers);
  configure(app);
  app.use(feastAuthentication(gate));
  app.useGlobalGuards(createFeastGuard(gate));
  const server = await listen(app);
  servers.push(server);
  return server;
}

async function expectGuarded(server: Served, path = '/x'): Promise<void> {
  expect((await server.get(path)).status).toBe(401);
  expect((await server.get(path, 'nobody-token')).status).toBe(403);
  expect(runs).toBe(0);
  expect((await server.get(path, 'reader-token')).status).toBe(200);
  expect(runs).toBe(1);
}

describe('a handler is guarded', () => {
  const handlerWith = (...decorators: readonly Parameters<typeof decorate>[2][]) => {
    class TestController extends Base {
      override x(): unknown {
        return super.x();
      }
    }
    decorate(TestController, 'x', ...decorators, mayRead);
    return TestController;
  };

  test('for all methods', async () => {
    const server = await start([asController(handlerWith(onRoute('ALL', '/x')))]);
    await expectGuarded(server);
    for (const method of ['HEAD', 'OPTIONS', 'PROPFIND', 'DELETE']) {
      const headers = [['authorization', 'Bearer nobody-token']] as const;
      expect((await server.send({ method, path: '/x', headers })).status).toBe(403);
    }
    expect(runs).toBe(1);
  });

  test('that is made for each request', async () => {
    const controller = handlerWith(get);
    Controller({ path: '', scope: Scope.REQUEST })(controller);
    await expectGuarded(await start([controller]));
  });

  test('that streams', async () => {
    const controller = handlerWith(Sse('x'));
    const server = await start([asController(controller)]);
    expect((await server.get('/x', 'nobody-token')).status).toBe(403);
    expect(runs).toBe(0);
  });

  test.each([VersioningType.URI, VersioningType.HEADER] as const)(
    'in versions: %s',
    async (type) => {
      class TestController {
        first(): string {
          return 'first';
        }
        second(): string {
          runs += 1;
          return 'second';
        }
      }
      decorate(TestController, 'first', get, Version('1'), mayReadTransactions);
      decorate(TestController, 'second', get, Version('2'), mayRead);
      const server = await start([asController(TestController)], (app) =>
        app.enableVersioning(
          type === VersioningType.URI ? { type } : { type, header: 'x-version' },
        ),
      );
      const statusOf = async (version: string, token: string) => {
        const path = type === VersioningType.URI ? `/v${version}/x` : '/x';
        const headers = [
          ['authorization', `Bearer ${token}`],
          ['x-version', version],
        ] as const;
        return (await server.send({ method: 'GET', path, headers })).status;
      };
      expect(await statusOf('1', 'analyst-token')).toBe(200);
      expect(await statusOf('2', 'analyst-token')).toBe(403);
      expect(runs).toBe(0);
      expect(await statusOf('2', 'reader-token')).toBe(200);
    },
  );

  test('outside of a prefix', async () => {
    const server = await start([asController(handlerWith(get))], (app) =>
      app.setGlobalPrefix('api', { exclude: ['x'] }),
    );
    await expectGuarded(server);
  });

  test('before interceptors, and whatever filters there are', async () => {
    const told: string[] = [];
    const interceptor = { intercept: () => void told.push('interceptor') };
    const filter = {
      catch: (error: Error, host: ArgumentsHost) => {
        told.push(error.name);
        host.switchToHttp().getResponse<ServerResponse>().writeHead(418).end();
      },
    };
    const controller = handlerWith(get);
    UseInterceptors(interceptor as unknown as NestInterceptor)(controller);
    UseFilters(filter)(controller);
    const server = await start([asController(controller)]);
    expect((await server.get('/x', 'nobody-token')).status).toBe(418);
    expect(told).toEqual(['HttpException']);
    expect(runs).toBe(0);
  });

  test('in a module that is made when the app starts', async () => {
    class AppModule {}
    class FeatureModule {}
    const feature = { module: FeatureModule, controllers: [asController(handlerWith(get))] };
    Module({ imports: [feature] })(AppModule);
    const app = await NestFactory.create(AppModule, { logger: false, abortOnError: false });
    app.use(feastAuthentication(gate));
    app.useGlobalGuards(createFeastGuard(gate));
    const server = await listen(app);
    servers.push(server);
    await expectGuarded(server);
  });
});

describe('a controller that extends another', () => {
  const createBase = () => {
    class Parent {
      x(): string {
        runs += 1;
        return 'ok';
      }
    }
    decorate(Parent, 'x', get, mayRead);
    return Parent;
  };

  test('requires what the other does', async () => {
    class Child extends createBase() {}
    await expectGuarded(await start([asController(Child)]));
  });

  test('says anew what it requires of a handler of its own', async () => {
    class Child extends createBase() {
      override x(): string {
        return super.x();
      }
    }
    decorate(Child, 'x', get);
    const server = await start([asController(Child)]);
    expect((await server.get('/x', 'reader-token')).status).toBe(500);
    expect(runs).toBe(0);
  });

  test('adds to what is required of a handler that both have, and takes nothing from it', async () => {
    const Parent = createBase();
    class Child extends Parent {}
    const descriptor = Object.getOwnPropertyDescriptor(Parent.prototype, 'x');
    mayReadTransactions(Child.prototype, 'x', descriptor as PropertyDescriptor);
    for (const controller of [Parent, Child]) {
      const server = await start([asController(controller)]);
      expect((await server.get('/x', 'analyst-token')).status).toBe(403);
    }
    expect(runs).toBe(0);
    expect(() => Public()(Child.prototype, 'x', descriptor as PropertyDescriptor)).toThrow(
      TypeError,
    );
  });
});

test('a fragment in what was sent is refused: no handler would see the query that a rule sees', async () => {
  class TestController extends Base {
    override x(): unknown {
      return super.x();
    }
  }
  const asFeast = FeastEndpoint({ server: 'registry-rest' });
  decorate(TestController, 'x', onRoute('GET', '/feature_views/:name'), asFeast);
  const server = await start([asController(TestController)]);
  const path = '/feature_views/untagged_view';
  for (const end of ['?project=credit_scoring#a', '#?project=credit_scoring', '#']) {
    expect((await server.get(`${path}${end}`)).status).toBe(401);
    expect((await server.get(`${path}${end}`, 'reader-token')).status).toBe(422);
  }
  expect(runs).toBe(0);
  expect((await server.get(`${path}?project=credit_scoring`, 'reader-token')).status).toBe(200);
});

test.each(['ws', 'rpc', 'graphql'])('the filter leaves what comes by %s to others', (type) => {
  const error = new RequestInvalidError('a name is too long');
  const host = { getType: () => type, switchToHttp: () => ({ getResponse: () => ({}) }) };
  const filter = createFeastFilter(gate);
  expect(() => filter.catch(error, host as unknown as ArgumentsHost)).toThrow(error);
});
