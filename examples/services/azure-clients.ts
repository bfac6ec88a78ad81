// One credential for all that takes a token of Entra ID, and no password anywhere.
import { getBearerTokenProvider } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import {
  type AzureSqlAuthentication,
  azureSqlAccessToken,
  type ServiceCredential,
} from 'feast-permissions/azure';

/** Azure OpenAI: `new AzureOpenAI({ azureADTokenProvider: openAiTokens(credential), … })`. */
export function openAiTokens(credential: ServiceCredential): () => Promise<string> {
  return getBearerTokenProvider(credential, 'https://cognitiveservices.azure.com/.default');
}

interface DatabaseConfig extends AzureSqlAuthentication {
  readonly server: string;
  readonly database: string;
}

/** Azure SQL: `await sql.connect(await databaseConfig(credential))`, with the package `mssql`. */
export async function databaseConfig(credential: ServiceCredential): Promise<DatabaseConfig> {
  return {
    server: 'sandbox-dataai-mssql.database.windows.net',
    database: 'sandbox-dataai-adventureworksdb',
    ...(await azureSqlAccessToken(credential)),
  };
}

/** Every client of Azure's SDK, here the one of Key Vault. */
export function vaultClient(credential: ServiceCredential): SecretClient {
  return new SecretClient('https://sandbox-dataai-example-kv.vault.azure.net', credential);
}

/** A REST API of one's own that Entra ID secures. */
export async function authorizationHeader(credential: ServiceCredential): Promise<string> {
  const { token } = await credential.getToken('api://sandbox-rest-api/.default');
  return `Bearer ${token}`;
}
