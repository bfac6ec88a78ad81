/**
 * `text` in backticks on one line and at most 200 characters, for messages that repeat a caller's
 * input.
 */
export function quote(text: string): string {
  return `\`${printable(text)}\``;
}

/** The same without backticks. */
export function printable(text: string): string {
  return escapeControls(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}

/**
 * Line breaks, terminal controls, marks that turn the direction of writing, halves of surrogate
 * pairs.
 */
const CONTROLS = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The same at any length. */
export function escapeControls(text: string): string {
  return text.replace(CONTROLS, (character) => {
    const hex = (character.codePointAt(0) as number).toString(16);
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
  });
}
