import { RequestInvalidError } from '../model/index.js';

/** Which part of a list is asked for. */
export interface PageRequest {
  /** Maximum number of items. Default: the limit of the token, otherwise 100. */
  readonly limit?: number | undefined;
  /** The `next` of the page before. Default: the first page. */
  readonly token?: string | undefined;
}

/** Part of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** The token of the next page; null for the last page. */
  readonly next: string | null;
  /** Number of items of the whole list. */
  readonly total: number;
}

const DEFAULT_LIMIT = 100;
/** The highest limit: a page is held in memory as a whole. */
const MAX_PAGE_LIMIT = 10_000;
/** Longest token that is looked at, in characters. */
const MAX_TOKEN_LENGTH = 200;

/**
 * Takes a page out of a list.
 *
 * A token belongs to one question, one version of the registry and one limit.
 *
 * @param page undefined: the whole list
 * @param question whatever the list depends on, as JSON
 * @throws RequestInvalidError on a limit below 1 or above 10,000, and on a token of another
 *   question or limit
 */
export function paginate<T>(
  list: readonly T[],
  page: PageRequest | undefined,
  question: unknown,
): Page<T> {
  const total = list.length;
  if (page === undefined) return { items: list, next: null, total };
  const fingerprint = hash(JSON.stringify(question));
  const { offset, limit } = startOf(page, fingerprint);
  const end = offset + limit;
  const next = end < total ? encodeToken([fingerprint, end, limit]) : null;
  return { items: list.slice(offset, end), next, total };
}

function startOf(
  { limit, token }: PageRequest,
  fingerprint: string,
): { readonly offset: number; readonly limit: number } {
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE_LIMIT)) {
    throw new RequestInvalidError(
      `the limit of a page must be an integer from 1 to ${MAX_PAGE_LIMIT}`,
    );
  }
  if (token === undefined || token === '') return { offset: 0, limit: limit ?? DEFAULT_LIMIT };
  const [of, offset, tokenLimit] = decodeToken(token);
  if (of !== fingerprint) {
    throw new RequestInvalidError(
      'the page token belongs to another question or to another version of the registry. Start with the first page',
    );
  }
  if (limit !== undefined && limit !== tokenLimit) {
    throw new RequestInvalidError(
      `the page token is for pages of ${tokenLimit} items. Keep the limit, or leave it out`,
    );
  }
  return { offset, limit: tokenLimit };
}

type Token = readonly [fingerprint: string, offset: number, limit: number];

function encodeToken(token: Token): string {
  return btoa(JSON.stringify(token)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** @throws RequestInvalidError if a page did not give it out in this form */
function decodeToken(token: string): Token {
  const refused = new RequestInvalidError(
    'the page token is invalid. Take it from the page before, unchanged',
  );
  if (typeof token !== 'string' || token.length > MAX_TOKEN_LENGTH) throw refused;
  let value: unknown;
  try {
    value = JSON.parse(atob(token.replaceAll('-', '+').replaceAll('_', '/')));
  } catch {
    throw refused;
  }
  if (!Array.isArray(value) || value.length !== 3) throw refused;
  const [fingerprint, offset, limit] = value as readonly unknown[];
  if (typeof fingerprint !== 'string' || !isCount(offset) || !isCount(limit)) throw refused;
  if (limit < 1 || limit > MAX_PAGE_LIMIT) throw refused;
  return [fingerprint, offset, limit];
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Two FNV-1a hashes, to tell questions apart. */
function hash(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ (code + index), 0x01000193);
  }
  return (low >>> 0).toString(36) + (high >>> 0).toString(36);
}
