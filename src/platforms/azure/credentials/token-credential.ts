import type { AbortSignalLike } from '../../../foundation/abort.js';
/** A token of Entra ID, in the shape that Azure's clients take. */
export interface AccessToken {
  /** Without the word `Bearer`. A secret. */
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresOnTimestamp: number;
}

/** What a caller may ask for beside the scope. All else that Azure's clients pass is ignored. */
export interface CredentialTokenOptions {
  /** Ends the wait of this caller. A request that others wait for, too, goes on. */
  readonly abortSignal?: AbortSignalLike | undefined;
  /**
   * What a resource that has refused a token asks for. Refused: no token of ours could answer it.
   */
  readonly claims?: string | undefined;
  /** Ignored: the tenant is the source's own, and what a server names gets no secret. */
  readonly tenantId?: string | undefined;
}

/**
 * Gives tokens for one resource at a time.
 *
 * @source `TokenCredential` of `@azure/core-auth` 1: what this describes can be given to every
 *   client of Azure's SDK
 */
export interface TokenCredential {
  /**
   * @param scopes one scope, such as `https://vault.azure.net/.default`; without `/.default`, the
   *   resource alone
   * @returns rejects with `CredentialUnavailableError` if no token can be obtained
   */
  getToken(
    scopes: string | readonly string[],
    options?: CredentialTokenOptions,
  ): Promise<AccessToken>;
}
