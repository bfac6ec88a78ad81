import { checkOptions } from '../../../foundation/options.js';
import { CredentialUnavailableError } from '../../../model/errors.js';
import { isHeaderToken } from '../../../net/index.js';
import {
  createTokenCache,
  type ExpiringToken,
  type TokenRequestOptions,
} from '../../databricks/tokens/index.js';
import { TOKEN_REQUEST_OPTIONS } from '../../databricks/tokens/token-request.js';
import type {
  TemporaryServiceCredentials,
  WorkspaceClient,
} from '../../databricks/workspace/index.js';
import { WorkspaceError } from '../../databricks/workspace/workspace-error.js';
import { scopeOfResource } from './credential-resource.js';
import type { CredentialTarget, ServiceCredentialSource } from './credential-target.js';

/** The part of a `WorkspaceClient` that is needed. */
export type CredentialWorkspace = Pick<WorkspaceClient, 'createTemporaryServiceCredentials'>;

/** How the tokens are kept. How the workspace is asked is its client's. */
export type DatabricksSourceOptions = Pick<TokenRequestOptions, 'now' | 'cache'>;

/**
 * Tokens of a service credential of Unity Catalog, for Azure. The identity of the workspace's
 * client must hold ACCESS on it.
 *
 * Shape: a refusal of the workspace is the cause of the `CredentialUnavailableError` that the
 * credential rejects with.
 *
 * @throws TypeError if an option is unknown, or `workspace` is not a client
 * @source Databricks REST API, "Generate temporary service credential": `azure_options.resources`
 *   are scopes
 * @example
 * const workspace = createWorkspaceClient(createDatabricksCredentials());
 * const source = databricksSource(workspace);
 * getServiceCredentialsProvider('sandbox-dataai-example-dbac', { source });
 */
export function databricksSource(
  workspace: CredentialWorkspace,
  options: DatabricksSourceOptions = {},
): ServiceCredentialSource {
  checkOptions<DatabricksSourceOptions>(options, {
    now: true,
    cache: TOKEN_REQUEST_OPTIONS.cache,
  });
  const { now, cache } = options;
  if (typeof workspace?.createTemporaryServiceCredentials !== 'function') {
    throw new TypeError('a source of Databricks needs the client of a workspace');
  }
  return (target) =>
    createTokenCache(async (signal) => readToken(await askWorkspace(workspace, target, signal)), {
      ...cache,
      now,
    });
}

async function askWorkspace(
  workspace: CredentialWorkspace,
  { name, resource }: CredentialTarget,
  signal: AbortSignal,
): Promise<TemporaryServiceCredentials> {
  try {
    const request = {
      credential_name: name,
      azure_options: { resources: [scopeOfResource(resource)] },
    };
    return await workspace.createTemporaryServiceCredentials(request, { signal });
  } catch (error) {
    if (!(error instanceof WorkspaceError)) throw error;
    throw new CredentialUnavailableError(`no token: ${error.message}`, { cause: error });
  }
}

function readToken(credentials: TemporaryServiceCredentials): ExpiringToken {
  const { azure_aad: azure, expiration_time: expiresAt } = credentials;
  if (isHeaderToken(azure?.aad_token)) return { token: azure.aad_token, expiresAt };
  throw new CredentialUnavailableError('no token: the service credential has none for Azure');
}
