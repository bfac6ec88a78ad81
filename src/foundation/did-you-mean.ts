/** Longer words are not compared: the cost is the product of both lengths. */
const MAX_LENGTH = 40;

/** The known word that `written` is most likely a misspelling of, if one is close enough. */
export function findNearest(written: string, known: readonly string[]): string | undefined {
  if (written.length > MAX_LENGTH) return undefined;
  let best: string | undefined;
  let bestDistance = (written.length < 4 ? 1 : Math.max(2, Math.floor(written.length / 3))) + 1;
  for (const word of known) {
    const distance = editDistance(written.toLowerCase(), word.toLowerCase());
    if (distance < bestDistance) {
      best = word;
      bestDistance = distance;
    }
  }
  return best;
}

/** `; did you mean …?`, or an empty string. */
export function didYouMean(written: string, known: readonly string[], prefix = ''): string {
  const word = findNearest(written, known);
  return word === undefined ? '' : `; did you mean \`${prefix}${word}\`?`;
}

/** Single characters to insert, remove or replace. @source V. I. Levenshtein (1965) */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
