export type { ReloadEvent, ReloadedEvent, ReloadFailedEvent } from './gate/live-store.js';
export { type LoadedGate, type LoadGateOptions, loadGate } from './gate/load-gate.js';
