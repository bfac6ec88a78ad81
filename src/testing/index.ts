export type { AccessQuestion } from './access-question.js';
export { assertAllowed, assertDenied, assertFullyCovered, assertSecured } from './assertions.js';
export { AuthorizationAssertionError } from './authorization-assertion-error.js';
export type { CoverageDemand } from './coverage-demand.js';
export {
  type FeastPermissionMatcher,
  type FeastPermissionMatchers,
  feastPermissionMatchers,
} from './matchers.js';
