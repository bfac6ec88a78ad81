import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CaseServer } from '../../adapters/support/case-types.js';
import { sendHttp } from '../../adapters/support/send-http.js';
import { readDivergences, readVectors } from '../../support/conformance.js';
import { type RunningExample, startExample, type TokenSpec } from './start.js';

interface Vector {
  readonly id: string;
  readonly case: string;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly token?: TokenSpec;
  readonly body?: string;
  readonly status: number;
}

const vectors = readVectors<Vector>('servers.jsonl.gz');
const divergences = readDivergences<number>('servers');

let example: RunningExample;
let openExample: RunningExample;

beforeAll(async () => {
  example = await startExample();
  openExample = await startExample({ withAllowAll: true });
});

afterAll(() => Promise.all([example?.stop(), openExample?.stop()]));

type Asked = Pick<Vector, 'method' | 'path' | 'headers' | 'token' | 'body'>;

async function statusOf(asked: Asked, { url, sign } = example): Promise<number> {
  const { headers, token, method, path, body } = asked;
  const signed = token === undefined ? '' : await sign(token);
  const answer = await sendHttp({ url } as CaseServer, {
    method,
    path,
    headers: headers.map(([name, value]) => [name, value.replace('{token}', signed)] as const),
    ...(body === undefined ? {} : { body }),
  });
  return answer.status;
}

describe("what Feast's online server was asked", () => {
  it('is all there, and no divergence of another', () => {
    expect(vectors).toHaveLength(66);
    const ids = new Set(vectors.map(({ id }) => id));
    expect([...divergences.keys()].filter((id) => !ids.has(id))).toEqual([]);
  });

  for (const vector of vectors) {
    const divergence = divergences.get(vector.id);
    if (divergence === undefined) {
      it(`${vector.id} ${vector.case}`, async () => {
        expect(await statusOf(vector)).toBe(vector.status);
      });
    } else {
      it(`${vector.id} ${vector.case}: differs, ${divergence.reason}`, async () => {
        expect(await statusOf(vector)).toBe(divergence.ours);
        expect(divergence.ours).not.toBe(vector.status);
      });
    }
  }
});

describe('a registry with one permission more, which lets everyone in', () => {
  const read = vectors.find((vector) => vector.case === 'valid token with role');
  const roles = (...given: readonly string[]): TokenSpec => ({
    claims: { resource_access: { 'feast-server': { roles: given } } },
  });

  it.each([
    ['a reader', roles('super-reader'), 200],
    ['an administrator', roles('feast-admin'), 200],
    ['nobody', undefined, 401],
  ])('is read, and keeps its other permissions: %s', async (_who, token, status) => {
    const { method = '', path = '', body = '', headers = [] } = read ?? {};
    const sent = { method, path, body, headers: token === undefined ? [] : headers };
    const asked = token === undefined ? sent : { ...sent, token };
    expect(await statusOf(asked, openExample)).toBe(status);
  });
});
