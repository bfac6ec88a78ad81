import { randomBytes } from 'node:crypto';

/** What a token was given for. */
export interface TokenGrant {
  readonly resource: string;
  readonly clientId: string;
}

/** The tokens that the authority of a test gave away, and what for. */
export interface TokenBook {
  /** A new token, in the form of a JWT. */
  readonly issue: (grant: TokenGrant) => string;
  readonly find: (token: string) => TokenGrant | undefined;
  readonly revoke: (token: string) => void;
  readonly all: () => readonly string[];
}

export function createTokenBook(): TokenBook {
  const grants = new Map<string, TokenGrant>();
  const everIssued: string[] = [];
  const encode = (value: unknown): string =>
    Buffer.from(JSON.stringify(value)).toString('base64url');
  return {
    issue: (grant) => {
      const head = encode({ alg: 'RS256', typ: 'JWT' });
      const body = encode({ aud: grant.resource, appid: grant.clientId, jti: everIssued.length });
      const token = `${head}.${body}.${randomBytes(48).toString('base64url')}`;
      grants.set(token, grant);
      everIssued.push(token);
      return token;
    },
    find: (token) => grants.get(token),
    revoke: (token) => {
      grants.delete(token);
    },
    all: () => everIssued,
  };
}
