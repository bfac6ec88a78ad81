// A feature server that asks before it answers.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { AuthzError, createAuthorizer, ERROR_STATUS, type Subject } from 'feast-permissions';
import { loadFeatureStore } from 'feast-permissions/registry';

/** Who asks, or null for nobody: `createAuthenticator` of feast-permissions/identity says it by the `auth` section. */
export type Authenticate = (credentials: {
  readonly authorization: string | undefined;
}) => Promise<Subject | null>;

export async function createFeatureServer(
  featureRepo: string,
  authenticate: Authenticate,
): Promise<Server> {
  const { snapshotOptions } = await loadFeatureStore(featureRepo);
  const authorizer = createAuthorizer(snapshotOptions, {
    onDecision: ({ explanation }) => process.stdout.write(`${explanation}\n`),
  });

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const view = (request.url ?? '').slice('/features/'.length);
    try {
      const { authorization } = request.headers;
      const subject = await authenticate({ authorization });
      authorizer.assert(subject, 'READ_ONLINE', { type: 'FeatureView', name: view });
      response.end(JSON.stringify({ view })); // read the features from the online store here
    } catch (error) {
      // 401, 403 or 503; a refusal's message is fit for clients, its decision is for logs.
      response.statusCode = error instanceof AuthzError ? ERROR_STATUS[error.code].http : 500;
      const isTold = error instanceof AuthzError && response.statusCode < 500;
      response.end(isTold ? error.message : 'internal error');
    }
  };
  return createServer((request, response) => void answer(request, response));
}
