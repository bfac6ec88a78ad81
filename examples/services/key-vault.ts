// A secret of Key Vault, which no log shows from then on; and a secret of one's own.

import { getKeyVaultSecret, type KeyVaultOptions } from 'feast-permissions/azure';
import { addSecretRedaction, defaultRedactor } from 'feast-permissions/redaction';

/** The vault is given by its name or by its address, `https://<name>.vault.azure.net`. */
export async function readTestSecret(
  options: KeyVaultOptions,
  vault = 'sandbox-dataai-example-kv',
): Promise<string> {
  const secret = await getKeyVaultSecret(vault, 'test', options);
  process.stdout.write(defaultRedactor.text(`read ${secret.name}: ${secret.value}\n`)); // read test: ***secret***
  return secret.value;
}

/** What this package has not read itself can be masked, too. The result takes it back. */
export function maskApiKey(apiKey: string): () => void {
  return addSecretRedaction({ name: 'api-key', value: apiKey });
}
