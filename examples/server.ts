// A feature server that asks before it answers.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createAuthorizer, PermissionDeniedError, type Subject } from 'feast-permissions';
import { loadFeatureStore } from 'feast-permissions/registry';

/** What your authentication says of a request: who it is, or null for nobody. */
export type Identify = (authorization: string | undefined) => Promise<Subject | null>;

export async function createFeatureServer(
  featureRepo: string,
  identify: Identify,
): Promise<Server> {
  const { snapshotOptions } = await loadFeatureStore(featureRepo);
  const authorizer = createAuthorizer(snapshotOptions, {
    onDecision: ({ explanation }) => process.stdout.write(`${explanation}\n`),
  });

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const view = (request.url ?? '').slice('/features/'.length);
    try {
      const subject = await identify(request.headers.authorization);
      authorizer.assert(subject, 'READ_ONLINE', { type: 'FeatureView', name: view });
      response.end(JSON.stringify({ view })); // read the features from the online store here
    } catch (error) {
      // The message of a refusal is fit for clients; its decision, for logs, is not.
      response.statusCode = error instanceof PermissionDeniedError ? 403 : 500;
      response.end(error instanceof PermissionDeniedError ? error.message : 'internal error');
    }
  };
  return createServer((request, response) => void answer(request, response));
}
