import { describe, expect, it } from 'vitest';
import { roles } from '../../../src/policy/index.js';
import { auditOf } from '../audit-of.js';

async function costs(...namePatterns: string[]): Promise<readonly string[]> {
  const permissions = [{ name: 'reads', namePatterns, policy: roles('a') }];
  const { findings } = await auditOf({ permissions, defaultProject: 'p' });
  return findings.filter(({ rule }) => rule === 'costly-pattern').map(({ message }) => message);
}

describe('costly-pattern', () => {
  it('names a pattern with large counts, and its states', async () => {
    const [message, ...others] = await costs('(?:[a-z]{1,90}_){1,90}', 'user_[a-z]+');
    expect(message).toMatch(/`\(\?:\[a-z\]\{1,90\}_\)\{1,90\}`, which takes [0-9]+ states/);
    expect(others).toEqual([]);
  });

  it('says nothing of ordinary patterns', async () => {
    expect(await costs('user_.*', '[a-z]{1,30}_[0-9]{4}', '(?:[a-z]{1,9}_){1,9}')).toEqual([]);
  });

  it('says so where all patterns together take many states', async () => {
    const patterns = Array.from(
      { length: 700 },
      (_, index) => `(?:[a-z]{1,${30 + (index % 2)}}_){1,40}x${index}`,
    );
    const [message] = (await costs(...patterns)).filter((text) => text.startsWith('all'));
    expect(message).toMatch(/^all 700 name patterns together take 1[0-9]{6} states/);
  });
});
