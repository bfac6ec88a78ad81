import express, { type Express } from 'express';
import { describe, expect, it } from 'vitest';
import { operationOf } from '../../../src/adapters/express/find-route.js';

const handler = (): void => {};

function createApp(): Express {
  const app = express();
  app.use(handler);
  app.get('/views/:name', handler);
  app.all('/any', handler);
  const inner = express.Router().post('/:view/push', handler);
  app.use('/projects/:project', express.Router().use('/views', inner));
  const mounted = express().get('/secret', handler);
  app.use('/mounted', mounted);
  return app;
}

describe('the operation of a request before its route is reached', () => {
  it.each([
    ['GET', '/views/sales?limit=1', 'GET /views/:name'],
    ['HEAD', '/views/sales', 'HEAD /views/:name'],
    ['PATCH', '/any', 'PATCH /any'],
    ['POST', '/projects/p/views/v/push', 'POST /projects/p/views/:view/push'],
    ['POST', '/views/sales', 'POST'],
    ['GET', '/nothing', 'GET'],
    ['GET', '/mounted/secret', 'GET'],
    ['GET', '/views/%zz', 'GET'],
  ])('%s %s is %s', (method, originalUrl, operation) => {
    expect(operationOf({ method, originalUrl, app: createApp() })).toBe(operation);
  });

  it('is looked up from the outermost app', () => {
    const app = createApp();
    const inner = express();
    app.use('/inner', inner);
    const request = { method: 'GET', originalUrl: '/views/sales', app: inner };
    expect(operationOf(request)).toBe('GET /views/:name');
  });

  it('is the method alone where the app has no router', () => {
    expect(operationOf({ method: 'GET', originalUrl: '/', app: {} as never })).toBe('GET');
  });
});
