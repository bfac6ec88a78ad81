import type { SnapshotStaleError } from '../model/index.js';

/** What became of the registry while its gate or authorizer was in use. */
export type ReloadEvent =
  | ReloadedEvent
  | SettledEvent
  | ReloadFailedEvent
  | StaleEvent
  | RefusedEvent;

/** The name of a permission, and its project. */
export interface PermissionName {
  readonly name: string;
  readonly project: string | undefined;
}

/**
 * The registry that was read is in force: as a whole, or, until it has settled, as far as it takes
 * something away.
 */
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
  /**
   * Whether what it grants is in force too. `false`: Feast may still be applying, so what is
   * granted must also have been granted before. A `settled` event follows.
   */
  readonly isSettled: boolean;
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

/** A change has settled: the registry is in force as a whole. */
export interface SettledEvent {
  readonly outcome: 'settled';
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** A caller of `readAfter` was refused: the registry could not be read late enough. */
export interface RefusedEvent {
  readonly outcome: 'refused';
  readonly error: SnapshotStaleError;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** How current what is in force is: for a gauge, and for a probe of readiness. */
export interface LiveStatus {
  /** Whether questions are answered. */
  readonly isReady: boolean;
  /** Whether the newest registry is in force as a whole. */
  readonly isSettled: boolean;
  /** Of the registry in force. */
  readonly version: string;
  /** Of the registry that was read last: the same, unless it has not settled. */
  readonly newestVersion: string;
  /** Seconds since the start of the last look that found the registry to be current. */
  readonly ageSeconds: number;
  /** When the last reading began, by the clock of the database if the registry is in one. */
  readonly readTime: Date;
}
