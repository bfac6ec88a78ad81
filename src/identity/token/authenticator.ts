import type { Subject } from '../../model/subject.js';

/**
 * What a caller presents: the value of its `Authorization` header, or a token that was carried
 * another way.
 *
 * A list is what a framework makes of a header that came more than once.
 */
export type Credentials =
  | { readonly authorization: string | readonly string[] | undefined }
  | { readonly token: string | undefined };

/** Tells who is asking. One for each server, made once at its start. */
export interface Authenticator {
  /**
   * Who presents these credentials; `null`, the anonymous one, where the configuration is `no_auth`
   * and only there.
   *
   * @throws {@link IdentityMissingError} if the request has no credentials
   * @throws {@link IdentityInvalidError} when they are not accepted
   * @throws {@link IdentityUnavailableError} when they cannot be checked now
   * @throws TypeError if `credentials` has another shape
   */
  readonly authenticate: (credentials: Credentials) => Promise<Subject | null>;
  /**
   * The subject of a token that was accepted a short while ago and still counts, without asking
   * anyone; undefined for every other token: `authenticate` says what becomes of it.
   */
  readonly recall?: ((token: string) => Subject | undefined) | undefined;
  /** What the configuration leaves open, one sentence each: to be logged once, at start. */
  readonly warnings: readonly string[];
  /** Forgets keys and verified tokens, and refuses from then on. */
  readonly close: () => Promise<void> | void;
}
