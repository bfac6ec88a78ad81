import fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import { AuthzError } from 'feast-permissions';
import { RequestInvalidError } from 'feast-permissions/errors';
import { callerOf, feastAuth } from 'feast-permissions/fastify';
import { type LoadedGate, type LoadGateOptions, loadGate } from 'feast-permissions/node';
import * as z from 'zod';
import { type Definitions, readDefinitions, type View } from './definitions.js';
import { toFeastError } from './feast-errors.js';
import { readOnlineFeatures } from './online-features.js';
import { OnlineStore } from './online-store.js';
import { parseBody } from './parse-body.js';
import { dataFrame, readFeatureRows } from './write-features.js';

export interface FeatureServerOptions {
  /** A `feature_store.yaml` whose registry is a file. */
  readonly featureStore: string;
  /** An online store of Feast in SQLite. It is copied, and the copy is written to. */
  readonly onlineStore: string;
  readonly gate?: LoadGateOptions | undefined;
}

/**
 * A server with the endpoints of Feast's feature server, over an online store that Feast filled.
 *
 * What is guarded, and how, is the three lines with `gate`; all else is what a feature server does.
 *
 * @returns not yet listening; `close` ends all that it opened
 * @throws ConfigInvalidError, RegistryUnavailableError, RegistryInvalidError
 */
export async function createFeatureServer(options: FeatureServerOptions): Promise<FastifyInstance> {
  const gate = await loadGate(options.featureStore, options.gate);
  const { project, config } = gate;
  const file = config?.registry.path;
  if (project === undefined || file === undefined) {
    throw new TypeError('the example reads a registry file that a feature_store.yaml names');
  }
  const definitions = await readDefinitions(file, project);
  const store = OnlineStore.openCopy(options.onlineStore, project);

  const app = fastify();
  app.addHook('onSend', async (_request, reply, body) => toFeastError(reply, body));
  app.addHook('onClose', async () => {
    store.close();
    await gate.close();
  });
  app.setErrorHandler((error: FastifyError, _request, reply) => answerError(gate, error, reply));
  await app.register(feastAuth, { gate, feastEndpoints: true });
  addRoutes(app, { gate, project, definitions, store });
  return app;
}

interface Parts {
  readonly gate: LoadedGate;
  readonly project: string;
  readonly definitions: Definitions;
  readonly store: OnlineStore;
}

/** The handlers. Each runs when the caller may do what the request asks for, and not before. */
function addRoutes(app: FastifyInstance, { gate, project, definitions, store }: Parts): void {
  app.get('/health', async () => '');
  app.post('/get-online-features', async ({ body }) =>
    readOnlineFeatures(body, definitions, store),
  );

  app.post('/push', async ({ body }, reply) => {
    const { push_source_name: source, df, to } = parseBody(PUSH, body);
    if (to !== 'online') return notImplemented(reply, 'there is no offline store to push to');
    const fed = gate.relations?.viewsFedBy(project, source) ?? [];
    write(
      fed.flatMap(({ name }) => definitions.views.get(name) ?? []),
      df,
      store,
    );
    return reply.send();
  });

  app.post('/write-to-online-store', async ({ body }, reply) => {
    const { feature_view_name: name, df } = parseBody(WRITE, body);
    const view = definitions.views.get(name);
    if (view === undefined) return notImplemented(reply, 'only views with data can be written to');
    write([view], df, store);
    return null;
  });

  for (const path of ['/materialize', '/materialize-incremental']) {
    app.post(path, async (_request, reply) =>
      notImplemented(reply, 'there is no offline store to read from'),
    );
  }
  for (const path of ['/search', '/retrieve-online-documents']) {
    app.post(path, async (_request, reply) =>
      notImplemented(reply, 'the online store has no vectors to search'),
    );
  }
  // A list is not refused: it shows what the caller may see.
  app.get('/v1/vector_stores', async (request) => {
    const stores = gate.relations?.vectorStores(project) ?? [];
    const views = stores.map(({ view }) => view);
    const seen = new Set(callerOf(request)?.filter('DESCRIBE', views));
    const data = stores.filter(({ view }) => seen.has(view));
    return {
      object: 'list',
      data: data.map(({ id, view }) => ({ id, object: 'vector_store', name: view.name })),
    };
  });
}

const PUSH = z.object({
  push_source_name: z.string(),
  df: dataFrame,
  to: z.string().default('online'),
});
const WRITE = z.object({ feature_view_name: z.string(), df: dataFrame });

function write(
  views: readonly View[],
  df: Readonly<Record<string, readonly unknown[]>>,
  store: OnlineStore,
): void {
  store.write(views.map((view) => ({ view, rows: readFeatureRows(view, df) })));
}

function notImplemented(reply: FastifyReply, why: string): FastifyReply {
  return reply.code(501).send({ detail: `not a part of this example: ${why}` });
}

/** Errors of the handlers, and of what comes before them. */
function answerError(gate: LoadedGate, error: FastifyError, reply: FastifyReply): FastifyReply {
  const isNoJson = error.statusCode === 400 && error.code?.startsWith('FST_ERR_CTP');
  const known = isNoJson ? new RequestInvalidError('the body of the request is not JSON') : error;
  const { statusCode = 500 } = error;
  if (!(known instanceof AuthzError) && statusCode >= 400 && statusCode < 500) {
    return reply.code(statusCode).send({ detail: error.message });
  }
  const { status, headers, body } = gate.refuse(known);
  return reply.code(status).headers(headers).send(body);
}
