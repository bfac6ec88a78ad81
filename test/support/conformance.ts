import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const FOLDER = new URL('../conformance/', import.meta.url);

/** A row that this package answers differently, on purpose. */
export interface Divergence<Answer> {
  readonly id: string;
  readonly reason: string;
  readonly ours: Answer;
}

/** The rows of a compressed file of JSON lines. */
export function readVectors<Row>(file: string): readonly Row[] {
  return gunzipSync(readFileSync(new URL(file, FOLDER)))
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
}

/** The known divergences of one file of vectors, by the id of the row. */
export function readDivergences<Answer>(key: string): ReadonlyMap<string, Divergence<Answer>> {
  const all = JSON.parse(
    readFileSync(new URL('known-divergences.json', FOLDER), 'utf8'),
  ) as Readonly<Record<string, readonly Divergence<Answer>[]>>;
  return new Map((all[key] ?? []).map((row) => [row.id, row]));
}
