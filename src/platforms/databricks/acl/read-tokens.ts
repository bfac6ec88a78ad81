import * as z from 'zod';
import type { Principal } from '../vocabulary/index.js';
import { isApplicationId } from '../vocabulary/index.js';
import { checkShape } from './check-shape.js';
import type { ServicesFileReader } from './file-reader.js';
import type { TokenFact } from './services-facts.js';

const id = z.union([z.string(), z.number()]).nullish();

const tokenInfo = z.looseObject({
  token_id: z.string().min(1),
  creation_time: z.number().nullish(),
  expiry_time: z.number().nullish(),
  created_by_id: id,
  created_by_username: z.string().nullish(),
  owner_id: id,
});

/**
 * The list of the tokens of a workspace, or of the caller.
 *
 * @source Databricks REST API reference, "Token management" and "Token": times in milliseconds, -1
 *   for no end
 */
export const tokenListReader: ServicesFileReader = {
  kind: 'tokens',
  detect: (value) => Array.isArray(value['token_infos']),
  read(value, { name, collector }) {
    const { token_infos } = checkShape(z.object({ token_infos: z.array(tokenInfo) }), value, name);
    for (const info of token_infos) collector.facts.tokens.push(toFact(info));
  },
};

/** The answer to the creation of a token, which holds the token. */
export const createdTokenReader: ServicesFileReader = {
  kind: 'created-token',
  detect: (value) => typeof value['token_value'] === 'string' && 'token_info' in value,
  read(value, { name, collector, addSecret }) {
    const shape = z.looseObject({ token_value: z.string(), token_info: tokenInfo });
    const { token_value, token_info } = checkShape(shape, value, name);
    addSecret({ name: 'token', value: token_value });
    collector.facts.tokens.push(toFact(token_info));
    collector.facts.storedSecrets.push({ address: name, attribute: 'token_value', isToken: true });
  },
};

function toFact(info: z.output<typeof tokenInfo>): TokenFact {
  const { token_id, creation_time, expiry_time, created_by_username, created_by_id, owner_id } =
    info;
  const createdAt = creation_time ?? undefined;
  const expiresAt = readExpiry(expiry_time);
  const ownerId = textOf(owner_id) ?? textOf(created_by_id);
  const onBehalf =
    textOf(owner_id) !== undefined &&
    textOf(created_by_id) !== undefined &&
    textOf(owner_id) !== textOf(created_by_id);
  return {
    name: token_id,
    owner: onBehalf || !created_by_username ? undefined : tokenOwner(created_by_username),
    ownerId,
    onBehalf,
    createdAt,
    expiresAt,
    lifetimeSeconds: lifetimeOf(createdAt, expiresAt),
    managed: false,
    keptIn: undefined,
  };
}

/** When a token ends: -1 says never, and what is missing says nothing. */
export function readExpiry(written: number | null | undefined): number | null | undefined {
  if (written === null || written === undefined) return undefined;
  return written < 0 ? null : written;
}

/** Seconds between two times in milliseconds. */
export function lifetimeOf(
  createdAt: number | undefined,
  expiresAt: number | null | undefined,
): number | null | undefined {
  if (expiresAt === null) return null;
  return createdAt === undefined || expiresAt === undefined
    ? undefined
    : (expiresAt - createdAt) / 1000;
}

function tokenOwner(name: string): Principal {
  return { kind: isApplicationId(name) ? 'service-principal' : 'user', name };
}

function textOf(value: string | number | null | undefined): string | undefined {
  return value === null || value === undefined ? undefined : String(value);
}
