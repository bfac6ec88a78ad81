import type { TestCertificate } from './certificates.js';
import {
  type Answer,
  type LoopbackServer,
  type ReceivedRequest,
  startLoopbackServer,
} from './loopback-server.js';
import type { TokenBook } from './token-book.js';

export const ENTRA_TENANT = '11111111-2222-3333-4444-555555555555';

export interface EntraClient {
  readonly id: string;
  readonly secret: string;
  /** A federated token that is taken in place of the secret. */
  readonly assertion?: string | undefined;
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * The token endpoint of Entra ID (v2) on the loopback interface, for client credentials and client
 * assertions.
 */
export async function startEntraServer(options: {
  readonly certificate: TestCertificate;
  readonly tokens: TokenBook;
  readonly client: EntraClient;
  /** In seconds; an hour unless given. */
  readonly lifetime?: number | undefined;
}): Promise<LoopbackServer> {
  const { tokens, client, lifetime = 3600 } = options;
  const issueToken = ({ body }: ReceivedRequest): Answer => {
    const form = new URLSearchParams(body);
    const bySecret = form.get('client_secret') === client.secret;
    const byAssertion =
      form.get('client_assertion_type') === ASSERTION_TYPE &&
      client.assertion !== undefined &&
      form.get('client_assertion') === client.assertion;
    if (form.get('grant_type') !== 'client_credentials') {
      return { status: 400, body: { error: 'unsupported_grant_type' } };
    }
    if (form.get('client_id') !== client.id || !(bySecret || byAssertion)) {
      const description = 'AADSTS7000215: Invalid client secret provided.';
      return { status: 401, body: { error: 'invalid_client', error_description: description } };
    }
    const scope = (form.get('scope') ?? '').split(' ').find((entry) => entry.endsWith('/.default'));
    if (scope === undefined) return { status: 400, body: { error: 'invalid_scope' } };
    const resource = scope.slice(0, -'/.default'.length);
    return {
      status: 200,
      body: {
        token_type: 'Bearer',
        expires_in: lifetime,
        ext_expires_in: lifetime,
        access_token: tokens.issue({ resource, clientId: client.id }),
      },
    };
  };
  return startLoopbackServer(options.certificate, (request) => {
    const { pathname, origin } = request.url;
    if (request.method === 'POST' && pathname === `/${ENTRA_TENANT}/oauth2/v2.0/token`) {
      return issueToken(request);
    }
    if (pathname === `/${ENTRA_TENANT}/v2.0/.well-known/openid-configuration`) {
      return {
        status: 200,
        body: {
          issuer: `${origin}/${ENTRA_TENANT}/v2.0`,
          authorization_endpoint: `${origin}/${ENTRA_TENANT}/oauth2/v2.0/authorize`,
          token_endpoint: `${origin}/${ENTRA_TENANT}/oauth2/v2.0/token`,
          jwks_uri: `${origin}/${ENTRA_TENANT}/discovery/v2.0/keys`,
        },
      };
    }
    return { status: 404, body: { error: 'not_found' } };
  });
}
