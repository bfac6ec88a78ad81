export type { ConfigError } from '../model/index.js';
export type { AccessQuestion } from './access-question.js';
export { assertAllowed, assertDenied, assertFullyCovered, assertSecured } from './assertions.js';
export { AuthorizationAssertionError } from './authorization-assertion-error.js';
export type { CoverageDemand } from './coverage-demand.js';
export {
  type FeastPermissionMatcher,
  type FeastPermissionMatchers,
  feastPermissionMatchers,
} from './matchers.js';
export { type JunitSuite, reportJunit } from './policy-tests/junit-report.js';
export {
  mutatePolicies,
  type PolicyMutant,
  type PolicyMutationReport,
} from './policy-tests/mutate-policies.js';
export type {
  CoveredPart,
  PermissionTestCoverage,
  PolicyTestCoverage,
} from './policy-tests/policy-test-coverage.js';
export {
  loadPolicyTests,
  type PolicyCase,
  type PolicyTests,
  parsePolicyTests,
  policyTestsSchema,
} from './policy-tests/policy-test-file.js';
export {
  assertPolicyCase,
  type PolicyCaseResult,
  type PolicyTestReport,
  runPolicyTests,
} from './policy-tests/run-policy-tests.js';
