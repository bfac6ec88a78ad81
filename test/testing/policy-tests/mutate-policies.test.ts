import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAuthorizer, roles } from '../../../src/index.js';
import { mutatePolicies, type PolicyCase, parsePolicyTests } from '../../../src/testing/index.js';
import { PROPERTY_TIMEOUT_MS, propertyRuns } from '../../support/property-runs.js';
import { mutantsProperty } from './mutants-property.js';

describe('mutatePolicies', () => {
  const authorizer = createAuthorizer({
    whenNoPermissions: 'deny',
    permissions: [
      {
        name: 'readers',
        types: 'FeatureView',
        namePatterns: 'a.*',
        requiredTags: { team: 'risk' },
        actions: 'DESCRIBE',
        policy: roles('analyst'),
      },
    ],
    resources: [
      { type: 'FeatureView', name: 'ab', tags: { team: 'risk' } },
      { type: 'FeatureView', name: 'ac' },
    ],
  });
  const cases = (...more: readonly string[]): { readonly cases: readonly PolicyCase[] } =>
    parsePolicyTests(
      ['users: { ann: { roles: [analyst] } }', 'cases:', ...more.map((one) => `  - ${one}`)].join(
        '\n',
      ),
    );
  const granted = "{ user: ann, action: DESCRIBE, resource: 'FeatureView:ab', expect: allowed }";

  it('lists the changes that no case notices', () => {
    const { mutants, noticed, unnoticed } = mutatePolicies(authorizer, cases(granted));
    expect([mutants, noticed]).toEqual([6, 1]);
    expect(unnoticed.map(({ mutation }) => mutation)).toEqual([
      'any type',
      'any name',
      'without the tag team: risk',
      'any action',
      'for everyone',
    ]);
  });

  it('notices all of them with a case for each condition', () => {
    const tests = cases(
      granted,
      '{ user: ann, action: DESCRIBE, resource: { type: Entity, name: ab, tags: { team: risk } }, expect: refused }',
      '{ user: ann, action: DESCRIBE, resource: { type: FeatureView, name: b, tags: { team: risk } }, expect: refused }',
      "{ user: ann, action: DESCRIBE, resource: 'FeatureView:ac', expect: refused }",
      "{ user: ann, action: DELETE, resource: 'FeatureView:ab', expect: refused }",
      "{ user: anonymous, action: DESCRIBE, resource: 'FeatureView:ab', expect: refused }",
    );
    expect(mutatePolicies(authorizer, tests)).toEqual({ mutants: 6, noticed: 6, unnoticed: [] });
  });

  it('notices that a project is known by the permission that is dropped alone', () => {
    const projects = createAuthorizer({
      unsecured: 'allow',
      permissions: [
        { name: 'everywhere', types: 'Entity', policy: roles('x') },
        { name: 'risk only', project: 'risk', types: 'Entity', policy: roles('x') },
      ],
    });
    const open =
      '{ user: ann, action: DESCRIBE, resource: { type: FeatureView, name: a, project: risk }, expect: allowed }';
    const dropped = mutatePolicies(projects, cases(open)).unnoticed.filter(
      ({ mutation }) => mutation === 'dropped',
    );
    expect(dropped.map(({ permission }) => permission.name)).toEqual(['everywhere']);
  });

  it('counts cases that pass only', () => {
    const wrong = granted.replace('allowed', 'refused');
    expect(mutatePolicies(authorizer, cases(wrong)).noticed).toBe(0);
  });
});

describe('mutatePolicies against a snapshot for each mutant', {
  timeout: PROPERTY_TIMEOUT_MS,
}, () => {
  // `test/soak` runs it at length.
  it('notices the same mutants', () => {
    fc.assert(mutantsProperty, propertyRuns(60, 10_000));
  });
});
