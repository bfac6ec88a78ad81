import type { ByteLists } from './byte-lists.js';
import { EscapeScan } from './scan-escaped.js';
import { ListScan } from './scan-lists.js';
import { RunScan } from './scan-runs.js';
import type { OnSecret } from './secret-report.js';
import { buildSecretTables } from './secret-tables.js';
import type { SpanList } from './span-list.js';

/** A secret as a finder knows it. */
export interface FindableSecret {
  /** UTF-8, without zero-width characters. */
  readonly bytes: Uint8Array;
  /** What is looked for besides, in the same encoding: to find it is to find the secret. */
  readonly otherForms?: readonly Uint8Array[];
  /** False once it is removed: it is not found any more, before its tables are built anew. */
  readonly live: boolean;
}

/** Finds many secrets in a text of UTF-8 bytes, in every form that this package knows of. */
export interface SecretFinder<S extends FindableSecret = FindableSecret> {
  readonly secrets: readonly S[];
  /**
   * Adds the places of all secrets to `spans`, in any order; their owners are positions in
   * `secrets` plus `base`.
   *
   * @param lists the lists of numbers in the text
   * @param complete false: the text goes on, and what it ends with is not to be taken as its end
   * @returns the place before which no secret begins that goes on after the text
   */
  find(
    bytes: Uint8Array,
    lists: ByteLists,
    complete: boolean,
    spans: SpanList,
    base: number,
  ): number;
}

/** Bytes of all that is looked for to find a secret. */
export function sizeOf({ bytes, otherForms = [] }: FindableSecret): number {
  return otherForms.reduce((size, form) => size + form.length, bytes.length);
}

/** Compiles secrets, each of eight bytes at least, into a finder. */
export function compileSecretFinder<S extends FindableSecret>(
  secrets: readonly S[],
): SecretFinder<S> {
  const forms: Uint8Array[] = [];
  const owners: number[] = [];
  for (const [position, { bytes, otherForms = [] }] of secrets.entries()) {
    for (const form of [bytes, ...otherForms]) {
      forms.push(form);
      owners.push(position);
    }
  }
  const tables = buildSecretTables(forms);
  const { order, outputFrom, outputTo } = tables.automaton;
  /** Two secrets may have a line in common, of which one is removed. */
  const ownerOf = (output: number): number => {
    const end = outputTo[output] as number;
    for (let at = outputFrom[output] as number; at < end; at++) {
      const owner = owners[order[at] as number] as number;
      if (secrets[owner]?.live === true) return owner;
    }
    return -1;
  };
  const live = (output: number): boolean => ownerOf(output) >= 0;
  const escapes = new EscapeScan(tables, live);
  const runs = new RunScan(tables, live);
  const numbers = new ListScan(tables, live);
  return {
    secrets,
    find(bytes, lists, complete, spans, base) {
      const onSecret: OnSecret = (output, start, end) =>
        spans.push(start, end, base + ownerOf(output));
      const { settled, ...known } = escapes.run(bytes, complete, onSecret);
      const settledRuns = runs.run(bytes, known, complete, onSecret);
      const settledLists = numbers.run(lists, onSecret);
      return complete ? bytes.length : Math.min(settled, settledRuns, settledLists);
    },
  };
}
