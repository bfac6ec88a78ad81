import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDivergences } from '../../support/conformance.js';
import { type RunningExample, startExample } from './start.js';

interface Row {
  readonly request: Readonly<Record<string, unknown>>;
  readonly answer?: unknown;
  readonly error?: string;
}

const { rows } = JSON.parse(
  readFileSync(new URL('../../conformance/online_features.json', import.meta.url), 'utf8'),
) as { readonly rows: readonly Row[] };

let example: RunningExample;
let reader: string;
let admin: string;

beforeAll(async () => {
  example = await startExample();
  reader = await example.signRoles('super-reader');
  admin = await example.signRoles('feast-admin');
});

afterAll(() => example?.stop());

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function post(path: string, body: unknown, token = reader): Promise<Answer> {
  const response = await fetch(`${example.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

/** By the number of the row, from 1. */
const divergences = readDivergences<number>('online_features');
const isDivergent = (row: Row): boolean => divergences.has(String(rows.indexOf(row) + 1));
const answered = rows.filter(({ answer }) => answer !== undefined);

describe('features are answered as Feast answers them', () => {
  it.each([...divergences.values()])('but for row $id: $reason', async ({ id, ours }) => {
    const row = rows[Number(id) - 1] as Row;
    expect(row.answer).toBeDefined();
    expect((await post('/get-online-features', row.request)).status).toBe(ours);
    expect(ours).not.toBe(200);
  });

  it.each(answered.filter((row) => !isDivergent(row)))('$request', async (row) => {
    const { status, text } = await post('/get-online-features', row.request);
    expect(status).toBe(200);
    expect(columnsOf(JSON.parse(text))).toEqual(columnsOf(row.answer));
  });

  it.each(rows.filter(({ error }) => error !== undefined))(
    'and what Feast refuses is refused: $error, $request',
    async (row) => {
      const { status, text } = await post('/get-online-features', row.request);
      expect(status).toBe(422);
      expect(JSON.parse(text)).toMatchObject({ code: 'ERR_REQUEST_INVALID' });
    },
  );
});

/**
 * By their names: in which order the features of one view come differs from run to run of Feast.
 */
function columnsOf(answer: unknown): ReadonlyMap<string, unknown> {
  const { metadata, results } = answer as {
    readonly metadata: { readonly feature_names: readonly string[] };
    readonly results: readonly unknown[];
  };
  expect(results).toHaveLength(metadata.feature_names.length);
  return new Map(metadata.feature_names.map((name, index) => [name, results[index]]));
}

const AMOUNT = ['transaction_features:amount'];

describe('a hostile request', () => {
  it.each([
    ['no entities', { features: AMOUNT }],
    ['entities that are a list', { features: AMOUNT, entities: [1001] }],
    ['a column that is no list', { features: AMOUNT, entities: { driver_id: 1001 } }],
    ['a fraction', { features: AMOUNT, entities: { driver_id: [1001.5] } }],
    ['an object for a key', { features: AMOUNT, entities: { driver_id: [{ $ne: 1 }] } }],
    ['more than 64 bits', { features: AMOUNT, entities: { driver_id: ['9223372036854775808'] } }],
    ['SQL in a reference', { features: [`${AMOUNT[0]}" OR 1=1`], entities: { driver_id: [1] } }],
    ['a property of all objects', { features: ['transaction_features:toString'], entities: {} }],
    ['a body that is a list', [AMOUNT]],
    ['a prototype', '{"features":["transaction_features:amount"],"__proto__":{"entities":{}}}'],
    ['no JSON', '{'],
    ['nothing', ''],
  ])('with %s is refused', async (_name, body) => {
    expect(await post('/get-online-features', body)).toMatchObject({ status: 422 });
  });

  it('with too much in it is refused', async () => {
    const entities = { driver_id: Array.from({ length: 600_000 }, () => 1) };
    const { status } = await post('/get-online-features', { features: AMOUNT, entities });
    expect(status).toBe(413);
  });

  it('with a name of a view that is a statement finds nothing', async () => {
    const features = ['x"; DROP TABLE credit_scoring_transaction_features; --:amount'];
    const answer = await post('/get-online-features', { features, entities: { driver_id: [1] } });
    expect(answer.status).toBe(404);
  });
});

const TIMES = { event_timestamp: ['2026-02-01T12:30:00.250'], created: [null] };

describe('what is written', () => {
  async function readBack(view: string, features: readonly string[], id: number): Promise<unknown> {
    const { text } = await post('/get-online-features', {
      features: features.map((feature) => `${view}:${feature}`),
      entities: { driver_id: [id] },
    });
    return JSON.parse(text);
  }

  it('is read', async () => {
    const df = { driver_id: [1], amount: [-0.5], count_7d: ['9007199254740993'], ...TIMES };
    const push = { push_source_name: 'transactions_push', df };
    expect(await post('/push', push, admin)).toEqual({ status: 200, text: '' });
    expect(await readBack('transactions_push_view', ['amount', 'count_7d'], 1)).toMatchObject({
      results: [
        { values: [1] },
        { values: [-0.5], event_timestamps: ['2026-02-01T12:30:00Z'] },
        { values: ['9007199254740993'], statuses: ['PRESENT'] },
      ],
    });
  });

  it('replaces what was there, in one view', async () => {
    const df = { driver_id: [1002], amount: [null], count_7d: [9], ...TIMES };
    const write = { feature_view_name: 'transaction_features', df };
    expect(await post('/write-to-online-store', write, admin)).toEqual({
      status: 200,
      text: 'null',
    });
    const written = await readBack('transaction_features', ['amount', 'count_7d'], 1002);
    expect(written).toMatchObject({ results: [{}, { values: [null] }, { values: [9] }] });
    const other = await readBack('transactions_push_view', ['amount'], 1002);
    expect(other).toMatchObject({ results: [{}, { values: [2.5] }] });
  });

  it.each([
    ['without a feature', { driver_id: [2], amount: [1], ...TIMES }],
    ['without a key', { amount: [1], count_7d: [1], ...TIMES }],
    ['without a key in one row', { driver_id: [null], amount: [1], count_7d: [1], ...TIMES }],
    ['without a time', { driver_id: [2], amount: [1], count_7d: [1] }],
    ['at no time', { driver_id: [2], amount: [1], count_7d: [1], event_timestamp: ['soon'] }],
    ['of text for a number', { driver_id: [2], amount: ['1'], count_7d: [1], ...TIMES }],
    ['with rows that are cut', { driver_id: [2, 3], amount: [1], count_7d: [1], ...TIMES }],
  ])('is refused %s, and nothing of it is kept', async (_name, df) => {
    const push = { push_source_name: 'transactions_push', df };
    expect(await post('/push', push, admin)).toMatchObject({ status: 422 });
    const kept = await readBack('transactions_push_view', ['amount'], 2);
    expect(kept).toMatchObject({ results: [{}, { statuses: ['NOT_FOUND'] }] });
  });

  it('is not written to the file that was copied', () => {
    const file = readFileSync('examples/credit_scoring/data/online_store.db').toString('latin1');
    expect(file).toContain('credit_scoring_transactions_push_view');
    expect(file).not.toContain('9007199254740993');
  });
});

const SEARCH = { features: AMOUNT, query: [1], top_k: 1 };

it.each([
  ['/push', { push_source_name: 'transactions_push', to: 'online_and_offline', df: {} }],
  ['/materialize', {}],
  ['/materialize-incremental', { end_ts: '2026-02-01' }],
  ['/search', SEARCH],
  ['/retrieve-online-documents', SEARCH],
])(
  '%s says that the example does not have it, to who may ask, and 403 to others',
  async (path, body) => {
    const allowed = await example.signRoles('feast-admin', 'super-reader', 'streamer');
    expect(await post(path, body, allowed)).toEqual({
      status: 501,
      text: expect.stringContaining('not a part of this example'),
    });
    expect(await post(path, body, await example.signRoles())).toMatchObject({ status: 403 });
  },
);

it("refusals are those that Feast's clients raise", async () => {
  const nobody = await example.signRoles();
  const request = { features: AMOUNT, entities: { driver_id: [1] } };
  const denied = await post('/get-online-features', request, nobody);
  expect(denied.status).toBe(403);
  expect(JSON.parse(JSON.parse(denied.text) as string)).toEqual({
    module: 'feast.errors',
    class: 'FeastPermissionError',
    message: 'not permitted: READ_ONLINE on FeatureView `transaction_features`',
  });
  const unknown = await post('/get-online-features', { ...request, features: ['nosuch:a'] });
  expect(unknown.status).toBe(404);
  expect(JSON.parse(JSON.parse(unknown.text) as string)).toMatchObject({
    class: 'FeastObjectNotFoundException',
  });
});
