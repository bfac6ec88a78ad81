import { checkOptions } from '../../../foundation/options.js';
import { CredentialUnavailableError } from '../../../model/errors.js';
import { scopeOfResource } from './credential-resource.js';
import type { AzureTokenCredential } from './credential-source.js';
import type { CredentialTokenOptions, TokenCredential } from './token-credential.js';

/** The part of a connection's configuration that says who connects, for `tedious` and `mssql`. */
export interface AzureSqlAuthentication {
  readonly authentication: {
    readonly type: 'azure-active-directory-access-token';
    /** `token` is a secret. */
    readonly options: { readonly token: string };
  };
}

/** How a token for Azure SQL is obtained. */
export interface AzureSqlOptions extends CredentialTokenOptions {
  /** The public cloud's `https://database.windows.net` unless given. */
  readonly resource?: string | undefined;
}

/** Both kinds of credentials, as they are called here. */
interface TokenGiver {
  getToken(
    scope: string,
    options: CredentialTokenOptions,
  ): Promise<{ readonly token: string } | null>;
}

const AZURE_SQL = 'https://database.windows.net';

/**
 * Gets the token that Azure SQL takes in place of a user and a password.
 *
 * Shape: a part of the configuration of `tedious` and of `mssql`. Get it anew for each connection
 * or pool: a token that has ended opens no new connection, and one that is open stays so.
 *
 * @param credential of this package or of Azure's SDK
 * @returns rejects with TypeError if an option is unknown, and with `CredentialUnavailableError` if
 *   the credential has no token
 * @source tedious 18, `authentication`: type `azure-active-directory-access-token`
 * @example
 * const pool = await sql.connect({ server, database, ...(await azureSqlAccessToken(credential)) });
 */
export async function azureSqlAccessToken(
  credential: TokenCredential | AzureTokenCredential,
  options: AzureSqlOptions = {},
): Promise<AzureSqlAuthentication> {
  checkOptions<AzureSqlOptions>(options, {
    resource: true,
    abortSignal: true,
    claims: true,
    tenantId: true,
  });
  const { resource = AZURE_SQL, ...asked } = options;
  const given = await (credential as TokenGiver).getToken(scopeOfResource(resource), asked);
  if (given === null) throw new CredentialUnavailableError('no token: the credential gave none');
  const { token } = given;
  return { authentication: { type: 'azure-active-directory-access-token', options: { token } } };
}
