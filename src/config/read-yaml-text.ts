import { type FileHandle, open } from 'node:fs/promises';
import { errorCode } from '../foundation/error-code.js';
import { decodeUtf8 } from '../foundation/utf8.js';
import { ConfigInvalidError } from '../model/errors.js';
import { MAX_YAML_LENGTH } from './compose-yaml.js';
import { recognizeFile } from './recognize-file.js';

/**
 * Reads the text of a YAML file.
 *
 * @throws ConfigInvalidError where it cannot be read, is too large or not UTF-8.
 */
export async function readYamlText(file: string): Promise<string> {
  return decodeYamlText(await readBytes(file), file);
}

async function readBytes(file: string): Promise<Uint8Array> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    return await readUpTo(handle, MAX_YAML_LENGTH + 1);
  } catch (error) {
    throw new ConfigInvalidError(
      `cannot be read (${errorCode(error)})`,
      { file },
      { cause: error },
    );
  } finally {
    await handle?.close();
  }
}

// A file's stated size does not bound its content: some files grow, and some say 0.
async function readUpTo(handle: FileHandle, limit: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(limit);
  let length = 0;
  while (length < limit) {
    const { bytesRead } = await handle.read(bytes, length, limit - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}

/**
 * The text of YAML bytes.
 *
 * @param file for messages
 * @throws ConfigInvalidError if they are too many, or not UTF-8
 */
export function decodeYamlText(bytes: Uint8Array, file: string): string {
  if (bytes.length > MAX_YAML_LENGTH) {
    throw new ConfigInvalidError(`longer than ${MAX_YAML_LENGTH} bytes`, { file });
  }
  const other = recognizeFile(bytes);
  // JSON is YAML as well.
  if (other !== undefined && other.kind !== 'a JSON document') {
    throw new ConfigInvalidError(`is ${other.kind}, not YAML. ${other.advice}`, { file });
  }
  const text = decodeUtf8(bytes, 'remove');
  if (text === undefined) throw new ConfigInvalidError('not UTF-8 text', { file });
  return text;
}
