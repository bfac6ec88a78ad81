import type { Subject } from '../model/subject.js';

/** What a verifier says of a token that it accepts. */
export interface VerifiedToken {
  readonly subject: Subject;
  /** The token's `exp`, in seconds since 1970. */
  readonly expiresAt: number;
  /**
   * Whether the key that it was verified with still counts. Rejects with {@link IdentityUnavailableError} when that
   * cannot be found out.
   */
  readonly isCurrent: () => boolean | Promise<boolean>;
}
