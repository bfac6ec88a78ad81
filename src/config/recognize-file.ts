/** What a file is that is neither YAML nor a registry. */
export interface RecognizedFile {
  /** With its article: `a SQLite database`. */
  readonly kind: string;
  /** What to do about it, as a sentence without its period. */
  readonly advice: string;
}

/** Bytes that are looked at. */
const HEAD_BYTES = 256;

const KINDS: readonly (RecognizedFile & { readonly matches: RegExp | string })[] = [
  {
    matches: 'SQLite format 3\0',
    kind: 'a SQLite database',
    advice:
      'Feast reads it with `registry_type: sql`. Write its registry to a file with `registry.proto().SerializeToString()`, and name that file',
  },
  {
    matches: /^version https:\/\/git-lfs\.github\.com\/spec\//,
    kind: 'a Git LFS pointer',
    advice: 'Run `git lfs pull` to get the file itself',
  },
  { matches: '\x1f\x8b', kind: 'a gzip archive', advice: 'Decompress it first' },
  { matches: 'PK\x03\x04', kind: 'a ZIP archive', advice: 'Extract the file first' },
  {
    matches: /^\s*<(?:!doctype html|html|head)\b/i,
    kind: 'an HTML page',
    advice: 'It is probably the answer of a server that asked for a login. Download the file again',
  },
  {
    matches: /^\s*<\?xml\b/i,
    kind: 'an XML document',
    advice: 'It is probably the error of an object store. Download the file again',
  },
  {
    matches: /^\s*[{[]\s*["{[\]}]/,
    kind: 'a JSON document',
    advice: 'Name the file that `feast apply` writes, not an export of it',
  },
];

/**
 * Recognizes files that are often given in place of another one, by their first bytes.
 *
 * @returns `undefined` if it may be what it should be
 */
export function recognizeFile(bytes: Uint8Array): RecognizedFile | undefined {
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('latin1');
  const found = KINDS.find(({ matches }) =>
    typeof matches === 'string' ? head.startsWith(matches) : matches.test(head),
  );
  return found && { kind: found.kind, advice: found.advice };
}
