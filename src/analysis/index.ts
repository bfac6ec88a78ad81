export type { Coverage, ResourceCoverage } from './coverage.js';
export { coverResource, coverResources } from './coverage.js';
export type { NearMiss } from './near-misses.js';
export { findNearMisses } from './near-misses.js';
