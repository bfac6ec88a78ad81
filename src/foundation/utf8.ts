const keeping = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const removing = new TextDecoder('utf-8', { fatal: true });

/**
 * The text that bytes are in UTF-8, `undefined` if they are something else.
 *
 * @param byteOrderMark what becomes of a mark at the start. Files and bodies are written with one;
 *   in a token or a secret it is a character like any other.
 */
export function decodeUtf8(
  bytes: Uint8Array,
  byteOrderMark: 'keep' | 'remove',
): string | undefined {
  try {
    return (byteOrderMark === 'keep' ? keeping : removing).decode(bytes);
  } catch {
    return undefined;
  }
}
