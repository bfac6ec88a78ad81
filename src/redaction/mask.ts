/**
 * What masks are made of, in the order of preference. None of them stands in base64, in hex or in
 * an escape.
 */
const SIGNS = ['*', '#', '~', '\u2588', '\u25a0', '\u2592'];
/** Where the signs that no secret has are looked for next: box drawing and what follows it. */
const MORE_SIGNS = 0x2500;

/**
 * Chooses the sign of the masks: `*`, unless a mask of it and the text beside the mask could spell
 * a secret. That needs a secret that begins or ends with the sign, or holds three of them.
 */
export function chooseMaskSign(secrets: Iterable<string>): string {
  const edges = new Set<string>();
  const inside = new Set<string>();
  for (const secret of secrets) {
    const characters = [...secret];
    edges.add(characters[0] ?? '').add(characters.at(-1) ?? '');
    for (let i = 2; i < characters.length; i++) {
      const sign = characters[i] as string;
      if (sign === characters[i - 1] && sign === characters[i - 2]) inside.add(sign);
    }
  }
  const isFree = (sign: string): boolean => !edges.has(sign) && !inside.has(sign);
  const chosen = SIGNS.find(isFree);
  if (chosen !== undefined) return chosen;
  let point = MORE_SIGNS;
  while (!isFree(String.fromCodePoint(point))) point++;
  return String.fromCodePoint(point);
}

/** The mask of a secret: `***`, or `***name***`. */
export function formatMask(sign: string, name: string | undefined): string {
  const edge = sign.repeat(3);
  return name === undefined ? edge : `${edge}${name}${edge}`;
}
