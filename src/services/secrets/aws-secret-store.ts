import type { SecretName } from './secret-name.js';
import { createSecretStore, type SecretStore, type SecretStoreOptions } from './secret-store.js';

/** What is used of `SecretsManager` of `@aws-sdk/client-secrets-manager`. */
export interface AwsSecretsClient {
  readonly getSecretValue: (input: {
    readonly SecretId: string;
  }) => Promise<{ readonly SecretString?: string | undefined }>;
}

export interface AwsSecretStoreOptions extends SecretStoreOptions {
  /** The name or ARN of a secret in Secrets Manager; `SCOPE/KEY` unless given. No two secrets may share one. */
  readonly secretId?: ((name: SecretName) => string) | undefined;
}

/**
 * Creates a store of secrets in AWS Secrets Manager. Each holds one value as text; the current version is read.
 *
 * @throws TypeError when `client` is none
 */
export function createAwsSecretStore(
  client: AwsSecretsClient,
  options: AwsSecretStoreOptions = {},
): SecretStore {
  if (typeof client?.getSecretValue !== 'function') {
    throw new TypeError('a store of AWS secrets needs a client with `getSecretValue`');
  }
  const { secretId = ({ scope, key }: SecretName) => `${scope}/${key}` } = options;
  return createSecretStore(async (name) => {
    const { SecretString } = await client.getSecretValue({ SecretId: secretId(name) });
    return SecretString || undefined;
  }, options);
}
