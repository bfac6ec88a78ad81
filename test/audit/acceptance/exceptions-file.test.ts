import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { exceptionsSchema } from '../../../src/audit/acceptance/exceptions-file.js';
import { type Finding, loadExceptions, parseExceptions } from '../../../src/audit/index.js';
import type { ConfigInvalidError } from '../../../src/model/index.js';

const ENTRY = '- rule: open-read\n    permission: readers\n    reason: Public data.';
const file = (...entries: readonly string[]): string =>
  `exceptions:\n${entries.map((entry) => `  ${entry}\n`).join('')}`;

function problemsOf(yaml: string): readonly string[] {
  try {
    parseExceptions(yaml, { file: 'e.yaml' });
  } catch (error) {
    const { errors, message } = error as ConfigInvalidError;
    return errors.length > 0 ? errors.map((one) => one.message) : [message];
  }
  return [];
}

const matches = (yaml: string, finding: Partial<Finding>, fingerprint = ''): boolean =>
  parseExceptions(yaml)[0]?.matches(
    { rule: 'open-read', level: 'warning', message: 'm', ...finding },
    fingerprint,
  ) ?? false;

describe('parseExceptions', () => {
  test('reads rule, reason, day and line of each entry', () => {
    const [first, second] = parseExceptions(
      file(ENTRY, "- { rule: auth-disabled, object: auth, reason: Demo., until: '2027-01-31' }"),
    );
    expect(first).toMatchObject({
      rule: 'open-read',
      reason: 'Public data.',
      until: null,
      line: 2,
    });
    expect(second).toMatchObject({ title: 'auth-disabled on object auth', until: '2027-01-31' });
  });

  test('reads a day without quotes as that day', () => {
    expect(parseExceptions(file(`${ENTRY}\n    until: 2027-01-31`))[0]?.until).toBe('2027-01-31');
  });

  test('reads JSON', () => {
    const json = JSON.stringify({
      exceptions: [{ rule: 'open-read', permission: 'a', reason: 'b' }],
    });
    expect(parseExceptions(json)).toHaveLength(1);
  });

  test.each([
    ['an unknown member', `${ENTRY}\n    untill: 2027-01-31`, 'untill` is not a known field here'],
    ['a missing reason', '- { rule: open-read, permission: a }', 'reason'],
    ['an empty reason', "- { rule: open-read, permission: a, reason: '' }", 'reason'],
    ['a missing rule', '- { permission: a, reason: b }', 'rule'],
    ['an unknown rule', '- { rule: open-raed, permission: a, reason: b }', 'mean `open-read`'],
    ['an entry about everything', '- { rule: open-read, reason: b }', 'needs one of `resource`'],
    [
      'an entry about two things',
      '- { rule: open-read, permission: a, resource: a, reason: b }',
      'needs one of `resource`',
    ],
    [
      'a type without a resource',
      '- { rule: open-read, permission: a, type: Entity, reason: b }',
      'only an exception with a `resource`',
    ],
    [
      'a project of an object',
      '- { rule: open-read, object: auth, project: a, reason: b }',
      'only an exception with a `resource` or a `permission`',
    ],
    ['an impossible day', `${ENTRY}\n    until: 2027-02-30`, 'must be a day'],
    ['a time', `${ENTRY}\n    until: 2027-02-03 10:00:00`, 'must be a day'],
    ['a day as a number', `${ENTRY}\n    until: 20270131`, 'until'],
    ['a name as a number', '- { rule: open-read, permission: 5, reason: b }', 'permission'],
  ])('refuses %s, with its place', (_, entry, problem) => {
    const problems = problemsOf(file(entry));
    expect(problems[0]).toContain(problem);
    expect(problems[0]).toMatch(/^e\.yaml:\d+:\d+: /);
  });

  test('names all problems at once', () => {
    const twice = ['- { rule: open-raed, reason: b }', '- { rule: open-write, reason: c }'];
    expect(problemsOf(file(...twice))).toHaveLength(3);
  });

  test.each(['', '[]', 'exceptions: {}', 'exceptions:', 'exceptions: [}', 'a: 1\nexceptions: []'])(
    'refuses the file %j',
    (yaml) => {
      expect(() => parseExceptions(yaml)).toThrow(
        expect.objectContaining({ name: 'ConfigInvalidError' }),
      );
    },
  );
});

describe('an exception', () => {
  const permission = { project: 'shop', name: 'readers' };

  test.each([
    ['its name', 'permission: readers', true],
    ['another name', 'permission: reader', false],
    ['a glob', 'permission: glob:read*', true],
    ['another glob', 'permission: glob:write*', false],
    ['a glob character in a name', 'permission: read*', false],
    ['its project', 'permission: readers, project: shop', true],
    ['another project', 'permission: readers, project: other', false],
    ['a resource', 'resource: readers', false],
    ['an object', 'object: readers', false],
  ])('that names %s matches a finding about a permission: %s: %s', (_, target, expected) => {
    const yaml = file(`- { rule: open-read, ${target}, reason: r }`);
    expect(matches(yaml, { permission })).toBe(expected);
  });

  test('matches resources by type', () => {
    const resource = { project: 'shop', type: 'Entity', name: 'card' };
    const of = (type: string): string =>
      file(`- { rule: open-read, resource: 'glob:*', type: ${type}, reason: r }`);
    expect(matches(of('Entity'), { resource })).toBe(true);
    expect(matches(of('FeatureView'), { resource })).toBe(false);
  });

  test('with a glob for every resource leaves findings about something else', () => {
    const yaml = file("- { rule: open-read, resource: 'glob:*', reason: r }");
    expect(matches(yaml, { permission })).toBe(false);
    expect(matches(yaml, { object: 'auth' })).toBe(false);
    expect(matches(yaml, {})).toBe(false);
  });

  test('matches one finding by its fingerprint, which is never a glob', () => {
    const of = (text: string): string =>
      file(`- { rule: open-read, fingerprint: '${text}', reason: r }`);
    expect(matches(of('abc'), {}, 'abc')).toBe(true);
    expect(matches(of('glob:*'), {}, 'abc')).toBe(false);
  });

  test('leaves findings of other rules', () => {
    expect(matches(file(ENTRY), { rule: 'open-write', permission })).toBe(false);
  });
});

test('a file that is missing is an error', async () => {
  await expect(loadExceptions('/nonexistent/exceptions.yaml')).rejects.toThrow('cannot be read');
});

test('the JSON Schema takes what the reader takes, and no unknown member', () => {
  const validate = new Ajv({ allowUnionTypes: true }).compile(exceptionsSchema());
  const entry = { rule: 'open-read', permission: 'readers', reason: 'r', until: '2027-01-31' };
  expect(validate({ exceptions: [entry] })).toBe(true);
  expect(validate({ exceptions: [{ ...entry, more: 1 }] })).toBe(false);
  expect(validate({ exceptions: [], more: 1 })).toBe(false);
});
