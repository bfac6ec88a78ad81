export {
  type DecisionFile,
  type DecisionFileOptions,
  openDecisionFile,
} from './decision-log/open-decision-file.js';
export type { LiveRules } from './gate/live-rules.js';
export {
  type LoadAuthorizerOptions,
  type LoadedAuthorizer,
  loadAuthorizer,
} from './gate/load-authorizer.js';
export { type LoadedGate, type LoadGateOptions, loadGate } from './gate/load-gate.js';
export type { LiveOptions } from './gate/open-live-store.js';
export type {
  LiveStatus,
  PermissionName,
  RefusedEvent,
  ReloadEvent,
  ReloadedEvent,
  ReloadFailedEvent,
  SettledEvent,
  StaleEvent,
} from './gate/reload-event.js';
export type { GateError, LoadError } from './model/index.js';
