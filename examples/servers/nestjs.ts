// The NestJS server of docs/servers.md without decorator syntax: each decorator is called as the
// function that it is.
import {
  Controller,
  Get,
  HttpCode,
  type INestApplication,
  Module,
  Param,
  Post,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Subject } from 'feast-permissions';
import type { Gate } from 'feast-permissions/gate';
import * as feast from 'feast-permissions/nestjs';

const viewOf = ({ params }: feast.FeastHttpRequest) =>
  ({ type: 'FeatureView', name: String(params['name']) }) as const;

class FeatureController {
  health() {
    return 'up';
  }
  features() {
    return { results: [] };
  }
  view(name: string, subject: Subject | null) {
    return { name, asked: subject?.username };
  }
}

const { prototype } = FeatureController;
const decorate = (method: keyof FeatureController, ...decorators: readonly MethodDecorator[]) => {
  const descriptor = { value: prototype[method] };
  for (const decorator of decorators) decorator(prototype, method, descriptor);
};
decorate('health', Get('health'), feast.Public());
const byFeast = feast.FeastEndpoint({ project: 'credit_scoring' }); // guarded as Feast guards it
decorate('features', Post('get-online-features'), HttpCode(200), byFeast);
decorate('view', Get('views/:name'), feast.Requires('DESCRIBE', viewOf));
Param('name')(prototype, 'view', 0);
feast.CurrentSubject()(prototype, 'view', 1);
Controller()(FeatureController);

class AppModule {}
Module({ controllers: [FeatureController] })(AppModule);

export async function createApp(gate: Gate): Promise<INestApplication> {
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  app.use(feast.feastAuthentication(gate, { publicRoutes: ['GET /health'] })); // before all else
  app.useGlobalGuards(feast.createFeastGuard(gate)); // before all other guards
  app.useGlobalFilters(feast.createFeastFilter(gate));
  return app;
}
