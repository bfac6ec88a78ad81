import type { Subject } from '../../model/subject.js';

/** What a verifier says of a token that it accepts. */
export interface VerifiedToken {
  readonly subject: Subject;
  /** The token's `exp`, in seconds since 1970. */
  readonly expiresAt: number;
  /**
   * By how much clocks may differ, in seconds: it is accepted for as long after its end. 0 unless
   * given.
   */
  readonly clockToleranceSeconds?: number | undefined;
  /**
   * Whether the key that it was verified with still counts. Rejects with
   * {@link IdentityUnavailableError} when that cannot be found out.
   */
  readonly isCurrent: () => boolean | Promise<boolean>;
  /** Whether that is known without asking anyone. */
  readonly isCurrentForSure: () => boolean;
}
