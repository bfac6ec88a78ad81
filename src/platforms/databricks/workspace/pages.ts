import { WorkspaceError } from './workspace-error.js';

/** A part of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /**
   * Where the next part is; `undefined`: this was the last one. An empty part may have one behind
   * it.
   */
  readonly next: string | undefined;
}

/**
 * All items of a list that comes in parts.
 *
 * @returns rejects with `WorkspaceError` when there are more than `maxPages` parts, or one names
 *   itself or another that was read already as the next: part of a list is never given as the whole
 */
export async function readPages<T>(
  readPage: (token: string | undefined) => Promise<Page<T>>,
  maxPages: number,
): Promise<readonly T[]> {
  const items: T[] = [];
  const seen = new Set<string>();
  let token: string | undefined;
  for (let pages = 0; pages < maxPages; pages++) {
    const { items: more, next } = await readPage(token);
    for (const item of more) items.push(item);
    if (next === undefined || next === '') return items;
    if (seen.has(next)) throw unusable('goes round in a circle');
    seen.add(next);
    token = next;
  }
  throw unusable(`has more than ${maxPages} pages`);
}

function unusable(what: string): WorkspaceError {
  return new WorkspaceError(`a list of the workspace ${what}`, { status: 200, retriable: false });
}
