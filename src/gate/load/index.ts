export { type LoadedGate, type LoadGateOptions, loadGate } from '../load-gate.js';
