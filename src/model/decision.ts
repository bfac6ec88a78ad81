import { AuthzError, quote } from './errors.js';
import type { Resource } from './resource.js';
import type { Subject } from './subject.js';

/**
 * Which rule spoke.
 *
 * - `granted`: a permission that covers the resource holds the actions and its policy is satisfied.
 * - `denied`: permissions cover the resource, and they do not grant the actions.
 * - `unsecured`: no permission covers the resource; the option `unsecured` decided.
 * - `no-permissions`: the project has no permission at all; the option `whenNoPermissions` decided.
 * - `unknown-project`: the registry does not know the project.
 * - `no-auth`: enforcement is switched off (`auth: no_auth`).
 */
export type DecisionReason =
  | 'granted'
  | 'denied'
  | 'unsecured'
  | 'no-permissions'
  | 'unknown-project'
  | 'no-auth';

/** One permission's part in a decision. */
export interface DecidingPermission {
  readonly name: string;
  readonly project: string | undefined;
  readonly granted: boolean;
  /**
   * A sentence for logs, made when it is first read. It names roles, groups and tags: not for
   * clients.
   */
  readonly explanation: string;
}

/** The answer to "may this subject do these actions to this resource", with its reasons. */
export interface Decision {
  readonly allowed: boolean;
  readonly reason: DecisionReason;
  /** As given, not copied: a log that outlives the request copies what it keeps. */
  readonly subject: Subject | null;
  readonly actions: readonly string[];
  /**
   * A copy, as decided on: with its project and, where the registry knows it, its registered tags.
   */
  readonly resource: Resource;
  /** The permissions that decided: those that granted, or else all that were asked and refused. */
  readonly permissions: readonly DecidingPermission[];
  /**
   * One sentence for the whole, with the first three of the permissions that decided and the number
   * of the others. It names roles, groups and tags: not for clients.
   */
  readonly explanation: string;
  /** Version of the snapshot that the decision was made on. */
  readonly version: string;
}

/**
 * Thrown where a refusal is an error. Its message is fit for clients; the decision it carries is
 * for logs.
 */
export class PermissionDeniedError extends AuthzError {
  static readonly code = 'ERR_PERMISSION_DENIED';
  override readonly code = 'ERR_PERMISSION_DENIED';
  readonly #decision: Decision;

  /** @param why what to do about it, without names of roles: it is in the message */
  constructor(decision: Decision, why?: string) {
    const { actions, resource } = decision;
    const what = `${actions.join(', ')} on ${resource.type} ${quote(resource.name)}`;
    super(`not permitted: ${what}${why === undefined ? '' : `: ${why}`}`);
    this.#decision = decision;
  }

  /** A getter, so that an error that is serialised into a response takes no role names along. */
  get decision(): Decision {
    return this.#decision;
  }
}
