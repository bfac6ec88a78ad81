export type { GateError } from '../../model/index.js';
export type { ExpiredStream } from '../support/stream-options.js';
export { callerOf } from './caller-of.js';
export type { InterceptorOptions } from './create-interceptor.js';
export { feastInterceptor } from './feast-interceptor.js';
export type { MethodRule } from './method-table.js';
export {
  type DecidedMessages,
  type GrpcRequirement,
  type RequiresOptions,
  requires,
} from './requires.js';
