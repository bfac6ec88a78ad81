import type { INestApplication } from '@nestjs/common';
import { expect } from 'vitest';
import type { Gate } from '../../../src/gate/index.js';
import { createTestGate } from '../support/serve.js';
import { listen } from './nest-app.js';

/** Asks the app of an example for what all examples serve. */
export async function expectExample(
  createApp: (gate: Gate) => Promise<INestApplication>,
): Promise<void> {
  const server = await listen(await createApp(await createTestGate()));
  try {
    expect(await server.get('/health')).toMatchObject({ status: 200, body: 'up' });
    expect((await server.get('/views/untagged_view')).status).toBe(401);
    expect((await server.get('/views/untagged_view', 'nobody-token')).status).toBe(403);
    const view = await server.get('/views/untagged_view', 'reader-token');
    expect(JSON.parse(view.body)).toEqual({ name: 'untagged_view', asked: 'rita' });
    const features = (token: string) =>
      server.send({
        method: 'POST',
        path: '/get-online-features',
        headers: [['authorization', `Bearer ${token}`]],
        body: '{"features":["untagged_view:age"],"entities":{"customer_id":[1]}}',
      });
    expect(await features('reader-token')).toMatchObject({ status: 200, body: '{"results":[]}' });
    expect((await features('analyst-token')).status).toBe(403);
  } finally {
    await server.close();
  }
}
