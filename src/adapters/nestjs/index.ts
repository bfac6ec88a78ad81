export type { GateError } from '../../model/index.js';
export { permittedNamesOf } from '../support/permitted-names.js';
export type { ExpiredStream } from '../support/stream-options.js';
export type { ClassOrMethodDecorator, FeastHttpRequest } from './decorator-types.js';
export { CurrentCaller, CurrentSubject, FeastEndpoint, Public, Requires } from './decorators.js';
export {
  callerOf,
  type FeastAuthentication,
  type FeastAuthenticationOptions,
  feastAuthentication,
} from './feast-authentication.js';
export { createFeastFilter } from './feast-filter.js';
export { createFeastGuard } from './feast-guard.js';
