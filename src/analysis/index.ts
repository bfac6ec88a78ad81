export type { AnalysisError } from '../model/index.js';
export type { AccessChange, ChangedRights } from './access-change.js';
export type { AccessRule } from './access-condition.js';
export {
  type AccessMatrix,
  type AccessMatrixOptions,
  accessMatrix,
  type MatrixCell,
  type MatrixRow,
} from './access-matrix.js';
export { type CanWhat, type CanWhatOptions, canWhat, type ResourceRights } from './can-what.js';
export {
  type AccessDiff,
  type DiffAccessOptions,
  diffAccess,
  type NamesDiff,
} from './diff-access.js';
export type { NameChange, UndecidedNames } from './name-change.js';
export type { Page, PageRequest } from './page.js';
export type { AccessPrincipal, NamedPrincipal, NamedUser, OpaquePolicy } from './principal.js';
export type { PermissionReference, ResourceReference } from './references.js';
export {
  reviewUsage,
  type UnsecuredUse,
  type UnusedGrant,
  type UsageReview,
  type UsageSuggestions,
} from './review-usage.js';
export {
  type ActionSearch,
  type FoundAction,
  type FoundEntity,
  type ResourceSearch,
  type SearchAnswer,
  type SubjectSearch,
  searchActions,
  searchResources,
  searchSubjects,
} from './search-access.js';
export {
  type PrincipalCombination,
  type ResourceAccess,
  type ReviewOptions,
  reviewAccess,
  type WhoCan,
  type WhoCanOptions,
  type WhoCanPage,
  whoCan,
} from './who-can.js';
