import { isPlainObject } from '../../../../model/index.js';
import type { ReadContext } from '../file-reader.js';
import type { TerraformResource } from './terraform-resource.js';

const FIELDS = ['query', 'result'];
const SECRET_NAME =
  /(?:secret|password|passwd|passphrase|token|credential|(?:api|access|private)[-_]?key)(?:[-_]?value)?$/i;
/** The script of the public module that links model registries. */
const TOKEN_SCRIPT = /(?:^|[\\/])get-aad-token\.py$/;

/** Whether {@link readExternal} notes what stands at a place. */
export function isExternalSecret([field = '', name = '', ...deeper]: readonly string[]): boolean {
  return FIELDS.includes(field) && deeper.length === 0 && SECRET_NAME.test(name);
}

/**
 * Takes what Terraform asked a program outside: the question and the answer both stand in the
 * state, and the provider marks neither as sensitive.
 *
 * Everything of the answer is masked, whatever it is called; what has the name of a secret is
 * noted.
 *
 * @source Terraform documentation, provider `hashicorp/external`, data source `external`:
 *   `program`, `query`, `result`
 */
export function readExternal(
  { address, values }: TerraformResource,
  { addSecret, collector: { facts } }: ReadContext,
): void {
  for (const field of FIELDS) {
    const texts = values[field];
    for (const [name, value] of isPlainObject(texts) ? Object.entries(texts) : []) {
      if (typeof value !== 'string' || value === '') continue;
      const isSecret = SECRET_NAME.test(name);
      if (isSecret || field === 'result') addSecret({ name, value });
      if (!isSecret) continue;
      const isToken = /token(?:[-_]?value)?$/i.test(name);
      facts.storedSecrets.push({ address, attribute: `${field}.${name}`, isToken });
    }
  }
  const { program } = values;
  const words: readonly unknown[] = Array.isArray(program) ? program : [];
  if (words.some((word) => typeof word === 'string' && TOKEN_SCRIPT.test(word)))
    facts.tokenScripts.push({ address });
}
