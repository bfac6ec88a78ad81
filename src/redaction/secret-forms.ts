/**
 * Characters that a line of a secret has at least to be looked for on its own: the lines of a key
 * in PEM have 64, and shorter ones are words that stand in innocent text too.
 */
const LONG_LINE = 16;

/**
 * The first and the last line of a key in PEM, which everyone knows. @source RFC 7468, section 3
 */
const ARMOUR = /^-{5}(?:BEGIN|END) [^\n]*-{5}$/;
/** What stands above an encrypted key in PEM. @source RFC 1421, section 4.6 */
const PEM_HEADER = /^(?:Proc-Type|DEK-Info): /;
/** A line break, in plain or as it stands in an environment variable. */
const LINE_BREAK = /\r\n?|\n|\\r\\n|\\[nr]/;

/**
 * What is looked for besides a secret itself: its long lines, as each may be printed on a line of
 * its own and be indented, and the secret with the line breaks of the other kind of system.
 */
export function otherForms(secret: string): readonly string[] {
  const lines = secret.split(LINE_BREAK);
  if (lines.length === 1) return [];
  const forms = new Set(lines.map((line) => line.trim()).filter(isTelling));
  const unix = secret.replaceAll('\r\n', '\n');
  forms.add(unix).add(unix.replaceAll('\n', '\r\n')).delete(secret);
  return [...forms];
}

function isTelling(line: string): boolean {
  return line.length >= LONG_LINE && !ARMOUR.test(line) && !PEM_HEADER.test(line);
}
