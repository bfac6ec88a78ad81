import { describe, expect, it } from 'vitest';
import { createAuthorizer, roles } from '../../../src/index.js';
import {
  assertPolicyCase,
  parsePolicyTests,
  reportJunit,
  runPolicyTests,
} from '../../../src/testing/index.js';

const authorizer = createAuthorizer({
  permissions: [
    {
      name: 'readers',
      types: 'FeatureView',
      namePatterns: ['a.*', 'never_.*'],
      requiredTags: { team: 'risk' },
      actions: ['DESCRIBE', 'READ_ONLINE'],
      policy: roles('analyst'),
    },
    { name: 'unused', types: 'Entity', policy: roles('admin') },
  ],
  resources: [{ type: 'FeatureView', name: 'ab', tags: { team: 'risk' } }],
});

const tests = parsePolicyTests(`
users:
  ann: { roles: [analyst] }
cases:
  - { name: right, user: ann, action: DESCRIBE, resource: 'FeatureView:ab', expect: allowed }
  - { user: anonymous, action: DESCRIBE, resource: 'FeatureView:ab', expect: refused }
  - { name: "<wrong> & \\"so\\"", user: ann, action: DELETE, resource: "FeatureView:a\\u0001\\uFFFFb", expect: allowed }
`);

describe('runPolicyTests', () => {
  const report = runPolicyTests(authorizer, tests);

  it('counts what passed, and says why the others failed', () => {
    expect([report.passed, report.failed, report.errors]).toEqual([2, 1, 0]);
    expect(report.results.map(({ outcome }) => outcome)).toEqual(['passed', 'passed', 'failed']);
    expect(report.results[2]?.message).toContain('expected user "ann" to be allowed DELETE');
  });

  it('counts the cases that each permission and each part of it decided', () => {
    expect(report.coverage).toEqual({
      permissions: [
        {
          project: null,
          name: 'readers',
          cases: 2,
          namePatterns: [
            { part: 'a.*', cases: 2 },
            { part: 'never_.*', cases: 0 },
          ],
          requiredTags: [{ part: 'team: risk', cases: 2 }],
          actions: [
            { part: 'DESCRIBE', cases: 2 },
            { part: 'READ_ONLINE', cases: 0 },
          ],
        },
        {
          project: null,
          name: 'unused',
          cases: 0,
          namePatterns: [],
          requiredTags: [],
          actions: expect.any(Array),
        },
      ],
      total: 15,
      covered: 4,
    });
  });

  it('reports a question that cannot be asked as an error', () => {
    const projects = createAuthorizer({ permissions: [], projects: ['p', 'q'] });
    const { errors, results } = runPolicyTests(projects, tests);
    expect(errors).toBe(3);
    expect(results[0]?.message).toContain('names no project');
  });

  it('asserts single cases for any test runner', () => {
    const [right, , wrong] = tests.cases;
    if (right === undefined || wrong === undefined) throw new Error('cases are missing');
    expect(() => assertPolicyCase(authorizer, right)).not.toThrow();
    expect(() => assertPolicyCase(authorizer, wrong)).toThrow('expected user "ann"');
    expect(() => assertPolicyCase({} as never, right)).toThrow('expected an authorizer');
  });
});

describe('reportJunit', () => {
  const xml = reportJunit([{ name: 'a.yaml', report: runPolicyTests(authorizer, tests) }]);

  it('has true counts and one failure for each failing case', () => {
    const counts = 'tests="3" failures="1" errors="0" skipped="0"';
    expect(xml).toContain(`<testsuites name="feast-permissions" ${counts}>`);
    expect(xml).toContain(`<testsuite name="a.yaml" ${counts}>`);
    expect(xml.match(/<failure /g)).toHaveLength(1);
    expect(xml.match(/<testcase /g)).toHaveLength(3);
  });

  it('holds only characters that XML 1.0 has, escaped', () => {
    expect(xml).not.toMatch(/[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
    expect(xml).toContain('a.yaml: &lt;wrong&gt; &amp; &quot;so&quot;');
    const rest = xml.replace(/<[^<>]*>/g, '').replace(/&(?:amp|lt|gt|quot|#9|#10|#13);/g, '');
    expect(rest).not.toMatch(/[<>&]/);
  });
});
