import { describe, expect, test } from 'vitest';
import { githubReport, gitlabReport } from '../../../src/audit/index.js';
import { contextOf, FINDINGS, join, ODD_FINDINGS, reportOf } from './report-of.js';

const ALL = reportOf([...FINDINGS, ...ODD_FINDINGS.slice(0, 6), ...ODD_FINDINGS.slice(12, 14)]);

describe('githubReport', () => {
  test('writes workflow commands', async () => {
    await expect(join(githubReport(ALL, contextOf()))).toMatchFileSnapshot('fixtures/github.txt');
  });

  test('writes nothing without findings', () => {
    expect(join(githubReport(reportOf([]), contextOf()))).toBe('');
  });

  test('writes one line for each finding, whatever its name and file', () => {
    const text = join(
      githubReport(reportOf(ODD_FINDINGS.slice(0, 10)), {
        ...contextOf(),
        locate: () => ({ path: 'a,b:c%\n::error::x.yaml', line: 3 }),
      }),
    );
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(10);
    for (const line of lines) {
      expect(line).toMatch(
        /^::warning file=a%2Cb%3Ac%25%0A%3A%3Aerror%3A%3Ax\.yaml,line=3,title=unsecured-resource::/,
      );
    }
  });

  test('writes what GitHub shows of each level, and counts the rest', () => {
    const errors = Array.from({ length: 1012 }, () => ({ ...FINDINGS[1] })) as typeof FINDINGS;
    const lines = join(githubReport(reportOf([...errors, ...FINDINGS]), contextOf()))
      .trimEnd()
      .split('\n');
    expect(lines.filter((line) => line.startsWith('::error'))).toHaveLength(10);
    expect(lines.filter((line) => line.startsWith('::notice'))).toHaveLength(1);
    expect(lines.at(-1)).toBe('1,004 more findings are not annotated');
  });
});

describe('gitlabReport', () => {
  test('writes a Code Quality report', async () => {
    await expect(join(gitlabReport(ALL, contextOf()))).toMatchFileSnapshot('fixtures/gitlab.json');
  });

  test('writes an empty list without findings', () => {
    expect(JSON.parse(join(gitlabReport(reportOf([]), contextOf())))).toEqual([]);
  });

  test('gives every finding a fingerprint of its own and a severity that GitLab knows', () => {
    const items = JSON.parse(join(gitlabReport(reportOf(ODD_FINDINGS), contextOf()))) as {
      readonly fingerprint: string;
      readonly severity: string;
    }[];
    expect(new Set(items.map(({ fingerprint }) => fingerprint)).size).toBe(ODD_FINDINGS.length);
    for (const { severity } of items) {
      expect(['info', 'minor', 'major', 'critical', 'blocker']).toContain(severity);
    }
  });
});
