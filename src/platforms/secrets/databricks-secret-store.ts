import { decodeUtf8 } from '../../foundation/utf8.js';
import { CredentialUnavailableError } from '../../model/index.js';
import { formatSecretName } from './secret-name.js';
import { createSecretStore, type SecretStore, type SecretStoreOptions } from './secret-store.js';

/** What is used of a client of the Databricks secrets API. */
export interface DatabricksSecretsClient {
  /** `GET /api/2.0/secrets/get`. */
  readonly getSecret: (request: {
    readonly scope: string;
    readonly key: string;
  }) => Promise<{ readonly value?: string | undefined }>;
}

/**
 * Creates a store of the secrets of a Databricks workspace. Scopes and keys are those of the
 * workspace.
 *
 * @param client of the workspace, signed in as who may read the scopes
 * @throws TypeError if `client` is invalid
 * @source Databricks, Secrets API: `secrets/get` answers with the value in base64
 */
export function createDatabricksSecretStore(
  client: DatabricksSecretsClient,
  options: SecretStoreOptions = {},
): SecretStore {
  if (typeof client?.getSecret !== 'function') {
    throw new TypeError('a store of Databricks secrets needs a client with `getSecret`');
  }
  return createSecretStore(async (name) => {
    const { value } = await client.getSecret({ ...name });
    if (value === undefined || value === '') return undefined;
    const text = typeof value === 'string' ? decodeBase64(value) : undefined;
    if (text !== undefined) return text;
    throw new CredentialUnavailableError(`${formatSecretName(name)} is not text in base64`);
  }, options);
}

/** Node.js also decodes invalid base64, to other bytes. */
function decodeBase64(value: string): string | undefined {
  const bytes = Buffer.from(value, 'base64');
  const unpadded = (text: string): string => text.replace(/=+$/, '');
  if (unpadded(bytes.toString('base64')) !== unpadded(value)) return undefined;
  return decodeUtf8(bytes, 'keep');
}
