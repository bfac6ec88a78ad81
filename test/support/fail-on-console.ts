/** Makes a test fail that prints: a library that calls `console` writes into its user's output. */
import { afterEach, beforeEach, type MockInstance, vi } from 'vitest';

const PRINTING = ['debug', 'dir', 'error', 'info', 'log', 'table', 'trace', 'warn'] as const;

let spies: MockInstance[] = [];
let calls: string[] = [];

beforeEach(() => {
  calls = [];
  spies = PRINTING.map((method) =>
    vi.spyOn(console, method).mockImplementation((...args: unknown[]) => {
      calls.push(`console.${method}(${args.map(String).join(', ')})`);
    }),
  );
});

afterEach(() => {
  for (const spy of spies) spy.mockRestore();
  if (calls.length > 0) throw new Error(`printed while the test ran:\n${calls.join('\n')}`);
});
