import { EscapeScan, type OnSecret } from './scan-escaped.js';
import { RunScan } from './scan-runs.js';
import { buildSecretTables } from './secret-tables.js';
import type { SpanList } from './span-list.js';

/** A secret as a finder knows it. */
export interface FindableSecret {
  /** UTF-8, without zero-width characters. */
  readonly bytes: Uint8Array;
  /** False once it is removed: it is not found any more, before its tables are built anew. */
  readonly live: boolean;
}

/** Finds many secrets in a text of UTF-8 bytes, in every form that this package knows of. */
export interface SecretFinder<S extends FindableSecret = FindableSecret> {
  readonly secrets: readonly S[];
  /**
   * Adds the places of all secrets to `spans`, in any order; their owners are positions in `secrets` plus `base`.
   *
   * @param complete false: the text goes on, and what it ends with is not to be taken as its end
   * @returns the place before which no secret begins that goes on after the text
   */
  find(bytes: Uint8Array, complete: boolean, spans: SpanList, base: number): number;
}

/** Compiles secrets, each of eight bytes at least and none twice, into a finder. */
export function compileSecretFinder<S extends FindableSecret>(
  secrets: readonly S[],
): SecretFinder<S> {
  const tables = buildSecretTables(secrets.map(({ bytes }) => bytes));
  const { outputSecret } = tables;
  const live = (output: number): boolean => secrets[outputSecret[output] as number]?.live === true;
  const escapes = new EscapeScan(tables, live);
  const runs = new RunScan(tables, live);
  return {
    secrets,
    find(bytes, complete, spans, base) {
      const onSecret: OnSecret = (output, start, end) =>
        spans.push(start, end, base + (outputSecret[output] as number));
      const { settled, ...known } = escapes.run(bytes, complete, onSecret);
      const settledRuns = runs.run(bytes, known, complete, onSecret);
      return complete ? bytes.length : Math.min(settled, settledRuns);
    },
  };
}
