import * as z from 'zod';
import { isPlainObject } from '../../../model/plain-data.js';
import { addIdentitySecret, MIN_MASKED_SECONDS, type SecretRegistry } from '../../../net/index.js';
import { optionalNumber, optionalText, readAs } from './read-answer.js';
import { segment } from './segment.js';
import type { JsonObject, WorkspaceTransport } from './workspace-transport.js';

/**
 * What is known of a personal access token: all but the token. Times in milliseconds since 1970;
 * -1: it never ends.
 */
export interface TokenInfo {
  readonly token_id: string;
  readonly comment?: string | undefined;
  readonly creation_time?: number | undefined;
  readonly expiry_time?: number | undefined;
  /** Day of its last use, in milliseconds since 1970, if the workspace says it. */
  readonly last_used_day?: number | undefined;
  /** The APIs that it opens, such as `model-serving`, if the workspace says it. */
  readonly scopes?: readonly string[] | undefined;
}

/** What an admin sees of the tokens of others, too. */
export interface ManagedTokenInfo extends TokenInfo {
  readonly created_by_id?: number | undefined;
  readonly created_by_username?: string | undefined;
  readonly owner_id?: number | undefined;
}

/** A token that was made, with its value. */
export interface CreatedToken {
  /** A secret, which cannot be had a second time. */
  readonly token_value: string;
  readonly token_info: TokenInfo;
}

/** A token to make. */
export interface NewToken {
  readonly comment?: string | undefined;
  /** As long as the workspace allows unless given. */
  readonly lifetimeSeconds?: number | undefined;
  /** The APIs that it is to open, such as `model-serving`. Default: all. */
  readonly scopes?: readonly string[] | undefined;
}

/** The caller's own personal access tokens. */
export interface TokensApi {
  /** Never sent a second time when the answer was lost: a token may then exist unnoticed. */
  readonly create: (token?: NewToken) => Promise<CreatedToken>;
  /** The caller's tokens, without their values. */
  readonly list: () => Promise<readonly TokenInfo[]>;
  /** Revokes a token, by its ID. */
  readonly delete: (tokenId: string) => Promise<void>;
}

/** Everybody's tokens, for admins. */
export interface TokenManagementApi {
  /** Tokens of all users, without their values. */
  readonly list: (filter?: {
    readonly createdById?: string | undefined;
    readonly createdByUsername?: string | undefined;
  }) => Promise<readonly ManagedTokenInfo[]>;
  /** Revokes a token, by its ID. */
  readonly delete: (tokenId: string) => Promise<void>;
  /** A token of a service principal, by its application id. Sent again as little as `create`. */
  readonly createOnBehalfOf: (
    token: NewToken & { readonly applicationId: string },
  ) => Promise<CreatedToken>;
}

const INFO_FIELDS = {
  token_id: z.string().min(1),
  comment: optionalText,
  creation_time: optionalNumber,
  expiry_time: optionalNumber,
  last_used_day: optionalNumber,
  scopes: z
    .array(z.string())
    .nullish()
    .transform((scopes) => scopes ?? undefined),
};
const CREATED: z.ZodType<CreatedToken> = z.object({
  token_value: z.string().min(1),
  token_info: z.object(INFO_FIELDS),
});
const OWN_LIST: z.ZodType<{ readonly token_infos: readonly TokenInfo[] }> = z.object({
  token_infos: z.array(z.object(INFO_FIELDS)).default([]),
});
const MANAGED_LIST: z.ZodType<{ readonly token_infos: readonly ManagedTokenInfo[] }> = z.object({
  token_infos: z
    .array(
      z.object({
        ...INFO_FIELDS,
        created_by_id: optionalNumber,
        created_by_username: optionalText,
        owner_id: optionalNumber,
      }),
    )
    .default([]),
});

/** @source Databricks REST API, "Token" */
export function createTokensApi(
  send: WorkspaceTransport,
  redaction: SecretRegistry | undefined,
): TokensApi {
  return {
    create: async (token = {}) => {
      const path = '/api/2.0/token/create';
      return readCreated(await send({ method: 'POST', path, body: newToken(token) }), redaction);
    },
    list: async () => {
      const answer = await send({ method: 'GET', path: '/api/2.0/token/list' });
      return readAs(OWN_LIST, answer, 'a list of tokens').token_infos;
    },
    delete: async (tokenId) => {
      const body = { token_id: tokenId };
      await send({ method: 'POST', path: '/api/2.0/token/delete', body, idempotent: true });
    },
  };
}

/** @source Databricks REST API, "Token management" */
export function createTokenManagementApi(
  send: WorkspaceTransport,
  redaction: SecretRegistry | undefined,
): TokenManagementApi {
  const root = '/api/2.0/token-management';
  return {
    list: async ({ createdById, createdByUsername } = {}) => {
      const query = { created_by_id: createdById, created_by_username: createdByUsername };
      const answer = await send({ method: 'GET', path: `${root}/tokens`, query });
      return readAs(MANAGED_LIST, answer, 'a list of tokens').token_infos;
    },
    delete: async (tokenId) => {
      await send({ method: 'DELETE', path: `${root}/tokens/${segment('tokenId', tokenId)}` });
    },
    createOnBehalfOf: async ({ applicationId, ...token }) => {
      const body = { application_id: applicationId, ...newToken(token) };
      const path = `${root}/on-behalf-of/tokens`;
      return readCreated(await send({ method: 'POST', path, body }), redaction);
    },
  };
}

function newToken({ comment, lifetimeSeconds, scopes }: NewToken): JsonObject {
  return { comment, lifetime_seconds: lifetimeSeconds, scopes };
}

function readCreated(answer: JsonObject, redaction: SecretRegistry | undefined): CreatedToken {
  const { token_value: value, token_info: info } = answer;
  // Before anything else can fail.
  if (typeof value === 'string') addIdentitySecret(redaction, 'token', value, lifeOf(info));
  return readAs(CREATED, answer, 'a new token');
}

/** In seconds; `undefined` for a token that never ends, or whose end cannot be read. */
function lifeOf(info: unknown): number | undefined {
  const { creation_time: from, expiry_time: to } = isPlainObject(info) ? info : {};
  const seconds = (Number(to) - Number(from)) / 1000;
  return seconds > 0 ? Math.max(seconds, MIN_MASKED_SECONDS) : undefined;
}
