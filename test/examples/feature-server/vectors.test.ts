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
  /** Whether the registry holds one permission more, which lets everyone in. */
  readonly with_allow_all?: true;
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

async function statusOf(vector: Vector): Promise<number> {
  const { headers, token, method, path, body } = vector;
  const { url, sign } = vector.with_allow_all ? openExample : example;
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
    expect(vectors).toHaveLength(69);
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
