import { expect, test } from 'vitest';
import { createApp } from '../../../examples/servers/hono.js';
import { createTestGate } from '../support/serve.js';

test('the example does what it says', async () => {
  const app = createApp(await createTestGate());
  const get = (path: string, name?: string): Response | Promise<Response> =>
    app.request(path, { headers: name ? { authorization: `Bearer ${name}-token` } : {} });
  expect(await (await get('/health')).text()).toBe('up');
  expect((await get('/views/untagged_view')).status).toBe(401);
  expect((await get('/views/untagged_view', 'nobody')).status).toBe(403);
  expect(await (await get('/views/untagged_view', 'reader')).json()).toEqual({
    name: 'untagged_view',
    asked: 'rita',
    mayPush: false,
  });
  const features = async (name: string): Promise<Response> =>
    app.request('/get-online-features', {
      method: 'POST',
      headers: { authorization: `Bearer ${name}-token`, 'content-type': 'application/json' },
      body: '{"features":["untagged_view:age"],"entities":{"customer_id":[1]}}',
    });
  expect(await (await features('reader')).text()).toBe('{"results":[]}');
  expect((await features('analyst')).status).toBe(403);
});
