import { parseYaml } from '../../config/parse-yaml.js';
import { ConfigInvalidError } from '../../model/index.js';

/** Longest text that is read, in UTF-16 code units. A state of Terraform can have some ten million. */
export const MAX_SERVICES_TEXT: number = 64 * 1024 * 1024;

/**
 * The data of a file of services: JSON, or YAML where the file's name says so.
 *
 * @throws ConfigInvalidError where it is neither, or longer than 64 Mi characters (YAML: 1 Mi). Never with a part of the
 *   text in its message.
 */
export function parseServicesText(text: string, file: string): unknown {
  if (/\.ya?ml$/i.test(file)) return parseYaml(text, { file }).value;
  if (text.length > MAX_SERVICES_TEXT) {
    throw new ConfigInvalidError(`longer than ${MAX_SERVICES_TEXT} characters`, { file });
  }
  try {
    // A file that a shell of Windows wrote starts with a mark.
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    // The parser's own message quotes the text, and the text may be a secret.
    throw new ConfigInvalidError('is not JSON', { file });
  }
}
