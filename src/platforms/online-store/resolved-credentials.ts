import type { DynamoDbStore, MySqlStore } from './online-store.js';

/** An access key of AWS. Both parts are secrets. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A user of a database, with the password. */
export interface UserPassword {
  readonly user: string;
  readonly password: string;
}

/** What the credentials are for. */
export type CredentialUse = 'read' | 'write';

/** An access key of AWS. What can be printed, copied or serialised of it holds no secret. */
export interface AccessKeyCredentials {
  readonly kind: 'access-key';
  readonly use: CredentialUse;
  readonly store: DynamoDbStore;
  /** The secrets themselves. */
  readonly reveal: () => AccessKey;
}

/** A user of a database. What can be printed, copied or serialised of it holds no secret. */
export interface UserPasswordCredentials {
  readonly kind: 'user-password';
  readonly use: CredentialUse;
  readonly store: MySqlStore;
  /** The secrets themselves. */
  readonly reveal: () => UserPassword;
}

/** No secret at all: the machine has an instance profile. */
export interface InstanceProfileCredentials {
  readonly kind: 'instance-profile';
  readonly use: CredentialUse;
  readonly store: DynamoDbStore;
  /** ARN. */
  readonly instanceProfile: string;
}

/** The credentials that a decision gives, by their `kind`. */
export type ResolvedCredentials =
  | AccessKeyCredentials
  | UserPasswordCredentials
  | InstanceProfileCredentials;

/**
 * An object that shows `visible` and gives `secrets` to who asks for them.
 *
 * SECURITY: the secrets are in no property. They lie behind a function that is not enumerable, so
 * that neither `JSON.stringify`, `util.inspect`, a spread nor `structuredClone` takes them along.
 */
export function conceal<Visible extends object, Secrets extends object>(
  visible: Visible,
  secrets: Secrets,
): Readonly<Visible> & { readonly reveal: () => Secrets } {
  const shown = { ...visible };
  Object.defineProperty(shown, 'reveal', { value: () => ({ ...secrets }), enumerable: false });
  return Object.freeze(shown) as Readonly<Visible> & { readonly reveal: () => Secrets };
}
