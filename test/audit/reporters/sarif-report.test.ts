import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { type AuditReport, fingerprintFindings, sarifReport } from '../../../src/audit/index.js';
import { contextOf, FINDINGS, join, ODD_FINDINGS, reportOf } from './report-of.js';

// The schema of OASIS (oasis-tcs/sarif-spec, Schemata/sarif-schema-2.1.0.json, with errata 01).
const SCHEMA = new URL('fixtures/sarif-schema-2.1.0.json', import.meta.url);

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly kind?: string;
  readonly message: { readonly text: string; readonly arguments?: readonly string[] };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string };
      readonly region: { readonly startLine: number };
    };
    readonly logicalLocations?: readonly { readonly fullyQualifiedName: string }[];
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

interface Run {
  readonly tool: {
    readonly driver: {
      readonly rules: readonly {
        readonly id: string;
        readonly name: string;
        readonly help: { readonly text: string; readonly markdown: string };
        readonly helpUri?: string;
        readonly properties: Readonly<Record<string, unknown>>;
      }[];
    };
  };
  readonly invocations: readonly {
    readonly toolExecutionNotifications?: readonly { message: { text: string } }[];
  }[];
  readonly results: readonly Result[];
}

const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(
  JSON.parse(readFileSync(SCHEMA, 'utf8')) as object,
);

/** Writes a report and checks what neither the schema nor a validator checks. */
function sarif(report: AuditReport, more: Parameters<typeof contextOf>[0] = {}): Run {
  const text = join(sarifReport(report, contextOf(more)));
  const log = JSON.parse(text) as { readonly $schema: string; readonly runs: readonly [Run] };
  validate(log);
  expect(validate.errors ?? []).toEqual([]);
  expect(log.$schema).toMatch(/sarif-2\.1\.0/);
  const [run] = log.runs;
  const { rules } = run.tool.driver;
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  for (const result of run.results) checkResult(result, rules);
  return run;
}

function checkResult(result: Result, rules: Run['tool']['driver']['rules']): void {
  expect(rules[result.ruleIndex]?.id).toBe(result.ruleId);
  expect(['error', 'warning', 'note']).toContain(result.level);
  expect(result).not.toHaveProperty('kind');
  // Braces that are not doubled are placeholders, and there are no arguments for them.
  expect(result.message.text.replace(/\{\{|\}\}/g, '')).not.toMatch(/[{}]/);
  expect(result.message.text).not.toMatch(/(?<!\\)\]\(/);
  expect(result.locations).toHaveLength(1);
  for (const { physicalLocation } of result.locations) {
    const { uri } = physicalLocation.artifactLocation;
    expect(uri).toMatch(/^(?:[\w.~-]|%[0-9A-Fa-f]{2})+(?:\/(?:[\w.~-]|%[0-9A-Fa-f]{2})+)*$/);
    expect(Number.isInteger(physicalLocation.region.startLine)).toBe(true);
    expect(physicalLocation.region.startLine).toBeGreaterThan(0);
  }
  expect(Object.values(result.partialFingerprints)).toEqual([
    expect.stringMatching(/^[0-9a-f]{32}$/),
  ]);
}

describe('sarifReport', () => {
  test('gives each finding with its rule, level, place and fingerprint', () => {
    const { results, tool } = sarif(reportOf(FINDINGS));
    expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual(
      FINDINGS.map(({ rule, level }) => [rule, level]),
    );
    expect(results.map(({ partialFingerprints: one }) => one['feastPermissions/v1'])).toEqual(
      fingerprintFindings(FINDINGS),
    );
    expect(results[1]?.locations[0]?.physicalLocation.region.startLine).toBe(7);
    expect(results[2]?.locations[0]?.logicalLocations).toEqual([
      { fullyQualifiedName: 'Entity card of project shop', kind: 'resource' },
    ]);
    expect(tool.driver.rules.map(({ id }) => id).sort()).toEqual(
      FINDINGS.map(({ rule }) => rule).sort(),
    );
  });

  test('says what a rule means and what to do, and how bad it is', () => {
    const rules = [
      {
        id: 'open-write',
        level: 'error' as const,
        title: 'Open',
        advice: 'Close it',
        explanation: '**Why**',
        address: 'https://example.org/findings',
      },
    ];
    const [rule] = sarif(reportOf(FINDINGS.slice(1, 2)), { rules }).tool.driver.rules;
    expect(rule).toMatchObject({
      id: 'open-write',
      name: 'OpenWrite',
      help: { text: 'Open. Close it.', markdown: '**Why**' },
      helpUri: 'https://example.org/findings',
      defaultConfiguration: { level: 'error' },
      properties: { 'security-severity': '8.0' },
    });
  });

  test('without findings has an empty list of results', () => {
    expect(sarif(reportOf([])).results).toEqual([]);
  });

  test('keeps odd names as text, without placeholders and links', () => {
    const { results } = sarif(reportOf(ODD_FINDINGS));
    expect(results).toHaveLength(ODD_FINDINGS.length);
    expect(results[2]?.message.text).toBe('no permission covers Entity `{{0}} {{1}}`');
  });

  test.each([
    ['a b/ü.yaml', 'a%20b/%C3%BC.yaml'],
    ['a\\b.yaml', 'a/b.yaml'],
    ['50%#?.yaml', '50%25%23%3F.yaml'],
    ['c:d.yaml', 'c%3Ad.yaml'],
    ["(a)'b'!*.yaml", '%28a%29%27b%27%21%2a.yaml'],
    ['half\ud800.yaml', 'half%EF%BF%BD.yaml'],
  ])('percent-encodes the path %j', (path, uri) => {
    const { results } = sarif(reportOf(FINDINGS), { locate: () => ({ path, line: 1 }) });
    expect(results[0]?.locations[0]?.physicalLocation.artifactLocation.uri).toBe(uri);
  });

  test('names a rule that is unknown by its ID', () => {
    const { tool } = sarif(reportOf([{ rule: 'own-rule', level: 'note', message: 'm' }]));
    expect(tool.driver.rules).toMatchObject([{ id: 'own-rule' }]);
  });

  test('has at most 25,000 results, and says how many are left out', () => {
    const many = Array.from({ length: 25_010 }, (_, at) => ({
      rule: 'unsecured-resource',
      level: 'warning' as const,
      message: 'm',
      resource: { project: null, type: 'Entity', name: String(at) },
    }));
    const text = join(sarifReport(reportOf(many), contextOf()));
    const [run] = (JSON.parse(text) as { readonly runs: readonly [Run] }).runs;
    expect(run.results).toHaveLength(25_000);
    expect(run.invocations[0]?.toolExecutionNotifications?.[0]?.message.text).toMatch(
      /^10 findings/,
    );
  });
});
