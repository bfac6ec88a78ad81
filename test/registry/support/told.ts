import type { ReloadEvent } from '../../../src/node.js';

/** What is expected: the code of an error, and its reason if that counts; or an outcome. */
export type Told = readonly [codeOrOutcome: string, reason?: string];

/** What was told of a registry that is watched, in the form of what is expected. */
export function told(events: readonly ReloadEvent[], expected: Told): readonly unknown[] {
  return events.map((event) => {
    if (event.outcome !== 'failed') return [event.outcome];
    const { code, reason } = event.error as { code?: unknown; reason?: unknown };
    return expected[1] === undefined ? [code] : [code, reason];
  });
}
