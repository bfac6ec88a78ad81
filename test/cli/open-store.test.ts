import { describe, expect, it } from 'vitest';
import { type OpenedStore, printWarnings } from '../../src/cli/open-store.js';
import { roles } from '../../src/policy/index.js';
import { snapshotOf } from '../audit/audit-of.js';

async function warningsOf(count: number): Promise<readonly string[]> {
  const permissions = Array.from({ length: count }, (_, index) => ({
    name: `p${index}\u001b[2J`,
    namePatterns: '(a)\\1',
    policy: roles('x'),
  }));
  const opened = { snapshot: await snapshotOf({ permissions }) } as OpenedStore;
  let text = '';
  const output = {
    write(more: string): boolean {
      text += more;
      return true;
    },
    once: () => undefined,
    removeListener: () => undefined,
  };
  printWarnings(opened, {
    stdin: (async function* () {})(),
    stdout: output,
    stderr: output,
    env: {},
    cwd: '/',
  });
  return text.split('\n').slice(0, -1);
}

describe('printWarnings', () => {
  it('writes a harmless line for each', async () => {
    const lines = await warningsOf(2);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(
      /^feast-permissions: warning: permission `p1\\u001b\[2J` is left out: /,
    );
  });

  it('does not write thousands', async () => {
    const lines = await warningsOf(3000);
    expect(lines).toHaveLength(11);
    expect(lines.at(-1)).toBe('feast-permissions: warning: and 2990 more');
  });
});
