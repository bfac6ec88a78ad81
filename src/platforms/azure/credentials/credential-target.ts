import type { TokenProvider } from '../../databricks/tokens/index.js';

/** What a token is asked for. */
export interface CredentialTarget {
  /** Of the service credential. */
  readonly name: string;
  /** Without `/.default`. */
  readonly resource: string;
}

/**
 * Where a credential's tokens come from: a provider for each resource, which keeps its token until
 * shortly before its end.
 */
export type ServiceCredentialSource = (target: CredentialTarget) => TokenProvider;
