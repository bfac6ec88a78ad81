import { describe, expect, test } from 'vitest';
import { RouteTable } from '../../../src/adapters/http/route-table.js';

const table = new RouteTable({
  'GET /': 'root',
  'GET /views/all': 'all',
  'GET /views/:name': 'one',
  'GET /views/:name/features/:feature': 'feature',
  'HEAD /views/all': 'head of all',
  'POST /views/:name': 'write',
  'GET /colon/:': 'a colon',
});

describe('RouteTable', () => {
  test.each<{ request: string; route?: string; params?: Readonly<Record<string, string>> }>([
    { request: 'GET /', route: 'root' },
    { request: 'GET /views/all', route: 'all' },
    { request: 'HEAD /views/all', route: 'head of all' },
    { request: 'HEAD /views/x', route: 'one', params: { name: 'x' } },
    { request: 'GET /views/x', route: 'one', params: { name: 'x' } },
    { request: 'GET /views/%61ll', route: 'one', params: { name: 'all' } },
    { request: 'GET /views/a%2Fb', route: 'one', params: { name: 'a/b' } },
    { request: 'GET /views/..', route: 'one', params: { name: '..' } },
    { request: 'POST /views/x', route: 'write', params: { name: 'x' } },
    { request: 'GET /views/x/features/y', route: 'feature', params: { name: 'x', feature: 'y' } },
    { request: 'GET /colon/:', route: 'a colon' },
    { request: 'GET /colon/x' },
    { request: 'GET /views/' },
    { request: 'GET /views/x/' },
    { request: 'GET //views/x' },
    { request: 'GET /views/%' },
    { request: 'GET /views/%ff' },
    { request: 'GET /VIEWS/x' },
    { request: 'GET ' },
    { request: 'GET *' },
    { request: 'PUT /views/x' },
    { request: 'get /' },
    { request: 'OPTIONS /views/all' },
  ])('$request', ({ request, route, params = {} }) => {
    const [method = '', path = ''] = request.split(' ');
    const match = table.find(method, path);
    expect(match?.route).toBe(route);
    if (route !== undefined) expect({ ...match?.params }).toEqual(params);
  });
});
