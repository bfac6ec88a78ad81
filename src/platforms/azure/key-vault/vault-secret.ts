import { CredentialUnavailableError } from '../../../model/errors.js';
import { isPlainObject } from '../../../model/plain-data.js';
import { MAX_SECRET_LENGTH } from '../../../redaction/index.js';

/** A secret as a vault gives it. Printed or made into JSON, it shows all but its value. */
export interface KeyVaultSecret {
  /** A secret. */
  readonly value: string;
  readonly name: string;
  /** The version that was read: 32 hexadecimal digits. */
  readonly version: string;
  readonly contentType: string | undefined;
  /** Milliseconds since 1970. A vault gives a secret after its end, too. */
  readonly expiresAt: number | undefined;
  /** Milliseconds since 1970. A vault gives a secret before its time, too. */
  readonly notBefore: number | undefined;
  readonly createdAt: number | undefined;
  readonly updatedAt: number | undefined;
  readonly tags: ReadonlyMap<string, string>;
}

/**
 * Reads a vault's answer.
 *
 * @throws {@link CredentialUnavailableError} if the answer is not the requested secret
 * @source Key Vault REST API 7.4, `SecretBundle`: times are in seconds since 1970
 */
export function readVaultSecret(
  answer: unknown,
  name: string,
  version: string | undefined,
): KeyVaultSecret {
  const bundle = isPlainObject(answer) ? answer : {};
  const { value, id, contentType } = bundle;
  const [, foundName = '', foundVersion = ''] =
    typeof id === 'string' ? (/\/secrets\/([0-9a-zA-Z-]+)\/([0-9a-f]{32})$/i.exec(id) ?? []) : [];
  if (typeof value !== 'string') {
    throw new CredentialUnavailableError('the vault answers without a secret');
  }
  // A vault takes no more than 25 KiB; what is longer than this could not be masked.
  if (value.length > MAX_SECRET_LENGTH) {
    throw new CredentialUnavailableError('the vault answers with a secret that is too long');
  }
  if (!isSame(foundName, name) || !isSame(foundVersion, version ?? foundVersion)) {
    throw new CredentialUnavailableError('the vault answers with a secret that was not asked for');
  }
  const attributes = isPlainObject(bundle['attributes']) ? bundle['attributes'] : {};
  const details = {
    name,
    version: foundVersion,
    contentType: typeof contentType === 'string' ? contentType : undefined,
    expiresAt: readTime(attributes['exp']),
    notBefore: readTime(attributes['nbf']),
    createdAt: readTime(attributes['created']),
    updatedAt: readTime(attributes['updated']),
    tags: readTags(bundle['tags']),
  };
  // A getter that is not enumerable: nothing that walks over the object comes upon the value.
  return Object.freeze(
    Object.defineProperty(details, 'value', { get: () => value }),
  ) as KeyVaultSecret;
}

/** Names and versions are the same in any case. */
function isSame(one: string, other: string): boolean {
  return one !== '' && one.toLowerCase() === other.toLowerCase();
}

function readTime(seconds: unknown): number | undefined {
  return typeof seconds === 'number' && Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

function readTags(tags: unknown): ReadonlyMap<string, string> {
  const entries = isPlainObject(tags) ? Object.entries(tags) : [];
  return new Map(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
