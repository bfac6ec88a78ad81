import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createAuthenticator, type HttpClient } from '../../../src/identity/index.js';
import { AuthzError, IdentityUnavailableError } from '../../../src/model/errors.js';
import type { Subject } from '../../../src/model/subject.js';
import { HttpError } from '../../../src/net/http-client.js';
import { serverConfig } from '../fake-provider.js';

interface User {
  readonly username: string;
  readonly roles: readonly unknown[];
  readonly groups: readonly unknown[];
  readonly namespaces: readonly unknown[];
}

type Answer = { readonly user: User } | { readonly error: string };

interface Vector {
  readonly id: string;
  readonly parser: string;
  readonly note: string;
  readonly config: Readonly<Record<string, string | null>>;
  readonly token: string;
  readonly result: { readonly user?: User; readonly error?: string };
  readonly k8s?: { readonly tokenReview: Review | null };
}

interface Review {
  readonly authenticated: boolean;
  readonly username: string;
}

interface Divergence {
  readonly id: string;
  readonly reason: string;
  readonly ours: Answer;
}

const FOLDER = new URL('../../conformance/', import.meta.url);
const [head = '', ...lines] = gunzipSync(readFileSync(new URL('tokens.jsonl.gz', FOLDER)))
  .toString('utf8')
  .trim()
  .split('\n');
const { now, jwks } = JSON.parse(head) as { readonly now: number; readonly jwks: unknown };
const vectors = lines
  .map((line) => JSON.parse(line) as Vector)
  .filter(({ parser }) => parser === 'oidc');
const divergences = new Map(
  (
    JSON.parse(readFileSync(new URL('known-divergences.json', FOLDER), 'utf8')) as {
      readonly tokens: readonly Divergence[];
    }
  ).tokens.map((row) => [row.id, row]),
);

const ISSUER = 'http://127.0.0.1:18999/realms/master';

describe('tokens that Feast answered', () => {
  it('has all of them, and no divergence of another', () => {
    expect(vectors).toHaveLength(102);
    const ids = new Set(vectors.map(({ id }) => id));
    expect([...divergences.keys()].filter((id) => !ids.has(id))).toEqual([]);
  });

  for (const vector of vectors) {
    const divergence = divergences.get(vector.id);
    if (divergence === undefined) {
      it(`${vector.id} ${vector.note}`, async () => {
        expect(await answer(vector)).toEqual(expected(vector));
      });
    } else {
      it(`${vector.id} ${vector.note}: differs, ${divergence.reason}`, async () => {
        expect(await answer(vector)).toEqual(divergence.ours);
        expect(divergence.ours).not.toEqual(expected(vector));
      });
    }
  }
});

function expected({ result }: Vector): Answer {
  return result.user === undefined ? { error: 'ERR_IDENTITY_INVALID' } : { user: result.user };
}

async function answer(vector: Vector): Promise<Answer> {
  const { client_id: clientId, audience, issuer } = vector.config;
  const down = vector.note.endsWith('IdP down');
  const authenticator = createAuthenticator(
    serverConfig({
      authDiscoveryUrl: `${ISSUER}/.well-known/openid-configuration`,
      clientId: clientId ?? undefined,
      audience: audience ?? undefined,
      issuer: issuer ?? undefined,
    }),
    {
      now: () => now * 1000,
      httpClient: down ? unreachable : answerRecorded,
      tokenReview: async () => review(vector.k8s?.tokenReview ?? null),
    },
  );
  try {
    const subject = await authenticator.authenticate({ token: vector.token });
    const { username, roles = [], groups = [], namespaces = [] } = subject as Subject;
    return { user: { username, roles, groups, namespaces } };
  } catch (error) {
    if (error instanceof AuthzError) return { error: error.code };
    throw error;
  }
}

const answerRecorded: HttpClient = async ({ url }) => {
  const document = { issuer: ISSUER, jwks_uri: `${ISSUER}/certs` };
  const body = url.pathname.endsWith('/certs') ? jwks : document;
  return { status: 200, retryAfter: undefined, body: JSON.stringify(body) };
};

const unreachable: HttpClient = async () => {
  throw new HttpError('cannot be reached (ECONNREFUSED)');
};

/**
 * What the reviewer of an OIDC set-up makes of a review: a name, and the namespace of a service
 * account.
 */
function review(outcome: Review | null): Subject {
  if (outcome === null) throw new IdentityUnavailableError('the API server does not answer');
  const { username } = outcome;
  const namespace = /^system:serviceaccount:([^:]+):/.exec(username)?.[1];
  return { username, namespaces: namespace === undefined ? [] : [namespace] };
}
