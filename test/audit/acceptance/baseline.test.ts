import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { baselineSchema } from '../../../src/audit/acceptance/baseline.js';
import {
  applyBaseline,
  baselineReport,
  loadBaseline,
  parseBaseline,
} from '../../../src/audit/index.js';
import { auditOf } from '../audit-of.js';

const policy = { type: 'RoleBasedPolicy', roles: ['a'] } as const;
const resourcesOf = (...names: readonly string[]) =>
  names.map((name) => ({ type: 'Entity' as const, name, project: 'p' }));
const audit = (...names: readonly string[]) =>
  auditOf({
    permissions: [{ name: 'one', project: 'p', namePatterns: 'a', policy }],
    resources: resourcesOf('a', ...names),
  });
const write = (report: Parameters<typeof baselineReport>[0]): string =>
  [...baselineReport(report)].join('');

describe('a baseline', () => {
  test('leaves out what it holds, and counts it', async () => {
    const baseline = parseBaseline(write(await audit('b', 'c')));
    const report = applyBaseline(await audit('b', 'c', 'd'), baseline);
    expect(report.findings.map(({ resource }) => resource?.name)).toEqual(['d']);
    expect(report).toMatchObject({ known: 2, summary: { findings: 1, unsecured: 3 } });
  });

  test('holds a finding of a line each, with its rule and what it is about', async () => {
    const lines = write(await audit('b')).split('\n');
    expect(lines).toHaveLength(7);
    expect(JSON.parse(lines[3] ?? '')).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      rule: 'unsecured-resource',
      about: 'Entity b of project p',
    });
  });

  test('of an audit without findings is empty, and leaves everything', async () => {
    const baseline = parseBaseline(write(await audit()));
    expect(baseline.size).toBe(0);
    expect(applyBaseline(await audit('b'), baseline)).toMatchObject({ known: 0 });
  });

  test('fits its JSON Schema', async () => {
    const validate = new Ajv().compile(baselineSchema());
    expect(validate(JSON.parse(write(await audit('b'))))).toBe(true);
    expect(validate({ version: 1, findings: [], more: 1 })).toBe(false);
  });
});

describe('parseBaseline refuses', () => {
  const entry = { fingerprint: 'a'.repeat(32), rule: 'open-read', about: 'x' };
  test.each<[string, unknown]>([
    ['what is not an object', []],
    ['another version', { version: 2, findings: [] }],
    ['an unknown member', { version: 1, findings: [], more: 1 }],
    ['an unknown member of a finding', { version: 1, findings: [{ ...entry, more: 1 }] }],
    ['a fingerprint of another form', { version: 1, findings: [{ ...entry, fingerprint: 'A' }] }],
    ['a missing list', { version: 1 }],
  ])('%s', (_, value) => {
    expect(() => parseBaseline(JSON.stringify(value), { file: 'b.json' })).toThrow(
      /^b\.json: is not a baseline/,
    );
  });

  test('text that is not JSON', () => {
    expect(() => parseBaseline('{')).toThrow('is not a baseline');
  });

  test('a duplicate member, of which readers could take either', () => {
    expect(() => parseBaseline('{"version":1,"findings":[],"findings":[]}')).toThrow(
      'is not a baseline',
    );
  });
});

test('a file that is missing is an error', async () => {
  await expect(loadBaseline('/nonexistent/baseline.json')).rejects.toThrow('cannot be read');
});
