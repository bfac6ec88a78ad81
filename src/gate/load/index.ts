export type { ReloadEvent, ReloadedEvent, ReloadFailedEvent } from '../live-store.js';
export { type LoadedGate, type LoadGateOptions, loadGate } from '../load-gate.js';
