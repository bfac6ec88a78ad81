import { checkOptions, type OptionNames } from '../../../foundation/options.js';
import { ConfigInvalidError } from '../../../model/errors.js';
import {
  createEntraProvider,
  type EntraOptions,
  type TokenRequestOptions,
} from '../../databricks/tokens/index.js';
import { TOKEN_REQUEST_OPTIONS } from '../../databricks/tokens/token-request.js';
import type { ServiceCredentialSource } from './credential-target.js';

// Own client: `@azure/identity` needs Node.js 22 since version 4.14, and this package runs on
// Node.js 20. A credential of that package is accepted as it is (`credential-source.ts`).

/** An application of Entra ID that has a client secret. */
export interface ClientSecretOptions
  extends TokenRequestOptions,
    Pick<EntraOptions, 'tenantId' | 'clientId' | 'authority'> {
  /** A secret. */
  readonly clientSecret: string;
}

/**
 * Tokens of an application that has a secret in Entra ID.
 *
 * @throws TypeError if an option is unknown, or something is missing; ConfigInvalidError if the
 *   tenant or the authority is invalid
 * @source Microsoft identity platform, "OAuth 2.0 client credentials flow", with a shared secret
 */
export function clientSecretSource(options: ClientSecretOptions): ServiceCredentialSource {
  checkOptions<ClientSecretOptions>(options, {
    ...TOKEN_REQUEST_OPTIONS,
    tenantId: true,
    clientId: true,
    clientSecret: true,
    authority: true,
  });
  return entraSource(options);
}

/** An application of Entra ID that trusts the tokens of a workload. */
export interface WorkloadIdentitySourceOptions extends TokenRequestOptions {
  /** `AZURE_TENANT_ID` unless given. */
  readonly tenantId?: string | undefined;
  /** `AZURE_CLIENT_ID` unless given. */
  readonly clientId?: string | undefined;
  /**
   * File with the workload's own token, read anew each time; `AZURE_FEDERATED_TOKEN_FILE` unless
   * given.
   */
  readonly tokenFile?: string | undefined;
  /** `AZURE_AUTHORITY_HOST` unless given, and without that the public cloud's. */
  readonly authority?: string | undefined;
  /** In place of `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

const WORKLOAD_OPTIONS: OptionNames<WorkloadIdentitySourceOptions> = {
  ...TOKEN_REQUEST_OPTIONS,
  tenantId: true,
  clientId: true,
  tokenFile: true,
  authority: true,
  env: true,
};

/**
 * Tokens of an application for a workload that has a token of its own, such as a pod on Kubernetes,
 * and no secret.
 *
 * @throws {@link ConfigInvalidError} when neither the options nor the environment say who asks, or
 *   what they say is invalid
 * @throws TypeError if an option is unknown
 * @source Microsoft Entra Workload ID on Kubernetes: the variables that its webhook sets
 */
export function workloadIdentitySource(
  options: WorkloadIdentitySourceOptions = {},
): ServiceCredentialSource {
  checkOptions<WorkloadIdentitySourceOptions>(options, WORKLOAD_OPTIONS);
  const { env = process.env, tokenFile, ...rest } = options;
  return entraSource({
    ...rest,
    tenantId: demand(options.tenantId, env, 'AZURE_TENANT_ID'),
    clientId: demand(options.clientId, env, 'AZURE_CLIENT_ID'),
    clientAssertion: { file: demand(tokenFile, env, 'AZURE_FEDERATED_TOKEN_FILE') },
    authority: options.authority || env['AZURE_AUTHORITY_HOST'] || undefined,
  });
}

function entraSource(options: Omit<EntraOptions, 'resource'>): ServiceCredentialSource {
  // What is wrong is found here and not with the first token.
  createEntraProvider(options);
  return ({ resource }) => createEntraProvider({ ...options, resource });
}

function demand(
  given: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  variable: string,
): string {
  const value = given || env[variable];
  if (value) return value;
  throw new ConfigInvalidError(`a workload identity needs the variable \`${variable}\``);
}
