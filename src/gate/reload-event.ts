import type { SnapshotStaleError } from '../model/index.js';

/** What became of the registry while its gate or authorizer was in use. */
export type ReloadEvent = ReloadedEvent | ReloadFailedEvent | StaleEvent;

/** The name of a permission, and its project. */
export interface PermissionName {
  readonly name: string;
  readonly project: string | undefined;
}

/** The registry that was read is in force as a whole. */
export interface ReloadedEvent {
  readonly outcome: 'reloaded';
  readonly version: string;
  /** Permissions that the registry no longer holds. What they granted has ended. */
  readonly removedPermissions: readonly PermissionName[];
  /** Projects that lost all of their permissions, now or before. */
  readonly emptiedProjects: readonly string[];
  /**
   * Permissions that are gone, now or before, and whose loss `rules` would turn into a grant: what
   * they covered stays closed until `acceptEmpty` confirms this version. One that was changed is
   * among them when it no longer covers what it covered.
   */
  readonly closed: readonly PermissionName[];
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** What was in force before still is, for as long as `maxStaleSeconds` says. */
export interface ReloadFailedEvent {
  readonly outcome: 'failed';
  readonly error: unknown;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** Nothing is decided until the registry is read again: every question throws such an error. */
export interface StaleEvent {
  readonly outcome: 'stale';
  readonly error: SnapshotStaleError;
  /** Milliseconds since 1970. */
  readonly time: number;
}
