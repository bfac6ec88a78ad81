import { randomUUID } from 'node:crypto';
import { type FakeServer, startFakeServer } from './fake-server.js';

/** An application that Entra knows. */
export interface EntraApplication {
  readonly clientId: string;
  readonly clientSecret?: string;
  /** Assertions of another issuer that stand for it. */
  readonly assertions?: readonly string[];
}

export interface FakeEntra extends FakeServer {
  /**
   * The application that a token is of, and the scope it was given for; `undefined` for one that
   * Entra did not give.
   */
  readonly readToken: (
    token: string,
  ) => { readonly clientId: string; readonly scope: string } | undefined;
}

/** Entra's v2 token endpoint for client credentials, for one tenant. */
export async function startFakeEntra(options: {
  readonly tenantId: string;
  readonly applications: readonly EntraApplication[];
  /** 3600 unless given. */
  readonly tokenSeconds?: number;
}): Promise<FakeEntra> {
  const tokens = new Map<string, { clientId: string; scope: string }>();
  const path = `/${options.tenantId}/oauth2/v2.0/token`;
  const server = await startFakeServer((request) => {
    if (request.path !== path) {
      return refuse(400, 'invalid_request', 90002, `Tenant '${request.path}' not found.`);
    }
    const form = new URLSearchParams(request.body);
    const clientId = form.get('client_id') ?? '';
    const application = options.applications.find((each) => each.clientId === clientId);
    if (application === undefined) {
      return refuse(400, 'unauthorized_client', 700016, `Application '${clientId}' was not found`);
    }
    if (!proves(application, form)) {
      return refuse(401, 'invalid_client', 7000215, 'Invalid client secret provided.');
    }
    const scope = form.get('scope') ?? '';
    if (!scope.endsWith('/.default')) return refuse(400, 'invalid_scope', 1002012, 'No /.default');
    const token = `entra-${randomUUID()}`;
    tokens.set(token, { clientId, scope });
    const seconds = options.tokenSeconds ?? 3600;
    const body = { token_type: 'Bearer', expires_in: seconds, ext_expires_in: seconds };
    return { status: 200, body: { ...body, access_token: token } };
  });
  return { ...server, readToken: (token) => tokens.get(token) };
}

function proves(
  { clientSecret, assertions = [] }: EntraApplication,
  form: URLSearchParams,
): boolean {
  const isGrant = form.get('grant_type') === 'client_credentials';
  const assertion = form.get('client_assertion');
  if (assertion === null) return isGrant && form.get('client_secret') === clientSecret;
  const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  return isGrant && form.get('client_assertion_type') === type && assertions.includes(assertion);
}

function refuse(status: number, error: string, code: number, description: string) {
  const error_description = `AADSTS${code}: ${description}`;
  return { status, body: { error, error_description, error_codes: [code] } };
}
