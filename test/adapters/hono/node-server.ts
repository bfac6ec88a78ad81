import type { Server } from 'node:http';
import type { Hono } from 'hono';
import { vi } from 'vitest';

interface NodeServerModule {
  createAdaptorServer(options: { readonly fetch: Hono['fetch'] }): Server;
}

/**
 * A server of `node:http` for an app.
 *
 * The declarations of @hono/node-server need those of browsers, which this project is compiled
 * without.
 */
export async function createNodeServer(app: Hono): Promise<Server> {
  const { createAdaptorServer } = await vi.importActual<NodeServerModule>('@hono/node-server');
  return createAdaptorServer({ fetch: app.fetch });
}
