export { type Coverage, coverResource, coverResources, type ResourceCoverage } from './coverage.js';
export { findNearMisses, type NearMiss } from './near-misses.js';
