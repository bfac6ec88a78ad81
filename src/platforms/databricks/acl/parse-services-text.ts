import { parseYaml } from '../../../config/parse-yaml.js';
import { parseJsonObject } from '../../../foundation/json.js';
import { ConfigInvalidError, isPlainObject } from '../../../model/index.js';
import { iamPolicyKind } from '../../aws-iam/index.js';
import { describeOtherAnswer } from '../../aws-iam/other-answers.js';
import { templateYaml } from '../../aws-iam/read-template-yaml.js';

/**
 * Longest text that is read, in UTF-16 code units. A state of Terraform can have some ten million.
 */
export const MAX_SERVICES_TEXT: number = 64 * 1024 * 1024;

/**
 * The data of a file of services: JSON, or YAML where the file's name says so. A name without an
 * extension, such as that of standard input, leaves it to the text: what starts with a bracket is
 * JSON.
 *
 * @throws ConfigInvalidError where it is neither, or longer than 64 Mi characters (YAML: 1 Mi), or
 *   a policy of AWS or YAML with a member that is given twice. Never with a part of the text in its
 *   message.
 */
export function parseServicesText(text: string, file: string): unknown {
  if (isYaml(text, file)) return parseYamlText(text, file);
  if (text.length > MAX_SERVICES_TEXT) {
    throw new ConfigInvalidError(`longer than ${MAX_SERVICES_TEXT} characters`, { file });
  }
  // A file that a shell of Windows wrote starts with a mark.
  const json = text.replace(/^\ufeff/, '');
  const value = parseJson(json, file);
  // SECURITY: of a member that is given twice, AWS may take the other one.
  if (isPolicy(value) && parseJsonObject(`{"value":${json}}`) === undefined) {
    throw new ConfigInvalidError('is a policy with a duplicate member, or nested too deeply', {
      file,
    });
  }
  return value;
}

/** Templates of CloudFormation are in either language, and their files may end in `.template`. */
function isYaml(text: string, file: string): boolean {
  if (/\.ya?ml$/i.test(file)) return true;
  const saysNothing = /\.template$/i.test(file) || !/\.[^./\\]+$/.test(file);
  return saysNothing && /^\ufeff?\s*[^\s{[]/.test(text);
}

function parseYamlText(text: string, file: string): unknown {
  const { value } = parseYaml(text, { file, resolvers: templateYaml });
  if (isPolicy(value) || describeOtherAnswer(value) !== undefined) return value;
  // Tags are for templates alone.
  return parseYaml(text, { file }).value;
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, and the text may be a secret.
    throw new ConfigInvalidError('is not JSON', { file });
  }
}

function isPolicy(value: unknown): boolean {
  return (
    iamPolicyKind.detect(value) || (isPlainObject(value) && iamPolicyKind.detect(value['body']))
  );
}
