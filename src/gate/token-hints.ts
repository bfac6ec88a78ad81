import { printable } from '../model/errors.js';
import type { AuthorizationHeader } from './gate.js';

/**
 * What a token says of itself. Nothing of it is verified: it may help to find a mistake, or end
 * something sooner.
 */
export interface TokenHints {
  /** Which key it says that it was signed with. */
  readonly kid: string | undefined;
  /** Who it says that it is from. */
  readonly iss: string | undefined;
  /** When it says that it ends, in milliseconds since 1970. */
  readonly expiresAt: number | undefined;
}

const NO_HINTS: TokenHints = Object.freeze({
  kid: undefined,
  iss: undefined,
  expiresAt: undefined,
});

/** A token of three parts, behind whatever stands before it. */
const SIGNED = /([\w-]+)\.([\w-]+)\.[\w-]*$/;
/** Longer headers are not read, and longer names are not repeated. In characters. */
const MAX_LENGTH = 16_448;
const MAX_HINT_LENGTH = 256;

/** Reads what the token in a header says of itself. Never throws. */
export function readTokenHints(authorization: AuthorizationHeader): TokenHints {
  if (typeof authorization !== 'string' || authorization.length > MAX_LENGTH) return NO_HINTS;
  const token = authorization.slice(authorization.lastIndexOf(' ') + 1);
  const [, header, payload] = SIGNED.exec(token) ?? [];
  if (header === undefined || payload === undefined) return NO_HINTS;
  const [head, claims] = [parseObject(header), parseObject(payload)];
  const { exp } = claims;
  return {
    kid: readText(head['kid']),
    iss: readText(claims['iss']),
    expiresAt: typeof exp === 'number' && Number.isFinite(exp) ? exp * 1000 : undefined,
  };
}

function parseObject(part: string): Readonly<Record<string, unknown>> {
  try {
    const bytes = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
    const text = new TextDecoder().decode(Uint8Array.from(bytes, (one) => one.charCodeAt(0)));
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // No authenticator accepts this token.
  }
  return {};
}

function readText(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > MAX_HINT_LENGTH) return undefined;
  return printable(value);
}
