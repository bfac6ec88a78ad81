import * as z from 'zod';
import { addIdentitySecret, type SecretRegistry } from '../../../net/index.js';
import { readAs } from './read-answer.js';
import type { JsonObject, WorkspaceTransport } from './workspace-transport.js';

/** A level on a secret scope. */
export type SecretPermission = 'READ' | 'WRITE' | 'MANAGE';

/** A secret scope, and where its secrets are. */
export interface SecretScopeInfo {
  readonly name: string;
  /** `DATABRICKS` or `AZURE_KEYVAULT`. */
  readonly backend_type?: string | undefined;
  readonly keyvault_metadata?:
    | { readonly resource_id?: string | undefined; readonly dns_name?: string | undefined }
    | undefined;
}

/** One entry of a scope's access list, which is of all its keys. */
export interface SecretAcl {
  /** A user name, an application id or the name of a group. */
  readonly principal: string;
  readonly permission: string;
}

/** Names one secret. */
export interface SecretKey {
  readonly scope: string;
  readonly key: string;
}

/** Secret scopes, who may use them, and what they hold. */
export interface SecretsApi {
  /** All secret scopes of the workspace. */
  readonly listScopes: () => Promise<readonly SecretScopeInfo[]>;
  /**
   * Rejects with `WorkspaceError` of the code `RESOURCE_ALREADY_EXISTS` when there is one of this
   * name.
   */
  readonly createScope: (scope: string) => Promise<void>;
  /** Removes a scope with all its secrets. */
  readonly deleteScope: (scope: string) => Promise<void>;
  /** The access list of a scope. */
  readonly listAcls: (scope: string) => Promise<readonly SecretAcl[]>;
  /** Replaces what the principal had in this scope. */
  readonly putAcl: (acl: {
    readonly scope: string;
    readonly principal: string;
    readonly permission: SecretPermission;
  }) => Promise<void>;
  /** Takes everything from the principal in this scope. */
  readonly deleteAcl: (acl: {
    readonly scope: string;
    readonly principal: string;
  }) => Promise<void>;
  /** Writes a secret; an existing value is overwritten. */
  readonly putSecret: (secret: SecretKey & { readonly value: string }) => Promise<void>;
  /** Removes a secret. */
  readonly deleteSecret: (secret: SecretKey) => Promise<void>;
  /** The value is in base64. */
  readonly getSecret: (
    secret: SecretKey,
  ) => Promise<{ readonly key: string; readonly value: string }>;
  /** Keys only. `last_updated_timestamp` in milliseconds since 1970. */
  readonly listSecrets: (scope: string) => Promise<readonly SecretMetadata[]>;
}

/** A key of a secret scope, without its value. */
export interface SecretMetadata {
  readonly key: string;
  readonly last_updated_timestamp?: number | undefined;
}

const SCOPES: z.ZodType<{ readonly scopes: readonly SecretScopeInfo[] }> = z.object({
  scopes: z
    .array(
      z.object({
        name: z.string(),
        backend_type: z.string().optional(),
        keyvault_metadata: z
          .object({ resource_id: z.string().optional(), dns_name: z.string().optional() })
          .optional(),
      }),
    )
    .default([]),
});
const ACLS: z.ZodType<{ readonly items: readonly SecretAcl[] }> = z.object({
  items: z.array(z.object({ principal: z.string(), permission: z.string() })).default([]),
});
const SECRETS: z.ZodType<{ readonly secrets: readonly SecretMetadata[] }> = z.object({
  secrets: z
    .array(z.object({ key: z.string(), last_updated_timestamp: z.number().optional() }))
    .default([]),
});
const SECRET: z.ZodType<{ readonly key: string; readonly value: string }> = z.object({
  key: z.string(),
  value: z.string().default(''),
});

const ROOT = '/api/2.0/secrets';

/**
 * @source Databricks REST API, "Secrets": values in base64, one entry for each principal and scope
 */
export function createSecretsApi(
  send: WorkspaceTransport,
  redaction: SecretRegistry | undefined,
): SecretsApi {
  const post = async (path: string, body: JsonObject, idempotent = true): Promise<void> => {
    await send({ method: 'POST', path: `${ROOT}/${path}`, body, idempotent });
  };
  const get = (path: string, query: Readonly<Record<string, string>>): Promise<JsonObject> =>
    send({ method: 'GET', path: `${ROOT}/${path}`, query });
  return {
    listScopes: async () => readAs(SCOPES, await get('scopes/list', {}), 'a list of scopes').scopes,
    // Sent twice it would fail the second time.
    createScope: (scope) => post('scopes/create', { scope }, false),
    deleteScope: (scope) => post('scopes/delete', { scope }),
    listAcls: async (scope) =>
      readAs(ACLS, await get('acls/list', { scope }), 'an access list').items,
    putAcl: ({ scope, principal, permission }) =>
      post('acls/put', { scope, principal, permission }),
    deleteAcl: ({ scope, principal }) => post('acls/delete', { scope, principal }),
    putSecret: async ({ scope, key, value }) => {
      addIdentitySecret(redaction, 'secret', value);
      await post('put', { scope, key, string_value: value });
    },
    deleteSecret: ({ scope, key }) => post('delete', { scope, key }),
    getSecret: async ({ scope, key }) => {
      const secret = readAs(SECRET, await get('get', { scope, key }), 'a secret');
      addIdentitySecret(redaction, 'secret', Buffer.from(secret.value, 'base64').toString('utf8'));
      return secret;
    },
    listSecrets: async (scope) =>
      readAs(SECRETS, await get('list', { scope }), 'a list of secrets').secrets,
  };
}
