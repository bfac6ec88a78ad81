import type { RecognizedFile } from '../../config/index.js';

/** Bytes that are looked at. */
const HEAD_BYTES = 256;

/** Whether a character is one that texts do not hold, or stands for bytes that are not UTF-8. */
function isOdd(character: string): boolean {
  return character === '\ufffd' || (character < ' ' && !'\t\n\v\f\r'.includes(character));
}

/**
 * Recognizes a text file in place of a registry, which starts with the tag of a field.
 *
 * @returns `undefined` if the file is empty, or its first bytes are not text
 */
export function recognizeText(bytes: Uint8Array): RecognizedFile | undefined {
  // A character may be cut in two at the end.
  const head = new TextDecoder().decode(bytes.subarray(0, HEAD_BYTES), { stream: true });
  if (head === '' || [...head].some(isOdd)) return undefined;
  return /^[ \t]*[\w-]+:(?:\s|$)/m.test(head)
    ? {
        kind: 'a YAML file',
        advice:
          'Give the folder of a `feature_store.yaml`, or the binary file that `feast apply` writes',
      }
    : {
        kind: 'a text file',
        advice: 'Name the binary file that `feast apply` writes, for example `data/registry.db`',
      };
}
