import { parseJson } from '../../../foundation/json.js';
import { type AuthzError, CredentialUnavailableError, quote } from '../../../model/errors.js';
import { isPlainObject } from '../../../model/plain-data.js';
import type { HttpResponse } from '../../../net/index.js';
import { SecretForbiddenError, SecretNotFoundError } from '../../secrets/secret-errors.js';

/**
 * What a vault calls its reasons. Any other text of an answer may hold what was asked, or by whom.
 */
const FORBIDDEN_BY = new Map([
  ['AccessDenied', 'no right to read it'],
  ['ForbiddenByPolicy', 'an access policy'],
  ['ForbiddenByRbac', 'no role that reads it'],
  ['ForbiddenByFirewall', 'the firewall'],
  ['ForbiddenByConnection', 'the network'],
  ['SecretDisabled', 'it is disabled'],
]);

/**
 * Makes an error of a vault's answer that refuses.
 *
 * @source Key Vault, "REST API error codes": 401, 403 with its inner codes, 404, 429
 */
export function explainVaultRefusal(
  { status, body }: HttpResponse,
  name: string,
  host: string,
): AuthzError {
  const what = `secret ${quote(name)} of the vault ${quote(host)}`;
  if (status === 404) return new SecretNotFoundError(`${what} does not exist`);
  if (status === 401) {
    return new SecretForbiddenError(`access to ${what} is denied: the vault refuses the token`);
  }
  if (status === 403) {
    const reason = FORBIDDEN_BY.get(readInnerCode(body));
    return new SecretForbiddenError(
      `access to ${what} is denied${reason === undefined ? '' : `: ${reason}`}`,
    );
  }
  return new CredentialUnavailableError(`${what} cannot be read (status ${status})`);
}

function readInnerCode(body: string): string {
  const answer = parseJson(body);
  const error = isPlainObject(answer) ? answer['error'] : undefined;
  const fields = isPlainObject(error) ? error : {};
  const inner = isPlainObject(fields['innererror']) ? fields['innererror'] : fields;
  return typeof inner['code'] === 'string' ? inner['code'] : '';
}
