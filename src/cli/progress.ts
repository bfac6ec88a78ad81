import type { TextOutput } from './command-io.js';

/** Between two updates, so that a fast terminal is not kept busy. */
const INTERVAL_MS = 100;
/** Of a terminal that does not know its width. */
const DEFAULT_COLUMNS = 80;
const ERASE_LINE = '\r\u001b[2K';

/** One line on a terminal that says what is going on. */
export interface Progress {
  /** Says what comes next. Shown at once: what follows may hold up the process. */
  start(what: string): void;
  /** Says how far it is with it. */
  update(what: string, done: number, total: number): void;
}

/** Does some work with progress on a terminal, erased at the end; on anything else, in silence. */
export async function withProgress<T>(
  output: TextOutput,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  if (output.isTTY !== true) return work({ start: () => {}, update: () => {} });
  const room = (output.columns || DEFAULT_COLUMNS) - 1;
  let shownAt = Number.NEGATIVE_INFINITY;
  const show = (text: string): void => {
    shownAt = performance.now();
    output.write(`${ERASE_LINE}${text.slice(0, room)}`);
  };
  try {
    return await work({
      start: (what) => show(`${what} …`),
      update(what, done, total) {
        if (performance.now() - shownAt < INTERVAL_MS) return;
        show(`${what}: ${done.toLocaleString('en')} of ${total.toLocaleString('en')}`);
      },
    });
  } finally {
    output.write(ERASE_LINE);
  }
}
