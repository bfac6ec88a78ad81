import { checkOptions, type OptionNames } from '../../../foundation/options.js';
import { REQUEST_OPTIONS } from '../../../net/index.js';
import type { DatabricksCredentials } from '../tokens/index.js';
import { createPermissionsApi, type PermissionsApi } from './permissions-api.js';
import { createScimApi, type ScimApi } from './scim-api.js';
import { createSecretsApi, type SecretsApi } from './secrets-api.js';
import { createServingEndpointsApi, type ServingEndpointsApi } from './serving-endpoints-api.js';
import {
  createTokenManagementApi,
  createTokensApi,
  type TokenManagementApi,
  type TokensApi,
} from './tokens-api.js';
import {
  createGrantsApi,
  createTemporaryServiceCredentials,
  type GrantsApi,
  type TemporaryServiceCredentials,
  type TemporaryServiceCredentialsRequest,
} from './unity-catalog-api.js';
import { WorkspaceError } from './workspace-error.js';
import {
  createWorkspaceTransport,
  type NumberedTransport,
  type WorkspaceClientOptions,
  type WorkspaceTransport,
} from './workspace-transport.js';

/**
 * A Databricks workspace, as far as services, their permissions and their credentials go. What is
 * sent and answered has the names of the REST API. Everything rejects with `WorkspaceError`
 * (`status`, `errorCode`, `retriable`), or with `CredentialUnavailableError` if no token is
 * available or the workspace accepts none.
 */
export interface WorkspaceClient {
  readonly permissions: PermissionsApi;
  readonly servingEndpoints: ServingEndpointsApi;
  readonly tokens: TokensApi;
  readonly tokenManagement: TokenManagementApi;
  readonly secrets: SecretsApi;
  readonly scim: ScimApi;
  readonly grants: GrantsApi;
  /** A token of a service credential, registered to be masked. */
  readonly createTemporaryServiceCredentials: (
    request: TemporaryServiceCredentialsRequest,
    options?: { readonly signal?: AbortSignal | undefined },
  ) => Promise<TemporaryServiceCredentials>;
  /**
   * The number of the workspace, as links between workspaces name it.
   *
   * @returns rejects with `WorkspaceError` when the workspace does not say
   */
  readonly getWorkspaceId: () => Promise<string>;
  /** Any other question. */
  readonly request: WorkspaceTransport;
}

const DEFAULT_MAX_PAGES = 1000;

/** `method` is of {@link DatabricksCredentials}, which are handed on as they are. */
const CLIENT_OPTIONS: OptionNames<
  WorkspaceClientOptions & Partial<Pick<DatabricksCredentials, 'method'>>
> = {
  ...REQUEST_OPTIONS,
  hosts: true,
  host: true,
  method: true,
  tokens: true,
  workspaceId: true,
  maxPages: true,
};

/**
 * Creates a client of one workspace.
 *
 * Shape: a 429 is waited for and sent again, whatever the request; a 5xx or a lost answer only
 * where doing it twice is the same as once. A token that is refused is asked for anew, once. The
 * token goes to the host alone: a redirect elsewhere ends the request.
 *
 * @throws ConfigInvalidError if the host is not an https address; TypeError if an option is
 *   unknown, and for a number of pages, attempts or seconds that is invalid
 * @example
 * const { host, tokens } = createDatabricksCredentials();
 * const workspace = createWorkspaceClient({ host, tokens });
 * const { id } = await workspace.servingEndpoints.get('fraud');
 * await workspace.permissions.patch('serving-endpoints', id, [
 *   { service_principal_name: applicationId, permission_level: 'CAN_QUERY' },
 * ]);
 */
export function createWorkspaceClient(options: WorkspaceClientOptions): WorkspaceClient {
  checkOptions<WorkspaceClientOptions>(options, CLIENT_OPTIONS);
  const { redaction, now = Date.now, maxPages = DEFAULT_MAX_PAGES } = options;
  if (!Number.isSafeInteger(maxPages) || maxPages < 1) {
    throw new TypeError('maxPages must be a whole number above 0');
  }
  const ask = createWorkspaceTransport(options);
  const send: WorkspaceTransport = async (request) => (await ask(request)).answer;
  return {
    permissions: createPermissionsApi(send),
    servingEndpoints: createServingEndpointsApi(send),
    tokens: createTokensApi(send, redaction),
    tokenManagement: createTokenManagementApi(send, redaction),
    secrets: createSecretsApi(send, redaction),
    scim: createScimApi(send, maxPages),
    grants: createGrantsApi(send, maxPages),
    createTemporaryServiceCredentials: async (request, asked = {}) => {
      checkOptions<typeof asked>(asked, { signal: true });
      const { signal } = asked;
      return createTemporaryServiceCredentials(send, request, { redaction, now, signal });
    },
    // Who may manage a workspace may not always ask who it is.
    getWorkspaceId: async () => options.workspaceId ?? readWorkspaceId(ask),
    request: send,
  };
}

/** @source databricks-sdk-py 0.162, `get_workspace_id`: the header of an answer to who asks */
async function readWorkspaceId(ask: NumberedTransport): Promise<string> {
  const { workspaceId } = await ask({ method: 'GET', path: '/api/2.0/preview/scim/v2/Me' });
  if (workspaceId !== undefined) return workspaceId;
  throw new WorkspaceError('the workspace does not send its ID', {
    status: 200,
    retriable: false,
  });
}
