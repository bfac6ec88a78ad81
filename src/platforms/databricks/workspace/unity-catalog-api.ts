import * as z from 'zod';
import { addIdentitySecret, MIN_MASKED_SECONDS, type SecretRegistry } from '../../../net/index.js';
import { readPages } from './pages.js';
import { optionalText, readAs } from './read-answer.js';
import { segment } from './segment.js';
import type { WorkspaceTransport } from './workspace-transport.js';

/** What one principal may do with a securable. */
export interface PrivilegeAssignment {
  /** Empty: it is deleted, and `principal_id` is all that is left. */
  readonly principal: string;
  readonly principal_id?: string | undefined;
  readonly privileges: readonly string[];
}

/** Privileges to grant to a principal, and to revoke. */
export interface PrivilegeChange {
  readonly principal: string;
  readonly add?: readonly string[] | undefined;
  readonly remove?: readonly string[] | undefined;
}

/**
 * Grants of Unity Catalog on a securable: its type (`credential`, `function` for a model), its full
 * name.
 */
export interface GrantsApi {
  /** All grants on the securable, or those of a principal. */
  readonly get: (
    securableType: string,
    fullName: string,
    filter?: { readonly principal?: string | undefined },
  ) => Promise<readonly PrivilegeAssignment[]>;
  /** The grants on the securable after the change, as far as the service tells. */
  readonly patch: (
    securableType: string,
    fullName: string,
    changes: readonly PrivilegeChange[],
  ) => Promise<readonly PrivilegeAssignment[]>;
}

/** Credentials of a cloud for a while. All of them are secrets. One of the four is there. */
export interface TemporaryServiceCredentials {
  /** Milliseconds since 1970. */
  readonly expiration_time: number;
  readonly aws_temp_credentials?:
    | {
        readonly access_key_id: string;
        readonly secret_access_key: string;
        readonly session_token?: string | undefined;
      }
    | undefined;
  readonly azure_aad?: { readonly aad_token: string } | undefined;
  readonly gcp_oauth_token?: { readonly oauth_token: string } | undefined;
}

/** A request for a token of a service credential. */
export interface TemporaryServiceCredentialsRequest {
  readonly credential_name: string;
  readonly azure_options?: { readonly resources: readonly string[] } | undefined;
  readonly gcp_options?: { readonly scopes: readonly string[] } | undefined;
}

const GRANTS: z.ZodType<{
  readonly privilege_assignments: readonly PrivilegeAssignment[];
  readonly next_page_token?: string | undefined;
}> = z.object({
  privilege_assignments: z
    .array(
      z.object({
        principal: z
          .string()
          .nullish()
          .transform((name) => name ?? ''),
        principal_id: z
          .union([z.string(), z.number()])
          .nullish()
          .transform((id) => (id === null || id === undefined ? undefined : String(id))),
        privileges: z
          .array(z.string())
          .nullish()
          .transform((names) => names ?? []),
      }),
    )
    .default([]),
  next_page_token: optionalText,
});
const CREDENTIALS: z.ZodType<TemporaryServiceCredentials> = z.object({
  expiration_time: z.number(),
  aws_temp_credentials: z
    .object({
      access_key_id: z.string(),
      secret_access_key: z.string(),
      session_token: optionalText,
    })
    .optional(),
  azure_aad: z.object({ aad_token: z.string() }).optional(),
  gcp_oauth_token: z.object({ oauth_token: z.string() }).optional(),
});

const ROOT = '/api/2.1/unity-catalog';

/** @source Databricks REST API, "Grants": pages by `page_token`, of which some may be empty */
export function createGrantsApi(send: WorkspaceTransport, maxPages: number): GrantsApi {
  const pathOf = (type: string, name: string): string =>
    `${ROOT}/permissions/${segment('securableType', type)}/${segment('fullName', name)}`;
  return {
    get: async (type, name, { principal } = {}) => {
      const path = pathOf(type, name);
      return readPages(async (token) => {
        // 0: pages as long as the service likes.
        const query = { principal, max_results: 0, page_token: token };
        const answer = readAs(GRANTS, await send({ method: 'GET', path, query }), 'grants');
        return { items: answer.privilege_assignments, next: answer.next_page_token };
      }, maxPages);
    },
    patch: async (type, name, changes) => {
      const body = { changes };
      const path = pathOf(type, name);
      const answer = await send({ method: 'PATCH', path, body, idempotent: true });
      return readAs(GRANTS, answer, 'grants').privilege_assignments;
    },
  };
}

/**
 * Credentials that ACCESS on a service credential gives, registered to be masked until they end.
 *
 * @source Databricks REST API, "Generate temporary service credential"
 */
export async function createTemporaryServiceCredentials(
  send: WorkspaceTransport,
  request: TemporaryServiceCredentialsRequest,
  {
    redaction,
    now,
    signal,
  }: {
    readonly redaction: SecretRegistry | undefined;
    readonly now: () => number;
    readonly signal: AbortSignal | undefined;
  },
): Promise<TemporaryServiceCredentials> {
  const path = `${ROOT}/temporary-service-credentials`;
  // It changes nothing: what is given twice ends twice.
  const body = { ...request };
  const answer = await send({ method: 'POST', path, body, idempotent: true, signal });
  const credentials = readAs(CREDENTIALS, answer, 'temporary credentials');
  const { aws_temp_credentials: aws, azure_aad: azure, gcp_oauth_token: gcp } = credentials;
  const remaining = (credentials.expiration_time - now()) / 1000;
  const seconds = Math.max(remaining, MIN_MASKED_SECONDS);
  const secrets = [aws?.secret_access_key, aws?.session_token, azure?.aad_token, gcp?.oauth_token];
  for (const secret of secrets) addIdentitySecret(redaction, 'token', secret ?? '', seconds);
  return credentials;
}
