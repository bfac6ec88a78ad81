import { expect, it } from 'vitest';
import type { SnapshotOptions } from '../../../src/engine/index.js';
import { roles } from '../../../src/policy/index.js';
import { auditOf } from '../audit-of.js';

const GARAY = '\u{10d50}';

async function findingsOf(
  namePatterns: string | readonly string[],
  names: readonly string[],
  options: Partial<SnapshotOptions> = {},
): Promise<readonly { readonly level: string; readonly message: string }[]> {
  const { findings } = await auditOf({
    permissions: [{ name: 'readers', types: 'FeatureView', namePatterns, policy: roles('x') }],
    resources: names.map((name) => ({ type: 'FeatureView', name, tags: {} })),
    ...options,
  });
  return findings.filter(({ rule }) => rule === 'python-dependent-pattern');
}

it('warns of a negated class that a new letter leaves in one version only', async () => {
  expect(await findingsOf('[^\\w]+', [GARAY, 'é', 'sales'])).toEqual([
    {
      rule: 'python-dependent-pattern',
      level: 'warning',
      message: `permission \`readers\` has the name pattern \`[^\\w]+\`, which matches FeatureView:${GARAY} under some versions of Python only: FeatureView:${GARAY} under 3.10, 3.11, 3.12, 3.13`,
      permission: { project: null, name: 'readers' },
    },
  ]);
});

it('warns of a class under IGNORECASE that 3.14 reads anew for characters beyond U+FFFF', async () => {
  const [finding] = await findingsOf('(?i)[\u{10400}a]', ['\u{10428}', 'a']);
  expect(finding).toMatchObject({ level: 'warning' });
  expect(finding?.message).toMatch(/under 3\.14$/);
});

it('notes that some versions refuse a pattern', async () => {
  const [finding] = await findingsOf('(?>sales_)\\w+', ['sales_eu']);
  expect(finding).toMatchObject({ level: 'note' });
  expect(finding?.message).toMatch(/which Python 3\.10 refuses$/);
});

it('notes which version would accept a pattern that is excluded', async () => {
  const accepted = await findingsOf('sales\\z', ['sales'], { onUnsupportedPattern: 'exclude' });
  expect(accepted.map(({ message }) => message)).toEqual([
    expect.stringMatching(/which Python 3\.12 refuses and 3\.14 would accept$/),
  ]);
  const [refused] = await findingsOf('sales\\z', ['sales'], { python: '3.14' });
  expect(refused?.message).toMatch(/which Python 3\.10, 3\.11, 3\.12, 3\.13 refuses$/);
});

it('says nothing of patterns that mean the same to all versions', async () => {
  const names = ['sales', 'é', '_1', 'k', '\u212a', '\u{10428}'];
  const patterns = ['\\w+', '\\W+', '(?i)k', '[^a]\\d*', 'a|b', '(?:a|b)+', '(a)\\1', '\\B.'];
  expect(await findingsOf(patterns, names, { onUnsupportedPattern: 'exclude' })).toEqual([]);
});

it('looks at names of the types and projects that the permission is for only', async () => {
  const resources = [{ type: 'Entity', name: GARAY, tags: {} }] as const;
  expect(await findingsOf('\\W', [], { resources })).toEqual([]);
});
