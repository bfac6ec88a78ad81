export type {
  LiveRules,
  ReloadEvent,
  ReloadedEvent,
  ReloadFailedEvent,
} from './gate/live-store.js';
export {
  type LoadAuthorizerOptions,
  type LoadedAuthorizer,
  loadAuthorizer,
} from './gate/load-authorizer.js';
export { type LoadedGate, type LoadGateOptions, loadGate } from './gate/load-gate.js';
export type { LiveOptions } from './gate/open-live-store.js';
export type { GateError, LoadError } from './model/index.js';
