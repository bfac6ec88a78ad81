import type { Server } from 'node:http';
import {
  Controller,
  type INestApplication,
  Module,
  RequestMapping,
  RequestMethod,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  createFeastGuard,
  type FeastAuthenticationOptions,
  feastAuthentication,
} from '../../../src/adapters/nestjs/index.js';
import type { AdapterOptions } from '../../../src/adapters/support/adapter-options.js';
import type { Gate } from '../../../src/gate/index.js';
import { type Served, serve } from '../support/serve.js';

type Controllers = readonly (new () => object)[];

/** What `@decorator` above a method does, from the last of them to the first. */
export function decorate(
  controller: new () => object,
  method: string,
  ...decorators: readonly ((
    target: object,
    key: string,
    descriptor: PropertyDescriptor,
  ) => unknown)[]
): void {
  const { prototype } = controller as { readonly prototype: object };
  for (const decorator of [...decorators].reverse()) {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, method) as PropertyDescriptor;
    decorator(prototype, method, descriptor);
    Object.defineProperty(prototype, method, descriptor);
  }
}

export function asController(controller: new () => object, path = ''): typeof controller {
  Controller(path)(controller);
  return controller;
}

/** `@Get(path)` and its like, with the status that Express would give. */
export function onRoute(method: keyof typeof RequestMethod, path: string): MethodDecorator {
  return RequestMapping({ method: RequestMethod[method], path });
}

export async function createApp(controllers: Controllers): Promise<INestApplication> {
  class AppModule {}
  Module({ controllers: [...controllers] })(AppModule);
  return await NestFactory.create(AppModule, { logger: false, abortOnError: false });
}

export interface NestOptions extends AdapterOptions, FeastAuthenticationOptions {}

/** An app as its documentation says: authentication before all, and one guard for all. */
export async function serveApp(
  gate: Gate,
  controllers: Controllers,
  options: NestOptions = {},
): Promise<Served & { readonly app: INestApplication }> {
  const app = await createApp(controllers);
  const { publicRoutes, streamGraceSeconds, onStreamExpired, ...guardOptions } = options;
  const { onError } = options;
  app.use(
    feastAuthentication(gate, { publicRoutes, streamGraceSeconds, onStreamExpired, onError }),
  );
  app.useGlobalGuards(createFeastGuard(gate, guardOptions));
  return await listen(app);
}

export async function listen(
  app: INestApplication,
): Promise<Served & { readonly app: INestApplication }> {
  await app.init();
  const served = await serve(app.getHttpServer() as Server);
  return {
    ...served,
    app,
    close: async () => {
      await served.close();
      await app.close();
    },
  };
}
