import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parseYaml } from '../../../src/config/parse-yaml.js';
import { isAuthzError } from '../../../src/index.js';
import { parsePolicyTests, policyTestsSchema } from '../../../src/testing/index.js';

const FILE = `
store: repo
project: p
users:
  ann: { roles: [analyst] }
  bob: { username: bob@example.com, groups: [risk] }
cases:
  - name: reading
    user: [ann, bob]
    action: [DESCRIBE, read]
    resource: [FeatureView:a, { type: entity, name: b, project: q }]
    expect: allowed
  - user: anonymous
    together: [READ_ONLINE, DESCRIBE]
    resource: { type: FeatureView, name: c, tags: { pii: 'yes' } }
    expect: refused
`;

function problemsOf(text: string): readonly string[] {
  try {
    parsePolicyTests(text, { file: 't.yaml' });
  } catch (error) {
    if (isAuthzError(error)) return error.errors.map(({ message }) => message);
    throw error;
  }
  return [];
}

describe('parsePolicyTests', () => {
  const { store, project, cases } = parsePolicyTests(FILE);

  it('expands the lists of a case, and asks for the actions of an alias together', () => {
    expect([store, project, cases.length]).toEqual(['repo', 'p', 9]);
    expect(cases.map(({ number }) => number)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 2]);
    expect(cases[2]).toEqual({
      title: 'ann: READ_ONLINE, READ_OFFLINE on FeatureView:p/a is allowed',
      name: 'reading',
      number: 1,
      subject: { username: 'ann', roles: ['analyst'] },
      actions: ['READ_ONLINE', 'READ_OFFLINE'],
      resource: { type: 'FeatureView', name: 'a', project: 'p' },
      expected: 'allowed',
    });
    expect(cases[5]?.resource).toEqual({ type: 'Entity', name: 'b', project: 'q' });
    expect(cases[5]?.subject?.username).toBe('bob@example.com');
    expect(cases[8]).toMatchObject({
      name: null,
      subject: null,
      actions: ['READ_ONLINE', 'DESCRIBE'],
      resource: { tags: { pii: 'yes' } },
    });
  });

  it.each([
    ['cases: []', /cases/],
    ['case: 1', /`?case`? is not a known field/],
    [
      'cases: [{ user: ann, action: READ, resource: "FeatureView:a", expect: allowed }]',
      /names `ann`, which is not among the users/,
    ],
    [
      'users: { ann: {} }\ncases: [{ user: an, action: READ, resource: "FeatureView:a", expect: allowed }]',
      /did you mean `ann`\?/,
    ],
    [
      'cases: [{ user: anonymous, action: REED, resource: "FeatureView:a", expect: allowed }]',
      /did you mean `READ`\?/,
    ],
    [
      'cases: [{ user: anonymous, action: READ, resource: "View:a", expect: allowed }]',
      /resource type `View` is unknown/,
    ],
    [
      'cases: [{ user: anonymous, action: READ, resource: a, expect: allowed }]',
      /write `TYPE:NAME`/,
    ],
    [
      'cases: [{ user: anonymous, resource: "Entity:a", expect: allowed }]',
      /needs one of `action` and `together`/,
    ],
    ['cases: [{ user: anonymous, action: READ, resource: "Entity:a", expect: yes }]', /expect/],
    [
      'users: { ann: { role: [x] } }\ncases: [{ user: ann, action: READ, resource: "Entity:a", expect: allowed }]',
      /role/,
    ],
  ])('refuses %j', (text, problem) => {
    const problems = problemsOf(text);
    expect(problems[0]).toMatch(problem);
    expect(problems[0]).toMatch(/^t\.yaml:\d+:\d+/);
  });

  it('reports all problems of a file at once', () => {
    const text = `cases:
  - { user: nobody, action: REED, resource: a, expect: allowed }
`;
    expect(problemsOf(text)).toHaveLength(3);
  });

  it('bounds the number of questions', () => {
    const many = JSON.stringify(Array.from({ length: 400 }, (_, index) => `Entity:${index}`));
    const users = JSON.stringify(Array.from({ length: 400 }, () => 'anonymous'));
    const text = `cases: [{ user: ${users}, action: READ, resource: ${many}, expect: refused }]`;
    expect(problemsOf(text)[0]).toContain('more than 100000 questions');
  });
});

describe('the JSON Schema of policy tests', () => {
  const schema = policyTestsSchema();

  it('takes what the parser takes, and refuses unknown fields', () => {
    const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);
    const value = JSON.parse(JSON.stringify(parseYaml(FILE).value)) as object;
    validate(value);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ ...value, more: 1 })).toBe(false);
    expect(validate({ cases: [] })).toBe(false);
  });
});
