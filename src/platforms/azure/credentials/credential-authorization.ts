import { type Decision, PermissionDeniedError, type Subject } from '../../../model/index.js';

/** What is asked: may the subject use this credential? */
export interface CredentialResource {
  readonly type: 'ServiceCredential';
  readonly name: string;
}

/**
 * The part of an `Authorizer` that is needed: one whose vocabulary has `ServiceCredential` and
 * `ACCESS`.
 */
export interface CredentialAuthorizer {
  /** Decides on ACCESS, as `Authorizer.decide` does. */
  decide(subject: Subject | null, action: 'ACCESS', resource: CredentialResource): Decision;
}

/** Who uses a credential, and who says whether they may. */
export interface CredentialAuthorization {
  readonly authorizer: CredentialAuthorizer;
  readonly subject: Subject | null;
}

/**
 * Asks whether the subject holds ACCESS on a credential.
 *
 * Only a grant counts: an unsecured credential, a project without permissions, or enforcement that
 * is switched off does not justify giving away a token.
 *
 * @throws {@link PermissionDeniedError} if nothing grants it
 * @source Databricks, service credentials: using one takes ACCESS on it
 */
export function assertCredentialAccess(
  { authorizer, subject }: CredentialAuthorization,
  name: string,
): void {
  const decision = authorizer.decide(subject, 'ACCESS', { type: 'ServiceCredential', name });
  // SECURITY: written so that an answer of another form refuses.
  if (decision.allowed !== true || decision.reason !== 'granted') {
    throw new PermissionDeniedError(decision);
  }
}
