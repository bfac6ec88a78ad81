export type { GateError } from '../model/index.js';
export { createGate } from './create-gate.js';
export { isGranted, permittedNames, resourcesOf } from './decide-requirement.js';
export { assertGraceSeconds, endWithToken, type TokenEndOptions } from './end-with-token.js';
export type {
  AnsweredObject,
  AnswerFilter,
  AnswerList,
  AnswerPlace,
} from './endpoints/answer.js';
export type { Endpoint, EndpointAccess, FeastServer } from './endpoints/endpoint.js';
export {
  FEAST_VERSIONS,
  type FeastVersion,
  type ParsedFeastVersion,
  parseFeastVersion,
} from './endpoints/feast-version.js';
export { type AnswerReader, filterAnswer } from './endpoints/filter-answer.js';
export {
  ENDPOINTS,
  endpointsOfFeast,
  type FoundEndpoint,
  findEndpoint,
} from './endpoints/find-endpoint.js';
export type { EndpointInput } from './endpoints/read-request.js';
export type { RequirementOptions } from './endpoints/request-context.js';
export { requirementsAt, requirementsOf } from './endpoints/requirements-of.js';
export type {
  AlternativeRequirement,
  AnyRequirement,
  AuthorizationHeader,
  Caller,
  CallerSubject,
  ChangeRequirement,
  DescribedRequirement,
  Gate,
  GateDecision,
  GateRefusal,
  MissingRequirement,
  PartialRequirement,
  Refusal,
  RefusedRequest,
  Requirement,
} from './gate.js';
export type { GateOptions } from './gate-options.js';
export type { TelemetryApi, TelemetryAttributes } from './telemetry.js';
