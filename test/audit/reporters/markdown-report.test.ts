import { describe, expect, test } from 'vitest';
import { markdownReport } from '../../../src/audit/index.js';
import { contextOf, FINDINGS, join, ODD_FINDINGS, reportOf } from './report-of.js';

const markdown = (...args: Parameters<typeof reportOf>): string =>
  join(markdownReport(reportOf(...args), contextOf()));

/** What is left of Markdown without its code spans and its escapes. */
function markupOf(text: string): string {
  return text.replace(/(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '').replace(/\\[!-/:-@[-`{-~]/g, '');
}

describe('markdownReport', () => {
  test('shows the numbers, and the findings by rule with what to do', async () => {
    await expect(markdown(FINDINGS)).toMatchFileSnapshot('fixtures/report.md');
  });

  test('says that nothing was found', () => {
    expect(markdown([])).toContain('**No findings.**');
  });

  test('counts what exceptions and a baseline take out', () => {
    const accepted = [{ ...FINDINGS[0], reason: 'r', until: null }] as never;
    expect(markdown([], { accepted, known: 2 })).toContain('1 accepted finding. 2 known findings.');
  });

  test.each(ODD_FINDINGS.map((one) => [one.resource?.name ?? '', one] as const))(
    'keeps the name %j from being markup',
    (_, finding) => {
      const lines = markdown([finding]).split('\n');
      const items = lines.filter((line) => line.startsWith('- '));
      expect(items).toHaveLength(1);
      expect(markupOf(items[0]?.slice(2) ?? '')).not.toMatch(/[<>[\]*_~|#!&]|@\w/);
    },
  );

  test('shortens long messages', () => {
    const message = `x ${'y'.repeat(5000)}`;
    expect(markdown([{ rule: 'open-read', level: 'warning', message }]).length).toBeLessThan(1000);
  });

  test('shows 20 findings of a rule, and how many more there are', () => {
    const many = Array.from({ length: 1025 }, () => FINDINGS[2]) as typeof FINDINGS;
    const text = markdown(many);
    expect(text.match(/^- no permission/gm)).toHaveLength(20);
    expect(text).toContain('- and 1,005 more');
  });

  test('stays short enough for a comment of GitHub', () => {
    const many = Array.from({ length: 60 }, (_, rule) =>
      Array.from({ length: 20 }, () => ({
        rule: `rule-${rule}`,
        level: 'note' as const,
        message: 'm'.repeat(390),
      })),
    ).flat();
    const text = markdown(many);
    expect(text.length).toBeLessThan(65_536);
    expect(text).toContain('rule-59');
  });
});
